"""What agents call places is theirs: whoever is not one gets the same answers as where nobody calls a place so."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from data.journal import journal_of
from data.ride_records import all_nicknames
from desks.settings import Settings, default_territory
from mobility.accounts import ADMINISTRATOR, AGENT, PLANNER
from tests.conftest import NOW
from tests.webapp.test_accounts import HERE, account, signed_in
from webapp.app import create_app
from webapp.server.policy import EVERYONE, roles_for

NAME = "Chez la boulangère du four banal"
ASKED = (NAME, "chez la boul", "ches la boulangere du fourbanal")
"""As it is, how it begins, misspelt."""
KEYS = re.compile(r"""(?:args|form|values)(?:\.get|\.getlist)?[(\[]["']([a-zé-]+)["']""")
NEW = re.compile(r"""[0-9a-f]{32}|nonce=["']?[\w-]+""")
"""What is new in every answer: keys of forms, marks of maps."""


@pytest.fixture
def kept(state: Path, database: str) -> Iterator[Flask]:
    """The site on a database of each kind, with accounts."""
    made = create_app(Settings(territory=default_territory(), state=state, database=database), clock=lambda: NOW)
    made.testing = False
    for role in (ADMINISTRATOR, AGENT, PLANNER):
        account(made, role, mail=f"{role}@example.org")
    yield made
    made.extensions["wired"].jobs.close()


def calls(app: Flask) -> Iterator[tuple[str, str]]:
    """Every address that asks for no role, with its methods; signing in counts the tries, and knows no place."""
    for rule in app.url_map.iter_rules():
        if roles_for(rule.endpoint) == EVERYONE and rule.endpoint.partition(".")[0] not in {"static", "sign_in"}:
            for method in sorted(rule.methods & {"GET", "POST", "PATCH", "DELETE"}):
                yield method, rule.rule


def forms(said: str) -> Iterator[dict[str, str]]:
    """What a visitor may fill in: every field that any page reads, and either end of a question."""
    pages = Path(__file__).parents[2] / "webapp/pages"
    yield dict.fromkeys({key for path in pages.glob("*.py") for key in KEYS.findall(path.read_text())}, said)
    yield {"de": said, "vers": "Cahors", "jour": "2026-12-01", "nom": said}
    yield {"de": "Cahors", "vers": said, "jour": "2026-12-01"}


def answers(app: Flask, said: str) -> dict[tuple[str, str, int], tuple[int, str, str]]:
    """What someone whom nobody knows is told at every address."""
    told = {}
    for method, rule in calls(app):
        for number, form in enumerate(forms(said)):
            # Each from an address of its own: nobody is told that they ask too often.
            base = {"REMOTE_ADDR": f"198.51.{len(told) // 250}.{len(told) % 250}"}
            sent = {"query_string": form} if method == "GET" else {"data": form, "headers": HERE}
            answer = app.test_client().open(
                re.sub(r"<[^>]*>", quote(said), rule), method=method, environ_base=base, **sent
            )
            text = NEW.sub("", answer.get_data(as_text=True)) if "pdf" not in answer.mimetype else ""
            told[method, rule, number] = answer.status_code, answer.headers.get("Location", ""), text
    return told


def name_place(client: FlaskClient, **said: str) -> None:
    """An agent says what people call a place."""
    assert client.post("/bureau/lieux", data={"nom": NAME, "lieu": "Luzech", **said}, headers=HERE).status_code == 303


@pytest.mark.prove
def test_whoever_is_no_agent_is_told_nothing_of_a_name_of_the_desk(kept):
    before = {said: answers(kept, said) for said in ASKED}
    agent = signed_in(kept, f"{AGENT}@example.org")
    name_place(agent)
    for said in ASKED:
        told = answers(kept, said)
        assert {call: answer for call, answer in told.items() if answer != before[said][call]} == {}
        assert NAME not in signed_in(kept, f"{PLANNER}@example.org").get("/api/lieux", query_string={"q": said}).text
        assert agent.get("/api/lieux", query_string={"q": said}).json[0]["name"] == NAME
    agent.post("/bureau/lieux", data={"ouvrir": NAME}, headers=HERE)
    for said in ASKED:
        changed = {call[1] for call, told in answers(kept, said).items() if told != before[said][call]}
        assert {"/", "/aller", "/api/lieux", "/communes", "/solidaire"} <= changed, said


def test_an_agent_says_who_may_look_for_a_name_and_looks_leave_a_trace(kept):
    store, agent = kept.extensions["wired"].house().store, signed_in(kept, f"{AGENT}@example.org")
    name_place(agent, public="on")
    steps = ["ouvrir", "fermer", "fermer", "ouvrir"]
    seen = []
    for step in steps:
        agent.post("/bureau/lieux", data={step: NAME}, headers=HERE)
        seen.append("pour tout le monde" in agent.get("/bureau/lieux").text)
    assert seen == [True, False, False, True]
    name_place(agent)
    told = [client.get("/api/lieux", query_string={"q": NAME}).json for client in (kept.test_client(), agent)]
    assert [NAME in {place["name"] for place in found} for found in told] == [False, True]
    with store.reading() as tx:
        assert [(known.name, known.public) for known in all_nicknames(tx)] == [(NAME, False)]
        acts = [line["act"] for line in journal_of(tx) if line["act"].startswith("place-name")]
    assert {act: acts.count(act) for act in acts} == {
        "place-named": 2, "place-name-opened": 2, "place-name-closed": 1, "place-names-seen": 1,
    }  # fmt: skip


def test_no_name_leads_everybody_elsewhere_than_to_the_place_that_is_called_so(kept):
    agent = signed_in(kept, f"{AGENT}@example.org")
    for name in ("Cahors", "saint-gery vers"):
        refused = agent.post("/bureau/lieux", data={"nom": name, "lieu": "Lherm", "public": "on"}, headers=HERE)
        assert refused.status_code == 400
        assert "est déjà le nom d&#39;un lieu" in refused.text.replace("\xa0", " ")
    assert agent.post("/bureau/lieux", data={"nom": "Cahors", "lieu": "Lherm"}, headers=HERE).status_code == 303
    agent.post("/bureau/lieux", data={"ouvrir": "Cahors"}, headers=HERE)
    assert kept.test_client().get("/api/lieux?q=Cahors").json[0]["kind"] == "commune"

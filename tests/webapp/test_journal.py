"""The journal's page: what was done and seen, in French, searched, paged, taken along, checked; and nobody's name."""

import ast
import csv
import io
import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import update

import desks.journal
from data.calls import add_call
from data.journal import Asked, journal_of, note, search_journal
from data.journal_chain import CHAIN, CHANGED, HEAD, MISSING, MOVED, Fault
from data.journal_schema import journal
from desks.journal import READINGS, hand_out
from desks.rides.people import erase
from mobility.accounts import ADMINISTRATOR, AGENT
from tests.conftest import NOW, ROOT
from tests.fixtures_rides import People
from tests.webapp.test_accounts import HERE, account, signed_in
from tours.ride_reasons import REASONS as KNOWN_REASONS
from webapp.words.journal import ACTS, WHYS, act_words, actor_words, fault_words, why_words

PAGE = "/comptes/journal/"


@pytest.fixture
def desk(app):
    return app.extensions["wired"].house().rides


@pytest.fixture
def chief(app):
    account(app, ADMINISTRATOR, mail="chef@example.org")
    return signed_in(app, "chef@example.org")


def calls_of(name, position):
    """Every text that the program hands to a function at a position, or by the name "why"."""
    found = set()
    for folder in ("desks", "data", "webapp", "cli"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name and len(node.args) > position:
                    constants = [n.value for n in ast.walk(node.args[position]) if isinstance(n, ast.Constant)]
                    found |= {value for value in constants if isinstance(value, str)}
                    whys = [k.value for k in node.keywords if k.arg == "why" and isinstance(k.value, ast.Constant)]
                    found |= {f"why {constant.value}" for constant in whys}
    return found


def test_every_act_and_reason_that_the_program_writes_has_french_words():
    written = calls_of("note", 2) | calls_of("looked_at", 2)
    acts = {act for act in written if not act.startswith("why ")}
    assert {"person-erased", "contact-seen", "said-yes", "said-no"} < acts
    assert acts <= set(ACTS)
    assert set(READINGS) <= set(ACTS)
    assert {act[4:] for act in written if act.startswith("why ")} <= set(WHYS)
    assert all(why_words(reason) for reason in KNOWN_REASONS)
    assert why_words("telephone mail") == "téléphone, courriel"
    # A line that an earlier version sealed keeps its word.
    assert why_words("needs") == why_words("abilities") != why_words("wishes")
    assert act_words("of-another-time") == "autre action"
    # It is read after who did it.
    assert [told for told in ACTS.values() if not re.match(r"(a |s'est |n'a |ne )", told)] == []
    assert [actor_words(who) for who in ("service", "0123456789abcdef")] == ["le service", "par un lien privé"]
    for kind in (CHANGED, MISSING, MOVED, HEAD, CHAIN):
        assert "{" not in fault_words(Fault("A", 3, kind))


def test_a_page_of_requests_leaves_one_line_of_who_read_it_about_each_who_is_in_it(app, desk):
    people = People(desk)
    requests = [people.asks("Lherm", "Cahors", hour) for hour in (10, 15)]
    account(app, AGENT, mail="agent@example.org")
    agent = signed_in(app, "agent@example.org")
    for address in ("", "?page=1", f"?personne={requests[0].rider}"):
        assert agent.get(f"/bureau/demandes{address}").status_code == 200
    agent.get("/bureau/demandes?jour=2026-12-24")
    with desk.store.reading() as tx:
        seen = [act["about"] for act in journal_of(tx) if act["act"] == "requests-seen"]
    assert sorted(seen) == sorted({asked.rider for asked in requests})


def test_who_looks_leaves_a_trace_once(desk, app, chief):
    people = People(desk)
    driver = people.volunteer("Labastide-Marnhac").driver
    request = people.asks("Lherm", "Cahors")
    desk.propose_best(request.id, now=NOW, who="desk")
    with desk.store.writing() as tx:
        add_call(tx, "call", "0600000002", now=NOW, person=request.rider)
        stranger = add_call(tx, "call", "0565000000", now=NOW)
    account(app, AGENT, mail="agent@example.org")
    agent = signed_in(app, "agent@example.org")
    for _ in range(2):
        for page in ("/bureau/", "/bureau/messages", f"/bureau/demandes/{request.id}"):
            assert agent.get(page).status_code == 200
    with desk.store.reading() as tx:
        seen = [(act["act"], act["about"], act["name"]) for act in journal_of(tx) if act["act"] in READINGS]
    name = "Compte agent@example.org"
    assert sorted(seen) == sorted([
        ("calls-seen", request.rider, name), ("calls-seen", stranger.id, name), ("calls-seen", driver, name),
        ("contact-seen", request.id, name), ("contact-seen", driver, name),
        ("messages-read", request.rider, name), *[s for s in seen if s[0] == "messages-read" and s[1] != request.rider],
    ])  # fmt: skip
    assert len({s for s in seen if s[0] == "messages-read"}) == 2


def test_the_page_shows_acts_in_french_and_no_name_of_an_inhabitant(desk, chief):
    people = People(desk)
    request = people.asks("Lherm", "Cahors")
    erase(desk, request.rider, now=NOW, who="service")
    page = chief.get(PAGE).text
    assert "a effacé une personne" in page
    assert "a enregistré la demande" in page
    assert "le service" in page
    assert "Compte chef@example.org" in page
    assert "rider 1" not in page
    assert "Nom 1" not in page
    assert "a consulté le journal" in chief.get(PAGE).text


def test_it_is_searched_by_who_what_of_whom_and_when(desk, chief):
    people = People(desk)
    request = people.asks("Lherm", "Cahors")
    with desk.store.writing() as tx:
        note(tx, "service", "reminded", about="other", now=NOW - timedelta(days=3))

    def rows(**values):
        return chief.get(PAGE, query_string=values).text.count('<tr><th scope="row">')

    assert rows(quoi="reminded") == rows(fiche="other") == rows(au="2026-11-28") == 1
    # A person's records are looked for with the person.
    assert rows(fiche=request.rider) == rows(fiche=request.id) == 1
    assert rows(qui="service", du="2026-11-29") == 0
    assert chief.get(PAGE, query_string={"du": "demain"}).status_code == 400
    assert "Rien de tel" in chief.get(PAGE, query_string={"quoi": "nothing"}).text


@pytest.mark.parametrize("name", ["du", "au"])
def test_a_day_that_is_none_is_told_beside_its_field(chief, name):
    answer = chief.get(f"/comptes/journal/?{name}=demain")
    assert answer.status_code == 400
    assert re.search(f'<input id="{name}" [^>]*aria-invalid="true" aria-describedby="{name}-erreur"', answer.text)
    assert re.findall('id="([^"]*)-erreur" role="alert">[^<]+', answer.text) == [name]


def test_it_is_read_page_by_page(desk, chief):
    with desk.store.writing() as tx:
        for number in range(120):
            note(tx, "service", "reminded", about=f"r{number}", now=NOW + timedelta(seconds=number))
    first, last = (chief.get(PAGE, query_string={"quoi": "reminded", "page": page}).text for page in (1, 6))
    assert "Page 1 sur 6" in first
    assert "r119<" in first
    assert "r0<" in last
    assert "Lignes plus anciennes" not in last
    assert "quoi=reminded&amp;page=2" in first


def test_it_is_taken_along_as_a_table_or_as_data_without_names(desk, chief):
    with desk.store.writing() as tx:
        note(tx, "service", "cancelled", about="r1", why="menu", now=NOW)
    rows = list(csv.DictReader(io.StringIO(chief.get(f"{PAGE}journal.csv?quoi=cancelled").text)))
    data = json.loads(chief.get(f"{PAGE}journal.json?quoi=cancelled").text)
    (row,), (line,) = rows, data
    assert {name: str(value) for name, value in line.items()} == row
    assert (row["who"], row["about"], row["why"], row["at"]) == ("service", "r1", "menu", "2026-11-30T09:00:00+00:00")
    everything = chief.get(f"{PAGE}journal.json").text
    assert "journal-exported" in everything
    assert "chef@example.org" not in everything
    assert chief.get(f"{PAGE}journal.xml").status_code == 404


def test_a_file_holds_every_line_however_many(desk, chief, monkeypatch):
    with desk.store.writing() as tx:
        for number in range(23):
            # Several of one instant, in two structures.
            note(tx, "service", "reminded", about=f"r{number}", structure="A" if number % 3 else "B",
                 now=NOW + timedelta(seconds=number // 5))  # fmt: skip
    wanted = Asked(act="reminded")
    with desk.store.reading() as tx:
        whole = [line["about"] for line in search_journal(tx, wanted, limit=100)]
    assert len(set(whole)) == 23
    monkeypatch.setattr(desks.journal, "PIECE", 4)
    answer = chief.get(f"{PAGE}journal.csv?quoi=reminded")
    assert answer.is_streamed
    assert [row["about"] for row in csv.DictReader(io.StringIO(answer.text))] == whole
    assert [line["about"] for line in json.loads(chief.get(f"{PAGE}journal.json?quoi=reminded").text)] == whole
    # What is written while it leaves is neither in it nor moves it.
    leaving = hand_out(desk.store, wanted, now=NOW, who="chief")
    first = next(leaving)["about"]
    with desk.store.writing() as tx:
        note(tx, "service", "reminded", about="new", now=NOW + timedelta(hours=1))
    assert [first, *(line["about"] for line in leaving)] == whole


def test_it_says_whether_it_was_changed(desk, chief):
    with desk.store.writing() as tx:
        note(tx, "service", "reminded", about="r1", now=NOW)
    assert "Rien n'a été changé" in " ".join(chief.get(f"{PAGE}?verifier=1").text.replace("&#39;", "'").split())
    with desk.store.writing() as tx:
        tx.execute(update(journal).where(journal.c.act == "reminded").values(about="r2"))
    page = chief.get(f"{PAGE}?verifier=1").text.replace("&#39;", "'")
    assert "Le journal a été changé" in page
    assert "ne dit plus ce qu'elle disait" in page


def test_it_is_for_administrators_alone(app, chief):
    account(app, AGENT, mail="agent@example.org")
    agent = signed_in(app, "agent@example.org")
    for page in (PAGE, f"{PAGE}journal.csv"):
        assert agent.get(page).status_code == 403
        assert app.test_client().get(page, headers=HERE).status_code == 302

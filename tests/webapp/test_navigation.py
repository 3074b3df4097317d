"""The head and the foot of every page: three doors for everyone, at most five entries for those who work here."""

import re
from pathlib import Path

import pytest

from mobility.accounts import ADMINISTRATOR, AGENT, PLANNER
from tests.webapp.test_accounts import account, signed_in
from webapp.pages import former

EVERY_ROLE = [(), (AGENT,), (PLANNER,), (ADMINISTRATOR,), (AGENT, PLANNER), (AGENT, PLANNER, ADMINISTRATOR)]
REMOTE = {"environ_base": {"REMOTE_ADDR": "203.0.113.9"}}


def links(text, start, end):
    part = text[text.index(start) : text.index(end, text.index(start))]
    return {words: address for address, words in re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', part)}


def head(text):
    return links(text, '<nav class="nav"', "</nav>") if '<nav class="nav"' in text else {}


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/bureau", 308), ("HEAD", "/bureau", 308), ("GET", "/bureau/listes", 308),
        ("POST", "/bureau/exemple", 303), ("GET", "/bureau/?jour=2026-12-01", 301),
    ],
)  # fmt: skip
def test_what_leads_elsewhere_brings_no_page_of_the_librarys(client, method, address, status):
    answer = client.open(address, method=method, data={"acte": "retirer"} if method == "POST" else None)
    assert (answer.status_code, bool(answer.location), answer.get_data()) == (status, True, b"")
    assert answer.headers["Content-Length"] == "0"


def test_everyone_finds_three_doors(client):
    text = client.get("/", **REMOTE).get_data(as_text=True)
    assert list(head(text)) == ["Me déplacer", "Le bus près de chez moi", "Me faire aider"]
    assert '<html lang="fr"' in text
    assert "Agents : se connecter" in links(text, '<footer class="foot"', "</footer>")


@pytest.mark.parametrize("roles", EVERY_ROLE, ids=" ".join)
def test_who_works_here_finds_at_most_five_entries_that_open(app, roles):
    here = signed_in(app, account(app, *roles))
    text = here.get("/").get_data(as_text=True)
    entries = head(text)
    assert len(entries) <= 5
    if PLANNER in roles:
        assert "Bus" in entries
    if AGENT in roles:
        assert list(entries)[:3] == ["Ma journée", "Personnes", "Demandes"]
    folded = links(text, '<details class="menu"', "</details>")
    assert entries.items() <= folded.items()
    for address in {**folded, **links(text, '<footer class="foot"', "</footer>")}.values():
        assert here.get(address).status_code in {200, 303}, address


def test_one_entry_is_the_current_one(client):
    entries = {
        "/aller": "Me déplacer", "/communes/46044": "Le bus près de chez moi", "/bureau/telephone": "Demandes",
    }  # fmt: skip
    for address, entry in entries.items():
        text = client.get(address).get_data(as_text=True)
        bar = text[text.index('<nav class="nav"') : text.index("</nav>")]
        assert re.findall(r"aria-current=\"\w+\">([^<]+)<", bar) == [entry]


def test_the_plan_of_the_site_leads_only_where_one_may_go(app):
    public = app.test_client().get("/plan", **REMOTE).get_data(as_text=True)
    assert "/bureau/" not in public
    assert "/preparer" not in public
    agent = signed_in(app, account(app, AGENT))
    for address in set(re.findall(r'<li><a href="(/[^"]*)"', agent.get("/plan").get_data(as_text=True))):
        assert agent.get(address).status_code == 200, address


@pytest.mark.parametrize(
    ("address", "now"),
    [
        ("/trajets?de=Bach&vers=Cahors", "/aller?de=Bach&vers=Cahors"), ("/trajets", "/aller"),
        ("/comparaison", "/comprendre#comparaison"), ("/besoin", "/comprendre#besoin"), ("/aide", "/me-faire-aider"),
        ("/bureau/conducteurs", "/bureau/personnes?voir=conducteurs"), ("/bureau/rappels", "/bureau/"),
        ("/bureau/?jour=2026-12-01", "/bureau/demandes?jour=2026-12-01"), ("/bureau/simulateur", "/reglages"),
        ("/bureau/demandes/nouvelle", "/bureau/telephone"),
        ("/bureau/besoins?recherche=a1", "/bureau/chiffres?recherche=a1"),
        ("/bureau/rapport?annee=2025", "/bureau/chiffres?annee=2025"), ("/compte", "/reglages"),
        ("/sources", "/methode#sources"), ("/donnees/exemples", "/donnees#exemples"),
        ("/solidaire/merci", "/solidaire?recue=1"),
    ],
)  # fmt: skip
def test_a_former_address_leads_on_for_good(client, address, now):
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Location"]) == (301, now)
    page, _, part = now.partition("#")
    assert not part or f'id="{part}"' in client.get(page).get_data(as_text=True)


def test_former_addresses_are_gathered_in_one_place():
    pages = Path(former.__file__).parent
    assert [file.name for file in sorted(pages.glob("*.py")) if "301" in file.read_text()] == ["former.py"]


def test_the_public_is_told_of_its_data_and_of_who_helps(client):
    text = client.get("/vos-donnees", **REMOTE).get_data(as_text=True)
    assert "400 jours" in text
    helped = client.get("/me-faire-aider", **REMOTE).get_data(as_text=True)
    assert "France services Catus" in helped
    assert "Prendre une demande" not in helped
    assert "/preparer" not in client.get("/comprendre", **REMOTE).get_data(as_text=True)

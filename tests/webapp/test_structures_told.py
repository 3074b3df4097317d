"""An administrator declares how a structure is told; its agents, and no others, see what it was told."""

import pytest

from data.ride_matches import matches_of
from data.structures import declared_structures
from desks.rides.answers import cancel_match
from mobility.accounts import ADMINISTRATOR, AGENT
from mobility.scope import COORDINATION, Structure
from tests.conftest import NOW
from tests.fixtures_rides import People
from tests.webapp.test_accounts import HERE, account, signed_in

HOUSE = "Maison de Vaylats"
STATED = {"structure": HOUSE, "courriel": "accueil@example.org", "telephone": "05 65 00 00 00"}


@pytest.fixture
def desk(app):
    return app.extensions["wired"].house().rides


@pytest.fixture
def agent(app):
    return signed_in(app, account(app, AGENT, mail="agent@example.org", structure=HOUSE))


@pytest.fixture
def chief(app, agent):
    return signed_in(app, account(app, ADMINISTRATOR, mail="chef@example.org"))


def declared(desk):
    with desk.store.reading() as tx:
        return declared_structures(tx)


def test_an_administrator_declares_it_and_takes_it_back(desk, chief, agent):
    page = chief.get("/comptes/").text
    assert (f"<h3>{HOUSE}</h3>" in page, "Coordination (toutes les structures)" in page) == (True, True)
    assert chief.post("/comptes/structures", data=STATED, headers=HERE).status_code == 303
    assert declared(desk) == [Structure(HOUSE, "accueil@example.org", "0565000000")]
    assert 'value="accueil@example.org"' in chief.get("/comptes/").text
    assert "a changé comment joindre une structure" in chief.get("/comptes/journal/").text
    wrong = {"courriel": "accueil@", "telephone": "abc", "structure": "Une autre maison"}
    for field, value in wrong.items():
        told = chief.post("/comptes/structures", data={**STATED, field: value}, headers=HERE)
        assert (told.status_code, value in told.text) == (400, True)
    assert agent.post("/comptes/structures", data=STATED, headers=HERE).status_code == 403
    assert len(declared(desk)) == 1
    assert chief.post("/comptes/structures", data={"structure": HOUSE}, headers=HERE).status_code == 303
    assert declared(desk) == []


def test_who_declares_it_from_an_older_page_is_told(desk, chief):
    older = {**STATED, "vu": " "}
    assert chief.post("/comptes/structures", data=older, headers=HERE).status_code == 303
    refused = chief.post("/comptes/structures", data={**older, "telephone": ""}, headers=HERE)
    assert refused.status_code == 400
    assert "Quelqu&#39;un d&#39;autre vient de changer comment joindre cette structure" in refused.text


def test_its_agents_see_it_among_the_messages(desk, app, chief, agent):
    for name in (HOUSE, COORDINATION):
        chief.post("/comptes/structures", data={**STATED, "structure": name}, headers=HERE)
    people = People(desk)
    people.volunteer("Labastide-Marnhac")
    other = signed_in(app, account(app, AGENT, mail="autre@example.org", structure="Maison de Figeac"))
    for structure, day in ((HOUSE, 1), (COORDINATION, 2)):
        asked = people.asks("Lherm", "Cahors", structure=structure, day=NOW.date().replace(month=12, day=day))
        match = desk.propose_best(asked.id, now=NOW, who="agent", rider_agrees=True)
        cancel_match(desk, match.id, driver=match.rides[0].driver, now=NOW, who=match.rides[0].driver)
        with desk.store.reading() as tx:
            assert len(matches_of(tx, asked.id)) == 1
    page = agent.get("/bureau/messages").text
    assert f"<strong>Plus de conducteur</strong> : {HOUSE}" in page
    assert "la coordination" not in page
    assert "Plus de conducteur" not in other.get("/bureau/messages").text
    everyone = signed_in(app, account(app, AGENT, mail="tous@example.org"))
    assert "<strong>Plus de conducteur</strong> : la coordination" in everyone.get("/bureau/messages").text

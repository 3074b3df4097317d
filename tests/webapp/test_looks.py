"""Every page that shows people leaves a line about each of them, which the journal's page finds by their file."""

from types import SimpleNamespace

import pytest

from data.journal import journal_of
from desks.rides.recruiting import Recruit
from mobility.accounts import ADMINISTRATOR, AGENT
from tests.conftest import NOW
from tests.fixtures_rides import TOMORROW, People
from tests.webapp.test_accounts import HERE, account, signed_in

ASKED = {"de": "Lherm", "vers": "Cahors", "jour": TOMORROW.isoformat(), "quand": "arriver", "heure": "10:00"}


@pytest.fixture
def desk(app):
    return app.extensions["wired"].house().rides


@pytest.fixture
def agent(app):
    account(app, AGENT, mail="agent@example.org")
    return signed_in(app, "agent@example.org")


@pytest.fixture
def driver(desk):
    return People(desk).volunteer("Labastide-Marnhac").driver


def acts(desk, person):
    with desk.store.reading() as tx:
        return [line["act"] for line in journal_of(tx, [person]) if line["name"] == "Compte agent@example.org"]


@pytest.mark.parametrize(
    "address", ["/bureau/personnes?voir=conducteurs", "/bureau/personnes?voir=conducteurs&tableau=1.csv"]
)
def test_the_list_of_drivers(app, desk, agent, driver, address):
    assert "Nom 1" in agent.get(address).text
    assert acts(desk, driver) == ["drivers-seen"]
    account(app, ADMINISTRATOR, mail="chef@example.org")
    page = signed_in(app, "chef@example.org").get("/comptes/journal/", query_string={"fiche": driver}).text
    words = "a vu la liste des conducteurs"
    assert page.count(words) - page.count(f"{words}</option>") == 1


def test_the_list_of_requests(desk, agent, driver):
    people = People(desk)
    request = people.asks("Lherm", "Cahors")
    desk.propose_best(request.id, now=NOW, who="desk")
    agent.get("/bureau/demandes")
    assert acts(desk, request.rider) == acts(desk, driver) == ["requests-seen"]


def test_the_requests_of_someone_who_has_none(desk, agent):
    rider = People(desk).person("rider", "Lherm")
    assert "Nom 1" in agent.get(f"/bureau/demandes?personne={rider}").text
    assert acts(desk, rider) == ["requests-seen"]


def test_a_request_that_is_open(desk, agent, driver):
    request = People(desk).asks("Lherm", "Cahors")
    assert "Nom 1" in agent.get(f"/bureau/demandes/{request.id}").text
    assert acts(desk, driver) == ["candidates-seen"]


def test_who_could_drive_is_told_on_the_telephone(desk, agent, driver):
    page = agent.post("/bureau/telephone", data={"telephone": "0639100099", **ASKED}, headers=HERE).text
    assert "Nom 1" in page
    assert acts(desk, driver) == ["candidates-seen"]


def test_whom_to_ask_for_one_more_half_day(desk, agent, monkeypatch):
    people = People(desk)
    told, other = people.volunteer("Labastide-Marnhac"), people.volunteer("Lherm")
    job = SimpleNamespace(result=([], [Recruit("half-day", "46142", 2, "morning", told.id, ("a",))]))
    monkeypatch.setattr("webapp.pages.unmet.own_job", lambda *_: job)
    page = agent.get("/bureau/chiffres?recherche=x").text
    assert ("Nom 1" in page, "Nom 2" in page) == (True, False)
    assert (acts(desk, told.driver), acts(desk, other.driver)) == (["candidates-seen"], [])

"""*Chiffres*: rides, calls and the bus in one place, as far as one's roles and structures reach."""

import re

import pytest

from data.calls import CALLBACK, DONE, SMS, add_call
from mobility.accounts import AGENT, PLANNER
from mobility.people import RIDER
from tests.conftest import NOW
from tests.fixtures_rides import People
from tests.webapp.test_accounts import account, signed_in


@pytest.fixture
def desk(app):
    return app.extensions["wired"].house().rides


def tables(answer):
    """The tables of a page: {caption: {row: cells}}."""
    found = {}
    for table in re.findall(r"<table>.*?</table>", answer.text.replace("\xa0", " "), re.DOTALL):
        caption = re.search(r"<caption>(.*?)</caption>", table)[1]
        rows = re.findall(r'<tr[^>]*><th scope="row">(.*?)</th>(.*?)</tr>', table, re.DOTALL)
        found[caption] = {name: re.findall(r"<td[^>]*>(.*?)</td>", cells) for name, cells in rows}
    return found


def test_requests_are_counted_by_month_and_by_what_became_of_them(client, desk):
    people = People(desk)
    rider = people.person(RIDER, "Lherm")
    people.asks("Lherm", "Cahors", rider=rider)
    unmet = people.asks("Lherm", "Bach", rider=rider)
    desk.leave_unmet(unmet.id, now=NOW, who="test")
    found = tables(client.get("/bureau/chiffres"))
    by_month = found["Demandes par mois, selon ce qu'elles sont devenues"]
    assert by_month["Décembre"] == ["1", "0", "0", "0", "0", "1", "2"]
    assert by_month["L'année"] == by_month["Décembre"]
    assert list(found["Besoins sans réponse, et pourquoi"].values()) == [["1"]]
    assert "Aucune demande en 2019" in client.get("/bureau/chiffres?annee=2019").text


def test_calls_are_counted_by_kind(client, desk):
    with desk.store.writing() as tx:
        add_call(tx, CALLBACK, "0639100099", now=NOW)
        add_call(tx, SMS, "0639100099", now=NOW, state=DONE)
    calls = tables(client.get("/bureau/chiffres"))["Reçus ces 30 derniers jours"]
    assert calls == {"Appels": ["0", "0"], "SMS": ["1", "0"], "Rappels promis": ["0", "1"]}


def test_the_bus_is_counted_from_its_dates(app, client):
    house = app.extensions["wired"].house()
    visits = [visit for visit in house.calendar.dated().visits if (visit.day.year, visit.day.month) == (2026, 12)]
    by_month = tables(client.get("/bureau/chiffres"))["Passages du bus par mois, en 2026"]
    assert by_month["Décembre"] == [str(len(visits))]


def test_each_sees_the_figures_of_their_work(app, desk):
    agent = signed_in(app, account(app, AGENT, mail="agent@example.org", structure="Maison de Lherm"))
    planner = signed_in(app, account(app, PLANNER, mail="planner@example.org"))
    people = People(desk)
    people.asks("Lherm", "Cahors", rider=people.person(RIDER, "Lherm"), structure="Maison de Vaylats")
    assert "Passages du bus par mois" in planner.get("/bureau/chiffres").text
    assert "Trajets solidaires" not in planner.get("/bureau/chiffres").text.partition("<main")[2].partition("</main")[0]
    assert "Aucune demande en 2026" in agent.get("/bureau/chiffres").text

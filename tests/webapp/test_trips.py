"""The page of journeys: what an aidant reads, and what bad input gets."""

import re

import pytest

from webapp.feeds import Feeds


def text(answer):
    return re.sub(r"\s+", " ", answer.text.replace("\xa0", " ").replace("&#39;", "'"))


def test_there_and_back_by_train(client):
    page = text(client.get("/trajets?de=Cahors&vers=Toulouse+Matabiau&jour=2026-12-01&heure=10:00&retour=16:00"))
    assert "Aller : Cahors → Toulouse Matabiau, mardi 1er décembre 2026" in page
    assert "à pied 13 min, de Cahors à la gare de Cahors" in page
    assert "Horaires : SNCF Voyageurs (ODbL)." in page
    assert "TER vers Toulouse Matabiau" in page
    assert "Horaires à confirmer auprès de SNCF Voyageurs au 3635." in page
    assert "<h2>Retour</h2>" in page
    assert "La recherche n'a pas pu" not in page


def test_where_nothing_runs_the_page_says_whom_to_call_and_that_the_bus_comes(client):
    page = text(client.get("/trajets?de=Bach&vers=Cahors&jour=2026-12-01&heure=10:00"))
    assert "Aucun trajet trouvé à cette heure" in page
    assert "05 65 24 22 55" in page
    assert "Le bus des services publics s'arrête à" in page


def test_a_van_is_told_with_its_deadline(app, client, monkeypatch):
    from dataclasses import replace

    from mobility.transport import Booking, OnDemandRun, Zone

    here = app.extensions["site"]
    (van,) = [s for s in Feeds(here.workspace).on_demand() if s.id == "lalbenque-limogne-tad"]
    lalbenque = Zone("l", "Lalbenque", None, (here.workspace.territory.find_commune("Lalbenque").point,))
    run = OnDemandRun(van.zones[0], lalbenque, frozenset({2}), 9 * 3600, 12 * 3600)
    booked = Booking(days_before=1, closes=16 * 3600, telephone="05 65 24 22 55")
    monkeypatch.setattr(Feeds, "on_demand", lambda _: [replace(van, runs=(run,), booking=booked)])
    asked = "/trajets?de=Bach&vers=Lalbenque&jour=2026-12-01&sens=partir&heure=09:00"
    page = text(client.get(asked))
    assert "réserver la veille (lundi 30 novembre) avant 16 h au 05 65 24 22 55" in page.lower()
    assert "Transport à la demande du Pays de Lalbenque-Limogne, de Bach à Lalbenque" in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("de=Cahor&vers=Bach", "« Cahor » n'est ni une commune du territoire, ni un arrêt connu. Vouliez-vous dire"),
        ("de=Cahors&vers=Bach&jour=2026-13-01", "n'est pas une date"),
        ("de=Cahors&vers=Bach&jour=9999-01-01", "n'est pas une date"),
        ("de=Cahors&vers=Bach&heure=25:00", "n'est pas une heure"),
        ("de=Cahors&vers=Bach&retour=soon", "n'est pas une heure"),
        ("de=999,999&vers=Bach", "La position n'est pas valable"),
    ],
)
def test_bad_input_gets_a_sentence_on_the_page(client, query, words):
    answer = client.get(f"/trajets?{query}")
    assert answer.status_code == 200
    assert words in text(answer)


@pytest.mark.parametrize("query", ["", "de=Cahors", "sens=moon&de=&vers=", "de=1.44,44.45&vers=1.45,44.45"])
def test_half_a_question_is_no_trouble(client, query):
    answer = client.get(f"/trajets?{query}")
    assert answer.status_code == 200
    assert "La recherche n'a pas pu" not in text(answer)

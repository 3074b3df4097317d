"""Candidate stops taken in on screen: what shows them, what rests on them, the way back, and who may."""

import re

import pytest

from mobility.problem import Stop
from tests.webapp.test_lists import HERE, sent

OTHERS = {"environ_base": {"REMOTE_ADDR": "203.0.113.7"}}


def took(client, text):
    content = text if isinstance(text, bytes) else text.encode()
    answer = sent(client, content, "arrets.csv", subject="stops")
    page = client.get(answer.location).get_data(as_text=True)
    return page, client.post(answer.location, data={"acte": "prendre"}, headers=HERE).get_data(as_text=True)


def stops_of(app) -> tuple[Stop, ...]:
    return app.extensions["wired"].house().ground.stops


def test_a_list_of_stops_and_the_way_back(app, client):
    before = stops_of(app)
    preview, done = took(
        client, "Commune;Lieu;Position\nArcambal;Salle des fêtes;44.457, 1.5135\nBach;Salle;1.67, 44.35\n"
    )
    assert "1 ligne à prendre" in preview
    assert "<li>Ligne 3, colonne Position : La latitude et la longitude sont inversées" in preview
    assert "1 ligne prise, 1 refusée." in done
    page = client.get("/arrets").get_data(as_text=True)
    assert "Salle des fêtes" in page
    assert "44.457, 1.5135" in page
    assert len(stops_of(app)) == len(before) + 1
    assert client.post("/arrets", headers=HERE).location == "/arrets"
    assert stops_of(app) == before
    assert "Revenir à la liste" not in client.get("/arrets").get_data(as_text=True)


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "ods"])
def test_the_table_of_stops_sent_back_changes_nothing(app, client, suffix):
    page = client.get("/arrets").get_data(as_text=True)
    link = re.search(rf'href="(/arrets\?[^"]*\.{suffix})"', page)[1]
    preview, done = took(client, client.get(link).get_data())
    assert "Rien à prendre : tout ce que dit ce fichier est déjà connu" in preview
    assert "Lignes avec une erreur" not in preview
    assert "Rien n&#39;a changé" in done
    assert not app.extensions["wired"].house().ground.own_stops.exists()


def test_the_calendar_in_force_outlives_its_stops(app, client):
    here = app.extensions["wired"].house()
    plan = here.calendar.plan()
    fresh = here.planning.fingerprint()
    names = {plan.problem.stops_by_id[stop].place.name for stop in plan.solution.calendar.stops()}
    lines = "".join(f"{s.commune};{s.place.name};non\n" for s in here.ground.stops if s.place.name in names)
    _, done = took(client, f"Commune;Arrêt;Proposé\n{lines}")
    assert f"{len(names)} lignes prises." in done
    after = app.extensions["wired"].house()
    assert after.calendar.plan().solution == plan.solution
    assert after.planning.fingerprint() != fresh
    stated = after.planning.problem()
    assert after.planning.reference(stated) is None
    pages = [
        "/", "/comprendre", "/choix", "/dates", "/dates?annule=2026-12-08", "/communes", "/verifier", "/preparer",
        "/arrets", "/preparer/carte", *(f"/communes/{town.insee}" for town in here.ground.territory.communes[:30]),
    ]  # fmt: skip
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
    dates = client.get("/dates?annule=2026-12-08").get_data(as_text=True)
    assert any(f"<strong>{name}</strong>" in dates for name in names)
    assert client.post("/preparer/juger", headers=HERE).status_code == 200
    client.post("/arrets", headers=HERE)
    back = app.extensions["wired"].house().planning
    assert back.fingerprint() == fresh
    assert back.reference(stated) is None
    assert back.reference(plan.problem) is not None


def test_only_a_planner_may(app):
    stranger = app.test_client()
    assert "Prendre une liste d" not in stranger.get("/arrets", **OTHERS).get_data(as_text=True)
    assert stranger.post("/arrets", headers=HERE, **OTHERS).status_code == 403

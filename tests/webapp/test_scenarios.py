"""The planner's workspace: scenarios kept, compared, published, withdrawn; a search that is stopped."""

import re
import time

import pytest

from data.scenarios import all_scenarios, history


def text(answer):
    return re.sub(r"\s+", " ", answer.text.replace("\xa0", " ").replace("&#39;", "'"))


def finished(client, where, seconds=90):
    """Follow a job to its end; return its last page."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        state = client.get(f"{where}.json").json
        if state["state"] not in {"waiting", "running"}:
            return state
        time.sleep(0.1)
    raise AssertionError(f"{where} did not end")


def solved(client, **form):
    """State a scenario and wait for its calendar; return the job's address."""
    started = client.post("/preparer", data=form)
    assert started.status_code == 303, text(started)
    where = started.headers["Location"]
    assert finished(client, where)["state"] == "done"
    return where


def scenarios(app):
    here = app.extensions["site"]
    with here.rides().store.reading() as tx:
        return all_scenarios(tx, here.workspace.folder.id)


def test_from_a_scenario_to_the_published_calendar_and_back(app, client):
    here = app.extensions["site"]
    before = here.plan()
    where = solved(client, nom="Espère le jeudi", **{"lock-stop-0": "46095", "lock-weekday-0": "4"})
    state = client.get(f"{where}.json").json
    values = [(value, bound) for _, objective, value, bound in state["curve"] if objective == "need"]
    assert values
    assert values[-1][0] == pytest.approx(values[-1][1])
    assert all(bound >= value - 1e-6 for value, bound in values)
    (kept,) = scenarios(app)
    assert kept.name == "Espère le jeudi"
    assert "Espère" in text(client.get(f"/scenarios/{kept.id}"))
    assert "L.map" in client.get(f"/scenarios/{kept.id}/carte").text
    # The form comes back as it was stated.
    form = client.get(f"/preparer?scenario={kept.id}").text
    assert re.search(r'value="46095" selected', form)
    compared = text(client.get(f"/scenarios/comparer?s={kept.id}&s=actuel"))
    assert "Coût par an" in compared
    assert compared.count("<iframe") == 2
    dear = text(client.get(f"/scenarios/comparer?s={kept.id}&s=actuel&km=10&heure=55"))
    assert dear != compared
    published = client.post(f"/scenarios/{kept.id}?acte=publier")
    assert published.headers["Location"] == "/"
    assert "étude est en cours" in text(client.get("/choix"))
    assert here.plan().solution.calendar != before.solution.calendar
    with here.rides().store.reading() as tx:
        newest, first = history(tx, here.workspace.folder.id)
    assert (newest.name, newest.until) == ("Espère le jeudi", None)
    assert first.until == newest.at
    assert "Espère le jeudi" in text(client.get("/historique"))
    back = client.post(f"/publications/{first.number}/retablir")
    assert back.headers["Location"] == "/"
    assert "étude est en cours" not in text(client.get("/choix"))
    assert here.plan().solution.calendar == before.solution.calendar
    assert "rétabli" in text(client.get("/scenarios"))


def test_scenarios_are_named_and_forgotten(app, client):
    solved(client)
    (kept,) = scenarios(app)
    assert kept.name.startswith("Scénario du lundi 30 novembre")
    client.post(f"/scenarios/{kept.id}", data={"acte": "renommer", "nom": "Deux bus"})
    assert scenarios(app)[0].name == "Deux bus"
    assert client.post(f"/scenarios/{kept.id}", data={"acte": "renommer", "nom": " "}).status_code == 400
    assert client.post(f"/scenarios/{kept.id}", data={"acte": "x"}).status_code == 400
    client.post(f"/scenarios/{kept.id}", data={"acte": "oublier"})
    assert scenarios(app) == []
    assert client.get(f"/scenarios/{kept.id}").status_code == 404
    assert client.post("/publications/99/retablir").status_code == 404
    assert "Choisissez deux calendriers" in text(client.get("/scenarios/comparer?s=actuel"))


def test_a_search_is_stopped(client):
    started = client.post("/preparer", data={"buses": "3"})
    where = started.headers["Location"]
    assert client.post(f"{where}/annuler").status_code == 303
    assert finished(client, where)["state"] == "cancelled"
    assert "Vous l'avez arrêtée" in text(client.get(where))
    assert client.post("/travaux/unknown/annuler").status_code == 404


def test_rules_that_conflict_are_named(client):
    started = client.post("/preparer", data={"lock-stop-0": "46095", "ban-stop-0": "46095"})
    where = started.headers["Location"]
    assert finished(client, where)["state"] == "failed"
    assert "le passage imposé à Espère" in text(client.get(where))

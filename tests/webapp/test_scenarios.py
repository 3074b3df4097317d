"""The planner's workspace: scenarios kept, compared, published, withdrawn; a search that is stopped."""

import re
import time
from datetime import timedelta

import pytest

from data.jobs import add_job, begin_job, claim_abandoned
from data.scenarios import all_scenarios, history
from mobility.need import intend
from tests.conftest import NOW
from tests.fixtures_site import SURE
from webapp.words.french import intent_words


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
    here = app.extensions["wired"].house()
    with here.rides.store.reading() as tx:
        return all_scenarios(tx, here.ground.folder.id)


def test_without_a_scenario_there_is_nothing_to_compare(client):
    page = text(client.get("/scenarios"))
    assert "Aucun scénario pour l'instant" in page
    assert "Comparer les calendriers" not in page


def test_from_a_scenario_to_the_published_calendar_and_back(app, client):
    here = app.extensions["wired"].house()
    before = here.calendar.plan()
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
    rows = [row for row in re.findall("<tr>.*?</tr>", text(client.get("/scenarios"))) if "<td>Les plus isolés" in row]
    assert len(rows) == 2, "the calendar in force and the scenario, each with its intention"
    compared = text(client.get(f"/scenarios/comparer?s={kept.id}&s=actuel"))
    assert "Coût par an" in compared
    assert compared.count("<iframe") == 2
    dear = text(client.get(f"/scenarios/comparer?s={kept.id}&s=actuel&km=10&heure=55"))
    assert dear != compared
    published = client.post(f"/scenarios/{kept.id}?acte=en-vigueur", data=SURE)
    assert published.headers["Location"] == "/comprendre"
    assert "étude est en cours" in text(client.get("/choix"))
    assert here.calendar.plan().solution.calendar != before.solution.calendar
    with here.rides.store.reading() as tx:
        newest, first = history(tx, here.ground.folder.id)
    assert (newest.name, newest.until) == ("Espère le jeudi", None)
    assert first.until == newest.at
    assert "Espère le jeudi" in text(client.get("/historique"))
    assert (
        text(client.get("/historique")).count("du besoin couvert, selon l'intention « Les plus isolés d'abord »") == 2
    )
    back = client.post(f"/calendriers/{first.number}/retablir", data=SURE)
    assert back.headers["Location"] == "/comprendre"
    assert "étude est en cours" not in text(client.get("/choix"))
    assert here.calendar.plan().solution.calendar == before.solution.calendar
    assert "rétabli" in text(client.get("/scenarios"))


def test_a_departure_from_an_intention_is_told():
    assert intent_words(intend()) == "Les plus isolés d'abord"
    assert intent_words(intend("most-people", transit=0.5)) == "Le plus de monde (réglages modifiés)"


def test_scenarios_are_named_and_forgotten(app, client):
    solved(client)
    (kept,) = scenarios(app)
    assert kept.name.startswith("Scénario du lundi 30 novembre")
    client.post(f"/scenarios/{kept.id}", data={"acte": "renommer", "nom": "Deux bus"})
    assert scenarios(app)[0].name == "Deux bus"
    unnamed = client.post(f"/scenarios/{kept.id}", data={"acte": "renommer", "nom": " "})
    assert unnamed.status_code == 400
    assert re.findall('id="([^"]*)-erreur" role="alert">[^<]+', unnamed.text) == [f"nom-{kept.id}"]
    assert f'aria-describedby="nom-{kept.id}-erreur"' in unnamed.text
    assert client.post(f"/scenarios/{kept.id}", data={"acte": "x"}).status_code == 400
    client.post(f"/scenarios/{kept.id}", data={"acte": "oublier"})
    assert scenarios(app) == []
    assert client.get(f"/scenarios/{kept.id}").status_code == 404
    assert client.post("/calendriers/99/retablir").status_code == 404
    assert "Choisissez au moins deux calendriers" in text(client.get("/scenarios/comparer?s=actuel"))


def test_a_search_is_stopped(client):
    started = client.post("/preparer", data={"buses": "3"})
    where = started.headers["Location"]
    assert client.post(f"{where}/annuler").status_code == 303
    assert finished(client, where)["state"] == "cancelled"
    assert "Il a été arrêté : rien n'a changé" in text(client.get(where))
    assert client.post("/travaux/unknown/annuler").status_code == 404


def test_work_of_another_version_is_shown_and_can_be_stopped(app, client):
    with app.extensions["wired"].house().store.writing() as tx:
        job = add_job(tx, "forecast", {}, worker="another", now=NOW)
    page = text(client.get(f"/travaux/{job}"))
    assert "celle-ci ne sait pas le faire" in page
    assert "Recommencer" not in page
    assert client.post(f"/travaux/{job}/annuler").status_code == 303
    assert "Il a été arrêté" in text(client.get(f"/travaux/{job}"))
    answer = client.post(f"/travaux/{job}/recommencer")
    assert (answer.status_code, "ne sait pas faire ce calcul" in answer.text) == (400, True)


def test_work_cut_short_twice_waits_for_a_word(app, client):
    store, jobs = app.extensions["wired"].house().rides.store, app.extensions["wired"].jobs
    with store.writing() as tx:
        job = add_job(tx, "plan", {"form": {"buses": "3"}}, worker="first", now=NOW)
        begin_job(tx, job, "first", now=NOW, silent=timedelta(0))
        claim_abandoned(tx, "second", ["plan"], now=NOW, silent=timedelta(0))
    assert "il est repris depuis le début" in text(client.get(f"/travaux/{job}"))
    with store.writing() as tx:
        begin_job(tx, job, "second", now=NOW, silent=timedelta(0))
        claim_abandoned(tx, "third", ["plan"], now=NOW, silent=timedelta(0))
    page = text(client.get(f"/travaux/{job}"))
    assert "Calcul interrompu" in page
    assert "Recommencer" in page
    assert client.get(f"/travaux/{job}.json").json["state"] == "interrupted"
    again = client.post(f"/travaux/{job}/recommencer")
    assert again.status_code == 303
    assert again.headers["Location"] != f"/travaux/{job}"
    jobs.cancel(again.headers["Location"].rpartition("/")[2])
    assert client.post("/travaux/unknown/recommencer").status_code == 404


def test_rules_that_conflict_are_named(client):
    started = client.post("/preparer", data={"lock-stop-0": "46095", "ban-stop-0": "46095"})
    where = started.headers["Location"]
    assert finished(client, where)["state"] == "failed"
    assert "le passage imposé à Espère" in text(client.get(where))


def test_half_days_are_closed_in_one_week_of_the_cycle(app, client):
    here = app.extensions["wired"].house()
    usual = {f"slot-{w}-{s.weekday}-{s.name}": "on" for s in here.ground.service.sessions for w in (1, 2)}
    closed = {key: value for key, value in usual.items() if key != "slot-2-2-morning"}
    stated = {"sessions-stated": "1", **closed}
    assert "11</strong> demi-journées" in text(client.post("/preparer/juger", data=stated))
    solved(client, nom="Sans mardi matin pair", **stated)
    (kept,) = scenarios(app)
    page = text(client.get(f"/scenarios/{kept.id}"))
    row = page[page.index("Mardi matin") :].split("</tr>")[0]
    assert row.count("libre") == 1
    # The form comes back with that box alone unticked, and judges the scenario's own calendar.
    form = client.get(f"/preparer?scenario={kept.id}").text
    assert re.search(r'name="slot-2-2-morning"[^>]*>', form)[0].count("checked") == 0
    assert re.search(r'name="slot-1-2-morning"[^>]*>', form)[0].count("checked") == 1
    assert "ne respecte plus" not in form


def test_a_scenario_of_an_earlier_version_keeps_its_half_days(app, client):
    """Half-days were once named without their week."""
    form = text(client.get("/preparer?sessions-stated=1&session-2-morning=on"))
    assert "2</strong> demi-journées de bus par cycle" in form


def test_every_change_of_the_form_is_judged(client):
    usual = text(client.post("/preparer/juger", data={}))
    assert "62,8 %" in usual
    assert "ne respecte plus" not in usual
    locked = text(client.post("/preparer/juger", data={"lock-stop-0": "46095"}))
    assert "ne respecte plus 1 règle" in locked
    assert "Le passage demandé n'est pas prévu : Espère" in locked
    assert "À corriger" in text(client.post("/preparer/juger", data={"buses": "many"}))
    assert "À corriger" in text(client.post("/preparer/juger", data={"scenario": "unknown"}))


def test_a_closure_that_forbids_a_lock_is_named(client):
    data = {
        "sessions-stated": "1", "slot-1-2-morning": "on", "slot-2-4-afternoon": "on", "slot-1-4-afternoon": "on",
        "lock-stop-0": "46095", "lock-week-0": "2", "lock-weekday-0": "2", "area_floor": "0",
    }  # fmt: skip
    where = client.post("/preparer", data=data).headers["Location"]
    assert finished(client, where)["state"] == "failed"
    told = text(client.get(where))
    assert "le passage imposé à Espère semaine B mardi" in told
    assert "la fermeture : semaine B mardi matin" in told


def test_a_calendar_edited_by_hand_is_kept_beside_the_others(app, client):
    solved(client, nom="Départ")
    (kept,) = scenarios(app)
    page = client.get(f"/verifier?scenario={kept.id}").text
    assert "Modifier « Départ »" in page
    chosen = re.findall(r'<select name="(visite[^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL)
    grid = {name: (re.search(r'value="([^"]+)" selected', options) or ["", ""])[1] for name, options in chosen}
    # One visit less, of a stop that is visited once: its intercommunality has others.
    stops = list(grid.values())
    first = next(stop for stop in stops if stop and stops.count(stop) == 1)
    fewer = {name: "" if stop == first else stop for name, stop in grid.items()}
    made = client.post("/verifier", data={**fewer, "scenario": kept.id, "nom": "Allégé", "garder": "1"})
    assert made.status_code == 303, text(made)
    lighter = next(scenario for scenario in scenarios(app) if scenario.name == "Allégé")
    shown = text(client.get(f"/scenarios/{lighter.id}"))
    assert "Pas encore prouvé optimal" in shown
    three = text(client.get(f"/scenarios/comparer?s={kept.id}&s={lighter.id}&s=actuel"))
    assert three.count("<iframe") == 3
    assert "tous mesurés selon l'intention en vigueur" in three
    # A broken calendar is not kept.
    wrong = dict.fromkeys(grid, first)
    refused = client.post("/verifier", data={**wrong, "scenario": kept.id, "garder": "1"})
    assert refused.status_code == 200
    assert len(scenarios(app)) == 2

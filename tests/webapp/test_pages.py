"""Every page of the site: what it says, and what it never does."""

import html
import re
import time
from dataclasses import replace
from io import BytesIO

import pytest

from desks.calendar import roads
from desks.ground import sent_roads_folder
from tests.conftest import CASES
from tests.fixtures_site import SURE, UNSET
from webapp.opening import open_house

PAGES = [
    "/", "/?de=Lherm", "/?de=Nulle+part", "/comprendre",
    "/communes", "/communes/46044", "/communes/46095", "/communes/46042", "/dates", "/dates?annule=2026-12-08",
    "/me-faire-aider", "/vos-donnees", "/choix", "/preparer", "/verifier", "/telechargements", "/methode",
    "/routes", "/arrets",
]  # fmt: skip
MAPS = ["/cartes/calendrier", "/cartes/besoin", "/cartes/couverture", "/cartes/couverture-reference"]


@pytest.mark.parametrize("address", PAGES + MAPS)
def test_page_is_french_titled_and_calls_no_foreign_host(client, address):
    answer = client.get(address)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert '<html lang="fr"' in text
    assert re.search(r"<title>[^<]+</title>", text)
    assert text.count("<main") == 1
    assert text.count("<h1") == 1
    loaded = re.findall(r'(?:src|href)="(https?://[^"]+)"', text)
    assert not loaded
    assert "None" not in re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("address", PAGES)
def test_frames_and_fields_are_named(client, address):
    text = client.get(address).get_data(as_text=True)
    assert all("title=" in frame for frame in re.findall(r"<iframe[^>]*>", text))
    fields = re.findall(r"<(?:input|select)[^>]*>", text)
    for field in fields:
        if 'type="hidden"' in field:
            continue
        name = re.search(r' id="([^"]+)"', field)
        labelled = "aria-label=" in field or (name and f'for="{name[1]}"' in text)
        inside = 'type="radio"' in field or 'type="checkbox"' in field
        assert labelled or inside, field


def test_the_calendar_says_by_how_much_it_beats_2018(client):
    text = client.get("/comprendre").get_data(as_text=True)
    shares = [int(s) for s in re.findall(r"(\d+) %", text)]
    assert max(shares[:2]) >= 1.5 * min(shares[:2])
    assert "Prouvé" in text
    assert "en 2018" in text


def test_commune_page_gives_six_dates_in_words(client):
    text = client.get("/communes/46044").get_data(as_text=True)
    dates = re.findall(r"<li><strong>(\w+ \d+(?:er)? \w+)</strong>", text)
    assert len(dates) == 6
    assert dates[0] == "vendredi 11 décembre"
    assert "parking de la salle des fêtes" in text


def test_unserved_commune_says_why_and_what_is_near(client):
    text = client.get("/communes/46095").get_data(as_text=True)
    assert re.search(r"Le bus ne s'arrête pas [^<]* : voici où il passe au plus près\.</p>", text.replace("&#39;", "'"))
    # Whom to call stands in a sentence of its own, below the button.
    assert re.search(r"Me déplacer depuis ici</a></p>\s*<p[^>]*>Vous préférez [^<]* Appelez le <a", text)
    assert "Les arrêts les plus proches" in text
    assert "Pourquoi pas ici" in text


def test_every_unserved_commune_has_its_price(client, app):
    site = app.extensions["wired"].house()
    plan = site.calendar.plan()
    visited = {plan.problem.stops_by_id[v.stop].commune for v in plan.solution.calendar.visits}
    prices = site.calendar.explained()[1]["prices"]
    priced = {price["commune"] for price in prices}
    assert priced | visited | site.ground.territory.poles == set(site.ground.territory.by_insee)
    assert prices
    assert all(price["proven"] and price["possible"] for price in prices)


def test_search_leads_from_an_old_name(client):
    answer = client.get("/communes?nom=laroque des arcs")
    assert answer.status_code == 302
    assert answer.location.endswith("/communes/46156")
    wrong = client.get("/communes?nom=Trespoux-Rassieis")
    assert wrong.status_code == 404
    # The form stays, with what was typed, the fault beside it and the names that are like it to choose.
    assert re.search('<input id="nom" [^>]*value="Trespoux-Rassieis" aria-invalid="true"', wrong.text)
    assert '<a href="/communes?nom=Trespoux-Rassiels">Trespoux-Rassiels</a>' in wrong.text
    away = client.get("/communes?nom=Toulouse")
    assert (away.status_code, 'id="nom-erreur"' in away.text, "Vouliez-vous dire" in away.text) == (404, True, False)


@pytest.mark.parametrize(
    ("said", "insee"), [("Saint Cirq", "46256"), ("Pradine", "46224"), ("lherme", None), ("LHERM", "46171")]
)
def test_a_commune_is_understood_or_proposed_however_it_is_said(client, said, insee):
    answer = client.get("/communes", query_string={"nom": said})
    if insee:
        assert answer.location == f"/communes/{insee}"
    else:
        assert '<a href="/communes?nom=Lherm">Lherm</a>' in answer.text


def test_unknown_pages_are_told_kindly(client):
    for address in ("/nowhere", "/cartes/nowhere", "/telecharger/x.exe", "/communes/99999", "/communes/46044/x.pdf"):
        answer = client.get(address)
        assert answer.status_code in {400, 404}
        assert "Poser ma question" in answer.get_data(as_text=True)


def test_a_form_from_another_site_is_refused(client):
    answer = client.post("/dates", data={}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert client.post("/dates", data={}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_season_is_kept_and_lists_what_is_skipped(client):
    data = {
        **UNSET, "policy": "alternate", "first": "2026-12-01", "last": "2027-01-31", "jours-feries": "supprimer",
        "closure-name": "neige", "closure-first": "2026-12-11",
    }  # fmt: skip
    assert client.post("/dates", data=data).status_code == 303
    text = client.get("/dates").get_data(as_text=True)
    assert "neige" in text
    assert "Les semaines A et B viennent tour à tour" in client.get("/comprendre").get_data(as_text=True)
    assert "Noël" in text
    commune = client.get("/communes/46044").get_data(as_text=True)
    assert "Vendredi 11 décembre, " in commune.partition("le bus ne vient pas")[0]
    assert "11 décembre" not in commune.partition("Prochains passages")[2]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"first": "2026-13-01"}, "n'est pas une date"),
        ({"first": "2027-01-01", "last": "2026-01-01"}, "finir après son début"),
        ({"policy": "never"}, "règle de dates"),
        ({"first": "9999-12-31"}, "trop loin d'aujourd'hui"),
        ({"last": "2099-01-01"}, "moins de deux ans"),
        ({"policy": "alternate", "first_week": "²"}, "n'est pas un nombre"),
        ({"closure-first": "2026-12-10", "closure-last": "2026-12-01"}, "vient avant le début"),
    ],
)
def test_a_wrong_season_changes_nothing(client, data, words):
    before = client.get("/dates").get_data(as_text=True)
    answer = client.post("/dates", data={**UNSET, **data})
    assert answer.status_code == 400
    assert words in answer.get_data(as_text=True).replace("&#39;", "'")
    assert client.get("/dates").get_data(as_text=True) == before


def test_a_wrong_end_stays_in_the_form_with_its_fault_beside_it(client):
    closed = {"closure-name": "neige", "closure-first": "2026-12-10", "closure-last": "2026-12-01"}
    data = {**UNSET, "policy": "alternate", **closed}
    page = client.post("/dates", data=data).text
    assert re.search(r'name="closure-last" value="2026-12-01" aria-invalid="true"[^>]*autofocus>', page)
    assert re.search(r'id="closure-last-erreur" role="alert">[^<]*1er décembre 2026[^<]*10 décembre 2026', page)
    assert 'name="closure-name" maxlength="80" value="neige"' in page
    wrong = client.post("/dates", data={**UNSET, "first": "2027-01-01", "last": "2026-01-01"}).text
    assert re.search(r'id="last"[^>]*value="2026-01-01" aria-invalid="true"', wrong)
    done = client.post("/dates", data={**UNSET, "policy": "alternate"}, follow_redirects=True).text
    assert '<p class="ok" role="status">La saison est enregistrée' in done
    assert "La saison est enregistrée" not in client.get("/dates").text


def test_nothing_is_said_to_be_adopted_where_rules_are_broken(client):
    page = client.post("/verifier", data={"adopter": "1"}).text.replace("&#39;", "'")
    assert re.search(r'role="alert"><strong>Rien n\'est adopté.', page)


def test_strict_alternation_survives_the_weeks_that_pass(app):
    """The same date keeps its visits when the season, which follows the clock, starts a week later."""
    from datetime import timedelta

    from tests.conftest import NOW
    from webapp.app import create_app

    first = app.test_client()
    first.post("/dates", data={**UNSET, "policy": "alternate", "first_week": "2"})
    site = app.extensions["wired"].house()
    before = [(v.day, v.visit.stop) for v in site.calendar.dated().visits]
    later = create_app(site.settings, clock=lambda: NOW + timedelta(days=7)).extensions["wired"].house()
    after = [(v.day, v.visit.stop) for v in later.calendar.dated().visits]
    shared_days = {day for day, _ in before} & {day for day, _ in after}
    assert len(shared_days) > 60
    assert [v for v in before if v[0] in shared_days] == [v for v in after if v[0] in shared_days]
    page = first.get("/dates").get_data(as_text=True)
    assert page.count("se répètent") == 0


def test_parity_tells_of_the_repeated_week(client):
    page = client.get("/comprendre").get_data(as_text=True)
    assert "La semaine du lundi 4 janvier 2027" in page


def test_a_cancelled_day_gets_proposals(client):
    text = client.get("/dates?annule=2026-12-11").get_data(as_text=True)
    assert "Le vendredi 11 décembre" in text
    assert "Caillac" in text
    assert re.search(r"lundi|mardi|mercredi|jeudi", text.split("Le vendredi 11 décembre")[1][:3000])
    assert "Aucun passage" in client.get("/dates?annule=2026-12-06").get_data(as_text=True)


def finished(client, address, seconds=120):
    """Wait for a job and return the page its progress leads to."""
    for _ in range(seconds * 5):
        state = client.get(f"{address}.json").get_json()["state"]
        if state in {"done", "failed"}:
            return client.get(address, follow_redirects=True)
        time.sleep(0.2)
    pytest.fail("the job did not end")


def test_prepare_find_and_adopt(client, app):
    """The planner's story: lock a stop, get a proven calendar, adopt it, see it on the home page."""
    data = {"preset": "equal-communes", "lock-stop-0": "46095", "lock-weekday-0": "4", "sessions-stated": "1"}
    data |= {f"session-{d}-{n}": "on" for d, n in [(2, "morning"), (2, "afternoon"), (4, "afternoon")]}
    started = client.post("/preparer", data=data)
    assert started.status_code == 303
    page = finished(client, started.location)
    text = page.get_data(as_text=True)
    assert "Optimal, prouvé" in text
    assert "Espère" in text
    job = started.location.rsplit("/", 1)[1]
    drawn = client.get(f"/travaux/{job}/carte")
    assert drawn.status_code == 200
    assert "Esp\\u00e8re" in drawn.get_data(as_text=True) or "Espère" in drawn.get_data(as_text=True)
    assert client.get("/travaux/unknown/carte").status_code == 404
    home = client.post(f"/travaux/{job}/adopter", data=SURE, follow_redirects=True).get_data(as_text=True)
    assert "Espère" in home
    assert "Égalité entre communes" in home
    assert len(app.extensions["wired"].house().calendar.plan().problem.sessions) == 3


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"crew_start": "25:99"}, "n'est pas une heure"),
        ({"crew_start": "18:00", "crew_end": "08:00"}, "le début doit venir avant la fin"),
        ({"lon": "2.35", "lat": "48.85"}, "aucune route connue"),
        ({"lon": "abc", "lat": "48"}, "longitude et une latitude"),
        ({"buses": "0"}, "entre 1 et 50"),
        ({"lock-stop-0": "99999"}, "n'est pas un arrêt possible"),
        ({"sessions-stated": "1"}, "Il manque de quoi"),
        ({"preset": "none"}, "Intention"),
        ({"near": "20", "far": "10"}, "se contredisent"),
        ({"near": "²"}, "n'est pas un nombre"),
        ({"lock-stop-0": "46095", "lock-weekday-0": "9"}, "n'est pas un jour"),
        ({"vulnerability": "300"}, "entre 0 et 100"),
        ({"max_changes": "many"}, "n'est pas un nombre"),
    ],
)
def test_a_wrong_problem_names_the_field(client, data, words):
    answer = client.post("/preparer", data=data)
    text = answer.get_data(as_text=True).replace("&#39;", "'")
    assert answer.status_code == 400
    assert words in text
    assert 'role="alert"' in text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"crew_start": "09:30", "crew_end": "10:30"}, ["les horaires de l'équipage"]),
        pytest.param(
            {"lock-stop-0": "46095", "lock-week-0": "1", "lock-weekday-0": "4", "lock-session-0": "afternoon",
             "lock-stop-1": "46320", "lock-week-1": "1", "lock-weekday-1": "4", "lock-session-1": "afternoon"},
            ["Espère semaine A jeudi après-midi", "Tour-de-Faure semaine A jeudi après-midi"],
            marks=pytest.mark.prove,
        ),
        ({"lock-stop-0": "46095", "ban-stop-0": "46095"}, ["le passage imposé à Espère", "l'interdiction à Espère"]),
    ],
)  # fmt: skip
def test_an_infeasible_problem_names_the_rules_in_conflict(client, data, words):
    started = client.post("/preparer", data=data)
    assert started.status_code == 303
    text = finished(client, started.location).get_data(as_text=True).replace("&#39;", "'")
    assert all(word in text for word in words), text


def grid(app):
    plan = app.extensions["wired"].house().calendar.plan()
    return {f"visite|{v.week}|{v.weekday}|{v.session}|{v.bus}": v.stop for v in plan.solution.calendar.visits}


def test_every_edit_is_judged(client, app):
    data = grid(app)
    same = client.post("/verifier", data=data, headers={"X-Requested-With": "fetch"}).get_data(as_text=True)
    assert "Toutes les règles sont respectées" in same
    first = next(iter(data))
    edited = client.post("/verifier", data=data | {first: "46095"}, headers={"X-Requested-With": "fetch"})
    text = edited.get_data(as_text=True)
    assert "<html" not in text
    data = dict.fromkeys(data, "46095")
    broken = client.post("/verifier", data=data, headers={"X-Requested-With": "fetch"}).get_data(as_text=True)
    assert "Espère reçoit 12 passages par cycle, 2 au plus" in broken


def judged(client, content, name):
    """What is shown of a calendar's file, once its columns and lines were looked at and taken."""
    looked = client.post("/verifier", data={"fichier": (BytesIO(content), name)})
    assert looked.status_code == 303
    taken = client.post(looked.location, data={"acte": "prendre"})
    assert taken.status_code == 200
    return taken.get_data(as_text=True)


def test_a_typed_calendar_is_judged_from_its_file(client):
    from data.territory_files import TERRITORIES

    text = (TERRITORIES / "cahors" / "calendar-2018.csv").read_bytes()
    assert "demandés 1 au moins" in judged(client, text, "2018.csv")
    plan = client.get("/telecharger/plan.json").get_data()
    back = client.post("/verifier", data={"fichier": (BytesIO(plan), "plan.json")})
    assert "Toutes les règles sont respectées" in back.get_data(as_text=True)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cut-in-a-value.csv", "coupé"),
        ("cut.json", "coupé"),
        ("not-a-plan.json", "pas un plan"),
        ("a-list.json", "pas un plan"),
        ("no-problem-in-it.json", "abîmé"),
    ],
)
def test_a_broken_file_is_refused_with_its_reason(client, name, words):
    answer = client.post("/verifier", data={"fichier": (BytesIO((CASES / "calendars" / name).read_bytes()), name)})
    assert answer.status_code == 400
    assert words in answer.get_data(as_text=True).replace("&#39;", "'")


TAKEN_IN_PART = {
    "unknown-stop.csv": "ligne 2, colonne stop : La commune « Atlantis »",
    "unknown-weekday.csv": "ligne 2, colonne weekday : « mardredi »",
    "ragged.csv": "ligne 2, colonne session : Une valeur manque.",
}
"""Files of which the good lines are taken, and what is told of the others."""


@pytest.mark.parametrize(("name", "words"), TAKEN_IN_PART.items())
def test_lines_that_cannot_be_read_are_named_and_left_out(client, name, words):
    page = judged(client, (CASES / "calendars" / name).read_bytes(), name)
    assert f"{name}, {words}" in page.replace("&#39;", "'")


def test_a_file_of_an_older_machine_keeps_its_accents(client):
    content = (CASES / "calendars" / "latin-1.csv").read_bytes()
    page = judged(client, content, "latin-1.csv")
    assert "Lignes laissées de côté" not in page
    assert '<option value="46095" selected>Espère</option>' in page


def test_a_calendar_without_some_columns_is_asked_for_them(client):
    content = (CASES / "calendars" / "missing-column.csv").read_bytes()
    looked = client.post("/verifier", data={"fichier": (BytesIO(content), "missing-column.csv")})
    assert "Il manque « Jour » et « Demi-journée »" in client.get(looked.location).get_data(as_text=True)
    assert client.post(looked.location, data={"acte": "prendre"}).status_code == 400


KEPT_FILES = sorted(path for path in CASES.rglob("*") if path.is_file())


@pytest.mark.parametrize("where", ["/verifier", "/routes"])
@pytest.mark.parametrize("path", KEPT_FILES, ids=lambda path: path.name)
def test_every_kept_file_is_taken_or_refused_and_changes_nothing(client, app, where, path):
    """Whatever is sent, where it belongs or not: a sentence that names the file, and the site as it was."""
    before = client.get("/comprendre").get_data()
    answer = client.post(where, data={"fichier": (BytesIO(path.read_bytes()), path.name)})
    if where == "/verifier" and answer.status_code == 303:
        page = client.get(answer.location).get_data(as_text=True)
        assert path.name in page
        whole = path.name in TAKEN_IN_PART or path.name.startswith(("good", "latin-1"))
        assert ("Il manque" in page) == (not whole)
    else:
        if answer.status_code == 303:
            answer = finished(client, answer.location)
        else:
            assert answer.status_code == 400
        told = re.search(r'<div class="trouble" role="alert">(.*?)</div>', answer.get_data(as_text=True), re.DOTALL)
        assert told
        assert "None" not in told[1]
        assert path.name in told[1] or "aucune route connue" in told[1].replace("&#39;", "'")
    assert client.get("/comprendre").get_data() == before
    assert app.extensions["wired"].house().ground.road_file is None


def test_a_grid_with_impossible_cells_is_judged_without_them(client):
    for cell in ("visite|1|99|morning|bus-1", "visite|²|2|morning|bus-1", "visite|1|0|m|b"):
        assert client.post("/verifier", data={cell: "46095"}).status_code == 200


def test_a_calendar_may_be_typed_in_french(client):
    text = (CASES / "calendars" / "good-in-french.csv").read_bytes()
    assert judged(client, text, "a.csv").count(" selected") == 2


def test_a_cut_road_extract_is_refused_and_the_old_roads_stay(client, app):
    house = app.extensions["wired"].house()
    answer = client.post("/routes", data={"fichier": (BytesIO(b""), "README.md")})
    assert (answer.status_code, "extrait OpenStreetMap" in answer.text) == (400, True)
    for name, words in (("cut.osm", "coupé"), ("town.osm", "aucune route connue")):
        content = (CASES / "osm" / name).read_bytes()
        answer = client.post("/routes", data={"fichier": (BytesIO(content), name)})
        assert answer.status_code == 303
        page = finished(client, answer.location).text.replace("&#39;", "'")
        assert words in page, name
        assert ("Les routes en service n'ont pas changé" in page, "Recommencer" in page) == (True, False)
    assert house.ground.road_file is None
    assert list(sent_roads_folder(house.settings, house.ground.folder.id).iterdir()) == []
    assert client.get("/").status_code == 200


def test_an_extract_is_tried_after_the_answer_and_can_be_stopped(client, app, monkeypatch):
    house, seen = app.extensions["wired"].house(), []

    def slow(_planning, path, tell):
        seen.append(path)
        while True:
            tell("roads", 0.5)
            time.sleep(0.05)

    monkeypatch.setattr(roads, "_try", slow)
    where = client.post("/routes", data={"fichier": (BytesIO(b"roads"), "sud.osm")}).location
    page = client.get(where).text
    assert all(words in page for words in ("Vérification des nouvelles routes", "progress", "Arrêter le calcul"))
    until = time.monotonic() + 20
    while time.monotonic() < until and not seen:
        time.sleep(0.05)
    assert client.post(f"{where}/annuler").status_code == 303
    while time.monotonic() < until and seen[0].exists():
        time.sleep(0.05)
    assert list(sent_roads_folder(house.settings, house.ground.folder.id).iterdir()) == []
    assert "Donner un autre fichier" in client.get(where).text


def test_a_forgotten_job(client):
    assert client.get("/travaux/unknown").status_code == 404
    assert client.get("/travaux/unknown.json").status_code == 404


def test_a_site_without_a_calendar_says_what_to_do(settings):
    from webapp.app import create_app

    fresh = create_app(settings).test_client()
    assert fresh.get("/").status_code == 200
    answer = fresh.get("/comprendre")
    assert answer.status_code == 404
    assert "pas encore de calendrier" in answer.get_data(as_text=True)
    assert fresh.get("/preparer").status_code == 200


def test_an_unreadable_plan_is_set_aside_and_made_again(state, monkeypatch):

    from desks.calendar import study
    from desks.settings import Settings, default_territory

    house = open_house(Settings(territory=default_territory(), state=state))
    path = state / house.ground.folder.id / "current.json"
    half = path.read_text()[:5000]
    path.write_text(half)
    # The study is long and not at stake here.
    monkeypatch.setattr(study, "explain", lambda *_: {})
    plan = study.prepare(house.planning)
    assert plan.solution.proven
    assert (path.parent / "current.unreadable-1").read_text() == half
    saved = house.planning.saved_plan()
    assert saved is not None
    assert saved.solution == plan.solution


def test_an_adopted_plan_is_kept_when_the_data_changes(state):

    from desks.calendar import study
    from desks.settings import Settings, default_territory

    house = open_house(Settings(territory=default_territory(), state=state))
    adopted = house.planning.saved_plan()
    assert adopted is not None
    house.calendar.put(adopted, "Choisi", author="test", first_name="Le premier", study={"plan": {}})
    other = replace(house.planning, stamp=lambda _: "other files")
    assert study.prepare(other).solution == adopted.solution


def test_no_page_tells_of_a_proof_that_the_calendar_in_force_lacks(client, app):
    claim = "la preuve qu'on ne peut faire mieux"
    assert claim in html.unescape(client.get("/comprendre").text)
    house = app.extensions["wired"].house()
    plan = house.planning.saved_plan()
    first, *others = plan.solution.stages
    unproven = replace(plan.solution, stages=(replace(first, bound=2 * first.value), *others))
    house.calendar.put(
        replace(plan, solution=unproven), "À la main", author="test", first_name="Le premier", study={"plan": {}}
    )
    told = html.unescape(client.get("/comprendre").text)
    assert claim not in told
    assert "de combien on pourrait faire mieux, au plus" in told


def test_the_answer_to_a_form_stands_in_its_section(client):
    for where, entry in (
        ("/bureau/telephone", "/bureau/demandes"),
        ("/verifier", "/verifier"),
        ("/preparer", "/preparer"),
    ):
        answer = client.post(where, data={"buses": "0"}).get_data(as_text=True)
        assert re.search(rf'href="{entry}"[^>]* aria-current="(page|true)"', answer), where


def test_all_the_dates_are_there_month_by_month(app, client):
    text = client.get("/dates").get_data(as_text=True)
    visits = app.extensions["wired"].house().calendar.dated().visits
    months = {(visit.day.year, visit.day.month) for visit in visits}
    assert text.count("<caption>Passages ") == len(months)
    assert text.count('<th scope="row">') == len(visits)
    assert "<summary>Décembre 2026 : " in text
    assert "<caption>Passages de janvier 2027</caption>" in text

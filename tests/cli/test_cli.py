"""The command line as scripts see it: results alone on standard output, exit codes, one clear line for bad input."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from cli.main import mobility
from data.jobs import add_job
from data.store import Store
from data.territory_files import TERRITORIES
from desks.accounts.passwords import ask_new_password
from desks.chores import Done
from desks.served import note_address
from desks.settings import Settings, default_territory, read_settings
from mobility.errors import MobilityError
from tests.conftest import CASES, NOW
from webapp.opening import local_now, open_house

CALENDAR_2018 = str(TERRITORIES / "cahors" / "calendar-2018.csv")


@pytest.fixture
def run(state, monkeypatch):
    monkeypatch.setenv("MOBILITY_STATE", str(state))
    monkeypatch.delenv("MOBILITY_ROADS", raising=False)

    def invoke(*arguments):
        return CliRunner().invoke(mobility, [str(a) for a in arguments])

    return invoke


def commands(group, path=()):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        elif not command.hidden:
            yield (*path, name), command


def test_every_command_has_help_with_an_example(run):
    found = dict(commands(mobility))
    assert set(mobility.commands) == {
        "territory",
        "data",
        "roads",
        "calendar",
        "gtfs",
        "journeys",
        "access",
        "rides",
        "people",
        "accounts",
        "jobs",
        "backup",
        "tick",
        "serve",
    }
    assert {("calendar", name) for name in ("plan", "judge", "compare", "explain", "dates", "export")} <= found.keys()
    for path in found:
        result = run(*path, "--help")
        assert result.exit_code == 0
        assert f"mobility {' '.join(path)}" in result.output
        assert "Example" in result.output, path
        assert "\\b" not in result.output, path


def test_plan_gives_what_scripts_count_on(run):
    result = run("calendar", "plan", "--json")
    document = json.loads(result.stdout)
    assert result.exit_code == 0
    assert document["proven"]
    assert document["proof"] == "solver"
    assert document["gap"] <= 1e-5
    assert document["objective"] == pytest.approx(document["bound"], rel=1e-5)
    assert len(document["visits"]) == 12
    assert {"commune", "place", "week", "weekday", "session", "arrival", "departure"} <= document["visits"][0].keys()


def test_standard_output_is_the_result_alone(state):
    """Also where the solver's library writes to file descriptor 1 by itself."""
    script = (
        "import sys, os; sys.argv[0] = 'mobility'\n"
        "from cli import main, standard_output\n"
        "standard_output.keep_standard_output()\n"
        "os.write(1, b'noise from a compiled library\\n')\n"
        "main.mobility(['calendar', 'plan', '--json', '--buses', '2'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
        env={**os.environ, "MOBILITY_STATE": str(state)},
    )  # fmt: skip
    assert json.loads(done.stdout)["proven"]
    assert "noise" in done.stderr


@pytest.mark.prove
def test_a_plan_that_is_saved_stands_in_the_history_as_one_adopted_on_screen(run, state, tmp_path, monkeypatch):
    shutil.copytree(state, tmp_path / "state")
    monkeypatch.setenv("MOBILITY_STATE", str(tmp_path / "state"))
    # The study is long and not at stake here.
    monkeypatch.setattr("cli.calendar.explain_plan", lambda *_: {})
    assert run("calendar", "plan", "--buses", "2", "--save").exit_code == 0
    house = open_house(read_settings())
    saved, first = house.calendar.history()
    assert (saved.name, saved.until, saved.author) == ("Calendrier calculé par commande", None, "command line")
    assert first.until == saved.at
    assert len(house.calendar.plan().problem.buses) == 2


@pytest.mark.prove
def test_locks_bans_and_changes(run, tmp_path):
    out = tmp_path / "plan.json"
    result = run("calendar", "plan", "--lock", "Espère@thursday", "--ban", "Caillac", "--json", "--out", out)
    visits = json.loads(result.stdout)["visits"]
    assert any(v["stop"] == "46095" and v["weekday"] == "thursday" for v in visits)
    assert not any(v["stop"] == "46044" for v in visits)
    near = run("calendar", "plan", "--in-force", CALENDAR_2018, "--max-changes", "3", "--area-floor", "0", "--json")
    kept = {(v["week"], v["weekday"], v["session"], v["stop"]) for v in json.loads(near.stdout)["visits"]}
    assert {(2, "tuesday", "morning", "46032"), (2, "thursday", "afternoon", "46171")} & kept
    judged = run("calendar", "judge", out, "--json")
    assert judged.exit_code == 0
    assert json.loads(judged.stdout)["broken"] == []


def test_judge_names_broken_rules_and_exits_with_1(run):
    result = run("calendar", "judge", CALENDAR_2018)
    assert result.exit_code == 1
    assert result.stdout.count("broken: area-floor") == 3
    assert run("calendar", "judge", CALENDAR_2018, "--area-floor", "0").exit_code == 0


def test_compare_explain_dates(run):
    document = json.loads(run("calendar", "compare", "--json").stdout)
    assert document["plan"]["share"] > 1.5 * document["reference"]["share"]
    price = json.loads(run("calendar", "explain", "--commune", "Espère", "--json").stdout)
    assert price["possible"]
    assert price["need_lost"] > 0
    assert price["proof"] == "solver"
    cancelled = json.loads(run("calendar", "explain", "--cancelled", "even tuesday", "--json").stdout)
    assert cancelled
    dates = json.loads(
        run("calendar", "dates", "--from", "2026-12-01", "--to", "2027-01-31", "--policy", "alternate", "--json").stdout
    )
    assert dates["policy"] == "alternate"
    assert len(dates["visits"]) > 1
    assert all(a["date"] <= b["date"] for a, b in zip(dates["visits"], dates["visits"][1:], strict=False))


@pytest.mark.parametrize("kind", ["ical", "csv", "dates-csv", "geojson", "json", "road-book"])
def test_export_is_what_the_site_sends(run, tmp_path, kind):
    out = tmp_path / "file"
    assert run("calendar", "export", "--format", kind, "--out", out).exit_code == 0
    assert out.stat().st_size > 500


def test_export_of_one_commune(run, tmp_path):
    out = tmp_path / "poster.pdf"
    assert run("calendar", "export", "--format", "poster", "--commune", "Caillac", "--out", out).exit_code == 0
    assert out.read_bytes().startswith(b"%PDF")
    result = run("calendar", "export", "--format", "poster", "--out", out)
    assert result.exit_code == 3


def test_territory_and_data(run):
    assert json.loads(run("territory", "list", "--json").stdout) == ["cahors"]
    assert json.loads(run("territory", "show", "--json").stdout)["communes"] == 63
    assert run("territory", "check").exit_code == 0
    assert len(json.loads(run("data", "sources", "--json").stdout)) >= 10
    days = json.loads(run("data", "holidays", "--from", "2026-12-01", "--to", "2027-01-31", "--json").stdout)
    assert days["public"]["2026-12-25"] == "Noël"
    assert days["zone"] == "C"


def test_roads(run, tmp_path):
    town = CASES / "osm" / "town.osm"
    document = json.loads(run("roads", "build", town, "--json").stdout)
    assert document["edges"] > 5
    path = json.loads(run("roads", "path", "Cahors", "Lherm", "--profile", "bus", "--json").stdout)
    assert path["geometry"]["type"] == "LineString"
    assert 20_000 < path["properties"]["metres"] < 30_000
    matrix = json.loads(run("roads", "matrix", "--from", "Lherm", "--to", "Cahors", "--to", "Cours", "--json").stdout)
    assert len(matrix["seconds"][0]) == 2
    whole = json.loads(run("roads", "matrix", "--json").stdout)
    assert len(whole["seconds"]) == 63
    assert run("roads", "isochrone", "Cahors").exit_code == 3
    ground = run("roads", "isochrone", "1.441,44.4501", "--minutes", "1", "--roads", town, "--json")
    assert json.loads(ground.stdout)["geometry"]["type"] == "MultiPolygon"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["calendar", "plan", "--lock", "99999"], 3, "--lock: no commune '99999'"),
        (["calendar", "plan", "--lock", "Espère@sometimes"], 3, "says no week, weekday or session"),
        (["calendar", "plan", "--lock", "Espère@monday"], 3, "no session"),
        (["calendar", "plan", "--depot", "2.35,48.85"], 3, "no known place within"),
        (["calendar", "plan", "--depot", "here"], 3, "--depot: 'here' is not a longitude and a latitude"),
        (["calendar", "plan", "--crew-start", "8"], 3, "--crew-start: '8' is not a time of day"),
        (["calendar", "plan", "--crew-start", "18:00", "--crew-end", "09:00"], 3, "start before it ends"),
        (["calendar", "plan", "--crew-start", "09:30", "--crew-end", "10:00"], 4, "crew-hours"),
        (["calendar", "plan", "--lock", "Espère", "--ban", "Espère"], 4, "lock:46095"),
        (["calendar", "plan", "--max-changes", "2"], 3, "needs the calendar in force"),
        (["calendar", "plan", "--roads", "nowhere.osm.pbf"], 3, "does not exist"),
        (["calendar", "plan", "--roads", str(CASES / "osm" / "cut.osm")], 3, "cut.osm"),
        (["calendar", "plan", "--territory", "atlantis"], 3, "no territory 'atlantis'"),
        (["calendar", "judge", "nowhere.csv"], 3, "does not exist"),
        (["calendar", "dates", "--from", "tomorrow"], 3, "'tomorrow' is not a date"),
        (["calendar", "plan", "--skip", "sometimes"], 3, "--skip"),
        (["roads", "path", "Cahors", "Paris"], 3, "no commune 'Paris'"),
        (["roads", "download", "x.osm", "--box", "1,2"], 3, "--box"),
        (["calendar", "plan", "--preset", "nobody"], 2, "Invalid value"),
        (["rides", "match", "--day", "9999-12-31", "--days", "2"], 2, "'9999-12-31' is too far away"),
        (["data", "holidays", "--from", "2026-12-01", "--to", "demain"], 2, "'--to': 'demain' is not a date"),
    ],
)
def test_bad_input_is_one_clear_line_and_an_exit_code(run, arguments, code, words):
    result = run(*arguments)
    assert result.exit_code == code, result.output
    assert words in result.stderr
    assert "Traceback" not in result.output
    assert result.stdout == ""


def test_journeys_of_the_small_valley(run, tmp_path):
    from tests.gtfs.small_feed import write_feed

    feed = write_feed(tmp_path / "feed")
    asked = ("journeys", "search", "--feed", feed, "--from", "North", "--to", "village", "--json")
    result = run(*asked, "--date", "2026-06-02", "--arrive", "09:30", "--back-after", "16:00")
    document = json.loads(result.stdout)
    assert document["journeys"][0]["departure"] == "2026-06-02T08:00:00+02:00"
    assert [leg["line"] for leg in document["journeys"][0]["legs"]] == ["T1", "", "B1"]
    assert document["back"][0]["arrival"] == "2026-06-02T17:40:00+02:00"
    expired = json.loads(run(*asked, "--date", "2027-06-01", "--depart", "07:00").stdout)
    assert expired["to_confirm"]
    assert expired["journeys"][0]["departure"].startswith("2027-06-01T08:00")
    assert run(*asked, "--date", "2026-06-02").exit_code == 3
    assert run(*asked[:4], "--from", "Nowhere", *asked[6:], "--date", "2026-06-02", "--depart", "8:00").exit_code == 3
    plain = run(*asked[:-1], "--date", "2026-06-02", "--depart", "07:00", "--until", "09:00")
    assert "08:00 North -> 08:20 Middle (T1 to South)" in plain.stdout
    weekly = json.loads(run(*asked, "--day-type", "weekday", "--depart", "07:00").stdout)
    assert weekly["journeys"][0]["legs"][0]["line"] == "T1"
    assert run(*asked, "--day-type", "weekday", "--date", "2026-06-02", "--depart", "07:00").exit_code == 3


def test_journeys_from_door_to_door_by_the_embedded_trains(run, tmp_path):
    asked = ("journeys", "search", "--to", "Toulouse Matabiau", "--date", "2026-12-01", "--arrive", "10:00", "--json")
    from_cahors = json.loads(run(*asked, "--from", "Cahors").stdout)
    best = from_cahors["journeys"][0]
    assert [leg["kind"] for leg in best["legs"]] == ["walk", "ride"]
    assert best["to_confirm"] == [{"operator": "SNCF Voyageurs", "telephone": "3635"}]
    from_bach = json.loads(run(*asked, "--from", "Bach").stdout)
    assert from_bach["journeys"] == []
    assert [service["id"] for service in from_bach["to_ask"]] == ["lalbenque-limogne-tad"]
    volunteers = tmp_path / "volunteers.csv"
    volunteers.write_text("id,lon,lat,weekdays,opens,closes,reach_km\nv1,1.672,44.35,12345,07:00,19:00,80\n")
    driven = json.loads(run(*asked, "--from", "Bach", "--volunteers", volunteers).stdout)
    assert [leg["kind"] for leg in driven["journeys"][0]["legs"]] == ["volunteer", "ride"]
    volunteers.write_text("id,lon,lat,weekdays,opens,closes,reach_km\nv1,1.672,44.35,Monday,07:00,19:00,80\n")
    result = run(*asked, "--from", "Bach", "--volunteers", volunteers)
    assert result.exit_code == 3
    assert "line 2, column weekdays" in result.stderr


def test_feeds_are_checked_and_compared(run, tmp_path):
    from tests.gtfs.small_feed import FILES, write_feed

    before = write_feed(tmp_path / "before")
    after = write_feed(tmp_path / "after", stops_txt=FILES["stops.txt"].replace("44.52,1.60", "0,0"))
    good = run("gtfs", "check", before, "--date", "2026-06-01", "--json")
    assert good.exit_code == 0
    assert json.loads(good.stdout)["counts"]["error"] == 0
    bad = run("gtfs", "check", after, "--date", "2026-06-01", "--json")
    assert bad.exit_code == 1
    document = json.loads(bad.stdout)
    origin = next(group for group in document["groups"] if group["code"] == "point_near_origin")
    assert origin["words"]["title"] == "Un point est placé au large de l'Afrique (0, 0)"
    assert "Un point est placé" in run("gtfs", "check", after, "--date", "2026-06-01").stdout
    told = run(
        "gtfs", "diff", before, write_feed(tmp_path / "less", routes_txt=FILES["routes.txt"].replace("B1", "B9"))
    )
    assert "La ligne B1 est supprimée" in told.stdout
    run("gtfs", "import", "valley", before)
    assert run("gtfs", "diff", "valley").exit_code == 3
    run("gtfs", "import", "valley", after)
    assert json.loads(run("gtfs", "diff", "valley", "--json").stdout)["words"]
    assert run("gtfs", "check", "valley", "--json").exit_code == 1
    assert "sncf-ter" in run("gtfs", "sources").stdout


def test_feeds_are_imported_kept_and_searched_by_name(run, tmp_path):
    from tests.gtfs.small_feed import write_feed

    feed = write_feed(tmp_path / "feed")
    first = json.loads(run("gtfs", "import", "valley", feed, "--json").stdout)
    assert first["new"]
    assert first["days"] == ["2026-03-01", "2026-12-31"]
    listed = json.loads(run("gtfs", "list", "--json").stdout)
    assert len(listed["valley"]["versions"]) == 1
    found = run("journeys", "search", "--feed", "valley", "--from", "North", "--to", "South", "--date", "2026-06-02",
                "--depart", "07:00")  # fmt: skip
    assert "08:00 North -> 08:40 South" in found.stdout
    broken = write_feed(tmp_path / "broken", stops_txt=None)
    result = run("gtfs", "import", "valley", broken)
    assert result.exit_code == 3
    assert "stops.txt" in result.stderr
    assert len(json.loads(run("gtfs", "list", "--json").stdout)["valley"]["versions"]) == 1
    assert run("gtfs", "fetch", "unheard").exit_code == 3
    assert run("gtfs", "import", "../up", feed).exit_code == 3


def test_a_feed_is_fetched_from_a_server(run, tmp_path, monkeypatch):
    import shutil as archives
    import threading
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    from tests.gtfs.small_feed import write_feed

    archives.make_archive(str(tmp_path / "site" / "feed"), "zip", write_feed(tmp_path / "feed"))
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "site"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("MOBILITY_INNER_HOSTS", "127.0.0.1")
    try:
        url = f"http://127.0.0.1:{server.server_port}/feed.zip"
        assert json.loads(run("gtfs", "fetch", "valley", "--url", url, "--json").stdout)["new"]
        assert not json.loads(run("gtfs", "fetch", "valley", "--json").stdout)["new"]
    finally:
        server.shutdown()


def test_a_taken_port_is_told_before_any_work(run):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = run("serve", "--port", taken.getsockname()[1])
    assert result.exit_code == 3
    assert "choose another with --port" in result.stderr


def test_a_service_file_with_a_fault_names_it(run, tmp_path):
    service = tmp_path / "bus.toml"
    text = (TERRITORIES / "cahors" / "bus.toml").read_text()
    for wrong, words in (
        (text.replace('opens = "14:00"', 'opens = "noon"'), "'noon' is not a time of day"),
        (text.replace('id = "bus-1"\n', ""), "the value 'id' is missing"),
        (text.replace("lunch = 40", "dinner = 40"), "bus.toml"),
        (text[: text.index("Wilson") + 3], "not TOML"),
        (text.replace("[[buses]]", "[[busses]]"), "there are no buses"),
    ):
        service.write_text(wrong)
        result = run("calendar", "plan", "--service", service)
        assert result.exit_code == 3, wrong[-300:]
        assert words in result.stderr


@pytest.mark.prove
def test_a_second_territory_goes_through_the_whole_job(shared, tmp_path, monkeypatch):
    """Grand-Figeac: built from open data, its links computed, its calendar planned, studied, exported and served."""
    import shutil

    from desks.settings import Settings
    from webapp.app import create_app

    folder = tmp_path / "figeac"
    shutil.copytree(CASES / "figeac", folder)
    monkeypatch.setenv("MOBILITY_STATE", str(tmp_path / "state"))
    runner = CliRunner()

    def run(*arguments):
        result = runner.invoke(mobility, [*map(str, arguments)])
        assert result.exit_code == 0, result.output
        return result

    run("territory", "build", folder, "--tables", shared / "data")
    links = json.loads(
        run("roads", "neighbours", "--territory", folder, "--roads", shared / "data/roads", "--json").stdout
    )
    assert links["links"] > 100
    plan = json.loads(run("calendar", "plan", "--territory", folder, "--out", tmp_path / "plan.json", "--json").stdout)
    assert plan["proven"]
    assert plan["territory"] == "figeac"
    run("calendar", "export", "--territory", folder, "--plan", tmp_path / "plan.json", "--format", "ical", "--out",
        tmp_path / "a.ics")  # fmt: skip
    run("calendar", "prepare", "--territory", folder)
    client = create_app(Settings(territory=str(folder), state=tmp_path / "state")).test_client()
    home = client.get("/comprendre").get_data(as_text=True)
    assert "Grand-Figeac" in home
    assert "2018" not in home
    for address in (
        "/choix",
        "/comprendre",
        "/communes/46102",
        "/methode",
        "/cartes/calendrier",
    ):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "Cahors" not in answer.get_data(as_text=True).replace("Gare de Cahors", ""), address


@pytest.mark.prove
def test_rides_from_the_example_to_the_report(run):
    assert "40 example drivers" in run("rides", "example").output
    assert "there already" in run("rides", "example").output
    planned = json.loads(run("rides", "match", "--days", "3", "--json").stdout)
    assert planned["asked"] == planned["served"] + len(planned["unserved"])
    assert planned["proven"]
    proposed = json.loads(run("rides", "propose", "--days", "3", "--json").stdout)
    assert (proposed["proposed"], proposed["taken_meanwhile"]) == (planned["served"], [])
    # At night, when people are asleep, what is to be shown waits for the morning.
    told = json.loads(run("tick", "--json").stdout)
    assert told["messages shown"] > 0 or not 8 <= local_now().hour < 20
    assert json.loads(run("rides", "report", "--json").stdout)["trips"] == 0
    assert json.loads(run("people", "purge", "--json").stdout)["requests"] == 0
    assert "100 example persons" in run("rides", "example", "--clear").output


def test_the_accounts_story(tmp_path, monkeypatch):
    monkeypatch.setenv("MOBILITY_STATE", str(tmp_path))
    runner = CliRunner()

    def told(*words, code=0):
        result = runner.invoke(mobility, ["accounts", *words])
        assert result.exit_code == code, result.output
        return result

    made = json.loads(
        told("add", "chef@example.org", "--name", "Une responsable", "--role", "administrator", "--json").stdout
    )
    assert "/mot-de-passe/" in made["link"]
    assert "already" in told("add", "Chef@example.org", "--name", "x", "--role", "agent", code=3).stderr
    told("add", "agent@example.org", "--name", "Accueil", "--role", "agent", "--structure", "MSAP")
    listed = json.loads(told("list", "--json").stdout)
    assert [account["grants"] for account in listed] == [
        [["agent", "MSAP", "cahors"]],
        [["administrator", "", "cahors"]],
    ]
    # Where the site was started last, whatever port it was told then.
    assert told("link", "agent@example.org").stdout.startswith("http://127.0.0.1:8000/mot-de-passe/")
    note_address(replace(read_settings(), port=8123))
    assert told("link", "agent@example.org").stdout.startswith("http://127.0.0.1:8123/mot-de-passe/")
    monkeypatch.setenv("MOBILITY_PUBLIC_URL", "https://lot.example")
    assert told("link", "agent@example.org").stdout.startswith("https://lot.example/mot-de-passe/")
    monkeypatch.delenv("MOBILITY_PUBLIC_URL")
    acts = json.loads(told("journal", "--json").stdout)
    assert [act["act"] for act in acts] == ["account-changed"] * 3 + ["account-added"] * 2
    assert "chef@example.org" not in str(acts)
    (chain,) = json.loads(told("journal", "--verify", "--json").stdout)["chains"]
    assert (chain["lines"], chain["faults"]) == (6, [])
    assert "is in the journal" in told("journal", "--known", chain["head"]).stdout
    assert "NOT" in told("journal", "--known", "0" * 64, code=1).stdout
    monkeypatch.setenv("MOBILITY_JOURNAL_KEY", "another key of thirty-two signs, or more")
    assert "BROKEN" in told("journal", "--verify", code=1).stdout
    monkeypatch.delenv("MOBILITY_JOURNAL_KEY")
    told("link", "personne@example.org", code=3)
    told("close", "agent@example.org")
    assert "closed" in told("list").stdout
    assert "administrator" in told("close", "chef@example.org", code=3).stderr
    # A link by mail was asked for at the site: the copy tells it, without its secret.
    store = Store(Settings(territory=default_territory(), state=tmp_path).database_url)
    ask_new_password(store, "chef@example.org", now=datetime.now(UTC))
    store.close()
    copy = json.loads(told("export", "chef@example.org").stdout)
    assert "mot de passe" in copy["outbox"][0]["text"]
    copy = json.loads(told("export", "agent@example.org").stdout)
    assert [row["structure"] for row in copy["grants"]] == ["MSAP"]
    assert "erased" in told("erase", "agent@example.org", "--yes").stderr
    assert "agent@example.org" not in told("list").stdout
    told("erase", "agent@example.org", "--yes", code=3)
    assert "administrator" in told("erase", "chef@example.org", "--yes", code=3).stderr


def test_the_troubles_of_all_chores_are_told(tmp_path, monkeypatch):
    monkeypatch.setenv("MOBILITY_STATE", str(tmp_path))
    troubles = {"messages": MobilityError("bad-setting", "no such server"), "retention": OSError("the disk is gone")}
    monkeypatch.setattr("cli.tick.do_chores", lambda *_: Done({"forgotten": 2}, troubles))
    done = CliRunner().invoke(mobility, ["tick", "--json"])
    assert (done.exit_code, json.loads(done.stdout)) == (1, {"forgotten": 2})
    assert "error: messages: no such server\n" in done.stderr
    assert "OSError: the disk is gone\n" in done.stderr
    del troubles["retention"]
    assert CliRunner().invoke(mobility, ["tick"]).exit_code == 3


def test_long_work_is_seen_and_stopped(tmp_path, monkeypatch):
    monkeypatch.setenv("MOBILITY_STATE", str(tmp_path))
    runner = CliRunner()
    assert runner.invoke(mobility, ["jobs", "list"]).stdout == "no work\n"
    store = Store(Settings(territory=default_territory(), state=tmp_path).database_url)
    with store.writing() as tx:
        job = add_job(tx, "study", {}, worker="elsewhere", now=NOW)
    store.close()
    assert f"{job}  2026-11-30 09:00Z  study  waiting  0%" in runner.invoke(mobility, ["jobs", "list"]).stdout
    assert runner.invoke(mobility, ["jobs", "cancel", job]).exit_code == 0
    assert [known["state"] for known in json.loads(runner.invoke(mobility, ["jobs", "list", "--json"]).stdout)] == [
        "cancelled"
    ]
    gone = runner.invoke(mobility, ["jobs", "cancel", job])
    assert (gone.exit_code, "no work" in gone.stderr) == (3, True)

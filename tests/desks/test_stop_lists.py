"""Lists of candidate stops: the planner's own list beside the territory's, which is left as it is."""

from dataclasses import replace

import pytest

from data.journal import Asked, search_journal
from data.plan_store import PlanStore
from desks.ground import open_ground
from desks.imports import desk as lists
from desks.imports.reading import Reader
from desks.imports.stops import forget_own_stops
from mobility.errors import MobilityError
from tests.conftest import NOW
from tests.desks.test_lists import not_asked
from tests.fixtures_rides import places_of
from webapp.words.rides import alias_words

STOPS = """Commune;Nom du lieu;Endroit;Latitude;Longitude;Vu sur place;À plat;Indisponible;Proposé
ARCAMBAL;Salle des fêtes;devant la salle;44,457;1,5135;x;oui;mercredi après-midi, vendredi;
46010;;parking;;;;;;
Bach;;;;;;;;non
"""


@pytest.fixture
def open_reader(desk, settings, tmp_path):
    """The desk on the territory as it is read now."""

    def opened():
        own = replace(desk, ground=open_ground(settings))
        return Reader(own, places_of(own), PlanStore(tmp_path / "plans"), NOW, "test", not_asked, alias_words)

    return opened


def taken(reader, text):
    return lists.take_file(reader, "stops", "arrets.csv", text.encode())


def test_a_planners_list_counts_in_place_of_the_territorys(open_reader):
    reader = open_reader()
    before = reader.desk.ground
    territorys = (before.folder.path / "stops.csv").read_bytes()
    report = taken(reader, STOPS)
    assert (report.taken, report.doubles, report.faults) == (3, 0, [])
    after = open_reader().desk.ground
    stops = {stop.id: stop for stop in after.stops}
    new = next(stop for stop in after.stops if stop.place.name == "Salle des fêtes")
    assert (new.commune, new.place.point.lat, new.checked, new.level) == ("46007", 44.457, True, True)
    assert new.closed == {(3, "afternoon"), (5, "morning"), (5, "afternoon")}
    assert new.room_to_turn is None
    assert stops["46010"] == replace(next(s for s in before.stops if s.id == "46010"), spot="parking")
    assert "46013" not in stops
    assert set(before.stops) - set(after.stops) == {s for s in before.stops if s.id in {"46010", "46013"}}
    assert after.stamp != before.stamp
    assert (before.folder.path / "stops.csv").read_bytes() == territorys
    assert after.own_stops.stat().st_mode & 0o077 == 0


def test_the_same_file_twice_changes_nothing(open_reader):
    taken(open_reader(), STOPS)
    kept = open_reader().desk.ground
    written = kept.own_stops.read_bytes(), kept.own_stops.stat().st_mtime_ns
    report = taken(open_reader(), STOPS)
    assert (report.taken, report.doubles, report.faults) == (0, 3, [])
    assert (kept.own_stops.read_bytes(), kept.own_stops.stat().st_mtime_ns) == written


def test_the_way_back(open_reader):
    before = open_reader().desk.ground
    reader = open_reader()
    taken(reader, STOPS)
    for _ in range(2):
        forget_own_stops(reader.desk, "test", NOW)
        again = open_reader().desk.ground
        assert (again.stops, again.stamp) == (before.stops, before.stamp)
    with reader.desk.store.reading() as tx:
        assert search_journal(tx, Asked(act="stops-restored"), limit=2)


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [
        ("Atlantide;;44.457;1.5135", "unknown-commune", "Commune"),
        ("Arcambal;Salle;1.5135;44.457", "swapped-position", "Latitude"),
        ("Arcambal;Salle;48.85;2.35", "off-territory", "Latitude"),
        ("Arcambal;Salle;44.408224;1.548726", "other-commune", "Latitude"),
        ("Arcambal;Salle;nord;1.5135", "bad-coordinates", "Latitude"),
        ("Arcambal;Salle;444.57;1.5135", "bad-coordinates", "Latitude"),
        ("Arcambal;Salle;44.457;", "empty-value", "Longitude"),
        ("Arcambal;Salle;;", "empty-value", "Latitude"),
        ("ARCAMBAL;Une salle;44.4571;1.5135", "line-twice", ""),
    ],
)
def test_faults_are_named_and_good_lines_taken(open_reader, line, code, column):
    report = taken(open_reader(), f"Commune;Lieu;Latitude;Longitude\nArcambal;Une Salle;44.457;1.5135\n{line}\n")
    assert report.taken == 1
    (fault,) = report.faults
    assert (fault.code, fault.field) == (code, "arrets.csv, line 3" + (f", column {column}" if column else ""))


@pytest.mark.parametrize(
    "told", ["44.457, 1.5135", "44,457 ; 1,5135", "44,457, 1,5135", "44.457 1.5135", "44.457°/1.5135°"]
)
def test_positions_as_people_copy_them(open_reader, told):
    taken(open_reader(), f'commune,lieu,coordonnées GPS\nArcambal,Salle,"{told}"\n')
    (new,) = [stop for stop in open_reader().desk.ground.stops if stop.place.name == "Salle"]
    assert (new.place.point.lat, new.place.point.lon) == (44.457, 1.5135)


def test_the_last_stop_stays(open_reader):
    reader = open_reader()
    ground = reader.desk.ground
    lines = "".join(f"{stop.commune};{stop.place.name};non\n" for stop in ground.stops)
    with pytest.raises(MobilityError) as caught:
        taken(reader, f"commune;arrêt;proposé\n{lines}")
    assert caught.value.code == "no-stop-left"
    assert not ground.own_stops.exists()

"""Values kept by stamps: made once for a stamp, made again for another, whoever changed what they rest on."""

import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from data.ride_records import set_nickname
from data.territory_files import TERRITORIES
from desks.kept import Kept
from desks.settings import Settings, default_territory
from desks.stamps import access_stamp, plan_stamp
from desks.transport.feeds import keep_feed
from gtfs.feed_files import zip_bytes
from tests.conftest import NOW
from webapp.opening import open_house

FEED = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\na,Ligne,https://ligne.example,Europe/Paris\n",
    "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\ns,Cahors,44.44,1.44\nt,Lherm,44.56,1.25\n",
    "routes.txt": "route_id,agency_id,route_short_name,route_type\nr,a,1,3\n",
    "calendar.txt": (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "w,1,1,1,1,1,0,0,20261101,20270430\n"
    ),
    "trips.txt": "route_id,service_id,trip_id\nr,w,1\n",
    "stop_times.txt": (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n1,08:00:00,08:00:00,s,1\n1,08:30:00,08:30:00,t,2\n"
    ),
}


def test_a_value_is_made_once_for_a_stamp_by_whoever_comes_first():
    kept, made = Kept[int](), []
    start = threading.Barrier(8)

    def ask() -> None:
        start.wait()
        kept.get("a", lambda: made.append(1) or len(made))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert kept.get("b", lambda: 7) == 7
    assert kept.get("b", lambda: 8) == 7


def test_a_nickname_added_by_one_worker_is_known_to_the_other(settings):
    first, second = (open_house(settings, lambda: NOW) for _ in range(2))
    place = first.ground.territory.settlements[0].place
    assert second.desk_places.index().exact("la halle aux grains") is None
    with first.rides.store.writing() as tx:
        set_nickname(tx, "La halle aux grains", place, now=NOW, by="desk")
    assert second.desk_places.index().exact("la halle aux grains").place == place


def test_a_nickname_that_moves_is_moved_everywhere_even_within_a_second(settings):
    house = open_house(settings, lambda: NOW)
    for settlement in house.ground.territory.settlements[:2]:
        with house.rides.store.writing() as tx:
            set_nickname(tx, "La halle", settlement.place, now=NOW, by="desk")
        assert house.desk_places.index().exact("la halle").place == settlement.place


def test_what_a_plan_rests_on_changes_with_a_new_feed_in_the_same_process(settings, tmp_path: Path):
    house = open_house(settings, lambda: NOW)
    before = plan_stamp(house.ground, house.feeds.all(), {})
    assert house.planning.fingerprint() == before
    path = tmp_path / "ligne.zip"
    path.write_bytes(zip_bytes({name: text.encode() for name, text in FEED.items()}))
    keep_feed(path, house.feeds.feeds.folder("ligne"))
    assert house.planning.fingerprint() != before


def test_stamps_rest_on_data_and_versions_never_on_source_text(settings, monkeypatch):
    ground = open_house(settings, lambda: NOW).ground
    stamp = access_stamp(ground, [], None)
    read = Path.read_bytes
    seen: list[Path] = []
    monkeypatch.setattr(Path, "read_bytes", lambda path: seen.append(path) or read(path))
    again = replace(ground)
    assert access_stamp(again, [], None) == stamp
    assert seen
    assert not [path for path in seen if path.suffix == ".py"]


def test_another_version_of_the_method_is_another_stamp(settings, monkeypatch):
    ground = open_house(settings, lambda: NOW).ground
    stamps = {access_stamp(ground, [], None), plan_stamp(ground, [], {}), plan_stamp(ground, [], {"46171": 1})}
    monkeypatch.setattr("desks.stamps.ACCESS_METHOD", 2)
    stamps |= {access_stamp(ground, [], None), plan_stamp(ground, [], {})}
    monkeypatch.setattr("desks.stamps.CALENDAR_METHOD", 2)
    stamps.add(plan_stamp(ground, [], {}))
    assert len(stamps) == 6


@pytest.mark.parametrize(
    ("former", "told", "same"),
    [
        ("", "\n[modules]\nrides = false\naccess = false\n", True),
        ("", '\n[hours]\nopen = "Mo 09:00-12:00"\n', True),
        ('telephone = "07 62 60 96 94"', 'telephone = "05 65 00 00 00"', True),
        # Without lines, counters are farther away.
        ("", "\n[modules]\ntransport = false\n", False),
        ('poles = ["46042", ', "poles = [", False),
    ],
)  # fmt: skip
def test_a_plan_rests_on_what_is_measured_not_on_the_words_and_modules_of_its_territory(tmp_path, former, told, same):
    folder = Path(shutil.copytree(TERRITORIES / default_territory(), tmp_path / "valley"))
    settings = Settings(str(folder), tmp_path / "state")
    before = open_house(settings, lambda: NOW).planning.fingerprint()
    file = folder / "territory.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(former, told, 1) if former else text + told, encoding="utf-8")
    after = open_house(settings, lambda: NOW)
    assert (after.planning.fingerprint() == before) == same


def test_the_present_is_the_clock_s_everywhere(tmp_path: Path):
    settings = Settings(default_territory(), tmp_path)
    assert open_house(settings, lambda: NOW).today() == NOW.date()

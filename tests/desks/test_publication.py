"""What is published: sources byte for byte, one merge that is valid, versions that wait for their day."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import gtfs_guru
import pytest

from data.downloads import keep_copy
from desks.ground import open_ground
from desks.settings import Settings, default_territory
from desks.transport.due import feeds_due
from desks.transport.feeds import keep_feed
from desks.transport.in_use import FeedsInUse
from desks.transport.publication import MERGED, ON_DEMAND
from gtfs.feed_files import read_feed_files, zip_bytes
from gtfs.feed_tables import read_feed_tables
from mobility.accounts import AGENT, PLANNER
from mobility.errors import MobilityError
from mobility.licences import OPEN_2
from tests.conftest import NOW
from tests.desks.test_day import Who
from tests.gtfs.small_feed import FILES, write_feed
from webapp.opening import open_house

TODAY = date(2026, 6, 2)
TOWN = {"44.60,1.40": "44.46,1.44", "44.50,1.40": "44.45,1.44", "44.40,1.40": "44.44,1.44",
        "44.5020,1.40": "44.452,1.44", "44.50,1.60": "44.45,1.51", "44.52,1.60": "44.46,1.51"}  # fmt: skip


def local_feed(folder, **changes):
    """The small valley, moved to Cahors."""
    stops = changes.pop("stops_txt", FILES["stops.txt"])
    for old, new in TOWN.items():
        stops = stops.replace(old, new)
    agency = FILES["agency.txt"]
    routes = changes.pop("routes_txt", FILES["routes.txt"]).replace("route_type\n", "route_type,agency_id\n")
    routes = "\n".join(line + ",a" if n and line else line for n, line in enumerate(routes.split("\n")))
    return write_feed(folder, stops_txt=stops, agency_txt=agency, routes_txt=routes, **changes)


def keep(feeds, path):
    """Keep a feed of a valley whose licence is known."""
    keep_feed(path, feeds.folder("valley"))
    feeds.tell_credit("valley", producer="Régie de la vallée", licence=OPEN_2)


def publish(publication, when=TODAY):
    return publication.publish(datetime(when.year, when.month, when.day, 8, tzinfo=UTC))


class Told:
    """What goes out, which only remembers when it was told to."""

    stamp, moments = "", ()

    def mend_ids(self):
        """There are none."""

    def publish(self, now):
        self.moments = (*self.moments, now)


def test_the_clock_handed_in_dates_what_comes_in_and_what_goes_out(settings, tmp_path):
    house = open_house(settings, clock=lambda: NOW)
    keep_feed(write_feed(tmp_path / "valley"), house.feeds.feeds.folder("valley"))
    (version,) = house.feeds.feeds.folder("valley").versions()
    assert version.fetched == NOW.astimezone(UTC).isoformat()
    assert replace(house.transport, last_published=Told()).publication().moments == (NOW,)


def test_sources_go_out_byte_for_byte(feeds, publication, tmp_path):
    archive = tmp_path / "valley.zip"
    content = {name: text.encode() for name, text in FILES.items()} | {"secret.bin": b"\x00\xff"}
    archive.write_bytes(zip_bytes(content))
    keep(feeds, archive)
    publish(publication)
    published = publication.feed("valley")
    version = published.find("current", TODAY)
    assert published.path(version).read_bytes() == archive.read_bytes()


def test_the_merge_is_valid_and_holds_every_feed(feeds, publication, tmp_path):
    keep(feeds, local_feed(tmp_path / "valley"))
    publish(publication)
    published = publication.feed(MERGED)
    path = published.path(published.find("current", TODAY))
    assert gtfs_guru.validate(str(path), date="2026-06-02").error_count == 0
    routes = set(read_feed_tables(path)["routes.txt"]["route_id"])
    assert {"trains:ter", "valley:bus"} <= routes
    assert published.find("current", TODAY).licence == "ODbL 1.0", "the trains' licence spreads"


def test_publishing_again_changes_nothing(feeds, publication, tmp_path):
    keep(feeds, local_feed(tmp_path / "valley"))
    assert any(publish(publication).values())
    assert not any(publish(publication, date(2026, 6, 3)).values())


BOTH = ["ids.json", "ids-copy.json"]


@pytest.mark.parametrize(
    ("damage", "files"),
    [(b"{ half", BOTH[:1]), (b'{"valley": 1}', BOTH[:1]), (None, BOTH[:1]), (b"\xff\xfe\x00", BOTH), (None, BOTH)],
)
def test_what_was_published_keeps_its_name_when_the_file_of_names_is_damaged(
    feeds, publication, tmp_path, damage, files
):
    keep(feeds, local_feed(tmp_path / "valley"))
    publish(publication)
    # The source calls its line otherwise; for whoever uses what goes out it stays the same.
    routes, trips = (FILES[f"{name}.txt"].replace("bus,", "autobus,") for name in ("routes", "trips"))
    for name in files:
        (publication.root / name).unlink() if damage is None else (publication.root / name).write_bytes(damage)
    # Where both are gone nothing tells that there were any.
    assert publication.ids_whole == (damage is None and files == BOTH)
    publication.mend_ids()
    assert publication.ids_whole
    assert len(list(publication.root.glob("ids*.unreadable-1"))) == (0 if damage is None else len(files))
    keep(feeds, local_feed(tmp_path / "renamed", routes_txt=routes, trips_txt=trips))
    publish(publication, date(2026, 6, 3))
    merge = publication.feed(MERGED)
    lines = set(read_feed_tables(merge.path(merge.versions()[-1]))["routes.txt"]["route_id"])
    assert "valley:bus" in lines
    assert "valley:autobus" not in lines


def test_a_feed_whose_versions_cannot_be_read_goes_out_again(feeds, publication, tmp_path):
    keep(feeds, local_feed(tmp_path / "valley"))
    publish(publication)
    stamp = publication.stamp
    (publication.root / "valley" / "versions.json").write_text("{ half")
    assert "valley" not in publication.names()
    assert publication.stamp != stamp
    publish(publication)
    assert ("valley" in publication.names(), publication.stamp) == (True, stamp)


def test_the_next_version_waits_for_its_day(feeds, publication, tmp_path):
    keep(feeds, local_feed(tmp_path / "now"))
    publish(publication)
    later = FILES["calendar.txt"].replace("20260301,20261231", "20260901,20270831")
    keep(feeds, local_feed(tmp_path / "later", calendar_txt=later, calendar_dates_txt=None))
    publish(publication, date(2026, 6, 10))
    published = publication.feed("valley")
    current, coming = (published.find(which, TODAY) for which in ("current", "next"))
    assert (current.first, coming.first) == ("2026-03-01", "2026-09-01")
    assert published.find("current", date(2026, 9, 1)) == coming
    assert published.find("next", date(2026, 9, 1)) is None
    assert published.find(current.id, date(2026, 9, 1)) == current
    merge = publication.feed(MERGED)
    assert len(merge.versions()) == 2
    assert (merge.find("next", TODAY).starts, merge.find("next", date(2026, 9, 1))) == ("2026-09-01", None)
    assert merge.find("current", date(2026, 9, 1)) == merge.find("next", TODAY) != merge.find("current", TODAY)


def test_a_merge_with_errors_is_refused_and_the_last_one_stays(feeds, publication, tmp_path):
    keep(feeds, local_feed(tmp_path / "valley"))
    publish(publication)
    before = publication.feed(MERGED).versions()
    bad = FILES["stop_times.txt"].replace("08:20:00,08:21:00,middle", "07:20:00,07:21:00,middle")
    keep(feeds, local_feed(tmp_path / "bad", stop_times_txt=bad))
    with pytest.raises(MobilityError) as caught:
        publish(publication, date(2026, 6, 3))
    assert caught.value.code == "merge-has-errors"
    assert publication.feed(MERGED).versions() == before


def test_stops_keep_their_public_names_from_one_publication_to_the_next(feeds, publication, tmp_path):
    keep(feeds, local_feed(tmp_path / "valley"))
    publish(publication)
    stops = FILES["stops.txt"].replace("square,Middle", "plaza,Middle")
    times = FILES["stop_times.txt"].replace(",square,", ",plaza,")
    keep(feeds, local_feed(tmp_path / "new", stops_txt=stops, stop_times_txt=times, transfers_txt=None))
    publish(publication, date(2026, 6, 3))
    published = publication.feed(MERGED)
    tables = read_feed_tables(published.path(published.versions()[-1]))
    assert "valley:square" in set(tables["stops.txt"]["stop_id"])
    assert "valley:plaza" not in set(tables["stops.txt"]["stop_id"])


def test_a_fetched_feed_replaces_the_embedded_trains(feeds, shared):
    assert [feed.name for feed in feeds.all()] == ["trains"]
    keep_copy(shared / "data/gtfs/sncf-ter-20250122_lot-subset.zip", feeds.folder("ter"), url="x")
    assert [feed.name for feed in feeds.all()] == ["ter"]


def test_services_with_hours_go_out_as_gtfs(tmp_path):
    import shutil

    folder = shutil.copytree(open_ground(Settings(default_territory(), tmp_path / "s")).folder.path, tmp_path / "land")
    table = (folder / "on_demand.csv").read_text(encoding="utf-8")
    (folder / "on_demand.csv").write_text(
        table + "van,Navette,Communauté,Bach;Aujols,,Lalbenque,24,09:00,12:00,1,16:00,,05 65 24 22 55,,2026,x,\n",
        encoding="utf-8",
    )
    publication = replace(
        open_house(Settings(str(folder), tmp_path / "state")).last_published, address="https://bus.example"
    )
    publish(publication)
    published = publication.feed(ON_DEMAND)
    path = published.path(published.find("current", TODAY))
    assert gtfs_guru.validate(str(path), date="2026-06-02").error_count == 0
    assert "booking_rules.txt" in read_feed_files(path).files


def test_hours_are_due_two_weeks_before_they_end_and_until_newer_ones_are_there(feeds, tmp_path):
    keep(feeds, local_feed(tmp_path / "feed"))
    feed = next(feed for feed in feeds.all() if feed.name != "trains")
    last = datetime.combine(feed.span[1], time(), NOW.tzinfo)

    def due(days, role=PLANNER):
        now = last + timedelta(days=days)
        found = feeds_due(FeedsInUse(feeds), lambda _: "", now, Who(frozenset({role})))
        return [(one.what, one.at) for one in found if one.about == feed.name]

    assert due(-14) == []
    assert due(-13) == due(0) == [("feed-ends", last + timedelta(days=1))]
    assert due(1) == due(99) == [("feed-over", None)]
    assert due(1, AGENT) == []


def test_all_sources_are_fetched_and_one_that_fails_stops_no_other(settings, monkeypatch, tmp_path):
    from data.sources import FeedSource, Source
    from tests.data.test_access_point import dataset
    from tests.data.test_downloads import Server

    servers = [Server() for _ in range(3)]
    listing, good, bad = servers
    good.content = zip_bytes({name: text.encode() for name, text in FILES.items()})
    bad.content = b"<html>not a feed</html>"
    area = [{"type": "departement", "insee": "46", "nom": "Lot"}]
    listing.content = json.dumps([
        dataset("good", area, resources=[{"format": "GTFS", "url": good.url}]),
        dataset("bad", area, resources=[{"format": "GTFS", "url": bad.url}]),
    ]).encode()  # fmt: skip
    source = Source("pan", "p", "d", "v", "l", "u", "a", feed=FeedSource(api=listing.url))
    monkeypatch.setattr("desks.transport.feeds.feed_sources", lambda _: [source])
    feeds = open_house(replace(settings, inner_hosts=("127.0.0.1",))).feeds.feeds
    in_use, planner = FeedsInUse(feeds), Who(frozenset({PLANNER}))
    told = []
    found = feeds.addresses(tell=told.append)
    assert found == {"bad": bad.url, "good": good.url}
    assert feeds.fetch("good", url=good.url)[1]
    with pytest.raises(MobilityError) as caught:
        feeds.fetch("bad", url=bad.url)
    assert caught.value.code == "broken-feed"
    assert [feed.name for feed in feeds.all()] == ["trains", "good"]
    assert not feeds.folder("bad").failing_since()
    content, good.content, good.etag = good.content, b"<html>not a feed</html>", '"v2"'
    for _ in range(2):
        with pytest.raises(MobilityError):
            feeds.fetch("good", url=good.url)
        since = feeds.folder("good").failing_since()
    assert [d.facts for d in feeds_due(in_use, lambda _: "", since, planner) if d.what == "feed-failed"] == [
        {"since": since}
    ]  # fmt: skip
    good.content, good.etag = content, '"v3"'
    feeds.fetch("good", url=good.url)
    assert not [d for d in feeds_due(in_use, lambda _: "", since, planner) if d.what == "feed-failed"]
    assert feeds.credit("good") == ("Autorité", "https://pan.example/datasets/good", "odc-odbl")
    listing.content, listing.etag = b"down", '"v2"'
    assert feeds.addresses(tell=told.append) == {}
    assert [error.code for error in told] == ["bad-access-point"]
    for server in servers:
        server.http.shutdown()

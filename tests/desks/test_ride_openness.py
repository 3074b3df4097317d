"""What rides give to the rest: a feed of their own, volunteers in journeys and gaps, unmet needs in map and need."""

from dataclasses import replace
from datetime import timedelta

from data.ride_records import add_offer
from desks.rides.example import load_example
from desks.rides.open_lines import real_offers, volunteer_feed, volunteers_of
from desks.rides.public_offers import FEWEST, public_offers
from gtfs.feed_files import read_feed_files
from gtfs.feed_tables import feed_tables
from gtfs.flexible import read_flexible
from gtfs.validation import validate_feed
from mobility.need import ASKED_WEIGHT, PRESETS
from mobility.rides import REGULAR, RideOffer
from tests.conftest import NOW
from tests.fixtures_rides import HOUR, TOMORROW, place
from webapp.words.rides import LINE_WORDS, example_alias


def add_trips(people, count, weekdays=frozenset({1, 2})):
    ground = people.desk.ground
    for _ in range(count):
        offer = RideOffer(
            "", people.person("driver", "Lherm"), REGULAR, place(ground, "Lherm"), place(ground, "Cahors"),
            8 * HOUR, 9 * HOUR, weekdays,
        )  # fmt: skip
        with people.desk.store.writing() as tx:
            add_offer(tx, offer, now=NOW)


def test_fewer_than_six_trips_are_shown_nowhere(desk, people):
    add_trips(people, 2)
    offers = real_offers(desk)
    assert public_offers(desk.ground, offers).pairs == ()
    assert volunteer_feed(desk.ground, offers, desk.address, NOW.date(), LINE_WORDS) is None


def test_lines_of_drivers_are_a_valid_feed_of_their_own(desk, people, tmp_path):
    add_trips(people, 3)
    offers = real_offers(desk)
    assert public_offers(desk.ground, offers).pairs == (("46171", "46042", FEWEST),)
    path = tmp_path / "solidaire.zip"
    path.write_bytes(volunteer_feed(desk.ground, offers, desk.address, NOW.date(), LINE_WORDS))
    assert [issue.code for issue in validate_feed(path, NOW.date()) if issue.severity == "error"] == []
    (service,) = read_flexible(feed_tables(read_feed_files(path)))
    assert service.booking.telephone == "07 62 60 96 94"
    assert service.booking.days_before == 1
    assert (service.runs[0].weekdays, service.runs[0].opens) == ({1, 2}, 8 * HOUR)


def test_unmet_needs_weigh_in_the_need_of_the_bus(installation, people, desk):
    here = replace(installation, settings=replace(installation.settings, database=desk.store.url))
    before = {need.settlement.id: need for need in here.planning.needs(PRESETS["isolated-first"])}
    asked = people.asks("Lherm", "Cahors", errand="administration", companions=1, day=TOMORROW + timedelta(days=5))
    other = people.asks("Bach", "Cahors", errand="food")
    for request in (asked, other):
        desk.leave_unmet(request.id, now=NOW, who="desk")
    after = {need.settlement.id: need for need in here.planning.needs(PRESETS["isolated-first"])}
    assert after["46171"].value == before["46171"].value + 2 * ASKED_WEIGHT
    assert after["46013"].value == before["46013"].value
    assert here.unmet() == {"46171": 2, "46013": 1}
    assert here.planning.fingerprint() != installation.planning.fingerprint()


def test_example_people_weigh_nowhere(desk):
    load_example(desk, example_alias, now=NOW, who="test")
    assert real_offers(desk) == []
    assert volunteers_of(real_offers(desk)) == []

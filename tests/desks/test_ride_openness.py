"""What rides give to the rest: a feed of their own, volunteers in journeys and gaps, unmet needs in map and need."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import product
from types import SimpleNamespace

from data.ride_records import active_offers, add_offer, requests_on
from data.store import new_id
from data.territory_files import TerritoryFolder
from data.territory_hours import read_hours
from data.unmet_needs import record_unmet, unmet_people
from desks.calendar.planning import COUNTER_ERRANDS
from desks.rides.example import load_example
from desks.rides.open_lines import volunteer_feed, volunteer_lines
from desks.rides.public_offers import public_offers
from gtfs.feed_files import read_feed_files
from gtfs.feed_tables import feed_tables
from gtfs.flexible import read_flexible
from gtfs.validation import validate_feed
from mobility.clock import ZONE
from mobility.disclosure import UNMET
from mobility.need import ASKED_WEIGHT, PRESETS
from mobility.rides import ERRANDS, REGULAR, RideOffer, UnmetNeed
from mobility.territory import LocalHolidays
from tests.conftest import NOW
from tests.fixtures_rides import HOUR, TOMORROW, place
from webapp.words.journeys import booking_words
from webapp.words.rides import LINE_WORDS, example_alias

LAST_MONTH = date(2026, 10, 15)


def add_trips(people, count, weekdays=frozenset({1, 2})):
    ground = people.desk.ground
    for _ in range(count):
        offer = RideOffer(
            "", people.person("driver", "Lherm"), REGULAR, place(ground, "Lherm"), place(ground, "Cahors"),
            8 * HOUR, 9 * HOUR, weekdays,
        )  # fmt: skip
        with people.desk.store.writing() as tx:
            add_offer(tx, offer, now=NOW)


def lines_of(desk):
    with desk.store.reading() as tx:
        return public_offers(desk.ground, active_offers(tx)).lines


def test_fewer_than_three_drivers_are_shown_nowhere(desk, people):
    add_trips(people, 2, frozenset(range(1, 8)))
    assert lines_of(desk) == ()
    assert volunteer_feed(desk.ground, lines_of(desk), desk.address, NOW.date(), LINE_WORDS) is None


def test_lines_of_drivers_are_a_valid_feed_of_their_own(desk, people, tmp_path):
    add_trips(people, 3)
    lines = lines_of(desk)
    assert [(line.start, line.end) for line in lines] == [("46171", "46042")]
    path = tmp_path / "solidaire.zip"
    path.write_bytes(volunteer_feed(desk.ground, lines, desk.address, NOW.date(), LINE_WORDS))
    assert [issue.code for issue in validate_feed(path, NOW.date()) if issue.severity == "error"] == []
    (service,) = read_flexible(feed_tables(read_feed_files(path)))
    assert service.booking.telephone == "07 62 60 96 94"
    # Monday is asked for on Friday, the day after Christmas on the day before it.
    last = [service.booking.last_day(date(2026, 12, day)).day for day in (1, 7, 28)]
    assert (service.booking.days_before, service.booking.closes, last) == (1, 16 * HOUR, [30, 4, 24])
    words = booking_words(service.booking, date(2026, 12, 7), 8 * HOUR, datetime(2026, 12, 4, 9))
    assert words.startswith("réserver au plus tard le vendredi 4 décembre avant 16\u00a0h")
    assert "dernier jour ouvré" in words


def test_lines_are_booked_while_the_desk_works(desk, people, tmp_path):
    add_trips(people, 3)
    (tmp_path / "territory.toml").write_text(
        '[hours]\nopen = "Mo 09:00-17:00; We 09:00-12:30"\nclosed = [{first = 2026-12-02, last = 2026-12-02}]\n',
        encoding="utf-8",
    )
    changed = replace(desk.ground)
    changed.__dict__["hours"] = read_hours(TerritoryFolder(tmp_path), ZONE, LocalHolidays())
    (service,) = volunteer_lines(changed, lines_of(desk), desk.address, NOW.date(), LINE_WORDS)
    last = [service.booking.last_day(day) for day in (date(2026, 12, 7), date(2026, 12, 14))]
    assert last == [date(2026, 11, 30), date(2026, 12, 9)]
    assert service.booking.closes == 12 * HOUR + 30 * 60
    assert (service.runs[0].weekdays, service.runs[0].opens) == ({1, 2}, 5 * HOUR)


def left_unmet(desk, origin, *, errand, people=1, requests=1, day=LAST_MONTH):
    """Needs of so many requests from a commune that nobody met."""
    insee = desk.ground.territory.find_commune(origin).insee
    with desk.store.writing() as tx:
        for _ in range(requests):
            need = UnmetNeed("", f"anonymous-{new_id()}", day, insee, "46042", errand, "no-driver", people)
            record_unmet(tx, need, now=NOW)


def test_unmet_needs_of_enough_people_weigh_in_the_need_of_the_bus(installation, desk, tmp_path):
    state = replace(installation.settings, database=desk.store.url, state=tmp_path)
    here = replace(installation, settings=state)
    before = {need.settlement.id: need for need in installation.planning.needs(PRESETS["isolated-first"])}
    left_unmet(desk, "Lherm", errand="administration", people=2, requests=4)
    left_unmet(desk, "Lherm", errand="food", requests=4)
    left_unmet(desk, "Lherm", errand="family", people=2)
    left_unmet(desk, "Bach", errand="administration", people=8, requests=2)
    left_unmet(desk, "Cahors", errand="administration", requests=5)
    left_unmet(desk, "Lalbenque", errand="administration", requests=9, day=NOW.date())
    after = {need.settlement.id: need for need in here.planning.needs(PRESETS["isolated-first"])}
    assert here.unmet() == {"46171": 12}, "too few, those of two, and the month that is not over are not told"
    assert here.unmet(COUNTER_ERRANDS) == {"46171": 6}
    assert after["46171"].value == before["46171"].value + 6 * ASKED_WEIGHT
    assert {insee for insee in before if after[insee].value != before[insee].value} == {"46171"}
    assert here.planning.fingerprint() != installation.planning.fingerprint()
    left_unmet(desk, "Lherm", errand="administration", requests=6)
    assert here.unmet(COUNTER_ERRANDS) == {"46171": 6}, "what was told of the month stays"


def test_no_part_of_the_unmet_needs_tells_on_another(installation, monkeypatch):
    """All errands and those of the bus are told; of all small cases, those that look the same are compared."""
    worlds, counted = defaultdict(set), {}
    monkeypatch.setattr(
        "desks.house.unmet_people",
        lambda _, __, ___, errands: {
            "46171": tuple(map(sum, zip(*(counted[errand] for errand in errands), strict=True)))
        },
    )
    for counters, askers, others, other_askers in product(range(14), (2, 3), range(14), (2, 3)):
        counted.update(dict.fromkeys(ERRANDS, (0, 0)))
        counted.update({COUNTER_ERRANDS: (counters, askers), "food": (others, other_askers)})
        told = installation._unmet(UNMET.period(NOW.date()))
        here = replace(installation)
        here.__dict__.update(_has_store=True, released=SimpleNamespace(now=lambda *_, told=told: told))
        worlds[repr((here.unmet(), here.unmet(COUNTER_ERRANDS)))].add((counters, others))
    assert len(worlds) == 9
    small = set(range(UNMET.k))
    for view, same in worlds.items():
        for asked in ({counters for counters, _ in same}, {others for _, others in same}):
            assert asked >= small or min(asked) >= UNMET.k, (view, "a few are known of, or that they are not none")


def test_who_asks_again_and_again_is_one_who_asked(desk, people):
    rider = people.person("rider", "Lherm")
    for _ in range(7):
        asked = people.asks("Lherm", "Cahors", rider=rider)
        desk.leave_unmet(asked.id, now=NOW, who="desk")
    with desk.store.reading() as tx:
        assert unmet_people(tx, NOW.date(), TOMORROW + timedelta(days=1), ERRANDS) == {"46171": (7, 1)}


def test_example_people_weigh_nowhere(desk):
    load_example(desk, example_alias, now=NOW, who="test")
    for asked in waiting_of(desk):
        desk.leave_unmet(asked, now=NOW, who="test")
    with desk.store.reading() as tx:
        assert unmet_people(tx, NOW.date() - timedelta(days=400), NOW.date() + timedelta(days=400), ERRANDS) == {}


def waiting_of(desk):
    with desk.store.reading() as tx:
        days = [NOW.date() + timedelta(days=i) for i in range(30)]
        found = [request.id for request in requests_on(tx, days)]
    assert found
    return found[:3]

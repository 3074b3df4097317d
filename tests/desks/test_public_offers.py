"""What everybody is told of offers and of a year, attacked; and that it stays told."""

import errno
import json
import threading
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import product

import pytest

from data.plan_store import PlanStore
from data.ride_records import add_offer, withdraw_offer
from desks.released import Released, UntoldError, if_told
from desks.rides.example import clear_example, load_example
from desks.rides.public_offers import HALF_DAYS, PublicRides, public_offers, public_year
from mobility.disclosure import DRIVERS, RIDERS, TRIPS, Period
from mobility.places import Place, Point
from mobility.ride_rules import Criterion
from mobility.rides import REGULAR, VOLUNTEER, RideOffer
from tests.conftest import NOW
from tests.fixtures_rides import HOUR, place
from webapp.words.rides import example_alias

A, B, C = (Place(name, name, Point(float(lon), 45.0)) for lon, name in enumerate("ABC"))


@dataclass(frozen=True)
class ThreeCommunes:
    """A ground of three communes, a degree wide each."""

    @property
    def communes(self):
        return self

    def at(self, point):
        return "ABC"[int(point.lon)]


def offered(volunteers, mondays, both, elsewhere):
    """So many drivers of each sort who start in A: at home, to B on Mondays, to B on two days, to C on two days."""
    sorts = ((VOLUNTEER, A, {1, 2}), (REGULAR, B, {1}), (REGULAR, B, {1, 2}), (REGULAR, C, {1, 2}))
    drawn = [
        sort for sort, count in zip(sorts, (volunteers, mondays, both, elsewhere), strict=True) for _ in range(count)
    ]
    return [
        RideOffer(str(n), str(n), kind, A, to, (5 + n % 7) * HOUR, 13 * HOUR, frozenset(days))
        for n, (kind, to, days) in enumerate(drawn)
    ]


TO_B = RideOffer("", "", REGULAR, A, B, 8 * HOUR, 9 * HOUR, frozenset({1, 2}))


def test_no_cut_of_the_offers_tells_on_another():
    """Communes, lines and weekdays are parts of one another; of 4,320 cases, those that look the same are compared."""
    worlds = defaultdict(list)
    for world in product(range(9), range(10), range(8), range(6)):
        worlds[public_offers(ThreeCommunes(), offered(*world))].append(world)
    assert len(worlds) == 7
    for view, same in worlds.items():
        lines = {line.end: line for line in view.lines}
        told_days = lines["B"].weekdays if "B" in lines else ()
        hidden = {
            "from A": {sum(world) for world in same} if not view.communes else None,
            "to B": {world[1] + world[2] for world in same} if "B" not in lines else None,
            "to B on Tuesday": {world[2] for world in same} if 2 not in told_days else None,
            "to C": {world[3] for world in same} if "C" not in lines else None,
        }
        for figure, possible in hidden.items():
            assert possible is None or possible >= set(range(DRIVERS.k)), (figure, view)
        assert all(line.start in view.communes for line in view.lines)


def test_no_hour_of_a_line_tells_of_one_driver():
    """Drivers to B leave early, late in the morning, after noon or at night: 1,296 cases, those alike compared."""
    leaving = (7 * HOUR, 11 * HOUR + 1740, 17 * HOUR + 300, 23 * HOUR)
    worlds = defaultdict(list)
    for world in product(range(6), repeat=4):
        hours = [hour for hour, count in zip(leaving, world, strict=True) for _ in range(count)]
        offers = [replace(TO_B, driver=str(n), opens=hour) for n, hour in enumerate(hours)]
        worlds[public_offers(ThreeCommunes(), offers)].append(world)
    assert len(worlds) == 5
    for view, same in worlds.items():
        told = {line.opens for line in view.lines}
        assert told <= {opens for opens, _ in HALF_DAYS}
        assert all((line.opens, line.closes) in HALF_DAYS for line in view.lines)
        few = set(range(DRIVERS.k))
        for hour in (0, 1, 3):
            assert {world[hour] for world in same} >= few, "no single hour is known to be driven, or not to be"
        hidden = {
            5 * HOUR: {world[0] + world[1] for world in same}, 12 * HOUR: {world[2] for world in same},
        }  # fmt: skip
        assert all(opens in told or possible >= few for opens, possible in hidden.items())


def test_one_driver_is_no_line_however_often():
    """Seven days a week by one person are seven trips, and that person."""
    alone = replace(offered(0, 1, 0, 0)[0], weekdays=frozenset(range(1, 8)))
    assert public_offers(ThreeCommunes(), [alone]).lines == ()
    view = public_offers(ThreeCommunes(), [alone, *offered(0, 0, 3, 0)[1:]])
    assert [line.weekdays for line in view.lines] == [(1, 2)]


@pytest.fixture
def clock():
    return [NOW.date()]


@pytest.fixture
def rides(desk, tmp_path, clock):
    return PublicRides(desk, Released(PlanStore(tmp_path / "told"), lambda: clock[0]))


def add_line(people, count):
    ground = people.desk.ground
    made = []
    for _ in range(count):
        driver = people.person("driver", "Lherm")
        offer = RideOffer(
            "", driver, REGULAR, place(ground, "Lherm"), place(ground, "Cahors"), 8 * HOUR, 9 * HOUR, frozenset({1, 2})
        )
        with people.desk.store.writing() as tx:
            made.append(add_offer(tx, offer, now=NOW))
    return made


def test_who_looks_again_in_the_week_sees_nobody_come_or_go(rides, people, clock):
    add_line(people, 2)
    assert rides.offers().lines == ()
    (third,) = add_line(people, 1)
    assert rides.offers().lines == ()
    clock[0] += timedelta(days=7)
    (line,) = rides.offers().lines
    assert (line.start, line.end, line.weekdays, line.opens) == ("46171", "46042", (1, 2), 5 * HOUR)
    with people.desk.store.writing() as tx:
        withdraw_offer(tx, third.id)
    assert rides.offers().lines == (line,)
    clock[0] += timedelta(days=7)
    assert rides.offers().lines == ()


def test_the_example_is_shown_apart_and_at_once(rides, desk, people):
    assert rides.example() is None
    load_example(desk, example_alias, now=NOW, who="test")
    assert rides.example().communes
    assert rides.offers() == public_offers(desk.ground, [])
    assert rides.year(2025) is None, "everyone knows how many invented people there are"
    clear_example(desk, now=NOW, who="test")
    assert rides.example() is None


LAW = tuple(Criterion(name, "") for name in ("residence", "social-minimum", "health-cover", "other"))


def test_a_year_is_told_by_every_ground_of_the_law():
    figures = {"year": 2025, "drivers": 7, "trips": 45, "beneficiaries": {"residence": 30, "social-minimum": 4}}
    none = public_year(figures, LAW)
    assert none["beneficiaries"] == {"residence": 30, "social-minimum": None, "health-cover": None, "other": None}
    assert (none["drivers"], none["trips"], none["total"], none["at_least"]) == (6, 42, None, 30)
    figures["beneficiaries"] = {"residence": 30, "social-minimum": 4, "health-cover": 9}
    assert public_year(figures, LAW)["total"] == 43
    assert public_year({**figures, "drivers": 2}, LAW)["trips"] == 0


def test_a_year_is_told_once_it_is_over_and_then_stays(rides, monkeypatch):
    assert rides.year(NOW.year) is None
    first = rides.year(2025)
    assert first["beneficiaries"] == {"residence": None, "social-minimum": None, "health-cover": None}
    counted = {"year": 2025, "drivers": 9, "trips": 99, "beneficiaries": {"residence": 50}}
    monkeypatch.setattr("desks.rides.public_offers.yearly_figures", lambda *_: counted)
    assert rides.year(2025) == first, "who was erased since is not told by the difference"


def test_of_two_who_tell_a_figure_at_once_one_is_heard(tmp_path):
    released = Released(PlanStore(tmp_path / "told"), lambda: date(2026, 11, 30))
    together, answers = threading.Barrier(4), []

    def tell(number):
        def make(period: Period):
            together.wait(10)
            return {"number": number, "since": period.first.isoformat()}

        answers.append(released.now(TRIPS, make))

    asking = [threading.Thread(target=tell, args=(number,)) for number in range(4)]
    for one in asking:
        one.start()
    for one in asking:
        one.join(20)
    assert len(answers) == 4
    assert all(answer == answers[0] for answer in answers)
    assert json.loads(released.plans.text("told-trips-2026-w49")) == answers[0]
    assert [path.name for path in (tmp_path / "told").iterdir()] == ["told-trips-2026-w49.json"]
    assert released.once(RIDERS, "2025", lambda: {"a": 1}) == {"a": 1}


def test_what_cannot_be_kept_is_not_told_and_the_page_around_it_is_shown(tmp_path, monkeypatch):
    released = Released(PlanStore(tmp_path / "told"), lambda: date(2026, 11, 30))

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(PlanStore, "save_first", full)
        with pytest.raises(UntoldError) as caught:
            released.once(RIDERS, "2025", lambda: {"a": 1})
        assert caught.value.code == "disk-full"
        assert if_told(lambda: released.once(RIDERS, "2025", lambda: {"a": 1}), None) is None
    assert if_told(lambda: released.once(RIDERS, "2025", lambda: {"a": 2}), None) == {"a": 2}

"""Go and come back without a car: the rules of an outing, the rural scale, the shares, the floating catchment."""

import numpy as np
import pytest

from mobility.access import (
    CLASSES,
    DAILY_ERRANDS,
    LINES,
    Access,
    DailyErrand,
    Outing,
    ServicePoint,
    assess_access,
    best_outing,
    rural_class,
    shares,
    supply_ratio,
)
from mobility.journeys import DoorWay
from mobility.places import Place, Point

H = 3600
NEED = DailyErrand("counter", ("counter",), 30 * 60, 9 * H, 17 * H, comes=True)
HOME, OFFICE = Place("home", "Home", Point(1, 44)), Place("office", "Office", Point(1, 44))


class Reach:
    """Ways as they are told."""

    def __init__(self, there=(), back=(), straight=()):
        self._there, self._back = (np.array(p, dtype=np.int32).reshape(-1, 2) for p in (there, back))
        self._straight = list(straight)

    def there(self, home, service):
        return self._there

    def back(self, service, home):
        return self._back

    def straight(self, home, service):
        return self._straight


def outing(reach, hours=None, errand=NEED, weekday=2):
    return best_outing("home", ServicePoint(OFFICE, "counter", hours or {}), errand, weekday, reach)


def test_two_buses_a_day_make_an_outing():
    found = outing(Reach([(7 * H, 8 * H)], [(12 * H, 13 * H)]))
    assert found == Outing("office", 7 * H, 8 * H, 12 * H, 13 * H)
    assert (found.away, found.travel) == (6 * H, 2 * H)


def test_the_shortest_time_away_wins():
    found = outing(Reach([(7 * H, 8 * H), (10 * H, 11 * H)], [(12 * H, 13 * H), (16 * H, 17 * H)]))
    assert (found.leaves, found.home) == (10 * H, 13 * H)


def test_the_last_bus_home_must_leave_after_the_stay():
    assert outing(Reach([(11 * H, 12 * H)], [(12 * H + 1740, 13 * H)])) is None
    assert outing(Reach([(11 * H, 12 * H)], [(12 * H + 1800, 13 * H)])) is not None


@pytest.mark.parametrize(
    ("there", "back"),
    [((5 * H, 8 * H), (12 * H, 13 * H)), ((7 * H, 8 * H), (12 * H, 21 * H + 60)),
     ((5 * H + 59 * 60, 8 * H), (12 * H, 13 * H)), ((6 * H, 9 * H), (12 * H, 13 * H))],
    ids=["too early", "home too late", "leaves before six", "way too long"],
)  # fmt: skip
def test_outings_that_do_not_count(there, back):
    assert outing(Reach([there], [back])) is None


def test_closed_days_and_hours_do_not_count():
    reach = Reach([(7 * H, 8 * H)], [(12 * H, 13 * H)])
    assert outing(reach, {3: ((9 * H, 12 * H),)}) is None
    assert outing(reach, {2: ((14 * H, 17 * H),)}) is None
    assert outing(reach, {2: ((9 * H, 12 * H), (14 * H, 17 * H))}) is not None


def test_on_foot_one_comes_when_it_opens():
    found = outing(Reach(straight=[DoorWay("walk", "office", 600)]))
    assert found == Outing("office", 9 * H - 600, 9 * H, 9 * H + 1800, 9 * H + 2400)


def test_a_van_there_and_a_bus_home():
    van = DoorWay("on-demand", "office", 1200, "van", 9 * H, 10 * H)
    found = outing(Reach(back=[(11 * H, 12 * H)], straight=[van]))
    assert found.arrives <= 10 * H
    assert found.home == 12 * H


def access(days, away=None, walk=None):
    best = Outing("office", 8 * H, 8 * H + 600, 9 * H, 8 * H + away) if away else None
    return Access("home", "counter", LINES, days, (), best, walk)


@pytest.mark.parametrize(
    ("found", "name"),
    [(access(0), "none"), (access(0.5), "rare"), (access(1.5), "rare"), (access(2, 8 * H), "some"),
     (access(5, 8 * H), "some"), (access(5, 4 * H), "daily"), (access(5, 2 * H, walk=800), "near"),
     (access(3, 2 * H, walk=800), "some"), (access(5, 2 * H, walk=1000), "daily")],
)  # fmt: skip
def test_the_rural_scale(found, name):
    assert rural_class(found) == name


def test_a_sunday_market_counts_and_a_shop_without_hours_does_not():
    reach = dict.fromkeys(range(1, 8), Reach(straight=[DoorWay("walk", "office", 300)]))
    market, shop = ServicePoint(OFFICE, "counter", {7: ((8 * H, 13 * H),)}), ServicePoint(OFFICE, "counter", {})
    assert assess_access([HOME], [market], [NEED], reach, LINES)[0].weekdays == (7,)
    assert assess_access([HOME], [shop], [NEED], reach, LINES)[0].weekdays == (1, 2, 3, 4, 5, 6)


def test_days_add_up_and_the_bus_counts_by_halves():
    reach = Reach([(7 * H, 8 * H)], [(12 * H, 13 * H)])
    office = ServicePoint(OFFICE, "counter", {2: ((9 * H, 12 * H),), 4: ((9 * H, 12 * H),)})
    (found,) = assess_access([HOME], [office], [NEED], dict.fromkeys(range(1, 7), reach), LINES)
    assert (found.days, found.weekdays) == (2, (2, 4))
    (more,) = assess_access([HOME], [office], [NEED], dict.fromkeys(range(1, 7), reach), "bus", comes={"home": 0.5})
    assert more.days == 2.5
    (none,) = assess_access([HOME], [], [NEED], {}, LINES)
    assert none.scale == "none"


def test_shares_add_up_to_everyone():
    found = shares([access(0), access(5, 4 * H)], {"home": 10.0}, {"home": "area"})
    assert {share.area for share in found} == {"", "area"}
    assert found[0].people == dict.fromkeys(CLASSES, 0.0) | {"none": 10.0, "daily": 10.0}


def test_the_floating_catchment_by_hand():
    minutes = np.array([[5.0, 30.0], [10.0, 10.0], [99.0, 99.0]])
    ratio = supply_ratio(minutes, np.array([100.0, 300.0, 50.0]), np.array([40.0, 30.0]), 20)
    assert ratio == pytest.approx([40 / 400, 40 / 400 + 30 / 300, 0])


def test_every_need_has_its_own_name():
    assert len({errand.id for errand in DAILY_ERRANDS}) == len(DAILY_ERRANDS)

"""Ways side by side: what ranks before what, and for whom."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.journeys import ON_DEMAND, RIDE, VOLUNTEER, WALK, Journey, Leg
from mobility.places import Place, Point
from mobility.rides import LITTLE_WALKING, WHEELCHAIR
from mobility.transport import BOOKED, Booking, OnRequest
from mobility.ways import LOW_COST, Question, Way, effort, is_absurd, merits, ranked

HOME, TOWN = Place("home", "Maison", Point(1.3, 44.5)), Place("town", "Ville", Point(1.44, 44.45))
MINUTE, HOUR = 60, 3600


def journey(*legs):
    """A journey of (kind, minutes) legs from ten o'clock on, or from ``at``."""
    at, made = 10 * HOUR, []
    for kind, minutes in legs:
        made.append(Leg(kind, "a", "b", at, at + minutes * MINUTE))
        at += minutes * MINUTE
    return Journey(tuple(made))


def home(*legs, at=16 * HOUR):
    out = journey(*legs)
    moved = [
        Leg(leg.kind, leg.origin, leg.destination, leg.departure + at - 10 * HOUR, leg.arrival + at - 10 * HOUR)
        for leg in out.legs
    ]
    return Journey(tuple(moved))


def asked(*wishes, back=16 * HOUR):
    return Question(HOME, (TOWN,), date(2026, 12, 1), None, 10 * HOUR, back, frozenset(wishes))


TRAIN = Way(TOWN, journey((WALK, 13), (RIDE, 40)), home((RIDE, 40), (WALK, 13)))
CAR = Way(TOWN, journey((VOLUNTEER, 35)), home((VOLUNTEER, 35)), euros=12.0)
VAN = Way(TOWN, journey((ON_DEMAND, 50)), home((ON_DEMAND, 50)))
ONE_WAY = Way(TOWN, journey((RIDE, 30)))


def test_someone_who_walks_little_is_driven():
    assert ranked([TRAIN, CAR], asked(LITTLE_WALKING), 5)[0] is CAR


def test_someone_who_counts_takes_the_train():
    assert ranked([TRAIN, CAR], asked(LOW_COST), 5)[0] is TRAIN


def test_a_wheelchair_goes_before_what_must_be_checked():
    assert ranked([VAN, CAR], asked(WHEELCHAIR), 5)[0] is CAR


def test_being_brought_home_counts_most():
    assert ranked([ONE_WAY, CAR, TRAIN], asked(), 5)[-1] is ONE_WAY
    assert ranked([ONE_WAY, CAR, TRAIN], asked(back=None), 5)[0] is ONE_WAY


def test_what_cannot_be_walked_is_left_out():
    far = Way(TOWN, journey((WALK, 40)))
    assert ranked([far], asked(LITTLE_WALKING), 5) == []
    assert ranked([far], asked(), 5) == [far]


def test_hours_to_confirm_come_after_certain_ones():
    unsure = Way(TOWN, TRAIN.there, TRAIN.back, confirm=True)
    assert effort(unsure, asked()) > effort(TRAIN, asked())


def test_the_same_way_is_told_once():
    assert ranked([TRAIN, Way(TOWN, TRAIN.there, TRAIN.back)], asked(), 5) == [TRAIN]


def test_merits_are_told_where_they_differ():
    assert merits([TRAIN, CAR]) == [{"cheapest"}, {"fastest", "walks-least"}]
    assert merits([CAR]) == [set()]
    assert merits([CAR, CAR]) == [set(), set()]


LEGS = st.lists(
    st.tuples(st.sampled_from([RIDE, ON_DEMAND, VOLUNTEER, WALK]), st.integers(1, 90)), min_size=1, max_size=4
)
WAYS = st.builds(
    lambda out, back, euros: Way(TOWN, journey(*out), home(*back) if back else None, euros=euros),
    LEGS, st.none() | LEGS, st.floats(0, 30),
)  # fmt: skip


@given(st.lists(WAYS, max_size=8), st.sets(st.sampled_from([WHEELCHAIR, LITTLE_WALKING, LOW_COST])))
def test_the_least_effort_comes_first_and_no_kind_is_lost(ways, wishes):
    question = asked(*wishes)
    found = ranked(ways, question, len(ways))
    efforts = [effort(way, question) for way in found]
    assert efforts == sorted(efforts)
    assert set(map(id, found)) <= set(map(id, ways))
    if not wishes:
        # Whatever is left out has one of its own kind, no worse, before it; where one may walk all the way, see below.
        ridden = [way for way in ways if all(leg.rides for leg in way.journeys)]
        assert {way.kinds for way in ranked(ridden, question, len(ways))} == {way.kinds for way in ridden}


def walks(way):
    return all(leg.kind == WALK for one in way.journeys for leg in one.legs)


@given(st.lists(WAYS, max_size=8), st.lists(st.tuples(st.integers(1, 60), st.booleans()), min_size=1, max_size=3))
def test_nothing_is_told_that_is_absurd_beside_walking(ways, on_foot):
    known = ways + [Way(TOWN, journey((WALK, n)), home((WALK, n)) if back else None) for n, back in on_foot]
    for way in ranked(known, asked(), len(known)):
        for other in filter(walks, known):
            if len(other.journeys) == len(way.journeys):
                pairs = list(zip(way.journeys, other.journeys, strict=True))
                longer = all(one.arrival - one.departure > two.arrival - two.departure for one, two in pairs)
                assert not (longer and all(one.walking >= two.walking for one, two in pairs)), (way, other)


@given(st.lists(WAYS, max_size=8), st.integers(1, 60))
def test_what_is_absurd_beside_walking_has_something_shorter_that_is_not(ways, minutes):
    known = [*ways, Way(TOWN, journey((WALK, minutes))), Way(TOWN, journey((WALK, minutes)), home((WALK, minutes)))]
    for way in known:
        if is_absurd(way, known):
            assert any(
                len(other.journeys) == len(way.journeys) and other.travel < way.travel and other.walking <= way.walking
                for other in known if not is_absurd(other, known)
            )  # fmt: skip


STROLL = Leg(WALK, "home", "station", 0, 12 * MINUTE), Leg(WALK, "station", "town", 67 * MINUTE, 79 * MINUTE)
LOOP = (
    Leg(RIDE, "station", "far", 12 * MINUTE, 38 * MINUTE), Leg(RIDE, "far", "station", 38 * MINUTE, 67 * MINUTE),
)  # fmt: skip


def test_a_train_there_and_back_is_no_way_to_where_one_can_walk():
    looped = Way(TOWN, Journey((STROLL[0], *LOOP, STROLL[1])))
    near = Way(TOWN, journey((WALK, 6)))
    assert ranked([looped, near, CAR], asked(back=None), 5) == [near, CAR]
    assert ranked([looped], asked(back=None), 5) == [], "on foot it is shorter by the loop"
    elsewhere = Way(HOME, journey((WALK, 6)))
    assert set(map(id, ranked([elsewhere, TRAIN], asked(), 5))) == {id(elsewhere), id(TRAIN)}


def test_what_walks_less_or_is_sooner_there_stands_beside_walking():
    far = Way(TOWN, journey((WALK, 22)))
    slow = Way(TOWN, journey((WALK, 5), (RIDE, 40)))
    quick = Way(TOWN, journey((WALK, 10), (RIDE, 5), (WALK, 6)))
    assert {way.kinds for way in ranked([far, slow, quick], asked(back=None), 5)} == {far.kinds, slow.kinds}
    assert len(ranked([far, slow], asked(back=None), 5)) == 2
    assert len(ranked([far, quick], asked(back=None), 5)) == 2


@given(WAYS, st.integers(1, 60))
def test_more_walking_never_costs_less(way, minutes):
    longer = Way(
        TOWN, Journey((*way.there.legs, Leg(WALK, "b", "c", way.there.arrival, way.there.arrival + minutes * 60)))
    )
    plain = Way(TOWN, way.there)
    assert effort(longer, asked(back=None)) > effort(plain, asked(back=None))


@pytest.mark.parametrize("wish", [WHEELCHAIR, LITTLE_WALKING, LOW_COST])
def test_nobody_is_told_of_a_way_that_was_not_there(wish):
    assert ranked([], asked(wish), 5) == []


BOOKED_RIDE = Leg(RIDE, "a", "b", 10 * HOUR, 11 * HOUR, boarding=OnRequest(BOOKED, Booking(notice=None)))


def test_what_must_be_called_for_hides_nothing_that_runs_of_itself():
    called = Way(TOWN, Journey((BOOKED_RIDE,)))
    plain = Way(TOWN, Journey((replace(BOOKED_RIDE, boarding=None, arrival=12 * HOUR),)))
    assert (called.booked, plain.booked) == (True, False)
    assert ranked([called, plain], asked(back=None), 5) == [called, plain]


def test_what_can_no_longer_be_booked_comes_last_and_is_best_at_nothing():
    late = Way(TOWN, Journey((BOOKED_RIDE,)), too_late=True)
    slow = Way(TOWN, journey((WALK, 25), (RIDE, 90)))
    found = ranked([late, slow, CAR], asked(back=None), 5)
    assert found[-1] is late
    assert merits(found)[-1] == set()
    assert merits([late]) == [set()]

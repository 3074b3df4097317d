"""Matched rides: through the judge always, and the laws that hold on any case (proofs: ``test_ride_proofs.py``)."""

import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.errors import MisstatedError, MobilityError
from mobility.ride_matching import MatchingProblem, Packing, Ride, Shift, Window
from mobility.travel import TravelTimes
from tests.ride_cases import tiny_day
from tours.packing_judge import judge_packing
from tours.recruit import best_recruits
from tours.ride_insertion import best_answers
from tours.ride_packer import Packer
from tours.ride_packing import pack_rides
from tours.ride_parts import separate_parts
from tours.ride_program import RideProgram
from tours.ride_reasons import explain

HOUR = 3600.0
KILOMETRE, MINUTE = 1000.0, 60.0


def plane(points):
    """Places on a plane, a kilometre a minute."""
    names = tuple(points)
    xy = np.array([points[name] for name in names], dtype=float)
    metres = (np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) * KILOMETRE).astype(np.float32)
    seconds = (metres / KILOMETRE * MINUTE).astype(np.float32)
    return TravelTimes(names, names, seconds, metres, np.zeros(metres.shape, dtype=bool))


TOWN = {"town": (0, 0), "farm": (10, 0), "mill": (12, 0), "hill": (0, 10), "home": (11, 0), "far": (60, 0)}


def to_town(name, origin, by, *, request=None, seats=1, wishes=frozenset(), longest=1800.0, early=1800.0):
    return Ride(
        name,
        request or name,
        origin,
        "town",
        Window(0, 24 * HOUR),
        Window(by - early, by),
        seats,
        longest,
        120.0,
        wishes,
    )


def from_town(name, destination, after, *, request, seats=1):
    return Ride(name, request, "town", destination, Window(after, after + HOUR), Window(0, 24 * HOUR), seats, 1800.0)


def volunteer(name="v", home="home", opens=8 * HOUR, closes=12 * HOUR, seats=3, **more):
    return Shift(name, f"driver-{name}", home, home, opens, closes, seats, **more)


def problem(shifts, rides, **more):
    return MatchingProblem(tuple(shifts), tuple(rides), plane(TOWN), **more)


def best(case, **options):
    """The packing, which the judge must have nothing to say about."""
    packing = pack_rides(case, **options)
    assert judge_packing(packing, case) == []
    assert packing.proofs
    assert all(proof.bound >= proof.value - 1e-6 for proof in packing.proofs[:1])
    assert all(proof.bound <= proof.value + 1e-6 for proof in packing.proofs[1:])
    return packing


def test_two_neighbours_share_a_car():
    case = problem([volunteer()], [to_town("a", "farm", 9 * HOUR), to_town("b", "mill", 9 * HOUR)])
    packing = best(case)
    assert set(packing.served(case)) == {"a", "b"}
    assert packing.proven
    (route,) = packing.routes
    # 11 to 12, back to 10 and 0, and home to 11.
    assert route.metres == pytest.approx(24_000, abs=1)


@pytest.mark.parametrize("rides", [["farm"], ["farm", "mill"]])
def test_nobody_is_picked_up_before_they_need_be(rides):
    case = problem([volunteer()], [to_town(name, name, 9 * HOUR) for name in rides])
    (route,) = best(case).routes
    assert len(route.stops) == 2 * len(rides)
    for stop, then in pairwise(route.stops):
        if stop.kind == "up":
            here = case.rides_by_id[stop.ride].origin
            there = case.rides_by_id[then.ride].origin if then.kind == "up" else "town"
            drive = case.travel.seconds_between(here, there)
            assert then.time - stop.time == pytest.approx(120.0 + drive, abs=1), (stop, then)


def test_nobody_is_left_in_town():
    rides = [to_town("out", "farm", 9 * HOUR, request="q"), from_town("back", "farm", 11 * HOUR, request="q")]
    whole = best(problem([volunteer()], rides))
    assert set(whole.shift_of) == {"out", "back"}
    # Free until 10:00 only: the way out alone would fit, and is not driven.
    assert best(problem([volunteer(closes=10 * HOUR)], rides)).routes == ()


def test_out_and_back_with_two_drivers():
    rides = [to_town("out", "farm", 9 * HOUR, request="q"), from_town("back", "farm", 15 * HOUR, request="q")]
    shifts = [volunteer("m", closes=12 * HOUR), volunteer("a", opens=14 * HOUR, closes=18 * HOUR)]
    assert best(problem(shifts, rides)).shift_of == {"out": "m", "back": "a"}


@pytest.mark.parametrize(
    ("shift", "ride"),
    [
        (volunteer(seats=1), to_town("a", "farm", 9 * HOUR, seats=2)),
        (volunteer(), to_town("a", "farm", 9 * HOUR, wishes=frozenset({"wheelchair"}))),
        (volunteer(longest=20_000), to_town("a", "farm", 9 * HOUR)),
        (volunteer(opens=9 * HOUR), to_town("a", "farm", 9 * HOUR)),
        (volunteer(), to_town("a", "far", 9 * HOUR)),
        (replace(volunteer(), destination="town", detour=60.0), to_town("a", "hill", 9 * HOUR)),
    ],
)
def test_what_cannot_be_driven_is_not(shift, ride):
    assert best(problem([shift], [ride])).routes == ()


def test_a_shared_trip_takes_a_rider_on_its_way():
    trip = Shift("t", "d", "mill", "town", 8 * HOUR, 9 * HOUR, 2, detour=300.0, counts=False)
    packing = best(problem([trip], [to_town("a", "farm", 9 * HOUR)]))
    assert packing.routes[0].metres == pytest.approx(12_000, abs=1)
    assert packing.proofs[1].value == 0


def test_the_load_is_shared_before_kilometres_are_saved():
    near, tired = volunteer("near", home="farm", load=10 * HOUR), volunteer("fresh", home="mill")
    packing = best(problem([near, tired], [to_town("a", "farm", 9 * HOUR)]))
    assert packing.shift_of == {"a": "fresh"}
    equal = problem([replace(near, load=0), tired], [to_town("a", "farm", 9 * HOUR)])
    assert best(equal).shift_of == {"a": "near"}


def test_promises_hold_and_are_built_around():
    rides = [to_town("a", "farm", 9 * HOUR), to_town("b", "mill", 9 * HOUR)]
    shifts = [volunteer("v", home="hill", seats=1), volunteer("w", seats=1)]
    case = problem(shifts, rides, promised={"a": "v"})
    packing = best(case)
    assert packing.shift_of == {"a": "v", "b": "w"}
    with pytest.raises(MobilityError) as error:
        pack_rides(problem([volunteer("v", opens=10 * HOUR)], rides[:1], promised={"a": "v"}))
    assert error.value.code == "promise-cannot-hold"


def test_a_refusal_is_not_asked_again():
    case = problem([volunteer()], [to_town("a", "farm", 9 * HOUR)], refused=frozenset({("a", "driver-v")}))
    assert best(case).routes == ()


def test_at_once_finds_the_best_place_beside_what_is_promised():
    rides = [to_town("a", "farm", 9 * HOUR), to_town("b", "mill", 9 * HOUR)]
    case = problem([volunteer("v"), volunteer("w", home="hill")], rides, promised={"a": "v"})
    held = best(problem([volunteer("v")], rides[:1])).routes
    answers = best_answers(case, held, "b", count=3)
    assert [answer.routes[0].shift for answer in answers] == ["v", "w"]
    assert answers[0].added_metres == pytest.approx(2_000, abs=1)
    for answer in answers:
        kept = [route for route in held if route.shift not in {r.shift for r in answer.routes}]
        faults = judge_packing(Packing((*kept, *answer.routes), (), 0, 0), case)
        assert not faults
    assert best_answers(case, held, "b", count=1) == answers[:1]


def days_in_a_row(count):
    """Tiny days one after the other: they share their places, and nothing else."""
    made = [tiny_day(seed) for seed in range(count)]
    shifts, rides = [], []
    for number, day in enumerate(made):
        at = number * 24 * HOUR

        def later(window, at=at):
            return Window(window.opens + at, window.closes + at)

        for s in day.shifts:
            moved = replace(s, id=f"{number}{s.id}", driver=f"{number}{s.driver}")
            shifts.append(replace(moved, opens=s.opens + at, closes=s.closes + at))
        for r in day.rides:
            moved = replace(r, id=f"{number}{r.id}", request=f"{number}{r.request}")
            rides.append(replace(moved, pickup=later(r.pickup), dropoff=later(r.dropoff)))
    return MatchingProblem(tuple(shifts), tuple(rides), made[0].travel)


def test_days_that_share_nothing_are_packed_side_by_side():
    case, told = days_in_a_row(12), []
    whole = best(case, limit=600.0, progress=lambda stage, done: told.append((stage, done)))
    assert len(separate_parts(case)) >= 12
    alone = [best(part, limit=600.0) for part in separate_parts(case)]
    for i in range(3):
        assert whole.proofs[i].gap <= 1e-5
        assert whole.proofs[i].value == pytest.approx(sum(p.proofs[i].value for p in alone), rel=1e-5)
    assert [done for _, done in told] == sorted(done for _, done in told)
    assert told[-1] == ("done", 1.0)


def test_days_without_time_keep_what_insertion_finds(monkeypatch):
    case, given = days_in_a_row(12), []

    def packer(part, limit, progress):
        given.append(limit)
        return Packer(part, limit, progress)

    monkeypatch.setattr("tours.ride_packing.Packer", packer)
    hurried = best(case, limit=0.0)
    # A second for each of them would be no limit kept.
    assert given == [0.0] * len(separate_parts(case))
    assert hurried.served(case)
    assert hurried.proofs[0].bound >= best(case, limit=600.0).proofs[0].value - 1e-6


def test_a_day_that_breaks_a_promise_ends_the_others():
    case = days_in_a_row(3)
    late = replace(case.shifts[0], opens=23 * HOUR, closes=23.1 * HOUR)
    with pytest.raises(MobilityError) as error:
        pack_rides(replace(case, shifts=(late, *case.shifts[1:]), promised={case.rides[0].id: late.id}))
    assert error.value.code == "promise-cannot-hold"


@pytest.mark.parametrize("seed", range(12))
def test_a_promise_holds_where_the_routes_of_its_shift_are_not_all_listed(seed, monkeypatch):
    case = tiny_day(seed)
    promised = pack_rides(case).shift_of
    monkeypatch.setattr("tours.ride_packer.LISTED_NODES", 1)
    packing = pack_rides(replace(case, promised=promised))
    assert promised.items() <= packing.shift_of.items()
    assert judge_packing(packing, replace(case, promised=promised)) == []


def random_case(seed, shifts=3, requests=3):
    rng = random.Random(seed)
    points = {f"p{i}": (rng.uniform(0, 20), rng.uniform(0, 20)) for i in range(8)}
    made = []
    for i in range(shifts):
        opens = rng.choice([8, 9, 13]) * HOUR
        home = rng.choice(list(points))
        own = rng.random() < 0.3
        end = rng.choice(list(points)) if own else home
        made.append(
            Shift(
                f"s{i}", f"d{i}", home, end, opens, opens + rng.choice([1, 2, 4]) * HOUR, rng.choice([1, 2, 3]),
                frozenset({"wheelchair"}) if rng.random() < 0.5 else frozenset(), rng.choice([40_000.0, 90_000.0]),
                900.0 if own else float("inf"), rng.choice([0.0, HOUR]), counts=not own,
            )
        )  # fmt: skip
    rides = []
    for i in range(requests):
        a, b = rng.sample(list(points), 2)
        at = rng.choice([9, 10, 14]) * HOUR
        needs = frozenset({"wheelchair"}) if rng.random() < 0.2 else frozenset()
        wide = Window(0, 24 * HOUR)
        seats = rng.choice([1, 1, 2])
        rides.append(Ride(f"r{i}o", f"r{i}", a, b, wide, Window(at - 2700, at), seats, 2700.0, 120.0, needs))
        if rng.random() < 0.5:
            window = Window(at + HOUR, at + 2 * HOUR)
            rides.append(Ride(f"r{i}b", f"r{i}", b, a, window, wide, seats, 2700.0, 120.0, needs))
    return MatchingProblem(tuple(made), tuple(rides), plane(points))


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_an_added_driver_never_lowers_what_is_served(seed):
    case = random_case(seed, shifts=4, requests=6)
    fewer = replace(case, shifts=case.shifts[:3])
    assert best(case).proofs[0].value >= best(fewer).proofs[0].value


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_a_promise_kept_is_never_broken(seed):
    case = random_case(seed, shifts=4, requests=6)
    first = best(replace(case, rides=tuple(r for r in case.rides if r.request in {"r0", "r1", "r2"})))
    held = replace(case, promised=first.shift_of)
    packing = best(held)
    assert packing.proofs[0].value >= first.proofs[0].value
    for request in case.requests:
        if not any(ride.id in first.shift_of for ride in case.requests[request]):
            for answer in best_answers(held, first.routes, request):
                changed = {route.shift: route for route in first.routes} | {r.shift: r for r in answer.routes}
                assert judge_packing(Packing(tuple(changed.values()), (), 0, 0), held) == []


def failing_later(monkeypatch, code):
    """Let the relaxation of every objective but the first fail."""
    whole = RideProgram.relaxed

    def relaxed(self, goal, *more, **named):
        if goal.least_served is not None:
            raise MobilityError(code, "a later objective fails")
        return whole(self, goal, *more, **named)

    monkeypatch.setattr(RideProgram, "relaxed", relaxed)


def test_a_later_objective_without_time_leaves_what_is_served(monkeypatch):
    case = problem([volunteer()], [to_town("a", "farm", 9 * HOUR)])
    failing_later(monkeypatch, "no-rides-in-time")
    assert set(pack_rides(case).served(case)) == {"a"}


def test_a_later_objective_that_fails_otherwise_is_no_lack_of_time(monkeypatch):
    case = problem([volunteer()], [to_town("a", "farm", 9 * HOUR)])
    failing_later(monkeypatch, "promise-cannot-hold")
    with pytest.raises(MobilityError, match="a later objective fails"):
        pack_rides(case)


def test_priced_routes_find_what_listed_routes_find(monkeypatch):
    case = random_case(77, shifts=5, requests=9)
    listed = best(case)
    monkeypatch.setattr("tours.ride_packer.LISTED_NODES", 1)
    priced = best(case)
    assert priced.proofs[0].value == listed.proofs[0].value
    assert priced.proofs[0].bound >= listed.proofs[0].value


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda r: replace(r, departure=r.departure - 4 * HOUR), "leaves-early"),
        (lambda r: replace(r, metres=1.0), "wrong-length"),
        (lambda r: replace(r, stops=r.stops[::-1]), "wrong-order"),
        (lambda r: replace(r, stops=tuple(replace(s, time=s.time + HOUR) for s in r.stops)), "dropoff-outside"),
        (lambda r: replace(r, stops=(replace(r.stops[0], time=8.9 * HOUR), r.stops[1])), "too-fast"),
        (lambda r: replace(r, shift="nobody"), "unknown-shift"),
    ],
)
def test_the_judge_sees_what_is_wrong(change, code):
    case = problem([volunteer()], [to_town("a", "farm", 9 * HOUR)])
    (route,) = best(case).routes
    assert code in {fault.code for fault in judge_packing(Packing((change(route),), (), 0, 0), case)}


def test_the_judge_sees_a_value_that_the_routes_do_not_have_and_a_bound_that_they_beat():
    case = problem([volunteer(load=HOUR)], [to_town("a", "farm", 9 * HOUR)])
    packing = best(case)
    for i, proof in enumerate(packing.proofs):
        for change, code in (
            (replace(proof, value=0.5), "wrong-value"),
            (replace(proof, bound=0.5 if i == 0 else 1e6), "wrong-bound"),
        ):
            told = replace(packing, proofs=(*packing.proofs[:i], change, *packing.proofs[i + 1 :]))
            assert (code, proof.name) in {(fault.code, fault.about) for fault in judge_packing(told, case)}


def test_what_insertion_finds_and_the_listing_misses_is_kept():
    # Going home from the farm straight away would be far too long: such a way is not listed.
    case = problem([volunteer("v", home="hill", longest=40_000)], [to_town("a", "farm", 9 * HOUR)])
    metres = case.travel.metres.copy()
    names = case.travel.origins
    metres[names.index("farm"), names.index("hill")] = 50_000
    assert set(best(replace(case, travel=replace(case.travel, metres=metres))).shift_of) == {"a"}


def why(case, request="a"):
    packing = best(case)
    assert request not in packing.served(case)
    return explain(case, packing, request)


@pytest.mark.parametrize(
    ("shifts", "rides", "reason", "change"),
    [
        ([volunteer(opens=8.85 * HOUR)], [to_town("a", "farm", 9 * HOUR, early=0)], "hours", ("minutes", 15)),
        ([volunteer(longest=20_000)], [to_town("a", "farm", 9 * HOUR)], "reach", ("kilometres", 3)),
        ([volunteer(seats=1)], [to_town("a", "farm", 9 * HOUR, seats=2)], "seats", ("seats", 1)),
        (
            [volunteer()], [to_town("a", "farm", 9 * HOUR, wishes=frozenset({"wheelchair"}))],
            "abilities", ("abilities", 0),
        ),
        ([], [to_town("a", "farm", 9 * HOUR)], "no-driver", None),
        (
            [volunteer(closes=9.7 * HOUR)],
            [to_town("a", "farm", 9 * HOUR, request="a"), from_town("b", "farm", 15 * HOUR, request="a")],
            "no-way-back", ("one-way", 0),
        ),
    ],
)  # fmt: skip
def test_why_not_names_the_rule_and_the_smallest_change(shifts, rides, reason, change):
    told = why(problem(shifts, rides))
    assert told.reason == reason
    assert (told.change and (told.change.kind, told.change.amount)) == change


def test_whoever_has_a_driver_that_others_need_is_told_so():
    rides = [to_town("a", "farm", 9 * HOUR, early=300), to_town("b", "hill", 9 * HOUR, early=300)]
    case = problem([volunteer(seats=1, home="town", opens=8.4 * HOUR)], rides, weights={"b": 2.0})
    assert why(case).reason == "taken"


def test_the_driver_to_look_for_is_the_one_who_serves_the_most():
    rides = [to_town("a", "farm", 9 * HOUR), to_town("b", "mill", 9 * HOUR), to_town("c", "hill", 9 * HOUR)]
    case = problem([], rides)
    candidates = {
        "farm": [volunteer("f", home="farm", longest=30_000)], "hill": [volunteer("h", home="hill", longest=25_000)],
        "late": [volunteer("l", home="farm", opens=14 * HOUR, closes=18 * HOUR)],
    }  # fmt: skip
    gains = best_recruits(case, best(case), candidates)
    assert [(gain.candidate, gain.requests) for gain in gains] == [("farm", ("a", "b")), ("hill", ("c",))]
    assert best_recruits(problem([volunteer()], rides[:2]), best(problem([volunteer()], rides[:2])), candidates) == []


def test_what_no_shift_or_ride_can_mean_is_refused_where_it_is_stated():
    case = problem([volunteer()], [to_town("a", "farm", 9 * HOUR)])
    (shift,), (ride,), travel = case.shifts, case.rides, case.travel
    nan, many = float("nan"), 1e15
    spoilt = travel.metres.copy()
    spoilt[0, 1] = float("inf")
    for changed in (
        {"rides": (replace(ride, longest=0),)}, {"rides": (replace(ride, longest=nan),)},
        {"rides": (replace(ride, seats=0),)}, {"rides": (replace(ride, boarding=-1),)},
        {"rides": (replace(ride, pickup=Window(2, 1)),)}, {"rides": (replace(ride, dropoff=Window(0, many)),)},
        {"rides": (replace(ride, dropoff=Window(nan, 1)),)}, {"rides": (replace(ride, origin="nowhere"),)},
        {"rides": (ride, ride)}, {"weights": {"a": nan}}, {"weights": {"a": many}}, {"weights": {"a": -1}},
        {"shifts": (replace(shift, opens=nan),)}, {"shifts": (replace(shift, longest=-1.0),)},
        {"shifts": (replace(shift, load=many),)}, {"shifts": (replace(shift, detour=nan),)},
        {"shifts": (replace(shift, most_rides=9),)}, {"travel": replace(travel, metres=spoilt)},
        {"travel": replace(travel, seconds=travel.seconds - 1)},
        {"travel": replace(travel, destinations=travel.origins[::-1])},
    ):  # fmt: skip
        with pytest.raises(MisstatedError):
            replace(case, **changed)

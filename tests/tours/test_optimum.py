"""The optimiser against brute force and against its own judge, on cases small enough to enumerate."""

from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mobility.bus_calendar import BusCalendar, Judgement, Visit
from mobility.errors import InfeasibleError, MobilityError
from mobility.places import Place, Point
from mobility.problem import Bus, CalendarProblem, CalendarRules, Position
from tests.fakes import session, tiny_problem
from tours.calendar_solver import solve_calendar
from tours.judge import judge_calendar


def every_calendar(problem: CalendarProblem) -> Iterator[BusCalendar]:
    """All the ways of putting a stop, or none, into every session of every bus."""
    slots = [
        (week, s, bus.id)
        for week in range(1, problem.cycle_weeks + 1)
        for s in problem.sessions
        for bus in problem.buses
    ]
    choices = [None, *(stop.id for stop in problem.stops)]
    crew = problem.crew
    for picks in product(choices, repeat=len(slots)):
        yield BusCalendar(
            tuple(
                Visit(week, s.weekday, s.name, bus, stop, s.opens - crew.set_up, s.closes + crew.pack_up)
                for (week, s, bus), stop in zip(slots, picks, strict=True)
                if stop
            )
        )


def rank(judged: Judgement) -> tuple[float, float, float]:
    return (round(judged.need, 4), round(judged.weakest, 5), -round(judged.distance))


def brute_force(problem: CalendarProblem) -> Judgement | None:
    judged = (judge_calendar(calendar, problem) for calendar in every_calendar(problem))
    return max((j for j in judged if not j.broken), key=rank, default=None)


def check_against_brute_force(problem: CalendarProblem) -> None:
    best = brute_force(problem)
    if best is None:
        with pytest.raises(InfeasibleError):
            solve_calendar(problem)
        return
    solution = solve_calendar(problem)
    found = judge_calendar(solution.calendar, problem)
    assert found.broken == ()
    assert solution.proven
    assert found.need == pytest.approx(best.need, rel=1e-4, abs=1e-4)
    assert found.weakest == pytest.approx(best.weakest, rel=1e-3, abs=1e-3)
    assert found.distance <= best.distance * 1.001 + 10
    bound = solution.stages[0].bound
    assert bound >= best.need * (1 - 1e-6)


places = st.tuples(st.floats(-14, 14), st.floats(-14, 14))
needs = st.floats(1, 300).map(lambda value: round(value, 1))


@pytest.mark.prove
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    positions=st.lists(places, min_size=3, max_size=3),
    weights=st.lists(needs, min_size=3, max_size=3),
    areas=st.lists(st.sampled_from("ab"), min_size=3, max_size=3),
    closed=st.dictionaries(
        st.integers(0, 2), st.sets(st.sampled_from([(2, "morning"), (2, "afternoon"), (4, "afternoon")]), max_size=2)
    ),
    floor=st.integers(0, 1),
)
def test_equals_brute_force_on_a_fortnight(positions, weights, areas, closed, floor):
    rules = CalendarRules(area_floor=floor)
    check_against_brute_force(tiny_problem(positions, weights, areas=areas, closed=closed, rules=rules))


@pytest.mark.prove
@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    positions=st.lists(places, min_size=3, max_size=3),
    weights=st.lists(needs, min_size=3, max_size=3),
    lock=st.tuples(
        st.sampled_from(["v0", "v1", "v2"]), st.sampled_from([None, 1, 2]), st.sampled_from([None, 2, 4]),
        st.sampled_from([None, "morning", "afternoon"]),
    ),
    ban=st.tuples(st.sampled_from(["v0", "v1", "v2"]), st.sampled_from([None, 1, 2]), st.sampled_from([None, 2, 4])),
)  # fmt: skip
def test_equals_brute_force_under_a_lock_and_a_ban(positions, weights, lock, ban):
    rules = CalendarRules(area_floor=0, locks=(Position(*lock),), bans=(Position(*ban),))
    check_against_brute_force(tiny_problem(positions, weights, rules=rules))


@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(positions=st.lists(places, min_size=4, max_size=4), weights=st.lists(needs, min_size=4, max_size=4))
def test_equals_brute_force_with_two_buses_from_two_depots(positions, weights):
    buses = (
        Bus("bus-1", Place("depot", "Depot", Point(1.44, 44.45))),
        Bus("bus-2", Place("depot-2", "Second depot", Point(1.55, 44.50))),
    )
    sessions = (session(2, "morning"), session(2, "afternoon"))
    check_against_brute_force(tiny_problem(positions, weights, buses=buses, sessions=sessions, cycle_weeks=1))


@pytest.mark.prove
@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    positions=st.lists(places, min_size=3, max_size=3),
    weights=st.lists(needs, min_size=3, max_size=3),
    changes=st.integers(0, 2),
)
def test_equals_brute_force_near_a_published_calendar(positions, weights, changes):
    in_force = (Position("v0", 1, 2, "morning"), Position("v1", 2, 2, "afternoon"), Position("v2", 1, 4, "afternoon"))
    rules = CalendarRules(area_floor=0, in_force=in_force, max_changes=changes)
    check_against_brute_force(tiny_problem(positions, weights, rules=rules))


def test_an_empty_session_stays_empty():
    problem = tiny_problem([(3, 0), (0, 6), (-5, 2)], [100, 80, 60])
    skipped = problem.with_rules(skipped=frozenset({(1, 2, "morning"), (2, 4, "afternoon")}))
    check_against_brute_force(skipped)
    visits = solve_calendar(skipped).calendar.visits
    assert not [v for v in visits if (v.week, v.weekday, v.session) in skipped.rules.skipped]


def test_more_need_never_comes_from_a_farther_search():
    """Adding a candidate stop, a session or a bus never lowers the best need."""
    base = tiny_problem([(3, 0), (0, 9), (-11, 2), (6, -12)], [100, 80, 60, 90])
    before = solve_calendar(base).stages[0].value
    wider = tiny_problem(
        [(3, 0), (0, 9), (-11, 2), (6, -12)], [100, 80, 60, 90], sessions=(*base.sessions, session(5, "morning"))
    )
    assert solve_calendar(wider).stages[0].value >= before - 1e-6


def test_the_lexicographic_order_is_kept():
    """Kilometres never buy coverage: a far village in need wins over a near one with a little less."""
    problem = tiny_problem([(2, 0), (25, 0)], [100, 101], sessions=(session(4, "afternoon"),), cycle_weeks=1)
    assert solve_calendar(problem).calendar.stops() == ["v1"]


def test_a_tolerance_lets_kilometres_count():
    from dataclasses import replace

    problem = tiny_problem([(2, 0), (25, 0)], [100, 101], sessions=(session(4, "afternoon"),), cycle_weeks=1)
    assert solve_calendar(replace(problem, tolerance=0.02)).calendar.stops() == ["v0"]


def test_neighbours_are_not_counted_twice():
    """Two stops beside each other: the second adds only what the first leaves."""
    problem = tiny_problem([(10, 0), (11, 0), (-10, 0)], [100, 100, 80], sessions=(session(4, "afternoon"),))
    stops = solve_calendar(problem).calendar.stops()
    assert "v2" in stops
    assert len(stops) == 2


def test_three_sessions_a_day_are_for_the_judge_alone():
    from mobility.problem import Session

    sessions = (Session(2, "one", 32400, 36000), Session(2, "two", 43200, 46800), Session(2, "three", 54000, 57600))
    problem = tiny_problem([(1, 0), (2, 0), (3, 0)], [9, 8, 7], sessions=sessions, cycle_weeks=1)
    with pytest.raises(MobilityError, match="one or two sessions a day"):
        solve_calendar(problem)
    visits = tuple(Visit(1, 2, s.name, "bus-1", f"v{n}", s.opens - 600, s.closes + 600) for n, s in enumerate(sessions))
    assert judge_calendar(BusCalendar(visits), problem).broken == ()


def test_a_search_without_time_left_keeps_its_calendar_and_claims_nothing(monkeypatch):
    """Where the second and third objectives find no time, the calendar of the first is returned, not proven."""
    from tours import calendar_solver

    found = calendar_solver.CalendarModel.maximise

    def impatient(self, objective, *, limit, gap, **options):
        if objective != "need":
            raise MobilityError("no-time", "no time", field="limit")
        return found(self, objective, limit=limit, gap=gap)

    monkeypatch.setattr(calendar_solver.CalendarModel, "maximise", impatient)
    problem = tiny_problem([(3, 0), (0, 6), (-5, 2)], [100, 80, 60])
    solution = solve_calendar(problem)
    judged = judge_calendar(solution.calendar, problem)
    assert judged.broken == ()
    assert judged.need == pytest.approx(solution.stages[0].value)
    assert not solution.proven
    assert solution.stages[-1].value == pytest.approx(judged.distance)


def test_a_longer_drive_is_returned_unproven_where_the_exact_program_has_no_time(monkeypatch):
    from tours import calendar_solver

    true = calendar_solver.driven_metres

    def hopeless(*_):
        raise MobilityError("no-time", "no time", field="limit")

    monkeypatch.setattr(calendar_solver, "driven_metres", lambda *arguments: 1.1 * true(*arguments))
    monkeypatch.setattr(calendar_solver._Search, "_exactly", hopeless)
    problem = tiny_problem([(3, 0), (0, 6), (-5, 2)], [100, 80, 60])
    solution = solve_calendar(problem)
    assert judge_calendar(solution.calendar, problem).broken == ()
    assert not solution.proven
    assert solution.stages[-1].gap == pytest.approx(1 - 1 / 1.1, rel=0.01)

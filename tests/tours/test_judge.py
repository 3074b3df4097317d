"""The judge names every broken rule, one tiny calendar a rule."""

from dataclasses import replace

import pytest

from mobility.bus_calendar import BusCalendar, Visit
from mobility.problem import CalendarRules, Position
from tests.fakes import AFTERNOON, MORNING, tiny_problem
from tours.judge import judge_calendar

FAR = [(3, 0), (0, 6), (31, 0)]


def visit(week, weekday, name, stop, bus="bus-1", shift=0):
    opens, closes = MORNING if name == "morning" else AFTERNOON
    return Visit(week, weekday, name, bus, stop, opens - 600 + shift, closes + 600)


def broken(*visits, problem=None, **rules):
    problem = problem or tiny_problem(FAR, [100, 80, 60], rules=CalendarRules(area_floor=0, **rules))
    return [rule.code for rule in judge_calendar(BusCalendar(visits), problem).broken]


def test_a_good_calendar_breaks_nothing():
    assert broken(visit(1, 2, "morning", "v0"), visit(2, 2, "morning", "v0"), visit(1, 2, "afternoon", "v1")) == []


@pytest.mark.parametrize(
    ("visits", "code"),
    [
        ([visit(1, 2, "morning", "nowhere")], "not-a-candidate"),
        ([visit(1, 2, "morning", "v0", bus="bus-9")], "unknown-bus"),
        ([visit(3, 2, "morning", "v0")], "unknown-week"),
        ([visit(1, 3, "morning", "v0")], "no-such-session"),
        ([visit(1, 2, "morning", "v0", shift=900)], "public-hours"),
        ([visit(1, 2, "morning", "v0"), visit(1, 2, "morning", "v1")], "bus-in-two-places"),
        ([visit(1, 2, "morning", "v0"), visit(1, 4, "afternoon", "v0"), visit(2, 4, "afternoon", "v0")],
         "too-many-visits"),
        ([visit(1, 2, "morning", "v0"), visit(2, 4, "afternoon", "v0")], "irregular-day"),
        ([visit(1, 2, "morning", "v0"), visit(1, 2, "afternoon", "v2")], "lunch-too-short"),
    ],
)  # fmt: skip
def test_names_the_broken_rule(visits, code):
    assert code in broken(*visits)


def test_two_visits_in_the_same_week_are_irregular():
    assert "irregular-weeks" in broken(visit(1, 2, "morning", "v0"), visit(1, 4, "afternoon", "v0"))


def test_crew_hours():
    problem = tiny_problem(FAR, [100, 80, 60])
    bus = problem.buses[0]
    early = replace(problem, buses=(replace(bus, crew_start=9 * 3600),))
    assert broken(visit(1, 2, "morning", "v0"), problem=early) == ["crew-starts-early"]
    late = replace(problem, buses=(replace(bus, crew_end=17 * 3600),))
    assert broken(visit(1, 2, "afternoon", "v0"), problem=late) == ["crew-ends-late"]
    short = replace(problem, buses=(replace(bus, longest_day=8 * 3600),))
    assert broken(visit(1, 2, "morning", "v0"), visit(1, 2, "afternoon", "v1"), problem=short) == ["crew-day-long"]


def test_closed_stop_lock_ban_skip_floor_and_changes():
    closed = tiny_problem(FAR, [100, 80, 60], closed={0: {(2, "morning")}})
    assert broken(visit(1, 2, "morning", "v0"), problem=closed) == ["stop-closed"]
    assert broken(visit(1, 2, "morning", "v0"), locks=(Position("v1"),)) == ["lock"]
    assert broken(visit(1, 2, "morning", "v0"), bans=(Position("v0", None, 2),)) == ["ban"]
    assert broken(visit(1, 2, "morning", "v0"), skipped=frozenset({(1, 2, "morning")})) == ["skipped-session"]
    old = (Position("v1", 1, 2, "morning"), Position("v0", 1, 2, "afternoon"))
    assert broken(visit(1, 2, "morning", "v0"), in_force=old, max_changes=1) == ["too-many-changes"]
    floored = tiny_problem(FAR, [100, 80, 60], areas=["a", "b", "b"], rules=CalendarRules(area_floor=1))
    assert broken(visit(1, 2, "morning", "v0"), problem=floored) == ["area-floor"]


def test_two_buses_at_one_stop():
    problem = tiny_problem(FAR, [100, 80, 60])
    problem = replace(problem, buses=(problem.buses[0], replace(problem.buses[0], id="bus-2")))
    codes = broken(visit(1, 2, "morning", "v0"), visit(1, 2, "morning", "v0", bus="bus-2"), problem=problem)
    assert "two-buses-at-once" in codes


def test_value_by_hand():
    """One weekly stop and one fortnightly: 100 x 1 + 80 x 0.75, and the kilometres of four legs."""
    problem = tiny_problem([(3, 0), (0, 20)], [100, 80])
    judged = judge_calendar(
        BusCalendar((visit(1, 4, "afternoon", "v1"), visit(1, 2, "morning", "v0"), visit(2, 2, "morning", "v0"))),
        problem,
    )
    assert judged.need == pytest.approx(160)
    assert judged.share == pytest.approx(160 / 180)
    assert judged.distance == pytest.approx(2 * 2 * 3000 + 2 * 20_000, rel=0.01)
    assert judged.served["v1"] == (0.75, "v1")

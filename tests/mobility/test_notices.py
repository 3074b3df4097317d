"""Notices: shown to whom they concern, while they hold, each once."""

from datetime import UTC, datetime, timedelta

from mobility.agenda import Event
from mobility.notices import CALM, CANCELLED_VISITS, GRAVE, MOVED_VISITS, WRITTEN, ChangedVisit, Notice, seen
from mobility.places import Place, Point

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


def visit(commune, day, uid="a"):
    starts = NOW + timedelta(days=day)
    return Event(uid, starts, starts + timedelta(hours=3), Place(commune, commune, Point(1, 44)), NOW, commune)


def notice(name="n", *, gravity=CALM, begins=0.0, ends=2.0, communes=(), visits=(), kind=WRITTEN):
    until = NOW + timedelta(days=ends) if ends is not None else None
    return Notice(name, kind, gravity, NOW + timedelta(days=begins), until, NOW, frozenset(communes), tuple(visits))


def names(notices, day=0.0, communes=()):
    return [found.id for found in seen(notices, NOW + timedelta(days=day), communes)]


def test_it_is_seen_where_it_concerns_someone():
    notices = [notice("all"), notice("bach", communes=["46013"])]
    assert names(notices) == ["all", "bach"]
    assert names(notices, communes=["46013"]) == ["all", "bach"]
    assert names(notices, communes=["46171"]) == ["all"]
    assert names(notices, communes=["46171", "46013"]) == ["all", "bach"]


def test_it_is_seen_until_it_is_over_and_before_it_begins():
    notices = [notice("lasting", ends=None), notice("coming", begins=1)]
    assert names(notices) == ["lasting", "coming"]
    assert names(notices, day=2) == ["lasting"]


def test_the_grave_come_first_and_none_comes_twice():
    notices = [notice("b"), notice("a"), notice("late", gravity=GRAVE, begins=1), notice("a")]
    assert names(notices) == ["late", "a", "b"]


def test_of_several_visits_those_to_come_here_are_left():
    gone = [ChangedVisit(visit("46013", day)) for day in (1, 8)] + [ChangedVisit(visit("46171", 8))]
    found = notice(kind=CANCELLED_VISITS, ends=9, communes=["46013", "46171"], visits=gone)
    assert found.seen(NOW).visits == tuple(gone)
    left = found.seen(NOW + timedelta(days=2), ["46013"])
    assert left.visits == (gone[1],)
    assert left.begins == gone[1].gone.starts
    assert found.seen(NOW + timedelta(days=2), ["46000"]) is None


def of_visit(kind, ends, instead, uid="a"):
    changed = ChangedVisit(visit("46013", 3), visit("46013", instead, uid))
    return notice(kind=kind, ends=ends, communes=["46013"], visits=[changed])


def test_a_visit_that_came_early_is_told_until_its_usual_day_is_over():
    assert of_visit(MOVED_VISITS, 4, 1).seen(NOW + timedelta(days=2))
    assert of_visit(MOVED_VISITS, 6, 5).seen(NOW + timedelta(days=4))
    # What is cancelled is over with its own hour, whenever the bus comes next.
    assert of_visit(CANCELLED_VISITS, 6, 5, "b").seen(NOW + timedelta(days=4)) is None

"""Dated events: a name is one event's for ever, its sequence never falls, and nothing that was told simply goes."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mobility.agenda import CANCELLED, CONFIRMED, Event, reconcile
from mobility.places import Place, Point

START = datetime(2026, 11, 30, 8, tzinfo=UTC)
BACH, LHERM = (Place(f"4600{n}", name, Point(1.5, 44.4)) for n, name in enumerate(("Bach", "Lherm")))


def event(uid="a", day=3, place=BACH, **facts):
    starts = START + timedelta(days=day)
    return Event(uid, starts, starts + timedelta(hours=3), place, START, **facts)


def told(former, planned, day=0.0):
    return {event.uid: event for event in reconcile(former, planned, START + timedelta(days=day))}


def test_what_is_new_is_confirmed_and_stays_as_it_was_told():
    first = reconcile([], [event(reason="Toussaint")], START)
    assert [(e.sequence, e.status, e.changed) for e in first] == [(0, CONFIRMED, START)]
    assert reconcile(first, [event(reason="Toussaint")], START + timedelta(days=1)) == first


def test_another_hour_or_place_is_told_under_the_same_name():
    first = reconcile([], [event()], START)
    later, elsewhere = told(first, [event(day=4)], 1)["a"], told(first, [event(place=LHERM)], 1)["a"]
    assert [e.sequence for e in (later, elsewhere)] == [1, 1]
    assert later.changed == START + timedelta(days=1)
    # Why it moved is worth telling, not worth asking people to look again.
    assert told(first, [event(reason="neige")], 1)["a"].sequence == 0


def test_what_no_longer_comes_is_cancelled_and_may_come_back():
    first = reconcile([], [event(), event("b", 5)], START)
    gone = reconcile(first, [event("b", 5)], START + timedelta(days=1))
    assert [(e.uid, e.status, e.sequence) for e in gone] == [("a", CANCELLED, 1), ("b", CONFIRMED, 0)]
    assert reconcile(gone, [event("b", 5)], START + timedelta(days=2)) == gone
    back = told(gone, [event(), event("b", 5)], 2)["a"]
    assert (back.status, back.sequence) == (CONFIRMED, 2)


def test_what_is_over_is_left_alone():
    first = reconcile([], [event()], START)
    assert reconcile(first, [], START + timedelta(days=4)) == first
    # It was never told, and it is over: nobody's agenda needs it.
    assert reconcile([], [event()], START + timedelta(days=4)) == []


def test_a_name_whose_event_is_over_goes_to_no_other():
    first = reconcile([], [event()], START)
    found = told(first, [event(day=9)], 5)
    assert found["a"] == first[0]
    assert found["a.2"].starts == START + timedelta(days=9)
    assert told(found.values(), [event(day=9)], 6) == found


PLANS = st.lists(
    st.builds(event, st.sampled_from("abcd"), st.integers(1, 12), st.sampled_from([BACH, LHERM])),
    unique_by=lambda e: e.uid, max_size=4,
)  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 3), PLANS), max_size=8))
def test_whatever_is_planned_agendas_never_lose_the_thread(steps):
    now, before = START, {}
    for days, planned in steps:
        now += timedelta(days=days)
        after = {event.uid: event for event in reconcile(before.values(), planned, now)}
        assert before.keys() <= after.keys(), "nothing that was told goes"
        for uid, former in before.items():
            found = after[uid]
            if former.ends <= now:
                assert found == former
                continue
            assert found.sequence >= former.sequence
            assert (found.sequence > former.sequence) == (found.what_matters != former.what_matters)
            assert found.changed >= former.changed
        coming = {(e.starts, e.place) for e in after.values() if e.ends > now and e.status == CONFIRMED}
        assert coming == {(e.starts, e.place) for e in planned if e.ends > now}
        again = reconcile(after.values(), planned, now + timedelta(minutes=1))
        assert again == list(after.values()), "told twice, it is the same"
        before = after


def test_events_are_in_order_of_time():
    planned = [event("b", 5), event("a", 5), event("c", 2)]
    assert [e.uid for e in reconcile([], planned, START)] == ["c", "a", "b"]

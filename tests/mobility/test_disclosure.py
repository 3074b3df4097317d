"""Small counts, attacked: who knows the rule and all that was told learns of what is hidden that it is below k."""

from collections import defaultdict
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.disclosure import DRIVERS, KINDS, MONTH, RIDERS, TRIPS, UNMET, YEAR, Kind, closed_months, told


def named(counts):
    return {str(number): count for number, count in enumerate(counts)}


def answers(counts, kind):
    """All that is told of a list of counts."""
    found = told(named(counts), kind)
    return tuple(found.counts.values()), found.total, found.at_least


@pytest.mark.parametrize(
    ("length", "k", "most"),
    [(1, 3, 5), (2, 2, 5), (2, 3, 7), (3, 2, 4), (3, 3, 6), (4, 2, 3), (4, 3, 4), (5, 2, 2), (5, 3, 3), (4, 4, 4)],
)
def test_of_every_small_list_a_hidden_count_can_be_anything_below_k(length, k, most):
    """The strongest attacker: all lists that would be told the same are thought through."""
    kind = Kind("test", k, YEAR)
    worlds = defaultdict(list)
    for counts in product(range(most + 1), repeat=length):
        worlds[answers(counts, kind)].append(counts)
    for (shown, total, _), same in worlds.items():
        for place, count in enumerate(shown):
            possible = {counts[place] for counts in same}
            assert possible == (set(range(k)) if count is None else {count})
        hidden = {sum(c for c, told_ in zip(counts, shown, strict=True) if told_ is None) for counts in same}
        assert total is None or not any(0 < number < k for number in hidden), "together they are no small count either"
    # Silence would be safe as well: where there are enough to hide among, a total is told.
    assert any(total is not None and None in shown for shown, total, _ in worlds) == (length > 2)


def test_hiding_the_small_alone_would_not_do():
    """What is prevented: a margin from which the one hidden count follows."""
    kind = Kind("test", 11, YEAR)
    assert told({"a": 40, "b": 3, "c": 25}, kind).total is None
    assert told({"a": 40, "b": 3, "c": 2}, kind).total is None
    found = told({"a": 40, "b": 3, "c": 9, "d": 5}, kind)
    assert (found.counts, found.total, found.at_least) == ({"a": 40, "b": None, "c": None, "d": None}, 57, 40)
    assert told({"a": 40, "b": 11}, kind).total == 51


@given(st.lists(st.integers(0, 40), min_size=1, max_size=20), st.data())
def test_of_any_list_there_is_another_one_told_the_same(counts, data):
    place = data.draw(st.integers(0, len(counts) - 1))
    if counts[place] >= RIDERS.k:
        return
    wanted = data.draw(st.integers(0, RIDERS.k - 1))
    other = another(counts, place, wanted, RIDERS.k, keep=answers(counts, RIDERS)[1] is not None)
    assert answers(other, RIDERS) == answers(counts, RIDERS)


def another(counts, place, wanted, k, *, keep):
    """Another list with another count in a place: with the same sum, or with one that is as little told."""
    other = list(counts)
    hidden = [number for number, count in enumerate(counts) if count < k and number != place]
    gone = wanted - counts[place] if keep else None
    other[place] = wanted
    if not keep:
        # All others none: the sum is at most k - 1, and no total is told.
        return [0 if number in hidden else count for number, count in enumerate(other)]
    for number in hidden:
        step = max(-(k - 1 - other[number]), min(gone, other[number]))
        other[number] -= step
        gone -= step
    return other


def test_a_standing_figure_told_again_and_again_tells_its_class_alone():
    """Whoever asks for k periods in a row, and knows that nobody ever leaves, still sees classes of k."""
    kind = Kind("test", 3, MONTH)
    worlds = defaultdict(list)
    for first, *more in product(range(6), range(4), range(4)):
        series = [first, first + more[0], first + more[0] + more[1]]
        worlds[tuple(kind.shown(count) for count in series)].append(series)
    for shown, same in worlds.items():
        for period, count in enumerate(shown):
            possible = {series[period] for series in same}
            if max(shown) < 6:
                assert possible == set(range(count, count + kind.k))
            assert len(possible) >= kind.k or count >= 6


def test_what_few_make_up_is_not_told():
    assert TRIPS.shown(7, 1) == 0
    assert TRIPS.shown(7, 3) == 6
    assert TRIPS.shown(5, 5) == 0
    assert TRIPS.shown(60) == UNMET.shown(60) == 0, "who stands behind it was not said"
    assert UNMET.shown(13, 9) == 12
    assert DRIVERS.shown(2) == 0
    assert len({kind.id for kind in KINDS}) == len(KINDS)


def test_figures_change_with_their_periods():
    sunday, monday = date(2026, 11, 29), date(2026, 11, 30)
    assert (TRIPS.period(sunday).name, TRIPS.period(monday).name) == ("2026-w48", "2026-w49")
    assert TRIPS.period(sunday).first == date(2026, 11, 23)
    assert TRIPS.period(date(2027, 1, 1)).name == "2026-w53"
    assert (UNMET.period(monday).name, UNMET.period(monday).first) == ("2026-11", date(2026, 11, 1))
    assert RIDERS.period(monday).name == "2026"
    assert closed_months(date(2026, 11, 30)) == (date(2025, 11, 1), date(2026, 11, 1))

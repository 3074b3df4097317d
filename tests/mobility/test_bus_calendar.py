"""The proofs of a calendar, and what they say of another one of its problem."""

from dataclasses import replace

from mobility.bus_calendar import BusCalendar, Judgement, Solution, StageProof, proofs_beside

ORDER = ("need", "weakest", "distance")
FOUND = (
    StageProof("need", 100.0, 100.0, 1.0, checked=100.0), StageProof("weakest", 0.4, 0.4, 1.0),
    StageProof("distance", 50_000.0, 50_000.0, 1.0),
)  # fmt: skip
BEST = Judgement(100.0, 200.0, 0.4, 50_000.0, 3600.0, (), {}, ())


def proven(stages, judged):
    return Solution(BusCalendar(()), proofs_beside(stages, judged, ORDER), 0.0).proven


def test_the_same_values_are_proven_again():
    told = proofs_beside(FOUND, BEST, ORDER)
    assert [(stage.objective, stage.value, stage.bound) for stage in told] == [
        (stage.objective, stage.value, stage.bound) for stage in FOUND
    ]
    assert proven(FOUND, BEST)


def test_as_much_need_by_longer_ways_is_not_proven_best():
    told = proofs_beside(FOUND, replace(BEST, distance=60_000.0), ORDER)
    assert [stage.proven for stage in told] == [True, True, False]
    assert told[-1].bound == 50_000.0


def test_less_need_is_told_alone_since_other_bounds_hold_beside_all_of_it():
    told = proofs_beside(FOUND, replace(BEST, need=90.0, weakest=0.6, distance=30_000.0), ORDER)
    assert [(stage.objective, stage.bound) for stage in told] == [("need", 100.0)]


def test_what_no_search_told_is_not_proven():
    assert not proven((), BEST)
    assert not proven(FOUND[:1], BEST)
    assert not Solution(BusCalendar(()), (), 0.0).proven

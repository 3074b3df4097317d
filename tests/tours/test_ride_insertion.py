"""One more ride goes where it lengthens a route least, of all places where the route can still be driven."""

import pytest

from mobility.ride_matching import MatchingProblem
from tests.ride_cases import tiny_day
from tours.ride_arrays import RideArrays
from tours.ride_insertion import insert_all


def shortest(case: MatchingProblem, arrays: RideArrays, shift: int, stops: tuple[int, ...], ride: int) -> float | None:
    """The least metres of a shift's route with one more ride, by trying each pair of places."""
    limits, found = arrays.limits_of(shift), []
    for i in range(len(stops) + 1):
        for j in range(i, len(stops) + 1):
            made = [*stops[:i], ride, *stops[i:j], ~ride, *stops[j:]]
            aboard, most = 0, 0
            for stop in made:
                seats = case.rides[max(stop, ~stop)].seats
                aboard += seats if stop >= 0 else -seats
                most = max(most, aboard)
            metres, seconds = arrays.lengths(shift, made)
            short = metres <= limits.most_metres + 0.5 and seconds <= limits.most_seconds + 0.5
            if short and most <= limits.seats and arrays.times(shift, made) is not None:
                found.append(metres)
    return min(found, default=None)


def test_a_ride_is_put_where_it_lengthens_a_route_least():
    put = refused = 0
    for seed in range(60):
        case = tiny_day(seed)
        arrays = RideArrays(case)
        state = insert_all(arrays, [])
        for shift, stops in state.stops.items():
            for ride in range(len(case.rides)):
                if ride in stops or len(stops) // 2 >= case.shifts[shift].most_rides:
                    continue
                fit = state._fit(shift, stops, ride)
                least = shortest(case, arrays, shift, stops, ride)
                assert (fit is None) == (least is None), seed
                if fit and least:
                    assert arrays.lengths(shift, fit.stops)[0] == pytest.approx(least), seed
                    assert fit.added == pytest.approx(least - arrays.lengths(shift, stops)[0]), seed
                put, refused = put + (fit is not None), refused + (fit is None)
    assert put > 20
    assert refused > 20

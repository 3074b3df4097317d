"""Seeded days of shared vans: ordinary, where the driver's day binds, and with wide windows."""

import numpy as np

from mobility.dial_a_ride import DialARideProblem


def van_day(
    seed: int, requests: int, vehicles: int, *, width: float = 15.0, longest_route: float = 480.0, seats: int = 3,
    horizon: float = 960.0, longest_ride: float = 30.0, side: float = 10.0, most_load: int = 1,
) -> DialARideProblem:  # fmt: skip
    """Requests drawn over a square round the depot, half with a window of ``width`` minutes at the set-down."""
    rng = np.random.default_rng(seed)
    n, size = requests, 2 * requests + 1
    points = rng.uniform(-side, side, (size, 2))
    points[0] = 0.0
    travel = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    opens, closes = np.zeros(size), np.full(size, horizon)
    begin = rng.uniform(60.0, horizon - 60.0 - width, n)
    tight = np.where(rng.random(n) < 0.5, np.arange(1, n + 1), np.arange(n + 1, 2 * n + 1))
    opens[tight], closes[tight] = begin, begin + width
    loads = rng.integers(1, most_load + 1, n)
    service = np.concatenate([[0.0], np.full(2 * n, 3.0)])
    return DialARideProblem(
        vehicles, seats, longest_ride, longest_route, service, np.concatenate([[0], loads, -loads]), opens, closes,
        travel, travel,
    )  # fmt: skip

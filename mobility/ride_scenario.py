"""Made-up offers and requests, the same for the same seed: for examples, tests and measurements. Roles, no people."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mobility.clock import HOUR, MINUTE
from mobility.places import Place, great_circle
from mobility.rides import ABILITIES, DOOR_HELP, ERRANDS, ONCE, VOLUNTEER, WHEELCHAIR, RideOffer, RideRequest

FAR = 80_000.0
"""Metres beyond which nobody asks to be driven."""


@dataclass(frozen=True)
class ScenarioShape:
    """What a scenario is like; the defaults are an ordinary rural week.

    ``volunteers`` is the share of drivers who offer half-days (the others share a trip of their own); ``back`` the
    share of requests with a way home; ``to_towns`` the share that go to a town; ``mean`` the usual metres of a way in a
    straight line; ``reach`` the choices of a volunteer's longest drive in metres; ``helped`` the share of riders with a
    wish, and of volunteers who can meet it.
    """

    volunteers: float = 0.4
    back: float = 0.86
    to_towns: float = 0.7
    mean: float = 16_000.0
    reach: tuple[float, ...] = (40_000.0, 60_000.0, 80_000.0, 100_000.0)
    helped: float = 0.1
    seats: tuple[int, ...] = (2, 3, 3, 4)
    detour: tuple[float, ...] = (10.0 * MINUTE, 15.0 * MINUTE, 20.0 * MINUTE)


@dataclass(frozen=True)
class Scenario:
    """Offers and requests with drivers and riders named by numbers."""

    offers: tuple[RideOffer, ...]
    requests: tuple[RideRequest, ...]


def make_scenario(
    homes: Sequence[tuple[Place, float]], towns: Sequence[Place], days: Sequence[date], *, drivers: int, requests: int,
    seed: int, shape: ScenarioShape | None = None,
) -> Scenario:  # fmt: skip
    """Return a scenario over some days: people live in ``homes`` (place, weight) and go to ``towns`` or each other."""
    made = _Maker(homes, towns, shape or ScenarioShape(), random.Random(seed))
    return Scenario(
        tuple(made.offer(f"driver-{i}", f"offer-{i}", days) for i in range(drivers)),
        tuple(made.request(f"rider-{i}", f"request-{i}", days) for i in range(requests)),
    )


class _Maker:
    def __init__(
        self, homes: Sequence[tuple[Place, float]], towns: Sequence[Place], shape: ScenarioShape, rng: random.Random
    ) -> None:
        self.places = [place for place, _ in homes]
        self.weights = [weight for _, weight in homes]
        self.towns = list(towns)
        self.shape = shape
        self.rng = rng

    def home(self) -> Place:
        return self.rng.choices(self.places, self.weights)[0]

    def goal(self, origin: Place) -> Place:
        """Return where someone goes: a way of about the usual length is the likeliest."""
        choices = self.towns if self.rng.random() < self.shape.to_towns else self.places
        others = [place for place in choices if place.point != origin.point] or [
            place for place in self.places if place.point != origin.point
        ]
        lengths = [great_circle(origin.point, place.point) for place in others]
        usual = self.shape.mean
        weights = [1e-9 if length > FAR else 1 / (1 + ((length - usual) / (0.3 * usual)) ** 2) for length in lengths]
        return self.rng.choices(others, weights)[0]

    def quarter(self, first: float, last: float) -> int:
        return int(self.rng.randint(int(first * 4), int(last * 4)) * 15 * MINUTE)

    def offer(self, driver: str, identifier: str, days: Sequence[date]) -> RideOffer:
        rng, shape = self.rng, self.shape
        home = self.home()
        seats = rng.choice(shape.seats)
        day = rng.choice(list(days))
        if rng.random() < shape.volunteers:
            opens = rng.choice([8 * HOUR, 13 * HOUR + 30 * MINUTE])
            able = frozenset(a for a in ABILITIES if rng.random() < 3 * shape.helped)
            return RideOffer(
                identifier, driver, VOLUNTEER, home, home, opens, opens + 4 * HOUR + 30 * MINUTE,
                frozenset({day.isoweekday()}), None, seats, able, rng.choice(shape.reach),
            )  # fmt: skip
        out = rng.random() < 0.5
        goal = self.goal(home)
        start, end = (home, goal) if out else (goal, home)
        leaves = self.quarter(7, 9.5) if out else self.quarter(16, 18.5)
        return RideOffer(
            identifier, driver, ONCE, start, end, leaves, leaves + HOUR, frozenset(), day, seats,
            detour=rng.choice(shape.detour),
        )  # fmt: skip

    def request(self, rider: str, identifier: str, days: Sequence[date]) -> RideRequest:
        rng = self.rng
        home = self.home()
        arrive = self.quarter(8.5, 16)
        back = arrive + rng.choice([60, 75, 90, 120, 150]) * MINUTE if rng.random() < self.shape.back else None
        wishes = frozenset({rng.choice([WHEELCHAIR, DOOR_HELP])}) if rng.random() < self.shape.helped else frozenset()
        return RideRequest(
            identifier, rider, rng.choice(list(days)), home, self.goal(home), arrive, None, back,
            int(rng.random() < 0.15), wishes, rng.choice(ERRANDS), "residence",
        )  # fmt: skip

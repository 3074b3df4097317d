"""How much a place needs the bus to come: people, weighed by vulnerability and by remoteness.

need = people x vulnerability x remoteness x transit, and nothing in a pole. Every factor is kept beside the result, so
that a planner can see on the map why one place outweighs another. ``docs/method.md`` gives the reasons.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mobility.access import WORKING_DAYS
from mobility.clock import MINUTE
from mobility.errors import MobilityError
from mobility.territory import COUNTER, Commune, Settlement, Territory
from mobility.travel import Roads, covered

VULNERABILITY_WEIGHTS = {"carless": 0.5, "living_standard": 0.25, "unemployment": 0.25}
"""Shares of the three signs in vulnerability: a choice of the project (half for what keeps people from moving)."""
VULNERABILITY_BOUNDS = (0.25, 3.0)
"""A sign counts between a quarter of and three times the territory's mean: figures of hamlets are noisy."""


@dataclass(frozen=True)
class NeedSettings:
    """What matters to the planner.

    ``count`` is "people" (each resident counts) or "communes" (each commune counts as one, shared between its
    places). Remoteness is 0 at ``near`` seconds by car from the nearest fixed counter and 1 from ``far`` on.
    ``vulnerability`` (0 to 1) says how strongly the social signs weigh. ``transit`` (0 to 1) is taken off the need of a
    place from which one goes to a counter and back without a car on each of the five working days, and less in
    proportion where that is on fewer days.
    """

    count: str = "people"
    near: float = 8 * MINUTE
    far: float = 20 * MINUTE
    vulnerability: float = 1.0
    transit: float = 0.5

    def __post_init__(self) -> None:
        if self.count not in {"people", "communes"}:
            raise ValueError("count must be 'people' or 'communes'")
        if not 0 <= self.near < self.far:
            raise ValueError("near must be shorter than far")
        if not (0 <= self.vulnerability <= 1 and 0 <= self.transit <= 1):
            raise ValueError("vulnerability and transit are shares between 0 and 1")


PRESETS = {
    "isolated-first": NeedSettings(),
    "most-people": NeedSettings(near=5 * MINUTE, far=8 * MINUTE, vulnerability=0.0, transit=0.0),
    "equal-communes": NeedSettings(count="communes", near=5 * MINUTE, far=10 * MINUTE, vulnerability=0.0, transit=0.0),
}
"""Settings that a planner recognises; the first is the default."""
DEFAULT_PRESET = "isolated-first"


@dataclass(frozen=True)
class Intent:
    """What a planner wants: a preset, with settings that may depart from it."""

    preset: str
    settings: NeedSettings

    @property
    def adjusted(self) -> bool:
        """Tell whether the settings depart from the preset."""
        return self.settings != PRESETS[self.preset]


def intend(preset: str = DEFAULT_PRESET, **changes: float | None) -> Intent:
    """Return a preset with some settings changed (names of :class:`NeedSettings`; None changes nothing)."""
    if preset not in PRESETS:
        raise MobilityError(
            "unknown-preset", f"no preset '{preset}'; use {', '.join(PRESETS)}", field="preset", value=preset
        )
    chosen = {name: value for name, value in changes.items() if value is not None}
    try:
        return Intent(preset, replace(PRESETS[preset], **chosen))  # type: ignore[arg-type]
    except ValueError as error:
        raise MobilityError("bad-need", str(error), field="need", reason=str(error)) from None


ASKED_WEIGHT = 5.0
"""Persons for whom one unmet request to reach an office stands: most do not ask. An assumption of the project."""


@dataclass(frozen=True)
class Need:
    """The need of one settlement and the factors that make it.

    ``people`` is a number of residents (or the equal share of a commune), the other factors multiply it.
    ``counter_seconds`` is the drive to the nearest fixed counter, ``counter`` its place's name. ``asked`` adds those
    who asked to be driven to an office and could not be, each counted ``ASKED_WEIGHT`` times.
    """

    settlement: Settlement
    people: float
    vulnerability: float
    remoteness: float
    transit: float
    pole: bool
    counter: str
    counter_seconds: float
    estimated: bool
    asked: float = 0.0

    @property
    def value(self) -> float:
        """Return the need, in persons."""
        return 0.0 if self.pole else self.people * self.vulnerability * self.remoteness * self.transit + self.asked


def ramp(value: float, low: float, high: float) -> float:
    """Return 0 up to ``low``, 1 from ``high`` on, and a straight line between."""
    return min(1.0, max(0.0, (value - low) / (high - low)))


def assess_need(
    territory: Territory, roads: Roads, settings: NeedSettings, *, counter_days: Mapping[str, float] | None = None,
    asked: Mapping[str, int] | None = None,
) -> tuple[Need, ...]:  # fmt: skip
    """Compute the need of every settlement of a territory.

    Travel is by car, from the settlement to the counters. ``counter_days`` tells, by settlement, on how many days a
    week one can go to a counter and come back without a car (:mod:`mobility.access`; none where it is silent).
    ``asked`` tells, by commune, how many asked to be driven to an office and were not; they count at its chief town. A
    figure that is not published counts as the territory's mean and marks the need as estimated.
    """
    places = [settlement.place for settlement in territory.settlements]
    # An extract may end before the farthest of them.
    counters = covered(roads, [service.place for service in territory.services_of_kind(COUNTER)])
    to_counters = roads.travel_times(places, counters, "car")
    vulnerability = _vulnerabilities(territory)
    inhabited = [s for s in territory.settlements if s.commune not in territory.poles]
    mean_commune = sum(s.population for s in inhabited) / max(1, len({s.commune for s in inhabited}))
    needs = []
    for row, settlement in enumerate(territory.settlements):
        commune = territory.by_insee[settlement.commune]
        people = settlement.population
        if settings.count == "communes":
            people = mean_commune * settlement.population / max(1, commune.population)
        column = int(to_counters.seconds[row].argmin()) if counters else -1
        nearest = float(to_counters.seconds[row, column]) if counters else float("inf")
        days = min((counter_days or {}).get(settlement.id, 0.0), WORKING_DAYS)
        sign, published = vulnerability[settlement.commune]
        needs.append(
            Need(
                settlement=settlement,
                people=people,
                vulnerability=1 + settings.vulnerability * (sign - 1),
                remoteness=ramp(nearest, settings.near, settings.far),
                transit=1 - settings.transit * days / WORKING_DAYS,
                pole=settlement.commune in territory.poles,
                counter=counters[column].name if counters else "",
                counter_seconds=nearest,
                estimated=not published,
                asked=ASKED_WEIGHT * float((asked or {}).get(settlement.id, 0)),
            )
        )
    return tuple(needs)


def _vulnerabilities(territory: Territory) -> dict[str, tuple[float, bool]]:
    """Return for each commune the weighted mean of its signs (1 is the territory's mean) and whether all are known."""
    outside = [c for c in territory.communes if c.insee not in territory.poles] or list(territory.communes)
    carless = _mean(outside, [c.carless_share for c in outside])
    living = _mean(outside, [c.living_standard for c in outside])
    unemployed = _mean(outside, [c.unemployment for c in outside])
    result = {}
    for commune in territory.communes:
        signs = {
            "carless": _ratio(commune.carless_share, carless),
            "living_standard": _ratio(living, commune.living_standard),
            "unemployment": _ratio(commune.unemployment, unemployed),
        }
        total = sum(VULNERABILITY_WEIGHTS[name] * (1.0 if s is None else s) for name, s in signs.items())
        result[commune.insee] = (total, None not in signs.values())
    return result


def _mean(communes: Sequence[Commune], values: Iterable[float | None]) -> float | None:
    known = [(c.population, value) for c, value in zip(communes, values, strict=True) if value is not None]
    people = sum(population for population, _ in known)
    return sum(population * value for population, value in known) / people if people else None


def _ratio(value: float | None, reference: float | None) -> float | None:
    if value is None or not reference:
        return None
    low, high = VULNERABILITY_BOUNDS
    return min(high, max(low, value / reference)) if reference else None

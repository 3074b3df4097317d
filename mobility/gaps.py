"""The gaps of a territory as a value: what each place reaches without a car, beside the usual indicators."""

from dataclasses import dataclass

from mobility.access import Access, Share, shares
from mobility.places import Place


@dataclass(frozen=True)
class Indicators:
    """The usual indicators of a place: minutes by car to each errand, departures in walk, Swiss class, counter hours.

    ``counter_hours`` is the supply of opening hours a week per 1,000 people (two-step floating catchment).
    """

    minutes: dict[str, float]
    departures: int
    swiss: str
    counter_hours: float

    @property
    def basket(self) -> float:
        """Return the mean of the minutes by car to the whole basket of errands."""
        return sum(self.minutes.values()) / len(self.minutes) if self.minutes else float("inf")


@dataclass(frozen=True)
class Home:
    """A place whose access is studied, with its commune, area (EPCI) and people (0 for a plain road junction)."""

    place: Place
    commune: str
    area: str
    people: float


@dataclass(frozen=True)
class GapStudy:
    """Everything about the gaps; ``layers`` are those that add something here."""

    stamp: str
    homes: tuple[Home, ...]
    layers: tuple[str, ...]
    accesses: tuple[Access, ...]
    indicators: dict[str, Indicators]
    services: dict[str, str]

    def shares(self) -> list[Share]:
        """Return the people of each class by area, errand and layer."""
        inhabited = {home.place.id: home for home in self.homes if home.people > 0}
        return shares(
            [access for access in self.accesses if access.place in inhabited],
            {name: home.people for name, home in inhabited.items()},
            {name: home.area for name, home in inhabited.items()},
        )

    def at(self, place: str, errand: str, layer: str | None = None) -> Access:
        """Return what a place has for an errand, up to a layer (all of them by default)."""
        wanted = layer or self.layers[-1]
        return next(a for a in self.accesses if (a.place, a.errand, a.layer) == (place, errand, wanted))

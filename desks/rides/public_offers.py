"""What everybody may see of the offers: communes and lines that enough people make up, as they were this week."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from data.example_records import any_example, example_persons
from data.ride_records import active_offers
from data.ride_report import yearly_figures
from desks.ground import Ground
from desks.released import Released
from desks.rides.desk import RideDesk
from mobility.clock import HOUR
from mobility.disclosure import DRIVERS, RIDERS, TRIPS, told
from mobility.ride_rules import Criterion
from mobility.rides import REGULAR, RideOffer

HALF_DAYS = ((5 * HOUR, 12 * HOUR), (12 * HOUR, 21 * HOUR))
"""From when to when the departures of a line are told, whoever drives: an hour of its own would be one driver's."""


@dataclass(frozen=True)
class PublicLine:
    """Regular trips from a commune to another in one of the ``HALF_DAYS``, by enough drivers on each ISO weekday.

    How many they are would tell how many there are on the days that are not told.
    """

    start: str
    end: str
    weekdays: tuple[int, ...]
    opens: int
    closes: int


@dataclass(frozen=True)
class PublicOffers:
    """The communes from which enough trips are offered, and lines; no total: those left out would follow from it."""

    communes: tuple[str, ...]
    lines: tuple[PublicLine, ...]

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Return from where to where the lines go, each once."""
        return tuple(dict.fromkeys((line.start, line.end) for line in self.lines))


NOTHING_TOLD = PublicOffers((), ())


@dataclass(frozen=True)
class PublicRides:
    """What everybody may see of rides: told once a period, whatever changes meanwhile."""

    desk: RideDesk
    released: Released

    def offers(self) -> PublicOffers:
        """Return this week's view of the offers, the example's left out."""
        return _parsed(self.released.now(TRIPS, lambda _: asdict(public_offers(self.desk.ground, self._offers()))))

    def example(self) -> PublicOffers | None:
        """Return the view of the example's offers alone, where there are any: they are of nobody, and wait for none."""
        with self.desk.store.reading() as tx:
            if not any_example(tx):
                return None
        return public_offers(self.desk.ground, self._offers(example=True))

    def year(self, year: int) -> dict[str, Any] | None:
        """Return what may be told of a year of volunteer transport once it is over; None before, or with the example.

        The example's people would be counted in it, and everyone knows how many they are.
        """
        with self.desk.store.reading() as tx:
            if year >= self.released.today().year or any_example(tx):
                return None
            figures = yearly_figures(tx, year)
        return self.released.once(RIDERS, str(year), lambda: public_year(figures, self.desk.rules.criteria))

    def _offers(self, *, example: bool = False) -> list[RideOffer]:
        with self.desk.store.reading() as tx:
            invented = example_persons(tx)
            return [offer for offer in active_offers(tx) if (offer.driver in invented) == example]


def public_offers(ground: Ground, offers: Sequence[RideOffer]) -> PublicOffers:
    """Return what may be told of offers; a trip made once is no trip a week."""
    at = ground.communes.at
    starts: dict[str, list[RideOffer]] = defaultdict(list)
    pairs: dict[tuple[str, str], list[RideOffer]] = defaultdict(list)
    for offer in offers:
        origin = at(offer.origin.point) or ""
        if not origin or not offer.weekdays:
            continue
        starts[origin].append(offer)
        destination = at(offer.destination.point) or ""
        if offer.kind == REGULAR and destination and origin != destination:
            pairs[origin, destination].append(offer)
    lines = [line for (start, end), own in pairs.items() for line in _lines(start, end, own)]
    return PublicOffers(
        tuple(sorted(insee for insee, own in starts.items() if _enough(own))),
        tuple(sorted(lines, key=lambda line: (line.start, line.end, line.opens))),
    )


def _enough(offers: Sequence[RideOffer]) -> bool:
    """Tell whether offers are enough trips a week, of enough drivers, to be told."""
    return TRIPS.shown(sum(len(offer.weekdays) for offer in offers), len({offer.driver for offer in offers})) > 0


def _lines(start: str, end: str, offers: Sequence[RideOffer]) -> list[PublicLine]:
    """Return a line as it may be told, half-day by half-day; a weekday on which few drive then is none of its days."""
    if not _enough(offers):
        return []
    told = []
    for opens, closes in HALF_DAYS:
        own = [offer for offer in offers if opens <= offer.opens < closes]
        drivers = {day: {offer.driver for offer in own if day in offer.weekdays} for day in range(1, 8)}
        days = tuple(day for day, known in drivers.items() if DRIVERS.shown(len(known)))
        if days:
            told.append(PublicLine(start, end, days, opens, closes))
    return told


def public_year(figures: Mapping[str, Any], criteria: Sequence[Criterion]) -> dict[str, Any]:
    """Return what may be told of a year's figures, by every criterion of the law: nobody is also few."""
    riders = told({known.id: figures["beneficiaries"].get(known.id, 0) for known in criteria}, RIDERS)
    return {
        "year": figures["year"], "drivers": DRIVERS.shown(figures["drivers"]),
        "trips": TRIPS.shown(figures["trips"], figures["drivers"]), "beneficiaries": dict(riders.counts),
        "total": riders.total, "at_least": riders.at_least,
    }  # fmt: skip


def _parsed(document: Mapping[str, Any]) -> PublicOffers:
    lines = [PublicLine(**{**line, "weekdays": tuple(line["weekdays"])}) for line in document["lines"]]
    return PublicOffers(tuple(document["communes"]), tuple(lines))

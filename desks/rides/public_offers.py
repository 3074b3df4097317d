"""What everybody may see of the offers: communes only, and no pair of communes with fewer than six trips a week."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from desks.ground import Ground
from mobility.rides import VOLUNTEER, RideOffer

FEWEST = 6
"""Trips a week between two communes below which nothing is shown: fewer could point at one person."""


@dataclass(frozen=True)
class PublicOffers:
    """Offers by commune as a level (0 to 3), and the pairs of communes with enough trips a week."""

    levels: dict[str, int]
    pairs: tuple[tuple[str, str, int], ...]
    drivers: int


def public_offers(ground: Ground, offers: Sequence[RideOffer]) -> PublicOffers:
    """Return the public view of offers."""
    at = ground.communes.at
    starts: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for offer in offers:
        origin = at(offer.origin.point) or ""
        starts[origin] += 1
        if offer.kind != VOLUNTEER:
            destination = at(offer.destination.point) or ""
            if origin and destination and origin != destination:
                pairs[origin, destination] += max(1, len(offer.weekdays))
    shown = [(a, b, count) for (a, b), count in pairs.items() if count >= FEWEST]
    return PublicOffers(
        {insee: 1 if count < 3 else 2 if count < FEWEST else 3 for insee, count in starts.items() if insee},
        tuple(sorted(shown, key=lambda pair: (-pair[2], pair[0], pair[1]))), len({offer.driver for offer in offers}),
    )  # fmt: skip

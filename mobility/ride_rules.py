"""The rules of volunteer transport (transport d'utilité sociale), and how it is told from ordinary carpooling."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mobility.rides import VOLUNTEER, RideOffer, RideRequest
from mobility.territory import Territory

RESIDENCE = "residence"


@dataclass(frozen=True)
class VolunteerRules:
    """What the law sets, from a day on: metres of a journey, euros a kilometre from home and back, people in a car."""

    since: date
    longest_journey: float
    euros_per_km: float
    most_people: int
    urban_unit_limit: int
    source: str


@dataclass(frozen=True)
class Criterion:
    """A way to be eligible; ``proof`` says what shows it (empty: the address does)."""

    id: str
    words: str
    proof: str = ""


@dataclass(frozen=True)
class TransportRules:
    """All the rules with their dates; ``carpool_source`` is the law on shared costs."""

    volunteer: tuple[VolunteerRules, ...]
    criteria: tuple[Criterion, ...]
    carpool_source: str

    def on(self, day: date) -> VolunteerRules:
        """Return the rules in force on a day (the first known for days before)."""
        begun = [rules for rules in self.volunteer if rules.since <= day]
        return max(begun, key=lambda rules: rules.since) if begun else self.volunteer[0]


def residence_eligible(commune: str, territory: Territory) -> bool:
    """Tell whether living in a commune is enough: rural, or in an urban unit below the limit."""
    return commune in territory.by_insee and commune not in territory.large_urban


def eligible(request: RideRequest, commune: str, territory: Territory) -> bool:
    """Tell whether a rider who lives in ``commune`` may be driven under volunteer transport.

    A criterion other than residence counts once its proof was seen.
    """
    if request.criterion in {"", RESIDENCE}:
        return residence_eligible(commune, territory)
    return bool(request.proof)


def participation(metres: float, rules: VolunteerRules) -> float:
    """Return the most that a rider may be asked to take part in the costs, in euros, rounded down to the cent."""
    return int(metres / 1000 * rules.euros_per_km * 100 + 1e-6) / 100


def is_volunteer_transport(offer: RideOffer) -> bool:
    """Tell volunteer transport from carpooling: the volunteer drives for the rider, not on a trip of their own."""
    return offer.kind == VOLUNTEER


def broken_rules(
    offer: RideOffer, riders: int, metres: float, asked: float, share: float, rules: VolunteerRules, *, eligible: bool
) -> Sequence[str]:
    """Return the codes of the rules that one ride would break.

    ``metres`` is the rider's way, ``share`` the metres of the drive from home and back that they answer for, ``asked``
    the euros asked of them.
    """
    broken = []
    if riders + 1 > rules.most_people:
        broken.append("too-many-people")
    if not is_volunteer_transport(offer):
        return broken
    if metres > rules.longest_journey:
        broken.append("journey-long")
    if asked > participation(share, rules) + 0.005:
        broken.append("participation-high")
    if not eligible:
        broken.append("not-eligible")
    return broken

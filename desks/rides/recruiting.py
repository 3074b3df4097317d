"""Where to look for a driver: the commune and half-day, or the known driver, that would serve the most people."""

from dataclasses import dataclass, replace
from datetime import date

from desks.rides.day_state import DayState
from desks.rides.desk import RideDesk
from mobility.clock import HOUR, MINUTE
from mobility.ride_matching import Shift
from mobility.rides import UNMET, VOLUNTEER, WAITING
from mobility.travel import Progress, no_progress
from tours.recruit import best_recruits
from tours.ride_packing import pack_rides

HALF_DAYS = {"morning": (8 * HOUR, 12 * HOUR + 30 * MINUTE), "afternoon": (13 * HOUR + 30 * MINUTE, 18 * HOUR)}
REACH = 80_000.0
MORE_REACH = 15_000.0
"""Metres more that a known volunteer could be asked to drive."""


@dataclass(frozen=True)
class Recruit:
    """A driver to look for in a commune on a half-day (``offer`` empty), or a known one to ask one more thing.

    ``ask`` is "new", "half-day" or "reach"; ``requests`` are those that would be served.
    """

    ask: str
    commune: str
    weekday: int
    session: str
    offer: str
    requests: tuple[str, ...]


def recruits(
    desk: RideDesk, days: list[date], *, progress: Progress = no_progress
) -> tuple[list[Recruit], list[Recruit]]:
    """Return new drivers to look for, and known ones to ask, the most helpful first; found by solving again."""
    with desk.store.reading() as tx:
        state = desk.state(tx, days, (WAITING, UNMET))
        driver_homes = {offer.id: offer for offer, _ in state.day.shifts.values() if offer.kind == VOLUNTEER}
    packing = pack_rides(state.day.problem, limit=20.0)
    homes = {
        f"{commune.insee}": desk.ground.territory.settlements_by_id[commune.insee].place
        for commune in desk.ground.territory.communes
    }
    known = list(state.day.problem.travel.origins)
    travel = desk.travel.times([*_places(state), *homes.values()])
    problem = replace(state.day.problem, travel=travel)
    if not known:
        return [], []
    new: dict[str, list[Shift]] = {}
    for insee, home in homes.items():
        for session, (opens, closes) in HALF_DAYS.items():
            for weekday in sorted({day.isoweekday() for day in days}):
                new[f"{insee}/{weekday}/{session}"] = [
                    Shift(
                        f"new-{insee}-{day}-{session}", "new", home.id, home.id, _at(state, day) + opens,
                        _at(state, day) + closes, 3, longest=REACH,
                    )
                    for day in days if day.isoweekday() == weekday
                ]  # fmt: skip
    found = best_recruits(problem, packing, new, progress=progress)
    fresh = [_recruit("new", gain.candidate, "", gain.requests) for gain in found]
    more: dict[str, list[Shift]] = {}
    for offer in driver_homes.values():
        insee = desk.ground.communes.at(offer.origin.point) or ""
        for weekday in sorted({day.isoweekday() for day in days} - set(offer.weekdays)):
            for session, (opens, closes) in HALF_DAYS.items():
                more[f"{insee}/{weekday}/{session}/half-day/{offer.id}"] = [
                    Shift(
                        f"more-{offer.id}-{day}-{session}", offer.driver, offer.origin.id, offer.origin.id,
                        _at(state, day) + opens, _at(state, day) + closes, offer.seats, offer.abilities,
                        longest=offer.reach,
                    )
                    for day in days if day.isoweekday() == weekday
                ]  # fmt: skip
        more[f"{insee}/0/any/reach/{offer.id}"] = [
            replace(shift, id=f"far-{shift.id}", longest=shift.longest + MORE_REACH)
            for shift in problem.shifts if shift.id.startswith(f"{offer.id}@")
        ]  # fmt: skip
    asked = best_recruits(problem, packing, more, progress=progress)
    return fresh, [_recruit(*_told(gain.candidate), gain.requests) for gain in asked]


def _told(candidate: str) -> tuple[str, str, str]:
    commune, weekday, session, ask, offer = candidate.split("/")
    return ask, f"{commune}/{weekday}/{session}", offer


def _recruit(ask: str, candidate: str, offer: str, requests: tuple[str, ...]) -> Recruit:
    commune, weekday, session = candidate.split("/")
    return Recruit(ask, commune, int(weekday), session, offer, requests)


def _at(state: DayState, day: date) -> float:
    return float((day - state.day.first).days * 86_400)


def _places(state: DayState) -> list:  # type: ignore[type-arg]
    offers = [offer for offer, _ in state.day.shifts.values()]
    asked = [request for request, _ in state.day.rides.values()]
    return [p for o in offers for p in (o.origin, o.destination)] + [
        p for r in asked for p in (r.origin, r.destination)
    ]

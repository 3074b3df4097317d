"""Honest fakes: straight roads, and tiny problems that are easy to understand."""

from collections.abc import Sequence

import numpy as np

from mobility.places import Place, Point, great_circle
from mobility.problem import (
    Bus,
    CalendarProblem,
    CalendarRules,
    Coverage,
    CrewRules,
    ResidentGroup,
    Session,
    Stop,
)
from mobility.travel import Path, TravelTimes

MORNING, AFTERNOON = (9 * 3600 + 900, 12 * 3600 + 1800), (14 * 3600, 17 * 3600 + 900)


class CrowFlyRoads:
    """Roads straight as the crow flies, driven at 60 km/h by any vehicle."""

    def travel_times(
        self, origins: Sequence[Place], destinations: Sequence[Place], profile: str, *, limit: float = float("inf")
    ) -> TravelTimes:
        metres = np.array([[great_circle(a.point, b.point) for b in destinations] for a in origins], dtype=np.float32)
        metres[metres / (60 / 3.6) > limit] = np.inf
        return TravelTimes(
            tuple(p.id for p in origins),
            tuple(p.id for p in destinations),
            (metres / (60 / 3.6)).astype(np.float32),
            metres,
            np.zeros(metres.shape, dtype=bool),
        )

    def drawn(self):
        return ()

    def covers(self, places: Sequence[Place]) -> list[bool]:
        return [True] * len(places)

    def path(self, origin: Place, destination: Place, profile: str) -> Path:
        metres = great_circle(origin.point, destination.point)
        return Path(metres / (60 / 3.6), metres, (origin.point, destination.point), (("crow", metres),))


def session(weekday: int, name: str) -> Session:
    opens, closes = MORNING if name == "morning" else AFTERNOON
    return Session(weekday, name, opens, closes)


def village(number: int, east_km: float, north_km: float) -> Place:
    """A village so many kilometres east and north of the depot at 1.44, 44.45."""
    lon = 1.44 + east_km / 79.4
    return Place(f"v{number}", f"Village {number}", Point(lon, 44.45 + north_km / 111.2))


def tiny_problem(
    positions: Sequence[tuple[float, float]],
    needs: Sequence[float],
    *,
    areas: Sequence[str] | None = None,
    sessions: Sequence[Session] = (session(2, "morning"), session(2, "afternoon"), session(4, "afternoon")),
    buses: Sequence[Bus] | None = None,
    cycle_weeks: int = 2,
    closed: dict[int, set[tuple[int, str]]] | None = None,
    rules: CalendarRules | None = None,
    coverage: Coverage | None = None,
) -> CalendarProblem:
    """A problem with one village, stop and resident group at each position (km east and north of the depot)."""
    roads = CrowFlyRoads()
    places = [village(number, *position) for number, position in enumerate(positions)]
    areas = areas or ["a"] * len(places)
    buses = tuple(buses or (Bus("bus-1", Place("depot", "Depot", Point(1.44, 44.45))),))
    depots = list({bus.depot.id: bus.depot for bus in buses}.values())
    return CalendarProblem(
        territory="tiny",
        cycle_weeks=cycle_weeks,
        buses=buses,
        sessions=tuple(sessions),
        crew=CrewRules(),
        stops=tuple(
            Stop(place, place.id, area, "square", frozenset((closed or {}).get(number, ())))
            for number, (place, area) in enumerate(zip(places, areas, strict=True))
        ),
        groups=tuple(
            ResidentGroup(place, place.id, area, need, need)
            for place, area, need in zip(places, areas, needs, strict=True)
        ),
        drive=roads.travel_times([*depots, *places], [*depots, *places], "bus"),
        access=roads.travel_times(places, places, "car"),
        coverage=coverage or Coverage(),
        rules=rules or CalendarRules(area_floor=0),
    )

"""What a planner states of the bus, by the form or by a command: one rule and one set of limits for both doors."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mobility.bus_service import BusService
from mobility.errors import Faults, MobilityError, out_of_range
from mobility.places import Place
from mobility.problem import Bus, Position

MOST_BUSES, MOST_VISITS, MOST_FLOOR, MOST_CHANGES = 50, 10, 20, 200
"""The most buses, visits a cycle at one stop, visits asked for in each area, and changes of the calendar in force."""
MOST_TOLERANCE = 0.5
MOST_NEAR, LEAST_FAR, MOST_FAR = 60, 1, 120
"""Minutes by car to a counter: up to which at most nobody is in need, and between which need may become whole."""


@dataclass(frozen=True)
class Stated:
    """What is stated; None leaves what the territory's service says. Hours are seconds of the day."""

    buses: int | None = None
    depot: Place | None = None
    crew_start: int | None = None
    crew_end: int | None = None
    max_visits: int | None = None
    area_floor: int | None = None
    locks: tuple[Position, ...] = ()
    bans: tuple[Position, ...] = ()
    tolerance: float | None = None

    def __post_init__(self) -> None:
        with Faults() as faults:
            for name, value, low, high in (
                ("buses", self.buses, 1, MOST_BUSES),
                ("max_visits", self.max_visits, 1, MOST_VISITS),
                ("area_floor", self.area_floor, 0, MOST_FLOOR),
                ("tolerance", self.tolerance, 0, MOST_TOLERANCE),
            ):
                if value is not None and not low <= value <= high:
                    faults.add(out_of_range(value, low, high, field=name))


def state_service(service: BusService, stated: Stated) -> BusService:
    """Return the territory's service with what is stated changed."""
    if not service.buses:
        raise MobilityError("nothing-to-plan", "there are no buses to plan with", field="buses", what="buses")
    rules = replace(
        service.rules,
        locks=stated.locks,
        bans=stated.bans,
        max_visits=service.rules.max_visits if stated.max_visits is None else stated.max_visits,
        area_floor=service.rules.area_floor if stated.area_floor is None else stated.area_floor,
    )
    tolerance = service.tolerance if stated.tolerance is None else stated.tolerance
    return replace(service, buses=_fleet(service.buses, stated), rules=rules, tolerance=tolerance)


def _fleet(buses: Sequence[Bus], stated: Stated) -> tuple[Bus, ...]:
    """Return the fleet: each bus keeps its own depot and hours unless others are stated; new ones copy the first."""
    count = len(buses) if stated.buses is None else stated.buses
    kept, known = list(buses[:count]), {bus.id for bus in buses}
    fresh = (f"bus-{number}" for number in range(1, MOST_BUSES + len(known) + 1) if f"bus-{number}" not in known)
    kept += [replace(buses[0], id=next(fresh)) for _ in range(count - len(kept))]
    return tuple(_changed(bus, stated) for bus in kept)


def _changed(bus: Bus, stated: Stated) -> Bus:
    try:
        return replace(
            bus,
            depot=stated.depot or bus.depot,
            crew_start=bus.crew_start if stated.crew_start is None else stated.crew_start,
            crew_end=bus.crew_end if stated.crew_end is None else stated.crew_end,
        )
    except ValueError as error:
        raise MobilityError("bad-crew-hours", str(error), field="crew hours") from None

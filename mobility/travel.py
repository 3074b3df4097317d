"""What the rest of the house asks of roads: travel times and paths between places."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mobility.places import Place, Point


@dataclass(frozen=True)
class TravelTimes:
    """Fastest travel between places, by road.

    ``seconds`` and ``metres`` are float32 arrays of shape (origins, destinations); a pair that no road joins is
    ``inf``. ``estimated`` (bool, same shape) marks the pairs that rest on a straight line rather than on roads.
    """

    origins: tuple[str, ...]
    destinations: tuple[str, ...]
    seconds: NDArray[np.float32]
    metres: NDArray[np.float32]
    estimated: NDArray[np.bool_]
    _rows: dict[str, int] = field(init=False, repr=False, compare=False)
    _columns: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        shape = (len(self.origins), len(self.destinations))
        if not (self.seconds.shape == self.metres.shape == self.estimated.shape == shape):
            raise ValueError(f"travel-time arrays must have shape {shape}")
        object.__setattr__(self, "_rows", {place: i for i, place in enumerate(self.origins)})
        object.__setattr__(self, "_columns", {place: i for i, place in enumerate(self.destinations)})

    def seconds_between(self, origin: str, destination: str) -> float:
        """Return the seconds from one place to another (``inf`` where no road leads)."""
        return float(self.seconds[self._rows[origin], self._columns[destination]])

    def metres_between(self, origin: str, destination: str) -> float:
        """Return the metres of the fastest way from one place to another."""
        return float(self.metres[self._rows[origin], self._columns[destination]])


@dataclass(frozen=True)
class Path:
    """The fastest way between two places.

    ``points`` is the drawn line; ``roads`` the successive road names with the metres driven on each;
    ``estimated`` is true where part of the way is a straight line.
    """

    seconds: float
    metres: float
    points: tuple[Point, ...]
    roads: tuple[tuple[str, float], ...]
    estimated: bool = False


@dataclass(frozen=True)
class RoadLink:
    """The fastest way between two places of a table, the same both ways, in metres and seconds by vehicle."""

    start: str
    end: str
    metres: dict[str, float]
    seconds: dict[str, float]
    roads: tuple[str, ...]


WALK_SPEED = 1.1
"""Metres a second on foot (4 km/h): older people's pace, an assumption of the project."""
ON_FOOT = "foot"
"""The profile of a person who walks."""


class Roads(Protocol):
    """A road network seen from the use cases. ``profile`` names a vehicle ("car", "bus") or a walker ("foot")."""

    def travel_times(
        self, origins: Sequence[Place], destinations: Sequence[Place], profile: str, *, limit: float = float("inf")
    ) -> TravelTimes:
        """Return the matrix of fastest times; pairs beyond ``limit`` seconds are ``inf``."""
        ...

    def path(self, origin: Place, destination: Place, profile: str) -> Path:
        """Return the fastest way between two places."""
        ...

    def drawn(self) -> Iterable[tuple[str, Sequence[Point]]]:
        """Return the roads to draw on a map, each with its name ("" where it has none)."""
        ...

    def covers(self, places: Sequence[Place]) -> list[bool]:
        """Tell, for each place, whether these roads come near it; other questions fail for those they do not."""
        ...


def covered(roads: Roads, places: Sequence[Place]) -> list[Place]:
    """Return the places that roads come near."""
    return [place for place, near in zip(places, roads.covers(places), strict=True) if near] if places else []


Progress = Callable[[str, float], None]
"""Told a stage's code and the share done (0 to 1) by work that lasts."""


Watch = Callable[[str, float, float], None]
"""Told an objective, the best value so far and its bound, as a search moves them."""


def no_watch(objective: str, value: float, bound: float) -> None:
    """Look at nothing."""


def no_progress(stage: str, share: float) -> None:
    """Ignore progress."""

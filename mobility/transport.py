"""Public transport as facts: who runs it, what calls where, and the services that come when they are booked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import shapely

from mobility.places import Place, Point, great_circle

STOP_REACH = 500.0
"""Metres walked to a point where an on-demand service picks up."""


@dataclass(frozen=True)
class Operator:
    """Who runs a service. ``telephone`` and ``url`` are what a traveller uses to ask or to book."""

    id: str
    name: str
    telephone: str = ""
    url: str = ""


@dataclass(frozen=True)
class Call:
    """A train at a station, in seconds after the midnight of its day."""

    station: str
    arrival: int
    departure: int


@dataclass(frozen=True)
class Train:
    """A train of the typical week: the ISO weekdays on which it mostly ran, and its calls in order."""

    number: str
    weekdays: frozenset[int]
    calls: tuple[Call, ...]


@dataclass(frozen=True)
class TrainTable:
    """The trains at a territory's stations, valid from ``first`` to ``last``."""

    operator: Operator
    line: str
    first: date
    last: date
    stations: tuple[Place, ...]
    trains: tuple[Train, ...]
    licence: str = ""
    attribution: str = ""


@dataclass(frozen=True)
class Booking:
    """How early an on-demand ride must be booked.

    ``notice`` counts seconds before the ride (0: at once); where ``days_before`` is at least 1, the booking closes
    that many days before at ``closes`` (seconds after midnight).
    """

    notice: int = 0
    days_before: int = 0
    closes: int = 0
    telephone: str = ""
    url: str = ""
    message: str = ""

    def deadline(self, day: date, departure: int) -> datetime:
        """Return the last local moment to book a ride that leaves on a day at so many seconds after midnight."""
        midnight = datetime.combine(day, datetime.min.time())
        if self.days_before:
            return midnight - timedelta(days=self.days_before) + timedelta(seconds=self.closes)
        return midnight + timedelta(seconds=departure - self.notice)


@dataclass(frozen=True)
class Zone:
    """Where an on-demand service picks up or sets down: an area, or some points.

    ``area`` is a GeoJSON polygon or multipolygon in WGS 84 (None where only ``stops`` count).
    """

    id: str
    name: str
    area: shapely.Geometry | None = None
    stops: tuple[Point, ...] = ()

    def contains(self, point: Point) -> bool:
        """Tell whether one is picked up or set down at a point, or within a short walk of it."""
        if self.area is not None and shapely.contains_xy(self.area, point.lon, point.lat):
            return True
        return any(great_circle(point, stop) <= STOP_REACH for stop in self.stops)


@dataclass(frozen=True)
class OnDemandRun:
    """What a service offers on some days: from a zone to another, between two times (seconds after midnight)."""

    origin: Zone
    destination: Zone
    weekdays: frozenset[int]
    opens: int
    closes: int
    first: date | None = None
    last: date | None = None
    added: frozenset[date] = frozenset()
    removed: frozenset[date] = frozenset()
    duration_factor: float = 1.5
    duration_offset: float = 300.0

    def runs(self, day: date) -> bool:
        """Tell whether the service runs on a day."""
        within = (self.first is None or self.first <= day) and (self.last is None or day <= self.last)
        return day in self.added or (within and day.isoweekday() in self.weekdays and day not in self.removed)


@dataclass(frozen=True)
class OnDemandService:
    """A van that comes when it is booked.

    ``runs`` is empty where days and hours are not known: the service is then told of, with the number to call, and
    never counted on. ``zones`` hold the places it is known to serve.
    """

    id: str
    name: str
    operator: Operator
    booking: Booking | None = None
    runs: tuple[OnDemandRun, ...] = ()
    zones: tuple[Zone, ...] = field(default=())
    known_on: str = ""
    source: str = ""

    def near(self, point: Point) -> bool:
        """Tell whether the service picks up or sets down at a point, on any day."""
        zones: Sequence[Zone] = [*self.zones, *(run.origin for run in self.runs)]
        return any(zone.contains(point) for zone in zones)

"""Public transport as facts: who runs it, what calls where, and the services that come when they are booked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice

import shapely

from mobility.clock import DAY
from mobility.places import Place, Point, within

STOP_REACH = 500.0
"""Metres walked to a point where an on-demand service picks up."""
OF_NO_FEED = "no-feed"
"""What stands for the feed of an on-demand service that the territory's own table tells."""
LONGEST_NOTICE = 31
"""Days before a ride beyond which no day is looked for on which to book it."""


@dataclass(frozen=True)
class Operator:
    """Who runs a service. ``telephone`` and ``url`` are what a traveller uses to ask or to book."""

    id: str
    name: str
    telephone: str = ""
    url: str = ""


@dataclass(frozen=True)
class Line:
    """A line as people know it: its ``name``, and the feed with the identifier there that say which is meant."""

    feed: str
    id: str
    name: str


@dataclass(frozen=True)
class ServedLine:
    """A line and the INSEE codes of the communes where it stops.

    ``title`` tells where it leads ("" where its feed does not), ``operator`` who runs it; ``ids`` are all identifiers
    that its feed has for it.
    """

    line: Line
    title: str
    operator: str
    ids: frozenset[str]
    communes: frozenset[str]


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
class ServiceDays:
    """Days on which something runs or answers: ISO weekdays between two dates, with exceptions."""

    weekdays: frozenset[int]
    first: date | None = None
    last: date | None = None
    added: frozenset[date] = frozenset()
    removed: frozenset[date] = frozenset()

    def __contains__(self, day: date) -> bool:
        within = (self.first is None or self.first <= day) and (self.last is None or day <= self.last)
        return day in self.added or (within and day.isoweekday() in self.weekdays and day not in self.removed)


@dataclass(frozen=True)
class Booking:
    """Whom to ask for a ride, and how early.

    ``notice`` counts seconds before the ride (0: until it leaves; None: not known). Where ``days_before`` is at least
    1, or ``closes`` is set, the booking closes that many days before at ``closes`` (seconds after midnight; None: with
    that day). It opens ``longest_notice`` seconds before the ride, or ``opens_days`` days before at ``opens`` (seconds
    after midnight), where that is told. Days before are those of ``counted`` alone, where it is set. ``operator`` is
    the name of who is asked.
    """

    notice: int | None = 0
    days_before: int = 0
    closes: int | None = None
    telephone: str = ""
    url: str = ""
    message: str = ""
    operator: str = ""
    longest_notice: int | None = None
    opens_days: int | None = None
    opens: int = 0
    counted: ServiceDays | None = None

    @property
    def by_day(self) -> bool:
        """Tell whether booking closes at an hour of a day, not some time before each ride."""
        return self.days_before > 0 or self.closes is not None

    @property
    def known(self) -> bool:
        """Tell whether one knows until when to book."""
        return self.by_day or self.notice is not None

    def deadline(self, day: date, departure: int) -> datetime | None:
        """Return the last local moment to book a ride that leaves on a day at so many seconds after midnight.

        None where it is not known.
        """
        if self.by_day:
            last = self.last_day(day)
            return _moment(last, DAY if self.closes is None else self.closes) if last else None
        return None if self.notice is None else _moment(day, departure - self.notice)

    def last_day(self, day: date) -> date | None:
        """Return the day on which booking closes for rides of a day; None where it closes some time before each."""
        return self._days_back(day, self.days_before) if self.by_day else None

    def opening(self, day: date, departure: int) -> datetime | None:
        """Return the first local moment to book a ride, where one must wait for it."""
        if self.opens_days is not None:
            first = self._days_back(day, self.opens_days)
            return _moment(first, self.opens) if first else None
        return None if self.longest_notice is None else _moment(day, departure - self.longest_notice)

    def too_late(self, day: date, departure: int, now: datetime) -> bool:
        """Tell whether a ride can no longer be booked at a local moment. What is not known closes when it leaves."""
        return now > (self.deadline(day, departure) or _moment(day, departure))

    def first_departure(self, day: date, now: datetime) -> int | None:
        """Return the first departure (seconds after the midnight of a day) that can still be booked; None for none."""
        if self.last_day(day):
            return None if self.too_late(day, 0, now) else 0
        return max(0, math.ceil((now - _moment(day, 0)).total_seconds()) + (self.notice or 0))

    def _days_back(self, day: date, count: int) -> date | None:
        """Go back so many days, counting only those that count; None where none is near: their calendar has ended."""
        if self.counted is None or count == 0:
            return day - timedelta(days=count)
        before = (day - timedelta(days=back) for back in range(1, LONGEST_NOTICE + 1))
        return next(islice((other for other in before if other in self.counted), count - 1, None), None)


def _moment(day: date, seconds: int) -> datetime:
    return datetime.combine(day, datetime.min.time()) + timedelta(seconds=seconds)


BOOKED, DRIVER = "booked", "driver"


@dataclass(frozen=True)
class OnRequest:
    """A stop that a vehicle of the timetable makes only where it is asked for: ``BOOKED`` before, or of the ``DRIVER``.

    ``booking`` tells whom to ask; a driver's stop has one only where its feed names a rule. ``telephone`` is the
    agency's, to call where one is in doubt ("" where it tells none).
    """

    how: str
    booking: Booking | None = None
    telephone: str = ""


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
        return any(within(point, stop, STOP_REACH) for stop in self.stops)


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

    @property
    def days(self) -> ServiceDays:
        """Return the days of service."""
        return ServiceDays(self.weekdays, self.first, self.last, self.added, self.removed)

    def runs(self, day: date) -> bool:
        """Tell whether the service runs on a day."""
        return day in self.days


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

    @property
    def line(self) -> tuple[str, str]:
        """Return the feed and the identifier there by which it is a line (``OF_NO_FEED`` for one of no feed)."""
        feed, _, identifier = self.id.partition(":")
        return (feed, identifier) if identifier and feed == self.source else (OF_NO_FEED, self.id)

    def near(self, point: Point) -> bool:
        """Tell whether the service picks up or sets down at a point, on any day."""
        zones: Sequence[Zone] = [*self.zones, *(run.origin for run in self.runs)]
        return any(zone.contains(point) for zone in zones)

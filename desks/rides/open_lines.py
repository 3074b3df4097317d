"""Regular lines of drivers as a GTFS-Flex resource of its own, never mixed with the buses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

import shapely
from shapely.geometry import shape

from data.ride_records import active_offers, offers_stamp
from data.store import Store
from desks.ground import Ground
from desks.kept import Kept
from desks.rides.public_offers import PublicLine
from gtfs.feed_files import zip_bytes
from gtfs.flexible import flexible_feed
from mobility.clock import HOUR
from mobility.door_legs import Volunteer
from mobility.places import Place
from mobility.rides import VOLUNTEER, RideOffer
from mobility.transport import LONGEST_NOTICE, Booking, OnDemandRun, OnDemandService, Operator, ServiceDays, Zone
from mobility.working_hours import WorkingHours

SEASON = timedelta(days=120)
NOTICE_DAYS, NOTICE_HOUR = 1, 16 * HOUR
"""Rides are asked for on the desk's last day of work before, by four in the afternoon or before it closes."""


@dataclass(frozen=True)
class LineWords:
    """What the lines of drivers are called: by whom they run, from where to where, and how one asks."""

    operator: str
    line: Callable[[str, str], str]
    message: str


@dataclass(frozen=True)
class OfferedVolunteers:
    """The volunteers in force, the example's too, read again where an offer comes or goes."""

    store: Store
    _kept: Kept[tuple[Volunteer, ...]] = field(default_factory=Kept, repr=False)

    def volunteers(self) -> tuple[Volunteer, ...]:
        """Return the volunteers."""

        def read() -> tuple[Volunteer, ...]:
            with self.store.reading() as tx:
                return tuple(volunteers_of(active_offers(tx)))

        with self.store.reading() as tx:
            stamp = offers_stamp(tx)
        return self._kept.get(stamp, read)


def volunteers_of(offers: Sequence[RideOffer]) -> list[Volunteer]:
    """Return the volunteers of offers as ways between doors and stops; their homes stay unnamed."""
    return [
        Volunteer(
            f"volunteer-{number}", Place(f"volunteer-home-{number}", "", offer.origin.point), offer.weekdays,
            offer.opens, offer.closes, offer.reach,
        )
        for number, offer in enumerate(offers) if offer.kind == VOLUNTEER
    ]  # fmt: skip


def volunteer_lines(
    ground: Ground, lines: Sequence[PublicLine], address: str, today: date, words: LineWords
) -> list[OnDemandService]:
    """Return the lines that may be told as services that one books, from commune to commune.

    ``address`` is the site's.
    """
    hours = ground.hours.desk
    closes = min((spans[-1].closes for spans in hours.week if spans), default=NOTICE_HOUR)
    counted = working_days(hours, today - timedelta(days=LONGEST_NOTICE), today + SEASON)
    contours: dict[str, shapely.Geometry] = {
        feature["properties"]["insee"]: shape(feature["geometry"]) for feature in ground.folder.contours()["features"]
    }
    names = ground.commune_names()
    telephone = ground.telephone
    desk = Operator("solidaire", words.operator, telephone, address)
    services = []
    for (start, end), halves in groupby(lines, key=lambda line: (line.start, line.end)):
        if start not in contours or end not in contours:
            continue
        origin, destination = (Zone(f"commune-{insee}", names[insee], contours[insee]) for insee in (start, end))
        runs = tuple(
            OnDemandRun(origin, destination, frozenset(half.weekdays), half.opens, half.closes) for half in halves
        )
        services.append(
            OnDemandService(
                f"solidaire-{start}-{end}", words.line(names[start], names[end]), desk,
                Booking(days_before=NOTICE_DAYS, closes=min(closes, NOTICE_HOUR), counted=counted, telephone=telephone,
                        url=f"{address}/solidaire",
                        message=words.message),
                runs,
            )
        )  # fmt: skip
    return services


def working_days(hours: WorkingHours, first: date, last: date) -> ServiceDays:
    """Return the days of work between two days: the weekdays with hours, but holidays and closures."""
    weekdays = frozenset(weekday for weekday, spans in enumerate(hours.week, start=1) if spans)
    days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    closed = frozenset(day for day in days if day.isoweekday() in weekdays and not hours.on(day))
    return ServiceDays(weekdays, first, last, removed=closed)


def volunteer_feed(
    ground: Ground, lines: Sequence[PublicLine], address: str, today: date, words: LineWords
) -> bytes | None:
    """Return the lines of drivers as a zip of GTFS; None where there are none that may be told."""
    services = volunteer_lines(ground, lines, address, today, words)
    if not services:
        return None
    return zip_bytes(flexible_feed(services, first=today, last=today + SEASON).files)

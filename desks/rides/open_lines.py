"""Regular lines of drivers as a GTFS-Flex resource of its own, never mixed with the buses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import shapely
from shapely.geometry import shape

from data.example_records import example_persons
from data.ride_records import active_offers, offers_stamp
from data.store import Store
from desks.ground import Ground
from desks.kept import Kept
from desks.rides.desk import RideDesk
from desks.rides.public_offers import public_offers
from gtfs.feed_files import zip_bytes
from gtfs.flexible import flexible_feed
from mobility.clock import HOUR
from mobility.door_legs import Volunteer
from mobility.places import Place
from mobility.rides import REGULAR, VOLUNTEER, RideOffer
from mobility.transport import Booking, OnDemandRun, OnDemandService, Operator, Zone

SEASON = timedelta(days=120)
NOTICE_DAYS, NOTICE_HOUR = 1, 16 * HOUR
"""Rides are asked for the day before, by four in the afternoon."""


@dataclass(frozen=True)
class LineWords:
    """What the lines of drivers are called: by whom they run, from where to where, and how one asks."""

    operator: str
    line: Callable[[str, str], str]
    message: str


def real_offers(desk: RideDesk) -> list[RideOffer]:
    """Return the offers in force, the example's left out."""
    with desk.store.reading() as tx:
        examples = example_persons(tx)
        return [offer for offer in active_offers(tx) if offer.driver not in examples]


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
    ground: Ground, offers: Sequence[RideOffer], address: str, words: LineWords
) -> list[OnDemandService]:
    """Return the pairs of communes with enough regular trips as services that one books, from commune to commune.

    ``address`` is the site's.
    """
    contours: dict[str, shapely.Geometry] = {
        feature["properties"]["insee"]: shape(feature["geometry"]) for feature in ground.folder.contours()["features"]
    }
    names = ground.commune_names()
    telephone = ground.telephone
    desk = Operator("solidaire", words.operator, telephone, address)
    regular = [offer for offer in offers if offer.kind == REGULAR]
    services = []
    for start, end, _ in public_offers(ground, regular).pairs:
        if start not in contours or end not in contours:
            continue
        own = [o for o in regular if (ground.communes.at(o.origin.point), ground.communes.at(o.destination.point))
               == (start, end)]  # fmt: skip
        run = OnDemandRun(
            Zone(f"commune-{start}", names[start], contours[start]), Zone(f"commune-{end}", names[end], contours[end]),
            frozenset(day for offer in own for day in offer.weekdays), min(o.opens for o in own) // HOUR * HOUR,
            (max(o.opens + round(o.flexible + o.detour) for o in own) // HOUR + 1) * HOUR,
        )  # fmt: skip
        services.append(
            OnDemandService(
                f"solidaire-{start}-{end}", words.line(names[start], names[end]), desk,
                Booking(days_before=NOTICE_DAYS, closes=NOTICE_HOUR, telephone=telephone,
                        url=f"{address}/solidaire",
                        message=words.message),
                (run,),
            )
        )  # fmt: skip
    return services


def volunteer_feed(
    ground: Ground, offers: Sequence[RideOffer], address: str, today: date, words: LineWords
) -> bytes | None:
    """Return the lines of volunteers as a zip of GTFS; None where no pair of communes has enough trips."""
    services = volunteer_lines(ground, offers, address, words)
    if not services:
        return None
    return zip_bytes(flexible_feed(services, first=today, last=today + SEASON).files)

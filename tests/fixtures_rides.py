"""A rides' desk on each kind of database, with a driver and a rider or two."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from data.people import add_person
from data.ride_records import add_offer
from data.store import Store
from desks.ground import Ground
from desks.house import House
from desks.outbox.carriers import Carrier
from desks.outbox.sending import Post
from desks.rides.desk import RideDesk
from desks.rides.place_search import Places
from desks.transport.feeds import Feeds
from desks.transport.in_use import FeedsInUse
from mobility.consent import CONSENTS, Consent
from mobility.messages import NO_CAP, SmsCap
from mobility.people import DRIVER, RIDER, Contact, Newcomer, Person
from mobility.places import Place
from mobility.rides import VOLUNTEER, RideOffer, RideRequest
from tests.conftest import NOW
from webapp.opening import open_rides

TOMORROW = NOW.date() + timedelta(days=1)
HOUR = 3600


@pytest.fixture
def desk(installation: House, database: str):
    """A desk on an empty database."""
    settings = replace(installation.settings, database=database)
    opened = open_rides(settings, installation.ground, Store(database))
    yield opened
    opened.store.close()


def place(ground: Ground, name: str) -> Place:
    """The place of a commune."""
    commune = ground.territory.find_commune(name)
    return ground.territory.settlements_by_id[commune.insee].place


def places_of(desk: RideDesk) -> Places:
    """The places of a desk, with its own names for them and without the stops of any feed."""
    feeds = Feeds(Path("no-feeds"), desk.ground.folder, desk.ground.territory, lambda: NOW)
    return Places(desk.ground, desk.store, FeedsInUse(feeds, left_out=True), of_desk=True)


class People:
    """Adds drivers, riders and requests to a desk in a few words."""

    def __init__(self, desk: RideDesk) -> None:
        self.desk = desk
        self.count = 0

    def person(self, kind: str, commune: str, *, consents=CONSENTS, telephone: str = "", structure: str = "") -> str:
        self.count += 1
        telephone = telephone or f"06000000{self.count:02d}"
        insee = self.desk.ground.territory.find_commune(commune).insee
        with self.desk.store.writing() as tx:
            return add_person(
                tx, Newcomer(
                    Person("", kind, f"{kind} {self.count}", insee, structure),
                    Contact(f"Nom {self.count}", telephone, f"p{self.count}@example.org"),
                    tuple(Consent(what) for what in consents),
                ), now=NOW, by="test",
            ).id  # fmt: skip

    def volunteer(self, commune: str, opens=8, closes=18, *, person: str = "", **more) -> RideOffer:
        home = place(self.desk.ground, commune)
        driver = person or self.person(DRIVER, commune)
        more.setdefault("reach", 200_000.0)
        offer = RideOffer(
            "", driver, VOLUNTEER, home, home, int(opens * HOUR), int(closes * HOUR), frozenset(range(1, 8)), **more
        )
        with self.desk.store.writing() as tx:
            return add_offer(tx, offer, now=NOW)

    def asks(
        self,
        origin: str,
        destination: str,
        at=10.0,
        back=None,
        *,
        day: date = TOMORROW,
        rider="",
        now: datetime = NOW,
        **more,
    ):
        rider = rider or self.person(RIDER, origin)
        request = RideRequest(
            "", rider, day, place(self.desk.ground, origin), place(self.desk.ground, destination),
            arrive_by=int(at * HOUR), back_after=None if back is None else int(back * HOUR), **more,
        )  # fmt: skip
        return self.desk.ask(request, now=now, who="desk")


def post_of(desk: RideDesk, *carriers: Carrier, cap: SmsCap = NO_CAP) -> Post:
    """How a desk's messages go out by some carriers."""
    return Post(carriers, desk.messages, desk.hours.messages, cap)


@pytest.fixture
def people(desk: RideDesk) -> People:
    return People(desk)

"""Offers, requests and nicknames in the store."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, case, delete, func, insert, or_, select, update

from data.people import find_person
from data.ride_schema import merges, nicknames, offers, partner_bookings, requests, unmet
from data.ride_scope import everything
from data.store import find_row, in_parts, new_id
from mobility.errors import MobilityError
from mobility.places import Place, Point
from mobility.rides import UNMET, RideOffer, RideRequest
from mobility.territory import folded


def place_document(place: Place) -> dict[str, Any]:
    """Return a place as it is kept."""
    return {"id": place.id, "name": place.name, "lon": place.point.lon, "lat": place.point.lat}


def parse_place(document: dict[str, Any]) -> Place:
    """Return a place from what was kept."""
    return Place(str(document["id"]), str(document["name"]), Point(float(document["lon"]), float(document["lat"])))


def add_offer(tx: Connection, offer: RideOffer, *, now: datetime) -> RideOffer:
    """Keep an offer (a new identifier where its own is empty)."""
    return find_offer(tx, add_offers(tx, [offer], now=now)[0])


def add_offers(tx: Connection, told: Iterable[RideOffer], *, now: datetime) -> list[str]:
    """Keep offers as :func:`add_offer` does, however many in one statement; return their identifiers."""
    rows: list[dict[str, Any]] = [
        {
            "id": offer.id or new_id(), "driver": offer.driver, "kind": offer.kind,
            "origin": place_document(offer.origin), "destination": place_document(offer.destination),
            "opens": offer.opens, "closes": offer.closes,
            "weekdays": "".join(str(day) for day in sorted(offer.weekdays)), "day": offer.day, "seats": offer.seats,
            "abilities": sorted(offer.abilities), "reach": offer.reach, "detour": offer.detour,
            "flexible": offer.flexible, "first": offer.first, "last": offer.last, "active": True,
            "created": now.astimezone(UTC),
        }
        for offer in told
    ]  # fmt: skip
    if rows:
        tx.execute(insert(offers), rows)
    return [row["id"] for row in rows]


def find_offer(tx: Connection, offer: str) -> RideOffer:
    """Return an offer."""
    missing = MobilityError("no-such-offer", f"no offer '{offer}'", field="offer", value=offer)
    return _offer(find_row(tx, offers, offer, missing))


def active_offers(tx: Connection, days: Iterable[date] | None = None) -> list[RideOffer]:
    """Return the offers that hold, on one of some days."""
    rows = tx.execute(select(offers).where(offers.c.active).order_by(offers.c.created, offers.c.id))
    found = [_offer(row) for row in rows]
    wanted = list(days) if days is not None else None
    return found if wanted is None else [offer for offer in found if any(offer.runs(day) for day in wanted)]


def offers_of(tx: Connection, *drivers: str) -> list[RideOffer]:
    """Return the offers of some drivers, those withdrawn too."""
    query = select(offers).order_by(offers.c.created, offers.c.id)
    return [_offer(row) for part in in_parts(drivers) for row in tx.execute(query.where(offers.c.driver.in_(part)))]


# Who withdraws one offer and makes another at the same instant changes the count of all; who deletes all and makes as
# many anew, the identifiers. Where two drivers become one, or two again, an offer keeps its number and gets another.
_OFFERS_STAMP = select(
    func.count(), func.sum(case((offers.c.active, 1), else_=0)), func.max(offers.c.created), func.min(offers.c.id),
    func.max(offers.c.id), *(
        select(told).select_from(merges).scalar_subquery()
        for told in (func.count(merges.c.id), func.min(merges.c.id), func.max(merges.c.id), func.max(merges.c.at))
    ),
).select_from(offers)  # fmt: skip


def offers_stamp(tx: Connection) -> tuple[Any, ...]:
    """Return what changes when an offer comes or goes, or becomes another driver's."""
    with everything(tx):
        return tuple(tx.execute(_OFFERS_STAMP).one())


def withdraw_offer(tx: Connection, offer: str) -> None:
    """Withdraw an offer: it is kept for what was promised, and proposed no more."""
    tx.execute(update(offers).where(offers.c.id == offer).values(active=False))


def _offer(row: Row[Any]) -> RideOffer:
    return RideOffer(
        row.id, row.driver, row.kind, parse_place(row.origin), parse_place(row.destination), row.opens, row.closes,
        frozenset(int(day) for day in row.weekdays), row.day, row.seats, frozenset(row.abilities), row.reach,
        row.detour, row.flexible, row.first, row.last,
    )  # fmt: skip


def add_request(tx: Connection, request: RideRequest, *, now: datetime) -> RideRequest:
    """Keep a request (a new identifier where its own is empty); without a structure it is its rider's structure's."""
    structure = request.structure or find_person(tx, request.rider).structure
    return find_request(tx, add_requests(tx, [replace(request, structure=structure)], now=now)[0])


def add_requests(tx: Connection, told: Iterable[RideRequest], *, now: datetime) -> list[str]:
    """Keep requests that say whose they are, however many in one statement; return their identifiers."""
    rows: list[dict[str, Any]] = [
        {
            "id": request.id or new_id(), "rider": request.rider, "day": request.day,
            "origin": place_document(request.origin), "destination": place_document(request.destination),
            "arrive_by": request.arrive_by, "depart_after": request.depart_after, "back_after": request.back_after,
            "companions": request.companions, "wishes": sorted(request.wishes), "errand": request.errand,
            "criterion": request.criterion, "proof": request.proof, "agent": request.agent, "series": request.series,
            "state": request.state, "structure": request.structure, "by_telephone": request.by_telephone,
            "created": now.astimezone(UTC),
        }
        for request in told
    ]  # fmt: skip
    if rows:
        tx.execute(insert(requests), rows)
    return [row["id"] for row in rows]


def find_request(tx: Connection, request: str, *, lock: bool = False) -> RideRequest:
    """Return a request; ``lock`` keeps it from others until the transaction ends."""
    missing = MobilityError("no-such-request", f"no request '{request}'", field="request", value=request)
    return _request(find_row(tx, requests, request, missing, lock=lock))


def state_of_request(tx: Connection, request: str) -> str:
    """Return the state of a request; "" where it was forgotten."""
    return tx.execute(select(requests.c.state).where(requests.c.id == request)).scalar() or ""


def rewrite_request(tx: Connection, request: RideRequest) -> None:
    """Keep a request as it was put right: when, where, who comes along, what for, and its state."""
    tx.execute(
        update(requests).where(requests.c.id == request.id).values(
            day=request.day, origin=place_document(request.origin), destination=place_document(request.destination),
            arrive_by=request.arrive_by, depart_after=request.depart_after, back_after=request.back_after,
            companions=request.companions, wishes=sorted(request.wishes), errand=request.errand, state=request.state,
        )
    )  # fmt: skip


def requests_numbered(tx: Connection, number: str, *, limit: int) -> list[RideRequest]:
    """Return the requests whose number begins so."""
    query = select(requests.c.id).where(requests.c.id.startswith(number, autoescape=True)).order_by(requests.c.id)
    return [find_request(tx, row.id) for row in tx.execute(query.limit(limit))]


def requests_on(tx: Connection, days: Sequence[date], states: Sequence[str] = ()) -> list[RideRequest]:
    """Return the requests of some days, in some states (all where none is given)."""
    query = select(requests).where(requests.c.day.in_(list(days))).order_by(requests.c.day, requests.c.id)
    return [_request(row) for row in tx.execute(query.where(requests.c.state.in_(list(states))) if states else query)]


def untold_requests(tx: Connection, first: date) -> list[RideRequest]:
    """Return the requests from a day on that nobody can serve, and of which nobody noted that their rider knows it.

    Another platform reads what became of its bookings, and tells its passengers itself.
    """
    told, booked = select(unmet.c.request).where(unmet.c.told), select(partner_bookings.c.request)
    query = select(requests).where(
        requests.c.state == UNMET, requests.c.day >= first, requests.c.id.not_in(told), requests.c.id.not_in(booked)
    )
    return [_request(row) for row in tx.execute(query.order_by(requests.c.day, requests.c.id))]


def requests_of(tx: Connection, *riders: str) -> list[RideRequest]:
    """Return the requests of a rider, the newest first; or of several, in no order."""
    query = select(requests).order_by(requests.c.day.desc(), requests.c.id)
    return [_request(row) for part in in_parts(riders) for row in tx.execute(query.where(requests.c.rider.in_(part)))]


@dataclass(frozen=True)
class RequestFilter:
    """Which requests are listed: of a span of days, of a person, in a state; what is empty does not narrow."""

    first: date | None = None
    last: date | None = None
    rider: str = ""
    state: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return what the rows must meet."""
        told: list[ColumnElement[bool]] = []
        told += [requests.c.day >= self.first] if self.first else []
        told += [requests.c.day <= self.last] if self.last else []
        told += [requests.c.rider == self.rider] if self.rider else []
        return told + ([requests.c.state == self.state] if self.state else [])


def list_requests(tx: Connection, wanted: RequestFilter, *, offset: int, limit: int) -> list[RideRequest]:
    """Return one page of a list of requests: by day, then by hour."""
    hour = func.coalesce(requests.c.arrive_by, requests.c.depart_after)
    query = select(requests).where(*wanted.conditions()).order_by(requests.c.day, hour, requests.c.id)
    return [_request(row) for row in tx.execute(query.offset(offset).limit(limit))]


def count_requests(tx: Connection, wanted: RequestFilter) -> dict[str, int]:
    """Return how many requests of a list are in each state."""
    query = select(requests.c.state, func.count()).where(*wanted.conditions()).group_by(requests.c.state)
    return {state: int(number) for state, number in tx.execute(query)}


def set_request_state(tx: Connection, request: str, state: str) -> None:
    """Change what became of a request."""
    tx.execute(update(requests).where(requests.c.id == request).values(state=state))


def same_request(tx: Connection, request: RideRequest) -> RideRequest | None:
    """Return a request of the same rider for the same day and destination that still lives: a double entry."""
    query = select(requests).where(
        requests.c.rider == request.rider, requests.c.day == request.day,
        or_(*[requests.c.state == state for state in ("waiting", "proposed", "confirmed")]),
    )  # fmt: skip
    found = (_request(row) for row in tx.execute(query))
    return next((known for known in found if known.destination.id == request.destination.id), None)


def _request(row: Row[Any]) -> RideRequest:
    return RideRequest(
        row.id, row.rider, row.day, parse_place(row.origin), parse_place(row.destination), row.arrive_by,
        row.depart_after, row.back_after, row.companions, frozenset(row.wishes), row.errand, row.criterion, row.proof,
        row.agent, row.series, row.state, row.structure, row.by_telephone,
    )  # fmt: skip


class Nickname(NamedTuple):
    """A local name of a place. ``public`` says that everybody may look for it; others are the desk's alone."""

    name: str
    place: Place
    public: bool


_NICKNAMES = select(nicknames.c.name, nicknames.c.place, nicknames.c.public).order_by(nicknames.c.folded)
_PUBLIC_NICKNAMES = _NICKNAMES.where(nicknames.c.public)


def all_nicknames(tx: Connection) -> list[Nickname]:
    """Return the local names of places, those of the desk included."""
    return [Nickname(row.name, parse_place(row.place), row.public) for row in tx.execute(_NICKNAMES)]


def public_nicknames(tx: Connection) -> list[Nickname]:
    """Return the local names that everybody may look for."""
    return [Nickname(row.name, parse_place(row.place), row.public) for row in tx.execute(_PUBLIC_NICKNAMES)]


def set_nickname(tx: Connection, name: str, place: Place, *, now: datetime, by: str, public: bool = False) -> None:
    """Keep a local name of a place; one that is there already now means the new place, for whom it is said now."""
    if not folded(name):
        raise MobilityError("empty-value", "give the name that people use", field="name")
    tx.execute(delete(nicknames).where(nicknames.c.folded == folded(name)))
    tx.execute(
        insert(nicknames).values(
            folded=folded(name), name=name.strip(), place=place_document(place), added_by=by,
            created=now.astimezone(UTC), used=now.astimezone(UTC), public=public,
        )
    )  # fmt: skip


def open_nickname(tx: Connection, name: str, *, public: bool) -> bool:
    """Say whether everybody may look for a local name; tell whether that changed anything."""
    changed = nicknames.c.folded == folded(name), nicknames.c.public != public
    return tx.execute(update(nicknames).where(*changed).values(public=public)).rowcount > 0


def drop_nickname(tx: Connection, name: str) -> bool:
    """Forget a local name of a place; tell whether it was known."""
    return tx.execute(delete(nicknames).where(nicknames.c.folded == folded(name))).rowcount > 0


def use_nicknames(tx: Connection, names: Collection[str], *, now: datetime) -> None:
    """Write down that a place was found by local names."""
    keys = [folded(name) for name in names]
    tx.execute(update(nicknames).where(nicknames.c.folded.in_(keys)).values(used=now.astimezone(UTC)))


def nicknames_used_before(tx: Connection, names: Collection[str], instant: datetime) -> list[str]:
    """Return which of some local names were last used before an instant."""
    known = nicknames.c.folded.in_([folded(name) for name in names])
    return list(tx.execute(select(nicknames.c.name).where(known, nicknames.c.used < instant.astimezone(UTC))).scalars())

"""Bookings that other platforms made by the carpooling standard, each with the request it became."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from data.ride_schema import partner_bookings
from mobility.errors import MobilityError


@dataclass(frozen=True)
class PartnerBooking:
    """A booking under the partner's own identifier; ``request`` is ours, ``document`` what is told back."""

    id: str
    operator: str
    request: str
    document: dict[str, Any]
    status: str


def add_booking(tx: Connection, booking: PartnerBooking, *, now: datetime) -> None:
    """Keep a booking. Raises "booking-exists" where its identifier is taken, even by one that lands just now."""
    known = select(partner_bookings.c.id).where(partner_bookings.c.id == booking.id)
    exists = MobilityError("booking-exists", "this booking exists already", field="booking", value=booking.id)
    if tx.execute(known).first():
        raise exists
    try:
        tx.execute(
            insert(partner_bookings).values(
                id=booking.id, operator=booking.operator, request=booking.request, document=booking.document,
                status=booking.status, created=now.astimezone(UTC),
            )
        )  # fmt: skip
    except IntegrityError:
        raise exists from None


def find_booking(tx: Connection, identifier: str, operator: str) -> PartnerBooking | None:
    """Return a booking of a platform; None where it has none of that identifier."""
    query = select(partner_bookings).where(partner_bookings.c.id == identifier, partner_bookings.c.operator == operator)
    row = tx.execute(query).first()
    return _booking(row) if row else None


def booking_of(tx: Connection, request: str) -> PartnerBooking | None:
    """Return the booking that became a request; None where it was asked for here."""
    row = tx.execute(select(partner_bookings).where(partner_bookings.c.request == request)).first()
    return _booking(row) if row else None


def _booking(row: Row[Any]) -> PartnerBooking:
    return PartnerBooking(row.id, row.operator, row.request, row.document, row.status)


def rewrite_booking(tx: Connection, identifier: str, document: Mapping[str, Any]) -> None:
    """Keep a booking as it is told back from now on."""
    tx.execute(update(partner_bookings).where(partner_bookings.c.id == identifier).values(document=dict(document)))


def set_booking_status(tx: Connection, identifier: str, status: str) -> None:
    """Write down what became of a booking."""
    tx.execute(update(partner_bookings).where(partner_bookings.c.id == identifier).values(status=status))

"""Looks for requests by number in the store."""

from sqlalchemy import Connection, select

from data.ride_records import find_request
from data.ride_schema import requests
from mobility.rides import RideRequest


def requests_numbered(tx: Connection, number: str, *, limit: int) -> list[RideRequest]:
    """Return the requests whose number begins so."""
    query = select(requests.c.id).where(requests.c.id.startswith(number, autoescape=True)).order_by(requests.c.id)
    return [find_request(tx, row.id) for row in tx.execute(query.limit(limit))]

"""Counts for the figures of a year or of the last days: requests by month, calls by kind."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime

from sqlalchemy import Connection, func, select

from data.call_schema import calls
from data.ride_schema import requests, unmet


def requests_by_month(tx: Connection, year: int) -> Mapping[tuple[int, str], int]:
    """Return how many requests of each month of a year are in each state: {(month, state): number}."""
    query = (
        select(requests.c.day, requests.c.state, func.count())
        .where(requests.c.day.between(date(year, 1, 1), date(year, 12, 31)))
        .group_by(requests.c.day, requests.c.state)
    )
    counts: Counter[tuple[int, str]] = Counter()
    for day, state, number in tx.execute(query):
        counts[day.month, state] += int(number)
    return counts


def unmet_by_reason(tx: Connection, year: int) -> Mapping[str, int]:
    """Return how many needs of a year nobody could meet, by the reason; the most frequent first."""
    query = (
        select(unmet.c.reason, func.count())
        .where(unmet.c.day.between(date(year, 1, 1), date(year, 12, 31)))
        .group_by(unmet.c.reason)
        .order_by(func.count().desc(), unmet.c.reason)
    )
    return {reason: int(number) for reason, number in tx.execute(query)}


def calls_since(tx: Connection, since: datetime) -> Mapping[tuple[str, str], int]:
    """Return how many calls and messages came in since an instant: {(kind, state): number}."""
    query = (
        select(calls.c.kind, calls.c.state, func.count())
        .where(calls.c.created >= since.astimezone(UTC))
        .group_by(calls.c.kind, calls.c.state)
    )
    return {(kind, state): int(number) for kind, state, number in tx.execute(query)}

"""Counts of rides for reports."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from data.ride_schema import matched_rides, matches, offers, requests
from mobility.rides import CANCELLED, CONFIRMED, DONE


def yearly_figures(tx: Connection, year: int) -> dict[str, Any]:
    """Return what the law asks to be reported of a year of volunteer transport, as counts only."""
    done = (CONFIRMED, DONE)
    span = (date(year, 1, 1), date(year, 12, 31))
    query = (
        select(matches.c.id, matches.c.participation, requests.c.rider, requests.c.criterion, matched_rides.c.driver,
               matched_rides.c.metres, matched_rides.c.share, offers.c.kind)
        .join(requests, requests.c.id == matches.c.request)
        .join(matched_rides, matched_rides.c.match == matches.c.id)
        .join(offers, offers.c.id == matched_rides.c.offer)
        .where(matches.c.day.between(*span), matches.c.state.in_(done))
    )  # fmt: skip
    volunteers: set[str] = set()
    riders: dict[str, set[str]] = {}
    trips, metres, shared = 0, 0.0, 0
    paid: dict[str, float] = {}
    for row in tx.execute(query):
        if row.kind != "volunteer":
            shared += 1
            continue
        volunteers.add(row.driver)
        riders.setdefault(row.criterion or "residence", set()).add(row.rider)
        trips += 1
        metres += row.metres
        paid[row.id] = row.participation
    cancelled = select(func.count()).where(matches.c.day.between(*span), matches.c.state == CANCELLED)
    return {
        "year": year, "drivers": len(volunteers),
        "beneficiaries": {criterion: len(people) for criterion, people in sorted(riders.items())},
        "trips": trips, "mean_metres": metres / trips if trips else 0.0, "participation": round(sum(paid.values()), 2),
        "shared_trips": shared, "cancelled": int(tx.execute(cancelled).scalar() or 0),
    }  # fmt: skip

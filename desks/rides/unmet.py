"""Needs that nobody could meet: where and when, and nobody's name."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from data.journal import note
from data.ride_records import find_request
from data.store import Store, digest, new_id
from data.unmet_needs import is_told, record_unmet, set_told
from desks.ground import Ground
from mobility.errors import MobilityError
from mobility.rides import UNMET, RideRequest, UnmetNeed

_ID = 16
"""Signs of an identifier made from a page's key."""


def unmet_need(
    ground: Ground, request: RideRequest, reason: str, change: Mapping[str, float | str] | None = None
) -> UnmetNeed:
    """Return what is noted of a request that nobody could serve."""
    communes = ground.communes
    return UnmetNeed(
        "", request.id, request.day, communes.at(request.origin.point) or "",
        communes.at(request.destination.point) or "", request.errand, reason, 1 + request.companions,
        dict(change or {}),
    )  # fmt: skip


def note_told(store: Store, request: str, *, now: datetime, who: str) -> None:
    """Write down that whoever asked knows that nobody can drive them."""
    with store.writing() as tx:
        if find_request(tx, request, lock=True).state != UNMET:
            raise MobilityError("nothing-to-tell", "this request has another answer by now", field="request")
        if is_told(tx, request):
            return
        set_told(tx, request)
        note(tx, who, "unmet-told", about=request, now=now)


def note_nothing_found(store: Store, ground: Ground, request: RideRequest, *, key: str = "", now: datetime) -> None:
    """Note a need of somebody unknown, for whom no way at all was found.

    ``key`` is that of the page on which it was said: said there again, it is the same need.
    """
    unknown = replace(request, id=f"anonymous-{digest(key)[:_ID] if key else new_id()}")
    with store.writing("needs") as tx:
        record_unmet(tx, unmet_need(ground, unknown, "nothing-found"), now=now)

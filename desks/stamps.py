"""Stamps of what is computed: versions of the inputs and of the method, never of the source text."""

import hashlib
import json
from collections.abc import Mapping, Sequence

from desks.ground import Ground
from desks.transport.feeds import KeptFeed
from mobility.bus_calendar import Plan

ACCESS_METHOD = 1
"""Version of how access is measured: one more makes every installation measure it again."""
CALENDAR_METHOD = 1
"""Version of how need is assessed and the calendar planned: one more makes unadopted plans be made again."""


def access_stamp(ground: Ground, feeds: Sequence[KeptFeed], plan: Plan | None) -> str:
    """Return what changes whenever a study of access would."""
    digest = hashlib.sha256(f"access {ACCESS_METHOD} {ground.stamp}".encode())
    for feed in feeds:
        digest.update(f"{feed.name}{feed.version.sha256}".encode())
    if plan:
        for visit in plan.solution.calendar.visits:
            digest.update(repr(visit).encode())
    return digest.hexdigest()


def plan_stamp(ground: Ground, feeds: Sequence[KeptFeed], unmet: Mapping[str, int]) -> str:
    """Return what changes whenever the calendar would: files, feeds, unmet needs, the methods."""
    digest = hashlib.sha256(f"calendar {CALENDAR_METHOD} {access_stamp(ground, feeds, None)}".encode())
    digest.update(json.dumps(sorted(unmet.items())).encode())
    return digest.hexdigest()

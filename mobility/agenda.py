"""Dated events that people keep in their own agendas: told once, then changed or cancelled under the same name."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from mobility.places import Place

CONFIRMED, CANCELLED = "confirmed", "cancelled"


@dataclass(frozen=True)
class Event:
    """Something that takes place from one instant to another, under a ``uid`` that no other event ever has.

    ``sequence`` counts the changes that matter to whoever comes, ``changed`` is when the last of any kind was made.
    ``moved_from`` is the day it would usually have, ``reason`` why it is moved.
    """

    uid: str
    starts: datetime
    ends: datetime
    place: Place
    changed: datetime
    commune: str = ""
    spot: str = ""
    moved_from: date | None = None
    reason: str = ""
    sequence: int = 0
    status: str = CONFIRMED

    @property
    def what_matters(self) -> tuple[object, ...]:
        """Return what makes whoever comes look again: when, where, and whether at all."""
        return (self.starts, self.ends, self.place.id, self.place.name, self.spot, self.status)


def reconcile(former: Iterable[Event], planned: Iterable[Event], now: datetime) -> list[Event]:
    """Return what agendas are told from now on, in order of time: ``planned``, and what of ``former`` they know.

    What is over stays as it was told. What no longer comes is cancelled; what comes again is confirmed again. A
    planned event whose name went to one that is over takes a name of its own.
    """
    known = {event.uid: event for event in former}
    told = {uid: event for uid, event in known.items() if event.ends <= now}
    over = frozenset(told)
    for event in planned:
        if event.ends > now:
            named = replace(event, uid=_free_name(event.uid, over), changed=now)
            told[named.uid] = _renewed(known.get(named.uid), named)
    for uid, event in known.items():
        if uid not in told:
            gone = event.status == CANCELLED
            told[uid] = event if gone else _raised(replace(event, status=CANCELLED, changed=now))
    return sorted(told.values(), key=lambda event: (event.starts, event.uid))


def _free_name(uid: str, over: frozenset[str]) -> str:
    name, number = uid, 1
    while name in over:
        number += 1
        name = f"{uid}.{number}"
    return name


def _renewed(former: Event | None, event: Event) -> Event:
    if former is None:
        return event
    same = replace(event, sequence=former.sequence)
    if same.what_matters != former.what_matters:
        return _raised(same)
    return former if replace(same, changed=former.changed) == former else same


def _raised(event: Event) -> Event:
    return replace(event, sequence=event.sequence + 1)

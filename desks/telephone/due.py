"""Whom to call back, as part of what is due."""

from collections.abc import Iterator
from datetime import datetime

from data.calls import open_calls
from data.people import household_of
from desks.day.due import Due, Visitor
from desks.rides.desk import RideDesk
from mobility.accounts import AGENT


def calls_due(desk: RideDesk, now: datetime, visitor: Visitor) -> Iterator[Due]:
    """Return who waits to be called back: their number is told only where nobody of that number is known."""
    if AGENT not in visitor.roles:
        return
    with desk.within(visitor.scope).store.reading() as tx:
        for call in open_calls(tx):
            known = household_of(tx, call.telephone)
            yield Due(
                call.kind, call.due, call.id, known[0][0].id if len(known) == 1 else "",
                ", ".join(name or person.alias for person, name in known),
                late=call.due is not None and call.due < now,
                facts={"text": call.text, "since": call.created, "telephone": "" if known else call.telephone},
            )  # fmt: skip

"""Long work in the store: what was asked, how far it is, what came out, so that a restart loses nothing."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from data.plan_schema import jobs
from data.store import instant, new_id

WAITING, RUNNING, AGAIN, DONE, FAILED, CANCELLED, INTERRUPTED = (
    "waiting", "running", "again", "done", "failed", "cancelled", "interrupted"
)  # fmt: skip
"""``AGAIN`` is work that a stop cut short once and that is done again; cut short twice, it is ``INTERRUPTED``."""
UNFINISHED, FINISHED = (WAITING, RUNNING, AGAIN), (DONE, FAILED, CANCELLED, INTERRUPTED)
LATEST = 50
"""Pieces of work of late that are told at most."""
BEGUN = 0.001
"""Share of work that has begun: what waits, or waits to be done again, has none."""


@dataclass(frozen=True)
class KeptJob:
    """Long work as it is kept: its ``curve`` is the search so far, as (seconds, objective, value, bound).

    ``beat`` is the last sign of life of whoever does it.
    """

    id: str
    kind: str
    state: str
    stage: str
    share: float
    request: Mapping[str, Any]
    result: str
    error: Mapping[str, Any] | None
    curve: Sequence[Sequence[Any]]
    created: datetime
    beat: datetime


def add_job(tx: Connection, kind: str, request: Mapping[str, Any], *, worker: str, now: datetime) -> str:
    """Keep work to be done; return its identifier."""
    identifier = new_id()
    at = now.astimezone(UTC)
    tx.execute(
        insert(jobs).values(
            id=identifier, kind=kind, state=WAITING, stage="", share=0.0, request=dict(request), result="", error=None,
            curve=[], worker=worker, created=at, beat=at,
        )
    )  # fmt: skip
    return identifier


def find_job(tx: Connection, job: str) -> KeptJob | None:
    """Return some work, or None where it is unknown."""
    row = tx.execute(select(jobs).where(jobs.c.id == job)).first()
    return _job(row) if row else None


def same_job(tx: Connection, kind: str, request: Mapping[str, Any]) -> str | None:
    """Return the work of a kind that was asked the very same and has not begun, or None.

    What is under way may rest on what has changed since.
    """
    rows = tx.execute(select(jobs).where(jobs.c.kind == kind, jobs.c.state.in_(UNFINISHED)))
    return next((row.id for row in rows if row.request == dict(request) and not _begun(row)), None)


def states_of(tx: Connection, kind: str, request: Mapping[str, Any]) -> set[str]:
    """Return the states of all work of a kind that was asked the very same, as far as it is remembered."""
    rows = tx.execute(select(jobs.c.request, jobs.c.state).where(jobs.c.kind == kind))
    return {row.state for row in rows if row.request == dict(request)}


def latest_jobs(tx: Connection) -> list[KeptJob]:
    """Return the work of late, the newest first."""
    rows = tx.execute(select(jobs).order_by(jobs.c.created.desc(), jobs.c.id).limit(LATEST))
    return [_job(row) for row in rows]


def begin_job(tx: Connection, job: str, worker: str, *, now: datetime, silent: timedelta) -> str:
    """Begin work where no other of its kind is under way; return the state that it is in from now on.

    "waiting" says that another worker's has to end first; anything that is finished, that it is to be left alone.
    """
    row = tx.execute(select(jobs).where(jobs.c.id == job)).first()
    if row is None or row.worker != worker or row.state not in UNFINISHED:
        return CANCELLED
    # Whoever begins work of a kind has all of it that is unfinished: two processes never begin at once.
    kind = select(jobs).where(jobs.c.kind == row.kind, jobs.c.state.in_(UNFINISHED)).order_by(jobs.c.id)
    for other in tx.execute(kind.with_for_update()).all():
        alive = instant(other.beat) > now.astimezone(UTC) - silent
        if other.worker != worker and _begun(other) and alive:
            return WAITING
    state = RUNNING if row.state == WAITING else row.state
    began = update_job(tx, job, worker, now=now, state=state, share=BEGUN)
    return state if began else CANCELLED


def update_job(
    tx: Connection, job: str, worker: str, *, now: datetime, state: str | None = None, stage: str | None = None,
    share: float | None = None, curve: Sequence[Sequence[Any]] | None = None, result: str | None = None,
    error: Mapping[str, Any] | None = None,
) -> bool:  # fmt: skip
    """Write down how far work is; False where it is no longer this worker's, or was cancelled."""
    told = {
        "state": state, "stage": stage, "share": share, "curve": list(curve) if curve is not None else None,
        "result": result, "error": dict(error) if error is not None else None,
    }  # fmt: skip
    values = {name: value for name, value in told.items() if value is not None}
    query = update(jobs).where(jobs.c.id == job, jobs.c.worker == worker, jobs.c.state.in_(UNFINISHED))
    return tx.execute(query.values(beat=now.astimezone(UTC), **values)).rowcount == 1


def cancel_job(tx: Connection, job: str) -> bool:
    """Cancel work that is not finished; its worker stops at its next sign of life."""
    query = update(jobs).where(jobs.c.id == job, jobs.c.state.in_(UNFINISHED)).values(state=CANCELLED)
    return tx.execute(query).rowcount == 1


def claim_abandoned(
    tx: Connection, worker: str, kinds: Collection[str], *, at_hand: Collection[str] = (), now: datetime,
    silent: timedelta,
) -> list[KeptJob]:  # fmt: skip
    """Take over the unfinished work of some kinds whose workers gave no sign of life for so long; return it.

    What the worker has at hand itself is left to it, however late its signs. Work of other kinds is left as it is:
    another version of the program may be at it, or come back. What was under way is begun again once only: it may be
    the very work that ends whoever does it.
    """
    edge = now.astimezone(UTC) - silent
    left = jobs.c.state.in_(UNFINISHED) & jobs.c.kind.in_(kinds) & jobs.c.id.not_in(at_hand)
    lost = select(jobs).where(left, jobs.c.beat <= edge).order_by(jobs.c.created)
    claimed = []
    for row in tx.execute(lost).all():
        taken = update(jobs).where(jobs.c.id == row.id, jobs.c.worker == row.worker, jobs.c.beat == row.beat)
        state = row.state if not _begun(row) else AGAIN if row.state == RUNNING else INTERRUPTED
        share = row.share if state == INTERRUPTED else 0.0
        values = {"worker": worker, "state": state, "share": share, "beat": now.astimezone(UTC)}
        if tx.execute(taken.values(**values)).rowcount and state != INTERRUPTED:
            claimed.append(_job(row))
    return claimed


def _begun(row: Row[Any]) -> bool:
    """Tell whether unfinished work is under way: what waits, the first time or again, has no share yet."""
    return bool(row.state != WAITING and row.share > 0)


def _job(row: Row[Any]) -> KeptJob:
    return KeptJob(
        row.id, row.kind, row.state, row.stage, row.share, row.request, row.result, row.error,
        json.loads(row.curve) if isinstance(row.curve, str) else row.curve, instant(row.created),
        instant(row.beat),
    )  # fmt: skip

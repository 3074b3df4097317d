"""Long work in the store: what was asked, how far it is, what came out, so that a restart loses nothing."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from data.plan_schema import jobs
from data.store import new_id

WAITING, RUNNING, DONE, FAILED, CANCELLED = "waiting", "running", "done", "failed", "cancelled"
KEPT = timedelta(days=30)
"""How long finished work is remembered."""


@dataclass(frozen=True)
class KeptJob:
    """Long work as it is kept. ``curve`` is the search so far, as (seconds, objective, value, bound)."""

    id: str
    kind: str
    state: str
    stage: str
    share: float
    request: Mapping[str, Any]
    result: str
    error: Mapping[str, Any] | None
    curve: Sequence[Sequence[Any]] = field(default_factory=list)


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
    tx.execute(delete(jobs).where(jobs.c.created < at - KEPT, jobs.c.state.in_([DONE, FAILED, CANCELLED])))
    return identifier


def find_job(tx: Connection, job: str) -> KeptJob | None:
    """Return some work, or None where it is unknown."""
    row = tx.execute(select(jobs).where(jobs.c.id == job)).first()
    return _job(row) if row else None


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
    query = update(jobs).where(jobs.c.id == job, jobs.c.worker == worker, jobs.c.state.in_([WAITING, RUNNING]))
    return tx.execute(query.values(beat=now.astimezone(UTC), **values)).rowcount == 1


def cancel_job(tx: Connection, job: str) -> bool:
    """Cancel work that is not finished; its worker stops at its next sign of life."""
    query = update(jobs).where(jobs.c.id == job, jobs.c.state.in_([WAITING, RUNNING])).values(state=CANCELLED)
    return tx.execute(query).rowcount == 1


def claim_abandoned(tx: Connection, worker: str, *, now: datetime, silent: timedelta) -> list[KeptJob]:
    """Take over the unfinished work of workers that gave no sign of life for so long; return it."""
    edge = now.astimezone(UTC) - silent
    others = or_(jobs.c.worker != worker, jobs.c.worker == "")
    lost = (
        select(jobs).where(jobs.c.state.in_([WAITING, RUNNING]), jobs.c.beat <= edge, others).order_by(jobs.c.created)
    )
    claimed = []
    for row in tx.execute(lost).all():
        taken = update(jobs).where(jobs.c.id == row.id, jobs.c.worker == row.worker, jobs.c.beat == row.beat)
        if tx.execute(taken.values(worker=worker, state=WAITING, beat=now.astimezone(UTC))).rowcount:
            claimed.append(_job(row))
    return claimed


def _job(row: Row[Any]) -> KeptJob:
    return KeptJob(
        row.id, row.kind, row.state, row.stage, row.share, row.request, row.result, row.error,
        json.loads(row.curve) if isinstance(row.curve, str) else row.curve,
    )  # fmt: skip

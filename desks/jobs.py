"""Long work in the background: queued, followed, cancelled, taken up again after a restart; the one door to it.

One piece of a kind is under way at a time, whichever process does it; what waits is not queued twice. Work that a stop
cut short is done again by who comes next; cut short twice it is interrupted, and whoever asked may start it again.
"""

import logging
import os
import queue
import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from data.jobs import (
    BEGUN,
    DONE,
    FAILED,
    FINISHED,
    WAITING,
    KeptJob,
    add_job,
    begin_job,
    cancel_job,
    claim_abandoned,
    find_job,
    latest_jobs,
    same_job,
    states_of,
    update_job,
)
from data.journal import note
from data.store import Store
from desks.priority import give_way
from mobility.errors import HouseError, InfeasibleError, MobilityError, UnavailableError

KEPT = 50
"""Results remembered by this process; others are read again from the store, or done again."""
TOLD_EVERY = 0.4
"""Seconds between two signs of progress in the store."""
SILENT = timedelta(minutes=3)
"""Work whose worker gave no sign for so long is taken over."""
LOOKED_EVERY = 0.5
"""Seconds between two looks at whether another process's work of the same kind has ended."""
MOST_POINTS = 400
"""Points of a curve that are kept."""
_log = logging.getLogger(__name__)


class JobCancelledError(Exception):
    """The work was cancelled: it stops here."""


@dataclass
class Control:
    """What work is handed: it tells how far it is, and learns whether it was cancelled."""

    tell: Callable[[str, float], None]
    watch: Callable[[str, float, float], None]
    cancelled: Callable[[], bool]


@dataclass(frozen=True)
class Work:
    """A kind of work: from its request alone it can be done again. ``dump`` and ``load`` keep a result as text."""

    run: Callable[[Mapping[str, Any], Control], Any]
    dump: Callable[[Any], str] = lambda _: ""
    load: Callable[[str], Any] = lambda _: None
    background: bool = False
    """True where nobody waits for it: it does not hold up the work that people wait for."""


@dataclass
class Job:
    """One piece of work. ``state`` is one of :mod:`data.jobs`: waiting, running, again, or how it finished.

    ``silent`` says that nobody is at it: it is unfinished, and its worker gave no sign of life of late.
    """

    id: str
    kind: str
    state: str = "waiting"
    stage: str = ""
    share: float = 0.0
    result: Any = None
    error: MobilityError | None = None
    request: Mapping[str, Any] = field(default_factory=dict)
    curve: list[list[Any]] = field(default_factory=list)
    created: datetime | None = None
    silent: bool = False

    @property
    def finished(self) -> bool:
        """Tell whether nothing more happens to it."""
        return self.state in FINISHED


class Jobs:
    """Runs jobs one after the other, those in the background beside them: two searches never share the two cores."""

    def __init__(self, store: Callable[[], Store], kinds: Mapping[str, Work], clock: Callable[[], datetime]) -> None:
        self._store, self._kinds, self._clock = store, kinds, clock
        self._queues: dict[bool, queue.Queue[tuple[str, str, Mapping[str, Any]]]] = {}
        self._results: dict[str, Any] = {}
        self._own: set[str] = set()
        self._lock = threading.Lock()
        self.worker = f"{socket.gethostname()[:30]}-{os.getpid()}-{secrets.token_hex(3)}"

    def does(self, kind: str) -> bool:
        """Tell whether this version of the program does work of a kind."""
        return kind in self._kinds

    def start(self, kind: str, request: Mapping[str, Any] | None = None) -> Job:
        """Queue some work; where the very same waits already, that is returned."""
        if not self.does(kind):
            raise MobilityError("unknown-work", f"no work of the kind '{kind}' is done here", field="job", value=kind)
        with self._store().writing("jobs") as tx:
            known = same_job(tx, kind, request or {})
            identifier = known or add_job(tx, kind, request or {}, worker=self.worker, now=self._clock())
        if not known:
            self._queue(identifier, kind, request or {})
        return Job(identifier, kind, request=request or {})

    def start_once(self, kind: str, request: Mapping[str, Any]) -> bool:
        """Queue some work, but where the very same goes on or ended without what it was for; True where it was."""
        if self._states(kind, request) - {DONE}:
            return False
        self.start(kind, request)
        return True

    def gave_up(self, kind: str, request: Mapping[str, Any]) -> bool:
        """Tell whether some work ended without what it was for: :meth:`start_once` leaves it alone."""
        return bool(self._states(kind, request) & {*FINISHED} - {DONE})

    def _states(self, kind: str, request: Mapping[str, Any]) -> set[str]:
        with self._store().reading() as tx:
            return states_of(tx, kind, request)

    def start_again(self, job: Job, *, who: str) -> Job:
        """Queue the same work once more, for whoever stopped it or found it failed or interrupted."""
        again = self.start(job.kind, job.request)
        with self._store().writing() as tx:
            note(tx, who, "work-again", about=again.id, now=self._clock())
        return again

    def _queue(self, identifier: str, kind: str, request: Mapping[str, Any]) -> None:
        with self._lock:
            self._own.add(identifier)
            background = self._kinds[kind].background
            if background not in self._queues:
                self._queues[background] = queue.Queue()
                threading.Thread(target=self._work, args=(self._queues[background],), daemon=True).start()
        self._queues[background].put((identifier, kind, request))

    def _work(self, waiting: "queue.Queue[tuple[str, str, Mapping[str, Any]]]") -> None:
        give_way()
        while True:
            try:
                self._run(*waiting.get())
            except UnavailableError:
                # Nothing could be written down, not even that it failed: it is taken up again like a stopped process's.
                _log.exception("work was left, for its end could not be written down")

    def close(self) -> None:
        """Cancel everything queued or running here."""
        with self._lock:
            own = list(self._own)
        for identifier in own:
            self.cancel(identifier)

    def find(self, job_id: str) -> Job | None:
        """Return a job, or None where it is unknown or forgotten."""
        with self._store().reading() as tx:
            kept = find_job(tx, job_id[:32])
        if kept is None:
            return None
        job = self._followed(kept)
        if job.state == DONE:
            job.result = self._results.get(job.id)
            if job.result is None and kept.result:
                work = self._kinds.get(job.kind)
                if work is None:
                    # Another version of the program did it: what came out cannot be read here.
                    return None
                job.result = work.load(kept.result)
                self._remember(job.id, job.result)
        return job

    def latest(self) -> list[Job]:
        """Return the work of late, the newest first, without what came out of it."""
        with self._store().reading() as tx:
            return [self._followed(kept) for kept in latest_jobs(tx)]

    def forget_result(self, job_id: str) -> None:
        """Forget a result that was put to use: it must not be used twice."""
        self._results.pop(job_id, None)

    def cancel(self, job_id: str) -> bool:
        """Cancel a job that is not finished."""
        with self._store().writing() as tx:
            return cancel_job(tx, job_id)

    def stop(self, job_id: str, *, who: str) -> bool:
        """Cancel a job that is not finished, for somebody: that is an act."""
        with self._store().writing() as tx:
            if stopped := cancel_job(tx, job_id):
                note(tx, who, "work-stopped", about=job_id, now=self._clock())
        return stopped

    def resume(self, *, silent: timedelta = SILENT) -> int:
        """Take up the work that a stopped process left, or a store that went away; return how much."""
        with self._lock:
            own = set(self._own)
        with self._store().writing() as tx:
            lost = claim_abandoned(tx, self.worker, self._kinds, at_hand=own, now=self._clock(), silent=silent)
        for kept in lost:
            self._queue(kept.id, kept.kind, kept.request)
        return len(lost)

    def keep_up(self) -> dict[str, int]:
        """Do what must be done now and then: give signs of life, take over what others left."""
        self.beat()
        return {"work taken over": self.resume()}

    def beat(self) -> None:
        """Give a sign of life for everything queued or running here."""
        with self._lock:
            own = list(self._own)
        for identifier in own:
            with self._store().writing() as tx:
                update_job(tx, identifier, self.worker, now=self._clock())

    def _followed(self, kept: KeptJob) -> Job:
        silent = kept.state not in FINISHED and kept.beat <= self._clock().astimezone(UTC) - SILENT
        return Job(
            kept.id, kept.kind, kept.state, kept.stage, kept.share, None, _error(kept.error), kept.request,
            [list(point) for point in kept.curve], kept.created, silent,
        )  # fmt: skip

    def _remember(self, job_id: str, result: Any) -> None:
        self._results[job_id] = result
        while len(self._results) > KEPT:
            self._results.pop(next(iter(self._results)))

    def _tell(self, job_id: str, **told: Any) -> bool:
        with self._store().writing() as tx:
            return update_job(tx, job_id, self.worker, now=self._clock(), **told)

    def _begun(self, job_id: str) -> bool:
        """Wait for the turn of some work; False where it was cancelled or taken over meanwhile."""
        while True:
            with self._store().writing() as tx:
                state = begin_job(tx, job_id, self.worker, now=self._clock(), silent=SILENT)
            if state != WAITING:
                return state not in FINISHED
            time.sleep(LOOKED_EVERY)

    def _run(self, job_id: str, kind: str, request: Mapping[str, Any]) -> None:
        try:
            if self._begun(job_id):
                result = self._kinds[kind].run(request, self._control(job_id))
                self._remember(job_id, result)
                self._tell(job_id, state=DONE, share=1.0, result=self._kinds[kind].dump(result))
        except JobCancelledError:
            _log.info("the job %s was cancelled", job_id)
        except HouseError as error:
            self._tell(job_id, state=FAILED, error=_error_document(error))
        except Exception:  # noqa: BLE001
            # Whatever went wrong in a thread must reach the page that waits for it.
            _log.exception("the job %s failed", job_id)
            trouble = MobilityError("unexpected", "the work stopped on an unexpected fault")
            self._tell(job_id, state=FAILED, error=_error_document(trouble))
        finally:
            with self._lock:
                self._own.discard(job_id)

    def _control(self, job_id: str) -> Control:
        started = last = time.monotonic()
        curve: list[list[Any]] = []
        stop = False

        def tell(stage: str, share: float) -> None:
            nonlocal last, stop
            if time.monotonic() - last >= TOLD_EVERY or share in {0.0, 1.0}:
                last = time.monotonic()
                stop = not self._tell(job_id, stage=stage, share=max(share, BEGUN), curve=curve[-MOST_POINTS:])
            if stop:
                raise JobCancelledError

        def watch(objective: str, value: float, bound: float) -> None:
            curve.append([round(time.monotonic() - started, 2), objective, value, bound])

        def cancelled() -> bool:
            nonlocal last, stop
            if time.monotonic() - last >= TOLD_EVERY:
                last = time.monotonic()
                stop = not self._tell(job_id, curve=curve[-MOST_POINTS:])
            return stop

        return Control(tell, watch, cancelled)


def _error_document(error: HouseError) -> dict[str, Any]:
    details = {name: value for name, value in error.details.items() if isinstance(value, str | int | float | list)}
    rules = list(error.rules) if isinstance(error, InfeasibleError) else None
    return {"code": error.code, "words": str(error.args[0]), "field": error.field, "details": details, "rules": rules}


def _error(document: Mapping[str, Any] | None) -> MobilityError | None:
    if document is None:
        return None
    if document["rules"] is not None:
        return InfeasibleError(tuple(document["rules"]))
    return MobilityError(document["code"], document["words"], field=document["field"], **document["details"])

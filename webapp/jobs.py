"""Long work in the background of one process, with its progress."""

import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from mobility.errors import MobilityError
from mobility.travel import Progress

KEPT = 50
"""Finished jobs remembered; older ones are forgotten."""
_log = logging.getLogger(__name__)


@dataclass
class Job:
    """One piece of work. ``state`` is "waiting", "running", "done" or "failed"."""

    id: str
    state: str = "waiting"
    stage: str = ""
    share: float = 0.0
    result: Any = None
    error: MobilityError | None = None
    request: dict[str, Any] = field(default_factory=dict)


class Jobs:
    """Runs jobs one after the other, so that two searches never share the two cores."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="job")
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._lock = threading.Lock()

    def start(self, work: Callable[[Progress], Any], request: dict[str, Any] | None = None) -> Job:
        """Queue some work; it is handed a progress to tell."""
        job = Job(secrets.token_urlsafe(9), request=request or {})
        with self._lock:
            self._jobs[job.id] = job
            while len(self._jobs) > KEPT:
                self._jobs.popitem(last=False)
        self._pool.submit(self._run, job, work)
        return job

    def find(self, job_id: str) -> Job | None:
        """Return a job, or None where it is unknown or forgotten."""
        return self._jobs.get(job_id)

    @staticmethod
    def _run(job: Job, work: Callable[[Progress], Any]) -> None:
        def tell(stage: str, share: float) -> None:
            job.stage, job.share = stage, share

        job.state = "running"
        try:
            job.result = work(tell)
            job.state = "done"
        except MobilityError as error:
            job.error = error
            job.state = "failed"
        except Exception:  # noqa: BLE001
            # Whatever went wrong in a thread must reach the page that waits for it.
            _log.exception("the job %s failed", job.id)
            job.error = MobilityError("unexpected", "the work stopped on an unexpected fault")
            job.state = "failed"

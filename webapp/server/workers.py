"""Several processes that serve one site, each with an application, a timer and the server of :mod:`listening`.

Gunicorn starts them, shares the port among them, and starts another one for one that ends or hangs.
"""

import os
import tempfile
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.base import Worker
from prometheus_client import values

from data.private_files import OTHERS
from desks.settings import Settings
from webapp.server.listening import BACKLOG, listen_on
from webapp.server.observing import JsonLines

LAST = 20
"""Seconds that a worker which is to end has for the answers under way."""


class WorkersLog(Logger):  # type: ignore[misc]
    """Gunicorn's log in the house's lines: it would else write addresses of pages and visitors."""

    def setup(self, cfg: Config) -> None:
        """Set the log up as gunicorn does, then have it write JSON lines."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonLines())


class PatientWorker(Worker):  # type: ignore[misc]
    """A worker that serves as the one process of a small site does: slow visitors hold no thread."""

    def run(self) -> None:
        """Serve until told to end, or until gunicorn is gone."""
        server = listen_on(self.wsgi, self.sockets[0].sock)
        while self.alive and self.ppid == os.getppid() and server.taken < self.max_requests:
            self.notify()
            server.turn()
        server.finish(LAST)


class Workers(BaseApplication):  # type: ignore[misc]
    """Gunicorn with our options; ``make`` builds the application in each worker."""

    def __init__(self, settings: Settings, make: Callable[[], Flask]) -> None:
        self.settings, self.make = settings, make
        super().__init__()

    def load_config(self) -> None:
        """Set what gunicorn asks."""
        options: dict[str, Any] = {
            "bind": f"{self.settings.host}:{self.settings.port}", "workers": self.settings.workers,
            "worker_class": PatientWorker, "timeout": 120, "graceful_timeout": LAST,
            "max_requests": 50_000, "max_requests_jitter": 5_000, "preload_app": False, "accesslog": None,
            "proc_name": "mobility", "backlog": BACKLOG,
            "umask": OTHERS, "logger_class": WorkersLog,
        }  # fmt: skip
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Return the application of a worker."""
        return self.make()


def serve_with_workers(settings: Settings, make: Callable[[], Flask]) -> None:
    """Serve until stopped."""
    with tempfile.TemporaryDirectory() as folder:
        # Where the workers put their figures together.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        # The figures choose how they are kept when their package is loaded, which has happened already.
        values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]
        Workers(settings, make).run()

"""Several processes that serve one site: gunicorn, each worker with an application and a timer of its own."""

import os
import tempfile
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.config import Config
from gunicorn.glogging import Logger
from prometheus_client import values

from data.private_files import OTHERS
from desks.settings import Settings
from webapp.server.observing import JsonLines

THREADS = 8


class WorkersLog(Logger):  # type: ignore[misc]
    """Gunicorn's log in the house's lines: it would else write addresses of pages and visitors."""

    def setup(self, cfg: Config) -> None:
        """Set the log up as gunicorn does, then have it write JSON lines."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonLines())


class Workers(BaseApplication):  # type: ignore[misc]
    """Gunicorn with our options; ``make`` builds the application in each worker."""

    def __init__(self, settings: Settings, make: Callable[[], Flask]) -> None:
        self.settings, self.make = settings, make
        super().__init__()

    def load_config(self) -> None:
        """Set what gunicorn asks."""
        options: dict[str, Any] = {
            "bind": f"{self.settings.host}:{self.settings.port}", "workers": self.settings.workers,
            "worker_class": "gthread", "threads": THREADS, "timeout": 120, "graceful_timeout": 20,
            "max_requests": 50_000, "max_requests_jitter": 5_000, "preload_app": False, "accesslog": None,
            "proc_name": "mobility", "forwarded_allow_ips": "",
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

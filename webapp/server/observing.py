"""What is told of each request: one line of JSON and figures for Prometheus, without anything personal.

A request is told by the rule of its address (``/t/<secret>``), never by the address itself; no query, no number, no
address of a visitor, no name is ever written, by whichever of the program's loggers. (Errors of the database lose their
values where they arise, in :mod:`data.store`.)
"""

import json
import logging
import os
import re
import sys
import time
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, request
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from webapp.server.discretion import discreet

REQUESTS = Counter("mobility_requests", "Requests answered.", ["endpoint", "status"])
SECONDS = Histogram(
    "mobility_request_seconds", "Seconds to answer.", ["endpoint"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 1.0, 3.0, 10.0),
)  # fmt: skip
_SERVER_WORDS = re.compile(
    r"((?:Client disconnected|Exception) while serving|Error handling request|Invalid request from).*", re.DOTALL
)
"""What the servers (waitress, gunicorn) say before the address of a page or of a visitor."""
METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT"}
"""Methods that are told by their name: another may be any word that somebody sends."""
_log = logging.getLogger("mobility.requests")


class JsonLines(logging.Formatter):
    """Writes each record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(), "logger": record.name,
            "message": discreet(_SERVER_WORDS.sub(r"\1 …", record.getMessage())),
            **getattr(record, "told", {}),
        }  # fmt: skip
        if record.exc_info:
            told["trace"] = discreet(self.formatException(record.exc_info))
        return json.dumps(told, ensure_ascii=False)


class ObservedFlask(Flask):
    """An application that tells an unexpected fault by the rule of the address, which may hold a secret."""

    def log_exception(self, exc_info: Any) -> None:
        """Tell a fault with its trace."""
        self.logger.error("unexpected fault", exc_info=exc_info, extra={"told": _asked()})


def log_as_json() -> None:
    """Write the program's records as JSON lines on standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in ("waitress.queue", "fontTools", "numba", "alembic.runtime.plugins"):
        logging.getLogger(name).setLevel(logging.ERROR)


def observe(app: Flask) -> None:
    """Tell every request and count it."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.begun = time.perf_counter()


def _end(response: Response) -> Response:
    seconds = time.perf_counter() - g.get("begun", time.perf_counter())
    endpoint = request.endpoint or "none"
    REQUESTS.labels(endpoint, str(response.status_code)).inc()
    SECONDS.labels(endpoint).observe(seconds)
    told = {**_asked(), "status": response.status_code, "ms": round(seconds * 1000, 1)}
    _log.info("request", extra={"told": told})
    return response


def _asked() -> dict[str, str]:
    method = request.method if request.method in METHODS else "other"
    return {"method": method, "rule": request.url_rule.rule if request.url_rule else "none"}


def figures() -> bytes:
    """Return the figures of this process, or of all workers together where there are several."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
    return generate_latest(REGISTRY)

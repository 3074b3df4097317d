"""For whoever runs the machine: is it alive, is it ready, how does it fare."""

import time
from collections.abc import Callable, Mapping

from flask import Blueprint, Response, abort, current_app, jsonify
from prometheus_client import CONTENT_TYPE_LATEST

from data.private_files import read_secret, try_writing
from data.troubles import disk_trouble
from desks.calendar.season import season_whole
from desks.house import House
from desks.journal import JOURNAL_KEY
from desks.settings import Settings
from mobility.errors import HouseError
from webapp.server.observing import figures
from webapp.server.visitor import SESSION_KEY, at_this_machine
from webapp.wiring import house, wired

pages = Blueprint("health", __name__)
KEPT_FOR = 5.0
"""Seconds for which what was found is told again: a probe is no load, however often it asks."""


@pages.get("/health")
def alive() -> Response:
    """Tell that the process answers."""
    return jsonify({"status": "ok"})


@pages.get("/ready")
def ready() -> Response:
    """Tell whether visitors can be served.

    The database answers and takes writes, so does the state folder, there is a calendar, and what is kept
    (season, published identifiers, keys) is whole. It is looked at every few seconds at most.
    """
    checks = wired().checks.get(time.monotonic() // KEPT_FOR, _checked)
    good = set(checks.values()) == {"ok"}
    answered = jsonify({"status": "ready" if good else "not ready", "checks": checks})
    answered.status_code = 200 if good else 503
    return answered


def _checked() -> Mapping[str, str]:
    return {name: _told(check) for name, check in CHECKS.items()}


def _told(check: Callable[[House], str]) -> str:
    """Return what a check finds: whatever it meets, the answer names it, and the others are made."""
    try:
        return check(house())
    except HouseError as error:
        return error.code
    except OSError as error:
        return disk_trouble(error) or "broken"


def _database(here: House) -> str:
    here.store.check()
    return "ok"


def _calendar(here: House) -> str:
    known = "ok" if here.calendar.stamp is not None else "none yet"
    return known if here.calendar.whole else "broken"


def _state(here: House) -> str:
    try_writing(here.settings.state)
    return "ok"


def _keys(here: House) -> str:
    return "ok" if _same_keys(here.settings) else "changed"


CHECKS: Mapping[str, Callable[[House], str]] = {
    "database": _database, "calendar": _calendar, "state": _state, "keys": _keys,
    "season": lambda here: "ok" if season_whole(here.plans) else "broken",
    "identifiers": lambda here: "ok" if here.last_published.ids_whole else "broken",
}  # fmt: skip


def _same_keys(settings: Settings) -> bool:
    """Tell whether the keys of the state folder are those that this process works with."""
    signs = read_secret(settings.state / SESSION_KEY) == current_app.secret_key
    return signs and (bool(settings.journal_key) or house().store.sealed_by(read_secret(settings.state / JOURNAL_KEY)))


@pages.get("/metrics")
def metrics() -> Response:
    """Return figures for Prometheus; to this machine alone."""
    if not at_this_machine():
        abort(403)
    return Response(figures(), content_type=CONTENT_TYPE_LATEST)

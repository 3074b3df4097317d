"""For whoever runs the machine: is it alive, is it ready, how does it fare."""

from flask import Blueprint, Response, abort, jsonify
from prometheus_client import CONTENT_TYPE_LATEST

from mobility.errors import MobilityError
from webapp.server.observing import figures
from webapp.server.visitor import at_this_machine
from webapp.wiring import house

pages = Blueprint("health", __name__)


@pages.get("/health")
def alive() -> Response:
    """Tell that the process answers."""
    return jsonify({"status": "ok"})


@pages.get("/ready")
def ready() -> Response:
    """Tell whether visitors can be served: the database answers and there is a calendar."""
    here = house()
    checks = {"database": "ok", "calendar": "ok" if here.calendar.stamp is not None else "none yet"}
    try:
        here.store.check()
    except MobilityError as error:
        checks["database"] = error.code
    answered = jsonify({"status": "ready" if set(checks.values()) == {"ok"} else "not ready", "checks": checks})
    answered.status_code = 200 if answered.json and answered.json["status"] == "ready" else 503
    return answered


@pages.get("/metrics")
def metrics() -> Response:
    """Return figures for Prometheus; to this machine alone."""
    if not at_this_machine():
        abort(403)
    return Response(figures(), content_type=CONTENT_TYPE_LATEST)

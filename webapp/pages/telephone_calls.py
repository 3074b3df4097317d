"""What telephone providers call: calls and short messages that come in, and the menu that speaks."""

import hmac
from typing import Any

from flask import Blueprint, Response, jsonify, request

from desks.house import House
from desks.telephone.inbound import is_signed, take_call, take_sms
from mobility.errors import MobilityError
from mobility.telephone import telephone_in
from webapp.pages.spoken_menu import Step, first_step, next_step
from webapp.server.typed import sent_document
from webapp.wiring import house

pages = Blueprint("telephone_calls", __name__, url_prefix="/api/telephone")
LARGEST = 20_000
KEPT = ("question", "lettres", "trajets")
"""What a step of the menu hands on to the next."""


def _refused(reason: str, code: int) -> Response:
    answered = jsonify({"error": reason})
    answered.status_code = code
    return answered


@pages.before_request
def check_signature() -> Response | None:
    """Let only our provider in: X-Signature is the HMAC-SHA256 of X-Timestamp, a dot and the body.

    A platform that plays documents cannot sign: the menu takes the same secret as a password (HTTP Basic).
    """
    here = house()
    secret = here.settings.inbound_secret
    if not secret:
        return _refused("no provider is set (MOBILITY_INBOUND_SECRET)", 503)
    if (request.content_length or 0) > LARGEST:
        return _refused(f"at most {LARGEST} bytes", 413)
    given = request.authorization
    by_password = given is not None and given.type == "basic" and request.path.startswith("/api/telephone/menu")
    stamp = request.headers.get("X-Timestamp", "")
    if by_password and given is not None:
        if hmac.compare_digest(str(given.password or "").encode(), secret.encode()):
            return None
    elif is_signed(secret, stamp, request.get_data(), request.headers.get("X-Signature", ""), now=here.clock()):
        return None
    return _refused("this call is not signed with our secret, or too old", 401)


def _text(document: dict[str, Any], name: str, most: int) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > most:
        raise ValueError(f"'{name}' must be a text of at most {most} characters")
    return value


@pages.post("/entrants")
def incoming() -> Response:
    """Take a call or a short message: {"id", "kind": "call" or "sms", "from", "text"}."""
    here = house()
    try:
        document = sent_document(request.get_data())
        if not isinstance(document, dict):
            raise TypeError("the body must be an object")
        outside, number = _text(document, "id", 60), telephone_in(_text(document, "from", 40))
        if not number:
            raise ValueError("'from' must be a telephone number")
        kind = document.get("kind")
        if kind == "sms":
            became = take_sms(here.rides, outside, number, _text(document, "text", 2000), now=here.clock())
        elif kind == "call":
            became = take_call(here.rides, outside, number, now=here.clock())
        else:
            raise ValueError('\'kind\' must be "call" or "sms"')
    except (ValueError, TypeError) as error:
        return _refused(str(error), 400)
    return jsonify({"became": became})


def _played(step: Step) -> Response:
    wants_json = request.accept_mimetypes.best_match(["application/voicexml+xml", "application/json"])
    if wants_json == "application/json":
        return jsonify(step.document())
    return Response(step.voicexml(), mimetype="application/voicexml+xml")


def _address(here: House) -> str:
    return f"{here.settings.public_url}/api/telephone/menu"


@pages.get("/menu")
def menu() -> Response:
    """Return what a caller hears first, as VoiceXML 2.1 or JSON; ``numero`` may tell the caller's number."""
    here = house()
    return _played(first_step(here, _address(here), request.args.get("numero", "")[:80]))


@pages.post("/menu")
def menu_step() -> Response:
    """Return the step after some keys: ``numero`` is the caller's, ``touches`` what was pressed."""
    here = house()
    form = request.form
    try:
        step = next_step(
            here, _address(here), form.get("numero", "")[:80], form.get("touches", "")[:8],
            {name: form[name][:20] for name in KEPT if name in form},
        )  # fmt: skip
    except MobilityError as error:
        if error.code != "no-plan":
            raise
        step = Step(("Le calendrier du bus n'est pas encore en vigueur. Au revoir.",))
    return _played(step)

"""Who may open the desk: whoever has its key, or, where no key is set, whoever sits at this machine."""

import hmac
import secrets
from ipaddress import ip_address
from pathlib import Path

from flask import abort, redirect, request, session, url_for
from werkzeug.wrappers import Response

from webapp.site import site

SESSION_HOURS = 10


def secret_key(state: Path) -> str:
    """Return the secret that signs sessions, made once and readable by this account alone."""
    path = state / "session.key"
    if not path.exists():
        state.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32), encoding="utf-8")
    return path.read_text(encoding="utf-8")


def at_this_machine() -> bool:
    """Tell whether the visitor sits at this machine and comes through no proxy."""
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-Ip"))
    try:
        return not forwarded and ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def open_to_visitor() -> bool:
    """Tell whether the desk is open to the visitor."""
    key = site().workspace.settings.desk_key
    return bool(session.get("desk")) if key else at_this_machine()


def guard() -> Response | None:
    """Keep others out of the desk: they are led to its door."""
    if request.endpoint == "desk.door" or open_to_visitor():
        return None
    if not site().workspace.settings.desk_key:
        abort(403)
    return redirect(url_for("desk.door"))


def enter(key: str, who: str) -> bool:
    """Open the desk to the visitor where the key is right."""
    wanted = site().workspace.settings.desk_key
    if not wanted or not hmac.compare_digest(key.encode(), wanted.encode()):
        return False
    session.clear()
    session["desk"] = True
    session["who"] = who.strip()[:60] or "agent"
    session.permanent = True
    return True


def who() -> str:
    """Return who acts at the desk, for the journal."""
    return str(session.get("who", "agent"))

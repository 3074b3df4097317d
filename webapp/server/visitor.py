"""The visitor of a request: who they are, what they may do, and the guard that lets them in or not."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from flask import abort, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from data.accounts import has_accounts
from data.private_files import kept_secret
from desks.accounts import sessions
from desks.accounts.first_word import was_shown
from desks.accounts.policy import JOB_ROLES, scope_of_job
from desks.hosts import LOOPBACK, host_name
from desks.jobs import Job
from desks.rides.desk import RideDesk
from desks.rides.place_search import Places
from mobility.accounts import PLANNER, ROLES, Account
from mobility.errors import MobilityError
from mobility.scope import EVERYTHING, NOTHING, Scope
from webapp.server.policy import module_of, roles_for
from webapp.wiring import house, jobs, wired

_OF_PROXIES = ("forwarded", "via", "x-real-ip", "x-forwarded")
"""How the names of headers begin that proxies add."""


@dataclass(frozen=True)
class Visitor:
    """Who asks. ``account`` is None for the public and, before there is any account, for whoever sits here."""

    roles: frozenset[str] = frozenset()
    scope: Scope = NOTHING
    account: Account | None = None
    identity: str = ""

    @property
    def key(self) -> str:
        """Return who acts, as an identifier."""
        return self.account.id if self.account else "agent"


SESSION_KEY = "session.key"
"""The file of the secret that signs cookies, in the state folder."""


SHOWN_WORD = "first-word"
"""What the session keeps of a browser that has shown the word of the start."""


def secret_key(state: Path) -> str:
    """Return the secret that signs cookies, made once and readable by this account alone."""
    return kept_secret(state / SESSION_KEY)


def at_this_machine() -> bool:
    """Tell whether the visitor sits at this machine and, as far as one can see, comes through no proxy.

    A proxy that changes the Host, adds no header and speaks as browsers do cannot be seen: on this nothing may hang
    that lasts. HTTP/1.0 is no browser's any more, but what nginx speaks to what stands behind it.
    """
    forwarded = any(name.lower().startswith(_OF_PROXIES) for name in request.headers.keys())  # noqa: SIM118
    if forwarded or request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0" or host_name(request.host) not in LOOPBACK:
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def visitor() -> Visitor:
    """Return the visitor of this request."""
    if "visitor" not in g:
        g.visitor = _recognised()
    found: Visitor = g.visitor
    return found


def _recognised() -> Visitor:
    here = house()
    secret = session.get("secret")
    if isinstance(secret, str):
        found = sessions.recognise(here.store, secret, now=here.clock())
        if found:
            territory = here.ground.folder.id
            scope = Scope(found.account.structures(territory))
            return Visitor(found.account.roles(territory), scope, found.account, found.identity)
        session.clear()
    return Visitor(frozenset(ROLES), EVERYTHING) if open_to_this_machine() else Visitor()


def open_to_this_machine() -> bool:
    """Tell whether the visitor may do everything without an account.

    So it is before the first account, on a site that is for this machine alone, once this browser has shown the word
    that was printed at the start: a bare proxy on this machine looks like a browser on it.
    """
    settings = house().settings
    if not settings.is_local or not at_this_machine():
        return False
    # Nearly nobody has shown the word: for them the database is not asked.
    return was_shown(settings, str(session.get(SHOWN_WORD, ""))) and not any_account()


def any_account() -> bool:
    """Tell whether there are accounts."""
    running = wired()
    if not running.has_accounts:
        with house().store.reading() as tx:
            running.has_accounts = has_accounts(tx)
    return running.has_accounts


def enter(account: Account, *, identity: str = "") -> None:
    """Open a session for an account; what the cookie held before is gone."""
    here = house()
    secret = sessions.let_in(here.store, account, now=here.clock(), identity=identity)
    session.clear()
    session["secret"] = secret
    session.permanent = True
    g.pop("visitor", None)


def leave() -> None:
    """End the visitor's session, here and in the store."""
    secret = session.get("secret")
    if isinstance(secret, str):
        sessions.leave(house().store, secret)
    session.clear()
    g.pop("visitor", None)


def who() -> str:
    """Return who acts, for the journal: an account, which is shown by its name only on screen."""
    account = visitor().account
    return account.id if account else "agent"


def may(*roles: str) -> bool:
    """Tell whether the visitor has one of some roles."""
    return bool(visitor().roles & set(roles))


def guard() -> Response | None:
    """Let the visitor in where the table of roles says so; who could sign in for it is led there."""
    if not house().ground.modules.has(module_of(request.endpoint)):
        abort(404)
    wanted = roles_for(request.endpoint)
    if wanted is None:
        abort(403)
    if not wanted or visitor().roles & wanted:
        return None
    if visitor().account is None and not any_account():
        raise MobilityError("no-account-yet", "no account is open yet: the first one opens this page", field="")
    if visitor().account is not None or request.method != "GET":
        abort(403)
    return redirect(url_for("sign_in.show", suite=request.full_path.rstrip("?")))


def own_places() -> Places:
    """Return the places as the visitor may find them: the desk's own names for them are its agents'."""
    return house().places_for(visitor().roles)


def own_desk() -> RideDesk:
    """Return the rides' desk as the visitor may use it: agents' pages know no other."""
    return house().rides.within(visitor().scope)


def may_follow(kind: str, request: Mapping[str, Any]) -> bool:
    """Tell whether the visitor may follow a piece of work and see what it found, by their role and structures."""
    if kind not in JOB_ROLES:
        return may(PLANNER)
    return may(JOB_ROLES[kind]) and visitor().scope.covers(scope_of_job(request))


def own_job(job_id: str, kind: str = "") -> Job | None:
    """Return some work (of a kind) that the visitor may follow; what they may not is as if it were unknown."""
    found = jobs().find(job_id) if job_id else None
    return found if found and kind in {"", found.kind} and may_follow(found.kind, found.request) else None

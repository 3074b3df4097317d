"""The visitor of a request: who they are, what they may do, and the guard that lets them in or not."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

from flask import abort, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from data.accounts import end_session, has_accounts, last_seen, open_session, read_session, touch_session
from desks.accounts.policy import JOB_ROLES, roles_for
from mobility.accounts import PLANNER, ROLES, Account
from webapp.wiring import house, wired

IDLE = timedelta(hours=2)
LONGEST = timedelta(hours=10)
"""A session ends after so long without a request, and after a working day in any case."""
_TOUCH = timedelta(minutes=1)


@dataclass(frozen=True)
class Visitor:
    """Who asks. ``account`` is None for the public and, before there is any account, for whoever sits here."""

    roles: frozenset[str] = frozenset()
    structures: frozenset[str] = field(default_factory=lambda: frozenset({""}))
    account: Account | None = None
    identity: str = ""

    @property
    def name(self) -> str:
        """Return who acts, for the journal."""
        return self.account.name if self.account else "agent"

    @property
    def structure(self) -> str:
        """Return the structure that what the visitor takes down belongs to ("" for all)."""
        return "" if "" in self.structures else min(self.structures, default="")

    def sees(self, structure: str) -> bool:
        """Tell whether a structure's requests are theirs to see."""
        return not structure or "" in self.structures or structure in self.structures


def secret_key(state: Path) -> str:
    """Return the secret that signs cookies, made once and readable by this account alone."""
    path = state / "session.key"
    if not path.exists():
        state.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32), encoding="utf-8")
    return path.read_text(encoding="utf-8")


def at_this_machine() -> bool:
    """Tell whether the visitor sits at this machine and comes through no proxy."""
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via"))
    try:
        return not forwarded and ip_address(request.remote_addr or "").is_loopback
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
        store, now = here.rides.store, here.clock()
        with store.reading() as tx:
            found = read_session(tx, secret, now=now, idle=IDLE, longest=LONGEST)
            seen = last_seen(tx, secret) if found else None
        if found:
            if seen and now - seen > _TOUCH:
                with store.writing() as tx:
                    touch_session(tx, secret, now=now)
            territory = here.ground.folder.id
            return Visitor(
                found.account.roles(territory), found.account.structures(territory), found.account, found.identity
            )
        session.clear()
    if at_this_machine() and not any_account():
        return Visitor(frozenset(ROLES))
    return Visitor()


def any_account() -> bool:
    """Tell whether there are accounts: before the first one, whoever sits at this machine may do everything."""
    running = wired()
    if not running.has_accounts:
        with running.house().store.reading() as tx:
            running.has_accounts = has_accounts(tx)
    return running.has_accounts


def enter(account: Account, *, identity: str = "") -> None:
    """Open a session for an account; what the cookie held before is gone."""
    here = house()
    with here.rides.store.writing() as tx:
        secret = open_session(tx, account.id, now=here.clock(), identity=identity)
    session.clear()
    session["secret"] = secret
    session.permanent = True
    g.pop("visitor", None)


def leave() -> None:
    """End the visitor's session, here and in the store."""
    secret = session.get("secret")
    if isinstance(secret, str):
        with house().rides.store.writing() as tx:
            end_session(tx, secret)
    session.clear()
    g.pop("visitor", None)


def who() -> str:
    """Return who acts, for the journal."""
    return visitor().name


def may(*roles: str) -> bool:
    """Tell whether the visitor has one of some roles."""
    return bool(visitor().roles & set(roles))


def guard() -> Response | None:
    """Let the visitor in where the table of roles says so; who could sign in for it is led there."""
    wanted = roles_for(request.endpoint)
    if wanted is None:
        abort(403)
    if not wanted or visitor().roles & wanted:
        return None
    if visitor().account is not None or not any_account() or request.method != "GET":
        abort(403)
    return redirect(url_for("sign_in.show", suite=request.full_path.rstrip("?")))


def role_of_job(kind: str) -> str:
    """Return the role that a kind of work is for."""
    return JOB_ROLES.get(kind, PLANNER)

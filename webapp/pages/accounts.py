"""Accounts, for administrators: invite, change roles, close, and see who did what."""

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from data.accounts import (
    add_account,
    add_account_link,
    all_accounts,
    detach_subject,
    end_sessions,
    find_account,
    keep_an_administrator,
    set_active,
    set_grants,
)
from data.ride_journal import journal_of, note
from mobility.accounts import ADMINISTRATOR, AGENT, ROLES, Grant
from mobility.errors import MobilityError
from webapp.server.visitor import visitor
from webapp.wiring import house
from webapp.words.accounts import ROLES as ROLE_WORDS
from webapp.words.accounts import link_address, mail_link
from webapp.words.errors import french_error
from webapp.words.rides import ACTS

pages = Blueprint("accounts", __name__, url_prefix="/comptes")
INVITATION_LIVES = timedelta(days=3)


@pages.get("/")
def index() -> str:
    """List the accounts."""
    return _list()


def _list(*, trouble: str = "", link: str = "", invited: str = "") -> str:
    here = house()
    with here.rides.store.reading() as tx:
        known = all_accounts(tx)
        acts = journal_of(tx, limit=100)
    zone = here.rides.zone
    return render_template(
        "accounts.html", known=known, trouble=trouble, link=link, invited=invited, roles=ROLE_WORDS, acts=acts,
        act_words=ACTS, zone=zone, values=request.form, mails=bool(here.settings.smtp),
        territory=here.ground.folder.id,
    )  # fmt: skip


def stated_grants(form: MultiDict[str, str], territory: str) -> list[Grant]:
    """Read the roles of a form; an agent's may be for one structure."""
    structure = form.get("structure", "").strip()[:80]
    return [Grant(role, structure if role == AGENT else "", territory) for role in ROLES if form.get(f"role-{role}")]


def stated_owner(form: MultiDict[str, str]) -> tuple[str, str]:
    """Read the mail and the name of a new account's owner."""
    mail, name = form.get("mail", "").strip()[:200], form.get("nom", "").strip()[:120]
    if "@" not in mail.strip("@") or " " in mail:
        raise MobilityError("bad-mail", f"'{mail}' is not a mail address", field="", value=mail)
    if not name:
        raise MobilityError("empty-value", "give a name for the journal", field="Nom")
    return mail, name


def _signed_in() -> None:
    """Raise where the visitor has no account: on a site that is open to this machine, accounts are not."""
    if visitor().account is None:
        raise MobilityError("first-account-first", "the first account takes the word printed at the start", field="")


def _refused(error: MobilityError) -> tuple[str, int]:
    return _list(trouble=french_error(error)), 403 if error.code == "first-account-first" else 400


@pages.post("/")
def invite() -> str | tuple[str, int]:
    """Make an account, and send its owner a link to choose a password."""
    here = house()
    settings, now = here.settings, here.clock()
    try:
        _signed_in()
        mail, name = stated_owner(request.form)
        given = stated_grants(request.form, here.ground.folder.id)
        with here.rides.store.writing() as tx:
            account = add_account(tx, mail, name, given, now=now)
            secret = add_account_link(tx, account.id, expires=now + INVITATION_LIVES)
            note(tx, visitor().name, "account-added", about=account.id, now=now)
    except MobilityError as error:
        return _refused(error)
    mail_link(settings, account, secret, invited=True)
    return _list(invited=account.mail, link="" if settings.smtp else link_address(settings, secret))


@pages.post("/<identifier>")
def change(identifier: str) -> Response | str | tuple[str, int]:
    """Change what an account may do, close it or open it again, part it from ProConnect, or make a new link."""
    here = house()
    what, now = request.form.get("acte", ""), here.clock()
    try:
        _signed_in()
        with here.rides.store.writing() as tx:
            account = find_account(tx, identifier)
            if what == "roles":
                given = stated_grants(request.form, here.ground.folder.id)
                if not any(grant.role == ADMINISTRATOR for grant in given):
                    keep_an_administrator(tx, identifier)
                # Roles held in other territories are another administrator's business.
                own = {g for g in account.grants if g.territory not in {"", here.ground.folder.id}}
                set_grants(tx, identifier, [*own, *given])
                end_sessions(tx, identifier)
            elif what in {"fermer", "ouvrir"}:
                set_active(tx, identifier, active=what == "ouvrir")
            elif what == "detacher":
                detach_subject(tx, identifier)
            elif what == "lien":
                secret = add_account_link(tx, identifier, expires=now + INVITATION_LIVES)
            else:
                raise MobilityError("unknown-act", f"'{what}' is not known", field="acte", value=what)
            note(tx, visitor().name, "account-changed", about=identifier, detail=what, now=now)
    except MobilityError as error:
        return _refused(error)
    if what == "lien":
        mail_link(here.settings, account, secret, invited=True)
        link = "" if here.settings.smtp else link_address(here.settings, secret)
        return _list(invited=account.mail, link=link)
    return redirect(url_for("accounts.index"), code=303)

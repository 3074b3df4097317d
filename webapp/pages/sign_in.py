"""Signing in and out: by mail and password, by ProConnect; a new password by mail."""

import secrets
from collections.abc import Mapping
from types import MappingProxyType

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from data.accounts import account_of_link
from desks.accounts.joining import account_for
from desks.accounts.passwords import SHORTEST, ask_new_password, choose_password, sign_in
from desks.accounts.proconnect import IdentityServer
from mobility.errors import MobilityError
from webapp.navigation import is_open, settings_pages
from webapp.pages.form_values import beside
from webapp.server.known_browser import known_browser, remember_browser, site_key
from webapp.server.visitor import any_account, enter, leave, open_to_this_machine, visitor
from webapp.wiring import house, wired
from webapp.words.errors import french_error

pages = Blueprint("sign_in", __name__)
STANDS = {"password": "mot-de-passe", "again": "encore"}
"""Where the form of a new password says a fault, by the field of the error."""


def _next(text: str) -> str:
    """Return a page of our own to go on to, never another site's."""
    # One slash, and no backslash, which browsers read as another one: whatever comes after is a path of this site.
    own = text.startswith("/") and not text.startswith("//") and "\\" not in text and text.isprintable()
    return text if own else _first_page()


def _first_page() -> str:
    """Return where whoever comes in begins: with their day, if they have a role here."""
    return url_for("desk.index" if visitor().roles else "sign_in.settings")


@pages.get("/connexion")
def show() -> str | Response:
    """Ask who the visitor is."""
    if visitor().account:
        return redirect(_first_page())
    return _form("")


def _form(trouble: str) -> str:
    return render_template(
        "sign_in.html", trouble=trouble, suite=request.values.get("suite", "")[:500], any_account=any_account(),
        open_here=open_to_this_machine(), proconnect=bool(house().settings.oidc_issuer),
    )  # fmt: skip


@pages.post("/connexion")
def check() -> str | Response | tuple[str, int]:
    """Open a session where mail and password are right."""
    here = house()
    form = request.form
    try:
        account = sign_in(
            here.store, form.get("mail", ""), form.get("mot-de-passe", ""), browser=known_browser(), key=site_key(),
            now=here.clock(),
        )  # fmt: skip
    except MobilityError as error:
        # The owner may have to be told of it: rung whatever was wrong.
        wired().bell.set()
        return _form(french_error(error)), 403 if error.code == "wrong-password" else 429
    enter(account)
    remember_browser(account)
    return redirect(_next(form.get("suite", "")), code=303)


@pages.post("/deconnexion")
def sign_out() -> Response:
    """End the session, at ProConnect too where it began there."""
    identity = visitor().identity
    leave()
    home = url_for("first.index")
    if identity and house().settings.oidc_issuer:
        return redirect(_server().way_out(identity, house().settings.public_url + "/") or home, code=303)
    return redirect(home, code=303)


@pages.get("/reglages")
def settings() -> str:
    """Show the visitor's own account, and all that is set rarely."""
    return settings_page({})


def settings_page(
    values: Mapping[str, str], *, became: str = "", faults: Mapping[str, str] = MappingProxyType({})
) -> str:  # fmt: skip
    """Return the page of settings; ``became`` is what the telephone that is played there did with a call."""
    plays = is_open("desk.simulator") and not house().settings.inbound_secret
    return render_template(
        "settings.html", who=visitor(), groups=settings_pages(), plays=plays, values=values, became=became,
        faults=faults,
    )  # fmt: skip


@pages.route("/mot-de-passe/oublie", methods=["GET", "POST"])
def forgotten() -> str:
    """Send a link by which a new password is chosen; the answer is the same whether there is such an account."""
    here, sent = house(), request.method == "POST"
    if sent and here.settings.smtp:
        ask_new_password(here.store, request.form.get("mail", ""), now=here.clock())
        # Rung whether there is such an account or not: the page must not tell by its pace.
        wired().bell.set()
    return render_template("sign_in.html", forgotten=True, sent=sent, mails=bool(here.settings.smtp))


@pages.get("/mot-de-passe/<secret>")
def open_link(secret: str) -> Response:
    """Take a link's secret out of the address, then ask for the password."""
    session["password-link"] = secret
    return redirect(url_for("sign_in.password"), code=303)


@pages.route("/mot-de-passe", methods=["GET", "POST"])
def password() -> str | Response | tuple[str, int]:
    """Ask for a new password, twice."""
    here = house()
    secret = session.get("password-link")
    if not isinstance(secret, str):
        raise MobilityError("old-account-link", "this link is over", field="link")
    with here.store.reading() as tx:
        account = account_of_link(tx, secret, now=here.clock())
    faults: dict[str, str] = {}
    if request.method == "POST":
        chosen = request.form.get("mot-de-passe", "")
        try:
            if chosen != request.form.get("encore", ""):
                raise MobilityError("two-passwords", "the two passwords differ", field="again")
            choose_password(here.store, account, chosen)
        except MobilityError as error:
            faults = beside(error, STANDS)
        else:
            session.clear()
            # Whoever holds the link is its owner: others who try passwords keep them out no longer.
            remember_browser(account)
            return redirect(url_for("sign_in.show", garde=1), code=303)
    page = render_template(
        "password.html", faults=faults, account=account, shortest=SHORTEST,
        proconnect=bool(here.settings.oidc_issuer) and not account.joined,
    )  # fmt: skip
    return (page, 400) if faults else page


def _server() -> IdentityServer:
    found = wired().identity_server
    if found is None:
        abort(404)
    return found


def _back() -> str:
    return house().settings.public_url + url_for("sign_in.proconnect_back")


@pages.post("/connexion/proconnect")
def proconnect() -> Response:
    """Send the visitor to ProConnect; from an invitation's own page, to join its account to whom they are there."""
    server = _server()
    nonce, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    address, state = server.address_for(_back(), nonce=nonce, verifier=verifier)
    session["proconnect"] = {
        "state": state,
        "nonce": nonce,
        "verifier": verifier,
        "suite": request.form.get("suite", "")[:500],
        # Only where the page that names the account was left by its button: a link opened unawares joins nothing.
        "link": session.get("password-link", "") if request.form.get("rattacher") else "",
    }
    return redirect(address, code=303)


@pages.get("/connexion/proconnect/retour")
def proconnect_back() -> str | Response | tuple[str, int]:
    """Take ProConnect's answer: whoever has an account here gets in."""
    begun = session.pop("proconnect", None)
    given = request.args.get("state", "")
    if not isinstance(begun, dict) or not secrets.compare_digest(given.encode(), str(begun.get("state", "")).encode()):
        return _form("La connexion par ProConnect a été interrompue. Recommencez."), 400
    if "code" not in request.args:
        return _form("ProConnect n'a pas confirmé votre identité. Recommencez."), 403
    try:
        who = _server().identity(_back(), request.args["code"], nonce=begun["nonce"], verifier=begun["verifier"])
    except MobilityError as error:
        return _form(french_error(error)), 502
    try:
        account = account_for(house().store, who, link=str(begun.get("link", "")), now=house().clock())
    except MobilityError as error:
        return _form(french_error(error)), 403
    enter(account, identity=who.token)
    return redirect(_next(str(begun["suite"])), code=303)

"""What guards every answer: names that are the site's, forms of our own pages, a content policy, limits on asking."""

import logging
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, request
from flask_limiter import Limiter

from desks.hosts import host_name
from desks.settings import Settings
from webapp.pictures.base_map import IGN, IGN_HOST
from webapp.server.known_browser import counted_visitor
from webapp.server.policy import roles_for
from webapp.server.visitor import at_this_machine
from webapp.wiring import wired

SENT_BY_PROVIDERS = {"standard", "telephone_calls"}
"""Blueprints that programs call with a key or signature of their own, never with a visitor's cookie."""

SAME_FOR_ALL = {"static", "about.tile"}
"""Endpoints that show nothing of who asks, but on the page that says that there is no such file: browsers keep them."""
BY_LINK = {"rides.open_link", "rides.proposal", "rides.answer_proposal"}
"""Endpoints behind a private link."""

LARGE_UPLOADS = {"planner.upload_roads"}
LARGEST_FORM = 6_000_000
"""Bytes of any other form or file: a calendar fits."""

LIMITS = {
    "rides.index": "30/minute", "rides.ask": "6/minute;40/day", "rides.open_link": "40/minute",
    "rides.answer_proposal": "20/minute", "rides.places": "300/minute", "ways.index": "60/minute",
    "ways.map_page": "60/minute", "ways.sheet": "20/minute", "ways.record_unmet": "6/minute;30/day",
    "sign_in.take_first_account": "10/minute", "sign_in.open_here": "10/minute",
    "sign_in.check": "20/minute", "sign_in.forgotten": "6/minute", "sign_in.open_link": "20/minute",
    "sign_in.proconnect": "20/minute", "sign_in.proconnect_back": "20/minute",
}  # fmt: skip
"""How often one address may call what costs work or could be guessed; a site for this machine alone does not count."""
ANOTHER_HOST = (
    "Cette adresse n'est pas celle du site : rien n'est montré ici. La personne qui gère le site peut l'ajouter à ses "
    "adresses (réglage MOBILITY_HOSTS).\n"
)


def nonce() -> str:
    """Return the word by which this answer's own scripts and styles are known."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    word: str = g.nonce
    return word


def content_policy(word: str, images: str = "") -> str:
    """Return the content policy: all from ourselves; inline scripts and styles only with this answer's word.

    ``images`` names the host of the base map where an administrator chose one that is not ours.
    """
    return "; ".join([
        "default-src 'none'", f"script-src 'self' 'nonce-{word}'", f"style-src 'self' 'nonce-{word}'",
        f"img-src 'self' data: {images}".strip(), "font-src 'self'", "connect-src 'self'", "frame-src 'self'",
        "manifest-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'self'",
    ])  # fmt: skip


def protect(app: Flask, settings: Settings) -> None:
    """Check by what name one asks and where forms come from, and put the headers of safety on every answer."""
    app.jinja_env.globals["nonce"] = nonce
    app.before_request(_refuse_other_hosts(settings.known_hosts))
    app.before_request(_limit_size)
    app.before_request(_same_origin)
    app.after_request(_headers)


def _refuse_other_hosts(known: frozenset[str]) -> Callable[[], Response | None]:
    """Refuse to be asked by a name that is not ours.

    A page of another site whose name is made to mean this machine would otherwise be of the same origin as our pages.
    """

    def check() -> Response | None:
        if host_name(request.host) in known:
            return None
        return Response(ANOTHER_HOST, 400, content_type="text/plain; charset=utf-8")

    return check


def _limit_size() -> None:
    """Refuse large bodies everywhere but where a road extract is sent."""
    if request.endpoint not in LARGE_UPLOADS:
        request.max_content_length = LARGEST_FORM


def _same_origin() -> None:
    """Refuse forms that another site sends in a visitor's name.

    Every browser in use tells where a form comes from (Origin or Sec-Fetch-Site); a session without either is refused,
    unless it tells the page of ours that it comes from (Referer). Behind a proxy the scheme may be another than ours.
    """
    if request.method in {"GET", "HEAD", "OPTIONS"} or request.blueprint in SENT_BY_PROVIDERS:
        return
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    told = origin if origin is not None else request.referrer if site is None and request.cookies else None
    foreign = told is not None and _host_of(told) != request.host
    untold = told is None and site is None and bool(request.cookies)
    if foreign or untold or (site is not None and site.strip().lower() not in {"same-origin", "none"}):
        abort(403)


def _host_of(address: str) -> str | None:
    """Return the host and port of a page's address; None where it is none at all."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return parts.netloc if parts.scheme in {"http", "https"} else None


def _headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("X-Frame-Options", "SAMEORIGIN")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "geolocation=(), camera=(), microphone=(), payment=()")
    if response.mimetype == "text/html":
        headers.setdefault(
            "Content-Security-Policy",
            content_policy(nonce(), IGN_HOST if wired().settings.base_map == IGN else ""),
        )
    else:
        headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'self'")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if is_personal(response):
        # A shared computer at a counter must not show a page of the desk again from its cache.
        headers["Cache-Control"] = "no-store"
        # Nor a search engine that came by a link that somebody published.
        headers["X-Robots-Tag"] = "noindex"
    return response


def is_personal(response: Response) -> bool:
    """Tell whether an answer is one visitor's: behind a door or a private link, or made for whoever came through one.

    So are the refusals and redirects of such addresses, of those that lead nowhere or are asked in a way of their own,
    and public pages and files asked for with a session; and what leads elsewhere, which may be behind a door, as a
    former address of the desk leads there for who has not signed in yet.
    """
    endpoint, blueprint = request.endpoint, request.blueprint
    if endpoint is None or "Location" in response.headers:
        return True
    if endpoint in SAME_FOR_ALL and response.status_code < 400:
        return False
    if roles_for(endpoint) or endpoint in BY_LINK or blueprint in {"sign_in", *SENT_BY_PROVIDERS}:
        return True
    seen = g.get("visitor")
    return current_app.config["SESSION_COOKIE_NAME"] in request.cookies or (seen is not None and bool(seen.roles))


def limit_requests(app: Flask, settings: Settings) -> None:
    """Limit how often one address may ask; several workers count together in the store that the settings name."""
    # It would write who asked too often, address or browser: that somebody did stands with the request (429).
    logging.getLogger("flask-limiter").setLevel(logging.WARNING)
    limiter = Limiter(
        counted_visitor, app=app, storage_uri=settings.rate_store or "memory://",
        in_memory_fallback_enabled=bool(settings.rate_store),
    )  # fmt: skip

    def sits_here() -> bool:
        # Behind a proxy that does not say for whom it asks, everyone would seem to.
        return settings.is_local and at_this_machine()

    views: dict[str, Any] = app.view_functions
    for endpoint, rate in LIMITS.items():
        views[endpoint] = limiter.limit(rate, exempt_when=sits_here)(views[endpoint])

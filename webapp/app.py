"""The application factory: pages, errors and the headers of every answer."""

import logging
from collections.abc import Callable
from datetime import datetime

from flask import Flask, Response, g, render_template, render_template_string, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

from data.private_files import private_state
from data.troubles import disk_trouble
from desks.accounts.sessions import LONGEST
from desks.jobs import Jobs
from desks.settings import Settings
from mobility.errors import MobilityError, UnavailableError
from webapp import navigation
from webapp.opening import local_now
from webapp.pages import (
    about,
    accounts,
    calendar,
    communes,
    desk_messages,
    downloads,
    figures,
    first_account,
    first_page,
    former,
    gaps,
    health,
    imports,
    journal,
    my_day,
    notices,
    open_data,
    people,
    planner,
    prepare,
    requests,
    rides,
    scenarios,
    search,
    sheets,
    sign_in,
    standard,
    telephone,
    telephone_calls,
    tour,
    unmet,
    ways,
)
from webapp.pictures.icons import icon
from webapp.server.compression import compress
from webapp.server.observing import ObservedFlask, observe
from webapp.server.policy import roles_for
from webapp.server.protection import limit_requests, protect
from webapp.server.sheets import offer_sheets
from webapp.server.spaces import bind_spaces
from webapp.server.typed import take_readable
from webapp.server.visitor import Visitor, guard, may, secret_key, visitor
from webapp.wiring import Wired, house
from webapp.words import french
from webapp.words.accounts import missing_role_words, role_words
from webapp.words.errors import french_error, french_rule
from webapp.work import kinds_of_work

_log = logging.getLogger(__name__)
LARGEST_UPLOAD = 400 * 1024 * 1024
"""Bytes: the extract of a whole region fits."""

STATUSES = {
    **dict.fromkeys((
        "no-such-file",
        "unknown-commune", "no-visit", "no-plan", "no-such-feed", "no-such-link", "link-not-open", "no-such-request",
        "no-such-match", "no-such-person", "no-such-offer", "no-such-account", "old-account-link", "no-such-call",
        "no-such-scenario", "no-such-entry", "no-such-message",
    ), 404),
    "gaps-awaited": 503, "gaps-failed": 503,
    "no-account-yet": 403,
}  # fmt: skip
"""What is answered to an error that means: nothing of this name; not now; not for this visitor. To any other: 400."""
HTTP_WORDS = {
    400: ("Demande illisible", "La page n'a pas compris la demande. Revenez en arrière et réessayez."),
    403: (
        "Page réservée",
        "Cette page est réservée, ou la demande vient d'un autre site. Connectez-vous, ou revenez à l'accueil.",
    ),
    404: ("Page introuvable", "Cette page n'existe pas ou n'existe plus."),
    405: ("Demande refusée", "Cette adresse ne s'utilise pas ainsi. Revenez à l'accueil."),
    429: (
        "Trop de demandes",
        "Beaucoup de demandes sont venues de chez vous en peu de temps. Réessayez dans une minute.",
    ),
    413: ("Fichier trop grand", "Ce fichier est trop grand : au plus 400 Mo pour des routes, 5 Mo pour le reste."),
    500: ("Panne", "Le site a rencontré une panne. Réessayez ; si elle dure, prévenez la personne qui le gère."),
}
NOT_YOURS = "Cette demande est refusée : elle vient d'un autre site, ou concerne une autre structure que la vôtre."
BARE_PAGE = (
    '<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{{ title }}</title></head>'
    "<body><main><h1>{{ title }}</h1><p>{{ sentence }}</p></main></body></html>"
)

PAGES = (
    first_page, former, calendar, communes, downloads, planner, prepare, scenarios, gaps, open_data, ways, rides,
    my_day, requests, search, people, notices,
    figures, unmet, desk_messages, telephone, standard, telephone_calls, about, tour, sign_in, first_account,
    accounts, journal, health,
    imports, sheets,
)  # fmt: skip
"""The modules whose pages make the site."""


def create_app(settings: Settings, *, clock: Callable[[], datetime] | None = None) -> Flask:
    """Return the site of one territory. ``clock`` gives the present (tests set it)."""
    private_state(settings.state)
    app = ObservedFlask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_UPLOAD
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 86_400
    app.secret_key = secret_key(settings.state)
    secure = settings.public_url.startswith("https://")
    app.config.update(
        SESSION_COOKIE_NAME="__Host-session" if secure else "session", SESSION_COOKIE_HTTPONLY=True,
        # Lax, not Strict: whoever comes back from ProConnect must be recognised. Forms are checked by their origin.
        SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_SECURE=secure, PERMANENT_SESSION_LIFETIME=LONGEST,
    )  # fmt: skip
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, *[settings.proxies] * 3)  # type: ignore[method-assign]
    running = Wired(settings, clock or local_now)
    running.jobs = Jobs(lambda: running.house().store, kinds_of_work(running.house), running.clock)
    app.extensions["wired"] = running
    # Several modules may add to one set of pages (the desk's): each set is registered once.
    for pages in dict.fromkeys(module.pages for module in PAGES):
        app.register_blueprint(pages)
    app.jinja_env.globals.update(
        french=french, french_rule=french_rule, house=house, may=may, visitor=visitor,
        role_words=role_words, icon=icon, **{name: getattr(navigation, name) for name in navigation.AROUND_A_PAGE},
        notices_for=notices.notices_for, desk_answers=about.desk_answers,
    )  # fmt: skip
    app.jinja_env.filters["capital"] = french.capital
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    # Asked first, so done last: tables are taken out of pages with plain spaces.
    bind_spaces(app)
    observe(app)
    # Before what sends answers smaller, and so after it once they leave: a table is as private as its page.
    offer_sheets(app)
    compress(app)
    take_readable(app)
    protect(app, settings)
    app.after_request(_without_page)
    app.before_request(guard)
    limit_requests(app, settings)
    app.register_error_handler(MobilityError, _house_error)
    app.register_error_handler(UnavailableError, _unavailable)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OSError, _disk_error)
    return app


def _without_page(answer: Response) -> Response:
    """Send no page with what leads elsewhere: the library's own is in English, whoever made the answer."""
    if answer.location and 300 <= answer.status_code < 400:
        answer.set_data(b"")
    return answer


def _house_error(error: MobilityError) -> tuple[str, int]:
    sentence = french_error(error, house().ground.names())
    page = render_template("error.html", title="C'est impossible ainsi", sentence=sentence)
    return page, STATUSES.get(error.code, 400)


def _unavailable(error: UnavailableError) -> tuple[str, int]:
    _log.error("cannot be done now: %s", error)
    # The page that says so must not ask what does not answer.
    g.setdefault("visitor", Visitor())
    told = {"title": "Pas en ce moment", "sentence": french_error(error)}
    try:
        return render_template("error.html", **told), 503
    except UnavailableError:
        # Not even the menu can be known: the desks do not open.
        return render_template_string(BARE_PAGE, **told), 503


def _disk_error(error: OSError) -> tuple[str, int]:
    _log.exception("the disk refused")
    code = disk_trouble(error)
    if not code:
        return render_template("error.html", title="Panne", sentence=HTTP_WORDS[500][1]), 500
    sentence = french_error(UnavailableError(code, "the disk refused"))
    return render_template("error.html", title="Pas en ce moment", sentence=sentence), 503


def _http_error(error: HTTPException) -> tuple[str, int]:
    code = 413 if isinstance(error, RequestEntityTooLarge) else error.code or 500
    title, sentence = HTTP_WORDS.get(code, HTTP_WORDS[400 if code < 500 else 500])
    if code == 403 and visitor().account:
        # Who has signed in is told what they miss, not to sign in.
        wanted = roles_for(request.endpoint) or frozenset()
        missing = wanted and not may(*wanted)
        sentence = missing_role_words(wanted, house().ground.modules) if missing else NOT_YOURS
    return render_template("error.html", title=title, sentence=sentence), code

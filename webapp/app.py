"""The application factory: pages, errors and the headers of every answer."""

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import Flask, Response, abort, render_template, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from mobility.errors import MobilityError
from webapp import french
from webapp.desk_access import SESSION_HOURS, secret_key
from webapp.map_content import when_words
from webapp.messages import french_error, french_rule
from webapp.pages import (
    about,
    calendar,
    communes,
    desk_drivers,
    downloads,
    gaps,
    open_data,
    planner,
    rides,
    standard,
    trips,
)
from webapp.settings import Settings
from webapp.site import Site, site
from webapp.workspace import open_workspace

LARGEST_UPLOAD = 400 * 1024 * 1024
"""Bytes: the extract of a whole region fits."""

NOT_FOUND = {
    "unknown-commune", "no-visit", "no-plan", "no-such-feed", "no-such-link", "no-such-request", "no-such-match",
    "no-such-person", "no-such-offer",
}  # fmt: skip
"""Errors that mean: nothing of this name."""
HTTP_WORDS = {
    400: ("Demande illisible", "La page n'a pas compris la demande. Revenez en arrière et réessayez."),
    403: ("Demande refusée", "Cette demande vient d'un autre site. Ouvrez la page ici et recommencez."),
    404: ("Page introuvable", "Cette page n'existe pas ou n'existe plus."),
    405: ("Demande refusée", "Cette adresse ne s'utilise pas ainsi. Revenez à l'accueil."),
    413: ("Fichier trop grand", "Ce fichier est trop grand (au plus 400 Mo)."),
    500: ("Panne", "Le site a rencontré une panne. Réessayez ; si elle dure, prévenez la personne qui le gère."),
}


def create_app(settings: Settings, *, clock: Callable[[], datetime] | None = None) -> Flask:
    """Return the site of one territory. ``clock`` gives the present (tests set it)."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_UPLOAD
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 86_400
    app.secret_key = secret_key(settings.state)
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https://"),
        PERMANENT_SESSION_LIFETIME=timedelta(hours=SESSION_HOURS),
    )  # fmt: skip
    app.extensions["site"] = Site(open_workspace(settings), clock or (lambda: datetime.now().astimezone()))
    for module in (
        calendar,
        communes,
        downloads,
        planner,
        gaps,
        open_data,
        trips,
        rides,
        desk_drivers,
        standard,
        about,
    ):
        app.register_blueprint(module.pages)
    app.jinja_env.globals.update(french=french, french_rule=french_rule, site=site, when_words=when_words)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.before_request(_same_origin)
    app.after_request(_headers)
    app.register_error_handler(MobilityError, _house_error)
    app.register_error_handler(HTTPException, _http_error)
    return app


def _same_origin() -> None:
    """Refuse forms that another site sends in a visitor's name."""
    if request.method not in {"GET", "HEAD", "OPTIONS"}:
        origin = request.headers.get("Origin")
        foreign = origin is not None and urlsplit(origin).netloc != request.host
        if foreign or request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}:
            abort(403)


def _headers(response: Response) -> Response:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("X-Frame-Options", "SAMEORIGIN")
    return response


def _house_error(error: MobilityError) -> tuple[str, int]:
    sentence = french_error(error, site().names())
    status = 404 if error.code in NOT_FOUND else 400
    return render_template("error.html", title="C'est impossible ainsi", sentence=sentence), status


def _http_error(error: HTTPException) -> tuple[str, int]:
    code = 413 if isinstance(error, RequestEntityTooLarge) else error.code or 500
    title, sentence = HTTP_WORDS.get(code, HTTP_WORDS[400 if code < 500 else 500])
    return render_template("error.html", title=title, sentence=sentence), code

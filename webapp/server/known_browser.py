"""The cookie by which a browser is known again where someone signed in rightly. It opens nothing: it lets through.

It holds a random name and, for each account, an opaque word that a new password of the account makes worthless.
"""

import secrets
from datetime import timedelta
from typing import Any

from flask import Flask, after_this_request, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from desks.accounts.guessing import Browser
from desks.accounts.passwords import word_for
from desks.hosts import counted_address
from mobility.accounts import Account
from webapp.wiring import house

LIVES = timedelta(days=180)
"""How long an account knows a browser again where nobody signs in."""
MOST_WORDS = 8
"""Accounts that share a computer at a counter, those used last."""


def site_key() -> bytes:
    """Return the key that the words of this site are made with."""
    return str(current_app.secret_key).encode()


def _cookie(app: Flask) -> str:
    return "__Host-browser" if app.config["SESSION_COOKIE_SECURE"] else "browser"


def _signing() -> URLSafeSerializer:
    # A salt of its own: what is signed here is no session.
    return URLSafeSerializer(site_key(), salt="known browser")


def _kept() -> tuple[str, dict[str, str]]:
    """Return the browser's name and its words with their last days; "" and none where the cookie is not ours."""
    try:
        found: Any = _signing().loads(request.cookies.get(_cookie(current_app), ""))
    except BadSignature:
        return "", {}
    return found["name"], found["words"]


def known_browser() -> Browser:
    """Return who asks, as tries to sign in are counted."""
    name, words = _kept()
    today = house().today().isoformat()
    good = frozenset(word for word, last in words.items() if last >= today)
    return Browser(counted_address(request.remote_addr or ""), name, good)


def counted_visitor() -> str:
    """Return whose requests are counted together: an address; at the door, a known browser by itself."""
    name = _kept()[0] if request.blueprint == "sign_in" else ""
    return f"browser {name}" if name else counted_address(request.remote_addr or "")


def remember_browser(account: Account) -> None:
    """Let an account know this browser again, from the answer to this request on."""
    here = house()
    name, words = _kept()
    name = name or secrets.token_hex(16)
    word = word_for(here.store, account, name, key=site_key())
    if not word:
        return
    words.pop(word, None)
    words[word] = (here.today() + LIVES).isoformat()
    content = _signing().dumps({"name": name, "words": dict(list(words.items())[-MOST_WORDS:])})

    @after_this_request
    def keep(response: Response) -> Response:
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie(
            _cookie(current_app), content, max_age=LIVES, httponly=True, samesite="Strict", secure=secure
        )
        return response

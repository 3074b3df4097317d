"""The first account of a site, an administrator's: opened by the word that was printed when the site started.

Until then that word opens the desk on the machine itself too.
"""

from collections.abc import Mapping

from flask import abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from desks.accounts.first_word import sign_of
from desks.accounts.opening import check_first_account, open_first_account
from mobility.accounts import ADMINISTRATOR, Grant
from mobility.errors import Faults, MobilityError
from webapp.pages.accounts import STANDS, stated_grants, stated_owner
from webapp.pages.form_values import beside
from webapp.pages.sign_in import pages
from webapp.server.visitor import SHOWN_WORD, any_account, at_this_machine
from webapp.wiring import house
from webapp.words.accounts import role_words


@pages.get("/premier-compte")
def first_account() -> str | Response:
    """Ask for the word, and whose the account is."""
    return redirect(url_for("sign_in.show")) if any_account() else _form({})


@pages.get("/ouvrir/<word>")
def open_here(word: str) -> Response:
    """Let a browser of this machine that shows the printed word do everything until there is an account."""
    here = house()
    check_first_account(here.store, here.settings, word)
    if not here.settings.is_local or not at_this_machine():
        abort(403)
    session[SHOWN_WORD] = sign_of(word)
    return redirect(url_for("desk.index"), code=303)


def _form(faults: Mapping[str, str]) -> str:
    others = {role: words for role, words in role_words(house().ground.modules).items() if role != ADMINISTRATOR}
    return render_template("first_account.html", faults=faults, values=request.form, roles=others)


@pages.post("/premier-compte")
def take_first_account() -> Response | tuple[str, int]:
    """Make the account where the word is right, and lead on to choosing a password."""
    here = house()
    settings, word = here.settings, request.form.get("mot", "")
    try:
        with Faults() as faults:
            faults.of(lambda: check_first_account(here.store, settings, word), None)
            mail, name = stated_owner(request.form)
        territory = here.ground.folder.id
        given = {Grant(ADMINISTRATOR, "", territory), *stated_grants(request.form, territory)}
        opened = open_first_account(here.store, settings, word, mail, name, given, now=here.clock())
    except MobilityError as error:
        return _form(beside(error, {"word": "mot", **STANDS})), 403 if error.code in {
            "wrong-first-word",
            "first-account-taken",
        } else 400
    session.clear()
    session["password-link"] = opened.secret
    return redirect(url_for("sign_in.password"), code=303)

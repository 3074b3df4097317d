"""Accounts, for administrators: invite, change roles, close, and see who did what."""

from collections.abc import Mapping
from types import MappingProxyType

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from data.accounts import all_accounts
from desks.accounts import opening
from desks.accounts.opening import Invitation
from desks.accounts.structures import all_structures, declare, stamp_of
from desks.settings import Settings
from mobility.accounts import AGENT, ROLES, Account, Grant
from mobility.errors import Faults, MobilityError
from mobility.messages import known_mail
from mobility.scope import COORDINATION, Structure
from webapp.pages.data_copy import copy_answer
from webapp.pages.form_values import beside
from webapp.server.visitor import visitor, who
from webapp.wiring import house, wired
from webapp.words.accounts import link_address, role_words
from webapp.words.french import telephone_words

pages = Blueprint("accounts", __name__, url_prefix="/comptes")
STANDS = {"mail": "mail", "Nom": "nom", "roles": "roles", "telephone": "telephone"}
"""Where the forms say a fault, by the field of the error; elsewhere at the top of the page."""
NEW = "nouveau"
"""What the form of a new account is called among those of the page."""
DONE = {
    "fermer": "Le compte est fermé : il n'ouvre plus rien.", "ouvrir": "Le compte est rouvert.",
    "detacher": "Le compte n'est plus rattaché à ProConnect.", "roles": "Les rôles sont gardés.",
    "courriel": "L'adresse est changée ; les deux adresses reçoivent un message.", "effacer": "Le compte est effacé.",
}  # fmt: skip
"""What is said of each act on an account that is done."""
ACTS_ON = {"fermer": opening.close_account, "ouvrir": opening.open_again, "detacher": opening.part_identity}


@pages.get("/")
def index() -> str:
    """List the accounts."""
    return _list()


def _list(
    *, faults: Mapping[str, str] = MappingProxyType({}), link: str = "", invited: str = "", refused: str = "",
) -> str:  # fmt: skip
    """Return the page; ``refused`` names the form that was sent in vain: an account, a structure, a new account."""
    here = house()
    territory = here.ground.folder.id
    with here.rides.store.reading() as tx:
        known, structures = all_accounts(tx), all_structures(tx, territory)
    sent = {refused: request.form} if refused else {}
    return render_template(
        "accounts.html", known=known, structures=[(one, *_reached(one, sent.get(one.name, {}))) for one in structures],
        coordination=COORDINATION, faults=faults, refused=refused, link=link, invited=invited,
        roles=role_words(here.ground.modules), values=request.form if refused else {},
        ticked=[role for role in ROLES if request.form.get(f"role-{role}")],
        held={account.id: _held(account, territory, sent.get(account.id, {})) for account in known},
        roles_stamp=opening.roles_stamp, structure_stamp=stamp_of, mails=bool(here.settings.smtp),
        territory=territory, days=here.settings.retention_days,
    )  # fmt: skip


def _held(account: Account, territory: str, sent: Mapping[str, str]) -> tuple[frozenset[str], str]:
    """Return the roles of an account with its agent's structure, and what somebody changed of them in vain."""
    now, structure = frozenset(account.roles(territory)), next(iter(account.structures(territory)), "") or ""
    if sent.get("acte") != "roles":
        return now, structure
    saw, typed = sent.get("vu", ""), sent.get("structure", "")
    seen = {grant.partition("/")[0] for grant in saw.split()} & set(ROLES)
    changed = seen ^ {role for role in ROLES if sent.get(f"role-{role}")}
    return now ^ changed, structure if f"/{typed}/" in saw else typed


def _reached(structure: Structure, sent: Mapping[str, str]) -> tuple[str, str]:
    """Return by which mail and number a structure is reached, and what somebody changed of them in vain."""
    mail, number = structure.mail, telephone_words(structure.telephone)
    if not sent:
        return mail, number
    saw_mail, _, saw_number = sent.get("vu", "").partition(" ")
    typed_mail, typed_number = sent.get("courriel", ""), sent.get("telephone", "")
    unchanged = typed_number in {saw_number, telephone_words(saw_number)}
    return mail if typed_mail == saw_mail else typed_mail, number if unchanged else typed_number


def stated_grants(form: MultiDict[str, str], territory: str) -> list[Grant]:
    """Read the roles of a form; an agent's may be for one structure."""
    structure = form.get("structure", "").strip()[:80]
    return [Grant(role, structure if role == AGENT else "", territory) for role in ROLES if form.get(f"role-{role}")]


def stated_owner(form: MultiDict[str, str]) -> tuple[str, str]:
    """Read the mail and the name of a new account's owner."""
    mail, name = form.get("mail", "").strip(), form.get("nom", "").strip()[:120]
    with Faults() as faults:
        faults.of(lambda: known_mail(mail, field="mail"), "")
        if not name:
            faults.add(MobilityError("empty-value", "give a name for the journal", field="Nom"))
    return mail, name


def _signed_in() -> None:
    """Raise where the visitor has no account: on a site that is open to this machine, accounts are not."""
    if visitor().account is None:
        raise MobilityError("first-account-first", "the first account takes the word printed at the start", field="")


def _refused(error: MobilityError, form: str = "", act: str = "") -> tuple[str, int]:
    # That somebody must remain administrator is said where the box was unticked; of another act, above.
    stands = {**STANDS, "account": "roles"} if act == "roles" else STANDS
    page = _list(faults=beside(error, stands), refused=form)
    return page, 403 if error.code == "first-account-first" else 400


@pages.post("/")
def invite() -> str | tuple[str, int]:
    """Make an account, and send its owner a link to choose a password."""
    here = house()
    try:
        _signed_in()
        given, by_mail = stated_grants(request.form, here.ground.folder.id), bool(here.settings.smtp)
        with Faults() as faults:
            mail, name = faults.of(lambda: stated_owner(request.form), ("", ""))
            if not given:
                faults.add(MobilityError("empty-value", "an account without a role may do nothing", field="roles"))
        invitation = opening.open_account(here.store, mail, name, given, now=here.clock(), who=who(), by_mail=by_mail)
    except MobilityError as error:
        return _refused(error, NEW)
    return _invited(here.settings, invitation)


def _invited(settings: Settings, invitation: Invitation) -> str:
    wired().bell.set()
    link = link_address(settings, invitation.secret) if invitation.secret else ""
    return _list(invited=invitation.account.mail, link=link)


@pages.post("/structures")
def structure() -> Response | tuple[str, int]:
    """Keep how a structure wishes to be told what cannot wait."""
    here = house()
    stated = Structure(*(request.form.get(name, "").strip()[:200] for name in ("structure", "courriel", "telephone")))
    try:
        _signed_in()
        saw = request.form.get("vu")
        declare(here.store, stated, here.ground.folder.id, now=here.clock(), who=who(), saw=saw)
    except MobilityError as error:
        return _refused(error, stated.name)
    return redirect(url_for("accounts.index", _anchor="structures"), code=303)


@pages.post("/<identifier>")
def change(identifier: str) -> Response | str | tuple[str, int]:
    """Change what an account may do, close it, open it again, part it from ProConnect, erase it, make a new link."""
    here = house()
    what, now, territory = request.form.get("acte", ""), here.clock(), here.ground.folder.id
    try:
        _signed_in()
        if what == "lien":
            by_mail = bool(here.settings.smtp)
            invited = opening.invite_again(here.store, identifier, now=now, who=who(), by_mail=by_mail)
            return _invited(here.settings, invited)
        if what == "roles":
            given, saw = stated_grants(request.form, territory), request.form.get("vu")
            opening.give_roles(here.store, identifier, given, territory, now=now, who=who(), saw=saw)
        elif what == "effacer":
            if not request.form.get("sur"):
                raise MobilityError("unsure", "erasing takes one more word", field="")
            opening.erase(here.store, identifier, now=now, who=who())
        elif what == "courriel":
            opening.change_mail(here.store, identifier, request.form.get("mail", "").strip()[:200], now=now, who=who())
            wired().bell.set()
        elif what in ACTS_ON:
            ACTS_ON[what](here.store, identifier, now=now, who=who())
            wired().bell.set()
        else:
            raise MobilityError("unknown-act", f"'{what}' is not known", field="acte", value=what)
    except MobilityError as error:
        return _refused(error, identifier, what)
    flash(DONE[what])
    return redirect(url_for("accounts.index"), code=303)


@pages.post("/<identifier>/copie")
def copy_of_account(identifier: str) -> Response | tuple[str, int]:
    """Hand over all that is kept of an account's holder, as a file."""
    here = house()
    try:
        _signed_in()
        document = opening.hand_over(here.store, here.wording, identifier, now=here.clock(), who=who())
    except MobilityError as error:
        return _refused(error)
    return copy_answer(document, "compte", request.form.get("forme", ""))

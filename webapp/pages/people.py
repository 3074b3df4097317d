"""People: who drives, and one person's file, where what is wrong is put right and consents are kept.

Whoever drives has what they offer in their file too; all who drive are a list of the same page.
"""

from collections.abc import Mapping

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from data.people import find_person
from desks.house import House
from desks.people.file import agree, open_person, take_back
from desks.people.finding import drivers
from desks.people.merging import known_as, look, merge, undo
from desks.people.rights import correct, hand_over, stamp_of, told_anew
from desks.rides.people import erase, offer_of, take_offer, withdraw
from mobility.clock import parse_day
from mobility.consent import Consent
from mobility.errors import MobilityError
from mobility.modules import RIDES
from mobility.people import Person
from mobility.rides import VOLUNTEER
from mobility.scope import COORDINATION
from webapp.pages.data_copy import copy_answer
from webapp.pages.desk import pages
from webapp.pages.form_values import beside
from webapp.pages.offer_form import STANDS, stated_driver, stated_offer
from webapp.server.visitor import own_desk, visitor, who
from webapp.wiring import house
from webapp.words import people as words
from webapp.words.french import alphabetical, of_place

DONE = {
    "corriger": "La fiche est corrigée.", "accord": "L'accord est noté.", "reprendre": "L'accord est retiré.",
    "offre": "L'offre est enregistrée.", "retirer": "L'offre est retirée.",
    "reunir": "Les deux fiches sont réunies.", "defaire": "Les deux fiches sont de nouveau séparées.",
    "effacer": "La personne est effacée.",
}  # fmt: skip
"""What is said of what was done on a person's file."""
CORRECTED = {"nom": "name", "telephone": "telephone", "mail": "mail", "adresse": "address", "commune": "commune"}
"""The columns that are put right, by the input of the form."""
BESIDE: dict[str, Mapping[str, str]] = {
    "corriger": {column: name for name, column in CORRECTED.items()},
    "accord": {"consent": "quoi", "until": "jusqua", "Jusqu'au": "jusqua"},
    "offre": STANDS,
}
"""Where each form of a file says a fault, by the field of the error; elsewhere at the top of the page."""


@pages.route("/personnes", methods=["GET", "POST"])
def people() -> str | BaseResponse | tuple[str, int]:
    """Say where a person is looked for; list who drives, and take down one more."""
    here, desk, faults = house(), own_desk(), dict[str, str]()
    if request.form.get("acte") == "offre":
        _require_rides()
        try:
            offered, newcomer = stated_driver(here, request.form)
            made = take_offer(desk, offered, newcomer, now=here.clock(), who=who())
            return redirect(url_for("desk.person", identifier=made.driver), code=303)
        except MobilityError as error:
            faults = beside(error, STANDS, here.ground.names())
    listed = here.ground.modules.has(RIDES) and (bool(faults) or request.args.get("voir") == "conducteurs")
    driving = drivers(desk.store, now=here.clock(), who=who()) if listed else None
    page = render_template(
        "people.html", faults=faults, drivers=driving, values=request.form, volunteer=VOLUNTEER,
    )  # fmt: skip
    return (page, 400) if faults else page


def _require_rides() -> None:
    if not house().ground.modules.has(RIDES):
        abort(404)


@pages.get("/personnes/<identifier>")
def person(identifier: str) -> str | BaseResponse:
    """Show one person's file; who was known twice has the one that stayed."""
    if stayed := known_as(own_desk().store, identifier):
        return redirect(url_for("desk.person", identifier=stayed))
    return _file(identifier)


def _file(identifier: str, faults: Mapping[str, str] | None = None, *, changed: bool = False) -> str:
    """Show a person's file, with what was typed; where it was ``changed`` since, with what was written anew of it."""
    here, desk = house(), own_desk()
    now = here.clock()
    opened = open_person(desk.store, identifier, now=now, who=who())
    typed, stamp = _typed(changed=changed) if faults else {}, stamp_of(opened.person, opened.contact)
    return render_template(
        "person.html", file=opened, words=words, kinds=words.kind_words(here.ground.modules),
        consents=words.consent_words(here.ground.modules),
        faults=faults or {}, typed=typed,
        stamp=request.form.get("vu", stamp) if typed and not changed else stamp, today=now.date(), zone=desk.zone,
        structures=_structures(opened.person), communes=_communes(here), values=request.form,
        volunteer=VOLUNTEER,
    )  # fmt: skip


def _typed(*, changed: bool) -> dict[str, str]:
    """Return what was typed of a correction; where it was ``changed`` since, only what differs from what was seen."""
    form = request.form
    told = {column: form[name] for name, column in CORRECTED.items() if name in form and form.get("acte") == "corriger"}
    anew = told_anew(told, form.get("vu", "")) if changed else {*told}
    return {name: told[column] for name, column in CORRECTED.items() if column in anew}


def _communes(here: House) -> dict[str, str]:
    """Return the communes by name, as one looks for one among them."""
    return dict(sorted(here.ground.commune_names().items(), key=lambda pair: alphabetical(pair[1])))


def _structures(person: Person) -> list[str]:
    """Return the structures for which the visitor may write down a person's consent."""
    return sorted(visitor().scope.structures - {""} | {person.structure} - {"", COORDINATION})


def _consent(identifier: str) -> Consent:
    """Read what a person agrees to: for a structure of theirs or of the visitor's, never for one that is typed in."""
    form = request.form
    whom = form.get("qui", "")
    with own_desk().store.reading() as tx:
        if whom and whom not in _structures(find_person(tx, identifier)):
            abort(400)
    until = parse_day(form["jusqua"], field="Jusqu'au") if form.get("jusqua") else None
    return Consent(form.get("quoi", ""), whom, until, form.get("comment", ""))


def _corrected(identifier: str) -> dict[str, str]:
    """Read what is put right: whoever is called after their commune is called after the right one."""
    told = {name: request.form[field].strip() for field, name in CORRECTED.items() if field in request.form}
    with own_desk().store.reading() as tx:
        known = find_person(tx, identifier)
    names = house().ground.commune_names()
    before, after = names.get(known.commune), names.get(told.get("commune", ""))
    if before and after and before != after and known.alias.endswith(f" {of_place(before)}"):
        told["alias"] = known.alias.removesuffix(of_place(before)) + of_place(after)
    return told


@pages.post("/personnes/<identifier>")
def act_on_person(identifier: str) -> BaseResponse | tuple[str, int]:
    """Put right, agree, take back, add or withdraw an offer, join two files or part them again, erase."""
    here, desk, form = house(), own_desk(), request.form
    now, what = here.clock(), request.form.get("acte", "")
    try:
        if what == "corriger":
            told, saw = _corrected(identifier), form.get("vu")
            correct(desk.store, here.ground.territory, identifier, told, now=now, who=who(), saw=saw)
        elif what == "accord":
            agree(desk.store, identifier, _consent(identifier), now=now, who=who())
        elif what == "reprendre":
            take_back(desk.store, identifier, form.get("accord", ""), now=now, who=who())
        elif what == "offre":
            _require_rides()
            offer_of(desk, identifier, stated_offer(here, form), now=now, who=who())
        elif what == "retirer":
            withdraw(desk, identifier, form.get("offre", ""), now=now, who=who())
        elif what == "reunir":
            merge(desk.store, identifier, form.get("autre", ""), now=now, who=who())
        elif what == "defaire":
            undo(desk.store, identifier, form.get("reunion", ""), now=now, who=who())
        elif what == "effacer":
            erase(desk, identifier, now=now, who=who())
        else:
            abort(400)
    except MobilityError as error:
        faults = beside(error, BESIDE.get(what, {}), here.ground.names())
        return _file(identifier, faults, changed=error.code == "person-changed"), 400
    flash(DONE[what])
    after = url_for("desk.people") if what == "effacer" else url_for("desk.person", identifier=identifier)
    return redirect(after, code=303)


@pages.post("/personnes/<identifier>/copie")
def copy_of_person(identifier: str) -> BaseResponse:
    """Hand over all that is kept of a person, as a file."""
    here = house()
    document = hand_over(own_desk().store, here.wording, identifier, now=here.clock(), who=who())
    return copy_answer(document, "personne", request.form.get("forme", ""))


@pages.get("/personnes/<identifier>/effacer")
def erase_person(identifier: str) -> str:
    """Ask once more before a person is erased."""
    opened = open_person(own_desk().store, identifier, now=house().clock(), who=who())
    return render_template("person_sure.html", file=opened, merging=None)


@pages.get("/personnes/<identifier>/reunir")
def merge_person(identifier: str) -> str:
    """Say what follows if two files become one, and ask once more."""
    here = house()
    told = look(own_desk().store, identifier, request.args.get("avec", ""), now=here.clock(), who=who())
    return render_template(
        "person_sure.html", merging=told, words=words, kinds=words.kind_words(here.ground.modules),
        follows=words.follow_words(told.follows),
    )  # fmt: skip

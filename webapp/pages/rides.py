"""Solidarity rides in public: what is offered around a commune, a search, a request, and private links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask import Blueprint, Response, jsonify, redirect, render_template, request, session, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from data.store import digest
from desks.house import House
from desks.released import if_told
from desks.rides.answers import answer, read_proposal, take_back, withdraw_consent
from desks.rides.due import driver_wanted_by
from desks.rides.options import ToldOption
from desks.rides.partners import ask_partners
from desks.rides.people import ask_for_oneself
from desks.rides.place_search import suggest
from desks.rides.public_offers import NOTHING_TOLD
from mobility.consent import CONSENTS, CONTACT_CONSENT, MESSAGE_CONSENT, SCREEN, TELEPHONE, Consent
from mobility.disclosure import DRIVERS, TRIPS
from mobility.errors import Faults, MobilityError
from mobility.messages import known_mail
from mobility.people import DRIVER, RIDER, Contact, Newcomer, Person
from mobility.places import Place, Point
from mobility.rides import RideRequest
from mobility.written import written_telephone
from webapp.pages.form_values import beside, stated_day, stated_hours, stated_number, tomorrow
from webapp.pictures.ride_map import offers_map
from webapp.server.map_answer import map_answer
from webapp.server.visitor import own_places
from webapp.wiring import house
from webapp.words.disclosure import fewer_words, number_of
from webapp.words.french import alphabetical
from webapp.words.people import OWN_CONSENTS, WAYS
from webapp.words.rides import (
    ABILITIES,
    ERRANDS,
    KIND_WORDS,
    REASONS,
    alias_words,
    answer_by_words,
    ends_of,
    request_words,
)

pages = Blueprint("rides", __name__)
FARTHEST = timedelta(days=120)
STANDS = {
    "De": "de", "Vers": "vers", "Jour": "jour", "day": "jour", "Heure": "heure", "Retour": "retour",
    "Accompagnants": "accompagnants", "back_after": "retour", "destination": "vers", "until": "jusqua",
}  # fmt: skip
"""Where the form of a request says a fault, by the field of the error; elsewhere at its top."""
OWN = {"Nom": "nom", "Téléphone": "telephone", "mail": "mail", "Accord": "accord"}
"""Where the form of one who asks for themselves says a fault beside those of the request."""
KEPT_LINKS = 8
"""Private links that one browser holds open at a time."""
_SENT = "request-sent"
SHORT = 12
"""Signs of a link's digest that name it in the address."""


@dataclass(frozen=True)
class Found:
    """What a search found: options that tell nothing of who drives, and why there are none."""

    request: RideRequest
    options: list[ToldOption]
    reason: str = ""
    partners: tuple[dict[str, object], ...] = ()


@pages.get("/solidaire")
def index() -> str:
    """Show what is offered by commune, and search."""
    return _shown(request.args)


def _shown(values: MultiDict[str, str], refused: Mapping[str, str] | None = None) -> str:
    """Return the page with what a search finds; ``refused`` is what is wrong with a request that was sent from it."""
    here = house()
    faults, found = dict(refused or {}), None
    if values.get("de") and values.get("vers"):
        try:
            found = _search(here, values)
        except MobilityError as error:
            faults = faults or beside(error, STANDS, here.ground.names())
    invented = here.public_rides.example()
    told = invented or if_told(here.public_rides.offers, None)
    view = told or NOTHING_TOLD
    names = here.ground.commune_names()
    return render_template(
        "rides.html", values=values, faults=faults, found=found, asking=refused is not None,
        tomorrow=tomorrow(here).isoformat(), view=view, untold=told is None,
        starts=sorted((names[insee] for insee in view.communes if insee in names), key=alphabetical), names=names,
        ends_of=ends_of,
        example=invented is not None, few_trips=fewer_words(TRIPS), most_trips=number_of(TRIPS),
        few_drivers=number_of(DRIVERS), thanks=bool(request.args.get("recue")),
        sent=session.pop(_SENT, []), telephone=here.ground.telephone,
    )  # fmt: skip


@pages.get("/solidaire/carte")
def map_page() -> Response:
    """Draw the map of what is offered."""
    here = house()
    return map_answer(
        offers_map(here.ground, here.public_rides.example() or if_told(here.public_rides.offers, NOTHING_TOLD))
    )


@pages.get("/api/lieux")
def places() -> Response:
    """Suggest places for what was typed so far, by the names that the visitor may look for."""
    text = request.args.get("q", "")[:80]
    found = suggest(own_places().index(), text)
    answered = jsonify([
        {"name": p.name, "kind": KIND_WORDS.get(p.kind, p.kind), "lon": p.place.point.lon, "lat": p.place.point.lat}
        for p in found
    ])  # fmt: skip
    answered.headers["Cache-Control"] = "private, max-age=60"
    return answered


def stated_request(
    here: House, values: MultiDict[str, str], *, agent: str = "", known: Sequence[Place] = ()
) -> RideRequest:
    """Read a request from a form; every fault names its field. The names of ``known`` places stand for them."""
    named = {place.name: place for place in known}

    def place(name: str, field: str) -> Place:
        said = values.get(name, "")[:120]
        return named.get(said) or own_places().find(said, field=field, now=here.clock())

    errand, companions = values.get("motif", "other"), values.get("accompagnants", "").strip() or "0"
    with Faults() as faults:
        start = faults.of(lambda: place("de", "De"), _HERE)
        end = faults.of(lambda: place("vers", "Vers"), _THERE)
        day = faults.of(lambda: _day(here, values.get("jour", "")), here.today())
        hours = faults.of(lambda: stated_hours(values), (0, None, None))
        with_them = faults.of(lambda: stated_number(companions, 0, 7, field="Accompagnants"), 0)
        return RideRequest(
            "", "", day, start, end, *hours, with_them,
            frozenset(wish for wish in ABILITIES if values.get(f"besoin-{wish}")),
            errand if errand in ERRANDS else "other", values.get("critere", ""), values.get("preuve", "")[:300], agent,
        )  # fmt: skip


_HERE, _THERE = Place("", "", Point(0, 0)), Place("", "", Point(1, 0))
"""What stands in for the two ends of a request that are still to be mended."""


def stated_contact(values: Mapping[str, str]) -> Contact:
    """Read from a form what a person is called and how they are reached."""
    name, mail = values.get("nom", "").strip()[:120], values.get("mail", "").strip()
    with Faults() as faults:
        if not name:
            faults.add(MobilityError("empty-value", "give the person's name", field="Nom"))
        number = faults.of(lambda: written_telephone(values.get("telephone", ""), field="Téléphone"), "")
        if mail:
            faults.of(lambda: known_mail(mail, field="mail"), "")
    return Contact(name, number, mail)


def newcomer_of(here: House, values: Mapping[str, str], contact: Contact, home: Place, offered: str = "") -> Newcomer:
    """Return someone who is new, with the consents of a form; others call them by role and commune.

    ``offered`` is the kind of what a driver offers; a rider offers nothing.
    """
    commune, name = here.ground.home(home)
    consents = tuple(Consent(what, how=TELEPHONE) for what in CONSENTS if values.get(f"accord-{what}"))
    person = Person("", DRIVER if offered else RIDER, alias_words(offered or RIDER, name), commune)
    return Newcomer(person, contact, consents)


def _day(here: House, text: str) -> date:
    day = stated_day(here, text)
    if day < here.today():
        raise MobilityError("day-over", f"{day} is over", field="Jour", value=text)
    if day - here.today() > FARTHEST:
        raise MobilityError("far-day", f"'{text}' is too far away", field="Jour", value=text)
    return day


def _search(here: House, values: MultiDict[str, str]) -> Found:
    desk = here.rides
    asked = stated_request(here, values)
    found = desk.look(asked, commune=here.ground.communes.at(asked.origin.point) or "", now=here.clock())
    partners = tuple(ask_partners(here.settings.partners, asked, desk.zone))
    return Found(asked, found.options, REASONS.get(found.reason, ""), partners)


@pages.post("/solidaire/demande")
def ask() -> BaseResponse | tuple[str, int]:
    """Take down a request that a person makes for themselves."""
    here = house()
    form = request.form
    try:
        asked, contact = _asked_for_oneself(here, form)
        agreed = Consent(CONTACT_CONSENT, how=SCREEN), Consent(MESSAGE_CONSENT, how=SCREEN)
        told = replace(newcomer_of(here, form, contact, asked.origin), consents=agreed)
        ask_for_oneself(here.rides, asked, told, now=here.clock())
    except MobilityError as error:
        if error.code != "double-request":
            return _shown(form, beside(error, STANDS | OWN, here.ground.names())), 400
    # In the visitor's own session, signed, and gone once shown: no address tells who goes where.
    wanted = driver_wanted_by(here.rides, asked, here.clock())
    session[_SENT] = [request_words(asked), answer_by_words(wanted, here.clock(), here.ground.telephone)]
    return redirect(url_for("rides.index", recue=1), code=303)


def _asked_for_oneself(here: House, form: MultiDict[str, str]) -> tuple[RideRequest, Contact]:
    """Read what someone asks for and who they are; they must be reached, and agree to it."""
    with Faults() as faults:
        contact = faults.of(lambda: stated_contact(form), Contact())
        if not form.get("telephone", "").strip():
            faults.add(MobilityError("empty-value", "give a telephone number", field="Téléphone"))
        if not form.get("accord"):
            faults.add(MobilityError("empty-value", "we need your agreement", field="Accord"))
        asked = stated_request(here, form)
    return asked, contact


@pages.get("/t/<secret>")
def open_link(secret: str) -> BaseResponse:
    """Open a private link: its secret goes into the visitor's session, out of the address."""
    here = house()
    read_proposal(here.rides, secret, now=here.clock())
    short = digest(secret)[:SHORT]
    opened = {**session.get("proposals", {}), short: secret}
    session["proposals"] = dict(list(opened.items())[-KEPT_LINKS:])
    return redirect(url_for("rides.proposal", short=short), code=303)


def _secret_of(short: str) -> str:
    known = session.get("proposals", {}).get(short)
    if not isinstance(known, str):
        raise MobilityError("link-not-open", "open the link of the message again", field="link")
    return known


@pages.get("/proposition/<short>")
def proposal(short: str) -> str:
    """Show a proposal to one side of it: yes or no, without an account."""
    here = house()
    told = read_proposal(here.rides, _secret_of(short), now=here.clock())
    return render_template(
        "proposal.html", told=told, ends_of=ends_of, now=here.clock(), consents=OWN_CONSENTS, ways=WAYS,
        withdrawn=bool(request.args.get("retire")),
    )  # fmt: skip


@pages.post("/proposition/<short>")
def answer_proposal(short: str) -> BaseResponse:
    """Take a yes or a no, or a yes or a consent that is taken back."""
    here, secret = house(), _secret_of(short)
    if "accord" in request.form:
        withdraw_consent(here.rides, secret, request.form["accord"], now=here.clock())
        return redirect(url_for("rides.proposal", short=short, retire=1), code=303)
    if request.form.get("reponse") == "annuler":
        take_back(here.rides, secret, now=here.clock())
    else:
        answer(here.rides, secret, yes=request.form.get("reponse") == "oui", now=here.clock())
    return redirect(url_for("rides.proposal", short=short), code=303)

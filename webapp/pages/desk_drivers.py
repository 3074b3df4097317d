"""The desk's drivers: their offers, the needs that nobody met, and where one more driver would help the most."""

from dataclasses import replace
from datetime import timedelta

from flask import Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from data.ride_journal import note
from data.ride_records import (
    active_offers,
    add_offer,
    add_person,
    all_persons,
    find_offer,
    person_with_telephone,
    withdraw_offer,
)
from data.unmet_needs import unmet_between
from desks.house import House
from desks.rides.desk import RideDesk
from desks.rides.place_search import find_place
from desks.rides.recruiting import Recruit
from mobility.clock import parse_clock, parse_day
from mobility.errors import MobilityError
from mobility.rides import CONSENTS, DRIVER, ONCE, REGULAR, VOLUNTEER, Contact, Person, RideOffer
from webapp.exports.driver_call import write_driver_call
from webapp.pages.desk import BATCH_DAYS, number_within, pages, work_over
from webapp.server.visitor import own_desk, own_job, who
from webapp.wiring import house, jobs
from webapp.words import rides as words
from webapp.words.errors import french_error
from webapp.words.french import SESSIONS, at_place, session_word, weekday_word

UNMET_DAYS = 60


@pages.route("/conducteurs", methods=["GET", "POST"])
def drivers() -> str | BaseResponse | tuple[str, int]:
    """List the offers; take down a new one."""
    here = house()
    desk, now = own_desk(), here.clock()
    trouble = ""
    if request.method == "POST":
        try:
            if request.form.get("retirer"):
                with desk.store.writing() as tx:
                    withdraw_offer(tx, find_offer(tx, request.form["retirer"]).id)
                    note(tx, who(), "offer-withdrawn", about=request.form["retirer"], now=now)
            else:
                _new_offer(here, desk)
            return redirect(url_for("desk.drivers"), code=303)
        except MobilityError as error:
            trouble = french_error(error, here.ground.names())
    with desk.store.reading() as tx:
        offers = active_offers(tx)
        aliases = {person.id: person.alias for person in all_persons(tx)}
    page = render_template(
        "desk_drivers.html", offers=offers, aliases=aliases, trouble=trouble, values=request.form, volunteer=VOLUNTEER
    )
    return (page, 400) if trouble else page


def _new_offer(here: House, desk: RideDesk) -> None:
    form, now = request.form, here.clock()
    origin = find_place(here.places.index(), form.get("de", ""), field="De")
    destination = (
        find_place(here.places.index(), form["vers"], field="Vers") if form.get("vers", "").strip() else origin
    )
    day = parse_day(form["jour"], field="Jour") if form.get("jour") else None
    kind = VOLUNTEER if destination is origin else ONCE if day else REGULAR
    opens = parse_clock(form.get("debut") or "", field="Début")
    closes = parse_clock(form.get("fin") or form.get("debut") or "", field="Fin")
    seats = form.get("places", "3").strip()
    reach = form.get("rayon", "").strip() or "80"
    for text, field, low, high in ((seats, "Places", 1, 8), (reach, "Kilomètres", 1, 500)):
        if not (text.isascii() and text.isdigit()) or not low <= int(text) <= high:
            raise MobilityError(
                "bad-number", f"'{text}' is not a number between {low} and {high}", field=field, value=text, low=low,
                high=high,
            )  # fmt: skip
    weekdays = frozenset(number for number in range(1, 8) if form.get(f"jour-{number}"))
    draft = RideOffer(
        "", "", kind, origin, destination, opens, closes, weekdays, day if kind == ONCE else None, int(seats),
        frozenset(need for need in words.ABILITIES if form.get(f"besoin-{need}")), 1000.0 * int(reach),
    )  # fmt: skip
    if not form.get("nom", "").strip():
        raise MobilityError("empty-value", "give the person's name", field="Nom")
    telephone = "".join(c for c in form.get("telephone", "") if c.isdigit() or c == "+")[:20]
    commune = here.ground.communes.at(origin.point) or ""
    with desk.store.writing() as tx:
        known = person_with_telephone(tx, telephone, DRIVER) if telephone else None
        consents = frozenset(consent for consent in CONSENTS if form.get(f"accord-{consent}"))
        home = here.ground.commune_names().get(commune, origin.name)
        alias = f"{'Bénévole' if kind == VOLUNTEER else 'Conducteur'} de {home}"
        contact = Contact(form["nom"].strip()[:120], telephone, form.get("mail", "").strip()[:120])
        person = known or add_person(tx, Person("", DRIVER, alias, commune, consents), contact, now=now, by=who())
        made = add_offer(tx, replace(draft, driver=person.id), now=now)
        note(tx, who(), "offer-added", about=made.id, now=now)


@pages.get("/besoins")
def needs() -> str:
    """Show the needs that nobody met, and where a driver would help the most."""
    here = house()
    first, last = here.today() - timedelta(days=UNMET_DAYS), here.today() + timedelta(days=UNMET_DAYS)
    with own_desk().store.reading() as tx:
        found = unmet_between(tx, first, last)
    asked = request.args.get("recherche", "")
    job = own_job(asked, "recruits")
    new, known = job.result if job and isinstance(job.result, tuple) else ([], [])
    with own_desk().store.reading() as tx:
        aliases = {person.id: person.alias for person in all_persons(tx)}
        drivers_of = {offer.id: aliases.get(offer.driver, "") for offer in active_offers(tx)}
    return render_template(
        "desk_needs.html", needs=found, communes=here.ground.commune_names(), new=new, known=known, job=job,
        drivers_of=drivers_of,
        recruit_words=recruit_words, at_place=at_place,
    )  # fmt: skip


@pages.post("/besoins")
def look_for_drivers() -> BaseResponse:
    """Start the search for where a driver would help the most, over the coming fortnight."""
    here = house()
    days = [here.today() + timedelta(days=i) for i in range(1, BATCH_DAYS + 1)]
    job = jobs().start("recruits", work_over(days))
    return redirect(url_for("planner.job", job_id=job.id), code=303)


def recruit_words(recruit: Recruit) -> str:
    """Write a half-day: "le mardi matin"."""
    if recruit.session not in SESSIONS:
        return "aux mêmes heures, en allant 15 km plus loin"
    return f"le {weekday_word(recruit.weekday)} {session_word(recruit.session)}"


@pages.get("/appel/<insee>/<int:weekday>/<moment>.pdf")
def driver_call(insee: str, weekday: int, moment: str) -> Response:
    """Print the call for drivers of a village."""
    here = house()
    commune = here.ground.territory.by_insee.get(insee)
    if commune is None or not 1 <= weekday <= 7 or moment not in SESSIONS:
        abort(404)
    settings = here.ground.folder.settings()
    people = number_within(request.args.get("personnes"), 0, 999)
    content = write_driver_call(
        commune, weekday, moment, people, public_url=here.settings.public_url,
        telephone=str(settings.get("telephone", "")), title=here.ground.territory.title, printed=here.today(),
        euros=own_desk().rules.on(here.today()).euros_per_km,
    )  # fmt: skip
    return Response(content, content_type="application/pdf")

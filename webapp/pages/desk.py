"""The desk of solidarity rides: a request, the batch, places. For agents only."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from data.ride_matches import find_match
from data.ride_records import find_request
from desks.house import House
from desks.rides.answers import answer_for, cancel_request
from desks.rides.batch import BatchResult, propose_batch
from desks.rides.correcting import OPEN, Correction, correct_request, stamp_of, told_anew
from desks.rides.partners import ask_partners
from desks.rides.place_search import see_nicknames
from desks.rides.request_file import list_seen, open_file, see_candidates
from desks.rides.unmet import note_told
from mobility.errors import MobilityError
from mobility.rides import Match, RideRequest
from mobility.written import WEEKDAYS
from webapp.pages.form_values import beside, number_within, stated_day
from webapp.pages.rides import STANDS, stated_request
from webapp.server.visitor import own_desk, own_job, own_places, visitor, who
from webapp.wiring import house, jobs
from webapp.words import journal as journal_words
from webapp.words import rides as words

pages = Blueprint("desk", __name__, url_prefix="/bureau")
BATCH_DAYS = 14
NAME_STANDS = {"name": "nom", "Lieu": "lieu"}
"""Where the form of a name of a place says a fault, by the field of the error."""
DONE = {
    "proposer": "La proposition est prête, en attente d'envoi.", "besoin": "Le besoin est noté.",
    "su": "C'est noté : la personne le sait.",
    "annuler": "La demande est annulée ; qui attendait ce trajet est prévenu.", "oui": "La réponse est notée.",
    "non": "La réponse est notée.",
}  # fmt: skip
"""What is said of what was done on a request."""
BY_HAND = {
    "proposer": "La proposition est prête, à dire au téléphone : rien n'envoie de messages ici.",
    "annuler": "La demande est annulée ; qui attendait ce trajet est à prévenir, voyez Messages.",
}
"""The same where nothing carries messages: whoever must know is told by a person."""
NOBODY = "Personne ne peut conduire : le besoin est noté, et c'est à dire à la personne."
INPUTS = {
    "day": {"jour"}, "origin": {"de"}, "destination": {"vers"}, "when": {"sens", "heure", "retour"},
    "companions": {"accompagnants"}, "errand": {"motif"}, "wishes": {f"besoin-{wish}" for wish in words.ABILITIES},
}  # fmt: skip
"""The inputs in which the parts of a request are put right."""
ENDED = {
    "proposed": "la proposition est terminée, le conducteur est prévenu",
    "confirmed": "le trajet promis est annulé, le conducteur est prévenu",
}


@pages.app_context_processor
def desk_words() -> dict[str, object]:
    """Give templates the words of rides, and whether anything carries messages."""
    return {"rw": words, "weekdays": WEEKDAYS, "carries": lambda: house().settings.carries_messages}


@pages.get("/demandes/<identifier>")
def show(identifier: str) -> str:
    """Show a request: its answers in sentences to read aloud, or why there are none."""
    return _request_page(identifier)


def _request_page(identifier: str, typed: Mapping[str, str] | None = None, trouble: MobilityError | None = None) -> str:
    """Show a request, with the form that puts it right: open where what was ``typed`` met trouble."""
    here = house()
    file = open_file(own_desk(), identifier, now=here.clock(), who=who())
    asked = file.asked
    told = [
        (option, words.option_words(asked, option.rides, file.aliases, option.participation)) for option in file.options
    ]
    return render_template(
        "desk_request.html", request_=asked, rider=file.rider, contact=file.contact, told=told, why=file.why,
        names=file.names, aliases=file.aliases, numbers=file.numbers, zone=own_desk().zone,
        acts=file.acts, live=file.live, to_tell=file.to_tell, asked_in_vain=file.asked_in_vain,
        by_telephone=file.by_telephone,
        sides={match.id: _said_yes(match, asked.rider) for match in file.live},
        partners=ask_partners(here.settings.partners, asked, own_desk().zone) if file.is_open else (),
        values=typed or words.form_of(asked), stamp=stamp_of(asked),
        code=trouble.code if trouble else "", faults=beside(trouble, STANDS, here.ground.names()) if trouble else {},
        may_correct=asked.state in OPEN and asked.day >= here.today(),
    )  # fmt: skip


def _said_yes(match: Match, rider: str) -> dict[str, bool]:
    """Tell of each side of a proposal whether it said yes, the rider first; a driver does to all their ways."""
    drivers = {ride.driver for ride in match.rides}
    agreed = {one: all(ride.answer == "yes" for ride in match.rides if ride.driver == one) for one in sorted(drivers)}
    return {rider: match.rider_answer == "yes", **agreed}


def _corrected(identifier: str) -> BaseResponse | tuple[str, int]:
    here, desk, form = house(), own_desk(), request.form
    with desk.store.reading() as tx:
        known = find_request(tx, identifier)
    try:
        stated, saw = stated_request(here, form, known=(known.origin, known.destination)), form.get("vu", "")
    except MobilityError as error:
        return _request_page(identifier, form, error), 400
    try:
        done = correct_request(
            desk, identifier, stated, saw=saw, sure=bool(form.get("sur")), now=here.clock(), who=who()
        )  # fmt: skip
    except MobilityError as error:
        # What someone else wrote in the meantime is shown, but for what differs from what was seen of it.
        typed = _written_anew(identifier, stated, saw) if error.code == "request-changed" else form
        return _request_page(identifier, typed, error), 400
    if done.parts:
        flash(_correction_words(done))
    return redirect(url_for("desk.show", identifier=identifier), code=303)


def _written_anew(identifier: str, stated: RideRequest, saw: str) -> dict[str, str]:
    """Return the form of a request as it is now, with what was written that is not as it was seen."""
    with own_desk().store.reading() as tx:
        now = words.form_of(find_request(tx, identifier))
    anew = {name for part in told_anew(stated, saw) for name in INPUTS[part]}
    written = words.form_of(stated)
    return {name: (written if name in anew else now).get(name, "") for name in {**now, **written}}


def _correction_words(done: Correction) -> str:
    """Say what was put right, and what that put an end to."""
    changed = [f"C'est changé : {journal_words.why_words(' '.join(done.parts))}", ENDED.get(done.ended, "")]
    return " ; ".join(filter(None, changed)) + "."


@pages.post("/demandes/<identifier>")
def act(identifier: str) -> BaseResponse | tuple[str, int]:
    """Propose an answer, put right or withdraw a request; note a need, that its rider knows it, or an answer."""
    here = house()
    desk, now = own_desk(), here.clock()
    what = request.form.get("acte", "")
    said = DONE if here.settings.carries_messages else DONE | BY_HAND
    told = said.get(what, "")
    if what == "modifier":
        return _corrected(identifier)
    if what == "proposer":
        choice = number_within(request.form.get("choix"), 0, 9)
        agrees = bool(request.form.get("accord"))
        made = desk.propose_best(identifier, now=now, who=who(), choice=choice, rider_agrees=agrees)
        told = told if made else NOBODY
    elif what == "besoin":
        desk.leave_unmet(identifier, now=now, who=who())
    elif what == "su":
        note_told(desk.store, identifier, now=now, who=who())
    elif what == "annuler":
        cancel_request(desk, identifier, now=now, who=who(), reason=request.form.get("raison", "")[:200])
    elif what in {"oui", "non"}:
        match, person = request.form.get("proposition", ""), request.form.get("personne", "")
        with desk.store.reading() as tx:
            if find_match(tx, match).request != identifier:
                # A proposal of another request is not this page's to answer.
                abort(403)
        answer_for(desk, match, person, yes=what == "oui", now=now, who=who())
    else:
        abort(400)
    flash(told)
    return redirect(url_for("desk.show", identifier=identifier), code=303)


def work_over(days: Sequence[date]) -> dict[str, list[str]]:
    """Return what long work over some days is asked: for the visitor's own requests."""
    return {"days": [day.isoformat() for day in days], "structures": sorted(visitor().scope.structures)}


@pages.post("/lot")
def batch() -> BaseResponse:
    """Start a batch over some days."""
    first = stated_day(house(), request.form.get("jour"))
    count = number_within(request.form.get("jours"), 1, BATCH_DAYS, otherwise=1)
    days = [first + timedelta(days=i) for i in range(count)]
    job = jobs().start("rides", work_over(days))
    return redirect(url_for("planner.job", job_id=job.id), code=303)


@pages.route("/lot/<job_id>", methods=["GET", "POST"])
def batch_result(job_id: str) -> str | BaseResponse:
    """Show what a batch found; accepting it proposes every answer."""
    here = house()
    found = own_job(job_id, "rides")
    if found is None or found.state != "done":
        return redirect(url_for("desk.requests"))
    if not isinstance(found.result, BatchResult):
        # A restart forgot what was found: it is looked for again, on what is promised by now.
        again = jobs().start("rides", found.request)
        return redirect(url_for("planner.job", job_id=again.id))
    result, desk = found.result, own_desk()
    if request.method == "POST":
        made, lost = propose_batch(desk, result, now=here.clock(), who=who())
        jobs().forget_result(job_id)
        return redirect(
            url_for("desk.requests", jour=result.days[0].isoformat(), faites=len(made), perdues=len(lost)), 303
        )
    waiting = {asked.id: asked for asked in result.state.requests.values()}
    shown = [option.request.rider for option in result.options] + [
        waiting[why.request].rider for why in result.unserved
    ]
    list_seen(desk, shown, now=here.clock(), who=who())
    could = {ride.driver for option in result.options for ride in option.rides}
    _, names = see_candidates(desk, could, now=here.clock(), who=who())
    metres = sum(route.metres for route in result.routes)
    return render_template(
        "desk_batch.html", result=result, names=names, job=found, metres=metres,
        waiting=waiting,
    )  # fmt: skip


@pages.route("/lieux", methods=["GET", "POST"])
def nicknames() -> str | BaseResponse | tuple[str, int]:
    """Show the local names of places; add one, take one away, say who may look for one."""
    here, form = house(), request.form
    faults: dict[str, str] = {}
    if request.method == "POST":
        try:
            _change_nicknames(here, form)
            return redirect(url_for("desk.nicknames"), code=303)
        except MobilityError as error:
            faults = beside(error, NAME_STANDS, here.ground.names())
    known = see_nicknames(own_desk().store, now=here.clock(), who=who())
    page = render_template("desk_places.html", known=known, faults=faults, values=form)
    return (page, 400) if faults else page


def _change_nicknames(here: House, form: Mapping[str, str]) -> None:
    places, now, by = own_places(), here.clock(), who()
    if gone := form.get("retirer", ""):
        places.forget(gone, now=now, who=by)
    elif opened := form.get("ouvrir", ""):
        places.open(opened, public=True, now=now, who=by)
    elif closed := form.get("fermer", ""):
        places.open(closed, public=False, now=now, who=by)
    else:
        place = places.find(form.get("lieu", ""), field="Lieu", now=now)
        places.name(place, form.get("nom", "")[:100], now=now, who=by, public=bool(form.get("public")))

"""The telephone desk: one screen for a call, from the number to the answer read aloud, and the list of call-backs."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import abort, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from data.calls import CALLBACK, add_call, close_call, close_calls_of, find_call, open_calls
from data.outbox import queue_message
from data.ride_journal import note
from data.ride_records import (
    add_person,
    all_persons,
    person_with_telephone,
    read_contact,
    requests_of,
    set_wishes,
)
from data.store import Transaction
from desks.house import House
from desks.rides.desk import Option
from desks.telephone.inbound import due_from, take_call, take_sms
from desks.ways.search import Answer, answer
from mobility.errors import MobilityError
from mobility.rides import (
    ABILITIES,
    LITTLE_WALKING,
    MEMORY_CONSENT,
    MESSAGE_CONSENT,
    NO_INTERNET,
    RIDER,
    Person,
    RideRequest,
)
from mobility.telephone import dialled
from mobility.ways import Question
from webapp.pages.desk import desk_day, new_rider, pages
from webapp.pages.rides import stated_request
from webapp.server.visitor import own_desk, visitor, who
from webapp.wiring import house
from webapp.words import rides as words
from webapp.words.errors import french_error
from webapp.words.ways import Told, message_words, title_words, told, warnings

REMEMBERED = {
    **words.ABILITIES, LITTLE_WALKING: "Marche peu", NO_INTERNET: "Pas d'internet : tout par téléphone",
}  # fmt: skip
LAST = 3
"""Former trips that can be asked for again in one key."""


@dataclass(frozen=True)
class Caller:
    """Who is on the telephone, as far as known."""

    telephone: str
    person: Person | None = None
    name: str = ""
    last: tuple[RideRequest, ...] = ()
    coming: tuple[RideRequest, ...] = ()


@dataclass(frozen=True)
class Spoken:
    """A way as it is told: its title, what is read aloud, and what is sent to the person."""

    title: str
    sentence: str
    message: str


@pages.get("/telephone")
def telephone() -> str:
    """Show the screen of a conversation, for a call that waits where one is named.

    The number itself never stands in an address: what a browser remembers at a counter is read by the next one.
    """
    asked = request.args.get("appel", "")
    if not asked:
        return _screen(MultiDict(), Caller(""))
    with own_desk().store.reading() as tx:
        call = find_call(tx, asked)
    values = MultiDict({"appel": call.id, "telephone": call.telephone})
    return _screen(values, _caller(house(), call.telephone))


@pages.get("/demandes/nouvelle")
def new_request() -> Response:
    """Lead from the former page of new requests."""
    return redirect(url_for("desk.telephone"), code=301)


def _screen(values: MultiDict[str, str], caller: Caller, trouble: str = "", done: str = "") -> str:
    here = house()
    found, spoken, offers = None, [], []
    if values.get("vers") and values.get("de") and not trouble:
        try:
            asked = _asked(here, values, caller)
            found = answer(here, _question(asked, caller), asked)
            offers = _offers(asked, found.offers)
            spoken = _spoken(here, found)
        except MobilityError as error:
            trouble = french_error(error, here.ground.names())
    return render_template(
        "telephone.html", values=values, trouble=trouble, ringing=caller, found=found, spoken=spoken, offers=offers,
        remembered=REMEMBERED, criteria=own_desk().rules.criteria, call=values.get("appel", ""),
        tomorrow=(here.today() + timedelta(days=1)).isoformat(), may_send=_may_send(caller), done=done,
    )  # fmt: skip


def _caller(here: House, text: str) -> Caller:
    number = dialled(text)
    if not number:
        return Caller("")
    with own_desk().store.writing() as tx:
        known = person_with_telephone(tx, number)
        if known is None:
            return Caller(number)
        asked = requests_of(tx, known.id)
        note(tx, who(), "contact-seen", about=known.id, now=here.clock())
        contact = read_contact(tx, known.id)
    ways: dict[tuple[str, str], RideRequest] = {}
    for made in asked:
        ways.setdefault((made.origin.id, made.destination.id), made)
    coming = [made for made in asked if made.day >= here.today() and made.state not in {"cancelled", "done"}]
    remembered = known if MEMORY_CONSENT in known.consents else replace(known, wishes=frozenset())
    return Caller(
        number, remembered, contact.name, tuple(ways.values())[:LAST], tuple(sorted(coming, key=lambda r: r.day))
    )


def _asked(here: House, values: MultiDict[str, str], caller: Caller) -> RideRequest:
    made = stated_request(here, values, rider="", agent=who())
    known = caller.person.wishes & set(ABILITIES) if caller.person else frozenset()
    # What is remembered holds until the form says otherwise: its boxes are ticked from it.
    wishes = made.wishes if values.get("besoins-dits") else made.wishes | known
    # Who works for several structures, or for all, takes a request down for the one that knows the person.
    known_to = caller.person.structure if caller.person else ""
    return replace(made, wishes=wishes, structure=known_to or visitor().scope.structure)


def _question(asked: RideRequest, caller: Caller) -> Question:
    # What a driver must be able to do is stated with the ride; what else is remembered holds for every way.
    known = caller.person.wishes - set(ABILITIES) if caller.person else frozenset()
    return Question(
        asked.origin, (asked.destination,), asked.day, asked.arrive_by, asked.depart_after, asked.back_after,
        frozenset(asked.wishes | known), "", asked.errand, asked.companions,
    )  # fmt: skip


def _offers(asked: RideRequest, options: Sequence[Option]) -> list[str]:
    with own_desk().store.reading() as tx:
        aliases = {person.id: person.alias for person in all_persons(tx)}
    return [words.option_words(asked, option.rides, aliases, option.participation) for option in options]


def _spoken(here: House, found: Answer) -> list[Spoken]:
    """Return the ways without a driver, as one tells them on the telephone."""
    planner = found.planner
    number = here.ground.telephone
    spoken = []
    for way in found.ways:
        if way.kinds == {"volunteer"}:
            continue
        sentences = _sentences(told(way.there, planner, found.asked, found.now))
        if way.back:
            sentences += ["Pour le retour.", *_sentences(told(way.back, planner, found.asked, found.now))]
        # What can no longer be booked is told, never sent as a trip to take.
        message = "" if way.too_late else message_words(way, planner, found.asked, number, found.now)
        sentence = " ".join([*warnings(way, found.asked), *sentences])
        spoken.append(Spoken(title_words(way, planner), sentence, message))
    return spoken


def _sentences(journey: Told) -> list[str]:
    """Return a journey's steps as one says them, each with whom to call before it."""
    steps = [[_sentence(step), f"{booking}." if booking else ""] for step, booking in journey.steps]
    return [sentence for pair in [*steps, [journey.confirm]] for sentence in pair if sentence]


def _sentence(step: str) -> str:
    """Turn a written step ("8 h 34 : TER vers…") into what one says on the telephone."""
    hour, _, rest = step.partition(" : ")
    said = re.sub(r"[(]arrivée (?:vers )?([^)]*)[)]", r"vous arrivez vers \1", rest)
    return f"À {hour}, {said}."


def _may_send(caller: Caller) -> bool:
    return caller.person is not None and MESSAGE_CONSENT in caller.person.consents


@pages.post("/telephone")
def telephone_act() -> str | Response | tuple[str, int]:
    """Look for answers, then do what was agreed: propose, note the need, promise to call back, or send the answer."""
    here = house()
    desk, now, form = own_desk(), here.clock(), request.form
    caller = _caller(here, form.get("telephone", ""))
    what = form.get("acte") or "chercher"
    if what == "chercher":
        return _screen(form, caller)
    try:
        if what == "rappeler":
            _promise(caller, form, now)
            return redirect(url_for("desk.callbacks"), code=303)
        if what == "envoyer":
            return _send(caller, form, now)
        if what not in {"proposer", "besoin", "attendre"}:
            abort(400)
        asked = _asked(here, form, caller)
        until = desk_day(form["jusqua"]) if form.get("jusqua") else None
        with desk.store.writing() as tx:
            person = _rider(tx, caller) or new_rider(tx, here, form, asked.origin, caller.telephone)
            _remember(tx, person, form)
        asked = replace(asked, rider=person.id)
        again = bool(form.get("encore"))
        if until and until > asked.day:
            made = desk.ask_weekly(asked, until, every=1, now=now, who=who(), again=again)[0]
        else:
            made = desk.ask(asked, now=now, who=who(), again=again)
        if what == "proposer":
            text = form.get("choix", "0")
            choice = int(text) if text.isascii() and text.isdigit() and int(text) < 10 else 0
            desk.propose_best(made.id, now=now, who=who(), choice=choice, rider_agrees=True)
        elif what == "besoin":
            desk.leave_unmet(made.id, now=now, who=who())
        _answered(caller, form)
    except MobilityError as error:
        return _screen(form, caller, french_error(error, here.ground.names())), 400
    return redirect(url_for("desk.show", identifier=made.id), code=303)


def _rider(tx: Transaction, caller: Caller) -> Person | None:
    """Return who asks, if known: a driver who asks for a ride is a rider of the structure besides."""
    person = caller.person
    if person is None or person.kind == RIDER:
        return person
    made = replace(person, id="", kind=RIDER, wishes=frozenset(), structure=visitor().scope.structure)
    added = add_person(tx, made, read_contact(tx, person.id), now=house().clock(), by=who())
    note(tx, who(), "person-added", about=added.id, now=house().clock())
    return added


def _remember(tx: Transaction, person: Person, form: MultiDict[str, str]) -> None:
    if form.get("besoins-dits"):
        set_wishes(tx, person.id, [need for need in REMEMBERED if form.get(f"besoin-{need}")])


def _answered(caller: Caller, form: MultiDict[str, str]) -> None:
    """Close what this number waited for: it has just been answered."""
    with own_desk().store.writing() as tx:
        # A call that only others know by now is theirs to close.
        with suppress(MobilityError):
            close_call(tx, form.get("appel", ""), agent=who())
        close_calls_of(tx, caller.telephone, agent=who())


def _promise(caller: Caller, form: MultiDict[str, str], now: datetime) -> None:
    if not caller.telephone:
        raise MobilityError("bad-number-called", "give the number to call back", field="", value=form.get("telephone"))
    with own_desk().store.writing() as tx:
        add_call(
            tx, CALLBACK, caller.telephone, now=now, person=caller.person.id if caller.person else "",
            text=form.get("pourquoi", "")[:300], due=due_from(now.astimezone(own_desk().zone)),
            structure=visitor().scope.structure,
        )  # fmt: skip


def _send(caller: Caller, form: MultiDict[str, str], now: datetime) -> str:
    text = form.get("texte", "").strip()[:1000]
    if caller.person is None or not _may_send(caller) or not text:
        abort(400)
    with own_desk().store.writing() as tx:
        own = visitor().scope.structure
        queue_message(tx, caller.person.id, "way", "Votre trajet", text, structure=own, now=now)
        note(tx, who(), "message-sent", about=caller.person.id, now=now)
    return _screen(MultiDict({"telephone": caller.telephone}), caller, done="Le message part à la personne.")


# Call-backs


@pages.route("/rappels", methods=["GET", "POST"])
def callbacks() -> str | Response:
    """List whom to answer and by when; close what was answered."""
    here = house()
    store = own_desk().store
    if request.method == "POST":
        with store.writing() as tx:
            close_call(tx, request.form.get("appel", ""), agent=who())
            note(tx, who(), "called-back", about="", now=here.clock())
        return redirect(url_for("desk.callbacks"), code=303)
    with store.reading() as tx:
        waiting = open_calls(tx)
        found = {call.id: person_with_telephone(tx, call.telephone) for call in waiting}
    names = {call: person.alias for call, person in found.items() if person}
    return render_template(
        "callbacks.html", calls=waiting, names=names, now=here.clock(), zone=own_desk().zone,
        simulator=not here.settings.inbound_secret,
    )  # fmt: skip


@pages.route("/simulateur", methods=["GET", "POST"])
def simulator() -> str | tuple[str, int]:
    """Play a call or a short message that comes in, where no provider is set."""
    here = house()
    if here.settings.inbound_secret:
        abort(404)
    # Whoever sees all plays a call as a provider sends it: to no structure in particular.
    became, trouble, own = "", "", "" if visitor().scope.everything else visitor().scope.structure
    if request.method == "POST":
        number, text = request.form.get("numero", ""), request.form.get("texte", "").strip()
        outside = f"simulator-{here.clock().timestamp()}-{dialled(number)}-{text[:20]}"
        if len(dialled(number)) < 4:
            trouble = french_error(
                MobilityError("bad-number-called", f"'{number}' is no number", field="", value=number[:30])
            )
        elif text:
            became = take_sms(own_desk(), outside, number, text[:1000], now=here.clock(), structure=own)
        else:
            became = take_call(own_desk(), outside, number, now=here.clock(), structure=own)
    page = render_template("simulator.html", became=became, trouble=trouble, values=request.form)
    return (page, 400) if trouble else page

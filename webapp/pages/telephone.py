"""The telephone desk: one screen for a call, from the number to the answer read aloud."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from data.calls import find_call
from desks.house import House
from desks.rides.options import Option
from desks.rides.request_file import see_candidates
from desks.telephone import conversation
from desks.telephone.conversation import Agreed, Caller
from desks.telephone.inbound import take_call, take_sms
from desks.ways.search import Answer, answer
from mobility.clock import parse_day
from mobility.errors import Faults, MobilityError
from mobility.modules import RIDES
from mobility.people import Contact
from mobility.rides import LITTLE_WALKING, NO_INTERNET, RideRequest
from mobility.telephone import dialled, telephone_in
from webapp.pages.desk import pages
from webapp.pages.form_values import beside, number_within, tomorrow
from webapp.pages.notices import notices_of_calls, notices_of_ways, told_of
from webapp.pages.rides import OWN, STANDS, newcomer_of, stated_contact, stated_request
from webapp.pages.sign_in import settings_page
from webapp.server.visitor import own_desk, visitor, who
from webapp.wiring import house
from webapp.words import rides as words
from webapp.words.errors import french_error
from webapp.words.french import continued, deadline_words
from webapp.words.journeys import call_words
from webapp.words.ways import message_words, read_aloud, title_words, warnings

REMEMBERED = {
    **words.ABILITIES, LITTLE_WALKING: "Marche peu", NO_INTERNET: "Pas d'internet : tout par téléphone",
}  # fmt: skip
NO_NUMBER = "Donnez le numéro de la personne à rappeler."
OUTCOMES = {"proposer": conversation.PROPOSE, "besoin": conversation.UNMET, "attendre": conversation.WAIT}


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
    return _screen(values, conversation.recognise(own_desk(), call.telephone, now=house().clock(), who=who()))


def _screen(
    values: MultiDict[str, str], caller: Caller, faults: Mapping[str, str] | None = None, done: str = "",
    *, twice: bool = False,
) -> str:  # fmt: skip
    """Show the conversation so far.

    ``faults`` says what was wrong by the input that it belongs to, ``twice`` that the same was asked already.
    """
    here = house()
    found, spoken, offers = None, [], []
    calls: list[str] = []
    wishes_told = _wishes_told(values, caller)
    if values.get("vers") and values.get("de"):
        try:
            asked = _asked(here, values, caller)
            found = answer(here.ways, conversation.question_of(caller, asked), asked, now=here.clock())
            offers = _offers(asked, found.offers)
            spoken = _spoken(here, found)
            calls = _to_call(found)
        except MobilityError as error:
            faults = {**beside(error, STANDS, here.ground.names()), **(faults or {})}
    return render_template(
        "telephone.html", values=values, ringing=caller, found=found, spoken=spoken, offers=offers, calls=calls,
        remembered=REMEMBERED, criteria=own_desk().rules.criteria, call=values.get("appel", ""),
        tomorrow=tomorrow(here).isoformat(), may_send=caller.takes_messages, done=done,
        wishes_told=wishes_told, twice=twice,
        faults={"telephone": _number_fault(values, caller), **(faults or {})},
    )  # fmt: skip


def _number_fault(values: MultiDict[str, str], caller: Caller) -> str:
    """Say that what was typed is no number; "" where it is one, or nothing."""
    typed = values.get("telephone", "").strip()
    if caller.telephone or not typed:
        return ""
    return french_error(MobilityError("bad-number-called", f"'{typed}' is no number", field="", value=typed[:30]))


def _asked(here: House, values: MultiDict[str, str], caller: Caller) -> RideRequest:
    stated = stated_request(here, values, agent=who())
    stated = replace(stated, by_telephone=bool(values.get(f"besoin-{NO_INTERNET}")))
    return conversation.completed(own_desk(), caller, stated, wishes_told=_wishes_told(values, caller))


def _wishes_told(values: MultiDict[str, str], caller: Caller) -> bool:
    """Tell whether the wishes of the form are the caller's: what is remembered of a number just given is not in it."""
    return bool(values.get("besoins-dits")) and values.get("connu", caller.telephone) == caller.telephone


Drivers = Mapping[str, str]
"""What drivers are called, by their files."""


def _offers(asked: RideRequest, options: Sequence[Option]) -> list[tuple[str, Option, Drivers, Drivers]]:
    """Return what is read aloud of each answer, by what others call the drivers, and for the agent alone their names.

    Nobody said yes yet.
    """
    drivers = {ride.driver for option in options for ride in option.rides}
    aliases, names = see_candidates(own_desk(), drivers, now=house().clock(), who=who())
    return [(words.option_words(asked, one.rides, aliases, one.participation), one, aliases, names) for one in options]


def _spoken(here: House, found: Answer) -> list[Spoken]:
    """Return the ways without a driver, as one tells them on the telephone."""
    planner = found.planner
    number = here.ground.telephone
    spoken = []
    for way, known in zip(found.ways, notices_of_ways(found), strict=True):
        if way.kinds == {"volunteer"}:
            continue
        notices = told_of(known)
        sentences = read_aloud(way.there, planner, found.asked, found.now)
        if way.back:
            home = read_aloud(way.back, planner, found.asked, found.now)
            sentences += [f"Pour le retour : {continued(home[0])}", *home[1:]]
        # What can no longer be booked is told, never sent as a trip to take.
        message = "" if way.too_late else message_words(
            way, planner, found.asked, number, found.now, notices=notices
        )  # fmt: skip
        sentence = " ".join([*warnings(way, found.asked), *(notice.spoken for notice in notices), *sentences])
        spoken.append(Spoken(title_words(way, planner), sentence, message))
    return spoken


def _to_call(found: Answer) -> list[str]:
    """Return for each service to call what is read aloud: what is to be known of it, then whom to call."""
    pairs = zip(found.to_ask, notices_of_calls(found), strict=True)
    return [" ".join([*(notice.spoken for notice in told_of(known)), call_words(service)]) for service, known in pairs]


@pages.post("/telephone")
def telephone_act() -> str | Response | tuple[str, int]:
    """Look for answers, then do what was agreed: propose, note the need, promise to call back, or send the answer."""
    here, desk, form = house(), own_desk(), request.form
    now = here.clock()
    # Who was chosen among those of one number is nobody of another.
    number = form.get("telephone", "")
    same = dialled(form.get("connu", number)) == dialled(number)
    caller = conversation.recognise(desk, number, now=now, who=who(), chosen=form.get("personne", "") if same else "")
    what = form.get("acte") or "chercher"
    if what == "chercher":
        return (_screen(form, caller), 400) if _number_fault(form, caller) else _screen(form, caller)
    try:
        if what == "rappeler":
            if not caller.telephone:
                return _screen(form, caller, {"telephone": _number_fault(form, caller) or NO_NUMBER}), 400
            due = conversation.promise_call(desk, caller, form.get("pourquoi", "")[:300], now=now, who=who())
            flash(f"Rappel promis avant {deadline_words(due, desk.zone)} : dites-le à la personne.")
            return redirect(url_for("desk.index"), code=303)
        if what == "envoyer":
            return _send(caller, form.get("texte", "").strip()[:1000])
        if what not in OUTCOMES:
            abort(400)
        if not here.ground.modules.has(RIDES):
            abort(404)
        asked, agreed = _agreed(here, form, caller)
        call = form.get("appel", "")
        made = conversation.take_request(desk, caller, asked, agreed, call=call, now=now, who=who())
    except MobilityError as error:
        faults = beside(error, STANDS | OWN, here.ground.names())
        return _screen(form, caller, faults, twice=error.code == "double-request"), 400
    return redirect(url_for("desk.show", identifier=made.id), code=303)


def _agreed(here: House, form: MultiDict[str, str], caller: Caller) -> tuple[RideRequest, Agreed]:
    """Read what is asked for and what was agreed on it; who is not known yet says who they are."""
    wishes = [wish for wish in REMEMBERED if form.get(f"besoin-{wish}")] if form.get("besoins-dits") else None
    known = bool(caller.person or caller.household)
    with Faults() as faults:
        until = faults.of(lambda: parse_day(form["jusqua"], field="until"), None) if form.get("jusqua") else None
        contact = Contact() if known else faults.of(lambda: stated_contact(form), Contact())
        asked = _asked(here, form, caller)
        if until and until < asked.day:
            raise MobilityError(
                "dates-reversed", f"weekly until {until}, before {asked.day}", field="until",
                first=asked.day.isoformat(), last=until.isoformat(),
            )  # fmt: skip
    newcomer = None if known else newcomer_of(here, form, contact, asked.origin)
    choice = number_within(form.get("choix"), 0, 9)
    return asked, Agreed(OUTCOMES[form["acte"]], newcomer, wishes, until, bool(form.get("encore")), choice)


def _send(caller: Caller, text: str) -> str:
    if caller.person is None or not caller.takes_messages or not text:
        abort(400)
    conversation.send_way(own_desk(), caller.person, text, now=house().clock(), who=who())
    return _screen(MultiDict({"telephone": caller.telephone}), caller, done="Le message part à la personne.")


@pages.post("/simulateur")
def simulator() -> str | tuple[str, int]:
    """Play a call or a short message that comes in, where no provider is set; its form is one of the settings."""
    here = house()
    if here.settings.inbound_secret:
        abort(404)
    typed, text = request.form.get("numero", ""), request.form.get("texte", "").strip()
    number = telephone_in(typed)
    if not number:
        error = MobilityError("bad-number-called", f"'{typed}' is no number", field="telephone", value=typed[:30])
        return settings_page(request.form, faults=beside(error, {"telephone": "numero"})), 400
    # Whoever sees all plays a call as a provider sends it: to no structure in particular.
    own = "" if visitor().scope.everything else visitor().scope.structure
    outside = f"simulator-{here.clock().timestamp()}-{number}-{text[:20]}"
    if text:
        became = take_sms(own_desk(), outside, number, text[:1000], now=here.clock(), structure=own)
    else:
        became = take_call(own_desk(), outside, number, now=here.clock(), structure=own)
    return settings_page(request.form, became=became)

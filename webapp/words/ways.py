"""Ways in plain French: what each is, its steps, what is best about it, a message short enough to send."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from desks.transport.journey_planner import JourneyPlanner
from desks.ways.search import Answer, Boarding
from mobility.journeys import ON_DEMAND, RIDE, VOLUNTEER, WALK, Journey, Leg
from mobility.places import Place
from mobility.rides import LITTLE_WALKING, NO_INTERNET, WHEELCHAIR
from mobility.ways import LOW_COST, Question, Way
from webapp.words.french import (
    at_place,
    capital,
    continued,
    day_words,
    duration_words,
    joined,
    near_day_words,
    telephone_words,
    time_words,
)
from webapp.words.journeys import aloud, asking_words, call_words, confirm_words, leg_words, spoken_words, station_words
from webapp.words.notices import Told as Notice
from webapp.words.rides import own_cost_words
from webapp.words.topics import Topic

WISHES = {
    WHEELCHAIR: "Fauteuil roulant pliant", LITTLE_WALKING: "Marcher peu", LOW_COST: "Payer peu",
    NO_INTERNET: "Sans internet : tout par téléphone",
}  # fmt: skip
RIDE_ERRANDS = {"health": "health", "counter": "administration", "food": "food", "work": "work", "station": "other"}
"""The errand of a ride that each daily errand makes."""
MERITS = {"fastest": "le plus rapide", "walks-least": "le moins de marche", "cheapest": "le moins cher"}
TOO_LATE = "Trop tard pour réserver : ce trajet, tel quel, n'est plus possible ce jour-là."
HOURS_SHOWN = 4
"""Hours of trains that are named."""
READ_FIRST = "Avant de partir, lisez l'information importante qui suit."
_KINDS = {RIDE: "Train ou car", ON_DEMAND: "Transport à la demande", VOLUNTEER: "Conducteur bénévole", WALK: "À pied"}


def title_words(way: Way, planner: JourneyPlanner) -> str:
    """Name a way by what one takes: "Conducteur bénévole, puis train"."""
    lines = {_line_word(leg, planner) for journey in way.journeys for leg in journey.legs if leg.kind == RIDE}
    told = [
        joined(sorted(lines), "ou") if kind == RIDE else ("Covoiturage" if way.shared else _KINDS[kind])
        if kind == VOLUNTEER else _KINDS[kind]
        for kind in (VOLUNTEER, ON_DEMAND, RIDE, WALK) if kind in way.kinds
    ]  # fmt: skip
    return capital(joined(told))


def _line_word(leg: Leg, planner: JourneyPlanner) -> str:
    vehicle = "train" if planner.is_station(leg.origin) else "car"
    return f"{vehicle} sur réservation" if leg.bookings else vehicle


@dataclass(frozen=True)
class Told:
    """A journey in words."""

    leaves: str
    arrives: str
    lasts: str
    walking: str
    steps: tuple[tuple[str, str], ...]
    confirm: str


def name_of(place: str, planner: JourneyPlanner, asked: Question) -> str:
    """Return the name of a place of a leg, as one says it."""
    own = next((p.name for p in (asked.origin, *asked.destinations) if p.id == place), None)
    if own is not None and place not in planner.timetable.stop_index:
        return own
    name = planner.name_of(place)
    return station_words(name) if planner.is_station(place) else name


def told(journey: Journey, planner: JourneyPlanner, asked: Question, now: datetime) -> Told:
    """Return a journey in words; each step comes with how to book it, or that it is too late for it."""
    steps = []
    for leg in journey.legs:
        service = planner.service(leg)
        names = name_of(leg.origin, planner, asked), name_of(leg.destination, planner, asked)
        steps.append((leg_words(leg, names, service), asking_words(leg, service, planner.day, planner.local(now))))
    return Told(
        time_words(journey.departure % 86_400), time_words(journey.arrival % 86_400),
        duration_words(journey.arrival - journey.departure),
        duration_words(journey.walking) if journey.walking else "", tuple(steps),
        confirm_words(planner.to_confirm(journey)),
    )  # fmt: skip


def read_aloud(journey: Journey, planner: JourneyPlanner, asked: Question, now: datetime) -> list[str]:
    """Return a journey in sentences to read aloud, each step with whom to call before it."""
    said = []
    for leg in journey.legs:
        service = planner.service(leg)
        names = name_of(leg.origin, planner, asked), name_of(leg.destination, planner, asked)
        said.append(spoken_words(leg, names, service, by_train=planner.is_station(leg.origin)))
        said.append(aloud(asking_words(leg, service, planner.day, planner.local(now))))
    return [sentence for sentence in (*said, aloud(confirm_words(planner.to_confirm(journey)))) if sentence]


def icon_of(way: Way) -> str:
    """Return the drawing of a way: what one sits in longest."""
    if VOLUNTEER in way.kinds:
        return "car"
    if ON_DEMAND in way.kinds:
        return "telephone"
    return "train" if RIDE in way.kinds else "walk"


def first_sentence(
    found: Answer, titles: Sequence[str], alerts: Sequence[bool], today: date, of_calls: Sequence[bool],
    *, kept: bool = False,
) -> tuple[str, str]:  # fmt: skip
    """Say the best way in one sentence, and what else there is.

    ``alerts`` tell of each way, ``of_calls`` of each service to call, whether something important is to be known of
    it: nothing is promised against that, which is told once, right after.
    What is ``kept`` is read later, elsewhere: its day is told by its date.
    """
    best = next((way for way in zip(found.ways, titles, alerts, strict=True) if not way[0].too_late), None)
    if best is None:
        # Of what is kept, the place and the service to call are told beside it.
        near = found.asked.destinations[0].name if found.asked.daily and not kept else ""
        nearest = f"Le plus proche : {near}." if near else ""
        if found.to_ask and all(of_calls):
            return f"Aucun horaire connu n'y mène. {READ_FIRST}", nearest
        if found.to_ask and not kept:
            return "Aucun horaire connu n'y mène, mais un transport vient si on l'appelle.", nearest
        if found.to_ask:
            return "Aucun horaire connu n'y mène.", ""
        return "Aucun moyen connu n'y mène ce jour-là à cette heure.", nearest
    way, title, known = best
    leaves, arrives = time_words(way.there.departure % 86_400), time_words(way.there.arrival % 86_400)
    day = day_words(found.asked.day) if kept else near_day_words(found.asked.day, today)
    first = f"{title}, {day} : départ à {leaves}, arrivée à {arrives}."
    if known:
        return READ_FIRST, f"Horaire habituel : {continued(first)}"
    place = f"Lieu : {way.destination.name}. " if found.asked.daily else ""
    if way.back is not None:
        return first, f"{place}Retour chez vous à {time_words(way.back.arrival % 86_400)}."
    return first, place + ("" if found.asked.back_after is None else "Pas de retour connu par ce moyen.")


def taken_words(
    found: Answer, goal: str, said: Sequence[str], first_way: str, topic: Topic | None, telephone: str
) -> str:
    """Write an answer to be read later, elsewhere: what for, what is ``said`` of it, its first way, whom to call.

    Without a way: what was looked for, and the services that come when they are called.
    """
    parts = [f"{goal}, depuis {found.asked.origin.name}.", *said, first_way]
    if not first_way:
        # Who is to be received was told of a counter's own day and hours.
        parts += [] if topic and topic.is_procedure else [asked_words(found.asked, named=False)]
        parts += [call_words(service) for service in found.to_ask]
    parts += [f"À apporter : {', '.join(topic.papers)}."] if topic and topic.papers else []
    told, number = " ".join(filter(None, parts)), telephone_words(telephone)
    return f"{told} Une question ? {number}." if number and number not in told else told


def goal_words(asked: Question, topic: Topic | None, named: Place | None, *, onwards: bool) -> str:
    """Say what someone goes for: a need, a need at a place ("Médecin à Prayssac", "Train pour Brive") or a place."""
    if topic is None:
        return asked.destinations[0].name
    if named is None:
        return topic.title
    return f"{topic.title} pour {named.name}" if onwards else f"{topic.title} {at_place(named.name)}"


def boarding_words(near: Boarding | None, planner: JourneyPlanner, asked: Question) -> str:
    """Say from which station trains lead to a place, how far it is, and their first hours of the day."""
    goal = asked.destinations[0].name
    if near is None:
        return f"Aucun train connu ne part des gares proches pour {goal} ce jour-là."
    hours = [_boards(train, planner) for train in near.trains]
    shown = joined(list(dict.fromkeys(time_words(hour % 86_400) for hour in hours))[:HOURS_SHOWN])
    confirm = confirm_words(planner.to_confirm(near.trains[0]))
    away = f", à {duration_words(near.seconds)} de route" if near.seconds >= 60 else ""
    first = "Premiers départs" if len(hours) > HOURS_SHOWN else "Départs"
    station = at_place(near.station.name)
    told = f"Le train pour {goal} se prend {station}{away}. {first} {day_words(asked.day)} : {shown}."
    return f"{told} {confirm}" if confirm else told


def train_sentence(boarding: str, found: Answer) -> tuple[str, str]:
    """Say from where a train leaves, and how to get there where no timetable tells it."""
    asking = "demandez un transport par téléphone, plus bas." if found.to_ask else "demandez-nous."
    return boarding, f"Pour aller à la gare, {asking}"


def _boards(train: Journey, planner: JourneyPlanner) -> int:
    """Return when the first train of a journey leaves."""
    return next(leg.departure for leg in train.legs if leg.kind == RIDE and planner.is_station(leg.origin))


def asked_words(asked: Question, *, named: bool) -> str:
    """Say what was looked for: which day, by when; where to, where no way that is shown names it."""
    day = day_words(asked.day, year=True)
    if asked.arrive_by is not None:
        when = f"Pour y être {day} avant {time_words(asked.arrive_by)}."
    else:
        when = f"{capital(day)}, départ après {time_words(asked.depart_after or 0)}."
    if named or not asked.daily:
        return when
    return f"Au plus près : {joined(list(dict.fromkeys(place.name for place in asked.destinations)))}. {when}"


def cost_words(way: Way) -> str:
    """Say what is known of the price."""
    if VOLUNTEER in way.kinds:
        return own_cost_words(way.euros, ", plus le billet" if RIDE in way.kinds else "")
    return "Prix du billet : à demander au transporteur." if way.kinds & {RIDE, ON_DEMAND} else "Gratuit."


def warnings(way: Way, asked: Question) -> list[str]:
    """Say what must be checked for this person."""
    found = [TOO_LATE] if way.too_late else []
    if WHEELCHAIR in asked.wishes and RIDE in way.kinds:
        found.append("Fauteuil : prévenez le transporteur ; l'accès de ce véhicule n'est pas dans les données.")
    if WHEELCHAIR in asked.wishes and ON_DEMAND in way.kinds:
        found.append("Fauteuil : dites-le en réservant.")
    if asked.back_after is not None and way.back is None:
        found.append(f"Pas de retour connu après {time_words(asked.back_after)} par ce moyen.")
    return found


def message_words(
    way: Way, planner: JourneyPlanner, asked: Question, telephone: str, now: datetime, *, notices: Sequence[Notice] = ()
) -> str:
    """Write a way as a message: plain sentences, whom to call before, no link to follow.

    ``notices`` are what is to be known of its lines.
    """
    parts = [f"{asked.origin.name} - {way.destination.name}, {day_words(asked.day)}."]
    parts += [TOO_LATE] if way.too_late else []
    parts += [notice.sent for notice in notices]
    for word, journey in (("Aller", way.there), ("Retour", way.back)):
        if journey:
            said = told(journey, planner, asked, now)
            steps = "; ".join(part for step in said.steps for part in step if part)
            parts.append(f"{word} : {steps}.")
            parts += [said.confirm] if said.confirm else []
    if VOLUNTEER in way.kinds and telephone:
        parts.append(f"Pour demander le conducteur : {telephone_words(telephone)}.")
    return " ".join(parts)

"""The question "where do you live, what do you need", read from an address: place, need, day; every fault named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from werkzeug.datastructures import MultiDict

from desks.house import House
from desks.ways.nearby import ComingBus, NearCounter, buses_near, counters_near
from desks.ways.search import Answer, answer, nearest_services, services_at
from mobility.clock import HOUR, MINUTE
from mobility.errors import Faults, HouseError, MobilityError
from mobility.place_index import PlaceIndex
from mobility.places import Place
from mobility.territory import COUNTER, folded
from mobility.ways import WISHES, Question, Way
from mobility.working_hours import Hours
from webapp.pages.form_values import number_within, stated_day, stated_hours
from webapp.server.visitor import own_places
from webapp.words import ways as words
from webapp.words.answers import call_words
from webapp.words.topics import LEADING, ONWARDS, Topic, said_after, topic_of, topics

FARTHEST = timedelta(days=400)
FROM, TO = "Où habitez-vous ?", "De quoi avez-vous besoin ?"
"""The two fields of a question, as its form and its faults name them."""
STANDS = {FROM: "de", TO: "pour", "Jour": "jour", "Heure": "heure", "Retour": "retour"}
"""Where the form of a question says a fault, by the field of the error; elsewhere at its top."""
LEAVES = 15 * MINUTE
"""Seconds from a question to the door of whoever asks it: one who is told of a car that leaves at once misses it."""
RECEIVED = 30 * MINUTE
"""Seconds before a counter closes that one must be there, to be received on the day of the question."""
TOWNS = ("commune", "former", "station", "stop")
"""Kinds of places that are said with a need, the likeliest first: stops stand for towns outside of the territory."""
STATED = ("jour", "sens", "heure", "retour")
"""The fields that name a day or an hour."""
FIELDS = ("de", "vers", "pour", "jour", "sens", "heure", "retour", "accompagnants")


@dataclass(frozen=True)
class Near:
    """What is near a place; buses and counters, the nearest first."""

    buses: list[ComingBus]
    counters: list[NearCounter]


def near_of(here: House, origin: Place) -> Near:
    """Return the next visits of the bus and the counters near a place."""
    insee = here.ground.communes.at(origin.point) or ""
    return Near(
        buses_near(here.ground, here.calendar, insee, here.clock()), counters_near(here.ground, origin, here.clock())
    )


def stated_place(here: House, text: str, index: PlaceIndex | None = None) -> Place:
    """Return the place where someone lives, as they say it; ``index`` is that of the places, where it is open."""
    return own_places().find(text[:120], field=FROM, now=here.clock(), index=index)


def again(values: MultiDict[str, str]) -> dict[str, str]:
    """Return what asks the same question again."""
    names = (*FIELDS, *(f"souhait-{wish}" for wish in WISHES))
    return {name: values[name] for name in names if values.get(name)}


def stated_topic(values: MultiDict[str, str]) -> Topic | None:
    """Return the need that a question names: what a place is called is a place, whatever words are in it."""
    return topic_of(values.get("pour", "").strip()[:120]) if not values.get("vers", "").strip() else None


def stated_question(here: House, values: MultiDict[str, str]) -> Question:
    """Read a question from a form; every fault names its field, and all are told at once."""
    index = own_places().index()
    with Faults() as faults:
        day = faults.of(lambda: _day(here, values), here.today())
        arrive_by, depart_after, back = faults.of(lambda: stated_hours(values), (None, None, None))
        if back is not None and back <= (arrive_by or depart_after or 0):
            faults.add(MobilityError("back-before", "the way back must come after the way there", field="Retour"))
        wanted = faults.of(lambda: _wanted(here, values, index), None)
        named, unknown = place_named(here, values, wanted, index) if isinstance(wanted, Topic) else (None, "")
        if isinstance(wanted, Topic) and not wanted.is_placed and named is None:
            raise _unplaced(here, wanted, unknown)
        origin = stated_place(here, values.get("de", ""), index)
        destinations, daily = (
            _destinations(here, origin, wanted, named, onwards=leads_onwards(values, wanted)) if wanted else ((), "")
        )
    return Question(
        origin, destinations, day, arrive_by, depart_after, back,
        frozenset(wish for wish in WISHES if values.get(f"souhait-{wish}")), daily,
        _ride_errand(wanted),
        number_within(values.get("accompagnants", "").strip(), 0, 7),
    )  # fmt: skip


def _ride_errand(wanted: Place | Topic | None) -> str:
    if not isinstance(wanted, Topic):
        return "other"
    return wanted.errand or words.RIDE_ERRANDS.get(wanted.daily, "other")


def answered(here: House, values: MultiDict[str, str]) -> Answer:
    """Return the answer to a question. Who needs a counter and names no day is led to the first that can be had."""
    asked = stated_question(here, values)
    open_on = _open_days(here, asked) if _leaves_open(values, asked) else {}
    tried = [_at_counters(asked, day, spans, here.clock()) for day, spans in sorted(open_on.items())]
    for question in tried:
        found = answer(here.ways, question, now=here.clock())
        ways = [way for way in found.ways if _is_received(way, open_on[question.day][way.destination.id])]
        if ways:
            return replace(found, ways=tuple(ways))
    coming = next((question for question in tried if question.day > here.today()), asked)
    return answer(here.ways, coming, now=here.clock())


def is_later(here: House, values: MultiDict[str, str], found: Answer) -> bool:
    """Tell whether an answer is of a later day only because nothing leads to a counter that is open today."""
    return (
        _leaves_open(values, found.asked)
        and found.asked.day > here.today()
        and here.today() in _open_days(here, found.asked)
    )


def _leaves_open(values: MultiDict[str, str], asked: Question) -> bool:
    """Tell whether a question leaves it open when a counter is to be reached."""
    return asked.daily == COUNTER and not any(values.get(name) for name in STATED)


def _open_days(here: House, asked: Question) -> dict[date, dict[str, Sequence[Hours]]]:
    """Return when the counters of a question are open, today and next, by day and by their identifiers."""
    found: dict[date, dict[str, Sequence[Hours]]] = {}
    wanted = {place.id for place in asked.destinations}
    for near in counters_near(here.ground, asked.origin, here.clock()):
        if near.service.place.id not in wanted:
            continue
        coming = [(here.today(), near.opening.today), *filter(None, [near.opening.then])]
        for day, spans in coming:
            if spans:
                found.setdefault(day, {})[near.service.place.id] = spans
    return found


def _at_counters(asked: Question, day: date, spans: Mapping[str, Sequence[Hours]], now: datetime) -> Question:
    """Return a question asked of a day, of the counters that are open then: today from now on, else for the morning."""
    opens = min(span.opens for counter in spans.values() for span in counter)
    places = tuple(place for place in asked.destinations if place.id in spans)
    if day > now.date():
        by = max(asked.arrive_by or 0, opens + RECEIVED)
        return replace(asked, day=day, destinations=places, arrive_by=by, depart_after=None)
    soon = (now.hour * HOUR + now.minute * MINUTE + LEAVES) // (5 * MINUTE) * (5 * MINUTE)
    return replace(asked, day=day, destinations=places, arrive_by=None, depart_after=max(soon, opens - RECEIVED))


def _is_received(way: Way, spans: Sequence[Hours]) -> bool:
    """Tell whether who arrives by a way finds the door open for long enough, or soon will."""
    at = way.there.arrival
    return not way.too_late and any(span.opens - HOUR <= at <= span.closes - RECEIVED for span in spans)


def leads_onwards(values: MultiDict[str, str], wanted: Place | Topic) -> bool:
    """Tell whether a train is wanted to somewhere ("train pour Brive"), not the station of a place."""
    if isinstance(wanted, Place) or not wanted.is_train:
        return False
    said, leads = said_after(wanted, values.get("pour", "").strip()[:120])
    return bool(said) and (not leads or leads in ONWARDS)


def _wanted(here: House, values: MultiDict[str, str], index: PlaceIndex) -> Place | Topic:
    """Return the place asked for, or the need."""
    topic = stated_topic(values)
    where = (values.get("vers", "").strip() or values.get("pour", "").strip())[:120]
    whole = index.exact(where)
    if topic is not None and whole and folded(where) != folded(topic.title):
        # "Gare de Gourdon" is that station, not the nearest one.
        return whole.place
    if topic is None and where:
        try:
            return own_places().find(where, field=TO, now=here.clock(), index=index)
        except MobilityError as error:
            if end := _place_at_end(where, index):
                return end
            topic = topic_of(where)
            if topic is None and error.code == "place-elsewhere":
                where = _led_to(where)
                raise _no_such_need(here, where) from None
            if topic is None:
                raise
    if topic is None:
        raise MobilityError("where-to", "say where to go", field=TO)
    return topic


def _no_such_need(here: House, said: str) -> MobilityError:
    needs = [topic.title.lower() for topic in often()]
    return MobilityError(
        "no-such-need", f"no place nor need '{said}'", field=TO, value=said, needs=needs,
        call=call_words(here.ground.telephone),
    )  # fmt: skip


def _unplaced(here: House, wanted: Topic, unknown: str) -> MobilityError:
    """Return what is said of a need that is known, but not where it is met; ``unknown`` was said to be the place."""
    if unknown:
        return _no_such_need(here, unknown)
    return MobilityError(
        "need-unplaced", f"it is not known where '{wanted.id}' is met", field=TO, value=wanted.title,
        call=call_words(here.ground.telephone),
    )  # fmt: skip


def _place_at_end(text: str, index: PlaceIndex) -> Place | None:
    """Return the place that a sentence leads to: "me rendre à Prayssac"."""
    words = text.split()
    leads = [number for number, word in enumerate(words, 1) if folded(word) in LEADING]
    return next((known.place for n in leads if (known := index.exact(" ".join(words[n:])))), None)


def _led_to(text: str) -> str:
    """Return what a sentence leads to ("Figeac" in "bus pour Figeac"): that is what is not known, not the sentence."""
    words = text.split()
    last = max((number for number, word in enumerate(words[:-1], 1) if folded(word) in ONWARDS), default=0)
    return " ".join(words[last:])


def place_named(
    here: House, values: MultiDict[str, str], topic: Topic, index: PlaceIndex | None = None
) -> tuple[Place | None, str]:
    """Return the place that is said with a need ("médecin à Prayssac"), or else what is said there that is none."""
    typed = values.get("pour", "").strip()[:120]
    said, leads = said_after(topic, typed)
    if not said or values.get("vers", "").strip():
        return None, ""
    index = index or here.places.index()
    begun = index.beginning(said)
    likely = [n for n in begun if index.named[n].kind in TOWNS]
    if likely:
        return index.named[min(likely, key=lambda n: (TOWNS.index(index.named[n].kind), -begun[n]))].place, ""
    words = typed.split()
    tails = (" ".join(words[first:last]) for last in range(len(words), 0, -1) for first in range(last))
    return None, next((tail for tail in tails if folded(tail) == said), said) if leads else ""


def _destinations(
    here: House, origin: Place, wanted: Place | Topic, named: Place | None, *, onwards: bool = False
) -> tuple[tuple[Place, ...], str]:
    """Return the place asked for, or the nearest ones for a need ("voir un médecin") with its daily errand.

    A need at a place that is ``named`` is met there: by what is known of it in that commune, else by going there. A
    train leads ``onwards``.
    """
    if isinstance(wanted, Place):
        if wanted.point == origin.point:
            raise MobilityError("same-place", "the two places are the same", field=TO)
        return (wanted,), ""
    if named:
        there = services_at(here.ground, named, wanted.daily) if wanted.is_placed and not onwards else ()
        return (there, wanted.daily) if there else _destinations(here, origin, named, None)
    if wanted.is_procedure and (counters := near_of(here, origin).counters):
        # One rule for what the sentence names, the list shows and the ways lead to.
        return tuple(near.service.place for near in counters), wanted.daily
    try:
        return nearest_services(here.ground, origin, wanted.daily), wanted.daily
    except MobilityError as error:
        error.field = FROM if error.code == "out-of-reach" else TO
        raise


def _day(here: House, values: MultiDict[str, str]) -> date:
    text = values.get("jour", "")
    day = stated_day(here, text)
    if abs(day - here.today()) > FARTHEST:
        raise MobilityError("far-day", f"'{text}' is too far away", field="Jour", value=text)
    if not text and values.get("pour"):
        # A need of no stated day: the next on which counters, doctors and shops are open.
        while day.isoweekday() > 5:
            day += timedelta(days=1)
    return day


def often() -> list[Topic]:
    """Return the needs that many have."""
    return [topic for topic in topics().values() if topic.often]


def suggestions_of(error: HouseError) -> list[str]:
    """Return the names that an error proposes."""
    told = error.details.get("suggestions")
    return [str(name) for name in told] if isinstance(told, list) else []

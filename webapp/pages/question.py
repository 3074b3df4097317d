"""The question "where do you live, what do you need", read from an address: place, need, day; every fault named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from werkzeug.datastructures import MultiDict

from desks.house import House
from desks.ways.nearby import ComingBus, NearCounter, buses_near, counters_near
from desks.ways.received import answer_at_counters
from desks.ways.search import Answer, answer, nearest_services, services_at
from mobility.errors import Faults, HouseError, MobilityError
from mobility.place_index import PlaceIndex
from mobility.places import Place
from mobility.territory import COUNTER, folded
from mobility.ways import WISHES, Question
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


@dataclass(frozen=True)
class Said:
    """What a question says of where to go: a place, a need, or a need at a place.

    ``unknown`` is what is said to be the place of a need and is none; a train is to lead ``onwards`` to its place.
    """

    topic: Topic | None = None
    place: Place | None = None
    unknown: str = ""
    onwards: bool = False

    @property
    def named(self) -> Place | None:
        """Return the place at which a need is to be met, where one is said."""
        return self.place if self.topic else None


@dataclass(frozen=True)
class Reply:
    """A question and its answer, with the counters near; ``later`` where one is open today and nothing leads there."""

    found: Answer
    said: Said
    counters: list[NearCounter]
    later: bool = False


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
    return _read(here, values)[0]


def _read(here: House, values: MultiDict[str, str]) -> tuple[Question, Said, list[NearCounter]]:
    """Read a question from a form; return also what it says of where to go, and the counters near."""
    index = own_places().index()
    counters: list[NearCounter] = []
    with Faults() as faults:
        day = faults.of(lambda: _day(here, values), here.today())
        arrive_by, depart_after, back = faults.of(lambda: stated_hours(values), (None, None, None))
        if back is not None and back <= (arrive_by or depart_after or 0):
            faults.add(MobilityError("back-before", "the way back must come after the way there", field="Retour"))
        said = faults.of(lambda: _said(here, values, index), Said())
        origin = stated_place(here, values.get("de", ""), index)
        destinations: tuple[Place, ...] = ()
        daily = ""
        if said.topic and said.topic.is_placed and said.place and said.place.point == origin.point:
            # Whoever lives there is told of what is near.
            said = Said(said.topic)
        if said != Said():
            counters = counters_near(here.ground, origin, here.clock())
            destinations, daily = _destinations(here, origin, said, counters)
    asked = Question(
        origin, destinations, day, arrive_by, depart_after, back,
        frozenset(wish for wish in WISHES if values.get(f"souhait-{wish}")), daily,
        _ride_errand(said.topic),
        number_within(values.get("accompagnants", "").strip(), 0, 7),
    )  # fmt: skip
    return asked, said, counters


def _ride_errand(topic: Topic | None) -> str:
    if topic is None:
        return "other"
    return topic.errand or words.RIDE_ERRANDS.get(topic.daily, "other")


def answered(here: House, values: MultiDict[str, str]) -> Reply:
    """Answer a question. Who needs a counter and names no day is led to the first that can be had."""
    asked, said, counters = _read(here, values)
    if asked.daily == COUNTER and not any(values.get(name) for name in STATED):
        received = answer_at_counters(here.ways, asked, counters, now=here.clock())
        return Reply(received.answer, said, counters, received.later)
    return Reply(answer(here.ways, asked, now=here.clock()), said, counters)


def _said(here: House, values: MultiDict[str, str], index: PlaceIndex) -> Said:
    """Return the place asked for, or the need and the place that is said with it."""
    topic = stated_topic(values)
    to = values.get("vers", "").strip()[:120]
    where = to or values.get("pour", "").strip()[:120]
    whole = index.exact(where)
    if topic is not None and whole and folded(where) != folded(topic.title):
        # "Gare de Gourdon" is that station, not the nearest one.
        return Said(place=whole.place)
    if topic is None and where:
        try:
            return Said(place=own_places().find(where, field=TO, now=here.clock(), index=index))
        except MobilityError as error:
            if end := _place_at_end(where, index):
                return Said(place=end)
            topic = topic_of(where)
            if topic is None and error.code == "place-elsewhere":
                raise _no_such_need(here, _led_to(where)) from None
            if topic is None:
                raise
    if topic is None:
        raise MobilityError("where-to", "say where to go", field=TO)
    said = Said(topic) if to else _need_at(topic, where, index)
    if not topic.is_placed and said.place is None:
        raise _unplaced(here, topic, said.unknown)
    return said


def _no_such_need(here: House, said: str) -> MobilityError:
    needs = [topic.title.lower() for topic in often()]
    return MobilityError(
        "no-such-need", f"no place nor need '{said}'", field=TO, value=said, needs=needs,
        call=call_words(here.ground.telephone),
    )  # fmt: skip


def _unplaced(here: House, wanted: Topic, unknown: str) -> MobilityError:
    """Return what is said of a need that is known, but not where it is met; ``unknown`` was said to be the place."""
    if unknown[:1].isupper():
        # "Pharmacie à Grenoble" names a place; "pharmacie de garde" says more of the need.
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


def _need_at(topic: Topic, typed: str, index: PlaceIndex) -> Said:
    """Return a need with the place that is said with it ("médecin à Prayssac"), or what is said there that is none."""
    may_be = said_after(topic, typed)
    for said, lead in may_be:
        begun = index.beginning(said)
        # Whole words: "en ville" is not Villefranche.
        likely = [n for n in begun if index.named[n].kind in TOWNS and set(said.split()) <= set(index.keys[n].split())]
        if likely:
            best = min(likely, key=lambda n: (TOWNS.index(index.named[n].kind), -begun[n]))
            onwards = topic.is_train and (not lead or lead in ONWARDS)
            return Said(topic, index.named[best].place, onwards=onwards)
    unknown = next((said for said, lead in may_be if lead), "")
    words = typed.split()
    tails = (" ".join(words[first:last]) for last in range(len(words), 0, -1) for first in range(last))
    return Said(topic, unknown=next((tail for tail in tails if folded(tail) == unknown), unknown))


def _destinations(
    here: House, origin: Place, said: Said, counters: Sequence[NearCounter]
) -> tuple[tuple[Place, ...], str]:  # fmt: skip
    """Return the place asked for, or the nearest ones for a need ("voir un médecin") with its daily errand.

    A need at a place is met there: by what is known of it in that commune, else by going there.
    """
    topic = said.topic
    if topic and said.place and topic.is_placed and not said.onwards:
        there = services_at(here.ground, said.place, topic.daily)
        if there:
            return there, topic.daily
    if said.place:
        if said.place.point == origin.point:
            raise MobilityError("same-place", "the two places are the same", field=TO)
        return (said.place,), ""
    daily = topic.daily if topic else ""
    if topic and topic.is_procedure and counters:
        # One rule for what the sentence names, the list shows and the ways lead to.
        return tuple(near.service.place for near in counters), daily
    try:
        return nearest_services(here.ground, origin, daily), daily
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

"""The answer to "where do you live, what do you need": its first sentence, and the words of what is near."""

from collections.abc import Sequence
from datetime import date, datetime

from desks.ways.nearby import ComingBus, NearCounter
from mobility.opening import Opening
from mobility.working_hours import ROUND_THE_CLOCK, Hours
from webapp.words.french import (
    at_place,
    capital,
    day_words,
    duration_words,
    hours_words,
    joined,
    near_day_words,
    of_place,
    telephone_words,
    time_words,
)

NOON = 12 * 3600 + 1800


def spans_words(spans: Sequence[Hours]) -> str:
    """Write "9 h – 12 h et 14 h – 17 h"."""
    return joined([hours_words(span.opens, span.closes) for span in spans])


def state_words(opening: Opening, today: date) -> tuple[str, str]:
    """Return whether somewhere is open ("yes", "wait") and in words until or from when; then what follows."""
    if opening.until is not None:
        after = f"puis {spans_words(opening.today[1:])}" if len(opening.today) > 1 else _then(opening, today)
        return f"Ouvert jusqu'à {time_words(opening.until)}", after
    if opening.today:
        return f"Fermé, ouvre à {time_words(opening.today[0].opens)}", _until_words(opening.today)
    if opening.then:
        day, spans = opening.then
        return f"Fermé, ouvre {near_day_words(day, today)} à {time_words(spans[0].opens)}", _until_words(spans)
    return "Horaires à demander", ""


def call_words(telephone: str) -> str:
    """Say whom one asks what this site does not know."""
    return f"Ou appelez le {telephone_words(telephone)}." if telephone else "Ou demandez au guichet le plus proche."


def answering_words(opening: Opening, today: date) -> str:
    """Say when someone answers the telephone: "répond jusqu'à 17 h", "répond lundi 7 décembre à 9 h".

    Hours around the clock tell that a day is worked, not that anybody answers at night.
    """
    day = opening.next_day(today)
    if day is None:
        return ""
    spans = opening.today or (opening.then[1] if opening.then else ())
    if spans[0] == ROUND_THE_CLOCK[0]:
        # Whether office hours are over today is not known either.
        when = "" if day == today else f"{near_day_words(day, today)}, "
        return f"répond {when}aux heures de bureau"
    if opening.until is not None:
        return f"répond jusqu'à {time_words(opening.until)}"
    return f"répond {near_day_words(day, today)} à {time_words(spans[0].opens)}"


def _until_words(spans: Sequence[Hours]) -> str:
    """Say how long somewhere is open from the hour just said: "jusqu'à 12 h 30, puis 13 h 30 – 17 h"."""
    first, *others = spans
    return ", puis ".join([f"jusqu'à {time_words(first.closes)}", *([spans_words(others)] if others else [])])


def _then(opening: Opening, today: date) -> str:
    if opening.then is None:
        return ""
    day, spans = opening.then
    return f"{near_day_words(day, today)} {spans_words(spans)}"


def moment_words(opening: Opening, today: date) -> str:
    """Say when one can be received, in two words: "Maintenant", "Demain", "Mardi 1er"."""
    day = opening.next_day(today)
    if opening.is_open:
        return "Maintenant"
    return short_day(day, today) if day else ""


def short_day(day: date, today: date) -> str:
    """Write "Demain" or "Mardi 8"."""
    words = near_day_words(day, today)
    return capital(words if words in {"aujourd'hui", "demain"} else " ".join(words.split()[:2]))


def counter_name(near: NearCounter, names: dict[str, str]) -> str:
    """Name a counter by its commune: "le guichet de Catus"; by its own name where that is not known."""
    commune = names.get(near.service.commune)
    return f"le guichet {of_place(commune)}" if commune else near.service.place.name


def bus_words(bus: ComingBus, today: date | None) -> str:
    """Say when and where the bus comes: "le bus vient aux Junies, à 4 min de chez vous, mardi 8 décembre matin".

    Without a ``today`` its day is told by its date, however near.
    """
    where = f", à {duration_words(bus.seconds)} de chez vous" if bus.seconds else ", chez vous"
    half = "matin" if bus.opens < NOON else "après-midi"
    if bus.day == today:
        when = "ce matin" if half == "matin" else "cet après-midi"
    else:
        when = f"{near_day_words(bus.day, today) if today else day_words(bus.day)} {half}"
    return f"le bus vient {at_place(bus.stop.place.name)}{where}, {when}"


def first_sentence(
    counters: Sequence[NearCounter], buses: Sequence[ComingBus], names: dict[str, str], now: datetime,
    *, kept: bool = False,
) -> tuple[str, str]:  # fmt: skip
    """Return what to do to be received, and what else one can do.

    What is ``kept`` is read later, elsewhere: every day is told by its date, and a counter with its number.
    """
    today = now.date()
    near = next((one for one in counters if one.opening.is_known), None)
    bus = next(iter(buses), None)
    told_bus = f"{bus_words(bus, None if kept else today)}." if bus else ""
    if near is None:
        return (capital(told_bus), "") if bus else ("Appelez : un agent vous dira où aller.", "")
    counter = counter_name(near, names)
    away = f", à {duration_words(near.seconds)} de route" if near.seconds >= 60 else ""
    if kept and near.service.telephone:
        away += f". Téléphone du guichet : {telephone_words(near.service.telephone)}"
    if near.opening.until is not None:
        until = f"jusqu'à {time_words(near.opening.until)}"
        opened = f"est ouvert {day_words(today)}, {until}" if kept else f"est ouvert maintenant, {until}"
        return f"{capital(counter)} {opened}{away}.", f"Sinon {told_bus}" if bus else ""
    day = near.opening.next_day(today)
    spans = near.opening.today or (near.opening.then[1] if near.opening.then else ())
    said = "" if day is None else day_words(day) if kept else near_day_words(day, today)
    opens = f"{counter} ouvre {said} à {time_words(spans[0].opens)}{away}." if day else ""
    if bus and (day is None or bus.day <= day or near.seconds > bus.seconds + 1200):
        return capital(told_bus), capital(opens)
    return capital(opens), f"Sinon {told_bus}" if bus else ""


def later_words(bus: ComingBus) -> str:
    """Say on which days the bus comes next: "22 décembre, 12 janvier"."""
    return ", ".join(" ".join(day_words(day).split()[1:]) for day in bus.then)

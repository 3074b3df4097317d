"""Journeys in plain French: steps that can be read aloud, and when to book."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from mobility.clock import DAY
from mobility.journeys import ON_DEMAND, RIDE, VOLUNTEER, Leg
from mobility.territory import folded
from mobility.transport import DRIVER, Booking, OnDemandService
from webapp.words.french import (
    at_place,
    capital,
    day_words,
    duration_words,
    joined,
    of_place,
    telephone_words,
    time_words,
)

_NAMED_BY_THEMSELVES = {
    "ligne", "lignes", "train", "ter", "tgv", "intercites", "car", "bus", "navette", "tram", "metro", "taxi", "tad",
    "transport",
}  # fmt: skip
"""Words by which the name of a line says of itself what it is."""
DAYS_BEFORE = {0: "le jour même", 1: "la veille", 2: "l'avant-veille"}


def booking_words(booking: Booking | None, day: date, departure: int, now: datetime) -> str:
    """Say when and where to book: "réserver la veille (lundi 1er juin) avant 16 h au 05 65 …".

    ``now`` is a local moment; once it is too late, that is what is said, with the moment until which one could.
    """
    if booking is None:
        return "réservation à vérifier auprès du service"
    late = booking.too_late(day, departure, now)
    words = _until_words(booking, day, departure, late=late)
    if not late:
        words += _where_words(booking)
    elif booking.telephone and booking.deadline(day, departure):
        words += f", au {telephone_words(booking.telephone)}"
    opening = booking.opening(day, departure)
    if opening and now < opening and not late:
        words += f", à partir du {_moment_words(opening)}"
    message = booking.message.strip().rstrip(".")
    return f"{words}. {message}" if message else words


def _until_words(booking: Booking, day: date, departure: int, *, late: bool) -> str:
    """Say until when to book, or that it is too late; no more than is known."""
    deadline, last = booking.deadline(day, departure), booking.last_day(day)
    told = booking.closes is not None and booking.closes < DAY
    if late:
        if deadline is None:
            return "trop tard pour réserver"
        until = day_words(last) if last and not told else _moment_words(deadline)
        return f"trop tard pour réserver : c'était possible jusqu'au {until}"
    if deadline is None:
        return "appelez avant pour réserver" if booking.telephone else "à réserver avant de partir"
    if last:
        hour = f" avant {time_words(booking.closes or 0)}" if told else ""
        if booking.counted:
            # Days that do not count lie between: "la veille" would be another day.
            return f"réserver au plus tard le {day_words(last)}{hour}"
        when = DAYS_BEFORE.get(booking.days_before, f"{booking.days_before} jours avant")
        return f"réserver {when} ({day_words(last)}){hour}"
    if booking.notice:
        return f"réserver au moins {duration_words(booking.notice)} avant (jusqu'au {_moment_words(deadline)})"
    return "réserver à tout moment avant le départ"


def _moment_words(moment: datetime) -> str:
    return f"{day_words(moment.date())} à {time_words(moment.hour * 3600 + moment.minute * 60)}"


def _where_words(booking: Booking) -> str:
    where = [f"au {telephone_words(booking.telephone)}"] if booking.telephone else []
    where += [f"sur {booking.url}"] if booking.url else []
    if where:
        return f" {joined(where, 'ou')}"
    who = booking.operator or "le transporteur"
    return f" ; {who} vous dira comment (son numéro n'est pas dans les données)"


def whom_words(bookings: Sequence[Booking]) -> str:
    """Say whom to ask for the trips of a line, whatever the day: "au 05 65 …"."""
    numbers = list(dict.fromkeys(telephone_words(booking.telephone) for booking in bookings if booking.telephone))
    if numbers:
        return f"au {joined(numbers, 'ou')}"
    who = next((booking.operator for booking in bookings if booking.operator), "le transporteur")
    return f"{who} vous dira comment"


def asking_words(leg: Leg, service: OnDemandService | None, day: date, now: datetime) -> str:
    """Say what must be asked, of whom and by when, for a leg of a journey of a day: "" where nothing must."""
    day, departure = day + timedelta(days=leg.days), leg.departure - leg.days * DAY
    if service:
        return capital(booking_words(service.booking, day, departure, now))
    on, off = (end.booking if end else None for end in (leg.boarding, leg.alighting))
    parts = []
    if on:
        words = booking_words(on, day, departure, now)
        parts.append(f"pour monter : {words}" if off and off != on else words)
    if off and off != on:
        parts.append(f"pour descendre : {booking_words(off, day, departure, now)}")
    if any(booking.too_late(day, departure, now) for booking in leg.bookings):
        return ". ".join(capital(part) for part in parts)
    by_driver = [end for end in (leg.boarding, leg.alighting) if end and end.how == DRIVER]
    if leg.boarding in by_driver:
        parts.append("faites signe au conducteur pour qu'il s'arrête")
    if leg.alighting in by_driver:
        parts.append("en montant, dites au conducteur où vous descendez")
    number = next((end.telephone for end in by_driver if end.telephone), "")
    if number and not leg.bookings:
        parts.append(f"en cas de doute, appelez le {telephone_words(number)}")
    return ". ".join(capital(part) for part in parts)


def station_words(name: str) -> str:
    """Write "la gare de" with the name, so that the station is told from the town."""
    if name.lower().startswith("gare"):
        return name
    return f"la gare {of_place(name)}"


def line_words(name: str) -> str:
    """Write "Ligne 874", and "TER" or "Navette du marché" as they are."""
    first = folded(name).partition(" ")[0]
    return capital(name) if first in _NAMED_BY_THEMSELVES else f"Ligne {name}"


def leg_words(leg: Leg, names: tuple[str, str], service: OnDemandService | None = None) -> str:
    """Say one step of a journey."""
    start, end = time_words(leg.departure % 86_400), time_words(leg.arrival % 86_400)
    way = f"{of_place(names[0])} {at_place(names[1])}"
    if leg.kind == RIDE:
        towards = f" vers {leg.headsign}" if leg.headsign and not leg.headsign.isdigit() else ""
        booked = ", sur réservation" if leg.bookings else ""
        return f"{start} : {leg.line or 'ligne'}{towards}, {way} (arrivée {end}){booked}"
    if leg.kind == ON_DEMAND:
        name = service.name if service else "transport à la demande"
        return f"{start} : {name}, {way} (arrivée vers {end})"
    if leg.kind == VOLUNTEER:
        return f"{start} environ : voiture d'un bénévole, {way} (arrivée vers {end}), à demander"
    return f"{start} : à pied {duration_words(leg.arrival - leg.departure)}, {way}"


def spoken_words(
    leg: Leg, names: tuple[str, str], service: OnDemandService | None = None, *, by_train: bool = False
) -> str:
    """Say one step of a journey in sentences that an agent reads aloud; ``by_train`` where it calls at stations."""
    start, end = time_words(leg.departure % 86_400), time_words(leg.arrival % 86_400)
    there, then = at_place(names[0]), at_place(names[1])
    if leg.kind == RIDE:
        vehicle = "le train" if by_train else "le car"
        line = f", {re.sub('^Ligne ', 'ligne ', line_words(leg.line))}," if leg.line else ""
        towards = f" en direction {of_place(leg.headsign)}" if leg.headsign and not leg.headsign.isdigit() else ""
        line = line.rstrip(",") if not towards else line
        return f"À {start}, {there}, vous prenez {vehicle}{line}{towards}. Vous descendez {then} à {end}."
    if leg.kind == ON_DEMAND:
        named = f" C'est le service appelé {service.name}." if service else ""
        return f"À {start}, un véhicule vient vous prendre {there}.{named} Vous arrivez {then} vers {end}."
    if leg.kind == VOLUNTEER:
        free = f"Vers {start}, si un bénévole est libre, il vous prend {there} en voiture."
        return f"{free} Il vous dépose {then} vers {end}."
    return f"À {start}, vous marchez {duration_words(leg.arrival - leg.departure)} {of_place(names[0])} {then}."


_ALOUD = (
    (r"\bPour (monter|descendre) : réserver\b", r"Pour \1, il faut réserver"),
    (r"\bpour descendre : réserver\b", "pour descendre, il faut réserver"),
    (r"^Réserver\b", "Il faut réserver"), (r"^À réserver\b", "Il faut réserver"),
    (r"^Réservation à vérifier\b", "La réservation est à vérifier"),
    (r"^Trop tard pour réserver : c'était\b", "Il est trop tard pour réserver, c'était"),
    (r"^Trop tard\b", "Il est trop tard"), (r"^Horaires à confirmer :", "Ces horaires sont à confirmer auprès de"),
    (r" \(([^)]*)\)(?=[,. ]|$)", r", \1,"), (r",(?=[,.]|$)", ""),
)  # fmt: skip
"""What a written remark becomes when it is read aloud."""


def aloud(written: str) -> str:
    """Turn a written remark ("Réserver la veille (lundi 30 novembre) avant 16 h…") into a sentence to read aloud."""
    for pattern, said in _ALOUD:
        written = re.sub(pattern, said, written)
    return f"{written.rstrip('.')}." if written else ""


def call_words(service: OnDemandService) -> str:
    """Say of a service whose hours nobody knows that it must be called, in a sentence to read aloud."""
    number = service.booking.telephone if service.booking else ""
    whom = f"Appelez le {telephone_words(number)}" if number else "Appelez votre mairie"
    return f"Un transport vient si on l'appelle : {service.name}. {whom} pour savoir quand il passe et réserver."


def confirm_words(operators: list[tuple[str, str]]) -> str:
    """Say that hours are to be confirmed, and with whom."""
    if not operators:
        return ""
    told = [f"{name} au {telephone_words(number)}" if number else name for name, number in operators]
    return f"Horaires à confirmer : {joined(told, 'ou')}."

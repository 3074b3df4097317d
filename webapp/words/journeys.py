"""Journeys in plain French: steps that can be read aloud, and when to book."""

from datetime import date

from mobility.journeys import ON_DEMAND, RIDE, VOLUNTEER, Leg
from mobility.transport import Booking, OnDemandService
from webapp.words.french import day_words, duration_words, joined, time_words

EVE = {1: "la veille", 2: "l'avant-veille"}


def booking_words(booking: Booking | None, day: date, departure: int) -> str:
    """Say when and where to book: "réserver la veille (lundi 1er juin) avant 16 h au 05 65 …"."""
    if booking is None:
        return "réservation à vérifier auprès du service"
    where = [f"au {booking.telephone}"] if booking.telephone else []
    where += [f"sur {booking.url}"] if booking.url else []
    at = f" {joined(where, 'ou')}" if where else ""
    deadline = booking.deadline(day, departure)
    if booking.days_before:
        when = EVE.get(booking.days_before, f"{booking.days_before} jours avant")
        hour = f" avant {time_words(booking.closes)}" if booking.closes else ""
        return f"réserver {when} ({day_words(deadline.date())}){hour}{at}"
    if booking.notice:
        return f"réserver au moins {duration_words(booking.notice)} avant{at}"
    return f"réserver à tout moment{at}"


def station_words(name: str) -> str:
    """Write "la gare de" with the name, so that the station is told from the town."""
    if name.lower().startswith("gare"):
        return name
    return f"la gare d'{name}" if name[:1] in "AEÉÈIOUYH" else f"la gare de {name}"


def leg_words(leg: Leg, names: tuple[str, str], service: OnDemandService | None = None) -> str:
    """Say one step of a journey."""
    start, end = time_words(leg.departure % 86_400), time_words(leg.arrival % 86_400)
    if leg.kind == RIDE:
        towards = f" vers {leg.headsign}" if leg.headsign and not leg.headsign.isdigit() else ""
        return f"{start} : {leg.line or 'ligne'}{towards}, de {names[0]} à {names[1]} (arrivée {end})"
    if leg.kind == ON_DEMAND:
        name = service.name if service else "transport à la demande"
        return f"{start} : {name}, de {names[0]} à {names[1]} (arrivée vers {end})"
    if leg.kind == VOLUNTEER:
        return f"{start} : voiture d'un bénévole, de {names[0]} à {names[1]} (arrivée vers {end}), à demander"
    return f"{start} : à pied {duration_words(leg.arrival - leg.departure)}, de {names[0]} à {names[1]}"


def confirm_words(operators: list[tuple[str, str]]) -> str:
    """Say that hours are to be confirmed, and with whom."""
    if not operators:
        return ""
    told = [f"{name} au {number}" if number else name for name, number in operators]
    return f"Horaires à confirmer auprès de {joined(told, 'ou')}."

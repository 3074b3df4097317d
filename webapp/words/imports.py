"""The French words of lists that are taken in: what they are of, and their columns."""

from collections.abc import Mapping
from datetime import date

from desks.imports.reading import Report
from mobility.errors import MobilityError
from mobility.places import Place
from mobility.territory import Commune
from webapp.words.errors import field_words, french_error
from webapp.words.french import (
    day_words,
    joined,
    session_word,
    started,
    telephone_words,
    time_words,
    week_words,
    weekday_word,
)

SUBJECTS = {
    "drivers": "Conducteurs et bénévoles",
    "requests": "Demandes de trajet",
    "closures": "Jours sans passage du bus",
    "stops": "Arrêts possibles du bus",
    "calendar": "Calendrier du bus",
}
"""What a list may be of."""
HINTS = {
    "drivers": "Nom, commune, jours (« lundi matin ») ou destination et date, heures ; téléphone, places, rayon…",
    "requests": "Nom, commune de départ, destination, date, heure de rendez-vous ou de départ ; retour, téléphone…",
    "closures": "Premier jour ; dernier jour, arrêt (vide : tous), motif.",
    "stops": "Commune (ou INSEE) ; nom du lieu, endroit, latitude et longitude, vu sur place, proposé (non : retiré)…",
    "calendar": "Semaine (A, B), jour, demi-journée (matin, après-midi), arrêt. Contrôlé, pas enregistré.",
}
COLUMNS = {
    "name": "Nom", "first_name": "Prénom", "telephone": "Téléphone", "mail": "Courriel", "address": "Adresse",
    "from": "Commune ou lieu de départ", "to": "Destination", "opens": "Heure de début ou de départ",
    "closes": "Heure de fin", "weekdays": "Jours de la semaine", "day": "Date", "seats": "Places",
    "abilities": "Peut prendre ou faire", "reach_km": "Kilomètres au plus", "detour_minutes": "Détour (minutes)",
    "consent": "Accord donné (oui, non)", "arrive_by": "Heure de rendez-vous", "depart_after": "Heure de départ",
    "back_after": "Heure de retour", "companions": "Accompagnants", "wishes": "Besoins particuliers", "errand": "Motif",
    "criterion": "Critère", "proof": "Justificatif", "first": "Premier jour",
    "last": "Dernier jour", "stop": "Arrêt (vide : tous)", "reason": "Motif",
    "commune": "Commune ou code INSEE", "spot": "Endroit (mairie, place…)", "position": "Position (lat., long.)",
    "lat": "Latitude", "lon": "Longitude", "checked": "Vu sur place", "room_to_turn": "Place pour tourner",
    "level": "À plat", "toilets": "Toilettes", "closed": "Indisponible", "offered": "Proposé (oui, non)",
    "week": "Semaine", "weekday": "Jour", "session": "Demi-journée", "bus": "Bus",
}  # fmt: skip
"""The columns of lists."""
_CALLED = {("calendar", "stop"): "Arrêt"}
"""What a column is called where its subject has another word for it."""


def column_words(subject: str) -> dict[str, str]:
    """Return what the columns of a subject are called."""
    return {**COLUMNS, **{column: words for (of, column), words in _CALLED.items() if of == subject}}


def understood_words(kind: str, value: object, names: Mapping[str, str], cycle_weeks: int) -> str:
    """Say what a cell was understood to tell ("" where that is what it holds): a day with its weekday, a place's name.

    ``names`` are those of stops. So whoever looks sees a day and a month that were swapped, or another place.
    """
    if kind in {"day", "day-ahead"} and isinstance(value, date):
        return day_words(value, year=True)
    if kind == "clock" and isinstance(value, int):
        return time_words(value)
    if kind == "weekdays" and isinstance(value, frozenset):
        return joined([weekday_word(day) for day in sorted(value)])
    if kind == "week" and isinstance(value, int):
        return week_words(value, cycle_weeks)
    if kind == "weekday" and isinstance(value, int):
        return weekday_word(value)
    if kind == "session":
        return session_word(str(value))
    if kind == "telephone" and value:
        return telephone_words(str(value))
    if kind in {"yes", "seen"} and isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, Place | Commune):
        return value.name
    return names.get(str(value), "") if kind in {"bus-stop", "closed-stop"} else ""


def report_words(report: Report) -> str:
    """Say what came of a list: "12 lignes prises, 3 déjà connues, 2 refusées"."""
    if not report.taken and report.doubles and not report.refused:
        return "Rien n'a changé : tout ce que dit ce fichier est déjà connu."
    told = [_counted(report.taken, "ligne prise", "lignes prises", "aucune ligne prise")]
    if report.doubles:
        told.append(_counted(report.doubles, "déjà connue", "déjà connues", ""))
    if report.refused:
        told.append(_counted(report.refused, "refusée", "refusées", ""))
    sentence = ", ".join(told)
    return f"{sentence[0].upper()}{sentence[1:]}."


def _counted(number: int, one: str, several: str, none: str) -> str:
    return none if not number else f"1 {one}" if number == 1 else f"{number} {several}"


def fault_words(
    fault: MobilityError, names: Mapping[str, str], columns: Mapping[str, str], *, file: str, sheet: str
) -> str:
    """Say what is wrong with a line; where it says nothing, in which column it should.

    The page names the ``file`` once, above, and the ``sheet`` that is read.
    """
    if fault.code == "empty-value" and (missing := columns.get(str(fault.details.get("column")))):
        told = f"{field_words(fault.field)} : il manque « {missing} »."
    else:
        told = french_error(fault, names)
    return started(told.removeprefix(f"{file}, ").removeprefix(f"feuille {sheet}, "))


def missing_words(names: tuple[str, ...], words: Mapping[str, str]) -> str:
    """Name the columns that must still be matched."""
    return joined([f"« {words[name]} »" for name in names], "et")

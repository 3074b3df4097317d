"""The French words of lists that are taken in: what they are of, and their columns."""

from collections.abc import Mapping

from desks.imports.reading import Report
from webapp.words.french import joined

SUBJECTS = {
    "drivers": "Conducteurs et bénévoles",
    "requests": "Demandes de trajet",
    "closures": "Jours sans passage du bus",
    "stops": "Arrêts possibles du bus",
}
"""What a list may be of."""
HINTS = {
    "drivers": "Nom, commune, heure de début ; jours de la semaine, ou destination et date ; téléphone, places, rayon…",
    "requests": "Nom, commune de départ, destination, date, heure de rendez-vous ou de départ ; retour, téléphone…",
    "closures": "Premier jour ; dernier jour, arrêt (vide : tous), motif.",
    "stops": "Commune (ou INSEE) ; nom du lieu, endroit, latitude et longitude, vu sur place, proposé (non : retiré)…",
}
COLUMNS = {
    "name": "Nom", "first_name": "Prénom", "telephone": "Téléphone", "mail": "Courriel", "address": "Adresse",
    "from": "Commune ou lieu de départ", "to": "Destination", "opens": "Heure de début ou de départ",
    "closes": "Heure de fin", "weekdays": "Jours de la semaine", "day": "Date", "seats": "Places",
    "abilities": "Peut prendre ou faire", "reach_km": "Kilomètres au plus", "detour_minutes": "Détour (minutes)",
    "consent": "Accord donné (oui, non)", "arrive_by": "Heure de rendez-vous", "depart_after": "Heure de départ",
    "back_after": "Heure de retour", "companions": "Accompagnants", "needs": "Besoins", "purpose": "Motif",
    "criterion": "Critère", "proof": "Justificatif", "first": "Premier jour",
    "last": "Dernier jour", "stop": "Arrêt (vide : tous)", "reason": "Motif",
    "commune": "Commune ou code INSEE", "spot": "Endroit (mairie, place…)", "position": "Position (lat., long.)",
    "lat": "Latitude", "lon": "Longitude", "checked": "Vu sur place", "room_to_turn": "Place pour tourner",
    "level": "À plat", "toilets": "Toilettes", "closed": "Indisponible", "offered": "Proposé (oui, non)",
}  # fmt: skip
"""The columns of lists."""


def report_words(report: Report) -> str:
    """Say what came of a list: "12 lignes prises, 3 déjà connues, 2 refusées"."""
    if not report.taken and report.doubles and not report.faults:
        return "Rien n'a changé : tout ce que dit ce fichier est déjà connu."
    told = [_counted(report.taken, "ligne prise", "lignes prises", "aucune ligne prise")]
    if report.doubles:
        told.append(_counted(report.doubles, "déjà connue", "déjà connues", ""))
    if report.faults:
        told.append(_counted(len(report.faults), "refusée", "refusées", ""))
    sentence = ", ".join(told)
    return f"{sentence[0].upper()}{sentence[1:]}."


def _counted(number: int, one: str, several: str, none: str) -> str:
    return none if not number else f"1 {one}" if number == 1 else f"{number} {several}"


def missing_words(names: tuple[str, ...], words: Mapping[str, str] = COLUMNS) -> str:
    """Name the columns that must still be matched."""
    return joined([f"« {words[name]} »" for name in names], "et")

"""What people write over the columns of their lists, and in them: French is understood here, never spoken."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A column that a list may have: its name here, and what people write over it (the usual words first).

    ``kind`` is how its cells are read ("text": as they stand), see :data:`desks.imports.reading.KINDS`. ``apart`` are
    words (folded) that a title of it never has: "Nom et prénom" is a whole name.
    """

    name: str
    said: str
    required: bool = False
    kind: str = "text"
    apart: frozenset[str] = frozenset()

    @property
    def titles(self) -> tuple[str, ...]:
        """Return the titles that people give it."""
        return tuple(self.said.split(" | "))


_NAME = Column(
    "name",
    "nom | nom et prénom | nom prénom | noms et prénoms | nom complet | identité | conducteur | bénévole | passager | "
    "bénéficiaire | personne | usager | adhérent | nom de famille | name",
    required=True,
)
_FIRST_NAME = Column("first_name", "prénom | prénoms | first name", apart=frozenset({"nom", "noms"}))
_TELEPHONE = Column(
    "telephone",
    "téléphone | tél | numéro de téléphone | numéro | portable | mobile | téléphone portable | téléphone "
    "fixe | n° de téléphone | gsm | telephone",
    kind="telephone",
)
_MAIL = Column("mail", "courriel | mail | e-mail | email | adresse mail | adresse électronique | mél", kind="mail")
_ADDRESS = Column("address", "adresse | adresse postale | rue | address")
_FROM = Column(
    "from",
    "commune | domicile | départ | lieu de départ | commune de départ | ville | village | de | commune de "
    "résidence | origine | prise en charge | from",
    required=True,
    kind="place",
)
_TO = Column(
    "to",
    "destination | arrivée | lieu d'arrivée | commune d'arrivée | vers | lieu de rendez-vous | à | to",
    kind="place",
)
_DAY = Column("day", "date | jour | le | date du trajet | jour du trajet | date du rendez-vous | day")
_CONSENT = Column("consent", "accord | consentement | accord donné | rgpd | autorisation | consent", kind="yes")

DRIVERS = (
    _NAME, _FIRST_NAME, _TELEPHONE, _MAIL, _ADDRESS, _FROM, _TO,
    Column(
        "opens",
        "début | heure de début | de (heure) | à partir de | heure de départ | heure départ | heure | "
        "horaires début | horaires de | opens",
        required=True, kind="clock",
    ),
    Column(
        "closes",
        "fin | heure de fin | à (heure) | jusqu'à | horaires fin | horaires à | heure d'arrivée | heure de retour | "
        "retour | closes",
        kind="clock",
    ),
    Column(
        "weekdays",
        "jours | jours de la semaine | jour(s) | disponibilités | disponibilité | dispo | dispos | disponible | "
        "disponible le | présence | créneaux | semaine | weekdays",
        kind="weekdays",
    ),
    Column("day", "date | le | date du trajet | day", kind="day-ahead"),
    Column("seats", "places | nombre de places | nb places | places libres | nb de places | seats", kind="seats"),
    Column(
        "abilities", "aptitudes | équipement | équipements | peut prendre | accepte | matériel | abilities",
        kind="abilities",
    ),
    Column(
        "reach_km", "rayon | rayon km | distance | distance maximale | km | kilomètres | km maximum | reach_km",
        kind="number",
    ),
    Column("detour_minutes", "détour | détour minutes | détour maximum | detour_minutes", kind="number"),
    _CONSENT,
)  # fmt: skip
REQUESTS = (
    _NAME, _FIRST_NAME, _TELEPHONE, _MAIL, _ADDRESS, _FROM, Column("to", _TO.said, required=True, kind="place"),
    Column("day", _DAY.said, required=True, kind="day-ahead"),
    Column(
        "arrive_by",
        "heure | heure de rendez-vous | heure du rendez-vous | heure rdv | rendez-vous | rdv | heure "
        "d'arrivée | arriver à | arriver avant | arrive_by",
        kind="clock",
    ),
    Column(
        "depart_after", "heure de départ | heure départ | départ à | partir après | partir à | depart_after",
        kind="clock",
    ),
    Column(
        "back_after", "retour | heure de retour | heure retour | retour à | retour après | back_after",
        kind="clock",
    ),
    Column("companions", "accompagnants | nombre d'accompagnants | accompagnateurs | companions", kind="companions"),
    Column(
        "wishes", "besoins particuliers | besoins | besoin | équipement | matériel | wishes | needs", kind="abilities"
    ),
    Column("errand", "motif | objet | raison | pour | errand | purpose", kind="errand"),
    Column("criterion", "critère | criterion"),
    Column("proof", "justificatif | preuve | proof"),
    _CONSENT,
)  # fmt: skip
CLOSURES = (
    Column(
        "first",
        "du | début | date de début | premier jour | date | jour | à partir du | from",
        required=True,
        kind="day",
    ),
    Column("last", "au | fin | date de fin | dernier jour | jusqu'au | to", kind="day"),
    Column("stop", "arrêt | commune | lieu | village | stop", kind="closed-stop"),
    Column("reason", "motif | raison | fermeture | libellé | événement | remarque | nom | reason"),
)
STOPS = (
    Column(
        "commune",
        "commune | insee | code insee | code commune | commune (insee) | nom de la commune | ville | village",
        required=True,
        kind="commune",
    ),
    Column("name", "arrêt | nom de l'arrêt | nom du lieu | nom | lieu | lieu-dit | libellé | stop | name"),
    Column("spot", "endroit | emplacement | place | mairie | mairie, place… | adresse | devant | précisions | spot"),
    Column(
        "position",
        "position | coordonnées | coordonnées gps | gps | point gps | latitude, longitude | lat, lon",
        kind="position",
    ),
    Column("lat", "latitude | lat | y", kind="latitude"),
    Column("lon", "longitude | lon | long | lng | x", kind="longitude"),
    Column("checked", "vu sur place | vu | vérifié | vérifié sur place | checked", kind="seen"),
    Column("room_to_turn", "place pour tourner | peut tourner | demi-tour | retournement | room_to_turn", kind="seen"),
    Column("level", "à plat | plat | terrain plat | level", kind="seen"),
    Column("toilets", "toilettes | wc | toilets", kind="seen"),
    Column("closed", "indisponible | indisponibilités | jours indisponibles | fermé | closed", kind="half-days"),
    Column("offered", "proposé | à proposer | retenu | à garder | offered", kind="yes"),
)
CALENDAR = (
    Column("week", "semaine | semaines | quinzaine | parité | week", required=True, kind="week"),
    Column("weekday", "jour | jour de la semaine | weekday", required=True, kind="weekday"),
    Column("session", "demi-journée | moment | période | matin ou après-midi | session", required=True, kind="session"),
    Column("stop", "arrêt | commune | lieu | village | passage | stop", required=True, kind="bus-stop"),
    Column("bus", "bus | véhicule"),
)

SIDES = {
    "debut": "start", "depart": "start", "partir": "start", "aller": "start", "fin": "end", "jusqu": "end",
    "arrivee": "end", "retour": "back",
}  # fmt: skip
"""Words of a title (folded) that part two columns of one kind: which of the two hours, days or places it is."""
KINDS_SAID = {"heure": "clock", "heures": "clock", "horaire": "clock", "horaires": "clock", "date": "day"}
"""Words of a title (folded) that tell of what kind its cells are, whatever else it says."""

ABILITY_WORDS = {
    "fauteuil": "wheelchair", "fauteuil roulant": "wheelchair", "fauteuil pliant": "wheelchair",
    "wheelchair": "wheelchair",
    "siège enfant": "child-seat", "siège auto": "child-seat", "rehausseur": "child-seat", "child-seat": "child-seat",
    "aide": "door-help", "aide à la porte": "door-help", "accompagnement": "door-help", "door-help": "door-help",
}  # fmt: skip
"""What people call what a driver can take or do, and a rider needs."""
ERRAND_WORDS = {
    "santé": "health", "médecin": "health", "médical": "health", "hôpital": "health", "kiné": "health",
    "dentiste": "health", "spécialiste": "health", "rendez-vous médical": "health", "health": "health",
    "démarches": "administration", "démarche": "administration", "administratif": "administration",
    "mairie": "administration", "administration": "administration",
    "courses": "food", "marché": "food", "alimentation": "food", "food": "food",
    "travail": "work", "emploi": "work", "formation": "work", "entretien": "work", "work": "work",
    "famille": "family", "visite": "family", "loisirs": "family", "famille et loisirs": "family", "family": "family",
    "autre": "other", "divers": "other", "other": "other",
}  # fmt: skip
"""What people call what one goes for."""
EVERYWHERE = frozenset({"", "tous", "toutes", "partout", "tous les arrêts", "*"})
"""What people write of days without a bus that are no single stop's."""
UNSEEN = frozenset({"à vérifier", "a verifier", "?", "inconnu"})
"""What people write where nobody has looked yet."""
NEVER = frozenset({"jamais", "aucun", "aucune", "non", "-"})
"""What people write of a stop that is free at all times."""
HALF_DAYS = {"morning": re.compile(r"\bmatin(?:ée)?s?\b"), "afternoon": re.compile(r"\bapr[eè]s[- ]midi\b")}
"""What people write of half of a day."""

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
    "nom | nom et prénom | nom prénom | noms et prénoms | nom complet | identité | conducteur | bénévole | passager "
    "| bénéficiaire | personne | usager | adhérent | nom de famille | chauffeur | demandeur | personne transportée "
    "| nom usuel | nom du chauffeur | conducteurs bénévoles | nom du demandeur | nom du bénéficiaire | nom du "
    "passager | name",
    required=True,
)
_FIRST_NAME = Column("first_name", "prénom | prénoms | prénom usuel | first name", apart=frozenset({"nom", "noms"}))
_TELEPHONE = Column(
    "telephone",
    "téléphone | tél | numéro de téléphone | numéro | portable | mobile | téléphone portable | téléphone fixe | n° "
    "de téléphone | gsm | tel portable | tel fixe | tél mobile | téléphone mobile | n° portable | numéro de "
    "portable | n° tél | tél du bénéficiaire | téléphone du bénéficiaire | coordonnées téléphoniques | contact | "
    "telephone",
    kind="telephone",
)
_MAIL = Column(
    "mail",
    "courriel | mail | e-mail | email | adresse mail | adresse e-mail | adresse email | adresse courriel | adresse "
    "électronique | mél",
    kind="mail",
)
_ADDRESS = Column(
    "address", "adresse | adresse postale | adresse complète | adresse du domicile | n° et rue | rue | address"
)
_FROM = Column(
    "from",
    "commune | domicile | départ | lieu de départ | commune de départ | ville | village | de | commune de résidence "
    "| origine | prise en charge | habite à | habite | lieu de résidence | part de | point de départ | départ de | "
    "au départ de | localité | commune d'habitation | prise en charge à | lieu de prise en charge | from",
    required=True,
    kind="place",
)
_TO = Column(
    "to",
    "destination | arrivée | lieu d'arrivée | commune d'arrivée | vers | lieu de rendez-vous | à | va à | se rend à "
    "| pour aller à | destinations possibles | destination habituelle | destination souhaitée | trajet vers | "
    "direction | lieu de travail | arrivée à | lieu du rdv | lieu du rendez-vous | dépose à | lieu de dépose | où | "
    "to",
    kind="place",
)
_DAY = Column(
    "day",
    "date | jour | le | date du trajet | jour du trajet | date du rendez-vous | date du rdv | date rdv | date "
    "souhaitée | jour souhaité | date du transport | date du déplacement | date de déplacement | quand | day",
)
_CONSENT = Column(
    "consent",
    "accord | consentement | accord donné | rgpd | accord rgpd | consentement rgpd | a donné son accord | "
    "autorisation | autorise la transmission | consent",
    kind="yes",
)

DRIVERS = (
    _NAME, _FIRST_NAME, _TELEPHONE, _MAIL, _ADDRESS, _FROM, _TO,
    Column(
        "opens",
        "début | heure de début | de (heure) | à partir de | heure de départ | heure départ | heure | horaires "
        "début | horaires de | départ possible de | départ possible à partir de | départ possible dès | disponible "
        "de | disponible à partir de | disponible dès | dispo de | départ au plus tôt | horaire de départ | opens",
        required=True, kind="clock",
    ),
    Column(
        "closes",
        "fin | heure de fin | à (heure) | jusqu'à | horaires fin | horaires à | heure d'arrivée | heure de retour | "
        "retour | départ possible jusqu'à | disponible jusqu'à | dispo jusqu'à | fin de disponibilité | "
        "retour au plus tard | horaire de fin | closes",
        kind="clock",
    ),
    Column(
        "weekdays",
        "jours | jours de la semaine | jour(s) | disponibilités | disponibilité | dispo | dispos | disponible | "
        "disponible le | présence | créneaux | semaine | jours possibles | jours de disponibilité | jours dispo | "
        "disponible les | jours habituels | quand | fréquence | weekdays",
        kind="weekdays",
    ),
    Column("day", "date | le | date du trajet | day", kind="day-ahead"),
    Column(
        "seats",
        "places | nombre de places | nb places | places libres | nb de places | nbre de places | places disponibles "
        "| nombre de places disponibles | nb de places disponibles | passagers possibles | seats", kind="seats"),
    Column(
        "abilities", "aptitudes | équipement | équipements | peut prendre | accepte | matériel | peut transporter | "
        "équipements du véhicule | fauteuil, siège enfant | abilities",
        kind="abilities",
    ),
    Column(
        "reach_km",
        "rayon | rayon km | distance | distance maximale | distance max | km | kilomètres | km maximum | km max "
        "| rayon d'action | kilométrage maximum | périmètre km | reach_km",
        kind="number",
    ),
    Column(
        "detour_minutes",
        "détour | détour minutes | détour maximum | détour max | détour accepté | détour accepté (min) | détour "
        "possible | detour_minutes", kind="number"),
    _CONSENT,
)  # fmt: skip
REQUESTS = (
    _NAME, _FIRST_NAME, _TELEPHONE, _MAIL, _ADDRESS, _FROM, Column("to", _TO.said, required=True, kind="place"),
    Column("day", _DAY.said, required=True, kind="day-ahead"),
    Column(
        "arrive_by",
        "heure | heure de rendez-vous | heure du rendez-vous | heure rdv | rendez-vous | rdv | heure "
        "d'arrivée | arriver à | arriver avant | heure d'arrivée souhaitée | doit arriver à | y être à | "
        "horaire du rendez-vous | horaire du rdv | horaire | arrive_by",
        kind="clock",
    ),
    Column(
        "depart_after",
        "heure de départ | heure départ | départ à | partir après | partir à | départ après | départ possible "
        "de | départ possible à partir de | départ possible dès | heure de prise en charge | heure de départ "
        "souhaitée | depart_after",
        kind="clock",
    ),
    Column(
        "back_after",
        "retour | heure de retour | heure retour | retour à | retour après | retour à partir de | retour "
        "souhaité à | heure de retour souhaitée | fin du rendez-vous | fin du rdv | heure de fin | back_after",
        kind="clock",
    ),
    Column(
        "companions",
        "accompagnants | nombre d'accompagnants | nb accompagnants | accompagnant | accompagnateurs | accompagnée "
        "de | accompagné de | companions", kind="companions"),
    Column(
        "wishes",
        "besoins particuliers | besoin particulier | besoins spécifiques | besoins | besoin | équipement | "
        "matériel | handicap | mobilité | wishes | needs", kind="abilities"
    ),
    Column("errand", "motif | objet | raison | pour | motif du déplacement | motif du trajet | objet du déplacement | "
        "raison du déplacement | type de rendez-vous | nature du trajet | errand | purpose", kind="errand"),
    Column("criterion", "critère | criterion"),
    Column("proof", "justificatif | preuve | proof"),
    _CONSENT,
)  # fmt: skip
CLOSURES = (
    Column(
        "first",
        "du | début | date de début | premier jour | date | dates | jour | à partir du | commence le | "
        "date de début de fermeture | premier jour de fermeture | from",
        required=True,
        kind="day",
    ),
    Column(
        "last",
        "au | fin | date de fin | dernier jour | jusqu'au | se termine le | date de fin de fermeture | "
        "dernier jour de fermeture | to",
        kind="day",
    ),
    Column(
        "stop",
        "arrêt | commune | lieu | village | arrêt concerné | commune concernée | lieu concerné | stop",
        kind="closed-stop",
    ),
    Column(
        "reason",
        "motif | raison | fermeture | libellé | événement | remarque | motif de fermeture | motif de la fermeture | "
        "raison de la fermeture | cause | commentaire | pourquoi | nom | reason",
    ),
)
STOPS = (
    Column(
        "commune",
        "commune | insee | code insee | code commune | commune (insee) | nom de la commune | ville | village",
        required=True,
        kind="commune",
    ),
    Column(
        "name",
        "arrêt | nom de l'arrêt | nom du lieu | nom | lieu | lieu-dit | libellé | point d'arrêt | intitulé | stop | "
        "name",
    ),
    Column(
        "spot",
        "endroit | emplacement | emplacement précis | place | mairie | mairie, place… | adresse | devant | "
        "précisions | lieu de stationnement | localisation | spot",
    ),
    Column(
        "position",
        "position | coordonnées | coordonnées gps | gps | point gps | latitude, longitude | lat, lon",
        kind="position",
    ),
    Column("lat", "latitude | lat | latitude (wgs84) | y", kind="latitude"),
    Column("lon", "longitude | lon | long | lng | longitude (wgs84) | x", kind="longitude"),
    Column("checked", "vu sur place | vu | vérifié | vérifié sur place | checked", kind="seen"),
    Column(
        "room_to_turn",
        "place pour tourner | peut tourner | demi-tour | demi-tour possible | possibilité de tourner | retournement | "
        "room_to_turn",
        kind="seen",
    ),
    Column("level", "à plat | plat | terrain plat | level", kind="seen"),
    Column("toilets", "toilettes | wc | sanitaires | wc à proximité | toilets", kind="seen"),
    Column("closed", "indisponible | indisponibilités | jours indisponibles | fermé | closed", kind="half-days"),
    Column("offered", "proposé | à proposer | retenu | à garder | offered", kind="yes"),
)
CALENDAR = (
    Column(
        "week",
        "semaine | semaines | quinzaine | parité | semaine (a/b) | n° semaine | semaine du cycle | week",
        required=True,
        kind="week",
    ),
    Column("weekday", "jour | jour de la semaine | jour de passage | weekday", required=True, kind="weekday"),
    Column(
        "session",
        "demi-journée | moment | période | matin ou après-midi | matin / après-midi | créneau | plage | horaire | "
        "session",
        required=True,
        kind="session",
    ),
    Column(
        "stop",
        "arrêt | commune | lieu | village | passage | commune desservie | village desservi | point d'arrêt | "
        "lieu de passage | stop",
        required=True,
        kind="bus-stop",
    ),
    Column("bus", "bus | véhicule | n° de bus | n° du bus | véhicule n°"),
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

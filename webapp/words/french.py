"""French words: dates, times, numbers and the names of things, as people say and read them."""

import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta, tzinfo

from mobility.bus_calendar import StageProof
from mobility.clock import OSM_WEEKDAYS, parse_clock
from mobility.need import Intent
from mobility.proof import Proof
from mobility.telephone import dialled
from mobility.territory import folded
from mobility.written import WEEKDAYS

NBSP = "\u00a0"
NARROW = "\u202f"
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip
SHORT_MONTHS = (
    "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
)  # fmt: skip
WEEK_LETTERS = "AB"
"""The weeks of a cycle of two."""
SESSIONS = {"morning": "matin", "afternoon": "après-midi"}
PRESETS = {
    "isolated-first": "Les plus isolés d'abord",
    "most-people": "Le plus de monde",
    "equal-communes": "Égalité entre communes",
}
PRESET_WORDS = {
    "isolated-first": "Les habitants comptent d'autant plus qu'ils sont loin d'un guichet et fragiles.",
    "most-people": "Chaque habitant compte autant, sauf tout près d'un guichet.",
    "equal-communes": "Chaque commune compte autant, quelle que soit sa taille, sauf tout près d'un guichet.",
}
POLICIES = {
    "iso-parity": "Semaine A les semaines impaires du calendrier, semaine B les semaines paires",
    "alternate": "Semaine A et semaine B tour à tour, sans exception",
}
POLICY_SENTENCES = {
    "iso-parity": "la semaine A tombe les semaines impaires du calendrier, la semaine B les semaines paires",
    "alternate": "les semaines A et B viennent tour à tour, sans exception",
}
AFTER_SEASON = "la saison se termine avant"
"""Why a visit is not held whose new day is after the season."""
KINDS = {"counter": "Guichet", "hospital": "Hôpital", "station": "Gare"}
KIND_ARTICLES = {
    **dict.fromkeys(
        ("bureau", "cabinet", "camping", "ccas", "centre", "cias", "cinema", "cimetiere", "college", "foyer",
         "guichet", "gymnase", "lycee",
         "magasin", "marche", "musee", "parc", "parking", "pole", "pont", "stade", "supermarche",
         "tribunal"), "le"),
    **dict.fromkeys(
        ("caf", "clinique", "communaute", "cpam", "creche", "gare", "halle", "mairie", "maison", "mediatheque",
         "mission", "mjc", "msa", "msap", "pharmacie", "piscine", "place",
         "poste", "prefecture", "residence", "salle", "zone"), "la"),
    **dict.fromkeys(
        ("abribus", "aeroport", "agence", "antenne", "arret", "association", "ecole", "ehpad", "eglise", "espace",
         "hopital", "hotel",
         "hypermarche", "office"), "l'"),
    **dict.fromkeys(("commerces", "emplois", "halles"), "les"),
}  # fmt: skip
"""The article of each word for a kind of place, the word written without accents."""
_INITIALS = {"caf", "ccas", "cias", "cpam", "mjc", "msa", "msap"}
"""Those of them that are written in capitals."""
_KIND_ADJECTIVES = {
    "commercial", "commerciale", "departemental", "departementale", "hospitalier", "hospitaliere", "medical",
    "medicale", "municipal", "municipale", "polyvalente", "routiere", "scolaire", "social", "sociale", "universitaire",
}  # fmt: skip
"""Words after it that are part of the kind and not of the name."""
WORK = {
    "plan": "Recherche du meilleur calendrier",
    "roads": "Vérification des nouvelles routes",
    "gaps": "Étude de ce que chacun atteint sans voiture",
    "rides": "Mise en relation des demandes et des conducteurs",
    "recruits": "Recherche des conducteurs qui aideraient le plus",
}
STAGES = {
    "roads": "Lecture des routes",
    "travel": "Temps de route",
    "routes": "Recherche des trajets possibles",
    "pricing": "Recherche d'autres trajets",
    "packing": "Choix des meilleurs trajets",
    "served": "Choix des meilleurs trajets",
    "fairness": "Partage équitable entre bénévoles",
    "reasons": "Explication des demandes sans réponse",
    "recruits": "Essai de conducteurs",
    "need": "Recherche de la meilleure couverture",
    "weakest": "Équilibre entre intercommunalités",
    "distance": "Réduction des kilomètres",
    "labelling": "Choix des jours",
    "presets": "Comparaison des intentions",
    "prices": "Prix de chaque commune non desservie",
    "gains": "Gain d'une demi-journée ou d'un bus de plus",
    "frontier": "Compromis entre kilomètres et couverture",
    "done": "Terminé",
}
OBJECTIVES = {
    "need": "Besoin couvert",
    "weakest": "Intercommunalité la moins bien servie",
    "distance": "Kilomètres du bus",
}


def intent_words(intent: Intent) -> str:
    """Name what a planner wants of a calendar: figures of need are comparable under one and the same alone."""
    return PRESETS[intent.preset] + (" (réglages modifiés)" if intent.adjusted else "")


def day_words(day: date, *, year: bool = False) -> str:
    """Write "mardi 8 décembre" ("mardi 1er décembre 2026" with the year)."""
    number = "1er" if day.day == 1 else str(day.day)
    words = f"{WEEKDAYS[day.weekday()]} {number} {MONTHS[day.month - 1]}"
    return f"{words} {day.year}" if year else words


def month_words(day: date) -> str:
    """Write "décembre 2026" for the month of a day."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def short_day_words(day: date) -> str:
    """Write "8 déc.", where there is little room."""
    return f"{day.day}{NBSP}{SHORT_MONTHS[day.month - 1]}"


def weekday_word(weekday: int) -> str:
    """Return the name of an ISO weekday."""
    return WEEKDAYS[weekday - 1]


def instant_words(at: datetime, zone: tzinfo) -> str:
    """Write "mardi 8 décembre à 9 h 15" for an instant, as clocks of a zone show it."""
    local = at.astimezone(zone)
    return f"{day_words(local.date())} à {hour_words(local)}"


def ending(at: datetime) -> tuple[date, str]:
    """Return the day and hour of a deadline, as its own zone's clocks show it.

    What ends at midnight ends that day: nobody takes "avant mardi à 0 h" for monday evening.
    """
    if (at.hour, at.minute) == (0, 0):
        return at.date() - timedelta(days=1), "minuit"
    return at.date(), hour_words(at)


def deadline_words(at: datetime, zone: tzinfo | None) -> str:
    """Write "lundi 30 novembre à minuit" for a deadline, as clocks of a zone show it."""
    day, hour = ending(at.astimezone(zone))
    return f"{day_words(day)} à {hour}"


def hour_words(at: datetime) -> str:
    """Write "9 h 15" for an instant, as its own zone's clocks show it."""
    return time_words(at.hour * 3600 + at.minute * 60)


def started(text: str) -> str:
    """Write a text as the start of a sentence: its first letter alone is raised, names keep theirs."""
    return text[:1].upper() + text[1:]


def time_words(seconds: float) -> str:
    """Write "9 h 15" or "14 h"."""
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    return f"{hours}{NBSP}h{NBSP}{rest:02d}" if rest else f"{hours}{NBSP}h"


def said_clock(text: str) -> str:
    """Write "5 h 44" for the "05:44:00" of a timetable; past midnight, the hour of the next day."""
    hours, minutes = text.split(":")[:2]
    return time_words(int(hours) % 24 * 3600 + int(minutes) * 60)


def said_days(text: str) -> str:
    """Write the days of a text that are as machines write them ("2024-08-01") as "1er août 2024"."""
    return re.sub(r"\b\d{4}-\d\d-\d\d\b", lambda found: _dated(date.fromisoformat(found[0])), text)


def _dated(day: date) -> str:
    return day_words(day, year=True).partition(" ")[2]


def clock_words(seconds: float) -> str:
    """Write a time as a form takes it: "09:15"."""
    return f"{int(seconds) // 3600:02d}:{int(seconds) % 3600 // 60:02d}"


def hours_words(opens: float, closes: float) -> str:
    """Write "9 h 15 – 12 h 30"."""
    return f"{time_words(opens)}{NBSP}–{NBSP}{time_words(closes)}"


def duration_words(seconds: float) -> str:
    """Write "25 min" or "1 h 05"."""
    minutes = round(seconds / 60)
    return f"{minutes}{NBSP}min" if minutes < 60 else f"{minutes // 60}{NBSP}h{NBSP}{minutes % 60:02d}"


def telephone_words(text: str) -> str:
    """Write a number by pairs, as one says it: "05 65 00 00 00"; what is no plain French number stays as it is."""
    number = dialled(text) if re.fullmatch(r"[+\d\s.()/-]+", text) else ""
    if len(number) != 10 or not number.startswith("0"):
        return text.strip()
    return " ".join(number[start : start + 2] for start in range(0, 10, 2))


def opening_words(hours: str) -> list[str]:
    """Write the hours of a service ("Mo 09:00-12:00,14:00-17:00; Tu …") as a line a day."""
    lines = []
    for part in filter(None, (piece.strip() for piece in hours.split(";"))):
        code, _, spans = part.partition(" ")
        words = []
        for span in filter(None, spans.split(",")):
            start, _, end = span.partition("-")
            words.append(hours_words(parse_clock(start), parse_clock(end)))
        if code in OSM_WEEKDAYS and words:
            lines.append(f"{WEEKDAYS[OSM_WEEKDAYS.index(code)]} {joined(words)}")
    return lines


def number_words(value: float, decimals: int = 0) -> str:
    """Write "1 234,5"."""
    text = f"{value:,.{decimals}f}".replace(",", NARROW).replace(".", ",")
    return "0" if text in {"-0", "-0,0"} else text.replace("-", "\u2212")


def counted(count: int, one: str, many: str = "") -> str:
    """Write "0 offre", "1 offre", "2 offres": nought and one are singular in French."""
    return f"{number_words(count)} {one if abs(count) < 2 else many or one + 's'}"


def kilometres_words(metres: float, decimals: int = 0) -> str:
    """Write metres as "323 km"."""
    return f"{number_words(metres / 1000, decimals)}{NBSP}km"


def percent_words(share: float, decimals: int = 0) -> str:
    """Write a share as "63 %"."""
    return f"{number_words(share * 100, decimals)}{NBSP}%"


def proof_words(proof: Proof, gap: float) -> str:
    """Write how far a result is proven: "vérifié", "prouvé par le solveur" or "à 0,3 % au plus du meilleur possible".

    A gap is rounded up: what is told is never less than what is open.
    """
    if proof is Proof.VERIFIED:
        return "vérifié"
    if proof is Proof.SOLVER:
        return "prouvé par le solveur"
    return f"à {percent_words(math.ceil(gap * 1000 - 1e-9) / 1000, 1)} au plus du meilleur possible"


def stages_words(stages: Iterable[StageProof]) -> str:
    """Write what is proven of each objective: "besoin couvert : vérifié ; kilomètres du bus : à 0,5 % au plus…".

    Each says its own: a need that is proven hides no kilometres that are not.
    """
    told = [
        f"{OBJECTIVES[s.objective][0].lower()}{OBJECTIVES[s.objective][1:]}{NBSP}: " + proof_words(s.proof, s.gap)
        for s in stages
    ]
    return f"{NBSP}; ".join(told)


def week_words(week: int, cycle_weeks: int) -> str:
    """Write "semaine B", or "semaine 3 du cycle" for longer cycles.

    Not "semaines paires": a year may have 53 weeks, and a season may alternate without them. Dates tell which is which.
    """
    if cycle_weeks == 1:
        return "chaque semaine"
    if cycle_weeks == 2:
        return f"semaine {WEEK_LETTERS[week - 1]}"
    return f"semaine {week} du cycle"


def often_words(weeks: Collection[int], cycle_weeks: int) -> str:
    """Write how often something comes that does so in some weeks of the cycle: "une semaine sur deux"."""
    if len(set(weeks)) == cycle_weeks:
        return "toutes les semaines"
    if cycle_weeks == 2:
        return "une semaine sur deux"
    return joined([week_words(week, cycle_weeks) for week in sorted(weeks)])


def dates_words(days: Sequence[date]) -> str:
    """Write "8 décembre, 22 décembre et 5 janvier", without the days of the week."""
    return joined([day_words(day).partition(" ")[2] for day in days])


def session_word(name: str) -> str:
    """Return the name of a session."""
    return SESSIONS.get(name, name)


def alphabetical(name: str) -> tuple[str, str]:
    """Return by what a name comes in French order: accents, hyphens and capitals part nothing."""
    plain = unicodedata.normalize("NFKD", name.lower().replace("œ", "oe").replace("æ", "ae"))
    letters = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(letters.split()), name


def joined(words: Sequence[str], last: str = "et") -> str:
    """Write "a, b et c"."""
    words = list(words)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else ""


def at_place(name: str) -> str:
    """Write "à Lherm", "au Montat", "aux Junies", "à la gare de Lherm", "à l'hôpital" for the name of a place."""
    article, rest = _article(name)
    if article in {"le", "les"}:
        return f"{'au' if article == 'le' else 'aux'} {rest}"
    return f"à {article}{rest}" if article.endswith("'") else f"à {article} {rest}" if article else f"à {rest}"


def of_place(name: str) -> str:
    """Write "de Lherm", "d'Escamps", "du Montat", "de la gare de Lherm", "du centre hospitalier" for a place."""
    article, rest = _article(name)
    if article in {"le", "les"}:
        return f"{'du' if article == 'le' else 'des'} {rest}"
    return f"de {article}{rest}" if article.endswith("'") else f"de {article} {rest}" if article else of_name(rest)


def _article(name: str) -> tuple[str, str]:
    """Return the article that a name of a place takes, and what follows it; "" where it takes none.

    A commune has its own ("Le Montat"; "La Capelle" keeps it as it is). What begins with a word for a kind of place
    takes that word's, and the word is no name: "Centre Hospitalier Jean Rougier" is "le centre hospitalier Jean…".
    """
    first, _, rest = name.partition(" ")
    if first in {"Le", "Les", "le", "les"} and rest:
        return first.lower(), rest
    words = name.split(" ")
    article = KIND_ARTICLES.get(folded(first))
    if article is None:
        return "", name
    kind = 1 + next((i for i, word in enumerate(words[1:]) if folded(word) not in _KIND_ADJECTIVES), len(words) - 1)
    small = [word.upper() if folded(word) in _INITIALS else word.lower() for word in words[:kind]]
    return article, " ".join([*small, *words[kind:]])


def of_name(name: str) -> str:
    """Write "de Jeanne", "d'Amandine" for a name that takes no article."""
    return f"d'{name}" if folded(name)[:1] in {*"aeiouy"} else f"de {name}"


def capital(words: str) -> str:
    """Write the first letter as a capital, and leave the others as they are: names keep theirs."""
    return words[:1].upper() + words[1:]


_BEGINS_SMALL = re.compile(
    # An article may be a name's own ("Le Montat", "L'Hospitalet").
    r"(?:(?:Le|La|Les|Un|Une) |L['’])(?=[a-zà-öø-ÿœ])"
    # Words that begin no name of a place or of a person, among those that titles begin with.
    r"|(?:À|Au|Aux|Aucun|Aucune|Ce|Cet|Cette|Ces|Chaque|Dans|De|Des|Du|Dès|Elle|En|Entre|Il|Pas|Plus|Pour|Sur|Tous|Toutes"
    r"|Arrêts?|Attention|Changements?|Circulation|Déviations?|Fermeture|Grève|Horaires?|Incident|Interruption|Nouvel|Nouveau"
    r"|Nouveaux|Nouvelles?|Panne|Reprise|Retards?|Service|Suppression|Trafic|Travaux)(?![\w-])"
)


def continued(words: str) -> str:
    """Write a sentence as what follows a colon: its first letter is lowered where it is no name's."""
    return words[:1].lower() + words[1:] if _BEGINS_SMALL.match(words) else words


def near_day_words(day: date, today: date) -> str:
    """Write "aujourd'hui", "demain", or the day."""
    return {0: "aujourd'hui", 1: "demain"}.get((day - today).days) or day_words(day)

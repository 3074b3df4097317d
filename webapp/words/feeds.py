"""Notices and changes of feeds in plain French, as a mayor would say them."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from desks.transport.feeds import TRAINS
from desks.transport.publication import MERGED, ON_DEMAND
from gtfs.feed_diff import CommuneChange, FeedDiff, Offer, StopChange
from mobility.issues import Issue
from webapp.words.french import NBSP, at_place, day_words, joined, number_words, time_words

SEVERITY_WORDS = {"error": "erreur", "warning": "avertissement", "info": "remarque"}
SEVERITY_PLURALS = {"error": "erreurs", "warning": "avertissements", "info": "remarques"}
BADGE_WORDS = {"good": "bonne", "fair": "moyenne", "bad": "mauvaise"}
DAY_TYPE_WORDS = {"weekday": "un mardi", "saturday": "le samedi", "sunday": "le dimanche"}
TITLES = {
    MERGED: "Toutes les lignes du territoire, réunies", ON_DEMAND: "Services à la demande (GTFS-Flex)",
    TRAINS: "Trains aux gares du territoire (semaine type)",
}  # fmt: skip
"""What the feeds that are our own are called; others bear the name that they were kept under."""
LEFT_OUT_WORDS = {"untimed": "sans horaire au départ ou à l'arrivée", "backwards": "les heures reculent"}


def feed_title(name: str) -> str:
    """Return the title of a feed."""
    return TITLES.get(name, name)


@dataclass(frozen=True)
class NoticeWords:
    """What is wrong, what it does to a traveller, how to mend it."""

    title: str
    effect: str
    mend: str


@cache
def _notices() -> dict[str, NoticeWords]:
    content = tomllib.loads((Path(__file__).parent / "feed_notices.toml").read_text(encoding="utf-8"))
    effects = content["effects"]
    return {code: NoticeWords(words[0], effects[words[1]], words[2]) for code, words in content["notices"].items()}


def notice_words(code: str) -> NoticeWords:
    """Return the words of a notice; a code that a newer validator brought gets its name and an honest sentence."""
    unknown = NoticeWords(
        f"Anomalie « {code.replace('_', ' ')} »", "L'effet sur le voyageur n'est pas encore décrit.",
        "Voir la description de ce code dans la documentation du validateur GTFS.",
    )  # fmt: skip
    return _notices().get(code, unknown)


def where_words(issue: Issue, communes: dict[str, str]) -> str:
    """Say where an issue is: "stops.txt, ligne 12 (stop_name), « Arrêt 3 », à Lherm"."""
    value = LEFT_OUT_WORDS.get(issue.value, issue.value)
    parts = [
        issue.file + (f", ligne {issue.line}" if issue.line else "") + (f" ({issue.field})" if issue.field else ""),
        issue.object,
        f"« {value} »" if value and value != issue.object else "",
        at_place(communes[issue.commune]) if issue.commune in communes else "",
    ]
    return ", ".join(part for part in parts if part)


def offer_words(offer: Offer) -> str:
    """Say what a commune has on a day: "6 départs, de 6 h 45 à 18 h 10"."""
    if not offer.departures:
        return "aucun départ"
    if offer.departures == 1:
        return f"1 départ, à {time_words(offer.first or 0)}"
    return f"{offer.departures} départs, de {time_words(offer.first or 0)} à {time_words(offer.last or 0)}"


def commune_change_words(change: CommuneChange, communes: dict[str, str]) -> str:
    """Say what changes for a commune in one sentence."""
    name = communes[change.commune]
    before, after = change.before, change.after
    day = DAY_TYPE_WORDS[change.day_type]
    if not before.departures:
        verdict = "gagne une desserte"
    elif not after.departures:
        verdict = "n'est plus desservie"
    else:
        facts = []
        if after.departures != before.departures:
            gained = after.departures - before.departures
            plural = "s" if abs(gained) > 1 else ""
            facts.append(f"{abs(gained)} départ{plural} de {'plus' if gained > 0 else 'moins'}")
        for word, one, other in (("premier", before.first, after.first), ("dernier", before.last, after.last)):
            if one != other:
                facts.append(f"le {word} départ passe de {time_words(one or 0)} à {time_words(other or 0)}")
        gone = sorted(set(before.lines) - set(after.lines))
        come = sorted(set(after.lines) - set(before.lines))
        facts += [f"plus de ligne {joined(gone, 'ni')}"] if gone else []
        facts += [f"nouvelle ligne {joined(come)}"] if come else []
        return f"{name}, {day} : {joined(facts)} ({offer_words(after)})."
    return f"{name}, {day}, {verdict} ({offer_words(after if after.departures else before)})."


def stop_change_words(change: StopChange, communes: dict[str, str]) -> str:
    """Say what happened to a stop."""
    at = f" {at_place(communes[change.commune])}" if change.commune in communes else ""
    if change.kind == "moved":
        return f"L'arrêt {change.name}{at} est déplacé de {number_words(round(change.metres, -1))}{NBSP}m."
    return f"L'arrêt {change.name}{at} {'est supprimé' if change.kind == 'removed' else 'est créé'}."


def diff_words(diff: FeedDiff, communes: dict[str, str]) -> list[tuple[str, list[str]]]:
    """Return the changes as titled lists of sentences, what people lose first."""
    spans = [f"du {day_words(first, year=True)} au {day_words(last, year=True)}" for first, last in diff.spans]
    groups = [("Validité", [f"Avant : {spans[0]}. Maintenant : {spans[1]}."])]
    inside = [c for c in diff.communes if c.commune]
    lost = [c for c in inside if c.before.departures and not c.after.departures]
    gained = [c for c in inside if c.after.departures and not c.before.departures]
    others = [c for c in inside if c not in lost and c not in gained]
    lines = [
        (f"La ligne {line.name} {verb}" + (f" ({joined([communes.get(c, c) for c in line.communes])})."
                                          if line.communes else "."))
        for verb, changes in (("est supprimée", diff.lines_removed), ("est créée", diff.lines_added))
        for line in changes
    ]  # fmt: skip
    stops = [stop_change_words(stop, communes) for stop in diff.stops if stop.commune]
    outside = len(diff.stops) - len(stops)
    stops += [f"Hors du territoire : {outside} arrêt{'s' if outside > 1 else ''} changé{'s' if outside > 1 else ''}."
              ] if outside else []  # fmt: skip
    for title, sentences in (
        ("Communes qui perdent leur desserte", [commune_change_words(c, communes) for c in lost]),
        ("Communes qui gagnent une desserte", [commune_change_words(c, communes) for c in gained]),
        ("Lignes", lines),
        ("Horaires et lignes par commune", [commune_change_words(c, communes) for c in others]),
        ("Arrêts", stops),
    ):
        if sentences:
            groups.append((title, sentences))
    return groups

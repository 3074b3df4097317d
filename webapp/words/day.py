"""What is due, in words: a line to read, what to know of it, and what kind of thing it is."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from desks.day.due import Due
from mobility.rides import RideRequest
from webapp.words.feeds import feed_title
from webapp.words.french import (
    day_words,
    deadline_words,
    ending,
    instant_words,
    joined,
    number_words,
    of_place,
    started,
    telephone_words,
    time_words,
)
from webapp.words.imports import SUBJECTS
from webapp.words.messages import KINDS as MESSAGE_KINDS
from webapp.words.messages import reader_words
from webapp.words.rides import ABILITIES, when_words

CALLS, RIDES, MESSAGES, BUS, LISTS = "rappels", "trajets", "messages", "bus", "listes"
TOLD = "informations"
GROUPS = {CALLS: "Rappels", RIDES: "Trajets", MESSAGES: "Messages", BUS: "Bus", LISTS: "Listes", TOLD: "Informations"}
"""What the list can be narrowed to."""
KINDS = {
    "callback": (CALLS, "Rappel", "telephone"), "call": (CALLS, "Appel", "telephone"),
    "sms": (CALLS, "SMS", "message"), "proposal": (RIDES, "Réponse", "clock"), "request": (RIDES, "Demande", "car"),
    "requests": (RIDES, "Demandes", "car"), "unmet": (RIDES, "À dire", "telephone"),
    "unmets": (RIDES, "À dire", "telephone"),
    "ride": (RIDES, "Trajet", "car"), "visit": (BUS, "Bus", "bus"), "draft": (BUS, "Calendrier", "agenda"),
    "list": (LISTS, "Liste", "paper"), "say": (MESSAGES, "À dire", "telephone"),
    "failed": (MESSAGES, "Messages", "message"),
    **dict.fromkeys(("feed-over", "feed-ends", "feed-failed"), (TOLD, "Horaires", "clock")),
    **dict.fromkeys(("notice-ends", "notice-lost"), (TOLD, "Information", "info")),
}  # fmt: skip
"""Of each thing that is due: its group, its word, its drawing."""
DESKS = {
    "telephone": "les appels", "rides": "les trajets", "bus": "les passages du bus",
    "drafts": "les calendriers trouvés", "lists": "les listes à prendre", "messages": "les messages",
    "feeds": "les horaires des lignes", "notices": "les informations écrites",
}  # fmt: skip
"""What is missing where a desk does not answer."""


@dataclass(frozen=True)
class Line:
    """What is due, as it is read."""

    title: str
    more: str


def line_of(due: Due, zone: tzinfo, now: datetime) -> Line:
    """Write what is due."""
    if due.what in {"callback", "call", "sms"}:
        return _call(due, zone)
    if due.what in {"proposal", "request", "unmet", "ride"}:
        return _ride(due, zone, now)
    if due.what in {"say", "failed"}:
        return _message(due, zone)
    if due.what == "list":
        subject = SUBJECTS[due.facts["subject"]]
        return Line(f"Une liste envoyée attend : {due.shown}", f"{started(subject)}. À prendre ou à oublier.")
    if due.what in {"feed-over", "feed-ends", "feed-failed"}:
        return _feed(due, zone)
    if due.what in {"notice-ends", "notice-lost"}:
        return _notice(due, zone, now)
    if due.what == "visit":
        return Line(f"Le bus : {due.shown}, {due.facts['spot']}", f"Jusqu'à {time_words(due.facts['until'])}.")
    count = int(due.facts["count"])
    if due.what in {"requests", "unmets"}:
        asked = f"{number_words(count)} demandes du {day_words(due.facts['day'])}"
        whence = f"Au départ {', '.join(map(of_place, due.facts['first']))} et d'ailleurs."
        if due.what == "unmets":
            return Line(f"{asked}, à dire : personne ne peut conduire", f"{whence} À dire à chacune des personnes.")
        return Line(f"{asked}, sans conducteur", f"{whence} Une seule recherche pour toutes.")
    if count == 1:
        return Line(f"Un calendrier trouvé attend votre choix : {due.shown}", "À adopter, à garder ou à oublier.")
    return Line(
        f"{number_words(count)} calendriers trouvés attendent votre choix", f"Le dernier : {due.shown}. À adopter, à "
        "garder ou à oublier."
    )  # fmt: skip


def _feed(due: Due, zone: tzinfo) -> Line:
    title = feed_title(due.shown)
    if due.what == "feed-failed":
        since = instant_words(due.facts["since"], zone)
        return Line(
            f"Des horaires n'ont pas pu être mis à jour : {title}", f"Sans succès depuis {since}. Leur adresse est à "
            "vérifier par la personne qui gère le site."
        )  # fmt: skip
    last, wanted = day_words(due.facts["last"], year=True), "Une version plus récente est à demander à qui les publie."
    if due.what == "feed-over":
        return Line(f"Des horaires sont terminés : {title}", f"Ils allaient jusqu'au {last}. {wanted}")
    return Line(f"Des horaires se terminent bientôt : {title}", f"Ils vont jusqu'au {last}. {wanted}")


def _notice(due: Due, zone: tzinfo, now: datetime) -> Line:
    if due.what == "notice-lost" or due.at is None:
        return Line(
            f"Une information est sur une ligne qui n'est plus connue : {due.shown}", "À terminer, ou à écrire à "
            "nouveau sur une autre ligne."
        )  # fmt: skip
    day, _ = ending(due.at.astimezone(zone))
    when = "ce soir" if day == now.astimezone(zone).date() else "demain soir"
    return Line(
        f"Une information se termine {when} : {due.shown}", "À laisser finir, ou à écrire à nouveau pour plus "
        "longtemps."
    )  # fmt: skip


def _call(due: Due, zone: tzinfo) -> Line:
    who = due.shown or telephone_words(due.facts["telephone"]) or "Numéro masqué"
    text, since = due.facts["text"], instant_words(due.facts["since"], zone)
    if due.what == "sms":
        return Line(f"{who} a écrit", f"« {text} » ; reçu {since}.")
    if due.what == "call":
        return Line(f"{who} a appelé", f"{started(since)}.")
    return Line(f"{who} : rappel promis", f"{text} ; promis {since}." if text else f"Promis {since}.")


def _message(due: Due, zone: tzinfo) -> Line:
    if due.what == "say":
        kind = MESSAGE_KINDS.get(due.facts["purpose"], "Message")
        before = f"À dire avant {deadline_words(due.at, zone)}." if due.at else "Ce message n'est pas parti."
        return Line(f"{started(reader_words(due.shown))} : à dire au téléphone", f"{kind}. {before}")
    count = int(due.facts["count"])
    told = "Un message n'a pas été remis" if count == 1 else f"{number_words(count)} messages n'ont pas été remis"
    return Line(told, "Réessayer, ou appeler plutôt.")


def _ride(due: Due, zone: tzinfo, now: datetime) -> Line:
    asked: RideRequest = due.facts["asked"]
    trip = f"{due.shown} : {asked.origin.name} – {asked.destination.name}"
    wishes = joined([ABILITIES[wish].lower() for wish in ABILITIES if wish in asked.wishes])
    when = f"{near_day(asked, zone, now)}, {when_words(asked)}."
    wished = f" {started(wishes)}." if wishes else ""
    if due.what == "ride":
        return Line(trip, f"{started(when_words(asked))}. Avec {joined(due.facts['drivers'])}.{wished}")
    over = " L'heure est passée." if due.facts["over"] else ""
    if due.what == "request":
        return Line(f"{trip}, sans conducteur", started(when) + wished + over)
    if due.what == "unmet":
        return Line(f"{trip}, à dire : personne ne peut conduire", started(when) + wished + over)
    silent = due.facts["silent"]
    verb, then = "n'a" if len(silent) == 1 else "n'ont", "" if over else " ; ensuite, la place se perd"
    return Line(trip, f"{started(when)} {joined(silent)} {verb} pas encore dit oui{then}.{over}")


def near_day(asked: RideRequest, zone: tzinfo, now: datetime) -> str:
    """Write the day of a request as one says it: "aujourd'hui", "demain", "jeudi 3 décembre"."""
    ahead = (asked.day - now.astimezone(zone).date()).days
    return {0: "aujourd'hui", 1: "demain"}.get(ahead, day_words(asked.day))

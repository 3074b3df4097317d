"""What the journal says in French: who acted, what they did or saw, and why."""

from collections.abc import Mapping
from datetime import date

from data.journal_chain import Fault
from mobility.modules import RIDES, Modules
from mobility.scope import COORDINATION
from webapp.words.french import day_words
from webapp.words.rides import REASONS

ACTS = {
    "request-taken": "a enregistré la demande", "request-corrected": "a modifié la demande",
    "match-proposed": "a proposé un trajet", "said-yes": "a dit oui",
    "said-no": "a dit non", "expired": "a mis fin à une proposition restée sans réponse", "cancelled": "a annulé",
    "need-unmet": "a noté le besoin sans réponse", "unmet-told": "a noté que la personne le sait",
    "reminded": "a préparé le rappel", "done": "a noté que le trajet est terminé",
    "contact-seen": "a vu les coordonnées", "calls-seen": "a vu à qui répondre",
    "requests-seen": "a vu la liste des demandes", "drivers-seen": "a vu la liste des conducteurs",
    "candidates-seen": "a vu qui pourrait conduire",
    "place-names-seen": "a consulté les noms de lieux",
    "journal-seen": "a consulté le journal", "journal-exported": "a téléchargé le journal",
    "person-added": "a enregistré la personne", "person-exported": "a exporté les données",
    "persons-merged": "a réuni deux fiches", "merge-undone": "a défait la réunion de deux fiches",
    "person-corrected": "a corrigé la fiche", "person-erased": "a effacé une personne",
    "offer-added": "a enregistré l'offre", "offer-withdrawn": "a retiré l'offre", "imported": "a importé une liste",
    "calendar-put": "a mis un calendrier en vigueur", "season-kept": "a enregistré la saison",
    "day-cancelled": "a annulé des passages d'un jour",
    "visit-moved": "a déplacé un passage", "visit-moved-back": "a rendu sa date à un passage",
    "stops-restored": "a remis les arrêts du territoire", "roads-taken": "a mis en service de nouvelles routes",
    "scenario-added": "a gardé un scénario", "scenario-renamed": "a renommé un scénario",
    "scenario-forgotten": "a oublié un scénario pour de bon", "work-stopped": "a arrêté un calcul",
    "work-again": "a relancé un calcul", "call-promised": "a promis de rappeler",
    "backup-made": "a fait une sauvegarde de toutes les données", "backup-restored": "a remis une sauvegarde en place",
    "purged": "a effacé les anciennes données", "partner-booking": "a réservé depuis une autre plateforme",
    "partner-message": "a écrit depuis une autre plateforme",
    "partner-event": "a donné une nouvelle depuis une autre plateforme",
    "message-sent": "a envoyé un message", "messages-stopped": "ne veut plus de messages",
    "consent-given": "a noté un accord", "consent-withdrawn": "a retiré un accord", "called-back": "a rappelé",
    "call-reopened": "a remis un rappel dans la liste",
    "link-opened": "a ouvert le lien privé de la personne",
    "messages-read": "a lu les messages", "message-said": "a dit un message au téléphone",
    "message-not-reached": "n'a pas pu joindre la personne", "message-again": "a fait repartir un message",
    "message-by-call": "a choisi de dire un message au téléphone",
    "place-named": "a ajouté un nom de lieu", "place-name-removed": "a retiré un nom de lieu",
    "place-name-opened": "a ouvert un nom de lieu à tout le monde",
    "place-name-closed": "a réservé un nom de lieu aux agents",
    "notice-written": "a écrit une information", "notice-ended": "a retiré une information",
    "signed-in": "s'est connecté", "account-added": "a ouvert un compte", "account-changed": "a changé un compte",
    "account-exported": "a exporté les données d'un compte", "account-erased": "a effacé un compte",
    "structure-declared": "a changé comment joindre une structure",
    "account-joined": "a rattaché son compte à ProConnect",
}  # fmt: skip
ACTS_OF_RIDES = frozenset((
    "request-taken", "request-corrected", "match-proposed", "said-yes", "said-no", "expired", "cancelled", "need-unmet",
    "unmet-told", "reminded", "done", "requests-seen", "drivers-seen", "candidates-seen", "offer-added",
    "offer-withdrawn", "partner-booking", "partner-message", "partner-event", "link-opened",
))  # fmt: skip
"""Acts that nobody does where rides are left out."""
WHO = {
    "command line": "la ligne de commande", "first word": "le mot du démarrage", "person": "la personne",
    "service": "le service", "erased": "une personne effacée", "former": "un ancien compte",
    "agent": "cet ordinateur, sans compte", "desk": "le bureau",
    "call": "un appel",
}  # fmt: skip
WHYS = {
    "erased": "la personne est effacée", "menu": "par le menu du téléphone", "example": "données d'exemple",
    "drivers": "conducteurs", "requests": "demandes", "roles": "rôles", "close": "fermé", "open": "rouvert",
    "detach": "détaché de ProConnect", "link": "nouveau lien", "held": "trajet trouvé", "unmet": "sans réponse",
    "message": "message", "waiting_confirmation": "en attente", "confirmed": "confirmée", "cancelled": "annulée",
    "completed_pending_validation": "terminée, à valider", "validated": "validée", "alias": "nom montré",
    "unused": "plus utilisé depuis longtemps",
    "name": "nom", "address": "adresse", "telephone": "téléphone", "mail": "courriel", "commune": "commune",
    "day": "jour", "origin": "départ", "destination": "arrivée", "when": "heures", "companions": "accompagnants",
    "policy": "ordre des semaines", "first": "premier jour", "last": "dernier jour", "first_week": "première semaine",
    "move_holidays": "jours fériés", "pause_school": "vacances scolaires", "closures": "fermetures",
    "wishes": "besoins particuliers", "errand": "motif", "needs": REASONS["abilities"],
}  # fmt: skip
"""Words of lines, those of earlier versions too: a line that is sealed keeps its own."""

FAULTS = {
    "changed": "La ligne {number} du journal{where} ne dit plus ce qu'elle disait.",
    "missing": "Il manque des lignes à partir de la ligne {number} du journal{where}.",
    "moved": "La ligne {number} du journal{where} n'est pas à sa place.",
    "head": "Les dernières lignes du journal{where} ne sont pas celles attendues (après la ligne {number}).",
    "chain": "Le début ou la fin du journal{where} a été changé, ou la clé n'est plus la même.",
}


def acts_of(modules: Modules) -> Mapping[str, str]:
    """Return the acts that one may look for."""
    return ACTS if modules.has(RIDES) else {act: told for act, told in ACTS.items() if act not in ACTS_OF_RIDES}


def act_words(act: str) -> str:
    """Write what was done; an act of an earlier version keeps its own word, which no page of today writes."""
    return ACTS.get(act, "autre action")


def actor_words(who: str, name: str = "", *, erased: bool = False) -> str:
    """Write who acted: an account by its name, a word of the program, a private link where it was a person's own.

    An account that is ``erased`` is told by its identifier, which names nobody.
    """
    if name or erased:
        return name or f"un compte effacé ({who})"
    is_person = len(who) == 16 and set(who) <= set("0123456789abcdef")
    return "par un lien privé" if is_person else WHO.get(who, who)


def why_words(why: str) -> str:
    """Write why, word by word; "" where nothing is known of it in French."""
    if why in REASONS:
        return REASONS[why]
    return ", ".join(told for word in why.split() if (told := WHYS.get(word) or _day(word)))


def _day(word: str) -> str:
    """Write a day that an act is about; "" for any other word."""
    try:
        return day_words(date.fromisoformat(word), year=True)
    except ValueError:
        return ""


def fault_words(fault: Fault) -> str:
    """Write what is wrong with a chain."""
    where = f" ({fault.structure})" if fault.structure not in {"", COORDINATION} else ""
    return FAULTS[fault.kind].format(number=fault.number, where=where)

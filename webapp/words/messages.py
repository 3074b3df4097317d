"""What the desk reads of messages: what they are for, where they stand, why they did not go."""

from datetime import datetime
from zoneinfo import ZoneInfo

from mobility.messages import MAIL, SMS, Message
from mobility.scope import COORDINATION
from webapp.words.french import day_words, time_words

KINDS = {
    "proposal": "Proposition", "confirmed": "Confirmation", "over": "Fin d'une proposition", "cancelled": "Annulation",
    "reminder": "Rappel", "reply": "Réponse", "way": "Trajet expliqué", "partner": "Message d'une autre plateforme",
    "alone": "Plus de conducteur",
    "password": "Nouveau mot de passe", "invitation": "Ouverture d'un compte",
    "guessed": "Essais sur un compte", "mail-changed": "Nouvelle adresse d'un compte",
    "identity-joined": "Rattachement à ProConnect", "identity-parted": "Détachement de ProConnect",
}  # fmt: skip
STATES = {
    "queued": "en attente", "claimed": "en train de partir", "sent": "parti", "shown": "montré ici seulement",
    "failed": "non remis", "to-call": "à dire au téléphone", "said": "dit au téléphone",
}  # fmt: skip
CHANNELS = {MAIL: "par courriel", SMS: "par SMS"}
TROUBLES = {
    "no-way": "aucun moyen de joindre cette personne par écrit : notez un portable ou un courriel",
    "bad-address": "ce courriel n'existe pas ou n'est pas entier : corrigez-le",
    "refused": "le service d'envoi l'a refusé",
    "no-answer": "le service d'envoi n'a pas répondu",
    "capped": "le nombre de SMS prévu est atteint",
    "perhaps": "peut-être parti : le service d'envoi n'a pas dit s'il l'a pris",
    "uncertain": "peut-être parti : deux envois sont restés sans réponse ; vérifiez auprès de la personne",
    "overtaken": "il n'avait plus lieu d'être",
    "too-late": "il serait arrivé trop tard",
    "unwanted": "cette personne ne veut pas de messages",
    "fault": "le service a rencontré un problème : il réessaie",
    "no-words": "ce message ne peut plus être lu",
}
TOO_LATE = {
    "proposal": "le délai pour y répondre est passé",
    **dict.fromkeys(("confirmed", "over", "cancelled", "alone"), "l'heure du trajet est passée"),
    "reminder": "il disait « demain », et ce jour est venu",
}
"""Of messages that would have come too late, what has passed: the deadline of a proposal is no ride."""
DONE = {
    "dit": "C'est noté : le message est dit.",
    "oui": "C'est noté : la réponse est oui.",
    "non": "C'est noté : la réponse est non. Le service cherche une autre solution.",
    "pas-joint": "C'est noté : ce message revient ici dans une heure.",
    "reessayer": "Le message repart à la prochaine heure permise.",
    "appeler": "Ce message est maintenant à dire au téléphone.",
}


def trouble_words(trouble: str, purpose: str) -> str:
    """Write why a message did not go; an earlier version kept other words, which say nothing here."""
    why = trouble.partition(" ")[0]
    return TOO_LATE.get(purpose, TROUBLES[why]) if why == "too-late" else TROUBLES.get(why, "")


def reader_words(shown: str) -> str:
    """Write to whom a message goes; ``shown`` is what the desk knows of the reader."""
    return "la coordination" if shown == COORDINATION else shown or "une personne effacée"


def when_words(at: datetime, zone: ZoneInfo) -> str:
    """Write "lundi 30 novembre, 10 h 05", by the clocks of a place."""
    local = at.astimezone(zone)
    return f"{day_words(local.date())}, {time_words(local.hour * 3600 + local.minute * 60)}"


def state_words(message: Message, zone: ZoneInfo) -> str:
    """Write where a message stands: "parti par SMS lundi 30 novembre, 10 h 05"."""
    told = STATES.get(message.state, message.state)
    way = CHANNELS.get(message.channel, "")
    when = when_words(message.settled, zone) if message.settled else ""
    return " ".join(filter(None, (told, way, when)))

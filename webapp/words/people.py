"""Words of people's files."""

from collections.abc import Mapping

from mobility.consent import CONTACT_CONSENT, MEMORY_CONSENT, MESSAGE_CONSENT, PAPER, SCREEN, TELEPHONE, UNTOLD
from mobility.modules import RIDES, Modules
from mobility.people import DRIVER, RIDER

KINDS = {RIDER: "Passager", DRIVER: "Conducteur"}
CONSENTS = {
    CONTACT_CONSENT: "Donner son numéro à l'autre personne d'un trajet accepté",
    MESSAGE_CONSENT: "Recevoir des messages",
    MEMORY_CONSENT: "Garder ses besoins particuliers pour la prochaine fois",
}
OWN_CONSENTS = {
    CONTACT_CONSENT: "Votre numéro est donné à l'autre personne d'un trajet accepté",
    MESSAGE_CONSENT: "Vous recevez des messages",
    MEMORY_CONSENT: "Vos besoins particuliers sont gardés pour la prochaine fois",
}
"""The same, as one reads of oneself what one agreed to."""
WAYS = {TELEPHONE: "au téléphone", PAPER: "sur papier", SCREEN: "à l'écran", UNTOLD: "moyen non noté"}
FOLLOWING = {
    "requests": ("demande", "demandes"), "offers": ("offre", "offres"), "matched_rides": ("trajet", "trajets"),
    "consents": ("accord", "accords"), "outbox": ("message", "messages"), "calls": ("appel", "appels"),
}  # fmt: skip
"""What of a person an agent knows by name; the rest follows without being told."""


def consent_words(modules: Modules) -> Mapping[str, str]:
    """Return what one may agree to; without rides, there is no other person of one."""
    left_out = () if modules.has(RIDES) else (CONTACT_CONSENT,)
    return {what: told for what, told in CONSENTS.items() if what not in left_out}


def kind_words(modules: Modules) -> Mapping[str, str]:
    """Return what someone is, by kind; without rides, nobody drives or is driven."""
    return KINDS if modules.has(RIDES) else dict.fromkeys(KINDS, "Habitant")


def follow_words(counts: Mapping[str, int]) -> list[str]:
    """Write what leads to a person: "2 demandes", "1 appel"."""
    told = ((counts.get(table, 0), one, many) for table, (one, many) in FOLLOWING.items())
    return [f"{count} {one if count == 1 else many}" for count, one, many in told if count]

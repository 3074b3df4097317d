"""Words of people's files."""

from mobility.consent import CONTACT_CONSENT, MEMORY_CONSENT, MESSAGE_CONSENT, PAPER, SCREEN, TELEPHONE, UNTOLD
from mobility.people import DRIVER, RIDER

KINDS = {RIDER: "Passager", DRIVER: "Conducteur"}
CONSENTS = {
    CONTACT_CONSENT: "Donner son numéro à l'autre personne d'un trajet accepté",
    MESSAGE_CONSENT: "Recevoir des messages",
    MEMORY_CONSENT: "Garder ses besoins pour la prochaine fois",
}
WAYS = {TELEPHONE: "au téléphone", PAPER: "sur papier", SCREEN: "à l'écran", UNTOLD: "de manière non précisée"}

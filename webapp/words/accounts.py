"""What accounts say in French: roles, invitations, mails."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from desks.settings import Settings
from mobility.accounts import ADMINISTRATOR, AGENT, PLANNER
from mobility.messages import Text
from mobility.modules import RIDES, Modules
from webapp.words.french import joined

ROLES = {
    PLANNER: "Planification du bus",
    AGENT: "Bureau des trajets solidaires",
    ADMINISTRATOR: "Administration des comptes",
}


def role_words(modules: Modules) -> Mapping[str, str]:
    """Return the roles in words, as they are where a territory leaves subjects out."""
    return ROLES if modules.has(RIDES) else {**ROLES, AGENT: "Bureau : accueil et téléphone"}


def missing_role_words(wanted: Collection[str], modules: Modules) -> str:
    """Say to who has signed in which right they miss, of which one would do, and who gives it."""
    names = [role_words(modules)[role] for role in ROLES if role in wanted]
    told = joined([f"« {name} »" for name in names], "ou")
    return f"Il manque à votre compte le droit {told}. La personne qui gère les comptes peut vous le donner."


def link_address(settings: Settings, secret: str) -> str:
    """Return the address by which a password is chosen."""
    return f"{settings.public_url}/mot-de-passe/{secret}"


def first_account_words(settings: Settings, word: str) -> str:
    """Tell whoever starts a site without accounts how the first one is opened."""
    closed = "Le bureau et la préparation du bus restent fermés jusque-là."
    local = f"D'ici là, tout le reste s'ouvre sur cette machine par cette adresse : {settings.public_url}/ouvrir/{word}"
    return (
        f"\nAucun compte n'est encore ouvert. {local if settings.is_local else closed}\n"
        f"Pour ouvrir le premier : {settings.public_url}/premier-compte\n"
        f"avec ce mot, qui sert une seule fois : {word}\n"
    )


@dataclass(frozen=True)
class AccountWords:
    """Writes the messages of accounts. ``settings`` name the site's address."""

    settings: Settings

    def choose_password(self, secret: str, *, invited: bool) -> Text:
        """Send someone the link by which they choose a password."""
        lives = "trois jours" if invited else "deux heures"
        opening = "Un compte vous est ouvert" if invited else "Un nouveau mot de passe a été demandé pour votre compte"
        text = (
            f"Bonjour,\n\n{opening} sur le service de mobilité. Choisissez votre mot de passe ici "
            f"({lives}, une seule fois) :\n{link_address(self.settings, secret)}\n\n"
            "Si vous n'attendiez pas ce message, ne faites rien : rien ne change.\n"
        )
        return Text("Votre mot de passe", text)

    def guessed(self) -> Text:
        """Tell someone that others try passwords for their account."""
        text = (
            "Bonjour,\n\nPlusieurs mots de passe faux ont été essayés pour votre compte sur le service de mobilité. "
            "Personne n'est entré. Sur l'ordinateur où vous vous connectez d'habitude, rien ne change. Ailleurs, la "
            "connexion peut être refusée pour un temps : un nouveau mot de passe l'ouvre aussitôt, ici :\n"
            f"{self.settings.public_url}/mot-de-passe/oublie\n\n"
            "Si c'était vous, ne faites rien. Sinon, prévenez la personne qui administre les comptes.\n"
        )
        return Text("Des essais sur votre compte", text)

    def mail_changed(self, mail: str, *, former: bool) -> Text:
        """Tell someone, at the new or the former address, that their account has another one."""
        told = f"Votre compte sur le service de mobilité a maintenant l'adresse {mail}"
        here = f"{told}, à la place de celle-ci." if former else f"{told} : connectez-vous avec elle."
        return Text("L'adresse de votre compte a changé", _changed(here))

    def identity_changed(self, *, joined: bool) -> Text:
        """Tell someone that their account was joined to who they are at the identity server, or parted from it."""
        if joined:
            told = "Votre compte sur le service de mobilité s'ouvre maintenant par ProConnect."
            return Text("Votre compte est rattaché à ProConnect", _changed(told))
        told = "Votre compte sur le service de mobilité n'est plus rattaché à ProConnect."
        return Text("Votre compte est détaché de ProConnect", _changed(told))


def _changed(told: str) -> str:
    return (
        f"Bonjour,\n\n{told}\n\nSi vous ne vous y attendiez pas, prévenez tout de suite la personne qui administre les "
        "comptes.\n"
    )

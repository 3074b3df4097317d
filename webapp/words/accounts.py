"""What accounts say in French: roles, invitations, mails."""

import logging
import smtplib
import threading

from desks.outbox import Smtp
from desks.settings import Settings
from mobility.accounts import ADMINISTRATOR, AGENT, PLANNER, Account
from mobility.people import Contact

ROLES = {
    PLANNER: "Planification du bus",
    AGENT: "Bureau des trajets solidaires",
    ADMINISTRATOR: "Administration des comptes",
}
_log = logging.getLogger(__name__)


def link_address(settings: Settings, secret: str) -> str:
    """Return the address by which a password is chosen."""
    return f"{settings.public_url}/mot-de-passe/{secret}"


def first_account_words(settings: Settings, word: str) -> str:
    """Tell whoever starts a site without accounts how the first one is opened."""
    closed = "Le bureau et la préparation du bus restent fermés jusque-là."
    local = "D'ici là, tout le reste est permis depuis cette machine, et depuis elle seule."
    return (
        f"\nAucun compte n'est encore ouvert. {local if settings.is_local else closed}\n"
        f"Pour ouvrir le premier : {settings.public_url}/premier-compte\n"
        f"avec ce mot, qui sert une seule fois : {word}\n"
    )


def mail_link(settings: Settings, account: Account, secret: str, *, invited: bool = False) -> None:
    """Send someone their link in the background: the page must not tell by its pace whether there is an account."""
    if not settings.smtp:
        return
    lives = "trois jours" if invited else "deux heures"
    opening = "Un compte vous est ouvert" if invited else "Un nouveau mot de passe a été demandé pour votre compte"
    text = (
        f"Bonjour,\n\n{opening} sur le service de mobilité. Choisissez votre mot de passe ici "
        f"({lives}, une seule fois) :\n{link_address(settings, secret)}\n\n"
        "Si vous n'attendiez pas ce message, ne faites rien : rien ne change.\n"
    )

    def send() -> None:
        try:
            Smtp(settings.smtp, settings.mail_from or "mobilite@localhost").send(
                f"account-{account.id}", Contact(mail=account.mail), "Votre mot de passe", text
            )
        except (OSError, smtplib.SMTPException):
            _log.warning("the mail for a new password of account %s could not be sent", account.id)

    threading.Thread(target=send, daemon=True).start()

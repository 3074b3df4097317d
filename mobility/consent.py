"""What a person may agree to: what, for whom, until when, how it was said, and that it was taken back."""

from dataclasses import dataclass
from datetime import date, datetime

from mobility.errors import MobilityError

CONTACT_CONSENT, MESSAGE_CONSENT, MEMORY_CONSENT = "contact", "messages", "memory"
CONSENTS = (CONTACT_CONSENT, MESSAGE_CONSENT, MEMORY_CONSENT)
"""To give one's number to the other side of an accepted ride; to get messages; to be remembered for the next time."""

TELEPHONE, PAPER, SCREEN, UNTOLD = "telephone", "paper", "screen", ""
CONSENT_WAYS = (TELEPHONE, PAPER, SCREEN, UNTOLD)
"""How a consent was given; of those of an earlier version and of lists it is not known."""


@dataclass(frozen=True)
class Consent:
    """What a person agreed to.

    ``whom`` is the structure or the partner that may use it ("" for the whole service), ``until`` the last day on
    which it holds (None: until it is taken back), ``by`` who wrote it down.
    """

    what: str
    whom: str = ""
    until: date | None = None
    how: str = UNTOLD
    by: str = ""
    given: datetime | None = None
    withdrawn: datetime | None = None
    id: str = ""

    def __post_init__(self) -> None:
        if self.what not in CONSENTS or self.how not in CONSENT_WAYS:
            raise MobilityError("unknown-consent", "this consent is not known", field="consent")

    def holds(self, today: date, whom: str = "") -> bool:
        """Tell whether someone may use it on a day."""
        return self.withdrawn is None and (self.until is None or today <= self.until) and self.whom in {"", whom}


def no_consent(what: str) -> MobilityError:
    """Return what is raised where something is to be used that the person did not agree to."""
    return MobilityError("no-consent", f"the person did not agree to '{what}'", field="consent", value=what)

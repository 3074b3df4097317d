"""People whom the service knows, and how they are reached."""

from dataclasses import dataclass

from mobility.consent import Consent

RIDER, DRIVER = "rider", "driver"


@dataclass(frozen=True)
class Person:
    """A person: how they are reached, what they agreed to and what is remembered of them are kept and read apart."""

    id: str
    kind: str
    alias: str
    commune: str = ""
    structure: str = ""
    """The structure that knows a rider ("" for all); someone whom two structures know is a person in each."""


@dataclass(frozen=True)
class Contact:
    """How a person is reached: shown only to the other side of an accepted ride, and to the agent in charge."""

    name: str = ""
    telephone: str = ""
    mail: str = ""
    address: str = ""


@dataclass(frozen=True)
class Newcomer:
    """Someone who is told of for the first time, with what they agree to."""

    person: Person
    contact: Contact
    consents: tuple[Consent, ...] = ()

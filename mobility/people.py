"""People whom the service knows, and how they are reached."""

from dataclasses import dataclass

RIDER, DRIVER = "rider", "driver"


@dataclass(frozen=True)
class Person:
    """A person, without a way to reach them: contact details are kept and read apart."""

    id: str
    kind: str
    alias: str
    commune: str = ""
    consents: frozenset[str] = frozenset()
    wishes: frozenset[str] = frozenset()
    """What they need on each ride, remembered by consent: abilities of a driver, and :data:`PERSONAL_WISHES`."""
    structure: str = ""
    """The structure that knows a rider ("" for all); someone whom two structures know is a person in each."""


@dataclass(frozen=True)
class Contact:
    """How a person is reached: shown only to the other side of an accepted ride, and to the agent in charge."""

    name: str = ""
    telephone: str = ""
    mail: str = ""
    address: str = ""

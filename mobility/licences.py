"""The licences under which others' data may go out again, and what may be joined with what."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mobility.errors import MobilityError


@dataclass(frozen=True)
class Licence:
    """A licence: its short identifier, its name, and whether what is made of the data must be shared alike."""

    id: str
    name: str
    shares_alike: bool = False


OPEN_1 = Licence("lov1", "Licence Ouverte 1.0")
OPEN_2 = Licence("lov2", "Licence Ouverte 2.0")
ODBL = Licence("odbl", "ODbL 1.0", shares_alike=True)
LICENCES = (OPEN_2, OPEN_1, ODBL)
"""Those that let data be published anew, alone or joined, on terms that are known here."""
UNSTATED = {"", "notspecified", "not specified", "unknown"}
"""What catalogues write where nobody has said a licence."""
_SPELLINGS = {
    OPEN_1: r"fr-lo|lov1|licence ouverte( / open licence)?(( version| v)? ?1(\.0)?)?",
    OPEN_2: r"lov2|etalab-2\.0|licence ouverte( / open licence)?( version| v)? ?2(\.0)?",
    ODBL: r"(odc[- ])?odbl([- ]v?1(\.0)?)?|open database licen[cs]e( \(odbl\))?( v?1(\.0)?)?",
}


def find_licence(text: str) -> Licence | None:
    """Return the licence that a source, a catalogue or a person names; None where it is none of those known."""
    asked = " ".join(text.lower().split())
    return next((found for found, spelling in _SPELLINGS.items() if re.fullmatch(spelling, asked)), None)


def known_licence(text: str, *, field: str) -> Licence:
    """Return the licence that somebody names; one that is not known is an error that lists those that are."""
    found = find_licence(text)
    if found is None:
        known = ", ".join(f"{licence.id} ({licence.name})" for licence in LICENCES)
        raise MobilityError(
            "unknown-licence", f"'{text}' is not one of the licences known: {known}", field=field, value=text,
            known=known,
        )  # fmt: skip
    return found


def joined_licence(licences: Iterable[Licence]) -> Licence:
    """Return the licence of what is joined: ODbL as soon as one part has it, since it spreads."""
    return ODBL if any(licence.shares_alike for licence in licences) else OPEN_2

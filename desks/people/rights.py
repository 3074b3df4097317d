"""What a person may ask of what is kept of them: to be handed it, and to have it put right."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from data.journal import note
from data.personal import correct_person, export_person
from data.store import Store
from desks.outbox.wording import Wording, words_of
from mobility.errors import MobilityError
from mobility.messages import known_mail
from mobility.telephone import SHORTEST, dialled
from mobility.territory import Territory


def hand_over(store: Store, wording: Wording, person: str, *, now: datetime, who: str) -> dict[str, Any]:
    """Return everything that is kept about a person, as a document to hand to them."""
    with store.writing() as tx:
        document = export_person(tx, person, lambda tx, message: words_of(wording, tx, message, now))
        note(tx, who, "person-exported", about=person, now=now)
    return document


def correct(
    store: Store, territory: Territory, person: str, values: Mapping[str, str], *, now: datetime, who: str
) -> None:
    """Put right what is kept of a person: a name, a number, an address, by the column's name in the register."""
    told = dict(values)
    if "telephone" in told:
        number = dialled(told["telephone"])
        if told["telephone"].strip() and len(number) < SHORTEST:
            raise MobilityError(
                "bad-number-called", f"'{told['telephone']}' is not a telephone number", field="telephone",
                value=told["telephone"],
            )  # fmt: skip
        told["telephone"] = number
    if told.get("mail"):
        known_mail(told["mail"], field="mail")
    if told.get("commune"):
        told["commune"] = territory.find_commune(told["commune"], field="commune").insee
    with store.writing() as tx:
        correct_person(tx, person, told)
        note(tx, who, "person-corrected", about=person, why=" ".join(sorted(told)), now=now)

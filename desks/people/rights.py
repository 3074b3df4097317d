"""What a person may ask of what is kept of them: to be handed it, and to have it put right."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from data.journal import note
from data.people import find_person, read_contact
from data.personal import correct_person, export_person
from data.store import Store
from desks.outbox.wording import Wording, words_of
from mobility.errors import Faults, MobilityError
from mobility.messages import known_mail
from mobility.people import Contact, Person
from mobility.telephone import telephone_in
from mobility.territory import Territory
from mobility.written import written_telephone


def hand_over(store: Store, wording: Wording, person: str, *, now: datetime, who: str) -> dict[str, Any]:
    """Return everything that is kept about a person, as a document to hand to them."""
    with store.writing() as tx:
        document = export_person(tx, person, lambda tx, message: words_of(wording, tx, message, now))
        note(tx, who, "person-exported", about=person, now=now)
    return document


def stamp_of(person: Person, contact: Contact) -> str:
    """Return what changes, value by value, whenever a person is put right: whoever corrects them says what they saw."""
    return "-".join(_digest(value) for value in _shown(person, contact).values())


def told_anew(values: Mapping[str, str], saw: str) -> set[str]:
    """Return which of some values are others than those that a stamp was made of: somebody wrote them."""
    seen = dict(zip(_shown(Person("", "", ""), Contact()), saw.split("-"), strict=False))
    told = {name: telephone_in(value) if name == "telephone" else value.strip() for name, value in values.items()}
    return {name for name, value in told.items() if _digest(value) != seen.get(name)}


def _shown(person: Person, contact: Contact) -> dict[str, str]:
    return {**asdict(contact), "commune": person.commune}


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:12]


def correct(
    store: Store,
    territory: Territory,
    person: str,
    values: Mapping[str, str],
    *,
    now: datetime,
    who: str,
    saw: str | None = None,
) -> None:
    """Put right what is kept of a person: a name, a number, an address, by the column's name in the register.

    ``saw`` is the stamp of what was corrected: raises "person-changed" where someone else was faster (None: whatever
    was there is put right).
    """
    with store.writing() as tx:
        known = find_person(tx, person, lock=True)
        contact = read_contact(tx, person)
        told = _checked(values, territory, named=bool(contact.name))
        if saw is not None and stamp_of(known, contact) != saw:
            now_kept = asdict(known) | asdict(contact)
            if all(now_kept.get(name) == value for name, value in told.items()):
                return
            raise MobilityError("person-changed", "someone else has changed this person", field="person", value=person)
        correct_person(tx, person, told)
        note(tx, who, "person-corrected", about=person, why=" ".join(sorted(told)), now=now)


def _checked(values: Mapping[str, str], territory: Territory, *, named: bool) -> dict[str, str]:
    """Return what is put right as it is kept; all faults are told at once. Who is ``named`` keeps a name."""
    told = dict(values)
    with Faults() as faults:
        if named and told.get("name", "-") == "":
            faults.add(MobilityError("empty-value", "who had a name keeps one", field="name"))
        if "telephone" in told:
            number = told["telephone"]
            told["telephone"] = faults.of(lambda: written_telephone(number, field="telephone"), "")
        if mail := told.get("mail"):
            faults.of(lambda: known_mail(mail, field="mail"), "")
        if commune := told.get("commune"):
            told["commune"] = faults.of(lambda: territory.find_commune(commune, field="commune").insee, "")
    return told

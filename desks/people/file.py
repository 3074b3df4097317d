"""One person's file: who they are, who shares their number, what they agreed to, ask and offer, who may be the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data.consents import consents_of, give_consents, withdraw_consent
from data.journal import note
from data.merges import Double, Merge, doubles_of, merges_of
from data.people import find_person, persons_with_telephone, read_contact, remembered_wishes
from data.ride_records import active_offers, requests_of
from data.store import Store
from desks.journal import looked_at
from mobility.consent import Consent
from mobility.people import Contact, Person
from mobility.rides import RideOffer, RideRequest


@dataclass(frozen=True)
class PersonFile:
    """All that an agent sees of a person; ``household`` are others of the same number, with their names."""

    person: Person
    contact: Contact
    household: Sequence[tuple[Person, str]]
    consents: Sequence[Consent]
    wishes: frozenset[str]
    requests: Sequence[RideRequest]
    offers: Sequence[RideOffer]
    doubles: Sequence[Double]
    merges: Sequence[Merge]


def open_person(store: Store, person: str, *, now: datetime, who: str) -> PersonFile:
    """Open a person's file; that it was read stands in the journal."""
    with store.writing() as tx:
        known, contact = find_person(tx, person), read_contact(tx, person)
        doubles = doubles_of(tx, person)
        others = [other for other in persons_with_telephone(tx, contact.telephone) if other.id != person]
        named = [one.person.id for one in doubles] + [other.id for other in others]
        looked_at(tx, who, "contact-seen", [person, *named], now=now)
        return PersonFile(
            known, contact, [(other, read_contact(tx, other.id).name or other.alias) for other in others],
            consents_of(tx, person), remembered_wishes(tx, person, now=now, whom=store.scope.structure),
            requests_of(tx, person), [offer for offer in active_offers(tx) if offer.driver == person], doubles,
            merges_of(tx, person, now=now),
        )  # fmt: skip


def agree(store: Store, person: str, consent: Consent, *, now: datetime, who: str) -> None:
    """Write down what a person agrees to."""
    with store.writing("people") as tx:
        give_consents(tx, find_person(tx, person).id, [consent], now=now, by=who)
        note(tx, who, "consent-given", about=person, why=consent.what, now=now)


def take_back(store: Store, person: str, consent: str, *, now: datetime, who: str) -> None:
    """Write down that a person takes a consent back; it is used no more from then on."""
    with store.writing() as tx:
        found = next((one for one in consents_of(tx, person) if one.id == consent), None)
        if found is not None and found.withdrawn is None:
            withdraw_consent(tx, person, found.what, now=now, consent=consent)
            note(tx, who, "consent-withdrawn", about=person, why=found.what, now=now)

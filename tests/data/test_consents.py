"""What persons agree to, on both databases: for whom, until when, taken back; nothing is used without."""

from datetime import timedelta

import pytest

from data.consents import (
    consented,
    consents_of,
    end_consents,
    give_consents,
    require_consent,
    withdraw_consent,
)
from data.people import add_person, remembered_wishes, set_wishes
from data.store import Store
from mobility.consent import CONTACT_CONSENT, MEMORY_CONSENT, MESSAGE_CONSENT, PAPER, SCREEN, Consent
from mobility.errors import MobilityError
from mobility.people import RIDER, Contact, Newcomer, Person
from mobility.scope import EVERYTHING, Scope
from tests.conftest import NOW

TODAY = NOW.date()


@pytest.fixture
def store(database):
    opened = Store(database)
    yield opened
    opened.close()


@pytest.fixture
def someone(store):
    with store.writing() as tx:
        return add_person(tx, Newcomer(Person("", RIDER, "Passagère", structure="A"), Contact()), now=NOW, by="t").id


def test_nothing_is_agreed_to_until_it_is_said(store, someone):
    with store.writing() as tx:
        assert not consented(tx, someone, MESSAGE_CONSENT, now=NOW)
        with pytest.raises(MobilityError, match="did not agree"):
            require_consent(tx, someone, MESSAGE_CONSENT, now=NOW)
        give_consents(tx, someone, [Consent(MESSAGE_CONSENT, how=PAPER)], now=NOW, by="agent")
        require_consent(tx, someone, MESSAGE_CONSENT, now=NOW)
        assert not consented(tx, someone, CONTACT_CONSENT, now=NOW)
        assert not consented(tx, "nobody", MESSAGE_CONSENT, now=NOW)
        (kept,) = consents_of(tx, someone)
    assert (kept.what, kept.how, kept.by, kept.given, kept.withdrawn) == (MESSAGE_CONSENT, PAPER, "agent", NOW, None)


def test_a_consent_for_one_is_not_one_for_another(store, someone):
    with store.writing() as tx:
        give_consents(tx, someone, [Consent(CONTACT_CONSENT, "A")], now=NOW, by="agent")
        used = [consented(tx, someone, CONTACT_CONSENT, now=NOW, whom=whom) for whom in ("A", "B", "")]
        give_consents(tx, someone, [Consent(CONTACT_CONSENT)], now=NOW, by="agent")
        for_all = [consented(tx, someone, CONTACT_CONSENT, now=NOW, whom=whom) for whom in ("A", "B", "")]
    assert used == [True, False, False]
    assert for_all == [True, True, True]


def test_a_consent_holds_to_the_end_of_its_last_day(store, someone):
    last = TODAY + timedelta(days=1)
    with store.writing() as tx:
        give_consents(tx, someone, [Consent(MESSAGE_CONSENT, until=last)], now=NOW, by="agent")
        late = NOW.replace(hour=23, minute=59)
        held = [consented(tx, someone, MESSAGE_CONSENT, now=late + timedelta(days=days)) for days in range(3)]
        with pytest.raises(MobilityError, match="is over"):
            give_consents(tx, someone, [Consent(MESSAGE_CONSENT, until=TODAY - timedelta(days=1))], now=NOW, by="x")
    assert held == [True, True, False]


def test_what_was_taken_back_stays_told_and_may_be_given_again(store, someone):
    with store.writing() as tx:
        give_consents(tx, someone, [Consent(MESSAGE_CONSENT, how=SCREEN)], now=NOW, by="person")
        withdraw_consent(tx, someone, MESSAGE_CONSENT, now=NOW + timedelta(hours=1))
        assert not consented(tx, someone, MESSAGE_CONSENT, now=NOW + timedelta(hours=2))
        again = NOW + timedelta(hours=3)
        give_consents(tx, someone, [Consent(MESSAGE_CONSENT)], now=again, by="agent")
        give_consents(tx, someone, [Consent(MESSAGE_CONSENT, until=TODAY)], now=again + timedelta(hours=1), by="agent")
        told = consents_of(tx, someone)
    assert [consent.withdrawn for consent in told] == [None, again + timedelta(hours=1), NOW + timedelta(hours=1)]


def test_one_of_several_consents_is_taken_back_alone(store, someone):
    with store.writing() as tx:
        give_consents(tx, someone, [Consent(CONTACT_CONSENT, "A"), Consent(CONTACT_CONSENT, "B")], now=NOW, by="t")
        one = next(consent for consent in consents_of(tx, someone) if consent.whom == "A")
        withdraw_consent(tx, someone, CONTACT_CONSENT, now=NOW, consent=one.id)
        assert [consented(tx, someone, CONTACT_CONSENT, now=NOW, whom=whom) for whom in ("A", "B")] == [False, True]


def test_needs_go_with_the_consent_to_remember_them(store, someone):
    def needs(tx):
        return remembered_wishes(tx, someone, now=NOW, whom="A")

    with store.writing() as tx:
        set_wishes(tx, someone, {"wheelchair"}, now=NOW, whom="A")
        assert needs(tx) == frozenset()
        give_consents(tx, someone, [Consent(MEMORY_CONSENT, "A", until=TODAY)], now=NOW, by="t")
        assert needs(tx) == frozenset()
        set_wishes(tx, someone, {"wheelchair"}, now=NOW, whom="A")
        set_wishes(tx, someone, {"child-seat"}, now=NOW, whom="B")
        assert needs(tx) == {"wheelchair"}
        assert remembered_wishes(tx, someone, now=NOW, whom="B") == frozenset()
        assert end_consents(tx, now=NOW) == 0
        assert needs(tx) == {"wheelchair"}
        assert end_consents(tx, now=NOW + timedelta(days=1)) == 1
        give_consents(tx, someone, [Consent(MEMORY_CONSENT)], now=NOW, by="t")
        # What was forgotten does not come back with a new consent.
        assert needs(tx) == frozenset()
        set_wishes(tx, someone, {"wheelchair"}, now=NOW)
        withdraw_consent(tx, someone, MEMORY_CONSENT, now=NOW)
        give_consents(tx, someone, [Consent(MEMORY_CONSENT)], now=NOW, by="t")
        assert needs(tx) == frozenset()


def test_another_structure_neither_sees_nor_changes_a_consent(store, someone):
    with store.writing() as tx:
        give_consents(tx, someone, [Consent(CONTACT_CONSENT)], now=NOW, by="t")
    with store.within(Scope.of(["B"])).writing() as tx:
        assert consents_of(tx, someone) == []
        withdraw_consent(tx, someone, CONTACT_CONSENT, now=NOW)
    with store.within(EVERYTHING).reading() as tx:
        assert consented(tx, someone, CONTACT_CONSENT, now=NOW)


@pytest.mark.parametrize("wrong", [{"what": "everything"}, {"what": MEMORY_CONSENT, "how": "by hearsay"}])
def test_an_unknown_consent_is_refused(wrong):
    with pytest.raises(MobilityError, match="not known"):
        Consent(**wrong)

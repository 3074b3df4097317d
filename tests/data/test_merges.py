"""Two who are one become one and two again: by the register, whatever tables there are, on both databases."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from data.calls import add_call
from data.consents import consented, forget_unconsented, give_consents, withdraw_consent
from data.journal import journal_of, note
from data.journal_schema import journal
from data.merges import doubles_of, following, merge_persons, merged_into, merges_of, undo_merge
from data.outbox import queue_message
from data.people import add_person, find_person, read_contact, remembered_wishes, seen, set_wishes
from data.person_search import search_persons
from data.personal import correct_person, erase_person, export_person, records_of
from data.purging import purge
from data.ride_matches import add_link, add_refusal, propose, release
from data.ride_records import active_offers, add_offer, add_request, offers_stamp, requests_of
from data.ride_schema import former_ids, persons
from data.schema import all_tables
from data.store import Store
from mobility.consent import CONSENTS, MEMORY_CONSENT, MESSAGE_CONSENT, Consent
from mobility.errors import MobilityError
from mobility.messages import Text
from mobility.people import DRIVER, RIDER, Contact, Newcomer, Person
from mobility.places import Place, Point
from mobility.rides import REFUSED, VOLUNTEER, WAITING, MatchedRide, RideOffer, RideRequest
from mobility.scope import EVERYTHING, Scope
from tests.conftest import NOW
from tests.filled_store import fill, marks

LHERM, CAHORS = (Place(name, name, Point(1.4, lat)) for name, lat in (("Lherm", 44.5), ("Cahors", 44.45)))
DAY = NOW.date() + timedelta(days=3)
LATER = NOW + timedelta(days=30)
HOME = "0565000000"


@pytest.fixture
def store(database):
    opened = Store(database)
    yield opened
    opened.close()


def everything_kept(store):
    """Every row of every table."""
    with store.reading() as tx:
        return {table.name: sorted(tx.execute(select(table)).all(), key=str) for table in all_tables()}


def add(tx, name, telephone="", *, kind=RIDER, consents=(), mail="", structure="", now=NOW):
    newcomer = Newcomer(
        Person("", kind, f"{kind} de Lherm", "46171", structure), Contact(name, telephone, mail),
        tuple(Consent(what) for what in consents),
    )  # fmt: skip
    return add_person(tx, newcomer, now=now, by="test").id


def test_needs_that_may_be_kept_no_more_do_not_come_back_with_an_undo(store):
    with store.writing() as tx:
        kept = add(tx, "Mme Vaysse", HOME, consents=[MEMORY_CONSENT])
        gone = add(tx, "Madame Vaysse", HOME, consents=[MEMORY_CONSENT])
        set_wishes(tx, kept, {"wheelchair"}, now=NOW)
        set_wishes(tx, gone, {"child-seat"}, now=NOW)
        merge = merge_persons(tx, kept, gone, now=NOW, by="test", until=LATER)
        withdraw_consent(tx, kept, MEMORY_CONSENT, now=NOW)
        undo_merge(tx, kept, merge, now=NOW)
        needs = dict(tx.execute(select(persons.c.id, persons.c.wishes)).all())
        agreed = [one for one in (kept, gone) if consented(tx, one, MEMORY_CONSENT, now=NOW)]
    assert not [one for one in (kept, gone) if needs[one] and one not in agreed]


def offers(tx, driver, now=NOW):
    made = RideOffer("", driver, VOLUNTEER, LHERM, LHERM, 28800, 64800, frozenset({1, 2}), reach=80_000.0)
    return add_offer(tx, made, now=now)


def asks(tx, rider):
    asked = RideRequest(
        "", rider, DAY, LHERM, CAHORS, 36000, None, None, 0, frozenset(), "health", "", "", "", "", WAITING
    )
    return add_request(tx, asked, now=NOW)


def proposes(tx, request, offer):
    ride = MatchedRide("out", offer.id, offer.driver, 34000, 35000, 9000.0, 9000.0)
    return propose(tx, request, [ride], versions={}, now=NOW, expires=LATER, participation=1.0)


def merges(tx, kept, gone):
    return merge_persons(tx, kept, gone, now=NOW, until=LATER, by="test")


def told(_tx, message):
    return Text("", message.purpose)


def code_of(work):
    with pytest.raises(MobilityError) as error:
        work()
    return error.value.code


def test_whatever_leads_to_a_person_follows_and_comes_back(store):
    fill(store, "one")
    fill(store, "two")
    with store.writing() as tx:
        forget_unconsented(tx, now=NOW)
    before = everything_kept(store)
    with store.writing() as tx:
        made = merges(tx, "id-persons-one", "id-persons-two")
    led = {table for table, rows in everything_kept(store).items() for row in rows if "id-persons-two" in row}
    assert led == {"former_ids", "journal", "merges"}, "the journal's lines are sealed"
    with store.writing() as tx:
        undo_merge(tx, "id-persons-one", made, now=NOW)
    assert everything_kept(store) == before


def random_people(tx, chance):
    """Some people with whatever they may have, some of them with one number or name."""
    names, numbers = ("Hélène Vaysse", "Vaysse Helene", "Jean Dupont", ""), (HOME, "0639980001", "")
    made = []
    for _ in range(chance.randint(2, 4)):
        person = add(
            tx, chance.choice(names), chance.choice(numbers), kind=chance.choice((RIDER, DRIVER)),
            consents=chance.sample(CONSENTS, chance.randint(0, 3)), mail=chance.choice(("", "a@example.org")),
            structure=chance.choice(("", "A", "B")), now=NOW - timedelta(days=chance.randint(0, 20)),
        )  # fmt: skip
        set_wishes(tx, person, chance.sample(("wheelchair", "child-seat"), chance.randint(0, 2)), now=NOW)
        if chance.random() < 0.4:
            withdraw_consent(tx, person, chance.choice(CONSENTS), now=NOW)
        made.append(person)
    for person in made:
        for _ in range(chance.randint(0, 2)):
            request = asks(tx, person)
            driver = chance.choice([other for other in made if other != person])
            if chance.random() < 0.5:
                match = proposes(tx, request, offers(tx, driver))
                add_link(tx, match, driver)
                queue_message(tx, driver, "proposal", {"drives": True}, match=match.id, now=NOW)
                release(tx, match.id, REFUSED)
            for refusing in chance.sample(made, chance.randint(0, len(made))):
                add_refusal(tx, request.id, refusing)
        for known in (person, ""):
            if chance.random() < 0.5:
                add_call(tx, "call", read_contact(tx, person).telephone or HOME, now=NOW, person=known)
        if chance.random() < 0.5:
            queue_message(tx, person, "way", {"text": "x"}, now=NOW)
    return made


def test_merging_and_undoing_leaves_every_row_as_it_was(store):
    for seed in range(30):
        chance = random.Random(seed)
        with store.writing() as tx:
            people = random_people(tx, chance)
        states, made = [everything_kept(store)], []
        chance.shuffle(people)
        while len(people) > 1:
            gone, kept = people.pop(), chance.choice(people)
            with store.writing() as tx:
                made.append((kept, merges(tx, kept, gone)))
            states.append(everything_kept(store))
            assert len(states[-1]["persons"]) == len(states[-2]["persons"]) - 1
            for table in ("offers", "requests", "consents", "outbox", "calls", "links", "matched_rides"):
                assert len(states[-1][table]) == len(states[0][table]), table
        while made:
            kept, merge = made.pop()
            states.pop()
            with store.writing() as tx:
                undo_merge(tx, kept, merge, now=NOW)
            assert everything_kept(store) == states[-1], seed


def test_one_file_stays_with_what_it_lacked(store):
    with store.writing() as tx:
        kept = add(tx, "Hélène Vaysse", consents=[MEMORY_CONSENT])
        gone = add(tx, "Mme Vaysse", HOME, kind=DRIVER, mail="h@example.org", consents=[MEMORY_CONSENT])
        set_wishes(tx, kept, {"wheelchair"}, now=NOW)
        set_wishes(tx, gone, {"child-seat"}, now=NOW)
        add_call(tx, "call", HOME, now=NOW, text="rappelez-moi")
        offer, request = offers(tx, gone), asks(tx, gone)
        assert following(tx, gone) == {"consents": 1, "contacts": 1, "offers": 1, "person_names": 3, "requests": 1}
        made = merges(tx, kept, gone)
        assert read_contact(tx, kept) == Contact("Hélène Vaysse", HOME, "h@example.org")
        assert find_person(tx, kept).kind == DRIVER
        assert remembered_wishes(tx, kept, now=NOW) == {"wheelchair", "child-seat"}
        assert [one.driver for one in active_offers(tx) if one.id == offer.id] == [kept]
        assert [one.id for one in requests_of(tx, kept)] == [request.id]
        assert [one.person.id for one in search_persons(tx, "vaysse")] == [kept]
        assert merged_into(tx, gone) == kept
        assert [(one.id, one.name) for one in merges_of(tx, kept, now=NOW)] == [(made, "Mme Vaysse")]
        assert code_of(lambda: find_person(tx, gone)) == "no-such-person"


def test_what_was_taken_back_once_stays_taken_back(store):
    with store.writing() as tx:
        before, agreed = NOW - timedelta(hours=2), [MESSAGE_CONSENT, MEMORY_CONSENT]
        kept = add(tx, "Hélène Vaysse", HOME, consents=agreed, now=before)
        set_wishes(tx, kept, {"wheelchair"}, now=before)
        gone = add(tx, "Vaysse", HOME, consents=agreed, now=before)
        for what in agreed:
            withdraw_consent(tx, gone, what, now=NOW - timedelta(hours=1))
        made = merges(tx, kept, gone)
        assert not consented(tx, kept, MESSAGE_CONSENT, now=NOW)
        assert remembered_wishes(tx, kept, now=NOW) == frozenset()
        undo_merge(tx, kept, made, now=NOW)
        assert consented(tx, kept, MESSAGE_CONSENT, now=NOW)
        assert remembered_wishes(tx, kept, now=NOW) == {"wheelchair"}
        withdraw_consent(tx, kept, MESSAGE_CONSENT, now=NOW)
        give_consents(tx, gone, [Consent(MESSAGE_CONSENT)], now=NOW + timedelta(hours=2), by="test")
        merges(tx, kept, gone)
        assert consented(tx, kept, MESSAGE_CONSENT, now=NOW), "agreed to after it was taken back"


@pytest.mark.parametrize("taken_back_by", ["kept", "gone"])
def test_what_is_taken_back_of_the_one_file_stays_so_when_they_are_two_again(store, taken_back_by):
    hours = (NOW + timedelta(hours=hour) for hour in range(9))
    with store.writing() as tx:
        both = {one: add(tx, "Vaysse", HOME, consents=[MESSAGE_CONSENT], now=next(hours)) for one in ("kept", "gone")}
        withdraw_consent(tx, both[taken_back_by], MESSAGE_CONSENT, now=next(hours))
        made = merge_persons(tx, both["kept"], both["gone"], now=next(hours), until=LATER, by="test")
        give_consents(tx, both["kept"], [Consent(MESSAGE_CONSENT)], now=next(hours), by="test")
        withdraw_consent(tx, both["kept"], MESSAGE_CONSENT, now=next(hours))
        undo_merge(tx, both["kept"], made, now=next(hours))
        assert not [one for one in both.values() if consented(tx, one, MESSAGE_CONSENT, now=NOW)]


def test_what_a_third_file_took_back_stays_so_when_the_first_two_are_two_again(store):
    hours = (NOW + timedelta(hours=hour) for hour in range(9))
    with store.writing() as tx:
        first, second = (add(tx, "Vaysse", HOME, consents=[MESSAGE_CONSENT], now=next(hours)) for _ in range(2))
        withdraw_consent(tx, second, MESSAGE_CONSENT, now=next(hours))
        third = add(tx, "Vaysse", HOME, consents=[MESSAGE_CONSENT], now=next(hours))
        withdraw_consent(tx, third, MESSAGE_CONSENT, now=next(hours))
        inner = merge_persons(tx, first, second, now=next(hours), until=LATER, by="test")
        merge_persons(tx, third, first, now=next(hours), until=LATER, by="test")
        undo_merge(tx, third, inner, now=next(hours))
        assert not [one for one in (second, third) if consented(tx, one, MESSAGE_CONSENT, now=NOW)]


def test_what_was_agreed_to_anew_was_not_taken_back(store):
    hours = (NOW + timedelta(hours=hour) for hour in range(9))
    with store.writing() as tx:
        kept, gone = (add(tx, "Vaysse", HOME, consents=[MESSAGE_CONSENT], now=next(hours)) for _ in range(2))
        for one in (kept, gone):
            give_consents(tx, one, [Consent(MESSAGE_CONSENT)], now=next(hours), by="test")
        merges(tx, kept, gone)
        assert consented(tx, kept, MESSAGE_CONSENT, now=NOW)


def test_what_came_since_stays_where_it_is(store):
    with store.writing() as tx:
        kept, gone = add(tx, "Hélène Vaysse"), add(tx, "Vaysse", HOME)
        theirs = asks(tx, gone)
        made = merges(tx, kept, gone)
        since = asks(tx, kept)
        correct_person(tx, kept, {"name": "Hélène Lacaze", "telephone": "0639980009"})
        undo_merge(tx, kept, made, now=NOW)
        assert [one.id for one in requests_of(tx, kept)] == [since.id]
        assert [one.id for one in requests_of(tx, gone)] == [theirs.id]
        assert read_contact(tx, kept) == Contact("Hélène Lacaze", "0639980009")
        assert read_contact(tx, gone) == Contact("Vaysse", HOME)
        assert [one.person.id for one in search_persons(tx, "vaysse")] == [gone]


def test_a_merge_of_a_merge_is_undone_from_either_end(store):
    with store.writing() as tx:
        first, second, third = (add(tx, f"Personne {n}") for n in ("un", "deux", "trois"))
        inner_request, outer_request = asks(tx, first), asks(tx, second)
        inner = merges(tx, second, first)
        merges(tx, third, second)
        assert {one.id for one in requests_of(tx, third)} == {inner_request.id, outer_request.id}
        assert undo_merge(tx, third, inner, now=NOW) == first
        assert [one.id for one in requests_of(tx, first)] == [inner_request.id]
        assert [one.id for one in requests_of(tx, third)] == [outer_request.id]


def test_offers_are_read_again_after_a_merge_and_after_undoing(store):
    with store.writing() as tx:
        kept, gone = (add(tx, "Vaysse", kind=DRIVER) for _ in range(2))
        offers(tx, gone)
        stamps = [offers_stamp(tx)]
        made = merges(tx, kept, gone)
        stamps.append(offers_stamp(tx))
        undo_merge(tx, kept, made, now=NOW)
        assert offers_stamp(tx) == stamps[0]
        merges(tx, kept, gone)
        stamps.append(offers_stamp(tx))
        assert len(set(stamps)) == 3


def test_a_copy_and_erasing_cover_both(store):
    fill(store, "two")
    with store.writing() as tx:
        # All that is filled in is marked as an example.
        newcomer = Newcomer(Person("", RIDER, "Hélène"), Contact("Hélène Vaysse", HOME))
        kept = add_person(tx, newcomer, now=NOW, by="test", example=True).id
        note(tx, "test", "contact-seen", about="id-persons-two", now=NOW)
    with store.writing() as tx:
        merges(tx, kept, "id-persons-two")
    with store.writing() as tx:
        document = export_person(tx, kept, told)
        assert {row["id"] for row in document["requests"]} == {"id-requests-two"}
        assert "id-persons-two" in {line["about"] for line in document["journal"]}
        assert "telephon-contacts-two" in str(document["merges"])
        erase_person(tx, kept)
    assert not {mark for mark in marks(store, "two") if mark.startswith(("merges", "persons", "contacts", "requests"))}
    with store.reading() as tx:
        assert not tx.execute(select(all_tables()[0].metadata.tables["merges"])).all()


def test_undoing_ends_in_time(store):
    with store.writing() as tx:
        kept, gone = add(tx, "Hélène Vaysse"), add(tx, "Vaysse", HOME)
        made = merges(tx, kept, gone)
        assert merges_of(tx, kept, now=LATER) == []
        assert code_of(lambda: undo_merge(tx, kept, made, now=LATER)) == "no-such-merge"
        assert purge(tx, LATER + timedelta(minutes=1), days=400)["merges"] == 1
        assert code_of(lambda: undo_merge(tx, kept, made, now=NOW)) == "no-such-merge"
        assert find_person(tx, kept).id == kept
        assert merged_into(tx, gone) == kept


def test_a_former_identifier_is_asked_for_as_long_as_the_journal_says_it(store):
    with store.writing() as tx:
        kept, gone, third = (add(tx, "Hélène Vaysse", structure="A") for _ in range(3))
        note(tx, "test", "contact-seen", about=gone, now=NOW)
        merges(tx, kept, gone)
        merges(tx, third, kept)
    later = NOW + timedelta(days=300)
    with store.writing() as tx:
        seen(tx, third, later + timedelta(days=300))
        note(tx, "test", "purged", now=later)
        assert purge(tx, later, days=400)["merges"] == 2
    for scope in (EVERYTHING, Scope.of(["A"])):
        with store.within(scope).reading() as tx:
            assert ("contact-seen", gone) in said(export_person(tx, third, told)["journal"])
            assert {gone, kept, third} <= records_of(tx, third)
            assert [merged_into(tx, one) for one in (gone, kept)] == [third, third]
    with store.within(Scope.of(["B"])).reading() as tx:
        assert not journal_of(tx, [gone])
    with store.writing() as tx:
        # The line outlives its day while the one before it does.
        tx.execute(update(journal).where(journal.c.about == gone).values(at=later))
        assert purge(tx, NOW + timedelta(days=401), days=400)["former_ids"] == 1
        assert {gone, third} <= records_of(tx, third)
        purge(tx, later + timedelta(days=401), days=400)
        assert not tx.execute(select(former_ids)).all()


def test_who_is_erased_was_never_known_by_another_identifier(store):
    with store.writing() as tx:
        kept, gone = add(tx, "Hélène Vaysse"), add(tx, "Vaysse")
        merges(tx, kept, gone)
        purge(tx, LATER + timedelta(days=1), days=400)
        erase_person(tx, kept)
        assert merged_into(tx, gone) == ""


def said(lines):
    return {(line["act"], line["about"]) for line in lines}


def test_who_cannot_be_one_is_told_so(store):
    with store.writing() as tx:
        rider, driver, other = add(tx, "Vaysse"), add(tx, "Vaysse", kind=DRIVER), add(tx, "Vaysse")
        example = add_person(tx, Newcomer(Person("", RIDER, "Exemple"), Contact()), now=NOW, by="test", example=True)
        match = proposes(tx, asks(tx, rider), offers(tx, driver))
        made = merges(tx, other, add(tx, "Vaysse"))
        for kept, gone, code in (
            (rider, rider, "no-double"), (rider, example.id, "no-double"), (rider, "nobody", "no-such-person"),
            (rider, driver, "drives-the-other"), (driver, rider, "drives-the-other"),
        ):  # fmt: skip
            assert code_of(lambda kept=kept, gone=gone: merges(tx, kept, gone)) == code
        assert code_of(lambda: undo_merge(tx, rider, made, now=NOW)) == "no-such-merge", "it is another's"
        release(tx, match.id, REFUSED)
        merges(tx, rider, driver)


def test_doubles_are_found_by_number_and_by_name_the_likeliest_first(store):
    with store.writing() as tx:
        mine = add(tx, "Hélène Vaysse", HOME)
        both = add(tx, "Vaisse Helene", HOME, kind=DRIVER)
        name, number = add(tx, "Mme Hélène Vaysse", "0639980001"), add(tx, "Jean Dupont", HOME)
        add(tx, "Jeanne Vaysse", "0639980002")
        found = [(one.person.id, one.by_number, one.by_name) for one in doubles_of(tx, mine)]
    assert found == [(both, True, True), (name, False, True), (number, True, False)]

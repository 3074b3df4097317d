"""What is exported, corrected, erased and purged: by the register alone, whatever tables there are."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from data.account_holders import erase_account
from data.belongings import belongings
from data.calls import add_call
from data.imports import files_of, keep_file
from data.jobs import DONE, FAILED, INTERRUPTED, add_job, cancel_job, find_job, latest_jobs, update_job
from data.journal import journal_of, note
from data.people import add_person, read_contact
from data.personal import correct_person, corrigible, erase_person, export_person
from data.purging import purge
from data.register import PEOPLE, PERSONAL, goes, holds, names_account, owners
from data.ride_records import add_request
from data.ride_schema import matches, partner_bookings, requests
from data.schema import all_tables
from data.store import Store
from mobility.errors import MobilityError
from mobility.messages import Text
from mobility.people import DRIVER, RIDER, Contact, Newcomer, Person
from mobility.places import Place, Point
from mobility.rides import WAITING, RideRequest
from mobility.scope import Scope
from tests.filled_store import AT, fill, marks

STAYS = {
    "stays as a figure: once the person goes, its link leads nowhere", "by its age alone",
    "by its age; names nobody once the person is gone", "with the work that it belongs to",
}  # fmt: skip
"""Rules under which a value may outlive whose it is."""
ACCOUNTS = ("accounts.", "grants.", "sessions.", "account_links.")


@pytest.fixture
def store(database):
    opened = Store(database)
    yield opened
    opened.close()


def personal_columns() -> set[str]:
    """The columns that must be gone with a person and an account, or once everything is old."""
    return {
        f"{table.name}.{column.name}"
        for table in all_tables() for column in table.columns
        if goes(column) not in STAYS and (holds(column) in PERSONAL | {"secret"} or names_account(column))
    }  # fmt: skip


def told(_tx, message):
    return Text("", message.purpose)


def test_whoever_is_erased_leaves_nothing_of_theirs_and_all_that_is_others(store):
    fill(store, "one")
    kept = fill(store, "two")
    before = marks(store, "two")
    assert "partner_bookings.document" in marks(store, "one")
    with store.writing() as tx:
        erase_person(tx, "id-persons-one")
    of_account = {name for name in marks(store, "one") if name.startswith(ACCOUNTS)}
    assert {"accounts.mail", "sessions.digest", "grants.account", "account_links.account"} <= of_account
    with store.writing() as tx:
        erase_account(tx, "id-accounts-one")
    assert not marks(store, "one") & personal_columns()
    assert not {name for name in marks(store, "one") if name.startswith(ACCOUNTS)}
    assert marks(store, "two") == before
    with store.reading() as tx:
        assert set(belongings(tx, "persons", kept["persons"]["id"])) >= {"contacts", "requests", "partner_bookings"}
        assert belongings(tx, "persons", "id-persons-one") == {"persons": {}}


def test_what_is_old_goes_whatever_table_it_is_in(store):
    fill(store, "one")
    with store.writing() as tx:
        untouched = purge(tx, AT + timedelta(hours=2), days=400)
        assert untouched["persons"] == untouched["partner_bookings"] == 0
        gone = purge(tx, AT + timedelta(days=800), days=400)
    assert gone["persons"] == gone["requests"] == gone["partner_bookings"] == gone["calls"] == 1
    assert gone["accounts"] == gone["sessions"] == 1
    assert gone["events"] == gone["import_shapes"] == gone["nicknames"] == 1
    assert not marks(store, "one") & personal_columns()
    with store.writing() as tx:
        assert not any(purge(tx, AT + timedelta(days=800), days=400).values())


def test_a_person_is_handed_all_that_is_theirs_and_no_secret(store):
    fill(store, "one")
    fill(store, "two")
    with store.reading() as tx:
        document = export_person(tx, "id-persons-one", told)
    owned = {
        table.name for table in all_tables()
        if table.name in PEOPLE[:1] or any(column.name for column in owners(table))
    }  # fmt: skip
    for table in ("persons", "contacts", "requests", "offers", "matches", "calls", "partner_bookings", "outbox"):
        assert table in owned
        assert len(document[table]) == 1
    assert document["partner_bookings"][0]["document"] == {"mark": "document-partner_-one"}
    assert "two" not in str(document)
    assert "digest" not in str(document)
    assert document["outbox"][0]["text"] == "purpose-outbox-one"


def test_a_structure_hands_over_the_journals_lines_about_a_person_and_none_of_what_is_anothers(store):
    with store.writing() as tx:
        rider, other = (
            add_person(tx, Newcomer(Person("", RIDER, f"Passagère {home}", "", home), Contact()), now=AT, by="desk").id
            for home in ("A", "B")
        )
        driver = add_person(tx, Newcomer(Person("", DRIVER, "Conducteur"), Contact()), now=AT, by="desk").id
        asked, theirs = (asks(tx, person, home) for person, home in ((rider, "A"), (other, "B")))
        for match, request in (("match-a", asked), ("match-b", theirs)):
            tx.execute(insert(matches).values(
                id=match, request=request, day=AT.date(), state="done", created=AT, expires=AT
            ))  # fmt: skip
            note(tx, driver, "said-yes", about=match, now=AT)
        note(tx, "account-a", "contact-seen", about=rider, now=AT)
        note(tx, "account-b", "contact-seen", about=other, now=AT)
        note(tx, "account-b", "contact-seen", about=driver, now=AT)
        note(tx, "account-a", "request-taken", about=asked, now=AT)

    def handed(person, structure):
        with store.within(Scope.of([structure])).reading() as tx:
            return {(line["act"], line["about"]) for line in export_person(tx, person, told)["journal"]}

    assert handed(rider, "A") == {("contact-seen", rider), ("request-taken", asked), ("said-yes", "match-a")}
    assert handed(driver, "A") == {("contact-seen", driver), ("said-yes", "match-a")}
    with store.within(Scope.of(["A"])).reading() as tx:
        assert other not in {line["about"] for line in journal_of(tx)}


def asks(tx, rider, structure):
    lherm, cahors = (Place(name, name, Point(1.44, lat)) for name, lat in (("Lherm", 44.5), ("Cahors", 44.45)))
    asked = RideRequest(
        "", rider, AT.date(), lherm, cahors, 36000, None, None, 0, frozenset(), "health", "", "", "", "", WAITING,
        structure,
    )  # fmt: skip
    return add_request(tx, asked, now=AT).id


def household(store):
    """Two people of one landline; a call by one of them, and one of which nobody knows by whom."""
    with store.writing() as tx:
        first, second = (
            add_person(tx, Newcomer(Person("", kind, kind), Contact(kind, "0565000000")), now=AT, by="desk").id
            for kind in (RIDER, DRIVER)
        )
        add_call(tx, "call", "0565000000", now=AT, person=first, text="rappelez-moi")
        add_call(tx, "call", "0565000000", now=AT, text="c'est pour demain")
    return first, second


def test_a_call_from_a_household_is_its_callers_alone(store):
    first, second = household(store)
    with store.reading() as tx:
        calls = [[call["text"] for call in export_person(tx, one, told).get("calls", [])] for one in (first, second)]
    assert calls == [["rappelez-moi"], []]
    with store.writing() as tx:
        erase_person(tx, second)
        # Nobody else has the number now: what came from it is the first one's.
        assert len(export_person(tx, first, told)["calls"]) == 2
        erase_person(tx, first)
    with store.reading() as tx:
        assert tx.execute(select(all_tables()[0].metadata.tables["calls"])).all() == []


def test_a_call_that_was_answered_goes_sooner(store):
    with store.writing() as tx:
        add_call(tx, "call", "0565000000", now=AT, state="done")
        add_call(tx, "call", "0565000001", now=AT)
        assert purge(tx, AT + timedelta(days=31), days=400)["calls"] == 1


def test_work_that_ended_goes_sooner_however_it_ended(store):
    with store.writing() as tx:
        ended = {state: add_job(tx, "study", {}, worker="w", now=AT) for state in (DONE, FAILED, INTERRUPTED)}
        for state, job in ended.items():
            update_job(tx, job, "w", now=AT, state=state)
        cancel_job(tx, add_job(tx, "study", {}, worker="w", now=AT))
        left = add_job(tx, "study", {}, worker="w", now=AT)
        # Nothing but the purge forgets, and so nothing goes with new work.
        waits = add_job(tx, "study", {}, worker="w", now=AT + timedelta(days=31))
        assert find_job(tx, ended[DONE]) is not None
        assert purge(tx, AT + timedelta(days=31), days=400)["jobs"] == 4
        assert {job.id for job in latest_jobs(tx)} == {left, waits}


def test_a_file_that_nobody_took_in_goes_with_the_purge_alone(store):
    with store.writing() as tx:
        keep_file(tx, "stops", "a.csv", b"a", who="agent", now=AT)
        later = AT + timedelta(hours=25)
        keep_file(tx, "stops", "b.csv", b"b", who="agent", now=later)
        assert [file.name for file in files_of(tx, "agent", now=later)] == ["b.csv"]
        assert purge(tx, later, days=400)["import_files"] == 1


def test_a_request_holds_its_rider_and_not_for_ever(store):
    fill(store, "one")
    later = AT + timedelta(days=900)
    with store.writing() as tx:
        made = tx.execute(select(requests)).mappings().one()
        tx.execute(insert(requests).values({**made, "id": "new", "day": later.date()}))
        tx.execute(
            insert(partner_bookings).values(
                id="b", operator="voisin", request="new", document={}, status="DONE", created=later
            )
        )  # fmt: skip
        gone = purge(tx, later, days=400)
        assert (gone["persons"], gone["requests"], gone["partner_bookings"]) == (0, 1, 1)
        assert purge(tx, later + timedelta(days=401), days=400)["persons"] == 1


def test_what_is_wrong_of_a_person_is_put_right(store):
    fill(store, "one")
    assert {"alias", "commune", "name", "telephone", "mail", "address"} <= set(corrigible())
    assert not {"id", "consents", "wishes", "structure"} & set(corrigible())
    with store.writing() as tx:
        correct_person(tx, "id-persons-one", {"name": "Jeanne Dubois", "alias": "Jeanne"})
        assert read_contact(tx, "id-persons-one").name == "Jeanne Dubois"
        for field, value, code in (("structure", "A", "not-a-choice"), ("alias", "x" * 200, "too-long")):
            with pytest.raises(MobilityError) as error:
                correct_person(tx, "id-persons-one", {field: value})
            assert error.value.code == code

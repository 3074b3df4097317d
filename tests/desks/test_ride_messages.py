"""Messages hold facts; they come into words when they are read or sent."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import partial

import pytest
from alembic import command
from sqlalchemy import text

from data.consents import give_consents, withdraw_consent
from data.outbox import due_messages, messages_of, queue_message
from data.personal import export_person
from data.ride_records import requests_of
from data.store import migrate, migration_config
from desks.outbox.carriers import Local, SmsWebhook
from desks.outbox.sending import send_due
from desks.outbox.wording import Wordings, words_of
from desks.rides.answers import answer_for, cancel_request, remind
from desks.rides.people import erase
from mobility.consent import CONTACT_CONSENT, MESSAGE_CONSENT, Consent
from mobility.scope import Scope
from tests.conftest import NOW
from tests.fixtures_rides import post_of


@pytest.fixture
def confirmed(desk, people):
    """A rider's request that a volunteer and the rider agreed to."""
    driver = people.volunteer("Labastide-Marnhac").driver
    request = people.asks("Lherm", "Cahors")
    match = desk.propose_best(request.id, now=NOW, who="desk")
    for person in (driver, request.rider):
        answer_for(desk, match.id, person, yes=True, now=NOW, who="desk")
    return driver, request.rider


def told(desk, person, purpose):
    with desk.store.reading() as tx:
        return [desk.messages.text(tx, m, NOW).text for m in messages_of(tx, person=person) if m.purpose == purpose]


def numbers(desk, person):
    with desk.store.reading() as tx:
        contact = export_person(tx, person, partial(desk.messages.text, now=NOW))["contacts"]
    return contact[0]["telephone"]


def written(desk, person):
    """The number of a person as messages write it."""
    number = numbers(desk, person)
    return " ".join(number[i : i + 2] for i in range(0, 10, 2))


def test_the_outbox_holds_no_number_and_no_sentence(desk, confirmed):
    with desk.store.reading() as tx:
        kept = tx.execute(text("SELECT facts FROM outbox")).scalars().all()
    assert len(kept) == 4
    for person in confirmed:
        assert numbers(desk, person) not in str(kept)
        assert written(desk, person) not in str(kept)
    assert "d'accord" not in str(kept)


def test_a_number_is_told_as_long_as_its_owner_agrees(desk, confirmed):
    driver, rider = confirmed
    assert written(desk, driver) in told(desk, rider, "confirmed")[0]
    with desk.store.writing() as tx:
        withdraw_consent(tx, driver, CONTACT_CONSENT, now=NOW)
    assert written(desk, driver) not in told(desk, rider, "confirmed")[0]
    assert written(desk, rider) in told(desk, driver, "confirmed")[0]


def test_a_number_is_told_no_longer_than_its_owner_agreed_to(desk, confirmed):
    driver, rider = confirmed
    with desk.store.writing() as tx:
        give_consents(tx, driver, [Consent(CONTACT_CONSENT, until=NOW.date())], now=NOW, by="test")
    sent = []

    class Kept(Local):
        def send(self, identifier, contact, subject, text):
            sent.append((contact.telephone, text))

    send_due(desk.store, post_of(desk, Kept()), now=NOW + timedelta(hours=22.5))
    told = [words for number, words in sent if number == numbers(desk, rider)]
    assert len(told) == 1
    assert written(desk, driver) not in str(told)


def test_who_reads_without_the_secret_sees_a_link_that_leads_nowhere(desk, confirmed):
    with desk.store.writing() as tx:
        proposals = [desk.messages.sealed(tx, m, NOW) for m in messages_of(tx) if m.purpose == "proposal"]
        shown = [desk.messages.text(tx, message.for_others(), NOW).text for message in proposals]
        sent = [desk.messages.text(tx, message, NOW).text for message in proposals]
    assert ["/t/…" in words for words in shown] == [True, True]
    assert ["/t/…" not in words and "/t/" in words for words in sent] == [True, True]


def test_messages_that_were_kept_in_words_stay_as_they_were_said(desk, confirmed):
    with desk.store.engine.connect() as connection:
        command.downgrade(migration_config(connection), "0004")
        for identifier, facts in connection.execute(text("SELECT id, text FROM outbox")).all():
            assert facts == ""
            connection.execute(
                text("UPDATE outbox SET subject = 'Trajet', text = :text WHERE id = :id"),
                {"id": identifier, "text": f"Répondez : http://127.0.0.1/t/secret-{identifier} ou appelez."},
            )
        connection.commit()
    migrate(desk.store.engine)
    with desk.store.reading() as tx:
        for message in messages_of(tx):
            said = f"Répondez : http://127.0.0.1/t/secret-{message.id} ou appelez."
            assert desk.messages.text(tx, message, NOW) == ("Trajet", said)
            assert (
                desk.messages.text(tx, message.for_others(), NOW).text == "Répondez : http://127.0.0.1/t/… ou appelez."
            )


def test_a_reminder_that_is_due_at_night_goes_out_in_the_morning(desk, confirmed):
    midnight = datetime.combine(NOW.date(), time(0, 1), NOW.tzinfo)
    assert remind(desk, now=midnight) == 1
    for hour, minute, gone in ((0, 1, 0), (7, 59, 0), (8, 0, 2), (8, 1, 0)):
        now = midnight.replace(hour=hour, minute=minute)
        went = sent(desk, post_of(desk, Local()), now=now)
        assert [message.purpose for message in went].count("reminder") == gone, hour


def sent(desk, post, *, now):
    """What became of the messages of one round."""
    with desk.store.reading() as tx:
        before = {(message.id, message.state, message.tries) for message in messages_of(tx)}
    send_due(desk.store, post, now=now)
    with desk.store.reading() as tx:
        return [message for message in messages_of(tx) if (message.id, message.state, message.tries) not in before]


def reminded(desk, at):
    assert remind(desk, now=at) == 1
    with desk.store.reading() as tx:
        return {m.id for m in messages_of(tx) if m.purpose == "reminder"}


def test_nobody_is_reminded_of_a_ride_that_is_off_or_after_a_stop(desk, confirmed):
    driver, rider = confirmed
    reminders = reminded(desk, NOW.replace(hour=0, minute=1))
    with desk.store.writing() as tx:
        withdraw_consent(tx, rider, MESSAGE_CONSENT, now=NOW)
    went = sent(desk, post_of(desk, Local()), now=NOW.replace(hour=9))
    assert {m.person for m in went if m.id in reminders and m.state == "shown"} == {driver}


def test_a_reminder_of_a_cancelled_ride_does_not_go(desk, confirmed):
    reminders = reminded(desk, NOW.replace(hour=0, minute=1))
    with desk.store.reading() as tx:
        request = next(r.id for r in requests_of(tx, confirmed[1]))
    cancel_request(desk, request, now=NOW.replace(hour=7), who="desk")
    went = sent(desk, post_of(desk, Local()), now=NOW.replace(hour=9))
    assert {m.trouble for m in went if m.id in reminders} == {"overtaken"}
    assert any(m.purpose == "cancelled" and m.state == "shown" for m in went)


def test_a_reminder_of_the_evening_goes_at_once(desk, confirmed):
    evening = NOW.replace(hour=21)
    reminders = reminded(desk, evening)
    went = sent(desk, post_of(desk, Local()), now=evening)
    assert {message.id for message in went if message.state == "shown"} >= reminders


WRONG = [
    ("reminder", {}), ("unknown", {"ride": {}}), ("over", {"ride": None}), ("way", {}), ("way", {"written": ["x"]}),
    ("over", {"ride": {"day": "x", "rides": [], "wishes": []}, "searching": False}),
    ("proposal", {"secret": "S3CRET"}),
]  # fmt: skip


def test_a_message_that_cannot_be_put_into_words_stops_no_other(desk, people):
    for purpose, facts in (*WRONG, ("way", {"text": "Bonjour"})):
        person = people.person("rider", "Lherm")
        with desk.store.writing() as tx:
            queue_message(tx, person, purpose, facts, now=NOW)
    post = post_of(desk, SmsWebhook("http://127.0.0.1:9/sms", "s"))
    known = {purpose for purpose, _ in WRONG} - {"unknown"}
    wording = Wordings.join((known, desk.messages))
    went = sent(desk, replace(post, wording=wording), now=NOW)
    assert [m.state for m in went].count("failed") == len(WRONG)
    assert [(m.purpose, m.state) for m in went if m.state != "failed"] == [("way", "queued")]
    assert "S3CRET" not in str(went)
    with desk.store.reading() as tx:
        assert sorted(words_of(wording, tx, message, NOW).text for message in messages_of(tx))[-1] == "Bonjour"


def test_whatever_a_message_runs_into_the_others_go(desk, people):
    class Odd(Local):
        def send(self, identifier, contact, subject, text):
            if "0" in text:
                raise RuntimeError(text)

    for number in range(5):
        person = people.person("rider", "Lherm")
        with desk.store.writing() as tx:
            queue_message(tx, person, "way", {"text": f"Bonjour {number}"}, now=NOW)
    assert send_due(desk.store, post_of(desk, Odd()), now=NOW) == {
        "sent": 0, "shown": 4, "queued": 1, "to-call": 0, "failed": 0
    }  # fmt: skip


def test_a_reminder_that_comes_too_late_to_say_tomorrow_does_not_go(desk, confirmed):
    reminders = reminded(desk, NOW.replace(hour=0, minute=1))
    went = sent(desk, post_of(desk, Local()), now=NOW + timedelta(days=1))
    assert {m.trouble for m in went if m.id in reminders} == {"overtaken"}


def test_a_proposal_that_is_over_before_it_goes_does_not_go(desk, people):
    people.volunteer("Labastide-Marnhac")
    request = people.asks("Lherm", "Cahors")
    desk.propose_best(request.id, now=NOW, who="desk")
    cancel_request(desk, request.id, now=NOW, who="desk")
    went = sent(desk, post_of(desk, Local()), now=NOW)
    assert {m.state for m in went if m.purpose == "proposal"} == {"failed"}


def test_what_the_other_side_was_told_stays_with_the_structure_that_told_it(desk, people):
    driver = people.volunteer("Labastide-Marnhac").driver
    asked = people.asks("Lherm", "Cahors", structure="A")
    match = desk.propose_best(asked.id, now=NOW, who="desk")
    for person in (driver, asked.rider):
        answer_for(desk, match.id, person, yes=True, now=NOW, who="desk")
    erase(desk, driver, now=NOW, who="desk")
    for structure, seen in (("A", {asked.rider}), ("B", set())):
        with desk.store.within(Scope.of([structure])).reading() as tx:
            assert {message.person for message in messages_of(tx)} == seen


def test_what_was_never_put_into_words_does_not_go_after_a_way_back(desk, confirmed):
    with desk.store.engine.connect() as connection:
        command.downgrade(migration_config(connection), "0004")
        connection.commit()
    migrate(desk.store.engine)
    with desk.store.reading() as tx:
        assert due_messages(tx, NOW + timedelta(days=1)) == []

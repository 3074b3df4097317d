"""The sender: quiet hours, tries, the cap, calls to make; killed in the middle, it loses nothing and doubles once."""

import json
import multiprocessing
import os
import re
import signal
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from data.consents import give_consents, withdraw_consent
from data.holidays import public_holidays
from data.outbox import messages_of, queue_message, sms_sent
from data.ride_schema import metadata
from data.store import Store
from desks.outbox.carriers import REFUSED, NotTakenError
from desks.outbox.following import call_instead, follow, messages_to_say, not_reached, said, try_again
from desks.outbox.sending import LEASE, TRIES, send_due
from desks.rides.answers import answer, answer_for, cancel_request, read_proposal
from mobility.consent import CONTACT_CONSENT, MESSAGE_CONSENT, Consent
from mobility.errors import MobilityError
from mobility.messages import SMS, SmsCap
from mobility.territory import LocalHolidays
from tests.conftest import NOW
from tests.fixtures_rides import post_of
from webapp.opening import open_rides

LATER = LEASE + timedelta(minutes=1)


class Gateway:
    """An SMS provider in memory: keeps what it takes, refuses as often as it is told to."""

    channel = SMS

    def __init__(self, refusals=0, takes="") -> None:
        self.refusals, self.takes, self.got = refusals, takes, []
        self.turn = threading.Lock()

    def reaches(self, contact):
        return bool(contact.telephone)

    def send(self, identifier, contact, subject, text):
        with self.turn:
            if self.refusals and (not self.takes or self.takes not in text):
                self.refusals -= 1
                raise NotTakenError(REFUSED, "503")
            self.got.append((identifier, contact.telephone, text))


class Fatal(Gateway):
    """A provider that takes a message, and kills who gave it before they can write it down."""

    def __init__(self, file, *, takes=True) -> None:
        super().__init__()
        self.file, self.also = file, takes

    def send(self, identifier, contact, subject, text):
        if self.also:
            with self.file.open("a", encoding="utf-8") as kept:
                kept.write(json.dumps([identifier, text]) + "\n")
                kept.flush()
                os.fsync(kept.fileno())
        os.kill(os.getpid(), signal.SIGKILL)


def tell(desk, person, purpose="partner", *, now=NOW, text="Bonjour", **more):
    facts = {"text": text, "sender": "Léa", "partner": "Ailleurs"}
    with desk.store.writing() as tx:
        return queue_message(tx, person, purpose, facts, now=now, **more)


def states(desk):
    with desk.store.reading() as tx:
        return {message.id: (message.state, message.trouble) for message in messages_of(tx)}


def to_say(desk, now):
    with desk.store.reading() as tx:
        return messages_to_say(tx, desk.messages, now)


@pytest.mark.parametrize(
    ("start", "days"), [("2026-03-27", 4), ("2026-10-23", 4), ("2026-05-13", 4), ("2026-12-24", 4), ("2027-04-30", 4)]
)
def test_the_sender_never_sends_in_quiet_hours(desk, people, start, days):
    holidays = public_holidays(date(2026, 1, 1), date(2027, 12, 31), LocalHolidays())
    rider = people.person("rider", "Lherm")
    gateway, went, sent = Gateway(), [], 0
    now = datetime.fromisoformat(start).replace(tzinfo=UTC)
    for step in range(days * 24 * 2):
        if step % 3 == 0:
            tell(desk, rider, now=now)
        before = len(gateway.got)
        send_due(desk.store, post_of(desk, gateway), now=now)
        went += [now.astimezone(desk.zone)] * (len(gateway.got) - before)
        sent += len(gateway.got) - before
        now += timedelta(minutes=30)
    assert sent > 20
    for wall in went:
        assert 8 <= wall.hour < 20, wall
        assert wall.weekday() < 6, wall
        assert wall.date() not in holidays, wall


def test_a_necessary_message_that_is_refused_six_times_is_a_call_to_make(desk, people):
    rider = people.person("rider", "Lherm")
    message, way = tell(desk, rider), tell(desk, rider, "way")
    gateway, now = Gateway(refusals=2 * TRIES), NOW
    for _ in range(TRIES):
        send_due(desk.store, post_of(desk, gateway), now=now)
        now += timedelta(days=1)
    assert gateway.got == []
    assert states(desk) == {message: ("to-call", "refused 503"), way: ("failed", "refused 503")}
    (one,) = to_say(desk, now)
    assert (one.message.id, one.telephone, one.shown) == (message, "0600000001", "Nom 1")
    assert "Bonjour" in one.text


def test_a_necessary_message_whose_next_try_comes_too_late_is_called_at_once(desk, people):
    rider = people.person("rider", "Lherm")
    message = tell(desk, rider, before=NOW + timedelta(seconds=50))
    send_due(desk.store, post_of(desk, Gateway(refusals=1)), now=NOW)
    assert states(desk)[message] == ("to-call", "refused 503")
    assert [one.message.id for one in to_say(desk, NOW + timedelta(seconds=9))] == [message]
    # Once it has begun there is nothing to say any more.
    assert to_say(desk, NOW + timedelta(minutes=1)) == []


def test_what_waits_in_the_hour_that_comes_twice_waits_as_long_as_ever(desk, people):
    rider = people.person("rider", "Lherm")
    # Ten past two in winter time: an hour ago clocks showed the same.
    night = datetime(2026, 10, 25, 2, 10, fold=1, tzinfo=NOW.tzinfo)
    gateway = Gateway(refusals=1)
    tell(desk, rider, now=night, before=night + timedelta(hours=4))
    assert send_due(desk.store, post_of(desk, gateway), now=night)["queued"] == 1
    assert not any(send_due(desk.store, post_of(desk, gateway), now=night).values())

    class Beside(Gateway):
        def send(self, *told):
            # Another sender looks while this one waits for the provider.
            send_due(desk.store, post_of(desk, gateway), now=soon)
            super().send(*told)

    soon, beside = night.replace(minute=12), Beside()
    send_due(desk.store, post_of(desk, beside), now=soon)
    assert (len(beside.got), len(gateway.got)) == (1, 0)


def test_what_has_begun_is_not_told(desk, people):
    message = tell(desk, people.person("rider", "Lherm"), before=NOW)
    send_due(desk.store, post_of(desk, Gateway()), now=NOW)
    assert states(desk)[message] == ("failed", "too-late")


def test_a_cap_turns_what_is_necessary_into_calls_and_makes_the_rest_wait(desk, people):
    rider = people.person("rider", "Lherm")
    cap, gateway = SmsCap(per_day=3), Gateway()
    kept = [tell(desk, rider, now=NOW - timedelta(minutes=9 - number)) for number in range(5)]
    way = tell(desk, rider, "way")
    send_due(desk.store, post_of(desk, gateway, cap=cap), now=NOW)
    assert len(gateway.got) == 3
    assert [states(desk)[message] for message in kept[3:]] == [("to-call", "capped")] * 2
    assert states(desk)[way] == ("queued", "capped")
    with desk.store.reading() as tx:
        assert sms_sent(tx, NOW.date()) == (3, 3)
    send_due(desk.store, post_of(desk, gateway, cap=cap), now=NOW + timedelta(days=1))
    assert states(desk)[way] == ("sent", "")


def test_a_month_has_its_cap_too_and_a_new_month_is_free(desk, people):
    rider = people.person("rider", "Lherm")
    cap, gateway = SmsCap(per_day=2, per_month=3), Gateway()
    first = NOW.replace(month=12, day=29)
    for day in (first, first + timedelta(days=1), first + timedelta(days=2)):
        for _ in range(2):
            tell(desk, rider, now=day)
        send_due(desk.store, post_of(desk, gateway, cap=cap), now=day)
    assert len(gateway.got) == 3
    tell(desk, rider, now=first.replace(year=2027, month=1, day=2))
    send_due(desk.store, post_of(desk, gateway, cap=cap), now=first.replace(year=2027, month=1, day=2))
    assert len(gateway.got) == 4


def test_a_long_message_is_paid_by_its_parts_and_a_refused_one_not_at_all(desk, people):
    rider = people.person("rider", "Lherm")
    tell(desk, rider, "way", text="a" * 200)
    send_due(desk.store, post_of(desk, Gateway(refusals=1)), now=NOW)
    with desk.store.reading() as tx:
        assert sms_sent(tx, NOW.date()) == (0, 0)
    send_due(desk.store, post_of(desk, Gateway()), now=NOW + timedelta(minutes=2))
    with desk.store.reading() as tx:
        assert sms_sent(tx, NOW.date()) == (2, 2)


def test_senders_that_run_at_once_never_pass_the_cap(desk, people):
    rider = people.person("rider", "Lherm")
    for _ in range(12):
        tell(desk, rider)
    gateway, barrier = Gateway(), threading.Barrier(4)

    def go():
        barrier.wait()
        send_due(desk.store, post_of(desk, gateway, cap=SmsCap(per_day=5, per_month=9)), now=NOW)

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(gateway.got) == 5
    assert sorted(state for state, _ in states(desk).values()) == ["sent"] * 5 + ["to-call"] * 7


def killed_while_sending(installation, desk, gateway, now):
    """Send in a process of its own, which its provider kills."""

    def run():
        own = open_rides(installation.settings, installation.ground, Store(desk.store.url))
        send_due(own.store, post_of(own, gateway), now=now)

    process = multiprocessing.get_context("fork").Process(target=run, daemon=True)
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL


def test_a_sender_killed_before_it_writes_down_that_it_sent_doubles_once_and_loses_nothing(
    installation, desk, people, tmp_path
):
    message = tell(desk, people.person("rider", "Lherm"))
    fatal, gateway = Fatal(tmp_path / "got"), Gateway()
    killed_while_sending(installation, desk, fatal, NOW)
    assert states(desk)[message][0] == "claimed"
    # Nobody takes it from a sender that may still live.
    send_due(desk.store, post_of(desk, gateway), now=NOW + LEASE - timedelta(seconds=5))
    assert gateway.got == []
    send_due(desk.store, post_of(desk, gateway), now=NOW + LATER)
    copies = [json.loads(line)[0] for line in fatal.file.read_text().splitlines()]
    assert copies + [identifier for identifier, _, _ in gateway.got] == [message, message]
    assert states(desk)[message] == ("sent", "")
    send_due(desk.store, post_of(desk, gateway), now=NOW + 3 * LATER)
    assert len(gateway.got) == 1


def test_the_links_of_both_copies_open_until_they_are_over(installation, desk, people, tmp_path):
    rider = people.asks("Lherm", "Cahors")
    people.volunteer("Labastide-Marnhac")
    match = desk.propose_best(rider.id, now=NOW, who="desk", rider_agrees=True)
    fatal, gateway = Fatal(tmp_path / "got"), Gateway()
    killed_while_sending(installation, desk, fatal, NOW)
    send_due(desk.store, post_of(desk, gateway), now=NOW + LATER)
    message, *told = json.loads(fatal.file.read_text())
    told += [text for identifier, _, text in gateway.got if identifier == message]
    first, second = (re.search(r"/t/([\w-]+)", text)[1] for text in told)
    assert first != second
    over = datetime.combine(match.day + timedelta(days=2), datetime.min.time(), UTC)
    for secret in (first, second):
        assert read_proposal(desk, secret, now=over - timedelta(seconds=1)).match.id == match.id
        with pytest.raises(MobilityError, match="is over"):
            read_proposal(desk, secret, now=over)
    answer(desk, second, yes=True, now=NOW + LATER)
    assert read_proposal(desk, first, now=NOW + LATER).answer == "yes"


def test_a_message_whose_senders_die_twice_does_not_go_a_third_time(installation, desk, people, tmp_path):
    rider = people.person("rider", "Lherm")
    message = tell(desk, rider)
    fatal, gateway = Fatal(tmp_path / "got"), Gateway()
    killed_while_sending(installation, desk, fatal, NOW)
    killed_while_sending(installation, desk, fatal, NOW + LATER)
    send_due(desk.store, post_of(desk, gateway), now=NOW + 2 * LATER)
    assert gateway.got == []
    assert len(fatal.file.read_text().splitlines()) == 2
    assert states(desk)[message] == ("to-call", "uncertain")


def test_a_sender_killed_before_the_provider_has_it_loses_nothing(installation, desk, people, tmp_path):
    message = tell(desk, people.person("rider", "Lherm"), "way")
    killed_while_sending(installation, desk, Fatal(tmp_path / "got", takes=False), NOW)
    gateway = Gateway()
    send_due(desk.store, post_of(desk, gateway), now=NOW + LATER)
    assert [identifier for identifier, _, _ in gateway.got] == [message]


def test_a_sender_that_was_only_slow_does_not_undo_what_another_did(desk, people):
    message = tell(desk, people.person("rider", "Lherm"))

    class Slow(Gateway):
        def send(self, identifier, contact, subject, text):
            send_due(desk.store, post_of(desk, Gateway()), now=NOW + LATER)
            raise NotTakenError(REFUSED, "503")

    send_due(desk.store, post_of(desk, Slow()), now=NOW)
    assert states(desk)[message] == ("sent", "")


def test_who_takes_no_messages_is_called_for_what_they_must_know(desk, people):
    driver = people.volunteer("Labastide-Marnhac").driver
    rider = people.person("rider", "Lherm", consents=(CONTACT_CONSENT,))
    request = people.asks("Lherm", "Cahors", rider=rider)
    match = desk.propose_best(request.id, now=NOW, who="desk")
    assert [one.message.purpose for one in to_say(desk, NOW) if one.message.person == rider] == ["proposal"]
    answer_for(desk, match.id, rider, yes=True, now=NOW, who="desk")
    assert to_say(desk, NOW) == [], "who answered need not be called for an answer"
    answer_for(desk, match.id, driver, yes=True, now=NOW, who="desk")
    (one,) = to_say(desk, NOW)
    assert (one.message.purpose, one.telephone) == ("confirmed", "0600000002")
    with desk.store.writing() as tx:
        withdraw_consent(tx, driver, MESSAGE_CONSENT, now=NOW)
    cancel_request(desk, request.id, now=NOW, who="desk")
    assert [one.message.purpose for one in to_say(desk, NOW)] == ["cancelled"]


def test_what_an_agent_does_with_a_call_to_make(desk, people):
    rider = people.person("rider", "Lherm")
    message = tell(desk, rider)
    call_instead(desk.store, message, now=NOW, who="agent")
    assert send_due(desk.store, post_of(desk, Gateway()), now=NOW)["sent"] == 0
    not_reached(desk.store, message, now=NOW, who="agent")
    assert to_say(desk, NOW) == []
    later = NOW + timedelta(hours=1)
    assert [one.message.id for one in to_say(desk, later)] == [message]
    said(desk.store, message, now=later, who="agent")
    assert states(desk)[message][0] == "said"
    with pytest.raises(MobilityError) as told:
        said(desk.store, message, now=later, who="agent")
    assert told.value.code == "message-moved"
    with pytest.raises(MobilityError) as told:
        said(desk.store, "nothing", now=later, who="agent")
    assert told.value.code == "no-such-message"


@pytest.mark.parametrize(("purpose", "state"), [("way", "failed"), ("cancelled", "to-call")])
def test_a_consent_that_is_taken_back_stops_what_waits(desk, people, purpose, state):
    over, back = people.person("rider", "Lherm"), people.person("rider", "Lherm")
    with desk.store.writing() as tx:
        give_consents(tx, over, [Consent(MESSAGE_CONSENT, until=NOW.date())], now=NOW, by="test")
    waiting = [tell(desk, person, purpose) for person in (over, back)]
    with desk.store.writing() as tx:
        withdraw_consent(tx, back, MESSAGE_CONSENT, now=NOW)
    gateway = Gateway()
    send_due(desk.store, post_of(desk, gateway), now=NOW + timedelta(days=1))
    assert gateway.got == []
    assert states(desk) == dict.fromkeys(waiting, (state, "unwanted"))


def test_a_message_goes_where_its_sender_may_write(desk, people):
    rider = people.person("rider", "Lherm", consents=())
    with desk.store.writing() as tx:
        give_consents(tx, rider, [Consent(MESSAGE_CONSENT, "CCAS de Lherm")], now=NOW, by="test")
    own, other = (tell(desk, rider, "way", structure=one) for one in ("CCAS de Lherm", "Une autre"))
    send_due(desk.store, post_of(desk, Gateway()), now=NOW)
    assert states(desk) == {own: ("sent", ""), other: ("failed", "unwanted")}


def test_a_message_that_did_not_go_goes_once_the_address_is_right(desk, people):
    rider = people.person("rider", "Lherm")
    contacts = metadata.tables["contacts"]
    with desk.store.writing() as tx:
        tx.execute(update(contacts).where(contacts.c.person == rider).values(telephone="", mail="jean@"))
    message, gateway = tell(desk, rider), Gateway()
    send_due(desk.store, post_of(desk, gateway), now=NOW)
    assert states(desk)[message] == ("failed", "no-way")
    found = follow(desk.store, desk.messages, links=False, now=NOW, who="agent")
    assert [one.message.id for one in found.failed] == [message]
    with pytest.raises(MobilityError) as told:
        call_instead(desk.store, message, now=NOW, who="agent")
    assert told.value.code == "no-telephone"
    with desk.store.writing() as tx:
        tx.execute(update(contacts).where(contacts.c.person == rider).values(telephone="0600000009"))
    try_again(desk.store, message, now=NOW, who="agent")
    send_due(desk.store, post_of(desk, gateway), now=NOW)
    assert states(desk)[message] == ("sent", "")


def test_the_link_of_a_proposal_that_goes_again_still_opens_it(desk, people):
    people.volunteer("Labastide-Marnhac")
    desk.propose_best(people.asks("Lherm", "Cahors").id, now=NOW, who="desk")
    gateway = Gateway(refusals=2)
    send_due(desk.store, post_of(desk, gateway), now=NOW)
    with desk.store.reading() as tx:
        assert ["secret" in message.facts for message in messages_of(tx)] == [False, False]
    send_due(desk.store, post_of(desk, gateway), now=NOW + timedelta(minutes=2))
    assert len(gateway.got) == 2
    assert all("/t/" in text and "/t/…" not in text for _, _, text in gateway.got)

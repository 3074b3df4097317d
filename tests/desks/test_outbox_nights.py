"""Messages in the nights when clocks change: quiet hours, caps and waits count the minutes that truly pass."""

from datetime import UTC, datetime, timedelta

import pytest

from data.outbox import messages_of, queue_message, sms_sent
from desks.outbox.sending import send_messages
from mobility.clock import ZONE, later
from mobility.messages import SMS, SmsCap
from tests.fixtures_rides import post_of

SPRING, AUTUMN = datetime(2026, 3, 29, tzinfo=ZONE), datetime(2026, 10, 25, tzinfo=ZONE)
MISSING = datetime(2026, 3, 29, 2, 30, tzinfo=ZONE)
FIRST, AGAIN = (datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=ZONE) for fold in (0, 1))


class Taking:
    """An SMS provider that takes all it is given."""

    channel = SMS

    def __init__(self):
        self.got = []

    def reaches(self, contact):
        return bool(contact.telephone)

    def send(self, identifier, contact, subject, text):
        self.got.append(identifier)


def queued(desk, people, purpose, now, before=None):
    rider = people.person("rider", "Lherm")
    facts = {"text": "Bonjour", "sender": "Léa", "partner": "Ailleurs"}
    with desk.store.writing() as tx:
        return queue_message(tx, rider, purpose, facts, now=now, before=before)


def when_sent(desk, start, hours, cap=None):
    """Send what is due every half hour that truly passes; return when each message left."""
    taking, went = Taking(), {}
    for step in range(hours * 2):
        now = later(start, timedelta(minutes=30 * step))
        send_messages(desk.store, post_of(desk, taking, **({"cap": cap} if cap else {})), now=now)
        for identifier in taking.got:
            went.setdefault(identifier, now.astimezone(UTC))
    assert len(taking.got) == len(set(taking.got))
    return went


@pytest.mark.parametrize(("night", "hours"), [(SPRING, 23), (AUTUMN, 25)])
def test_a_cap_of_a_day_holds_for_as_many_hours_as_the_day_has(desk, people, night, hours):
    messages = [queued(desk, people, "way", night) for _ in range(2)]
    went = when_sent(desk, night, hours + 1, SmsCap(per_day=1))
    assert sorted(went[message] - night.astimezone(UTC) for message in messages) == [
        timedelta(),
        timedelta(hours=hours),
    ]
    with desk.store.reading() as tx:
        assert sms_sent(tx, night.date())[0] == sms_sent(tx, night.date() + timedelta(days=1))[0] == 1


@pytest.mark.parametrize("at", [MISSING, FIRST, AGAIN])
def test_what_someone_waits_for_leaves_at_the_hour_that_is_missing_or_comes_twice(desk, people, at):
    message = queued(desk, people, "way", at)
    start = later(at, -timedelta(hours=1))
    assert when_sent(desk, start, 3) == {message: at.astimezone(UTC)}


@pytest.mark.parametrize("at", [MISSING, FIRST, AGAIN])
def test_what_begins_then_is_told_before_and_never_after(desk, people, at):
    told = queued(desk, people, "partner", later(at, -timedelta(minutes=30)), before=at)
    late = queued(desk, people, "partner", at, before=at)
    went = when_sent(desk, later(at, -timedelta(hours=1)), 3)
    assert went == {told: at.astimezone(UTC) - timedelta(minutes=30)}
    with desk.store.reading() as tx:
        assert {message.id: message.trouble for message in messages_of(tx)}[late] == "too-late"


@pytest.mark.parametrize("night", [SPRING, AUTUMN])
def test_what_may_wait_does_so_until_clocks_show_eight_on_monday(desk, people, night):
    message = queued(desk, people, "partner", night)
    monday = (night + timedelta(days=1)).replace(hour=8)
    assert when_sent(desk, night, 36) == {message: monday.astimezone(UTC)}

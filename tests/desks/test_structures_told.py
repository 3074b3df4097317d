"""A structure is told at once that a driver is lost and nobody else can drive: in one mail, which names nobody."""

from datetime import timedelta

import pytest

from data.outbox import messages_of
from data.ride_matches import matches_of
from data.ride_records import set_request_state
from data.structures import declare_structure, find_structure
from desks.outbox.following import call_instead, follow
from desks.outbox.sending import OVERTAKEN, send_due
from desks.rides.answers import answer_for, cancel_match, expire
from mobility.errors import MobilityError
from mobility.messages import FAILED, SENT, TO_CALL
from mobility.rides import WAITING
from mobility.scope import COORDINATION, Structure
from tests.conftest import NOW
from tests.fixtures_rides import post_of

HOUSE = "Maison de Vaylats"


class Mailbox:
    """A mail server in memory."""

    channel = "mail"

    def __init__(self) -> None:
        self.got = []

    def reaches(self, contact):
        return bool(contact.mail)

    def send(self, identifier, contact, subject, text):
        self.got.append((contact.mail, subject, text))


@pytest.fixture
def promised(desk, people):
    """A request of a structure's that one volunteer, the only one, has promised to drive."""
    people.volunteer("Labastide-Marnhac")
    asked = people.asks("Lherm", "Cahors", structure=HOUSE)
    match = desk.propose_best(asked.id, now=NOW, who="agent", rider_agrees=True)
    answer_for(desk, match.id, match.rides[0].driver, yes=True, now=NOW, who="agent")
    return asked, match


def declare(desk, name=HOUSE, mail="accueil@example.org", telephone="0565000000"):
    with desk.store.writing() as tx:
        declare_structure(tx, Structure(name, mail, telephone))


def told(desk):
    with desk.store.reading() as tx:
        return [message for message in messages_of(tx) if message.to_structure]


def withdraw(desk, promised, *, now=NOW):
    _, match = promised
    cancel_match(desk, match.id, driver=match.rides[0].driver, now=now, who=match.rides[0].driver)


def sent(desk, *, now):
    box = Mailbox()
    send_due(desk.store, post_of(desk, box), now=now)
    return [mail for mail in box.got if mail[0] == "accueil@example.org"]


def test_it_is_told_in_one_mail_that_names_nobody_and_no_place(desk, promised):
    declare(desk)
    withdraw(desk, promised)
    ((_, subject, text),) = sent(desk, now=NOW)
    assert sent(desk, now=NOW + timedelta(hours=1)) == []
    assert (promised[0].id in text, "/bureau/demandes/" in text, "sans conducteur" in subject) == (True, True, True)
    for word in ("rider", "driver", "Nom", "06", "Lherm", "Cahors"):
        assert word not in subject + text.replace(promised[0].id, "")
    (message,) = told(desk)
    assert (message.state, message.channel, message.person, message.account) == (SENT, "mail", "", "")
    desk.leave_unmet(promised[0].id, now=NOW, who="agent", left=True)
    assert len(told(desk)) == 1


def test_it_waits_for_the_hours_of_messages(desk, promised):
    declare(desk)
    night = NOW.replace(hour=4)
    withdraw(desk, promised, now=night)
    assert sent(desk, now=night) == []
    assert len(sent(desk, now=NOW)) == 1


def test_silence_until_the_end_is_told_as_well(desk, people):
    declare(desk, COORDINATION)
    people.volunteer("Labastide-Marnhac")
    asked = people.asks("Lherm", "Cahors", at=17, day=NOW.date() + timedelta(days=3))
    match = desk.propose_best(asked.id, now=NOW, who="agent", rider_agrees=True)
    assert expire(desk, now=match.expires + timedelta(minutes=1)) == [asked.id]
    # What is no structure's own is told to those who coordinate, and every agent sees it among the messages.
    (message,) = told(desk)
    assert (message.to_structure, message.structure, message.facts["request"]) == (COORDINATION, "", asked.id)


@pytest.mark.parametrize("why", ["nothing declared", "telephone alone", "another drives"])
def test_it_is_told_nothing(desk, people, promised, why):
    if why == "another drives":
        declare(desk)
        people.volunteer("Lherm")
    elif why == "telephone alone":
        declare(desk, mail="")
    withdraw(desk, promised)
    assert told(desk) == []
    with desk.store.reading() as tx:
        assert len(matches_of(tx, promised[0].id)) == 1 + (why == "another drives")


@pytest.mark.parametrize("since", ["found again", "taken back"])
def test_what_holds_no_more_does_not_go(desk, promised, since):
    declare(desk)
    withdraw(desk, promised)
    with desk.store.writing() as tx:
        if since == "found again":
            set_request_state(tx, promised[0].id, WAITING)
        else:
            declare_structure(tx, Structure(HOUSE))
            assert find_structure(tx, HOUSE) == Structure(HOUSE)
    assert sent(desk, now=NOW) == []
    assert [(message.state, message.trouble) for message in told(desk)] == [(FAILED, OVERTAKEN)]


def test_the_desk_sees_it_by_the_name_of_its_reader_and_may_say_it(desk, promised):
    declare(desk)
    withdraw(desk, promised)
    found = follow(desk.store, desk.messages, links=False, now=NOW, who="agent")
    (row,) = [one for one in found.waiting if one.message.to_structure]
    assert (row.shown, promised[0].id in row.text) == (HOUSE, True)
    call_instead(desk.store, row.message.id, now=NOW, who="agent")
    found = follow(desk.store, desk.messages, links=False, now=NOW, who="agent")
    assert [(one.shown, one.telephone) for one in found.to_say if one.message.to_structure] == [(HOUSE, "0565000000")]
    declare(desk, telephone="")
    (message,) = told(desk)
    assert message.state == TO_CALL
    with pytest.raises(MobilityError):
        call_instead(desk.store, message.id, now=NOW, who="agent")

"""What two do at once is done once: whoever looks before they add waits for the one who is adding."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from data.account_schema import grants
from data.call_schema import calls
from data.consents import consents_of
from data.journal_schema import journal
from data.outbox_schema import outbox
from data.people import find_person
from data.plan_schema import import_shapes, jobs, notices
from data.plan_store import PlanStore
from data.ride_matches import add_link
from data.ride_schema import nicknames, persons, requests
from data.structures import declared_structures
from desks.accounts.opening import give_roles, open_account
from desks.accounts.structures import declare
from desks.imports import desk as lists
from desks.imports.reading import Reader
from desks.jobs import Jobs, Work
from desks.notices import Draft
from desks.people.file import agree
from desks.people.merging import merge, undo
from desks.rides.answers import answer_for, take_back
from desks.rides.people import ask_for_oneself, take_offer
from desks.rides.standard import carry_message, person_code
from desks.telephone.conversation import WAIT, Agreed, promise_call, recognise, send_way, take_request
from desks.telephone.inbound import take_call, take_sms
from mobility.accounts import ADMINISTRATOR, AGENT, Grant
from mobility.consent import MEMORY_CONSENT, MESSAGE_CONSENT, Consent
from mobility.people import DRIVER, RIDER, Contact, Newcomer, Person
from mobility.rides import VOLUNTEER, WAITING, RideOffer, RideRequest
from mobility.scope import COORDINATION, Structure
from tests.at_once import at_once
from tests.conftest import NOW
from tests.fixtures_rides import TOMORROW, place, places_of
from webapp.words.rides import alias_words

LIST = "Nom;Téléphone;Commune;De (heure);Jusqu'à;Jours;Nb places;RGPD\n" + "".join(
    f"Bénévole {number};063910{number:04};Lherm;08:00;12:00;lundi;3;oui\n" for number in range(4)
)


def count(desk, table):
    with desk.store.reading() as tx:
        return tx.execute(select(func.count()).select_from(table)).scalar()


def newcomer(kind=RIDER, name="Une habitante"):
    return Newcomer(Person("", kind, "Passagère de Lherm", "46171"), Contact(name, "0639100011"))


def asked(desk, rider=""):
    return RideRequest("", rider, TOMORROW, place(desk.ground, "Lherm"), place(desk.ground, "Cahors"), 36000)


@pytest.fixture
def reader(desk, tmp_path):
    return Reader(desk, places_of(desk), PlanStore(tmp_path / "plans"), NOW, "agent", pytest.fail, alias_words)


def take(reader, waiting):
    return lists.take(reader, lists.look_at(reader, lists.find(reader, waiting)))


def test_one_list_sent_as_two_files_brings_everyone_once(desk, reader):
    files = [lists.receive(reader, "drivers", "liste.csv", LIST.encode()) for _ in range(2)]
    looks = [lists.look_at(reader, lists.find(reader, file)) for file in files]
    reports = at_once(desk.store, *(lambda look=look: lists.take(reader, look) for look in looks))
    assert [(report.taken, report.doubles) for report in reports] == [(4, 0), (0, 4)]
    assert (count(desk, persons), count(desk, import_shapes)) == (4, 1)


def test_a_waiting_file_is_taken_once(desk, reader):
    file = lists.receive(reader, "drivers", "liste.csv", LIST.encode())
    looks = [lists.look_at(reader, lists.find(reader, file)) for _ in range(2)]
    ends = at_once(desk.store, *(lambda look=look: lists.take(reader, look) for look in looks))
    assert (ends[0].taken, ends[1]) == (4, "no-such-file")


def test_a_request_sent_twice_is_one_person_and_one_request(desk):
    ends = at_once(desk.store, *(lambda: ask_for_oneself(desk, asked(desk), newcomer(), now=NOW),) * 2)
    assert ends == [None, "double-request"]
    assert (count(desk, persons), count(desk, requests)) == (1, 1)


def test_an_offer_sent_twice_is_one_drivers(desk):
    home = place(desk.ground, "Lherm")
    draft = RideOffer("", "", VOLUNTEER, home, home, 28800, 64800, frozenset({1, 2}))
    at_once(desk.store, *(lambda: take_offer(desk, draft, newcomer(DRIVER), now=NOW, who="agent"),) * 2)
    assert count(desk, persons) == 1


@pytest.mark.parametrize("chosen", ["", "new"])
def test_a_call_noted_twice_is_one_caller_and_one_request(desk, chosen):
    caller = recognise(desk, "0639100011", now=NOW, who="agent", chosen=chosen)
    agreed = Agreed(WAIT, newcomer())
    ends = at_once(
        desk.store, *(lambda: take_request(desk, caller, asked(desk), agreed, call="", now=NOW, who="agent"),) * 2
    )
    assert (ends[0].state, ends[1]) == (WAITING, "double-request")
    assert (count(desk, persons), count(desk, requests)) == (1, 1)


def test_a_request_of_someone_known_is_taken_down_once(desk, people):
    rider = people.person(RIDER, "Lherm")
    ends = at_once(desk.store, *(lambda: desk.ask(asked(desk, rider), now=NOW, who="agent"),) * 2)
    assert (ends[1], count(desk, requests)) == ("double-request", 1)


def test_what_is_agreed_to_twice_is_agreed_to_once(desk, people):
    rider = people.person(RIDER, "Lherm", consents=())
    at_once(desk.store, *(lambda: agree(desk.store, rider, Consent(MEMORY_CONSENT), now=NOW, who="agent"),) * 2)
    with desk.store.reading() as tx:
        assert len([one for one in consents_of(tx, rider) if not one.withdrawn]) == 1


def test_two_files_that_become_one_either_way_become_one_once(desk, people):
    one, other = (people.person(RIDER, "Lherm") for _ in range(2))
    ends = at_once(
        desk.store, lambda: merge(desk.store, one, other, now=NOW, who="agent"),
        lambda: merge(desk.store, other, one, now=NOW, who="agent"),
    )  # fmt: skip
    assert ends[1] == "no-such-person"
    ends = at_once(desk.store, *(lambda: undo(desk.store, one, ends[0], now=NOW, who="agent"),) * 2)
    assert ends == [other, "no-such-merge"]


def test_a_notice_published_twice_stands_once(desk, installation):
    board = replace(installation.notices, store=lambda: desk.store)
    draft = Draft("Route barrée", "Le bus passe par le bourg.", "calm", (), TOMORROW)
    ends = at_once(desk.store, *(lambda: board.write(draft, now=NOW, who="agent"),) * 2)
    assert ends[0].id == ends[1].id
    assert count(desk, notices) == 1


def test_a_call_told_twice_waits_once(desk):
    at_once(desk.store, *(lambda: take_call(desk, None, "0639100011", now=NOW),) * 2)
    at_once(desk.store, *(lambda: take_call(desk, "call-1", "0639100012", now=NOW),) * 2)
    assert count(desk, calls) == 2
    ends = at_once(desk.store, *(lambda: take_sms(desk, "sms-1", "0639100013", "Bonjour", now=NOW),) * 2)
    assert ends == ["other", "known"]


def test_a_call_back_promised_twice_waits_once(desk, people):
    caller = recognise(desk, "0639100011", now=NOW, who="agent")
    ends = at_once(desk.store, *(lambda: promise_call(desk, caller, "un bus", now=NOW, who="agent"),) * 2)
    assert ends[0] == ends[1] == promise_call(desk, caller, "un bus", now=NOW + timedelta(hours=5), who="agent")
    assert count(desk, calls) == 1
    promise_call(desk, caller, "une carte", now=NOW, who="agent")
    assert count(desk, calls) == 2


def test_a_message_sent_twice_goes_once(desk, people):
    person = people.person(RIDER, "Lherm", consents=(MESSAGE_CONSENT,))
    with desk.store.reading() as tx:
        known = find_person(tx, person)
    at_once(desk.store, *(lambda: send_way(desk, known, "Le bus de 9 h", now=NOW, who="agent"),) * 2)
    code = person_code(person)
    at_once(desk.store, *(lambda: carry_message(desk, code, "Léa", "Bonjour", now=NOW, who="Ailleurs"),) * 2)
    assert count(desk, outbox) == 2
    send_way(desk, known, "Le bus de 9 h", now=NOW + timedelta(hours=1), who="agent")
    assert count(desk, outbox) == 3


@pytest.mark.parametrize("yes", [True, False])
def test_an_answer_given_twice_is_one(desk, people, yes):
    driver = people.volunteer("Labastide-Marnhac").driver
    match = desk.propose_best(people.asks("Lherm", "Cahors").id, now=NOW, who="agent")
    ends = at_once(desk.store, *(lambda: answer_for(desk, match.id, driver, yes=yes, now=NOW, who=driver),) * 2)
    assert ends == [None, None]
    with desk.store.reading() as tx:
        acts = tx.execute(select(journal.c.act).where(journal.c.about == match.id)).scalars().all()
    assert acts.count("said-yes" if yes else "said-no") == 1


def test_a_yes_taken_back_twice_is_taken_back_once(desk, people):
    driver = people.volunteer("Labastide-Marnhac").driver
    match = desk.propose_best(people.asks("Lherm", "Cahors").id, now=NOW, who="agent", rider_agrees=True)
    answer_for(desk, match.id, driver, yes=True, now=NOW, who=driver)
    with desk.store.writing() as tx:
        secret = add_link(tx, match, driver)
    ends = at_once(desk.store, *(lambda: take_back(desk, secret, now=NOW),) * 2)
    assert [end.match.state for end in ends] == ["cancelled", "cancelled"]
    with desk.store.reading() as tx:
        acts = tx.execute(select(journal.c.act).where(journal.c.about == match.id)).scalars().all()
    assert acts.count("cancelled") == 1


def test_what_stands_in_place_of_what_was_there_stands_once(desk, installation):
    home, own = place(desk.ground, "Lherm"), places_of(desk)
    assert at_once(desk.store, *(lambda: own.name(home, "Chez nous", now=NOW, who="agent"),) * 2) == [None, None]
    stated = Structure(COORDINATION, "accueil@example.org")
    ends = at_once(desk.store, *(lambda: declare(desk.store, stated, "cahors", now=NOW, who="agent"),) * 2)
    assert ends == [None, None]
    account = open_account(
        desk.store, "a@example.org", "Une agente", [Grant(ADMINISTRATOR, "", "cahors")], now=NOW, who="test"
    ).account.id
    given = [Grant(ADMINISTRATOR, "", "cahors"), Grant(AGENT, "", "cahors")]
    ends = at_once(desk.store, *(lambda: give_roles(desk.store, account, given, "cahors", now=NOW, who="test"),) * 2)
    assert ends == [None, None]
    assert [count(desk, table) for table in (nicknames, grants)] == [1, 2]
    with desk.store.reading() as tx:
        assert declared_structures(tx) == [stated]


class Untouched(Jobs):
    """Work that is written down, and not begun."""

    def _queue(self, *_):
        pass


def test_the_same_work_is_queued_once(desk):
    own = Untouched(lambda: desk.store, {"work": Work(lambda *_: None)}, lambda: NOW)
    at_once(desk.store, *(lambda: own.start("work", {"of": "two"}),) * 2)
    assert count(desk, jobs) == 1

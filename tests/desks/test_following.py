"""What a desk follows of its messages stays whole, however many old ones are kept."""

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import delete, insert, update

from data.accounts import add_account
from data.outbox import find_message, messages_in
from data.outbox_schema import outbox
from data.ride_schema import matches
from data.structures import declare_structure
from desks.accounts import messages as account_messages
from desks.outbox.carriers import Local
from desks.outbox.due import messages_due
from desks.outbox.following import ON_A_PAGE, follow
from desks.outbox.sending import NO_WAY, NO_WORDS, OVERTAKEN, TOO_LATE, send_due
from desks.outbox.wording import Wordings
from desks.settings import Settings
from mobility.accounts import AGENT
from mobility.messages import CLAIMED, FAILED, PURPOSES, QUEUED, SENT, SHOWN, TO_CALL
from mobility.people import RIDER
from mobility.rides import CONFIRMED, PROPOSED
from mobility.scope import EVERYTHING, Structure
from tests.conftest import NOW
from tests.fixtures_rides import post_of
from webapp.opening import join_wording

MANY = 230
AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Who:
    roles: frozenset = frozenset({AGENT})
    scope = EVERYTHING


@pytest.fixture
def rider(people):
    return people.person(RIDER, "Lherm")


def kept(desk, rider, name, *, count=1, **more):
    told = {
        "person": rider, "match": "", "purpose": "partner", "state": TO_CALL, "due": NOW - AN_HOUR, "tries": 0,
        "facts": {"text": "Bonjour", "sender": "Un conducteur", "partner": "Ailleurs", "others": [rider]},
        "created": NOW - AN_HOUR, "before": None, "trouble": "",
    }  # fmt: skip
    with desk.store.writing() as tx:
        tx.execute(insert(outbox), [told | more | {"id": f"{name}{number}"} for number in range(count)])


def followed(desk, page=1):
    return follow(desk.store, desk.messages, links=False, now=NOW, who="agent", page=page)


def due(desk):
    return [(one.what, one.about or one.facts["count"]) for one in messages_due(desk.store, desk.messages, NOW, Who())]


def test_a_call_to_make_is_told_however_many_come_too_late(desk, rider):
    kept(desk, rider, "old", count=MANY, before=NOW - AN_HOUR, due=NOW - 9 * AN_HOUR)
    kept(desk, rider, "fresh", before=NOW + AN_HOUR)
    assert [one.message.id for one in followed(desk).to_say] == ["fresh0"]
    assert due(desk) == [("say", "fresh0")]


def test_what_did_not_go_is_told_however_much_was_overtaken(desk, rider):
    kept(desk, rider, "old", count=MANY, state=FAILED, trouble=OVERTAKEN, due=NOW - 9 * AN_HOUR)
    kept(desk, rider, "fresh", state=FAILED, trouble="bad-address")
    found = followed(desk)
    assert ([one.message.id for one in found.failed], found.failures) == (["fresh0"], 1)
    assert due(desk) == [("failed", 1)]


def test_what_has_begun_is_nothing_to_do_any_more(desk, rider):
    kept(desk, rider, "late", state=FAILED, trouble=TOO_LATE, before=NOW - AN_HOUR)
    assert due(desk) == []
    assert [one.message.id for one in followed(desk).failed] == ["late0"]


def test_what_went_is_told_however_much_waits(desk, rider):
    kept(desk, rider, "went", state=SENT, created=NOW - 2 * AN_HOUR)
    kept(desk, rider, "waits", state=QUEUED, count=MANY, due=NOW + AN_HOUR)
    found = followed(desk)
    assert [one.message.id for one in found.gone] == ["went0"]
    assert (len(found.waiting), found.waits, found.pages) == (ON_A_PAGE, MANY, 4)
    assert [len(followed(desk, page).waiting) for page in (4, 5)] == [MANY - 3 * ON_A_PAGE, 0]


def test_what_did_not_go_is_told_page_by_page_the_last_first(desk, rider):
    for number in range(ON_A_PAGE + 1):
        kept(desk, rider, f"failed{number}-", state=FAILED, trouble="refused", due=NOW - number * AN_HOUR)
    first, second = (followed(desk, page).failed for page in (1, 2))
    assert (len(first), first[0].message.id) == (ON_A_PAGE, "failed0-0")
    assert [one.message.id for one in second] == [f"failed{ON_A_PAGE}-0"]


def test_a_call_that_nobody_made_in_time_is_given_up_with_its_reason(desk, rider):
    kept(desk, rider, "late", before=NOW - AN_HOUR)
    kept(desk, rider, "over", before=NOW - AN_HOUR, purpose="confirmed", match="gone")
    kept(desk, rider, "odd", before=NOW - AN_HOUR, purpose="unknown")
    kept(desk, rider, "open", before=NOW + AN_HOUR)
    kept(desk, rider, "always")
    post = replace(post_of(desk), wording=Wordings.join((("partner", "confirmed"), desk.messages)))
    assert send_due(desk.store, post, now=NOW)["failed"] == 3
    assert send_due(desk.store, post, now=NOW)["failed"] == 0
    with desk.store.reading() as tx:
        found = {name: find_message(tx, f"{name}0") for name in ("late", "over", "odd", "open", "always")}
    assert {name: (one.state, one.trouble) for name, one in found.items()} == {
        "late": (FAILED, TOO_LATE), "over": (FAILED, OVERTAKEN), "odd": (FAILED, "no-words"),
        "open": (TO_CALL, ""), "always": (TO_CALL, ""),
    }  # fmt: skip
    assert found["late"].settled == NOW
    assert "others" not in found["late"].facts, "whose numbers it told is kept no longer"


ODD_FACTS = (
    [], "Bonjour", 5, None, {}, {"ride": 5}, {"ride": {"day": 1, "rides": [], "wishes": []}}, {"written": 5},
    {"text": {}, "sender": "Léa", "partner": "Ailleurs"}, {"text": "Bonjour", "sender": "Léa", "partner": ["Ailleurs"]},
    {"request": {}, "day": "2026-12-01"}, {"to": 5, "secret": 5, "others": [{}], "ride": []},
)  # fmt: skip


@pytest.mark.prove
def test_facts_that_cannot_be_read_are_the_trouble_of_their_message_alone(desk, people, tmp_path):
    wording, offer = join_wording(Settings("cahors", tmp_path), desk), people.volunteer("Lherm")
    asked = people.asks("Lherm", "Cahors", 10)
    match = desk.propose_best(asked.id, now=NOW, who="test", rider_agrees=True).id
    with desk.store.writing() as tx:
        account = add_account(tx, "agent@exemple.fr", "Une agente", (), now=NOW).id
        declare_structure(tx, Structure("CCAS", "ccas@exemple.fr"))
    readers = {purpose: {"person": None, "account": account} for purpose in account_messages.PURPOSES}
    readers["alone"] = {"person": None, "to_structure": "CCAS"}
    for state, purposes in ((PROPOSED, ["proposal"]), (CONFIRMED, {*PURPOSES, "unknown"} - {"proposal"})):
        with desk.store.writing() as tx:
            tx.execute(delete(outbox))
            tx.execute(update(matches).values(state=state))
        for purpose, (number, facts) in product(purposes, enumerate(ODD_FACTS)):
            to = readers.get(purpose, {"match": match})
            kept(desk, offer.driver, f"{purpose}{number}-", state=QUEUED, purpose=purpose, facts=facts, **to)
        kept(desk, offer.driver, "good", state=QUEUED)
        assert follow(desk.store, wording, links=False, now=NOW, who="agent").waits
        post = replace(post_of(desk, Local()), wording=wording)
        while send_due(desk.store, post, now=NOW)[FAILED]:
            pass
        with desk.store.reading() as tx:
            assert find_message(tx, "good0").state == SHOWN
            assert {message.trouble for message in messages_in(tx, QUEUED, CLAIMED, FAILED)} <= {NO_WORDS, NO_WAY}
            assert len(messages_in(tx, FAILED)) > len(ODD_FACTS) - 2
            assert not messages_in(tx, QUEUED, CLAIMED)

"""The life of rides on SQLite and PostgreSQL: asked, proposed, answered, expired, cancelled, remembered, forgotten."""

import re
import threading
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import partial

import pytest
from sqlalchemy import inspect, select

from data.consents import consented, give_consents
from data.journal import journal_of
from data.outbox import messages_of
from data.people import all_persons
from data.personal import export_person
from data.purging import purge
from data.register import holds
from data.ride_matches import add_link, find_match, matches_of, matches_on
from data.ride_records import find_request, withdraw_offer
from data.ride_report import yearly_figures
from data.ride_schema import metadata
from data.schema import all_tables
from data.store import Store
from data.unmet_needs import unmet_between
from desks.rides.answers import (
    answer,
    cancel_match,
    cancel_request,
    close_days,
    expire,
    read_proposal,
    remind,
    take_back,
    withdraw_consent,
)
from desks.rides.batch import propose_batch, run_batch
from desks.rides.desk import RideDesk
from desks.rides.people import erase
from mobility.consent import Consent
from mobility.errors import MobilityError, UnavailableError
from mobility.rides import WHEELCHAIR
from tests.conftest import NOW
from tests.fixtures_rides import TOMORROW


def links(desk: RideDesk, match) -> dict[str, str]:
    """A fresh private link for every side of a match."""
    with desk.store.writing() as tx:
        sides = [find_request(tx, match.request).rider, *{ride.driver for ride in match.rides}]
        return {person: add_link(tx, match, person) for person in sides}


def agree(desk: RideDesk, match) -> None:
    for secret in links(desk, match).values():
        answer(desk, secret, yes=True, now=NOW)


def state_of(desk: RideDesk, request: str) -> str:
    with desk.store.reading() as tx:
        return find_request(tx, request).state


def sent(desk: RideDesk, purpose: str) -> list[str]:
    with desk.store.reading() as tx:
        return [
            desk.messages.text(tx, message, NOW).text.replace("\xa0", " ")
            for message in messages_of(tx)
            if message.purpose == purpose
        ]


def test_the_tables_are_those_of_the_code(desk):
    assert set(inspect(desk.store.engine).get_table_names()) == {*metadata.tables, "alembic_version"}
    Store(desk.store.url).close()


def test_the_migrations_lead_to_the_tables_of_the_code(database):
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    store = Store(database)
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    store.close()


def test_an_offer_that_takes_the_place_of_another_at_the_same_instant_is_seen(desk, people):
    former = people.volunteer("Labastide-Marnhac")
    request = people.asks("Lherm", "Cahors", 10)
    assert [ride.offer for option in desk.options(request.id, now=NOW)[0] for ride in option.rides] == [former.id]
    with desk.store.writing() as tx:
        withdraw_offer(tx, former.id)
    newer = people.volunteer("Pradines")
    assert [ride.offer for option in desk.options(request.id, now=NOW)[0] for ride in option.rides] == [newer.id]


def test_a_writer_that_never_ends_is_told_to_the_next(desk, monkeypatch):
    monkeypatch.setattr("data.store.BUSY", 0.05)
    if desk.store.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL has many writers at once")
    told = []

    def write_too() -> None:
        with pytest.raises(UnavailableError) as refused, desk.store.writing():
            pass
        told.append(refused.value.code)

    with desk.store.writing():
        other = threading.Thread(target=write_too)
        other.start()
        other.join()
    assert told == ["database-trouble"]
    with desk.store.writing():
        pass


def test_a_request_is_answered_proposed_and_confirmed(desk, people):
    offer = people.volunteer("Labastide-Marnhac")
    request = people.asks("Lherm", "Cahors", 10, 11.5)
    options, _ = desk.options(request.id, now=NOW)
    assert [ride.offer for ride in options[0].rides] == [offer.id, offer.id]
    assert 9.25 * 3600 <= options[0].rides[0].dropoff <= 10 * 3600
    match = desk.propose_best(request.id, now=NOW, who="desk")
    assert state_of(desk, request.id) == "proposed"
    assert len(sent(desk, "proposal")) == 2
    assert match.participation == pytest.approx(sum(r.share for r in match.rides) / 1000 * 0.32, abs=0.01)
    secrets = links(desk, match)
    answer(desk, secrets.pop(request.rider), yes=True, now=NOW)
    assert state_of(desk, request.id) == "proposed"
    (secret,) = secrets.values()
    told = answer(desk, secret, yes=True, now=NOW)
    assert told.match.state == "confirmed"
    assert answer(desk, secret, yes=True, now=NOW).match.state == "confirmed"
    assert len(sent(desk, "confirmed")) == 2
    assert all("06 00 00 00" in text for text in sent(desk, "confirmed"))


def test_numbers_are_given_only_by_consent(desk, people):
    people.volunteer("Labastide-Marnhac", person=people.person("driver", "Labastide-Marnhac", consents=["messages"]))
    request = people.asks("Lherm", "Cahors", rider=people.person("rider", "Lherm", consents=["messages", "contact"]))
    agree(desk, desk.propose_best(request.id, now=NOW, who="desk"))
    to_driver, to_rider = sorted(sent(desk, "confirmed"), key=lambda text: "06 00 00 00" not in text)
    assert "06 00 00 00 02" in to_driver
    assert "06 00 00 00" not in to_rider


def test_a_no_falls_to_the_next_best_and_then_to_an_unmet_need(desk, people):
    near, far = people.volunteer("Labastide-Marnhac"), people.volunteer("Mercuès")
    request = people.asks("Labastide-Marnhac", "Cahors")
    match = desk.propose_best(request.id, now=NOW, who="desk")
    assert match.rides[0].offer == near.id
    answer(desk, links(desk, match)[near.driver], yes=False, now=NOW + timedelta(minutes=1))
    with desk.store.reading() as tx:
        second, first = matches_of(tx, request.id)
    assert (first.state, second.state) == ("refused", "proposed")
    assert second.rides[0].offer == far.id
    answer(desk, links(desk, second)[far.driver], yes=False, now=NOW)
    assert state_of(desk, request.id) == "unmet"
    with desk.store.reading() as tx:
        (need,) = unmet_between(tx, TOMORROW, TOMORROW)
    assert (need.reason, need.destination) == ("refused", "46042")


def test_silence_expires_and_falls_to_the_next_best(desk, people):
    near, far = people.volunteer("Labastide-Marnhac"), people.volunteer("Mercuès")
    request = people.asks("Labastide-Marnhac", "Cahors", 17, day=TOMORROW + timedelta(days=3))
    match = desk.propose_best(request.id, now=NOW, who="desk")
    later = match.expires + timedelta(minutes=1)
    assert match.expires == NOW + timedelta(hours=24)
    assert expire(desk, now=NOW) == []
    assert expire(desk, now=later) == [request.id]
    with desk.store.reading() as tx:
        second, first = matches_of(tx, request.id)
    assert first.state == "expired"
    assert {second.rides[0].offer} == {far.id} != {near.id}
    with pytest.raises(MobilityError) as error:
        answer(desk, links(desk, match)[near.driver], yes=True, now=later)
    assert error.value.code == "proposal-over"


def test_a_cancelled_ride_frees_its_seat_and_finds_another(desk, people):
    near, far = people.volunteer("Labastide-Marnhac", seats=1), people.volunteer("Mercuès", seats=1)
    request = people.asks("Labastide-Marnhac", "Cahors")
    match = desk.propose_best(request.id, now=NOW, who="desk")
    agree(desk, match)
    cancel_match(desk, match.id, driver=near.driver, now=NOW, who="desk")
    with desk.store.reading() as tx:
        assert [m.rides[0].offer for m in matches_on(tx, [TOMORROW])] == [far.id]
    cancel_request(desk, request.id, now=NOW, who="desk")
    assert state_of(desk, request.id) == "cancelled"
    again = people.asks("Labastide-Marnhac", "Cahors")
    assert desk.propose_best(again.id, now=NOW, who="desk").rides[0].offer == near.id


def test_the_batch_groups_explains_and_proposes(desk, people):
    people.volunteer("Labastide-Marnhac", seats=2)
    served = [people.asks("Lherm", "Cahors", 10, 11.5), people.asks("Labastide-Marnhac", "Cahors", 10, 11.5)]
    left = people.asks("Lalbenque", "Cahors", 10, wishes=frozenset({"wheelchair"}))
    stages = []
    result = run_batch(desk, [TOMORROW], now=NOW, progress=lambda stage, share: stages.append(share))
    assert stages == sorted(stages)
    assert {option.request.id for option in result.options} == {request.id for request in served}
    assert [(why.request, why.reason) for why in result.unserved] == [(left.id, "abilities")]
    made, lost = propose_batch(desk, result, now=NOW, who="desk")
    assert (len(made), lost) == (2, [])
    # What was promised is in the next batch, and is not proposed again.
    for match in made:
        agree(desk, match)
    again = run_batch(desk, [TOMORROW], now=NOW)
    assert again.options == ()
    assert len(again.packing.routes) == 1


def test_a_batch_that_comes_too_late_takes_no_seat_twice(desk, people):
    people.volunteer("Lherm", seats=1, opens=8.5, closes=10.5)
    first, second = people.asks("Lherm", "Cahors"), people.asks("Lherm", "Cahors")
    result = run_batch(desk, [TOMORROW], now=NOW)
    (planned,) = result.options
    other = second if planned.request.id == first.id else first
    desk.propose_best(other.id, now=NOW, who="desk")
    made, lost = propose_batch(desk, result, now=NOW, who="desk")
    assert (made, lost) == ([], [planned.request.id])


def test_many_hands_never_hold_one_seat_twice(desk, people):
    people.volunteer("Labastide-Marnhac", seats=1, opens=9, closes=10.2)
    requests = [people.asks("Labastide-Marnhac", "Cahors") for _ in range(12)]
    states = [desk.options(request.id, now=NOW) for request in requests]
    barrier, won, lost = threading.Barrier(12), [], []

    def take(request, options, state):
        barrier.wait()
        try:
            with desk.store.writing() as tx:
                won.append(desk.hold(tx, state, options[0], now=NOW, who="desk"))
        except MobilityError as error:
            lost.append(error.code)

    threads = [threading.Thread(target=take, args=(r, *s)) for r, s in zip(requests, states, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert lost == ["seat-taken"] * 11
    with desk.store.reading() as tx:
        assert [match.id for match in matches_on(tx, [TOMORROW])] == [won[0].id]


def test_many_yes_at_once_confirm_once(desk, people):
    people.volunteer("Labastide-Marnhac")
    match = desk.propose_best(people.asks("Lherm", "Cahors").id, now=NOW, who="desk")
    secrets = list(links(desk, match).values()) * 8
    barrier = threading.Barrier(len(secrets))
    states = []

    def say_yes(secret):
        barrier.wait()
        states.append(answer(desk, secret, yes=True, now=NOW).match.state)

    threads = [threading.Thread(target=say_yes, args=(secret,)) for secret in secrets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "confirmed" in states
    assert len(states) == len(secrets)
    assert len(sent(desk, "confirmed")) == 2


def test_the_law_is_checked_on_what_is_written(desk, people):
    people.volunteer("Cahors")
    request = people.asks("Cahors", "Lalbenque", rider=people.person("rider", "Cahors"))
    # Living in Cahors is not enough, and no proof was seen.
    assert desk.options(request.id, now=NOW)[0] == []
    assert desk.why_not(request.id, now=NOW).reason == "not-eligible"
    shown = people.asks("Cahors", "Lalbenque", rider=people.person("rider", "Cahors"), criterion="social-minimum",
                        proof="attestation CAF")  # fmt: skip
    options, state = desk.options(shown.id, now=NOW)
    with pytest.raises(MobilityError) as error, desk.store.writing() as tx:
        desk.hold(tx, state, replace(options[0], participation=99.0), now=NOW, who="desk")
    assert error.value.code == "against-the-law"


def test_a_double_entry_is_caught(desk, people):
    first = people.asks("Lherm", "Cahors")
    with pytest.raises(MobilityError) as error:
        people.asks("Lherm", "Cahors", 11, rider=first.rider)
    assert error.value.code == "double-request"
    with pytest.raises(MobilityError) as error:
        people.asks("Lherm", "Cahors", day=NOW.date() - timedelta(days=1))
    assert error.value.code == "day-over"


def test_a_request_that_comes_back_every_week(desk, people):
    first = replace(people.asks("Lherm", "Cahors"), id="", day=TOMORROW + timedelta(days=1))
    with desk.store.writing() as tx:
        made = desk.take_down_weekly(tx, first, TOMORROW + timedelta(days=22), every=1, now=NOW, who="desk")
    assert [request.day - TOMORROW for request in made] == [timedelta(days=d) for d in (1, 8, 15, 22)]
    assert len({request.series for request in made}) == 1


def test_reminders_go_out_once_the_day_before(desk, people):
    people.volunteer("Labastide-Marnhac")
    agree(desk, desk.propose_best(people.asks("Lherm", "Cahors").id, now=NOW, who="desk"))
    assert remind(desk, now=NOW - timedelta(days=1)) == 0
    assert remind(desk, now=NOW) == 1
    assert remind(desk, now=NOW) == 0
    assert len(sent(desk, "reminder")) == 2
    assert close_days(desk, now=NOW) == 0
    assert close_days(desk, now=NOW + timedelta(days=2)) == 1


def test_volunteers_take_turns(desk, people):
    tired, fresh = people.volunteer("Lherm"), people.volunteer("Les Junies")
    agree(desk, desk.propose_best(people.asks("Lherm", "Cahors").id, now=NOW, who="desk"))
    later = people.asks("Lherm", "Cahors", day=TOMORROW + timedelta(days=1))
    (option,) = run_batch(desk, [later.day], now=NOW).options
    assert option.rides[0].offer == fresh.id != tired.id


def test_the_yearly_report_counts_without_names(desk, people):
    people.volunteer("Labastide-Marnhac")
    agree(desk, desk.propose_best(people.asks("Lherm", "Cahors", 10, 11.5).id, now=NOW, who="desk"))
    with desk.store.reading() as tx:
        figures = yearly_figures(tx, 2026)
    assert (figures["drivers"], figures["trips"], figures["beneficiaries"]) == (1, 2, {"residence": 1})
    assert 10_000 < figures["mean_metres"] < 60_000
    assert figures["participation"] > 0


def test_a_person_is_exported_and_erased(desk, people):
    offer = people.volunteer("Labastide-Marnhac")
    request = people.asks("Lherm", "Cahors")
    agree(desk, desk.propose_best(request.id, now=NOW, who="desk"))
    with desk.store.reading() as tx:
        document = export_person(tx, request.rider, partial(desk.messages.text, now=NOW))
    assert document["contacts"][0]["telephone"] == "0600000002"
    assert [r["id"] for r in document["requests"]] == [request.id]
    erase(desk, request.rider, now=NOW, who="desk")
    with desk.store.reading() as tx:
        assert [person.id for person in all_persons(tx)] == [offer.driver]
        # Lines about them stay, with an identifier that leads nowhere.
        told = journal_of(tx)
    assert "person-erased" in {act["act"] for act in told}
    assert not any(word in str(told) for word in ("0600000002", "rider 2", "Nom 2"))
    assert "annulé" in sent(desk, "cancelled")[0]


def test_a_driver_who_is_erased_leaves_nobody_standing(desk, people):
    near, far = people.volunteer("Labastide-Marnhac"), people.volunteer("Mercuès")
    request = people.asks("Labastide-Marnhac", "Cahors")
    agree(desk, desk.propose_best(request.id, now=NOW, who="desk"))
    erase(desk, near.driver, now=NOW, who="desk")
    with desk.store.reading() as tx:
        assert [match.rides[0].offer for match in matches_of(tx, request.id)] == [far.id]


def test_no_column_that_says_nothing_of_anyone_tells_which_wish_was_not_met(desk, people):
    people.volunteer("Lherm")
    asked = people.asks("Lherm", "Cahors", wishes=frozenset({WHEELCHAIR}))
    desk.leave_unmet(asked.id, now=NOW, who="desk")
    with desk.store.reading() as tx:
        (need,) = unmet_between(tx, TOMORROW, TOMORROW)
        assert (need.reason, need.change) == ("abilities", {"kind": "abilities", "amount": 0, "what": WHEELCHAIR})
        told = {
            f"{table.name}.{column.name}"
            for table in all_tables() for row in tx.execute(select(table)).mappings() for column in table.columns
            if re.search(rf"{WHEELCHAIR}|abilities", str(row[column.name])) and holds(column) != "sensitive"
        }  # fmt: skip
    assert told == set()


def test_the_purge_forgets_what_is_old_and_counts_unmet_needs_still(desk, people):
    old = people.asks("Lherm", "Cahors")
    desk.leave_unmet(old.id, now=NOW, who="desk")
    much_later = NOW + timedelta(days=500)
    with desk.store.writing() as tx:
        assert purge(tx, NOW, days=400)["requests"] == 0
        counts = purge(tx, much_later, days=400)
    assert (counts["requests"], counts["persons"]) == (1, 1)
    with desk.store.reading() as tx:
        (need,) = unmet_between(tx, TOMORROW, TOMORROW)
        assert need.request != old.id
        assert all_persons(tx) == []


def test_a_link_opens_one_proposal_for_one_person(desk, people):
    people.volunteer("Labastide-Marnhac")
    request = people.asks("Lherm", "Cahors")
    match = desk.propose_best(request.id, now=NOW, who="desk")
    link = links(desk, match)[request.rider]
    told = read_proposal(desk, link, now=NOW)
    assert (told.person, told.is_driver) == (request.rider, False)
    with pytest.raises(MobilityError) as error:
        read_proposal(desk, "guess", now=NOW)
    assert error.value.code == "no-such-link"
    # It is good until a day after the ride's, and then opens nothing, whatever becomes of the match.
    over = datetime.combine(match.day + timedelta(days=2), time(), UTC)
    assert read_proposal(desk, link, now=over - timedelta(seconds=1)).person == request.rider
    for late in (read_proposal, partial(answer, yes=True), take_back, partial(withdraw_consent, consent="")):
        with pytest.raises(MobilityError) as error:
            late(desk, link, now=over)
        assert error.value.code == "no-such-link"
    with desk.store.reading() as tx:
        assert find_match(tx, match.id).state == "proposed"


def test_each_side_takes_back_by_link_what_it_agreed_to_itself(desk, people):
    driver = people.volunteer("Labastide-Marnhac").driver
    request = people.asks("Lherm", "Cahors")
    match = desk.propose_best(request.id, now=NOW, who="desk")
    secrets = links(desk, match)
    for person, other in ((driver, request.rider), (request.rider, driver)):
        (kept,) = [told for told in read_proposal(desk, secrets[person], now=NOW).agreed if told.what == "contact"]
        theirs = read_proposal(desk, secrets[other], now=NOW).agreed
        for consent in (kept.id, kept.id, theirs[0].id):
            withdraw_consent(desk, secrets[person], consent, now=NOW)
        told = read_proposal(desk, secrets[person], now=NOW)
        assert {one.what for one in told.agreed} == {"messages", "memory"}
        assert (told.match, read_proposal(desk, secrets[other], now=NOW).agreed) == (match, theirs)
        with desk.store.reading() as tx:
            assert not consented(tx, person, "contact", now=NOW)
            (line,) = [line for line in journal_of(tx, [person]) if line["act"] == "consent-withdrawn"]
        assert (line["who"], line["why"]) == (person, "contact")


def test_what_is_over_is_no_longer_told_as_agreed(desk, people):
    driver = people.volunteer("Labastide-Marnhac").driver
    match = desk.propose_best(people.asks("Lherm", "Cahors").id, now=NOW, who="desk")
    secret = links(desk, match)[driver]
    with desk.store.writing() as tx:
        given = [Consent("contact", until=NOW.date()), Consent("messages", "Mairie de Lherm", TOMORROW)]
        give_consents(tx, driver, given, now=NOW, by="agent")
    told = [(one.what, one.whom) for one in read_proposal(desk, secret, now=NOW + timedelta(days=1)).agreed]
    assert sorted(told) == [("memory", ""), ("messages", ""), ("messages", "Mairie de Lherm")]


def test_a_driver_takes_a_yes_back_and_the_rider_gets_the_next_best(desk, people):
    near, far = people.volunteer("Labastide-Marnhac"), people.volunteer("Mercuès")
    request = people.asks("Labastide-Marnhac", "Cahors")
    match = desk.propose_best(request.id, now=NOW, who="desk")
    secrets = links(desk, match)
    with pytest.raises(MobilityError) as error:
        take_back(desk, secrets[near.driver], now=NOW)
    assert error.value.code == "proposal-over"
    agree(desk, match)
    assert take_back(desk, secrets[near.driver], now=NOW).match.state == "cancelled"
    with desk.store.reading() as tx:
        assert [m.rides[0].offer for m in matches_on(tx, [TOMORROW])] == [far.id]
    assert "annulé" in sent(desk, "cancelled")[0]

"""By when a proposal must be answered: in working hours of the organisation, and in time to ask another driver."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from data.calls import open_calls
from data.holidays import holidays_by
from data.outbox import messages_of
from desks.rides.answers import expire
from desks.telephone.conversation import Caller, promise_call
from desks.telephone.inbound import take_call, take_sms
from mobility.people import RIDER
from mobility.rides import OUT, MatchedRide, RideRequest
from mobility.scope import Scope
from mobility.territory import LocalHolidays
from mobility.working_hours import ROUND_THE_CLOCK, Hours, WorkingHours
from tests.fixtures_rides import HOUR, place

PARIS = ZoneInfo("Europe/Paris")


HOLIDAY = holidays_by(LocalHolidays())


def opened(opens, closes):
    return WorkingHours(PARIS, ((Hours(opens * HOUR, closes * HOUR),),) * 5 + ((),) * 2, holiday=HOLIDAY)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def answered_by(house, hours, now, ride, *, answer_hours):
    """The deadline of a proposal made at an instant for a pick-up at a local time."""
    desk = replace(house.rides, hours=replace(house.rides.hours, desk=hours), answer_hours=answer_hours)
    lherm, cahors = place(desk.ground, "Lherm"), place(desk.ground, "Cahors")
    pickup = at(ride)
    request = RideRequest("r", "p", pickup.date(), lherm, cahors, arrive_by=12 * HOUR)
    seconds = pickup.hour * HOUR + pickup.minute * 60
    rides = [MatchedRide(OUT, "o", "d", seconds, seconds + 1800, 20_000.0, 20_000.0)]
    return desk.answered_by(request, rides, now=at(now)).astimezone(UTC)


WEEKDAYS = WorkingHours(PARIS, holiday=HOLIDAY)
NIGHTS = WorkingHours(PARIS, (ROUND_THE_CLOCK,) * 7)


@pytest.mark.parametrize(("hours", "answer_hours", "now", "ride", "deadline"), [
    # Ascension is a holiday: two working days, or six days of a counter.
    (WEEKDAYS, 48, "2026-05-13 16:00", "2026-05-28 10:00", "2026-05-18 16:00"),
    (opened(9, 17), 48, "2026-05-13 16:00", "2026-05-28 10:00", "2026-05-22 16:00"),
    # The armistice and a weekend.
    (opened(9, 21), 48, "2016-11-09 23:00", "2016-11-24 10:00", "2016-11-16 21:00"),
    # The ride leaves sooner: another driver can still be asked.
    (WEEKDAYS, 48, "2026-05-13 16:00", "2026-05-16 10:00", "2026-05-16 08:00"),
    # Who is asked at night reads it from eight on.
    (WEEKDAYS, 24, "2026-05-19 04:05", "2026-05-28 10:00", "2026-05-20 08:00"),
    # The clocks go back: an hour more passes.
    (NIGHTS, 24, "2026-10-24 12:00", "2026-10-28 10:00", "2026-10-25 11:00"),
    (NIGHTS, 24, "2026-03-28 12:00", "2026-04-01 10:00", "2026-03-29 13:00"),
])  # fmt: skip
def test_answers_are_waited_for_in_working_hours(installation, hours, answer_hours, now, ride, deadline):
    found = answered_by(installation, hours, now, ride, answer_hours=answer_hours)
    assert found == at(deadline).astimezone(UTC)


def test_two_hours_pass_before_a_ride_of_the_night_in_which_clocks_go_back(installation):
    found = answered_by(installation, NIGHTS, "2026-10-24 12:00", "2026-10-25 04:00", answer_hours=48)
    assert at("2026-10-25 04:00").astimezone(UTC) - found == timedelta(hours=2)
    # Half past two comes twice: the first is before the second two o'clock, whatever the hands show.
    sooner = answered_by(installation, NIGHTS, "2026-10-25 01:30", "2026-10-25 04:00", answer_hours=1)
    assert sooner == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_proposal_of_friday_waits_over_the_weekend_and_says_so(desk, people):
    people.volunteer("Labastide-Marnhac")
    friday = at("2026-12-04 16:00")
    request = people.asks("Lherm", "Cahors", day=date(2026, 12, 8), now=friday)
    match = desk.propose_best(request.id, now=friday, who="desk")
    assert match.expires == at("2026-12-07 16:00")
    assert expire(desk, now=at("2026-12-06 20:00")) == []
    with desk.store.reading() as tx:
        told = [desk.messages.text(tx, message, friday).text for message in messages_of(tx)]
    assert len(told) == 2
    assert all("avant lundi 7 décembre à 16\u00a0h : http" in words for words in told)


def test_what_a_structure_promises_counts_by_its_own_hours(desk, people):
    nights = WorkingHours(PARIS, (ROUND_THE_CLOCK,) * 7)
    own = replace(desk, hours=replace(desk.hours, desk=WEEKDAYS, own={"A": nights}))
    saturday = at("2026-05-23 10:00")
    people.person(RIDER, "Lherm", telephone="0565000001")
    people.person(RIDER, "Lherm", telephone="0565000002", structure="A")
    take_call(own, "c1", "0565000001", now=saturday)
    take_call(own, "c2", "0565000002", now=saturday)
    take_sms(own, "m1", "0565000002", "Rappelez-moi", now=saturday)
    promise_call(own.within(Scope.of(["A"])), Caller("0565000003"), "", now=saturday, who="agent")
    promise_call(own.within(Scope.of(["B"])), Caller("0565000004"), "", now=saturday, who="agent")
    with own.store.reading() as tx:
        days = sorted((call.telephone, call.due.astimezone(PARIS).day) for call in open_calls(tx))
    # Whit Monday is a holiday: two working days end on Wednesday night.
    assert days == [("0565000001", 28), ("0565000002", 25), ("0565000002", 25), ("0565000003", 25), ("0565000004", 28)]


def test_a_request_is_answered_by_the_hours_of_its_structure(installation):
    hours = replace(installation.rides.hours, desk=WEEKDAYS, own={"A": NIGHTS})
    desk = replace(installation.rides, hours=hours, answer_hours=48)
    lherm, cahors = place(desk.ground, "Lherm"), place(desk.ground, "Cahors")
    asked = RideRequest("r", "p", date(2026, 6, 5), lherm, cahors, arrive_by=12 * HOUR)
    rides = [MatchedRide(OUT, "o", "d", 10 * HOUR, 11 * HOUR, 20_000.0, 20_000.0)]
    found = [
        desk.answered_by(replace(asked, structure=structure), rides, now=at("2026-05-23 10:00")).astimezone(PARIS).day
        for structure in ("", "A", "B")
    ]
    assert found == [28, 25, 28]

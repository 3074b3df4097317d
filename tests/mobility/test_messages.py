"""When a message may reach its reader, and what an SMS is paid as."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from data.holidays import public_holidays
from mobility.errors import MobilityError
from mobility.messages import MessageHours, Purpose, is_mail, known_mail, sms_parts, sms_text
from mobility.telephone import takes_sms
from mobility.territory import LocalHolidays
from mobility.working_hours import Hours, WorkingHours

PARIS = ZoneInfo("Europe/Paris")
DAY = (Hours(8 * 3600, 20 * 3600),)
HOLIDAYS = public_holidays(date(2026, 1, 1), date(2028, 12, 31), LocalHolidays())
HOURS = MessageHours(
    WorkingHours(PARIS, (DAY,) * 6 + ((),), lambda day: HOLIDAYS.get(day, "")), WorkingHours(PARIS, (DAY,) * 7)
)
CHANGES = (datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC), datetime(2027, 3, 28, tzinfo=UTC))


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def awake(moment, *, any_day=False):
    """Whether clocks on the wall show an hour of messages: told without the code that is tried."""
    wall = moment.astimezone(PARIS)
    return 8 <= wall.hour < 20 and (any_day or (wall.weekday() < 6 and wall.date() not in HOLIDAYS))


def instants(seed, count):
    """Instants of two years, one in three beside a change of clocks."""
    rng = random.Random(seed)
    for _ in range(count):
        base = rng.choice((*CHANGES, *[None] * 6))
        base = base or datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=rng.randrange(720))
        yield base + timedelta(minutes=rng.randrange(-1440, 2880)), timedelta(minutes=rng.randrange(1, 6000))


def test_a_message_goes_at_the_first_minute_at_which_it_may():
    for now, _ in instants(1, 400):
        minute = now
        while not awake(minute):
            minute += timedelta(minutes=1)
        assert HOURS.opens(now, Purpose()) == minute


def test_what_would_come_too_late_goes_on_a_sunday_or_else_at_once():
    for now, left in instants(2, 400):
        opens = HOURS.opens(now, Purpose(), now + left)
        assert opens == now or (now <= opens < now + left and awake(opens, any_day=True))
        usual = HOURS.opens(now, Purpose())
        if usual < now + left:
            assert opens == usual
        if opens == now and not awake(now, any_day=True):
            minutes = int(left / timedelta(minutes=1))
            assert not any(awake(now + timedelta(minutes=m), any_day=True) for m in range(0, minutes, 10))


@pytest.mark.parametrize(
    ("now", "before", "goes"),
    [
        ("2026-12-04 21:00", "2026-12-05 09:00", "2026-12-05 08:00"),  # the night before a Saturday's ride
        ("2026-12-05 21:00", "2026-12-07 07:30", "2026-12-06 08:00"),  # on Sunday, as Monday at 8 is too late
        ("2026-12-05 21:00", "2026-12-07 14:00", "2026-12-07 08:00"),
        ("2026-12-24 21:00", "2026-12-26 07:00", "2026-12-25 08:00"),
        ("2026-12-01 22:00", "2026-12-02 06:30", "2026-12-01 22:00"),  # even the morning is too late
    ],
)
def test_a_night_a_sunday_and_a_holiday(now, before, goes):
    assert HOURS.opens(at(now), Purpose(), at(before)) == at(goes)


def test_what_someone_waits_for_goes_at_any_hour():
    assert HOURS.opens(at("2026-12-25 03:00"), Purpose(at_once=True)) == at("2026-12-25 03:00")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1), ("a" * 160, 1), ("a" * 161, 2), ("é" * 160, 1), ("ê" * 70, 1), ("ê" * 71, 2), ("a" * 306, 2),
        ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2), ("😀" * 35, 1), ("😀" * 36, 2),
    ],
)  # fmt: skip
def test_an_sms_is_paid_by_parts(text, parts):
    assert sms_parts(text) == parts


def test_signs_that_would_double_the_price_are_plain_ones():
    told = "Rappel : départ à 9\u00a0h\u00a015, «\u202fgare\u202f» – l’aller…"
    assert sms_text(told) == 'Rappel : départ à 9 h 15, " gare " - l\'aller...'
    assert sms_parts(told * 2) == 2
    assert sms_parts(sms_text(told * 2)) == 1


@pytest.mark.parametrize(
    ("number", "takes"),
    [
        ("0600000001", True), ("0639980001", True), ("0781234567", True), ("+41791234567", True), ("0565000000", False),
        ("0965000000", False), ("0800123456", False), ("+41446681800", False), ("", False), ("06", False),
        ("jean", False),
    ],
)  # fmt: skip
def test_a_landline_takes_no_sms(number, takes):
    assert takes_sms(number) is takes


@pytest.mark.parametrize(
    "mail", ["jean@", "@x.fr", "jean", "a@b.fr\nBcc: c@d.fr", "a b@c.fr", "é@x.fr", "a@b.fr, c@d.fr"]
)
def test_what_is_no_mail_address(mail):
    assert not is_mail(mail)
    with pytest.raises(MobilityError) as refused:
        known_mail(mail, field="mail")
    assert (refused.value.code, refused.value.field) == ("bad-mail", "mail")
    assert is_mail("jean.dupont@example.org")
    assert known_mail("jean.dupont@example.org", field="mail") == "jean.dupont@example.org"

"""The hours that a territory may state."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from data.territory_files import TerritoryFolder, find_folder, read_territory
from data.territory_hours import read_hours
from mobility.errors import MobilityError
from mobility.messages import Purpose
from mobility.opening import opening_at
from mobility.territory import LocalHolidays

PARIS = ZoneInfo("Europe/Paris")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def stated(tmp_path, table, region=""):
    (tmp_path / "territory.toml").write_text(f'title = "T"\n{table}', encoding="utf-8")
    return read_hours(TerritoryFolder(tmp_path), PARIS, LocalHolidays(region))


def test_a_territory_that_states_nothing_counts_by_working_days():
    hours = read_hours(find_folder("cahors"), PARIS, read_territory(find_folder("cahors")).holidays)
    assert hours.desk.after(at("2026-05-13 16:00"), hours=48) == at("2026-05-18 16:00")
    assert hours.messages.opens(at("2026-12-01 00:05"), Purpose()) == at("2026-12-01 08:00")
    assert hours.messages.opens(at("2026-12-06 10:00"), Purpose()) == at("2026-12-07 08:00"), "a Sunday"
    assert hours.messages.opens(at("2026-12-25 10:00"), Purpose()) == at("2026-12-26 08:00"), "a holiday"


def test_days_count_or_hours_do(tmp_path):
    week = "; ".join(f"{day} 09:00-17:00" for day in ("Mo", "Tu", "We", "Th", "Fr"))
    by_hours = stated(tmp_path, f'[hours]\nopen = "{week}"\ncount = "opening-hours"')
    assert by_hours.desk.after(at("2026-05-13 16:00"), hours=48) == at("2026-05-22 16:00")
    by_days = stated(tmp_path, '[hours]\nopen = "Mo 09:00-12:00; Sa 09:00-12:00"')
    assert by_days.desk.after(at("2026-12-01 16:00"), hours=30) == at("2026-12-07 06:00")


def test_holidays_that_are_worked_and_days_that_are_closed(tmp_path):
    table = """[hours]
works_on = ["Lundi de Pentecôte"]
messages = "09:00-19:00"
[[hours.closed]]
name = "Congés"
first = 2026-08-03
last = 2026-08-07
yearly = true
"""
    hours = stated(tmp_path, table)
    assert opening_at(hours.desk, at("2026-05-25 10:00")).is_open
    assert not opening_at(hours.desk, at("2027-08-04 10:00")).is_open
    assert hours.messages.opens(at("2026-12-01 19:30"), Purpose()) == at("2026-12-02 09:00")


def test_a_structure_states_its_own_hours_and_keeps_the_territorys_for_the_rest(tmp_path):
    table = """[hours]
open = "Mo 09:00-12:00; Tu 09:00-12:00"
[hours."Mairie de Lherm"]
works_on = ["Lundi de Pentecôte"]
[hours.relais]
open = "We 14:00-17:00"
count = "opening-hours"
"""
    hours, whit_monday = stated(tmp_path, table), at("2026-05-25 10:00")
    opened = [opening_at(hours.of(name), whit_monday).is_open for name in ("Mairie de Lherm", "relais", "")]
    assert opened == [True, False, False]
    assert opening_at(hours.of("Mairie de Lherm"), at("2026-05-26 10:00")).is_open
    assert hours.of("relais").after(at("2026-05-26 10:00"), hours=2) == at("2026-05-27 16:00")
    assert hours.of("another") == hours.desk


@pytest.mark.parametrize(
    ("table", "field"),
    [
        ('[hours.relais]\nopen = "lundi 9h"', "territory.toml, hours.relais.open"),
        ('[hours.relais]\nmessages = "08:00-20:00"', "territory.toml, hours.relais"),
        ('[hours.relais]\nworks_on = "Noël"', "territory.toml, hours.relais.works_on"),
        ("[[hours.relais.closed]]\nfirst = 2026-08-07\nlast = 2026-08-01", "territory.toml, hours.relais.closed"),
        ('[hours]\nopened = "Mo 09:00-12:00"', "territory.toml, hours"),
        ('[hours]\nopen = "lundi 9h"', "territory.toml, hours.open"),
        ('[hours]\ncount = "days"', "territory.toml, hours.count"),
        ('[hours]\nmessages = "8"', "territory.toml, hours.messages"),
        ('[hours]\nmessages = "20:00-08:00"', "territory.toml, hours.messages"),
        ('[hours]\nopen = "Mo 09:00-12:00,11:00-13:00"', "territory.toml, hours.open"),
        ('[hours]\nworks_on = ["Lundi de Pentecote"]', "territory.toml, hours.works_on"),
        ('[hours]\nworks_on = "Noël"', "territory.toml, hours.works_on"),
        ('[hours]\nclosed = ["2026-08-01"]', "territory.toml, hours.closed"),
        ("hours = 5", "territory.toml, hours"),
        (
            "[[hours.closed]]\nfirst = 2026-01-01\nlast = 2026-12-31\nyearly = true",
            "territory.toml, hours.closed",
        ),
        (
            '[[hours.closed]]\nfirst = 2026-01-01\nlast = 2026-01-02\nyearly = "no"',
            "territory.toml, hours.closed.yearly",
        ),
        ('[[hours.closed]]\nfirst = "demain"', "territory.toml, hours.closed.first"),
        ("[[hours.closed]]\nfirst = 2026-08-07\nlast = 2026-08-01", "territory.toml, hours.closed"),
        ("[[hours.closed]]\nfirst = 2026-08-07\nlast = 2026-08-08\nannual = true", "territory.toml, hours.closed"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path, table, field):
    with pytest.raises(MobilityError) as told:
        stated(tmp_path, table)
    assert told.value.field == field

"""The public holidays that a territory keeps: by its communes, or as it states them."""

import shutil
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from data.holidays import holiday_names, holiday_region, holidays_by, stated_holidays
from data.season_files import SeasonChoice
from data.territory_files import TERRITORIES, TerritoryFolder, read_territory
from data.territory_hours import read_hours
from desks.calendar.season import build_season
from mobility.errors import MobilityError
from mobility.territory import LocalHolidays

GOOD_FRIDAY, SAINT_STEPHEN = date(2027, 3, 26), date(2026, 12, 26)


@pytest.mark.parametrize(
    ("communes", "region"),
    [
        (["46042", "46171"], ""),
        (["57463"], "57"),
        (["67482", "68066", "88160"], "6AE"),
        (["57463", "54395", "54099"], ""),
        (["97105"], "971"),
        (["97209"], "972"),
        (["97302"], "973"),
        (["97411"], "974"),
        (["97608"], "976"),
        (["97701"], "BL"),
        (["98818"], "NC"),
        (["2A004"], ""),
        ([], ""),
    ],
)
def test_most_of_the_communes_tell_whose_holidays_are_kept(communes, region):
    assert holiday_region(communes) == region


@pytest.mark.parametrize(
    ("region", "day", "name"),
    [
        ("", GOOD_FRIDAY, ""),
        ("", SAINT_STEPHEN, ""),
        ("57", GOOD_FRIDAY, "Vendredi saint"),
        ("6AE", SAINT_STEPHEN, "Saint-Étienne"),
        ("972", date(2026, 5, 22), "Abolition de l'esclavage"),
        ("974", date(2026, 12, 20), "Abolition de l'esclavage"),
    ],
)
def test_regions_keep_their_own(region, day, name):
    assert holidays_by(LocalHolidays(region))(day) == name


def test_a_territory_says_which_it_keeps():
    assert stated_holidays({}, ["67482"], "f") == LocalHolidays("6AE")
    assert stated_holidays({"of": "FR"}, ["67482"], "f") == LocalHolidays()
    # Good Friday is one only where a commune has a Protestant church beside another.
    kept = stated_holidays({"without": ["Vendredi saint"]}, ["67482"], "f")
    assert not holidays_by(kept)(GOOD_FRIDAY)
    assert holidays_by(kept)(SAINT_STEPHEN) == "Saint-Étienne"
    assert "Vendredi saint" not in holiday_names(kept)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ("6AE", "f"),
        ({"region": "57"}, "f"),
        ({"of": "Alsace"}, "f.of"),
        ({"without": "Noël"}, "f.without"),
        ({"without": ["Vendredi saint"]}, "f.without"),
    ],
)
def test_what_cannot_be_is_named(told, field):
    with pytest.raises(MobilityError) as trouble:
        stated_holidays(told, ["46042"], field="f")
    assert trouble.value.field == field


def test_bus_desk_and_messages_of_alsace_keep_its_holidays(tmp_path):
    folder = TerritoryFolder(shutil.copytree(TERRITORIES / "cahors", tmp_path / "alsace"))
    settings = folder.path / "territory.toml"
    settings.write_text('holidays.of = "6AE"\n' + settings.read_text(encoding="utf-8"), encoding="utf-8")
    territory = read_territory(folder)
    season = build_season(territory, SeasonChoice(), date(2026, 12, 1))
    hours = read_hours(folder, ZoneInfo("Europe/Paris"), territory.holidays)
    assert season.public_holidays[SAINT_STEPHEN] == "Saint-Étienne"
    assert not hours.desk.on(GOOD_FRIDAY)
    assert not hours.messages.usual.on(SAINT_STEPHEN)

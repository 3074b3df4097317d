"""Public holidays of any part of France and school holidays of its mainland, from two kept libraries."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Any

from holidays import country_holidays
from vacances_scolaires_france import SchoolHolidayDates, UnsupportedYearException

from mobility.dates import DateRange
from mobility.errors import MobilityError
from mobility.territory import LocalHolidays
from mobility.written import only_known

NATION = "FR"
"""What a territory writes for the holidays of the nation alone."""
_REGIONS = {
    "57": "57", "67": "6AE", "68": "6AE", "971": "971", "972": "972", "973": "973", "974": "974", "975": "PM",
    "976": "976", "977": "BL", "978": "MF", "984": "TF", "986": "WF", "987": "PF", "988": "NC",
}  # fmt: skip
"""Regions with holidays of their own, as the library calls them, by the first signs of a commune's INSEE code."""
_KNOWN = (NATION, *dict.fromkeys(_REGIONS.values()))


class OfficialDates(SchoolHolidayDates):  # type: ignore[misc]
    """The library's calendar, its table read in a tenth of the time: the library parses every date by a format."""

    def load_data(self) -> None:
        """Read the days on which one zone at least is on holiday."""
        with (files("vacances_scolaires_france") / "data" / "data.csv").open(encoding="utf-8") as table:
            lines = chain([next(table)], (line for line in table if "True" in line))
            for row in csv.DictReader(lines):
                zones = {key: row[key] == "True" for key in map(self.zone_key, self.SUPPORTED_ZONES)}
                day = date.fromisoformat(row["date"])
                self.data[day] = {**row, **zones, "date": day}


_official = cache(OfficialDates)


def holiday_region(communes: Iterable[str]) -> str:
    """Return the region whose holidays hold where most of the communes (INSEE codes) lie; "" for the nation's alone."""
    regions = (_REGIONS.get(code[: 3 if code.startswith(("97", "98")) else 2], "") for code in sorted(communes))
    return next((region for region, _ in Counter(regions).most_common(1)), "")


def stated_holidays(told: object, communes: Iterable[str], field: str) -> LocalHolidays:
    """Read the holidays that a territory states: of which region (``of``), ``without`` which; else its communes tell.

    Raises :class:`MobilityError` with the field.
    """
    table: dict[str, Any] = told if isinstance(told, dict) else {"": told}
    only_known(table, ("of", "without"), field=field)
    stated = str(table.get("of", ""))
    if stated:
        only_known([stated], _KNOWN, field=f"{field}.of")
    kept = LocalHolidays(stated.removeprefix(NATION) if stated else holiday_region(communes))
    without = table.get("without", [])
    only_known([type(without).__name__], ("list",), field=f"{field}.without")
    only_known(without, holiday_names(kept), field=f"{field}.without")
    return LocalHolidays(kept.region, frozenset(without))


def public_holidays(first: date, last: date, kept: LocalHolidays) -> dict[date, str]:
    """Return the public holidays between two days, with their French names."""
    known = (day for year in range(first.year, last.year + 1) for day in _of_year(year, kept).items())
    return {day: name for day, name in known if first <= day <= last}


def holiday_names(kept: LocalHolidays) -> tuple[str, ...]:
    """Return what the public holidays are called."""
    return tuple(dict.fromkeys(public_holidays(date(2026, 1, 1), date(2026, 12, 31), kept).values()))


@cache
def holidays_by(kept: LocalHolidays) -> Callable[[date], str]:
    """Return what tells the French name of the public holiday that a day is ("" for none)."""

    def holiday_on(day: date) -> str:
        return _of_year(day.year, kept).get(day, "")

    return holiday_on


@cache
def _of_year(year: int, kept: LocalHolidays) -> dict[date, str]:
    found = country_holidays("FR", subdiv=kept.region or None, years=year, language="fr")
    return {day: name for day, name in sorted(found.items()) if name not in kept.without}


def school_holidays(first: date, last: date, zone: str) -> tuple[DateRange, ...]:
    """Return the school holidays of a zone (A, B or C) that touch the days between two.

    Years that the official calendar does not cover yet have none; :func:`school_years_known` tells.
    """
    if zone not in {"A", "B", "C"}:
        raise MobilityError("unknown-zone", f"no school zone '{zone}'; use A, B or C", field="school_zone", value=zone)
    source = _official()
    days: dict[date, str] = {}
    # A holiday may start in the year before or end in the year after.
    for year in range(first.year - 1, last.year + 2):
        try:
            found = source.holidays_for_year_and_zone(year, zone)
        except UnsupportedYearException:
            continue
        days |= {day: facts["nom_vacances"] for day, facts in found.items()}
    ranges: list[DateRange] = []
    for day in sorted(days):
        previous = ranges[-1] if ranges else None
        if previous and previous.name == days[day] and previous.last == day - timedelta(days=1):
            ranges[-1] = DateRange(previous.name, previous.first, day)
        else:
            ranges.append(DateRange(days[day], day, day))
    return tuple(r for r in ranges if r.last >= first and r.first <= last)


def school_years_known(last: date) -> bool:
    """Tell whether the official school calendar at hand reaches a day."""
    try:
        known = _official().holidays_for_year_and_zone(last.year, "C")
    except UnsupportedYearException:
        return False
    return bool(known) and max(known) >= min(last, date(last.year, 12, 19))

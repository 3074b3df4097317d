"""Public holidays and school holidays of metropolitan France, from two kept libraries."""

import csv
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from itertools import chain

from holidays import country_holidays
from vacances_scolaires_france import SchoolHolidayDates, UnsupportedYearException

from mobility.dates import DateRange
from mobility.errors import MobilityError


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


def public_holidays(first: date, last: date) -> dict[date, str]:
    """Return the public holidays between two days, with their French names."""
    known = (day for year in range(first.year, last.year + 1) for day in _of_year(year).items())
    return {day: name for day, name in known if first <= day <= last}


def holiday_on(day: date) -> str:
    """Return the French name of the public holiday that a day is ("" for none)."""
    return _of_year(day.year).get(day, "")


@cache
def _of_year(year: int) -> dict[date, str]:
    return dict(sorted(country_holidays("FR", years=year, language="fr").items()))


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

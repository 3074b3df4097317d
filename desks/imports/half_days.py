"""The half-days that people write among their days, as the hours of a volunteer: "lundi et jeudi matin"."""

import re
from collections.abc import Mapping
from dataclasses import replace

from data.spreadsheets import Cell
from desks.imports.matching import Entry
from desks.rides.recruiting import HALF_DAYS as HOURS
from mobility.clock import format_clock
from mobility.errors import MobilityError

MORNING, AFTERNOON = HOURS["morning"], HOURS["afternoon"]
WHOLE_DAY = (MORNING[0], AFTERNOON[1])
"""The hours of who is free all day."""
_SAID = re.compile(
    r"(?P<day>\b(?:toute la |la )?journ[ée]es?(?: enti[èe]res?)?\b)|(?P<morning>\bmatin(?:[ée]e)?s?\b)|(?P<afternoon>"
    r"\bapr[eè]s[- ]midis?\b)"
)
_NO_DAY = re.compile(r"[\s,;./+&]|\bet\b|\bl[ea]s?\b|\bl'")
_ALL = frozenset({"tous", "toutes", "chaque"})


def hours_cells(opens: int, closes: int) -> dict[str, Cell]:
    """Return hours as the cells of a list tell them."""
    return {"opens": format_clock(opens), "closes": format_clock(closes)}


def with_half_days(entry: Entry) -> Entry:
    """Return a driver's line whose days tell a half-day with its hours, unless it has hours of its own.

    The days of one line have one half-day: "lundi matin et jeudi après-midi" is refused, for an offer has its hours.
    """
    told = entry.text("weekdays")
    parts = _parts(told.lower())
    if not parts:
        return entry
    days = [part for part, _ in parts if part]
    halves = {frozenset(half) for _, half in parts}
    if len(halves) > 1:
        raise MobilityError(
            "half-days-apart", f"'{told}' tells several half-days", field=entry.where("weekdays"), value=told
        )
    half = next(iter(halves))
    whole = "day" in half or {"morning", "afternoon"} <= half
    opens, closes = WHOLE_DAY if whole else HOURS[min(half)]
    said: Mapping[str, Cell] = {"weekdays": ", ".join("tous les jours" if day in _ALL else day for day in days)}
    if not entry.text("opens"):
        said = {**said, **hours_cells(opens, closes)}
    return replace(entry, cells={**entry.cells, **said})


def _parts(told: str) -> list[tuple[str, set[str]]]:
    """Return the days of a text with the half-days said of each; empty where it says none."""
    parts: list[tuple[str, set[str]]] = []
    end = 0
    for found in _SAID.finditer(told):
        before, end = told[end : found.start()], found.end()
        days = _NO_DAY.sub(" ", before).split()
        if days or not parts:
            parts.append((" ".join(days) if days and set(days) <= _ALL else before.strip(" ,;./+&"), set()))
        parts[-1][1].add(str(found.lastgroup))
    rest = told[end:]
    if parts and _NO_DAY.sub("", rest):
        parts.append((rest.strip(" ,;./+&"), set()))
    return parts

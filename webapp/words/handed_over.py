"""What is kept about someone, in plain French: their copy as headings, labels and values that anyone can read."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from functools import cache, partial
from pathlib import Path
from typing import Any

from data.personal import says_nothing, typed_value
from mobility.clock import WEEKDAYS
from mobility.modules import Modules
from webapp.words import messages, people, rides
from webapp.words.accounts import role_words
from webapp.words.french import capital, day_words, hour_words, joined, number_words, telephone_words, time_words
from webapp.words.french import weekday_word as weekday_of
from webapp.words.journal import act_words, actor_words, why_words

Record = list[tuple[str, str]]
"""The labels and values of one record."""
MOST_LINES = 2000
"""Records of one table that are printed; the whole is in the file for machines."""
_IDENTIFIER = re.compile(r"(?=.*\d)(?=.*[a-f])[0-9a-f]{12,64}")
"""How an identifier looks that means nothing by itself, where nothing tells what a value is."""
_DAY, _INSTANT = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d{4}-\d\d-\d\dT\d\d:")


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    title: str
    records: list[Record]
    left_out: int = 0


@dataclass(frozen=True)
class Around:
    """What values are told with: names of communes, those of the law's criteria, the zone, what is left out."""

    communes: Mapping[str, str]
    criteria: Mapping[str, str]
    zone: tzinfo
    modules: Modules = field(default_factory=Modules)


@cache
def _told() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "handed_over.toml").read_text(encoding="utf-8"))


def labels() -> dict[str, dict[str, str]]:
    """Return what each column is called, by table."""
    return dict(_told()["labels"])


def told_sections(document: Mapping[str, Any], around: Around) -> list[Section]:
    """Put the copy of someone's data into words; what nothing is kept of has no heading."""
    tables = {**document, **document.get("made", {})}
    found = []
    for section in _told()["sections"]:
        records: list[Record] = []
        left_out = 0
        for table in section["tables"]:
            rows = tables.get(table, [])
            records += [told for row in rows[:MOST_LINES] if (told := _record(table, row, around))]
            left_out += max(0, len(rows) - MOST_LINES)
        if records:
            found.append(Section(section["title"], records, left_out))
    return found


def _record(table: str, row: Mapping[str, Any], around: Around) -> Record:
    told = [
        (label, _value(table, name, typed_value(table, name, row.get(name)), around))
        for name, label in labels()[table].items()
    ]
    if table == "journal":
        told.insert(1, ("Qui", actor_words(row["who"], row.get("name", ""), erased=bool(row.get("erased")))))
    return [(label, words) for label, words in told if words]


def _value(table: str, column: str, value: Any, around: Around) -> str:
    """Write one value; "" for what says nothing."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, str) and says_nothing(table, column) and _IDENTIFIER.fullmatch(value):
        return ""
    if written := _WRITTEN.get(f"{table}.{column}") or _WRITTEN.get(column):
        return written(value, around)
    return _plain(value, around)


def _plain(value: Any, around: Around) -> str:
    """Write a value by its kind alone."""
    if isinstance(value, datetime):
        local = value.astimezone(around.zone)
        return f"{day_words(local.date(), year=True)} à {hour_words(local)}"
    if isinstance(value, date):
        return day_words(value, year=True)
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, int | float):
        return number_words(value, 0 if float(value).is_integer() else 2)
    if isinstance(value, Mapping):
        return str(value["name"]) if "name" in value and "lon" in value else _document(value, around)
    if isinstance(value, list):
        return " ; ".join(filter(None, (_part(item, around) for item in value)))
    return str(value)


def _part(value: Any, around: Around) -> str:
    """Write a part of a document of another machine: nothing but its look tells what a text is."""
    if not isinstance(value, str):
        return _plain(value, around)
    if _IDENTIFIER.fullmatch(value):
        return ""
    try:
        return _plain(date.fromisoformat(value) if _DAY.fullmatch(value) else _instant(value, around), around)
    except ValueError:
        return value


def _instant(text: str, around: Around) -> datetime:
    found = datetime.fromisoformat(text if _INSTANT.match(text) else "")
    return found if found.tzinfo else found.replace(tzinfo=around.zone)


def _document(value: Mapping[str, Any], around: Around) -> str:
    """Write the texts of a document of another machine, without the names and numbers that machines give its parts."""
    said = [part for key, part in value.items() if key != "id" and isinstance(part, str | Mapping | list)]
    return " ; ".join(dict.fromkeys(filter(None, (_part(part, around) for part in said))))


def _moved(value: Mapping[str, Any], around: Around) -> str:
    """Write what one file took from another, record by record."""
    told = []
    for step in value.get("steps", ()):
        record = _record(step["table"], step.get("row") or step["was"], around) if step["table"] in labels() else []
        told.append(", ".join(f"{label} : {words}" for label, words in record))
    return " ; ".join(filter(None, told)) or _document(value, around)


def _clock(value: Any, _: Around) -> str:
    return time_words(value)


def _commune(value: Any, around: Around) -> str:
    return around.communes.get(value, str(value))


def _one_of(words: Mapping[str, str], value: Any, _: Around) -> str:
    return words.get(value, str(value))


def _some_of(words: Mapping[str, str], value: Iterable[Any], _: Around) -> str:
    return capital(joined([words.get(one, str(one)).lower() for one in value]))


def _weekdays(value: Any, _: Around) -> str:
    days = [int(digit) for digit in str(value) if digit.isdigit() and 1 <= int(digit) <= len(WEEKDAYS)]
    return joined([weekday_of(day) for day in days]) or str(value)


def _criterion(value: Any, around: Around) -> str:
    return around.criteria.get(value, str(value))


_ANSWERS = {"yes": "oui", "no": "non"}
_WHYS = {
    **rides.REASONS, "rider": "le passager a dit non", "driver": "le conducteur a dit non",
    "no answer": "sans réponse à temps", "corrected": "la demande a changé",
}  # fmt: skip
_CLOCKS = ("arrive_by", "depart_after", "back_after", "opens", "closes", "pickup", "dropoff")
_WRITTEN: dict[str, Callable[[Any, Around], str]] = {
    **dict.fromkeys(_CLOCKS, _clock),
    "telephone": lambda value, _: telephone_words(value),
    "weekdays": _weekdays,
    "persons.kind": lambda value, around: _one_of(people.kind_words(around.modules), value, around),
    "persons.commune": _commune,
    "persons.wishes": partial(_some_of, rides.ABILITIES), "requests.wishes": partial(_some_of, rides.ABILITIES),
    "offers.abilities": partial(_some_of, rides.ABILITIES), "offers.kind": partial(_one_of, rides.OFFER_KINDS),
    "requests.errand": partial(_one_of, rides.ERRANDS), "requests.state": partial(_one_of, rides.STATES),
    "requests.criterion": _criterion,
    "unmet.origin": _commune, "unmet.destination": _commune, "unmet.errand": partial(_one_of, rides.ERRANDS),
    "unmet.reason": partial(_one_of, rides.REASONS), "unmet.change": lambda value, _: rides.change_words(value),
    "matches.state": partial(_one_of, rides.MATCH_STATES), "matches.reason": partial(_one_of, _WHYS),
    "matched_rides.half": partial(_one_of, {"out": "aller", "back": "retour"}),
    "matched_rides.answer": partial(_one_of, _ANSWERS),
    "consents.what": partial(_one_of, people.CONSENTS), "consents.how": partial(_one_of, people.WAYS),
    "outbox.purpose": partial(_one_of, messages.KINDS), "outbox.state": partial(_one_of, messages.STATES),
    "merges.moved": _moved,
    "grants.role": lambda value, around: _one_of(role_words(around.modules), value, around),
    "journal.act": lambda value, _: act_words(value), "journal.why": lambda value, _: why_words(value),
}  # fmt: skip

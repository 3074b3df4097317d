"""Days, hours, numbers and words as people write them in lists, in French, read without guessing.

A value is what a cell of a spreadsheet holds: text, a number, a yes or no, a day, an hour. What may be read in two ways
is refused in a sentence that says how to write it.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from mobility.clock import DAY, HOUR, MINUTE, YEARS
from mobility.clock import WEEKDAYS as ENGLISH
from mobility.errors import MobilityError
from mobility.telephone import LONGEST, dialled, telephone_in

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre",
    "decembre",
)  # fmt: skip
PAST = timedelta(days=60)
"""How far back a day without its year may lie: beyond, the next year's is meant."""
LONGEST_NUMBER = 18
"""Digits of a number that every database holds."""
_YES = {"oui", "o", "x", "vrai", "yes", "y", "true", "1", "ok", "✓", "✔", "☑"}
_NO = {"", "non", "n", "faux", "no", "false", "0", "-", "–", "—", "☐"}
_DIGITS = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})(?:[/.\- ](\d{4}|\d{2}))?")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]00:00(?::00)?)?")
_DATED = re.compile(r"\d{1,2}([/.-])\d{1,2}\1(?:\d{4}|\d{2})|\d{1,2}/\d{1,2}|\d{4}-\d{1,2}-\d{1,2}")
_WORDS = re.compile(r"(?:le )?(?:([a-z]+)\.?,? )?(\d{1,2})(?:er)? ([a-z]+)\.?(?: (\d{4}|\d{2}))?")
_CLOCK = re.compile(
    r"(\d{1,2}) ?(?:h|:|heures?)(?: ?(\d{2})(?: ?(?:min|mn|m))?)?(?::00)?"
    r"(?: (et demie?|et quart|moins le quart))?(?: (du matin|de l apres-midi|du soir))?"
)
_SEVERAL = re.compile(r"\d.*(?:[-–/]|\bou\b|à).*\d")
_PARTS = {"et demi": 30, "et demie": 30, "et quart": 15, "moins le quart": -15, None: 0}
_UNITS = re.compile(r"(?<=[\d ])(km|kms|kilometres?|min|mn|minutes?|places?|pers|personnes?|m)\.?$")


def is_number(text: str) -> bool:
    """Tell whether a text is digits alone, as many as anything here is counted in.

    "²" is a digit to Python and no number, and one of thousands of digits is read by nothing.
    """
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER


def only_known(values: Iterable[object], known: tuple[str, ...], *, field: str) -> None:
    """Raise "not-a-choice" where one of the values is not among those that are known."""
    for value in values:
        if value not in known:
            raise MobilityError(
                "not-a-choice", f"'{value}' is not one of {', '.join(known)}", field=field, value=str(value),
                choices=", ".join(known),
            )  # fmt: skip


def plain(value: object) -> str:
    """Return a value as text, its blanks single: a whole number has no decimals, a day is "2026-12-08"."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return " ".join(str(value).split())


def written_day(value: object, *, today: date, field: str = "") -> date:
    """Read "08/12/26", "8/12", "2026-12-08" or "mardi 8 déc."; without a year, the next such day (or one just past).

    A weekday that the day does not have is refused.
    """
    if isinstance(value, date):
        return _planned(value.date() if isinstance(value, datetime) else value, value, field)
    text = plain(value)
    said = " ".join(text.lower().translate(_ACCENTS).replace(",", " ").split())
    weekday, bare = _split_weekday(said)
    if weekday and not bare:
        raise MobilityError("which-day", f"'{text}' may be any week's; write the date", field=field, value=text)
    day = _stated(bare, today)
    if day is None:
        if _DATED.fullmatch(bare):
            raise MobilityError("no-such-day", f"there is no '{text}'", field=field, value=text)
        raise MobilityError("bad-date", f"'{text}' is not a date; write it as 8/12/2026", field=field, value=text)
    if weekday and day.isoweekday() != weekday:
        raise MobilityError(
            "other-weekday", f"'{text}': {day} is another weekday", field=field, value=text, day=f"{day:%d/%m/%Y}",
            weekday=WEEKDAYS[day.isoweekday() - 1],
        )  # fmt: skip
    return _planned(day, value, field)


_ACCENTS = str.maketrans("àâäéèêëîïôöùûüç", "aaaeeeeiioouuuc")


def _split_weekday(said: str) -> tuple[int, str]:
    first, _, rest = said.removeprefix("le ").partition(" ")
    name = first.rstrip(".,")
    found = [i for i, word in enumerate(WEEKDAYS, 1) if len(name) >= 3 and word.startswith(name)]
    return (found[0], rest) if len(found) == 1 else (0, said)


def _stated(said: str, today: date) -> date | None:
    try:
        if found := _ISO.fullmatch(said):
            return date(*(int(part) for part in found.groups()))
        if found := _DIGITS.fullmatch(said):
            day, month, year = int(found[1]), int(found[2]), found[3]
        elif found := _WORDS.fullmatch(said):
            month, day, year = _month(found[3]), int(found[2]), found[4]
            if found[1]:
                return None
        else:
            return None
        if year:
            return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
        days = [date(y, month, day) for y in (today.year - 1, today.year, today.year + 1) if _exists(y, month, day)]
        ahead = [found_day for found_day in days if found_day >= today - PAST]
        return ahead[0] if ahead else None
    except ValueError:
        return None


def looks_dated(value: object) -> bool:
    """Tell whether a value is written as a date, whether or not there is such a day: "13/31/2026" is, "mardi" not."""
    text = plain(value).lower().translate(_ACCENTS)
    _, bare = _split_weekday(" ".join(text.replace(",", " ").split()))
    return isinstance(value, date) or bool(_DATED.fullmatch(bare) or _WORDS.fullmatch(bare))


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _month(word: str) -> int:
    """Return a month's number; raises ValueError where no month, or more than one, begins so ("jui")."""
    found = [i for i, name in enumerate(MONTHS, 1) if len(word) >= 3 and name.startswith(word)]
    if len(found) != 1:
        raise ValueError(word)
    return found[0]


def _planned(day: date, value: object, field: str) -> date:
    if day.year not in YEARS:
        raise MobilityError("bad-date", f"'{value}' is not a date to plan with", field=field, value=plain(value))
    return day


def written_clock(value: object, *, field: str = "") -> int:
    """Read "8h30", "14 h", "8:30", "midi", "8 heures et demie" or an hour's cell as seconds after midnight."""
    text = plain(value)
    trouble = MobilityError("bad-clock", f"'{text}' is not a time of day; write it as 9h15", field=field, value=text)
    if isinstance(value, datetime | time):
        return value.hour * HOUR + value.minute * MINUTE
    if isinstance(value, timedelta):
        return _within_a_day(round(value.total_seconds()), trouble)
    if isinstance(value, float) and 0 < value < 1:
        return _within_a_day(round(value * DAY / MINUTE) * MINUTE, trouble)
    said = " ".join(re.sub("['’.,]", " ", text.lower().translate(_ACCENTS)).removeprefix("a ").split())
    if said == "minuit":
        raise MobilityError("midnight", "'minuit' begins a day or ends it; write 0h or 23h59", field=field, value=text)
    if _SEVERAL.search(text.lower()) or len(re.findall(r"\d ?h", said)) > 1:
        raise MobilityError("several-hours", f"'{text}' tells several hours", field=field, value=text)
    said = re.sub(r"^midi\b", "12h", said)
    if re.fullmatch(r"\d{1,2}", said):
        return _within_a_day(int(said) * HOUR, trouble)
    found = _CLOCK.fullmatch(said)
    if not found or int(found[2] or 0) > 59:
        raise trouble
    hours, minutes = int(found[1]), int(found[2] or 0) + _PARTS[found[3]]
    if found[4] and (hours > 12 or not hours):
        raise trouble
    if found[4] in {"de l apres-midi", "du soir"} and hours < 12:
        hours += 12
    return _within_a_day(hours * HOUR + minutes * MINUTE, trouble)


def _within_a_day(seconds: int, trouble: MobilityError) -> int:
    if not 0 <= seconds < DAY:
        raise trouble
    return seconds


def written_yes(value: object, *, field: str = "") -> bool:
    """Read "oui", "x", "non", a ticked box; an empty cell is a no."""
    text = plain(value).lower().rstrip(".")
    if text in _YES or text in _NO:
        return text in _YES
    raise MobilityError("bad-yes", f"'{text}' is neither a yes nor a no", field=field, value=text)


def written_weekdays(value: object, *, field: str = "") -> frozenset[int]:
    """Read "lundi mardi", "lun-ven", "tous les jours sauf le dimanche" or "12345" as ISO weekdays."""
    text = plain(value)
    said = " ".join(re.sub(r"[;,./+&]|\bet\b|\bles?\b|\bchaque\b", " ", text.lower().translate(_ACCENTS)).split())
    if re.fullmatch(r"[1-7]+", said.replace(" ", "")):
        return frozenset(int(digit) for digit in said.replace(" ", ""))
    if said.replace(" ", "") in {"lmmjv", "lmmjvs", "lmmjvsd"}:
        return frozenset(range(1, 1 + len(said.replace(" ", ""))))
    kept, _, left = said.partition("sauf")
    days = _weekdays(kept.strip()) if kept.strip() else None
    without = _weekdays(left.strip()) if left.strip() else frozenset()
    if not days or without is None or not days - without:
        if looks_dated(value):
            raise MobilityError("date-for-weekday", f"'{text}' is a date", field=field, value=text)
        raise MobilityError(
            "bad-weekday", f"'{text}' is not a list of weekdays like 'lundi mardi'", field=field, value=text
        )  # fmt: skip
    return days - without


def written_weekday(value: object, *, field: str = "") -> int:
    """Read "mardi", "mar." or "2" as one ISO weekday."""
    days = written_weekdays(value, field=field)
    if len(days) != 1:
        told = plain(value)
        raise MobilityError("bad-weekday", f"'{told}' is not one weekday", field=field, value=told)
    return min(days)


def _weekdays(said: str) -> frozenset[int] | None:
    if said in {"tous jours", "tous jours semaine", "toute la semaine"}:
        return frozenset(range(1, 8))
    if said in {"en semaine", "semaine", "jours ouvres"}:
        return frozenset(range(1, 6))
    days: set[int] = set()
    for part in re.sub(r" ?(?:-|–|\bau\b) ?", "-", re.sub(r"\bdu ", "", said)).split():
        ends = [_weekday(word) for word in part.split("-")]
        if len(ends) > 2 or None in ends:
            return None
        first, last = ends[0] or 0, ends[-1] or 0
        days |= set(range(first, last + 1)) if first <= last else {*range(first, 8), *range(1, last + 1)}
    return frozenset(days)


def _weekday(word: str) -> int | None:
    name = word.strip().rstrip("s") if len(word) > 3 else word.strip()
    found = [i for i, day in enumerate(WEEKDAYS, 1) if len(name) >= 2 and day.startswith(name)]
    found = found or [i for i, day in enumerate(ENGLISH, 1) if len(name) >= 3 and day.startswith(name)]
    return found[0] if len(found) == 1 else None


def written_telephone(value: object, *, field: str = "") -> str:
    """Read a telephone number as it is kept ("" where nothing is written); what is none is refused, or several."""
    text = plain(value)
    if not text or (number := telephone_in(text)):
        return number if text else ""
    told = text[:30]
    # Digits without end, and nothing between them, are no list of numbers.
    if len(dialled(text).lstrip("+")) > LONGEST and not text.isdigit():
        raise MobilityError("several-numbers", f"'{told}' tells several numbers", field=field, value=told)
    raise MobilityError("bad-number-called", f"'{told}' is no telephone number", field=field, value=told)


def written_number(value: object, *, field: str = "") -> float:
    """Read "1,5", "1 200" or "60 km"; "1.200", which is 1,2 to some and 1200 to others, is refused."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    text = plain(value)
    bare = _UNITS.sub("", text.lower().translate(_ACCENTS)).replace(" ", "").replace("'", "")
    if re.fullmatch(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", bare):
        raise MobilityError("number-of-two", f"'{text}' may be read in two ways", field=field, value=text)
    if not re.fullmatch(r"[+-]?\d+([.,]\d+)?", bare):
        raise MobilityError("not-a-number", f"'{text}' is not a number", field=field, value=text)
    return float(bare.replace(",", "."))

"""What forms and addresses say, read into numbers, days and hours; every fault names its field."""

from collections.abc import Mapping
from datetime import date, timedelta

from desks.house import House
from mobility.clock import parse_clock, parse_day
from mobility.errors import MobilityError
from mobility.written import is_number
from webapp.words.errors import french_error

WEEKDAYS = tuple("1234567")
"""ISO weekdays as forms send them."""


def beside(
    error: MobilityError, stands: Mapping[str, str], names: Mapping[str, str] | None = None, *,
    suggests: bool = True,
) -> dict[str, str]:  # fmt: skip
    """Return the sentence of an error by the input of a form that it belongs to, "" where that is none of them.

    ``stands`` tells the input by the field of the error; ``suggests`` is false where what is proposed stands beside.
    """
    named = error.field not in stands
    return {stands.get(error.field, ""): french_error(error, names, suggests=suggests, named=named)}


def number_within(text: str | None, low: int, high: int, *, otherwise: int = 0) -> int:
    """Read a number of a form or an address; whatever is none between two limits stands for another one."""
    return int(text) if text and is_number(text) and low <= int(text) <= high else otherwise


def stated_number(text: str, low: int, high: int, *, field: str) -> int:
    """Read a number of a form; raises where it is none between two limits."""
    if not is_number(text) or not low <= int(text) <= high:
        raise MobilityError(
            "bad-number", f"'{text}' is not a number between {low} and {high}", field=field, value=text, low=low,
            high=high,
        )  # fmt: skip
    return int(text)


def tomorrow(here: House) -> date:
    """Return the day that forms propose."""
    return here.today() + timedelta(days=1)


def stated_day(here: House, text: str | None) -> date:
    """Read a day (tomorrow where there is none)."""
    return parse_day(text, field="Jour") if text else tomorrow(here)


def stated_hours(values: Mapping[str, str]) -> tuple[int | None, int | None, int | None]:
    """Read when someone must be there or else may leave, and from when on they come back, if they do."""
    hour = parse_clock(values.get("heure") or "10:00", field="Heure")
    back = parse_clock(values["retour"], field="Retour") if values.get("retour") else None
    return (None, hour, back) if values.get("sens") == "partir" else (hour, None, back)

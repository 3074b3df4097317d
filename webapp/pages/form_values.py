"""What forms and addresses say, read into numbers, days and hours; every fault names its field."""

from collections.abc import Mapping
from datetime import date, timedelta

from desks.house import House
from mobility.clock import parse_clock, parse_day
from mobility.errors import Faults, MobilityError
from mobility.written import is_number
from webapp.words.errors import french_error

WEEKDAYS = tuple("1234567")
"""ISO weekdays as forms send them."""


def beside(
    error: MobilityError, stands: Mapping[str, str], names: Mapping[str, str] | None = None, *,
    suggests: bool = True,
) -> dict[str, str]:  # fmt: skip
    """Return the sentences of an error by the input of a form that each belongs to, "" where that is none of them.

    ``stands`` tells the input by the field of the error, in the order of the page, which is kept: what stands above the
    form comes first. ``suggests`` is false where what is proposed stands beside.
    """
    told: dict[str, list[str]] = {place: [] for place in ["", *stands.values()]}
    for one in error.errors:
        sentence = french_error(one, names, suggests=suggests, named=one.field not in stands)
        told[stands.get(one.field, "")].append(sentence)
    return {place: " ".join(dict.fromkeys(sentences)) for place, sentences in told.items() if sentences}


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
    with Faults() as faults:
        hour = faults.of(lambda: parse_clock(values.get("heure") or "10:00", field="Heure"), 0)
        back = faults.of(lambda: parse_clock(values["retour"], field="Retour"), 0) if values.get("retour") else None
    return (None, hour, back) if values.get("sens") == "partir" else (hour, None, back)

"""Nothing personal in a log: what the register calls personal is taken out of every record before it is written.

A value goes where it is told with the name of a personal column (``telephone=…``, ``"name": …``), and wherever it looks
like a number, a mail address, a machine's address or a private link, whoever wrote it.
"""

import re
from functools import cache
from ipaddress import ip_address

from data.register import FOR_WORK, PERSONAL, goes, holds
from data.schema import all_tables

HIDDEN = "…"
_NUMBER = re.compile(
    # Of any country, as people group it, also in an address (%2B). No country begins with 0, so that "+0100" stays.
    r"(?<!\w)(?:\+|%2B)[1-9](?:\d{6,}|(?:[\s.()/+-]{0,3}\d){6,})"
    # Of France. A hyphen or a point before it tells a date, an identifier or a figure; hyphens go all along or nowhere.
    r"|(?<![\w.-])(?:0033\s?(?:\(0\)\s?)?|0)[\s-]?[1-9](?:(?:(?:[\s.+]|%20)?\d{2}){4}|(?:-\d{2}){4})(?!\d)",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_MACHINE = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}(?!\w|\.\d)"
    r"|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:\d{0,3}(?:\.\d{1,3}){3})?(?![\w]))",
    re.IGNORECASE,
)
"""What may be an address of the internet: an hour, that looks like one, is none."""
_LINK = re.compile(r"(/(?:t|mot-de-passe|ouvrir)/)[\w-]{8,}")


@cache
def _told_by_name() -> re.Pattern[str]:
    """Return what finds a value that is told with the name of a personal or secret column."""
    # Days and hours alone tell nobody, and what belongs to work is the program's own.
    classes = PERSONAL - {"when"} | {"secret"}
    columns = (column for table in all_tables() for column in table.columns if goes(column) != FOR_WORK["goes"])
    names = {column.name for column in columns if holds(column) in classes}
    words = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    return re.compile(rf"(?<!\w)(['\"]?(?:{words})['\"]?\s?[=:]\s?)('[^']*'|\"[^\"]*\"|\[[^\]]*\]|[^\s,;)}}'\"]+)")


def discreet(text: str) -> str:
    """Return a text without what is personal in it."""
    text = _told_by_name().sub(rf"\g<1>{HIDDEN}", text)
    text = _LINK.sub(rf"\g<1>{HIDDEN}", _MAIL.sub(HIDDEN, _NUMBER.sub(HIDDEN, text)))
    return _MACHINE.sub(_without_machine, text)


def _without_machine(found: re.Match[str]) -> str:
    """Hide the address of another machine; of this one, whoever runs it may read."""
    # A colon may end the words before what went wrong.
    for end in ("", ":"):
        try:
            address = ip_address(found[0].removesuffix(end))
        except ValueError:
            continue
        return found[0] if address.is_loopback or address.is_unspecified else HIDDEN + end
    return found[0]

"""The spaces of French that may not break: before ``: ; ! ? »``, after ``«``, in hours, between a number and its unit.

Nor does a telephone number part. Words are written with plain spaces everywhere; they are bound once, where they leave:
pages, messages, prints, agendas. What is spoken, and what machines read, keeps plain spaces. The rules are those of the
*Lexique* of the Imprimerie nationale, with the ordinary no-break space alone: the thin one is missing from some fonts.
"""

import re
from collections.abc import Mapping, Sequence

from webapp.words.french import NBSP

WORD_JOINER = "\u2060"
"""After a dash a line may break even where a no-break space follows (rule LB12a of UAX 14)."""

_UNIT = r"(?:km²?|m|min|h|%|€|ko|Mo|Go|kg|ha)(?![\w'’])"
_PAIRS = "|".join(rf"(?<=\b0\d(?: \d\d){{{k}}} )(?=\d\d(?: \d\d){{{3 - k}}}\b)" for k in range(4))
"""Between two pairs of a telephone number, "06 39 10 00 15": after the first, the second…"""
_LOOSE = (
    (rf" (?=\d)(?:{_PAIRS})", NBSP),
    (rf"[ \n](?:(?=[:;!?»])|(?<=\d[ \n])(?={_UNIT}))", NBSP),
    (r"«[ \n]+", f"«{NBSP}"),
    (rf"{NBSP}h[ \n](?=\d\d\b)", f"{NBSP}h{NBSP}"),
    (rf"–(?<=[\dh][ \n{NBSP}]–)[ \n{NBSP}](?=\d)", f"–{WORD_JOINER}{NBSP}"),
)
_OUTSIDE_TAGS = "(?![^<>]*>)"
"""What stands in a tag meets its end before the beginning of another."""
# One expression a kind, each beginning with signs to look for: in one, they would take ten times as long.
_TEXT = [(re.compile(loose), tight) for loose, tight in _LOOSE]
_SHOWN = [(re.compile(loose + _OUTSIDE_TAGS), tight) for loose, tight in _LOOSE]
_RAW = re.compile(r"<(script|style|pre|code|textarea|select)\b.*?</\1>", re.DOTALL)


def bound(text: str) -> str:
    """Return a text with the spaces that may not break; the other signs stay as they are."""
    return _bind(text, _TEXT)


def bound_page(page: str) -> str:
    """Return HTML with such spaces in what it shows: not in tags, scripts, styles, code, nor in what a form sends."""
    parts, done = [], 0
    for raw in _RAW.finditer(page):
        parts += [_bind(page[done : raw.start()], _SHOWN), raw[0]]
        done = raw.end()
    return "".join([*parts, _bind(page[done:], _SHOWN)])


def bound_values(value: object) -> object:
    """Return a value made of mappings and lists, as a print takes it, with all its texts bound; keys stay."""
    if isinstance(value, str):
        return bound(value)
    if isinstance(value, Mapping):
        return {key: bound_values(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [bound_values(one) for one in value]
    return value


def _bind(text: str, rules: Sequence[tuple[re.Pattern[str], str]]) -> str:
    for loose, tight in rules:
        text = loose.sub(tight, text)
    # The space before the dash of a span, which the rules found by what surrounds it.
    return text.replace(f" –{WORD_JOINER}", f"{NBSP}–{WORD_JOINER}")

"""Every trouble in French: what is wrong, and the way out."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from mobility.bus_calendar import BrokenRule
from mobility.clock import WEEKDAYS as WEEKDAY_NAMES
from mobility.errors import HouseError, InfeasibleError
from webapp.words.french import (
    WEEK_LETTERS,
    day_words,
    duration_words,
    joined,
    number_words,
    session_word,
    time_words,
    weekday_word,
)

GROUPED = 10_000
"""From here on a number of an error is a count, read by its thousands; what is less may be a year."""


@cache
def error_words() -> dict[str, dict[str, str]]:
    """Return the sentences of "errors" and "rules" by code, of what is "missing" and the names of "fields" by field."""
    return tomllib.loads((Path(__file__).parent / "errors.toml").read_text(encoding="utf-8"))


def french_error(
    error: HouseError, names: Mapping[str, str] | None = None, *, suggests: bool = True, named: bool = True
) -> str:
    """Return the French sentence of an error, with the place to mend, or of each that it is made of.

    ``names`` translates stops and areas.

    ``suggests`` is false where what is proposed stands beside, as links; ``named`` where the sentence stands at its
    field, whose label says already what it is about.
    """
    if len(error.errors) > 1:
        told = (french_error(one, names, suggests=suggests, named=named) for one in error.errors)
        return " ".join(dict.fromkeys(told))
    words = {key: _plain(value) if key == "value" else _said(_plain(value)) for key, value in error.details.items()}
    sentences = error_words()["errors"]
    sentence = sentences[error.code]
    if error.code == "empty-value" or (words.get("value") == "" and "« {value} »" in sentence):
        # Nothing was written: there is nothing to quote.
        if missing := error_words()["missing"].get(error.field):
            return missing
        sentence = sentences["empty-value"]
    sentence = sentence.format(**words)
    suggestions = error.details.get("suggestions")
    if suggests and isinstance(suggestions, list) and suggestions:
        # In quotes: many names have a comma of their own.
        sentence += f" Vouliez-vous dire {joined([f'« {name} »' for name in suggestions], 'ou')} ?"
    if isinstance(error, InfeasibleError) and error.rules:
        rules = [conflict_words(rule, names or {}) for rule in error.rules]
        sentence += f" À elles seules, ces règles se contredisent : {'; '.join(rules)}. Assouplissez l'une d'elles."
    if not named:
        return f"{sentence[0].upper()}{sentence[1:]}"
    field = error_words()["fields"].get(error.field, field_words(error.field))
    hidden = not field or error.code in {"infeasible", "off-the-map", "no-plan", "judge-disagrees"}
    # A field that asks ends in its own mark.
    return sentence if hidden else f"{field} {sentence}" if field.endswith("?") else f"{field} : {sentence}"


def field_words(field: str) -> str:
    """Write "stops.csv, sheet A, line 3, column lat" in French; a file keeps its name, whatever words are in it.

    The option of a command says nothing to whoever reads a page: it is left out.
    """
    if field.startswith("--"):
        return ""
    told = re.sub(r", line (?=\d)", ", ligne ", field).replace(", column ", ", colonne ")
    return told.replace(", sheet ", ", feuille ")


def _said(value: object) -> object:
    """Write a day or a count of an error as one says it; what somebody typed is quoted as it was."""
    if isinstance(value, int) and abs(value) >= GROUPED:
        return number_words(value)
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return day_words(date.fromisoformat(value), year=True)
    return value


def _plain(value: object) -> object:
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    return value


def conflict_words(rule: str, names: Mapping[str, str]) -> str:
    """Write a rule named by the conflict finder ("lock:46095 week 1 thursday") in French."""
    kind, _, rest = rule.partition(":")
    if kind == "crew-hours":
        return "les horaires de l'équipage (aucun arrêt ne peut être tenu dans la journée)"
    if kind == "max-changes":
        return "le nombre de changements permis"
    if kind == "area-floor":
        return f"le nombre de passages pour {names.get(rest, rest)}"
    if kind == "skipped":
        return f"la fermeture : {_when(rest.split())}"
    stop, *words = rest.split()
    where = f"{names.get(stop, stop)} {_when(words)}".strip()
    return f"le passage imposé à {where}" if kind == "lock" else f"l'interdiction à {where}"


def _when(words: Sequence[str]) -> str:
    return " ".join(_word(word, words[i - 1] if i else "") for i, word in enumerate(words) if word != "week")


def _word(word: str, before: str) -> str:
    if before == "week":
        return f"semaine {dict(zip('12', WEEK_LETTERS, strict=True)).get(word, word)}"
    return weekday_word(WEEKDAY_NAMES.index(word) + 1) if word in WEEKDAY_NAMES else session_word(word)


def french_rule(rule: BrokenRule, names: Mapping[str, str]) -> str:
    """Return the French sentence of a broken rule; ``names`` translates stops and areas."""
    words: dict[str, object] = {}
    for key, value in rule.details.items():
        if key in {"stop", "area"}:
            words[key] = names.get(str(value), value)
        elif key == "stops" and isinstance(value, list | tuple):
            words[key] = joined([names.get(str(stop), str(stop)) for stop in value])
        elif key in {"start", "end"} or (key == "limit" and rule.code in {"crew-starts-early", "crew-ends-late"}):
            words[key] = time_words(float(str(value)))
        elif key in {"needed", "between", "length"} or (key == "limit" and rule.code == "crew-day-long"):
            words[key] = duration_words(float(str(value)))
        elif key == "weekday":
            words[key] = weekday_word(int(str(value)))
        elif key == "session":
            words[key] = session_word(str(value))
        else:
            words[key] = value
    return error_words()["rules"][rule.code].format(**words)

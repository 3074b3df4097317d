"""Desks speak no language: what a person reads is handed in or written by the pages."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT
from webapp.words import people, rides

READ = {"desks/imports/half_days.py", "desks/imports/headers.py", "desks/imports/matching.py"}
"""Where French is understood, never spoken."""
FRENCH = re.compile(
    r"[À-ÿŒœ]"
    r"|(?<![-\w])(?:le|la|les|un|une|des|de|du|au|aux|et|ou|en|par|sur|pour|avec|chez|vous|votre|est)(?![-\w])"
    r"|\b[cdjlmnst]'(?=[a-zà-ÿ]|$)",
    re.IGNORECASE,
)
"""Letters and small words of French, however short what they stand in: " de " joins a word to a name."""
ROLES = frozenset(re.findall(r"\w{4,}", " ".join([*people.KINDS.values(), *rides.OFFER_KINDS.values()]).lower()))
"""What screens call people, a word that stands alone in the code."""


def texts(tree: ast.Module) -> Iterator[ast.Constant]:
    """The texts of a module that are no documentation."""
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node


def spoken(source: str) -> list[str]:
    """The French that a module speaks."""
    return [
        f"{text.lineno} {text.value}"
        for text in texts(ast.parse(source))
        if FRENCH.search(text.value) or ROLES & set(re.findall(r"\w+", text.value.lower()))
    ]


def test_no_desk_holds_a_french_sentence():
    found = {str(path.relative_to(ROOT)): spoken(path.read_text("utf-8")) for path in (ROOT / "desks").rglob("*.py")}
    assert {path: told for path, told in found.items() if told and path not in READ} == {}


@pytest.mark.parametrize(
    "source",
    ['f"{role} de {name}"', '"Conducteur"', '"Passager"', 'f"d\'{name}"', '"Le trajet"', '"Bénévole"', '"à"', '"Et"'],
)
def test_french_is_seen_in_one_word_and_between_two_names(source):
    assert spoken(f"told = {source}")


@pytest.mark.parametrize("source", ['"the desk doesn\'t answer: %s"', '"a-la-demande"', '"driver"', '"From"'])
def test_english_and_addresses_are_not_french(source):
    assert not spoken(f"told = {source}")

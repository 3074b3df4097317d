"""Desks speak no language: what a person reads is handed in or written by the pages."""

import ast
import re
from collections.abc import Iterator

from tests.conftest import ROOT

READ = {"desks/imports/headers.py"}
"""Where French is understood, never spoken."""


def texts(tree: ast.Module) -> Iterator[ast.Constant]:
    """The texts of a module that are no documentation."""
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node


def test_no_desk_holds_a_french_sentence():
    french = re.compile(r"[À-ÿŒœ]|\b(?:le|la|les|des|une|du|pour|avec|vous|votre|est)\b")
    found = [
        f"{path.relative_to(ROOT)}:{text.lineno} {text.value}"
        for path in sorted((ROOT / "desks").rglob("*.py"))
        if str(path.relative_to(ROOT)) not in READ
        for text in texts(ast.parse(path.read_text(encoding="utf-8")))
        # An address of the site is no sentence.
        if " " in text.value and french.search(text.value)
    ]
    assert found == []

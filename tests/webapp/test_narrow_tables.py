"""Tables that are too wide for a telephone become cards there: each cell then says what it is."""

import re

import pytest

from tests.conftest import ROOT

TEMPLATES = ROOT / "webapp" / "templates"


@pytest.mark.parametrize("name", ["journal.html", "verify.html", "requests.html", "_needs.html"])
def test_every_cell_of_a_table_shown_as_cards_says_what_it_is(name):
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    rows = re.findall(r'<table class="rows">.*?</table>', text, re.DOTALL)
    assert rows
    cells = [cell for table in rows for cell in re.findall(r"<td\b[^>]*", table) if "colspan" not in cell]
    assert cells
    assert [cell for cell in cells if "data-l=" not in cell] == []

"""What is kept of a feed beside it, so that no page reads its tables."""

from datetime import date

import pytest

from data.downloads import DownloadFolder
from data.feed_sketches import FILE, FeedSketch, read_sketch, write_sketch
from mobility.transport import Line, ServedLine
from tests.conftest import NOW

LINE = ServedLine(Line("bus", "L1", "874"), "Cahors – Lherm", "La Navette", frozenset({"L1"}), frozenset({"46042"}))
SKETCH = FeedSketch(date(2026, 12, 12), frozenset({"46042", "46095"}), (("La Navette", "05 65 00 00 00"),), (LINE,))


@pytest.fixture
def folder(tmp_path):
    return DownloadFolder(tmp_path, lambda: NOW)


def test_it_comes_back_for_its_stamp_alone(folder):
    write_sketch(folder, "1/cahors/abc", SKETCH)
    assert read_sketch(folder, "1/cahors/abc") == SKETCH
    assert read_sketch(folder, "1/cahors/abd") is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"stamp": "1"}', '{"stamp": "1", "telephones": [1], "last": 3}'])
def test_a_file_that_cannot_be_read_is_made_again(folder, text):
    (folder.path / FILE).write_text(text, encoding="utf-8")
    assert read_sketch(folder, "1") is None

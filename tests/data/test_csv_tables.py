"""Tables that are wrong in each way, and the message that names the place."""

from pathlib import Path

import pytest

import data
from data.csv_tables import handed_out, handed_out_lines, parse_table, read_table, write_table
from data.spreadsheets import read_sheets
from mobility.errors import MobilityError

COLUMNS = ("insee", "name", "population")


def test_commas_semicolons_and_byte_order_marks():
    for text in ("insee,name,population\n46001,Albas,525\n", "\ufeffinsee;name;population\n46001;Albas;525\n"):
        (row,) = parse_table(text, "communes.csv", COLUMNS)
        assert row.required("insee") == "46001"
        assert row.number("population") == 525


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("insee,nom,population\n", "missing-column", "communes.csv: the column name is missing"),
        ("", "missing-column", "found: nothing"),
        ("insee,name,population\n46001,Albas\n", "ragged-line", "line 2"),
        ("insee,name,population\n46001,Albas,525,7\n", "ragged-line", "line 2"),
        ('insee,name,population\n46001,"Albas,525\n', "broken-csv", "cut off"),
    ],
)
def test_broken_tables_name_their_place(text, code, words):
    with pytest.raises(MobilityError) as caught:
        parse_table(text, "communes.csv", COLUMNS)
    assert caught.value.code == code
    assert words in str(caught.value)


def test_wrong_values_name_line_and_column():
    rows = parse_table("insee,name,population\n46001,Albas,many\n46002,,5\n", "communes.csv", COLUMNS)
    with pytest.raises(MobilityError, match=r"communes\.csv, line 2, column population: 'many' is not a number"):
        rows[0].number("population")
    with pytest.raises(MobilityError, match="line 3, column name: this value is missing"):
        rows[1].required("name")
    assert parse_table("a\n\n", "t", ("a",)) == []


def test_missing_file_and_wrong_encoding(tmp_path):
    with pytest.raises(MobilityError, match="does not exist"):
        read_table(tmp_path / "none.csv", COLUMNS)
    (tmp_path / "latin.csv").write_bytes("insee,name,population\n46032,Boissières,397\n".encode("latin-1"))
    with pytest.raises(MobilityError, match="not UTF-8"):
        read_table(tmp_path / "latin.csv", COLUMNS)


def test_written_whole_and_read_back(tmp_path):
    path = tmp_path / "new" / "t.csv"
    write_table(path, ("a", "b"), [(1, None), ("x, y", 2.5)])
    assert [row.values for row in read_table(path, ("a", "b"))] == [{"a": "1", "b": ""}, {"a": "x, y", "b": "2.5"}]
    assert not list(path.parent.glob("*.partial"))


def test_a_table_that_leaves_holds_no_formula_and_is_itself_again_once_read():
    told = ['=HYPERLINK("x")', "+33 5", "-1", "@x", "'=x", "Lherm", ""]
    text = handed_out(["word", "degrees"], [[word, -1.4] for word in told])
    assert not [line for line in text.splitlines() if line.lstrip('"')[:1] in tuple("=+-@")]
    assert text.count(",-1.4") == len(told), "a number is no formula"
    (sheet,) = read_sheets(text.encode(), "table.csv")
    assert [line.cells[0] for line in sheet.lines[1:]] == told


def test_csv_is_written_in_one_place_line_after_line():
    """Feeds and road tables are other packages' own: they know nothing of `data`."""
    here = Path(data.__file__).parent.parent
    files = [file for part in ("data", "desks", "webapp", "cli") for file in sorted((here / part).rglob("*.py"))]
    assert [file.name for file in files if "csv.writer(" in file.read_text()] == ["sheet_text.py"]

    def endless():
        while True:
            yield "=1", None

    lines = handed_out_lines(("a", "b"), endless())
    assert [next(lines) for _ in range(3)] == ["a,b\n", "'=1,\n", "'=1,\n"]

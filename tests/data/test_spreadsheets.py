"""Spreadsheets as people send them, good and malformed, and as the service hands them out."""

import io
import struct
import time as time_module
import zipfile
from datetime import date, datetime, time, timedelta

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from data.sheet_text import FORMULA_STARTS, Line
from data.spreadsheets import LARGEST, Sheet, read_sheets, write_csv, write_ods, write_xlsx
from mobility.errors import MobilityError
from mobility.written import written_clock, written_day, written_yes

WRITERS = {
    "xlsx": lambda sheet: write_xlsx([sheet]), "ods": lambda sheet: write_ods([sheet]), "csv": write_csv,
}  # fmt: skip
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))
RISKY = st.builds("{}{}{}".format, st.sampled_from(["", "'", "''"]), st.sampled_from(FORMULA_STARTS), TEXTS)
NUMBERS = st.sampled_from(["0612345678", "+33612345678", "+33 (0)6 12 34 56 78", "06.12.34.56.78", "0033612345678"])

ENCODINGS = (
    "utf-8", "utf-8-sig", "cp1252", "iso8859-15", "utf-16", "utf-16-le", "utf-16-be", "mac-roman", "cp850",
)  # fmt: skip


def sheet_of(*rows, name="Liste"):
    return Sheet(name, tuple(Line(i, tuple(row)) for i, row in enumerate(rows, 1)))


def read(content, name="liste"):
    return read_sheets(content, name)


def cells(content, name="liste"):
    (sheet,) = read(content, name)
    return [line.cells for line in sheet.lines]


@pytest.mark.parametrize("ending", WRITERS)
@given(st.lists(st.one_of(TEXTS, RISKY, NUMBERS), min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_each_text_is_itself_again(ending, texts):
    row = (*(text if text.strip() else "." for text in texts), "fin")
    assert cells(WRITERS[ending](sheet_of(row))) == [row]


VALUES = st.one_of(
    TEXTS, RISKY, NUMBERS, st.text(st.sampled_from("ab'=-+ é\n\r\t;,\"012"), max_size=12), st.just(""),
    st.dates(date(2001, 1, 1), date(2090, 1, 1)), st.integers(-(10**18), 10**18),
    st.booleans(), st.decimals(-1_000_000, 1_000_000, places=3).map(float),
    st.times().map(lambda t: t.replace(second=0, microsecond=0)),
)  # fmt: skip


def as_read(ending, cell):
    """What a cell is once it is read again: itself; in CSV, which has only texts, as a French program shows it."""
    if isinstance(cell, str):
        return cell if cell.strip() else ""
    if ending == "csv":
        told = read(write_csv(sheet_of((cell,))))[0].lines[0].cells[0]
        if isinstance(cell, bool):
            assert written_yes(told) == cell
        elif isinstance(cell, date):
            assert written_day(told, today=date(2026, 11, 30)) == cell
        elif isinstance(cell, time):
            assert written_clock(told) == cell.hour * 3600 + cell.minute * 60
        else:
            assert type(cell)(told.replace(",", ".")) == cell
        return told
    return str(cell) if isinstance(cell, int) and abs(cell) >= 10**15 else cell


@pytest.mark.parametrize("ending", WRITERS)
@given(st.lists(st.lists(VALUES, min_size=1, max_size=5), min_size=1, max_size=5))
@settings(max_examples=30, deadline=None)
def test_a_table_taken_away_and_read_again_is_itself(ending, rows):
    table = [("début", *row, "fin") for row in rows]
    got = [
        tuple(cell if not isinstance(cell, str) or cell.strip() else "" for cell in row)
        for row in cells(WRITERS[ending](sheet_of(*table)))
    ]
    assert got == [tuple(as_read(ending, cell) for cell in row) for row in table]


@pytest.mark.parametrize("ending", WRITERS)
def test_a_long_number_and_a_sign_that_no_text_has_do_no_harm(ending):
    row = (12345678901234567, "a\0b", "fin")
    assert cells(WRITERS[ending](sheet_of(("t",), row)))[1][0] == "12345678901234567"


@pytest.mark.parametrize("ending", WRITERS)
def test_no_formula_leaves(ending):
    content = WRITERS[ending](sheet_of([f"{sign}1+cmd|' /C calc'!A0" for sign in FORMULA_STARTS]))
    if ending == "csv":
        starts = {value.lstrip('"')[:1] for value in content.decode("utf-8-sig").split(";")}
        assert starts == {"'"}
        return
    parts = zipfile.ZipFile(io.BytesIO(content))
    told = parts.read("xl/worksheets/sheet1.xml" if ending == "xlsx" else "content.xml")
    assert b"<f>" not in told
    assert b"table:formula" not in told


@pytest.mark.parametrize("ending", ["xlsx", "ods"])
def test_days_hours_and_numbers_stay_what_they_are(ending):
    row = (date(2026, 12, 8), datetime(2026, 12, 8, 8, 30), time(8, 30), True, 1.5, 612345678.0, "x")
    assert cells(WRITERS[ending](sheet_of(("a",), row)))[1] == row


def test_ods_tells_programs_what_it_is_and_keeps_blanks_that_they_would_drop():
    content = write_ods([sheet_of(("Nom",), (" a  b\tc\nd ", time(8, 30), timedelta(hours=26), date(2026, 12, 8)))])
    assert content[30:84] == b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
    told = zipfile.ZipFile(io.BytesIO(content)).read("content.xml").decode()
    assert "<text:p><text:s/>a<text:s/> b<text:tab/>c</text:p><text:p>d<text:s/></text:p>" in told
    assert all(f"<text:p>{shown}</text:p>" in told for shown in ("08:30", "26:00", "08/12/2026"))


def test_a_large_ods_takes_no_longer_than_a_workbook_of_the_other_kind():
    large = sheet_of(*[[f"Lherm {line}", line * 1.5, "0612345678", True] * 5 for line in range(1000)])
    taken = {}
    for write in (write_xlsx, write_ods):
        began = time_module.process_time()
        write([large])
        taken[write] = time_module.process_time() - began
    assert taken[write_ods] < 2 * taken[write_xlsx]


def test_csv_tells_days_hours_and_numbers_as_french_programs_do():
    row = (date(2026, 12, 8), datetime(2026, 12, 8, 8, 30), time(8, 30), True, 1.5, 612345678.0, timedelta(hours=26))
    assert cells(write_csv(sheet_of(row))) == [
        ("08/12/2026", "08/12/2026 08:30", "08:30", "oui", "1,5", "612345678", "26:00")
    ]  # fmt: skip


def test_sheets_get_names_that_programs_take():
    made = [sheet_of(["a"], name=name) for name in ("Passages : mardi/jeudi [été]", "", "x" * 40, "X" * 40)]
    for write in (write_xlsx, write_ods):
        names = [sheet.name for sheet in read(write(made))]
        assert names == ["Passages mardi jeudi été", "Feuille 2", "x" * 31, f"{'X' * 25} (4)"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_any_usual_encoding_and_separator(encoding, separator):
    rows = [
        ("Nom", "Téléphone", "Départ", "Remarque"), ("Hélène Cœuré", "0612345678", "Boissières", "à l'église, où"),
        ("Zoë Garçon", "0565101112", "Francoulès", "dès l'été ; fête à Noël"),
    ]  # fmt: skip
    text = "\r\n".join(separator.join(f'"{value}"' for value in row) for row in rows)
    assert cells(text.replace("œ", "œ" if encoding not in {"cp850"} else "oe").encode(encoding)) == [
        tuple(value.replace("œ", "œ" if encoding != "cp850" else "oe") for value in row) for row in rows
    ]


def test_lines_of_two_encodings_are_each_read():
    content = "nom;lieu\nÉmile;Boissières\n".encode() + "Zoë;Francoulès\n".encode("cp1252")
    assert cells(content) == [("nom", "lieu"), ("Émile", "Boissières"), ("Zoë", "Francoulès")]


def test_decimal_commas_part_no_values():
    assert cells(b"nom;lon;lat;rayon\na;1,5;44,5;60,5\nb;1,4;44,4;60,5\n")[1] == ("a", "1,5", "44,5", "60,5")
    assert cells(b'nom,jours\na,"lundi; mardi"\nb,"lundi; mardi"\n')[1] == ("a", "lundi; mardi")
    assert cells(b"sep=|\na|b;c;d\n") == [("a", "b;c;d")]


def test_a_sign_within_quoted_values_parts_none_of_them():
    rows = [("a", "x,y", "fin"), ("b", "u,v")]
    assert cells(write_csv(sheet_of(*rows))) == rows


def test_lines_keep_their_numbers():
    (sheet,) = read(b'titre\n\n"a\nb";c\n;;\nd;e\n')
    assert [(line.number, line.cells) for line in sheet.lines] == [(1, ("titre",)), (3, ("a\nb", "c")), (6, ("d", "e"))]


def test_lines_of_a_workbook_keep_their_numbers():
    (sheet,) = read(write_xlsx([sheet_of(["titre"], [], ["", "a"], [], ["b"])]))
    assert [(line.number, line.cells) for line in sheet.lines] == [(1, ("titre",)), (3, ("", "a")), (5, ("b",))]


def workbook(fill, **options):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, options) as book:
        fill(book, book.add_worksheet("Liste"))
    return out.getvalue()


def test_days_counted_from_1904():
    def fill(book, page):
        page.write_datetime(0, 0, datetime(2026, 12, 8), book.add_format({"num_format": "dd/mm/yy"}))

    assert cells(workbook(fill, date_1904=True)) == [(date(2026, 12, 8),)]


def test_merged_cells_all_hold_what_the_first_holds():
    def fill(_book, page):
        page.merge_range(0, 0, 1, 0, "Nom")
        page.merge_range(0, 1, 0, 2, "Horaires")
        page.write_row(1, 1, ["de", "à"])

    assert cells(workbook(fill)) == [("Nom", "Horaires", "Horaires"), ("Nom", "de", "à")]


def test_formulas_count_by_what_they_showed():
    def fill(_book, page):
        page.write_formula(0, 0, "=1+1", None, 2)
        page.write_formula(0, 1, '="06"&"39"', None, "0639")

    assert cells(workbook(fill)) == [(2.0, "0639")]


def test_hidden_sheets_are_not_read():
    def fill(book, page):
        page.write(0, 0, "a")
        other = book.add_worksheet("Cachée")
        other.write(0, 0, "b")
        other.hide()

    assert [sheet.name for sheet in read(workbook(fill))] == ["Liste"]


def repacked(content, **changed):
    """A workbook with some parts written anew (None: left out)."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            if entry not in changed:
                new.writestr(entry, old.read(entry))
        for entry, held in changed.items():
            new.writestr(entry, held)
    return out.getvalue()


GOOD = write_xlsx([sheet_of(("Nom", "Lieu"), ("Anne", "Lherm"))])
ODS = write_ods([sheet_of(("Nom", "Lieu"), ("Anne", "Lherm"))])
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
FAR = SHEET.format('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
UNNUMBERED = SHEET.format("<row/>" * 200_000 + "<row>" + "<c/>" * 5000 + "<c><v>1</v></c></row>")
SHARED = (
    '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>' + "x" * 30_000 + "</t></si></sst>"
)
COPIES = SHEET.format("".join(f'<row r="{i}"><c r="A{i}" t="s"><v>0</v></c></row>' for i in range(1, 2000)))
TOLD = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2000"><c r="GR2000"><v>1</v></c></row>'
AGAIN = '<mergeCell ref="A1:GR2000"/>' * 20_000
MERGED = SHEET.format(TOLD).replace("</sheetData>", f"</sheetData><mergeCells>{AGAIN}</mergeCells>")
DOCTYPE = '<!DOCTYPE x [<!ENTITY a "aaaa">]>' + SHEET.format("")


def ods_with(rows):
    content = zipfile.ZipFile(io.BytesIO(ODS)).read("content.xml").decode()
    return repacked(ODS, **{"content.xml": content.replace("<table:table-row>", rows + "<table:table-row>", 1)})


def ods_cell(columns, rows, text):
    return (
        f'<table:table-row table:number-rows-repeated="{rows}"><table:table-cell office:value-type="string" '
        f'table:number-columns-repeated="{columns}"><text:p>{text}</text:p></table:table-cell></table:table-row>'
    )


ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
MALFORMED = {
    "nothing at all": (b"", "empty-sheet"),
    "blanks": (b" \n\n ; ; \n", "empty-sheet"),
    "a cut workbook": (GOOD[: len(GOOD) // 2], "broken-sheet"),
    "a cut workbook in the middle of a part": (GOOD[:60] + GOOD[200:], "broken-sheet"),
    "a sheet cut in its text": (repacked(GOOD, **{"xl/worksheets/sheet1.xml": FAR[:150]}), "broken-sheet"),
    "a locked .xlsx": (ole + "EncryptedPackage".encode("utf-16-le"), "locked-sheet"),
    "a locked .ods": (
        repacked(ODS, **{"META-INF/manifest.xml": "<manifest:encryption-data/>"}),
        "locked-sheet",
    ),
    "macros": (repacked(GOOD, **{"xl/vbaProject.bin": b"x"}), "macros"),
    "macros of .ods": (repacked(ODS, **{"Basic/Standard/Module1.xml": "<x/>"}), "macros"),
    "macros of .xls": (ole + "Workbook".encode("utf-16-le") + "_VBA_PROJECT_CUR".encode("utf-16-le"), "macros"),
    "an old letter": (ole + "WordDocument".encode("utf-16-le"), "not-a-sheet"),
    "a broken .xls": (ole + "Workbook".encode("utf-16-le"), "broken-sheet"),
    "a letter": (GOOD.replace(b"xl/workbook.xml", b"word/docume.xml"), "not-a-sheet"),
    "a page saved as .xls": (b"<html><table><tr><td>a</td></tr></table></html>", "not-a-sheet"),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "not-a-sheet"),
    "zero bytes": (b"nom;lieu\nAn\0ne;Lherm\n", "not-a-sheet"),
    "a quote without end": (b'nom;lieu\n"Anne;Lherm\n', "broken-csv"),
    "a value far away": (repacked(GOOD, **{"xl/worksheets/sheet1.xml": FAR}), "cell-far-away"),
    "a value far away, unnumbered": (repacked(GOOD, **{"xl/worksheets/sheet1.xml": UNNUMBERED}), "cell-far-away"),
    "a line repeated without end": (ods_with(ods_cell(1, 1_000_000, "x")), "cell-far-away"),
    "a cell repeated without end": (ods_with(ods_cell(16_000, 1000, "x")), "cell-far-away"),
    "a long text repeated": (ods_with(ods_cell(100, 10, "x" * 30_000)), "unpacks-too-large"),
    "a long text shared": (
        repacked(GOOD, **{"xl/worksheets/sheet1.xml": COPIES, "xl/sharedStrings.xml": SHARED}),
        "unpacks-too-large",
    ),
    "columns without end": (b";".join(b"a%d" % i for i in range(20_000)), "too-many-columns"),
    "columns of a workbook without end": (write_xlsx([sheet_of(["a"] * 5000)]), "too-many-columns"),
    "cells without end": (b"a" + b";" * 199 + b"b\n" + b"a\n" * 300_000, "too-many-cells"),
    "empty lines without end": (b"a;b\n" + b"\n" * 500_001, "too-many-cells"),
    "empty lines of an old computer": (b"a;b\r" + b"\r" * 500_001, "too-many-cells"),
    "empty lines of two bytes a sign": (("a;b" + "\n" * 500_001).encode("utf-16"), "too-many-cells"),
    "empty lines with accents": (b"a;b\n" + b"\xe9\n" * 500_001, "too-many-cells"),
    "empty lines of a workbook": (
        repacked(GOOD, **{"xl/worksheets/sheet1.xml": SHEET.format("<row/>" * 2_500_001)}),
        "overfull-sheet",
    ),
    "empty cells of a workbook": (
        repacked(GOOD, **{"xl/worksheets/sheet1.xml": SHEET.format("<row>" + "<c/>" * 2_500_001 + "</row>")}),
        "overfull-sheet",
    ),
    "empty lines of .ods": (ods_with("<table:table-row/>" * 2_500_001), "overfull-sheet"),
    "cells merged again and again": (repacked(GOOD, **{"xl/worksheets/sheet1.xml": MERGED}), "too-many-cells"),
    "names of its own": (repacked(GOOD, **{"xl/worksheets/sheet1.xml": DOCTYPE}), "broken-sheet"),
    "a bomb": (repacked(GOOD, **{"xl/media/image1.png": bytes(90_000_000)}), "unpacks-too-large"),
    "too many parts": (repacked(GOOD, **{f"x/{i}": b"" for i in range(2100)}), "unpacks-too-large"),
    "too many bytes": (b"a;b\n" * (LARGEST // 4 + 1), "too-large"),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_what_cannot_be_read_is_told(case):
    content, code = MALFORMED[case]
    with pytest.raises(MobilityError) as caught:
        read(content, "liste.xlsx")
    assert (caught.value.code, caught.value.field) == (code, "liste.xlsx")


def test_a_part_that_lies_about_its_size_is_told():
    packed = bytearray(repacked(GOOD, **{"xl/media/image1.png": bytes(50_000)}))
    at = packed.rfind(b"xl/media/image1.png") - 46
    struct.pack_into("<L", packed, at + 24, 10)
    with pytest.raises(MobilityError) as caught:
        read(bytes(packed))
    assert caught.value.code == "broken-sheet"


def test_a_wrong_ending_changes_nothing():
    for content in (GOOD, ODS, write_csv(sheet_of(("Nom", "Lieu"), ("Anne", "Lherm")))):
        assert cells(content, "liste.txt") == [("Nom", "Lieu"), ("Anne", "Lherm")]


def test_empty_lines_to_the_end_of_the_sheet_are_none():
    assert (
        len(cells(ods_with('<table:table-row table:number-rows-repeated="5"><table:table-cell/></table:table-row>')))
        == 2
    )
    content = zipfile.ZipFile(io.BytesIO(ODS)).read("content.xml").decode()
    empty = '<table:table-cell table:number-columns-repeated="16384"/>'
    tail = f'<table:table-row table:number-rows-repeated="1048000">{empty}</table:table-row></table:table>'
    assert len(cells(repacked(ODS, **{"content.xml": content.replace("</table:table>", tail)}))) == 2

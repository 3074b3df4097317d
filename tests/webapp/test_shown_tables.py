"""Every captioned table of a page may be had as a spreadsheet: that table, for that visitor, and no more."""

import json
import re
import time
from collections import Counter
from html import unescape
from itertools import count, takewhile
from pathlib import Path

import pytest
from werkzeug.exceptions import HTTPException

import webapp
from data.spreadsheets import read_sheets
from desks.rides.example import load_example
from tests.conftest import NOW
from tests.fixtures_rides import People
from webapp.exports.shown_tables import FORMATS, sent_table, table_of, with_forms, with_links
from webapp.server.sheets import PARAMETER

PAGE = """<!DOCTYPE html><h1>x</h1><table><tr><td>no caption</td></tr></table>
<div class="table-scroll"><table class="wide"><caption>Les <em>passages</em> d'été</caption>
<thead><tr><th scope="col" rowspan="2">Qui</th><th scope="col" colspan="2">Heures</th>
<th scope="col" class="n">Nombre</th><th scope="col">Retirer</th></tr>
<tr><th scope="col">de</th><th scope="col">à</th><th scope="col" class="n">km</th><th scope="col"></th></tr></thead>
<tbody>
<tr><th scope="row"><a href="/x">=Anne &amp; Cie</a><br>Lherm</th><td>8 h 30</td><td>12 h</td>
<td class="n">1 234,5</td>
<td><details><summary>Retirer…</summary><form method="post"><button>Retirer</button></form></details></td></tr>
<tr><th scope="row">Paul <span aria-hidden="true">★</span></th>
<td><select><option>midi</option><option selected>9 h</option></select></td><td>06 39 10 00 01</td>
<td class="n">12</td><td></td></tr></tbody></table></div><p>after</p>
<table><caption>Autre</caption><tr><th scope="col">a</th></tr><tr><td>1</td></tr></table>"""


def rows(sheet):
    return [line.cells for line in sheet.lines]


def tables(page):
    """Every table that a page hands out."""
    return list(takewhile(bool, (table_of(page, number) for number in count(1))))


def test_a_table_is_read_as_it_is_shown():
    sheet = table_of(PAGE, 1)
    assert sheet.name == "Les passages d'été"
    assert rows(sheet) == [
        ("Qui", "Heures", "", "Nombre"), ("Qui", "de", "à", "km"),
        ("=Anne & Cie Lherm", "8 h 30", "12 h", 1234.5), ("Paul", "9 h", "06 39 10 00 01", 12),
    ]  # fmt: skip
    assert [sheet.name for sheet in tables(PAGE)] == ["Les passages d'été", "Autre"]
    assert table_of(PAGE, 0) is None
    assert table_of(PAGE, 3) is None


def test_links_stand_below_each_table():
    page = with_links(PAGE, lambda table: f"/page?jour=1&tableau={table}")
    after = page.index('</table></div>\n<p class="sheets">')
    assert after < page.index("<p>after</p>")
    assert page.count('class="sheets"') == 2
    assert 'href="/page?jour=1&amp;tableau=2.ods" aria-label=".ods : Autre"' in page


def test_a_table_that_is_sent_back_is_the_table():
    page = with_forms(PAGE + "<main></main></body></html>", "/tableau")
    assert page.endswith("</form>\n</body></html>")
    assert page.index('form="sheet-1" name="forme" value="ods"') < page.index("<p>after</p>")
    assert [sent_table(json.loads(sent)) for sent in sent_in(page)] == tables(PAGE)


@pytest.mark.parametrize("ending", FORMATS)
def test_half_a_sign_in_a_table_is_left_out(client, ending):
    sent = {"table": '["\\ud800a",[["\\ud800b"]]]', "forme": ending}
    assert client.post("/tableau", data=sent).status_code == 200


@pytest.mark.parametrize(
    "sent", ["", "a", "1", "[]", '{"a":1,"b":2}', '["a",1]', '["a",["b"]]', '["a",[[[]]]]', '["a",[[true]]]',
             '["a",[[NaN]]]', '["a",[[1e999]]]', '["a",[[null]]]', "[1,[]]", 20_000 * "["],
)  # fmt: skip
def test_what_is_sent_and_no_table_is_refused(client, sent):
    assert client.post("/tableau", data={"table": sent, "forme": "csv"}).status_code == 400


def test_a_table_is_written_under_a_plain_name(client):
    for ending in FORMATS:
        got = client.post("/tableau", data={"table": '["É/\\r\\n: 東",[["=1+1",2]]]', "forme": ending})
        assert got.headers["Content-Disposition"] == f'attachment; filename="e.{ending}"'
        assert read_sheets(got.get_data(), f"e.{ending}")[0].lines[0].cells[0] == "=1+1"
    assert client.post("/tableau", data={"table": '["a",[]]', "forme": "exe"}).status_code == 400
    stranger = {"REMOTE_ADDR": "203.0.113.7"}
    assert client.post("/tableau", data={"table": '["a",[]]', "forme": "csv"}, environ_base=stranger).status_code == 403


def table_page(lines):
    cells = "<td>Lherm &amp; l'été</td>" * 20
    return f"<!DOCTYPE html><table><caption>x</caption>{f'<tr>{cells}</tr>' * lines}</table>"


BOTH_DOORS = {
    "shown": lambda client, ending: client.get(f"/ready?{PARAMETER}=1.{ending}"),
    "sent": lambda client, ending: client.post(
        "/tableau",
        data={"table": json.dumps(["x", [["Lherm & l'été"] * 20] * client.lines]), "forme": ending},
    ),
}


@pytest.fixture(params=BOTH_DOORS)
def taken(request, app, client):
    """Takes a table of twenty columns away, by the link below it or by the button that sends it back."""

    def take(lines, ending):
        client.lines = lines
        app.view_functions["health.ready"] = lambda: table_page(lines)
        return BOTH_DOORS[request.param](client, ending)

    return take


@pytest.mark.parametrize("ending", FORMATS)
def test_a_large_table_is_taken_away_at_once(taken, ending):
    began = time.process_time()
    got = taken(1_000, ending)
    assert time.process_time() - began < 5
    (held,) = read_sheets(got.get_data(), f"x.{ending}")
    assert sum(len(line.cells) for line in held.lines) == 20_000


def test_what_is_too_large_for_a_workbook_says_what_to_do(taken, monkeypatch):
    monkeypatch.setattr("webapp.exports.shown_tables.MOST_CELLS", 1_000)
    for ending in ("ods", "xlsx"):
        got = taken(51, ending)
        assert (got.status_code, got.mimetype) == (400, "text/html")
        assert re.search(r"1\s000 cases", got.get_data(as_text=True))
        assert "prenez-le en CSV" in got.get_data(as_text=True)
    assert taken(51, "csv").mimetype == "text/csv"


def test_what_is_sent_and_larger_than_is_read_says_what_to_do(client):
    got = client.post("/tableau", data={"table": 33_000_000 * "x", "forme": "csv"})
    assert (got.status_code, "prenez-le" in got.get_data(as_text=True)) == (400, True)


def sent_in(page):
    return [unescape(sent) for sent in re.findall(r'name="table" value="([^"]*)"', page)]


ANSWERS = [
    ("/bureau/personnes", {"acte": "offre"}, 400),
    ("/verifier", {}, 200), ("/preparer", {"buses": "x"}, 400),
]  # fmt: skip


@pytest.mark.parametrize(("address", "form", "status"), ANSWERS)
def test_what_answers_a_form_gives_its_tables_too(app, client, address, form, status):
    People(app.extensions["wired"].house().rides).volunteer("Lherm")
    answer = client.post(address, data=form)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, len(sent_in(page))) == (status, len(re.findall(r"<table\b", page)))
    assert sent_in(page)
    assert page.count('name="forme"') == 3 * len(sent_in(page))
    assert len(set(re.findall(r'\bid="[^"]*"', page))) == len(re.findall(r'\bid="[^"]*"', page))
    for sent in sent_in(page):
        got = client.post("/tableau", data={"table": sent, "forme": "xlsx"})
        (held,) = read_sheets(got.get_data(), "t.xlsx")
        wanted = [trimmed(cells) for cells in rows(sent_table(json.loads(sent)))]
        assert [line.cells for line in held.lines] == [cells for cells in wanted if cells]


PAGES = [
    "/communes", "/dates?annee=2026", "/methode", "/bureau/personnes?voir=conducteurs", "/arrets",
]  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_each_link_gives_the_table_above_it(app, client, address):
    People(app.extensions["wired"].house().rides).volunteer("Lherm")
    page = client.get(address).get_data(as_text=True)
    links = [link.replace("&amp;", "&") for link in re.findall(rf'href="([^"]*{PARAMETER}=[^"]*)"', page)]
    captions = [sheet.name for sheet in tables(page)]
    assert len(links) == 3 * len(captions) > 0
    for position, link in enumerate(links):
        got = client.get(link)
        assert (got.status_code, "filename=" in got.headers["Content-Disposition"]) == (200, True)
        (held,) = read_sheets(got.get_data(), link)
        wanted = [trimmed(cells) for cells in rows(table_of(page, position // 3 + 1))]
        if link.endswith(".csv"):
            assert len(held.lines) == len([cells for cells in wanted if cells])
        else:
            assert [line.cells for line in held.lines] == [cells for cells in wanted if cells]


def trimmed(cells):
    return cells[: max((i for i, cell in enumerate(cells, 1) if cell != ""), default=0)]


def test_a_sheet_is_as_shut_as_its_page(app, desk):
    stranger = app.test_client()
    answer = stranger.get(
        f"/bureau/personnes?voir=conducteurs&{PARAMETER}=1.csv", environ_base={"REMOTE_ADDR": "203.0.113.7"}
    )
    assert answer.status_code == 403
    assert answer.mimetype == "text/html"


def test_a_private_sheet_is_no_more_compressed_than_its_page(app, client):
    People(app.extensions["wired"].house().rides).volunteer("Lherm")
    answer = client.get(f"/bureau/personnes?voir=conducteurs&{PARAMETER}=1.csv", headers={"Accept-Encoding": "gzip"})
    assert answer.mimetype == "text/csv"
    assert "Content-Encoding" not in answer.headers
    assert "Lherm" in answer.get_data().decode("utf-8-sig")


@pytest.mark.parametrize("asked", ["9.xlsx", "0.csv", "1.exe", "²", "1.xlsx.csv", "-1.csv"])
def test_what_is_no_table_is_the_page(client, asked):
    answer = client.get(f"/communes?{PARAMETER}={asked}")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert asked not in re.findall(r'tableau=([^"&]*)"', answer.get_data(as_text=True)) or asked == "1.csv"


def test_every_table_of_a_template_has_its_caption():
    folder = Path(webapp.__file__).parent / "templates"
    tables = [
        (path.name, found[0])
        for path in sorted(folder.glob("*.html"))
        for found in re.finditer(r"<table\b[^>]*>\s*(?:<\w+)?", path.read_text(encoding="utf-8"))
    ]
    assert len(tables) > 30
    assert [(name, tag) for name, tag in tables if not tag.endswith("<caption")] == []


FOLLOWED = 2
"""Pages of one kind that the walk looks at: one commune is as another."""


MAPS = r"/carte\b"
"""Maps, which pages show in a frame: the table in them is the script that makes the words of a marker."""


@pytest.mark.prove
def test_every_table_of_the_site_may_be_taken_away(app, client):
    load_example(app.extensions["wired"].house().rides, lambda *told: " ".join(map(str, told)), now=NOW, who="test")
    here = app.url_map.bind("localhost")
    waiting = ["/", "/bureau/", "/bureau/personnes?voir=conducteurs", "/aller?de=Lherm&vers=Cahors"]
    waiting += [rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and not rule.arguments]
    seen, looked, found = set(waiting), Counter(), 0
    while waiting:
        address = waiting.pop(0)
        try:
            endpoint = here.match(address.partition("?")[0], method="GET")[0]
        except HTTPException:
            continue
        if looked[endpoint] >= FOLLOWED:
            continue
        looked[endpoint] += 1
        answer = client.get(address)
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        page = answer.get_data(as_text=True)
        if not page.startswith("<!DOCTYPE html>") or re.search(MAPS, address):
            continue
        links = [link.replace("&amp;", "&") for link in re.findall(rf'href="([^"]*{PARAMETER}=[^"]*)"', page)]
        assert len(links) == 3 * len(re.findall(r"<table\b", page)), address
        for link in links:
            got = client.get(link)
            assert "attachment" in got.headers["Content-Disposition"], link
            assert read_sheets(got.get_data(), link)
            found += 1
        nearby = {link.replace("&amp;", "&").partition("#")[0] for link in re.findall(r'href="(/[^"]*)"', page)}
        new = sorted(link for link in nearby if PARAMETER not in link and link not in seen)
        seen |= set(new)
        waiting += new
    assert found > 60
    assert len(looked) > 60

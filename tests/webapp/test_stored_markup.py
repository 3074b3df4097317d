"""Markup in every column that holds what somebody typed: pages, files and prints show it as text, to every role."""

import csv
import html
import io
import json
import re
import shutil
import zipfile
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pikepdf
import pytest
from icalendar import Calendar
from sqlalchemy import JSON, String, select, update

from data.partner_bookings import PartnerBooking, add_booking
from data.register import holds, road
from data.ride_records import requests_on
from data.scenarios import all_scenarios
from data.schema import all_tables
from desks.settings import Settings, default_territory
from desks.transport.feeds import keep_feed
from mobility.accounts import ADMINISTRATOR, AGENT, PLANNER
from mobility.licences import OPEN_2
from tests.conftest import NOW
from tests.fixtures_site import SURE
from tests.gtfs.on_request_feed import write_line
from tests.webapp.test_accounts import HERE, account, signed_in
from tests.webapp.test_notices import BUS, CLOSED, WRITTEN
from tests.webapp.test_scenarios import finished
from tests.webapp.test_season import form_of, proposals
from webapp.app import create_app
from webapp.exports import typeset
from webapp.exports.formats import MEDIA

ODD = "=1+</script></title></textarea><xmark onload=x>\"'`${x}{{7*7}}<!--#panic()"
"""A formula in a sheet, and what ends each place that a text may stand in; in Typst it would stop the print."""
KEY, BOOKED = "key-1", "6d1f4a0e-3b52-4c1c-9a57-0f6f0c2f7a11"
ASKED = "/aller?de=Bach&vers=Lalbenque&jour=2026-12-01&sens=partir&heure=07:30"
"""A way that takes the line of the feed."""
TYPED = {"name", "words"}
NAMED = {"events.spot", "outbox.trouble"}
"""Columns that say nothing of anyone and hold words all the same."""
DOCUMENTS = {
    "calendars.plan", "calendars.study", "jobs.request", "jobs.result", "scenarios.form", "scenarios.plan",
}  # fmt: skip
"""Documents of the program in which words stand that others wrote, beside words of its own."""
LEFT = {
    "jobs.error",
    "import_files.matching",
    "merges.moved",
    "person_names.word",
    "person_names.sound",
    "nicknames.folded",
    "import_files.content",
    "partner_bookings.document",
}
"""What the program itself wrote, what is folded from other columns, and what :func:`_acts` brings with its markup."""
SAID_KEYS = {
    "name", "label", "title", "text", "reason", "sender", "partner", "spot", "origin", "destination", "alias",
}  # fmt: skip
"""Keys of documents under which words stand."""


def marked(column, value):
    """A stored value with the markup where it holds words."""
    if isinstance(value, dict):
        return {key: marked(column, inner) if key in SAID_KEYS or isinstance(inner, dict | list) else inner
                for key, inner in value.items()}  # fmt: skip
    if isinstance(value, list):
        return [marked(column, inner) for inner in value]
    longest = getattr(column.type, "length", None) or len(ODD)
    return ODD[:longest] if isinstance(value, str) and value else value


def documented(value):
    """A document of the program with the markup where others' words stand in it."""
    if isinstance(value, list):
        return [documented(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    # A session has a name as well: the program's own.
    others = {"spot", "contact", "place", "reason"} | ({"name"} if {"point", "first"} & set(value) else set())
    return {
        key: ODD if key in others and isinstance(inner, str) and inner else documented(inner)
        for key, inner in value.items()
    }


def with_markup(column, value):
    if f"{column.table.name}.{column.name}" not in DOCUMENTS:
        return marked(column, value)
    if isinstance(value, str):
        return json.dumps(documented(json.loads(value))) if value else value
    return documented(value)


def typed(column):
    """Tell whether a column holds what somebody typed."""
    where = f"{column.table.name}.{column.name}"
    words = holds(column) in TYPED or where in NAMED
    places = holds(column) == "place" and isinstance(column.type, JSON)
    return (words or places) and isinstance(column.type, String | JSON) and not road(column) and where not in LEFT


class Marks(HTMLParser):
    """Finds elements and attributes that no template wrote."""

    def __init__(self):
        super().__init__()
        self.found, self.text = [], []

    def handle_starttag(self, tag, attrs):
        if tag == "xmark" or any(name in {"onload", "onerror"} or "{x}" in name for name, _ in attrs):
            self.found.append((tag, attrs))

    def handle_data(self, data):
        self.text.append(data)


def html_faults(answer):
    reader = Marks()
    reader.feed(answer.text)
    return reader.found


def xml_faults(answer):
    return [element.tag for element in ET.fromstring(answer.text).iter() if element.tag.endswith("xmark")]


def ical_faults(answer):
    """An agenda is read again, and holds as many entries as it has beginnings."""
    return [] if len(list(Calendar.from_ical(answer.text).walk())) == answer.text.count("BEGIN:") else ["entries"]


def csv_faults(answer):
    """Every line has as many cells as the first, and none of them is a formula."""
    text = answer.text
    lines = list(csv.reader(io.StringIO(text), delimiter=";" if ";" in text.split("\n")[0] else ","))
    return [line for line in lines if len(line) != len(lines[0]) or any(cell[:1] in set("=+-@") for cell in line)]


def parts_of(answer):
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        return [book.read(name).decode() for name in book.namelist() if name.endswith(".xml")]


def words_of(answer):
    """What an answer says, as one text."""
    packed = answer.mimetype in {MEDIA["xlsx"], MEDIA["ods"]}
    return html.unescape(" ".join(parts_of(answer)) if packed else answer.data.decode("utf-8", "replace"))


def sheet_faults(answer):
    """Nothing in a workbook is a formula, a link or an element of a text's own."""
    parts = [ET.fromstring(part) for part in parts_of(answer)]
    elements = [element for part in parts for element in part.iter()]
    own = [e.tag for e in elements if re.search(r"}(f|a|hyperlink|xmark|script)$", e.tag)]
    return own + [key for e in elements for key in e.attrib if key.endswith("}formula")]


def pdf_faults(answer):
    """A print runs and embeds nothing, and leads to pages alone."""
    with pikepdf.open(io.BytesIO(answer.data)) as opened:
        found = [str(one) for one in opened.objects if isinstance(one, pikepdf.Dictionary)
                 and {"/JS", "/EF", "/OpenAction", "/AA"} & set(one.keys())]  # fmt: skip
        leads = [str(link["/A"].get("/URI", "/A")) for page in opened.pages for link in page.get("/Annots", [])
                 if "/A" in link]  # fmt: skip
    return found + [lead for lead in leads if not re.match(r"https?://", lead) or "xmark" in lead]


FAULTS = {
    "text/html": html_faults, "application/atom+xml": xml_faults, "text/calendar": ical_faults, "text/csv": csv_faults,
    MEDIA["xlsx"]: sheet_faults, MEDIA["ods"]: sheet_faults, MEDIA["pdf"]: pdf_faults,
}  # fmt: skip
MOST_OF_A_KIND = 3
LONG = r"/(static|donnees/.*[.]zip|donnees/.*[.]parquet|tuiles|sortir)"
"""What holds nothing typed, or ends the visit."""


def crawled(client, first):
    """What one comes to from some addresses, pages and files; a few of each kind."""
    found, kinds, waiting = {}, {}, list(first)
    while waiting:
        address = waiting.pop(0)
        kind = re.sub(r"=[^&]*|[0-9a-f]{8,}|\d+", "#", address)
        if address in found or kinds.get(kind, 0) >= MOST_OF_A_KIND or re.match(LONG, address):
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
        answer = client.get(address)
        found[address] = answer
        if answer.status_code in {301, 302, 303, 308}:
            waiting.append(answer.headers["Location"])
        elif answer.mimetype == "text/html":
            links = re.findall(r' (?:href|src)="([^"]+)"', answer.text)
            links = [html.unescape(link).partition("#")[0] for link in links]
            links = [address.partition("?")[0] + link if link.startswith("?") else link for link in links]
            waiting += [link for link in links if link.startswith("/") and not link.startswith("//")]
    return found


@pytest.fixture(scope="module")
def app(example_state, tmp_path_factory):
    """The site of the example in which everything typed is markup."""
    state = shutil.copytree(example_state, tmp_path_factory.mktemp("markup") / "state")
    made = Settings(territory=default_territory(), state=state, partner_keys=f"voisin={KEY}")
    app = create_app(made, clock=lambda: NOW)
    for role in (ADMINISTRATOR, AGENT, PLANNER):
        account(app, role, mail=f"{role}@example.org")
    _acts(app)
    _feed(app.extensions["wired"].house(), tmp_path_factory.mktemp("feed"))
    with app.extensions["wired"].house().store.writing() as tx:
        for column in filter(typed, (column for table in all_tables() for column in table.columns)):
            keys = column.table.primary_key.columns
            for row in tx.execute(select(*keys, column)).all():
                where = [key == value for key, value in zip(keys, row, strict=False)]
                tx.execute(update(column.table).where(*where).values({column: with_markup(column, row[-1])}))
    app.extensions["wired"].jobs.close()
    for name in ("current.json", "current-copy.json", "season.json"):
        path = state / "cahors" / name
        path.write_text(json.dumps(documented(json.loads(path.read_text()))))
        assert "xmark" in path.read_text()
    app = create_app(made, clock=lambda: NOW)
    yield app
    app.extensions["wired"].jobs.close()


def _acts(app):
    """Leave something in the tables that the example leaves empty."""
    planner, agent = (signed_in(app, f"{role}@example.org") for role in (PLANNER, AGENT))
    house = app.extensions["wired"].house()
    with house.store.reading() as tx:
        asked = requests_on(tx, [NOW.date() + timedelta(day) for day in range(1, 8)])
    for request in asked[:6]:
        house.rides.propose_best(request.id, now=NOW, who="desk", rider_agrees=True)
    for client, address, fields in (
        (agent, "/bureau/lieux", {"nom": "Chez le docteur", "lieu": "Luzech"}),
        (agent, "/a-savoir/ecrire", WRITTEN),
        (agent, "/bureau/telephone", {"telephone": "06 39 10 00 04", "acte": "rappeler", "pourquoi": "Retour ?"}),
        (agent, "/bureau/listes/", {"liste": "drivers", "fichier": (io.BytesIO(_list()), "liste.csv")}),
        (planner, "/dates", {**CLOSED, "closure-first": "2026-12-08", "closure-stop": BUS}),
    ):
        answer = client.post(address, data=fields, headers=HERE)
        assert answer.status_code in {200, 303}, (address, answer.text)
    move = proposals(house)[0]
    assert planner.post("/dates/remplacer", data=form_of(move), headers=HERE).status_code == 303
    with house.store.writing() as tx:
        told = {"driver": {"alias": ODD, "operator": ODD}, "passengerPickupAddress": ODD, "webUrl": ODD, "car": ODD}
        add_booking(tx, PartnerBooking(BOOKED, "voisin", asked[0].id, {"id": BOOKED, **told}, "CONFIRMED"), now=NOW)
    started = planner.post("/preparer", data={"nom": "Le jeudi"}, headers=HERE)
    assert finished(planner, started.headers["Location"])["state"] == "done"
    with house.store.reading() as tx:
        (kept,) = all_scenarios(tx, house.ground.folder.id)
    assert planner.post(f"/scenarios/{kept.id}?acte=en-vigueur", data=SURE, headers=HERE).status_code == 303


def _list():
    """A list whose cells are markup, some of them where a number or a place should be."""
    told = io.StringIO()
    csv.writer(told, delimiter=";").writerows(
        [["Nom", "Téléphone", "Commune de résidence", ODD], [ODD, ODD, ODD, ODD], [ODD, "06 39 10 00 77", "Lherm", ODD]]
    )
    return told.getvalue().encode()


def _feed(house, folder):
    """Bring a feed whose agency, line, stops and words on booking are markup, and publish it."""
    word = '"' + ODD.replace('"', '""') + '"'
    ends = [house.ground.territory.find_commune(name).point for name in ("Bach", "Lalbenque")]
    points = {"P": (word, ends[0].lat, ends[0].lon), "M": (word, 44.36, 1.61), "Q": (word, ends[1].lat, ends[1].lon)}
    write_line(folder, rule="eve", points=points)
    for name in ("agency.txt", "routes.txt", "booking_rules.txt"):
        told = (folder / name).read_text(encoding="utf-8")
        for ours in ("La Navette", "Ligne 7", "Précisez un fauteuil."):
            told = told.replace(ours, word)
        (folder / name).write_text(told, encoding="utf-8")
    keep_feed(folder, house.feeds.feeds.folder("navette"))
    house.feeds.feeds.tell_credit("navette", producer=ODD, licence=OPEN_2)
    house.transport.publication().publish(NOW)


SHOWN = {
    "/", "/a-savoir", "/a-savoir.atom", "/a-savoir.json", "/bureau/", "/bureau/demandes", "/bureau/demandes/#",
    "/bureau/lieux", "/bureau/messages", "/bureau/personnes", "/bureau/personnes/#", "/bureau/telephone", "/communes",
    "/comptes/journal/", "/donnees/changements.atom", "/historique", "/scenarios", "/scenarios/#", "/verifier",
    # The calendar and its season, a list that is being taken in, a feed.
    "/dates", "/telecharger/plan.json", "/telecharger/dates.csv", "/scenarios/#/carte", "/cartes/calendrier",
    "/bureau/listes/#", "/aller", "/aller/carte", "/donnees/offres/navette", "/donnees/offres/navette/carte",
}  # fmt: skip
PRINTED = {"data_copy.typ", "poster.typ", "road_book.typ", "way_sheet.typ"}
"""The call to drivers holds nothing that somebody typed."""
"""Where the markup is met: the walk would find nothing on pages that show nothing typed."""


@pytest.fixture
def printed(monkeypatch):
    """Which templates were printed with markup among their words; Typst would stop at it, were it more than words."""
    found, compiled = set(), typeset._compiled

    def looked_at(content, standard):
        if "xmark" in content["values.json"].decode():
            found.add(content["main.typ"])
        return compiled(content, standard)

    monkeypatch.setattr(typeset, "_compiled", looked_at)
    return found


@pytest.mark.prove
def test_markup_is_text_wherever_it_is_shown(app, printed):
    faults, seen, met, broken = {}, set(), set(), {}
    for role in ("", AGENT, PLANNER, ADMINISTRATOR):
        client = signed_in(app, f"{role}@example.org") if role else app.test_client()
        answers = crawled(client, [*(["/bureau/"] if role else []), "/", "/aller?de=Lherm&vers=Cahors", ASKED])
        for address, answer in answers.items():
            if answer.status_code >= 500:
                broken[f"{role} {address}"] = answer.status_code
            look = FAULTS.get(answer.mimetype)
            if look and answer.status_code == 200 and (found := look(answer)):
                faults[f"{role} {address}"] = found
            if "xmark" in words_of(answer):
                met.add(answer.mimetype)
                seen.add(re.sub(r"[0-9a-f]{8,}|\d+", "#", address.partition("?")[0]))
        sent = re.findall(r'sms:\?&amp;body=([^"]*)', answers[ASKED].text)
        assert "xmark" in unquote(sent[0]), "the message that takes a way along names its line and its stops"
        if role == AGENT:
            for address in filter(re.compile(r"/bureau/personnes/\w+$").match, list(answers)):
                copy = client.post(f"{address}/copie", data={"forme": "pdf"}, headers=HERE)
                assert (copy.status_code, pdf_faults(copy)) == (200, [])
    assert not broken
    assert not faults
    assert seen >= SHOWN
    assert {path.name for path in typeset.TEMPLATES.glob("*.typ") if path.read_bytes() in printed} == PRINTED
    assert met >= set(FAULTS) - {MEDIA["pdf"]}

"""Markup in every column that holds what somebody typed: pages, files and prints show it as text, to every role."""

import csv
import html
import io
import re
import shutil
from datetime import timedelta
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from icalendar import Calendar
from sqlalchemy import JSON, String, select, update

from data.register import holds, road
from data.ride_records import requests_on
from data.scenarios import all_scenarios
from data.schema import all_tables
from desks.settings import Settings, default_territory
from mobility.accounts import ADMINISTRATOR, AGENT, PLANNER
from tests.conftest import NOW
from tests.fixtures_site import SURE
from tests.webapp.test_accounts import HERE, account, signed_in
from tests.webapp.test_notices import BUS, CLOSED, WRITTEN
from tests.webapp.test_scenarios import finished
from webapp.app import create_app

ODD = "</script></title></textarea><xmark onload=x>\"'`${x}{{7*7}}<!--#panic()"
"""What ends each place that a text may stand in; in Typst it would stop the print."""
TYPED = {"name", "words"}
NAMED = {"events.spot", "outbox.trouble"}
"""Columns that say nothing of anyone and hold words all the same."""
LEFT = {
    "jobs.request",
    "jobs.result",
    "jobs.error",
    "import_files.content",
    "scenarios.form",
    "scenarios.plan",
    "calendars.plan",
    "calendars.study",
    "import_files.matching",
    "merges.moved",
    "partner_bookings.document",
    "person_names.word",
    "person_names.sound",
    "nicknames.folded",
}
"""Documents that the program itself wrote, with words of their own inside, and what is folded from other columns."""
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


def html_faults(text):
    reader = Marks()
    reader.feed(text)
    return reader.found


def xml_faults(text):
    return [element.tag for element in ET.fromstring(text).iter() if element.tag.endswith("xmark")]


def ical_faults(text):
    """An agenda is read again, and holds as many entries as it has beginnings."""
    return [] if len(list(Calendar.from_ical(text).walk())) == text.count("BEGIN:") else ["entries"]


def csv_faults(text):
    """Every line has as many cells as the first, and none of them is a formula."""
    lines = list(csv.reader(io.StringIO(text), delimiter=";" if ";" in text.split("\n")[0] else ","))
    return [line for line in lines if len(line) != len(lines[0]) or any(cell[:1] in set("=+-@") for cell in line)]


FAULTS = {
    "text/html": html_faults, "application/xhtml+xml": html_faults, "application/atom+xml": xml_faults,
    "application/xml": xml_faults, "text/xml": xml_faults, "text/calendar": ical_faults, "text/csv": csv_faults,
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
    app = create_app(Settings(territory=default_territory(), state=state), clock=lambda: NOW)
    for role in (ADMINISTRATOR, AGENT, PLANNER):
        account(app, role, mail=f"{role}@example.org")
    _acts(app)
    with app.extensions["wired"].house().store.writing() as tx:
        for column in filter(typed, (column for table in all_tables() for column in table.columns)):
            keys = column.table.primary_key.columns
            for row in tx.execute(select(*keys, column)).all():
                where = [key == value for key, value in zip(keys, row, strict=False)]
                tx.execute(update(column.table).where(*where).values({column: marked(column, row[-1])}))
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
        (planner, "/dates", {**CLOSED, "closure-first": "2026-12-08", "closure-stop": BUS}),
    ):
        answer = client.post(address, data=fields, headers=HERE)
        assert answer.status_code in {200, 303}, (address, answer.text)
    started = planner.post("/preparer", data={"nom": "Le jeudi"}, headers=HERE)
    assert finished(planner, started.headers["Location"])["state"] == "done"
    with house.store.reading() as tx:
        (kept,) = all_scenarios(tx, house.ground.folder.id)
    assert planner.post(f"/scenarios/{kept.id}?acte=en-vigueur", data=SURE, headers=HERE).status_code == 303


SHOWN = {
    "/", "/a-savoir", "/a-savoir.atom", "/a-savoir.json", "/bureau/", "/bureau/demandes", "/bureau/demandes/#",
    "/bureau/lieux", "/bureau/messages", "/bureau/personnes", "/bureau/personnes/#", "/bureau/telephone", "/communes",
    "/comptes/journal/", "/donnees/changements.atom", "/historique", "/scenarios", "/scenarios/#", "/verifier",
}  # fmt: skip
"""Where the markup is met: the walk would find nothing on pages that show nothing typed."""


@pytest.mark.prove
def test_markup_is_text_wherever_it_is_shown(app):
    faults, seen, broken = {}, set(), {}
    for role in ("", AGENT, PLANNER, ADMINISTRATOR):
        client = signed_in(app, f"{role}@example.org") if role else app.test_client()
        answers = crawled(client, ["/", "/bureau/"] if role else ["/", "/aller?de=Lherm&vers=Cahors"])
        for address, answer in answers.items():
            if answer.status_code >= 500:
                broken[f"{role} {address}"] = answer.status_code
            look = FAULTS.get(answer.mimetype)
            if look and answer.status_code == 200 and (found := look(answer.text)):
                faults[f"{role} {address}"] = found
            if "xmark" in html.unescape(answer.data.decode("utf-8", "replace")):
                seen.add(re.sub(r"[0-9a-f]{8,}|\d+", "#", address.partition("?")[0]))
    assert not broken
    assert not faults
    assert seen >= SHOWN

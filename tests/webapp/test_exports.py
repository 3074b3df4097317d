"""Downloads: calendars that agendas understand, tables, tagged PDF, and the same from site and command line."""

import csv
import io
import json
import re
from datetime import UTC, date, timedelta

import icalendar
import pikepdf
import pytest
import vobject
from shapely.geometry import Point as Shape
from shapely.geometry import shape

from data.plan_files import parse_plan
from tests.conftest import NOW
from tests.fixtures_site import UNSET, season_form
from tours.judge import judge_calendar
from webapp.exports.poster import qr_code
from webapp.pages.downloads import _in_name


def events(content):
    return list(icalendar.Calendar.from_ical(content).walk("VEVENT"))


def by_name(client, address="/telecharger/calendrier.ics"):
    return {str(event["UID"]): event for event in events(client.get(address).data)}


def test_icalendar_has_explicit_dates_stable_identifiers_and_the_time_zone(client):
    content = client.get("/telecharger/calendrier.ics").data
    found = events(content)
    identifiers = [event["UID"] for event in found]
    assert len(found) > 100
    assert len(set(identifiers)) == len(identifiers)
    before, zone, after = re.split(rb"BEGIN:VTIMEZONE|END:VTIMEZONE", content)
    assert zone.count(b"RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=") == 2
    assert b"RDATE" not in zone
    assert b"RRULE" not in before + after
    assert client.get("/telecharger/calendrier.ics").data == content
    starts = [event.decoded("DTSTART") for event in found]
    assert all(str(start.tzinfo) == "Europe/Paris" for start in starts)
    # Quarter past nine stays quarter past nine on both sides of the change of clocks in March.
    mornings = {start.astimezone(UTC).hour for start in starts if start.hour == 9}
    assert mornings == {7, 8}


def test_lines_are_folded_between_letters_and_hold_no_stray_comma(client):
    content = client.get("/telecharger/calendrier.ics").data
    lines = content.split(b"\r\n")
    assert 70 < max(map(len, lines)) <= 75
    assert [line for line in lines if line.decode("utf-8") and b"\n" in line] == []
    assert "salle des fêtes\\, " in content.replace(b"\r\n ", b"").decode()


def test_another_reader_finds_the_same(client):
    content = client.get("/telecharger/calendrier.ics").get_data(as_text=True)
    told = {event.uid.value: event for event in vobject.readOne(content).vevent_list}
    ours = by_name(client)
    assert told.keys() == ours.keys()
    for uid, event in ours.items():
        other = told[uid]
        # It makes its own zone of the file's rules: the instants are the same on each side of a change of clocks.
        assert other.dtstart.value.astimezone(UTC) == event.decoded("DTSTART").astimezone(UTC)
        assert other.dtend.value.astimezone(UTC) == event.decoded("DTEND").astimezone(UTC)
        assert (other.summary.value, other.location.value) == (event["SUMMARY"], event["LOCATION"])
        assert (other.status.value, other.sequence.value) == ("CONFIRMED", "0")


def test_icalendar_of_a_commune_and_of_a_stop_hold_their_visits_alone(client):
    whole, part = by_name(client), by_name(client, "/communes/46044/calendrier.ics")
    assert part.keys() < whole.keys()
    assert all("-46044@" in identifier for identifier in part)
    event = next(iter(part.values()))
    assert "salle des fêtes" in event["LOCATION"]
    assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(hours=3, minutes=15)
    assert by_name(client, "/arrets/46044/calendrier.ics").keys() == part.keys()
    assert client.get("/arrets/46042/calendrier.ics").status_code == 404
    assert "webcal://127.0.0.1:8000/communes/46044/calendrier.ics" in client.get("/communes/46044").text


def test_a_visit_that_is_dropped_is_cancelled_and_comes_back_confirmed(client):
    before = by_name(client)
    closed = {**UNSET, "policy": "iso-parity", "jours-feries": "supprimer", "closure-first": "2026-12-08"}
    closed["closure-name"] = "neige"
    client.post("/dates", data=closed)
    after = by_name(client)
    assert after.keys() == before.keys()
    gone = [event for event in after.values() if event["STATUS"] == "CANCELLED"]
    assert {event.decoded("DTSTART").date() for event in gone} >= {date(2026, 12, 8)}
    assert {(event["SEQUENCE"], str(event["SUMMARY"])[:9]) for event in gone} == {(1, "Annulé\u00a0: ")}
    assert all(event["LAST-MODIFIED"].dt.date() == NOW.date() for event in gone)
    client.post("/dates", data={"vu": season_form(client)["vu"], "policy": "iso-parity", "jours-feries": "deplacer"})
    back = by_name(client)
    assert {event["STATUS"] for event in back.values()} == {"CONFIRMED"}
    assert {event["SEQUENCE"] for event in back.values()} == {0, 2}
    assert {str(e["UID"]) for e in back.values() if e["SEQUENCE"] == 2} == {str(event["UID"]) for event in gone}


def test_tables(client, app):
    plan = app.extensions["wired"].house().calendar.plan()
    rows = list(csv.DictReader(io.StringIO(client.get("/telecharger/passages.csv").get_data(as_text=True))))
    assert len(rows) == len(plan.solution.calendar.visits)
    dates = list(csv.DictReader(io.StringIO(client.get("/telecharger/dates.csv").get_data(as_text=True))))
    assert dates[0]["date"] >= "2026-11-30"
    document = json.loads(client.get("/telecharger/arrets.geojson").data)
    contours = {
        f["properties"]["insee"]: f for f in app.extensions["wired"].house().ground.folder.contours()["features"]
    }
    for feature in document["features"]:
        point = Shape(feature["geometry"]["coordinates"])
        assert shape(contours[feature["properties"]["commune"]]["geometry"]).buffer(0.01).contains(point)
    assert "OpenStreetMap" in document["attribution"]


def test_a_plan_read_back_is_the_same_plan(client, app):
    plan = app.extensions["wired"].house().calendar.plan()
    back = parse_plan(client.get("/telecharger/plan.json").get_data(as_text=True), "plan.json")
    assert back.solution == plan.solution
    assert judge_calendar(back.solution.calendar, back.problem) == plan.judgement


@pytest.mark.parametrize("address", ["/communes/46044/affiche.pdf", "/telecharger/feuille-de-route.pdf"])
def test_pdf_is_tagged_french_and_titled(client, address):
    answer = client.get(address)
    assert answer.mimetype == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.data)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in pdf.Root
        assert str(pdf.Root.Lang).startswith("fr")
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"]
        first = pdf.pages[0].mediabox
        assert [round(float(v)) for v in first[2:]] == [595, 842]
        if "affiche" in address:
            assert len(pdf.pages) == 1


def test_poster_of_a_commune_without_a_visit(client):
    answer = client.get("/communes/46042/affiche.pdf")
    assert answer.status_code == 404
    assert "pas de passage" in answer.get_data(as_text=True)


def test_qr_code_is_drawn():
    assert qr_code("http://127.0.0.1:8000/communes/46044").startswith(b"<?xml")
    assert qr_code("a") != qr_code("b")


def test_conditional_requests(client):
    first = client.get("/telecharger/passages.csv")
    again = client.get("/telecharger/passages.csv", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("identifier", "name"),
    [('Œuvre "d\'Arcambal"', "uvre-d-arcambal"), ("46095", "46095"), ("é/ù", "e-u"), ("→", "arret")],
)
def test_a_stop_named_by_hand_makes_a_name_that_every_header_holds(identifier, name):
    assert _in_name(identifier).endswith(name)
    assert _in_name(identifier).isascii()

"""Downloads: calendars that agendas understand, tables, tagged PDF, and the same from site and command line."""

import csv
import io
import json
from datetime import UTC, timedelta

import icalendar
import pikepdf
import pytest
from shapely.geometry import Point as Shape
from shapely.geometry import shape

from data.plan_files import parse_plan
from tours.judge import judge_calendar
from webapp.exports.poster import qr_code


def events(content):
    return list(icalendar.Calendar.from_ical(content).walk("VEVENT"))


def test_icalendar_has_explicit_dates_stable_identifiers_and_the_time_zone(client):
    content = client.get("/telecharger/calendrier.ics").data
    found = events(content)
    identifiers = [event["UID"] for event in found]
    assert len(found) > 100
    assert len(set(identifiers)) == len(identifiers)
    assert b"BEGIN:VTIMEZONE" in content
    assert b"RRULE" not in content.split(b"END:VTIMEZONE")[1]
    assert events(client.get("/telecharger/calendrier.ics").data)[0]["UID"] == identifiers[0]
    starts = [event.decoded("DTSTART") for event in found]
    assert all(str(start.tzinfo) == "Europe/Paris" for start in starts)
    # Quarter past nine stays quarter past nine on both sides of the change of clocks in March.
    mornings = {start.astimezone(UTC).hour for start in starts if start.hour == 9}
    assert mornings == {7, 8}


def test_icalendar_of_a_commune_holds_its_visits_alone(client):
    whole, part = (client.get(a).data for a in ("/telecharger/calendrier.ics", "/communes/46044/calendrier.ics"))
    own = {event["UID"] for event in events(part)}
    assert own < {event["UID"] for event in events(whole)}
    assert all("-46044@" in identifier for identifier in own)
    event = events(part)[0]
    assert "salle des fêtes" in event["LOCATION"]
    assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(hours=3, minutes=15)


def test_identifiers_survive_a_moved_visit(client):
    before = {e["UID"] for e in events(client.get("/telecharger/calendrier.ics").data)}
    client.post("/dates", data={"policy": "iso-parity", "jours-feries": "supprimer"})
    after = {e["UID"] for e in events(client.get("/telecharger/calendrier.ics").data)}
    assert after < before


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

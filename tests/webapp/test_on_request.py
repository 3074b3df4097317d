"""Buses that come only when they are called: every door says whom to call and until when, or that it is too late."""

import io
import json
import re
from datetime import date, datetime, timedelta
from urllib.parse import unquote

import pikepdf
import pytest
from click.testing import CliRunner

from cli.main import mobility
from desks.transport.feeds import keep_feed
from mobility.licences import OPEN_2
from mobility.transport import Booking
from tests.conftest import NOW
from tests.fixtures_rides import People
from tests.gtfs.on_request_feed import write_line
from webapp.words.journeys import booking_words

TUESDAY, EIGHT = date(2026, 6, 2), 8 * 3600
ASKED = "de=Bach&vers=Lalbenque&jour=2026-12-01&sens=partir&heure=07:30"
SLOWER = "daily,07:55:00,07:55:00,P,1,0,1,,\ndaily,08:50:00,08:50:00,Q,2,1,0,,\n"


def text(answer):
    return re.sub(r"\s+", " ", answer.text.replace("\xa0", " ").replace("&#39;", "'"))


@pytest.fixture
def line(app, tmp_path):
    """Keep a line from Bach to Lalbenque, each stop in the middle of its village."""
    here = app.extensions["wired"].house()
    bach, lalbenque = (here.ground.territory.find_commune(name).point for name in ("Bach", "Lalbenque"))
    middle = ((bach.lat + lalbenque.lat) / 2, (bach.lon + lalbenque.lon) / 2)
    points = {
        "P": ("Bach Mairie", bach.lat, bach.lon), "M": ("Moulin", *middle),
        "Q": ("Lalbenque Place", lalbenque.lat, lalbenque.lon),
    }  # fmt: skip

    def keep(**changes):
        keep_feed(write_line(tmp_path / "line", points=points, **changes), here.feeds.feeds.folder("navette"))

    return keep


def message(page):
    return unquote(re.search(r"sms:\?&amp;body=([^\"]*)", page)[1]).replace("\xa0", " ")


def test_the_page_the_sheet_and_the_message_say_to_call_the_agency(client, line):
    line()
    raw = client.get(f"/aller?{ASKED}")
    page = text(raw)
    assert "Car sur réservation" in page
    assert "Ligne 7, de Bach Mairie à Lalbenque Place (arrivée 8 h 30), sur réservation" in page
    assert "Appelez avant pour réserver au 05 65 00 00 00. En montant, dites au conducteur où vous descendez." in page
    assert "Appelez avant pour réserver au 05 65 00 00 00" in message(raw.text)
    pdf = client.get(f"/aller/fiche.pdf?{ASKED}&choix=0")
    with pikepdf.open(io.BytesIO(pdf.data)) as opened:
        assert len(opened.pages) == 1
    assert "sur réservation" in text(client.get(f"/aller/carte?{ASKED}&choix=0"))


def test_the_sheet_is_set_with_whom_to_call(client, line, monkeypatch):
    line(rule="eve")
    shown = {}
    monkeypatch.setattr("webapp.exports.way_sheet.typeset", lambda _, values, __: shown.update(values) or b"")
    client.get(f"/aller/fiche.pdf?{ASKED}&choix=0")
    assert "au 05 65 00 00 01" in json.dumps(shown["there"], ensure_ascii=False)


def test_a_rule_tells_the_hour_and_what_to_say(client, line):
    line(rule="eve")
    page = text(client.get(f"/aller?{ASKED}"))
    assert "Réserver la veille (lundi 30 novembre) avant 17 h au 05 65 00 00 01. Précisez un fauteuil." in page
    assert "trop tard" not in page


def test_without_any_number_the_sentence_stays_kind(client, line):
    line(phone="")
    page = text(client.get(f"/aller?{ASKED}"))
    assert "À réserver avant de partir ; La Navette vous dira comment" in page


def test_too_late_is_said_and_what_can_be_taken_comes_first(app, client, line, monkeypatch):
    line(rule="eve", more=SLOWER)
    here = app.extensions["wired"].house()
    assert "trop tard" not in text(client.get(f"/aller?{ASKED}")).lower()
    monkeypatch.setattr(here, "clock", lambda: NOW + timedelta(hours=8))
    page = text(client.get(f"/aller?{ASKED}"))
    assert page.index("<h3>Car</h3>") < page.index("<h3>Car sur réservation</h3>")
    assert page.count("Trop tard pour réserver</span>") == 1
    assert "Trop tard pour réserver : c'était possible jusqu'au lundi 30 novembre à 17 h, au 05 65 00 00 01" in page
    assert page.count("Envoyer par SMS") == 1, "what can no longer be had is not sent as if it could"


def test_a_way_back_too_late_leaves_the_way_there(app, client, line, monkeypatch):
    line(off="0", more="home,17:00:00,17:00:00,Q,1,2,1,eve,\nhome,17:30:00,17:30:00,P,2,1,0,,\n" + SLOWER)
    here = app.extensions["wired"].house()
    monkeypatch.setattr(here, "clock", lambda: NOW + timedelta(hours=8))
    page = text(client.get(f"/aller?{ASKED}&retour=16:00"))
    assert "Pas de retour connu après 16 h" in page
    assert "Trop tard pour réserver</span>" in page


def test_the_telephone_desk_reads_whom_to_call(app, client, line):
    line(rule="eve")
    People(app.extensions["wired"].house().rides).volunteer("Cahors")
    asked = {
        "telephone": "0639100009", "de": "Bach", "vers": "Lalbenque", "jour": "2026-12-01", "sens": "partir",
        "heure": "07:30", "acte": "chercher",
    }  # fmt: skip
    page = text(client.post("/bureau/telephone", data=asked))
    # Sentences that an agent reads aloud, not notes.
    assert (
        "« À 8 h, à Bach Mairie, vous prenez le car, ligne 7. Vous descendez à Lalbenque Place à 8 h 30. Il faut"
        in page
    )
    assert "Il faut réserver la veille, lundi 30 novembre, avant 17 h au 05 65 00 00 01." in page
    assert (
        "Un transport vient si on l'appelle : Transport à la demande du Pays de Lalbenque-Limogne. Appelez le" in page
    )


def test_the_page_of_a_feed_tells_its_booked_lines(app, client, line):
    line(more=SLOWER)
    here = app.extensions["wired"].house()
    here.feeds.feeds.tell_credit("navette", licence=OPEN_2)
    here.transport.publication().publish(here.clock())
    assert "1 sur 2 sur réservation : au 05 65 00 00 00" in text(client.get("/donnees/offres/navette"))


def search(state, *words):
    asked = ["journeys", "search", "--from", "Bach", "--to", "Lalbenque", "--depart", "07:30", *words]
    answer = CliRunner().invoke(mobility, asked, env={"MOBILITY_STATE": str(state)})
    assert answer.exit_code == 0, answer.output
    return answer.output


def test_programs_and_the_terminal_are_told(state, line):
    line(rule="eve")
    day = "2027-06-01"
    document = json.loads(search(state, "--date", day, "--json"))
    (journey,) = document["journeys"]
    ride = next(leg for leg in journey["legs"] if leg["kind"] == "ride")
    assert ride["on_request"] == {"boarding": "booked", "alighting": "driver"}
    assert ride["booking"]["telephone"] == "0565000001"
    assert ride["booking"]["deadline"] == "2027-05-31T17:00:00"
    assert (ride["booking"]["message"], ride["booking"]["too_late"]) == ("Précisez un fauteuil.", False)
    assert not journey["too_late"]
    told = search(state, "--date", day).replace("\xa0", " ")
    assert "Réserver la veille (lundi 31 mai) avant 17 h au 05 65 00 00 01" in told
    gone = json.loads(search(state, "--date", "2026-01-06", "--json"))["journeys"]
    assert [journey["too_late"] for journey in gone] == [True]
    assert "too late to book" in search(state, "--date", "2026-01-06")


@pytest.mark.parametrize(
    ("booking", "now", "words"),
    [
        (Booking(notice=7200, telephone="+33 5 65 00 00 00"), 5,
         "réserver au moins 2 h 00 avant (jusqu'au mardi 2 juin à 6 h) au 05 65 00 00 00"),
        (Booking(telephone="3635"), 5, "réserver à tout moment avant le départ au 3635"),
        (Booking(days_before=1, url="https://a.example"), 5,
         "trop tard pour réserver : c'était possible jusqu'au lundi 1er juin"),
        (Booking(closes=7 * 3600, telephone="3635"), 5, "réserver le jour même (mardi 2 juin) avant 7 h au 3635"),
        (Booking(notice=0, opens_days=0, opens=7 * 3600, telephone="3635"), 5,
         "réserver à tout moment avant le départ au 3635, à partir du mardi 2 juin à 7 h"),
        (Booking(notice=None), 9, "trop tard pour réserver"),
        (Booking(notice=None, operator="La Navette"), 5, "à réserver avant de partir ; La Navette vous dira comment"),
    ],
)  # fmt: skip
def test_bookings_in_words(booking, now, words):
    told = booking_words(booking, TUESDAY, EIGHT, datetime(2026, 6, 2, now)).replace("\xa0", " ")
    assert told.startswith(words)

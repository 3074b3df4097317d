"""Signs that nobody can write or read: they reach no database and no feed, in whatever field they come."""

import json
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest

from desks.settings import Settings, default_territory
from desks.telephone.inbound import signature_of
from tests.conftest import NOW
from webapp.app import create_app

NOTICE = {"titre": "Mar\x0bché", "texte": "Un\0e\x07 ligne\net une autre", "gravite": "calm", "du": "2026-11-29"}


@pytest.fixture
def client(state, database):
    app = create_app(
        Settings(default_territory(), state, database=database, inbound_secret="secret"), clock=lambda: NOW
    )
    yield app.test_client()
    app.extensions["wired"].jobs.close()


def test_a_notice_never_shuts_its_feed(client):
    assert client.post("/a-savoir/ecrire", data={**NOTICE, "acte": "publier", "ou": "tout"}).status_code == 303
    feed = client.get("/a-savoir.atom")
    assert "Marché" in {title.text for title in ET.fromstring(feed.data).iter("{http://www.w3.org/2005/Atom}title")}
    assert "Une ligne\net une autre" in {one["text"] for one in client.get("/a-savoir.json").json["notices"]}


def test_no_database_is_asked_for_them(client):
    offer = {"nom": "Paul\0 Lacaze", "telephone": "0565000009", "de": "Lherm", "debut": "08:00", "fin": "12:00"}
    told = {**offer, "acte": "offre", "jour-1": "on", "places": "2", "rayon": "60"}
    where = client.post("/bureau/personnes", data=told).headers["Location"]
    assert "Paul Lacaze" in client.get(where).text
    assert client.get("/bureau/personnes/a%00b").status_code == 404
    assert client.get("/comptes/journal/?qui=a%00b").status_code == 200
    file = (BytesIO(b"Nom;Telephone;De;Debut\nA;0612345678;Lherm;8h\n"), "a\0b.csv")
    assert client.post("/bureau/listes/", data={"liste": "drivers", "fichier": file}).status_code == 303


@pytest.mark.parametrize("odd", ["\0", "\ud800"])
def test_a_short_message_is_taken_without_them(client, odd):
    body = json.dumps({"id": f"1{odd}", "kind": "sms", "from": "0612345678", "text": f"Bon{odd}jour"}).encode()
    stamp = str(int(NOW.timestamp()))
    signed = {"X-Timestamp": stamp, "X-Signature": signature_of("secret", stamp, body)}
    assert client.post("/api/telephone/entrants", data=body, headers=signed).json == {"became": "other"}


@pytest.mark.parametrize("origin", ["http://[", "//[", "http://[::1", "\u00e9", ""])
def test_an_origin_that_is_no_address_is_another_site(client, origin):
    assert client.post("/connexion", data={"mail": "a@example.org"}, headers={"Origin": origin}).status_code == 403


def test_a_number_that_is_none_is_no_document(client):
    for body in (b'{"id": NaN}', b'{"id": 1e999}', b'{"a": [-Infinity]}', b"[" * 3000, b"\xff"):
        stamp = str(int(NOW.timestamp()))
        signed = {"X-Timestamp": stamp, "X-Signature": signature_of("secret", stamp, body)}
        assert client.post("/api/telephone/entrants", data=body, headers=signed).status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        "/solidaire?de=Cahors&vers=Crayssac&jour=2026-12-07&heure=10:00&accompagnants={}", "/bureau/chiffres?annee={}",
        "/aller?de=Lherm&vers=Cahors&accompagnants={}", "/bureau/demandes?page={}", "/comptes/journal/?page={}",
        "/preparer?buses={}&far={}&max_visits={}",
    ],
)  # fmt: skip
def test_a_number_without_end_is_no_fault_of_the_site(client, address):
    assert client.get(address.replace("{}", "9" * 5000)).status_code < 500


def test_a_number_without_end_in_a_form_is_no_fault_of_the_site(client):
    endless = "9" * 5000
    for address, form in (
        ("/bureau/telephone", {"de": "Lherm", "vers": "Cahors", "accompagnants": endless, "choix": endless}),
        ("/dates", {"policy": "strict", "first_week": endless}),
        ("/verifier", {f"visite|{endless}|1|morning|b": "x"}),
        ("/preparer/juger", {"buses": endless, "near": endless}),
    ):
        assert client.post(address, data=form).status_code < 500, address

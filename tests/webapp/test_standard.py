"""The carpooling standard: conformity from its own document, keys, bookings that hold seats."""

import json
import uuid
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings

from data.partner_bookings import find_booking
from data.people import add_person
from data.ride_records import add_offer, find_request
from desks.rides.correcting import correct_request, stamp_of
from desks.settings import Settings, default_territory
from mobility.consent import CONSENTS, Consent
from mobility.people import DRIVER, Contact, Newcomer, Person
from mobility.places import Point, great_circle
from mobility.rides import ONCE, VOLUNTEER, RideOffer
from tests.conftest import NOW
from tests.fixtures_rides import TOMORROW, place
from webapp.app import create_app

BASE = "/covoiturage/v1"
KEY = {"X-API-Key": "key-1"}
HOUR = 3600


@pytest.fixture
def app(tmp_path) -> Flask:
    """A site that lets a platform in, with one driver on their way from Lherm to Cahors tomorrow, and a volunteer."""
    settings_ = Settings(default_territory(), tmp_path, partner_keys="voisin=key-1,autre=key-2")
    made = create_app(settings_, clock=lambda: NOW)
    desk = made.extensions["wired"].house().rides
    start, end = place(desk.ground, "Lherm"), place(desk.ground, "Cahors")
    with desk.store.writing() as tx:
        agreed = tuple(Consent(what) for what in CONSENTS)
        person = Newcomer(Person("", DRIVER, "Conducteur de Lherm", "46171"), Contact("Nom", "0600000001"), agreed)
        driver = add_person(tx, person, now=NOW, by="test").id
        add_offer(tx, RideOffer("trip", driver, ONCE, start, end, 9 * HOUR, 10 * HOUR, day=TOMORROW, seats=1), now=NOW)
        week = frozenset(range(1, 6))
        add_offer(tx, RideOffer("week", driver, "regular", start, end, 9 * HOUR, 10 * HOUR, week), now=NOW)
        add_offer(tx, RideOffer("home", driver, VOLUNTEER, start, start, 8 * HOUR, 12 * HOUR, week), now=NOW)
    return made


@pytest.fixture
def client(app):
    return app.test_client()


def search(client, what="driver_journeys", **more):
    at = datetime.combine(TOMORROW, datetime.min.time(), NOW.tzinfo) + timedelta(hours=9)
    asked = {
        "departureLat": 44.57, "departureLng": 1.25, "arrivalLat": 44.447, "arrivalLng": 1.44,
        "departureDate": int(at.timestamp()), "departureRadius": 3, "arrivalRadius": 3, **more,
    }  # fmt: skip
    return client.get(f"{BASE}/{what}", query_string=asked, headers=KEY)


@pytest.fixture(scope="module")
def operations(shared):
    """The operations of the standard's document."""
    schemathesis = pytest.importorskip("schemathesis")
    schema = schemathesis.openapi.from_path(shared / "standards" / "covoiturage" / "standard-covoiturage_openapi.yaml")
    return [result.ok() for result in schema.get_all_operations()]


@pytest.mark.prove
def test_every_operation_answers_as_its_document_says(app, operations):
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

    assert len(operations) == 10
    checks = [not_a_server_error, status_code_conformance, response_schema_conformance]
    for operation in operations:

        @settings(max_examples=25, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def conforms(case):
            response = case.call(base_url=f"http://localhost{BASE}", headers=KEY, app=app)
            case.validate_response(response, checks=checks)

        conforms()


def test_journeys_are_those_of_drivers_blurred_and_without_names(client):
    (journey,) = search(client, count=1).json
    assert len(search(client).json) == 2
    assert journey["driver"]["alias"] == "Conducteur de Lherm"
    assert "Nom" not in json.dumps(journey)
    assert journey["passengerPickupLat"] == round(journey["passengerPickupLat"], 2)
    house = place(client.application.extensions["wired"].house().ground, "Lherm").point
    assert search(client, departureLat=house.lat, departureLng=house.lon, departureRadius=0.05).json == []
    assert len(search(client, departureRadius=0.05).json) == 2, "no circle finds more than what is told"
    assert journey["distance"] == round(1.35 * great_circle(Point(1.25, 44.57), Point(1.44, 44.45)))
    at = datetime.combine(TOMORROW, datetime.min.time(), NOW.tzinfo) + timedelta(hours=14)
    assert search(client, departureDate=int(at.timestamp())).json == []
    regular = search(client, "driver_regular_trips", departureTimeOfDay="09:00:00", departureWeekdays="TUE,WED").json
    assert [s["passengerPickupDay"] for s in regular[0]["schedules"]] == ["TUE", "WED"]


def test_without_a_key_nothing_is_said(client):
    for what in ("driver_journeys", "passenger_journeys"):
        assert client.get(f"{BASE}/{what}?departureLat=1").status_code == 401
    assert client.post(f"{BASE}/bookings", json={}, headers={"X-API-Key": "other"}).status_code == 401
    assert client.get(f"{BASE}/status").status_code == 200


def booked(client, journey, **more):
    body = {
        "id": str(uuid.uuid4()), "driver": journey["driver"], "status": "WAITING_CONFIRMATION",
        "passenger": {"id": "p", "alias": "Passager", "operator": "voisin.example"}, "price": {"type": "FREE"},
        "driverJourneyId": "trip@" + TOMORROW.isoformat(),
        **{key: journey[key] for key in (
            "passengerPickupDate", "passengerPickupLat", "passengerPickupLng", "passengerDropLat", "passengerDropLng",
        )},
        **more,
    }  # fmt: skip
    return body["id"], client.post(f"{BASE}/bookings", json=body, headers=KEY)


def test_a_booking_holds_a_seat_until_it_is_cancelled(client, app):
    journey = search(client).json[0]
    identifier, made = booked(client, journey)
    assert (made.status_code, made.json["status"]) == (201, "WAITING_CONFIRMATION")
    address = f"{BASE}/bookings/{identifier}"
    assert client.get(address, headers=KEY).json["status"] == "WAITING_CONFIRMATION"
    assert client.get(address, headers={"X-API-Key": "key-2"}).status_code == 404
    assert booked(client, journey, id=identifier)[1].status_code == 400
    assert client.patch(f"{address}?status=CONFIRMED", headers=KEY).status_code == 400
    assert client.patch(f"{address}?status=CANCELLED", headers=KEY).status_code == 200
    assert client.patch(f"{address}?status=CANCELLED", headers=KEY).status_code == 409
    assert client.get(address, headers=KEY).json["status"] == "CANCELLED"
    assert client.get(f"{BASE}/bookings/{uuid.uuid4()}", headers=KEY).status_code == 404


def test_a_booking_that_is_put_right_here_is_told_so(client, app):
    journey = search(client).json[0]
    identifier, _ = booked(client, journey, passengerPickupAddress="Mairie de Lherm", duration=9000)
    before = client.get(f"{BASE}/bookings/{identifier}", headers=KEY).json
    desk = app.extensions["wired"].house().rides
    with desk.store.reading() as tx:
        asked = find_request(tx, find_booking(tx, identifier, "voisin").request)

    def correct(**changes):
        with desk.store.reading() as tx:
            known = find_request(tx, asked.id)
        stated = replace(known, **changes)
        correct_request(desk, asked.id, stated, saw=stamp_of(known), sure=True, now=NOW, who="agent")
        return client.get(f"{BASE}/bookings/{identifier}", headers=KEY).json

    assert correct(errand="health") == before
    later = correct(depart_after=asked.depart_after + HOUR)
    assert later == {**before, "status": later["status"], "passengerPickupDate": before["passengerPickupDate"] + HOUR}
    arriving = correct(depart_after=None, arrive_by=15 * HOUR, day=TOMORROW + timedelta(days=1))
    pickup = datetime.fromtimestamp(arriving["passengerPickupDate"], NOW.tzinfo)
    assert (pickup.date(), pickup.hour) == (TOMORROW + timedelta(days=1), 14)
    assert "driverJourneyId" not in arriving
    moved = correct(origin=place(desk.ground, "Labastide-Marnhac"))
    assert moved["passengerPickupLat"] == round(place(desk.ground, "Labastide-Marnhac").point.lat, 2)
    assert moved["passengerDropLat"] == before["passengerDropLat"]
    assert "passengerPickupAddress" not in moved
    assert moved["duration"] < before["duration"]


def test_a_message_reaches_a_driver_who_agreed_to_messages(client, app):
    journey = search(client).json[0]
    user = {"id": "p", "alias": "Passager", "operator": "voisin.example"}
    body = {"from": user, "to": journey["driver"], "message": "Bonjour", "recipientCarpoolerType": "DRIVER"}
    assert client.post(f"{BASE}/messages", json=body, headers=KEY).status_code == 201
    stranger = {**body, "to": {**user, "id": "nobody"}}
    assert client.post(f"{BASE}/messages", json=stranger, headers=KEY).status_code == 404
    assert client.post(f"{BASE}/messages", json={**body, "message": "x" * 501}, headers=KEY).status_code == 400

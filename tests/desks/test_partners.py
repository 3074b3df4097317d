"""Other platforms' trips, asked of a neighbour that answers well, badly or not at all."""

import json
import threading
from contextlib import contextmanager
from datetime import date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from desks.rides.partners import ask_partners
from mobility.clock import ZONE
from mobility.rides import RideRequest
from tests.fixtures_rides import HOUR, TOMORROW, place

JOURNEY = {
    "id": "1", "operator": "voisin.example", "driver": {"id": "d", "alias": "Conductrice", "operator": "v"},
    "duration": 1500, "passengerPickupDate": 1796115600, "webUrl": "https://voisin.example/1",
    "price": {"type": "PAYING", "amount": 2.5},
}  # fmt: skip


class Neighbour(BaseHTTPRequestHandler):
    """Another platform: answers what it is told to."""

    def do_GET(self):
        self.server.asked.append((self.path, self.headers.get("X-API-Key")))
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_):
        pass


def told(body):
    """What a platform sends, of which some is no JSON."""
    return body if isinstance(body, bytes) else b"[{" if body == "torn" else json.dumps(body).encode()


@contextmanager
def neighbour(body, status=200):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Neighbour)
    server.asked, server.body, server.status = [], told(body), status
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server, f"voisin=http://127.0.0.1:{server.server_port}|key"
    server.shutdown()
    server.server_close()


def asked_of(ground, day=TOMORROW):
    return RideRequest("", "", day, place(ground, "Lherm"), place(ground, "Cahors"), arrive_by=10 * HOUR)


def test_other_platforms_trips_are_marked_and_linked(ground):
    evil = {**JOURNEY, "webUrl": "javascript:alert(1)"}
    with neighbour([JOURNEY, evil]) as (server, setting):
        first, second = ask_partners(setting, asked_of(ground), ZONE)
    assert (first["platform"], first["link"], first["price"]) == ("voisin", "https://voisin.example/1", 2.5)
    assert second["link"] == ""
    ((path, key),) = server.asked
    assert path.startswith("/driver_journeys?")
    assert key == "key"


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_the_hour_asked_of_others_is_the_clocks_when_they_change(ground, day):
    with neighbour([]) as (server, setting):
        ask_partners(setting, asked_of(ground, day), ZONE)
    ((path, _),) = server.asked
    (start,) = parse_qs(urlsplit(path).query)["departureDate"]
    assert datetime.fromtimestamp(int(start), ZONE).hour == 9, "an hour before one must be there"


@pytest.mark.parametrize(
    "body", ["torn", {"error": "x"}, [{"id": 1}], [1], [{**JOURNEY, "passengerPickupDate": 1e300}],
             [{**JOURNEY, "duration": float("inf")}],
             [{**JOURNEY, "price": {"type": "PAYING", "amount": float("nan")}}],
             b"[" * 100_000],
)  # fmt: skip
def test_a_platform_that_answers_badly_is_named_and_left_out(ground, body):
    with neighbour(body) as (_, setting):
        assert ask_partners(setting, asked_of(ground), ZONE) == [{"platform": "voisin", "silent": True}]


def test_half_a_sign_of_another_platform_is_left_out(ground):
    with neighbour([{**JOURNEY, "driver": {**JOURNEY["driver"], "alias": "Con\ud800ducteur"}}]) as (_, setting):
        (trip,) = ask_partners(setting, asked_of(ground), ZONE)
    assert trip["driver"] == "Conducteur"


def test_a_platform_that_is_down_is_named(ground):
    with neighbour([], 503) as (_, setting):
        assert ask_partners(setting, asked_of(ground), ZONE) == [{"platform": "voisin", "silent": True}]
    assert ask_partners("voisin=http://127.0.0.1:9", asked_of(ground), ZONE) == [{"platform": "voisin", "silent": True}]
    assert ask_partners("", asked_of(ground), ZONE) == []

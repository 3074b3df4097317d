"""The download of a small area, against a local server that answers, and misbehaves, as Overpass does."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from mobility.errors import MobilityError
from routing.osm_download import download_roads
from routing.osm_reader import read_osm
from routing.profiles import CAR

BOX = (1.43, 44.44, 1.47, 44.48)
ELEMENTS = [
    *(
        {"type": "node", "id": n, "lat": lat, "lon": lon, **({"tags": tags} if tags else {})}
        for n, lat, lon, tags in (
            (1, 44.45, 1.44, None), (2, 44.45, 1.45, None), (3, 44.46, 1.45, {"barrier": "bollard"}),
            (4, 44.47, 1.45, None),
        )
    ),
    {"type": "way", "id": 10, "nodes": [1, 2], "tags": {"highway": "tertiary", "ref": "D7", "maxspeed": "FR:rural"}},
    {"type": "way", "id": 11, "nodes": [2, 3, 4], "tags": {"highway": "residential", "oneway": "yes"}},
]  # fmt: skip


@pytest.fixture
def overpass():
    """A server whose next answer is set by the test."""
    answer = {"status": 200, "body": json.dumps({"elements": ELEMENTS})}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._send()

        def do_GET(self):
            self._send()

        def _send(self):
            body = answer["body"].encode()
            self.send_response(answer["status"])
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    answer["url"] = f"http://127.0.0.1:{server.server_port}/api"
    yield answer
    server.shutdown()


def test_downloaded_roads_are_read_like_an_extract(overpass, tmp_path):
    target = tmp_path / "small.osm"
    assert download_roads(target, BOX, server=overpass["url"]) == 3
    network = read_osm(target, CAR)
    assert "D7" in network.names
    # The bollard still cuts the one-way street in two, each half driven one way only.
    assert (~(network.seconds[:, 1] < float("inf"))).sum() == 2


@pytest.mark.parametrize(
    ("status", "body"),
    [(400, "bad request"), (200, "<html>busy</html>"), (200, json.dumps({"elements": []}))],
)
def test_a_bad_answer_leaves_the_old_file(overpass, tmp_path, status, body):
    overpass.update(status=status, body=body)
    target = tmp_path / "small.osm"
    target.write_text("old")
    with pytest.raises(MobilityError) as caught:
        download_roads(target, BOX, server=overpass["url"])
    assert caught.value.code == "download-failed"
    assert target.read_text() == "old"


def test_no_server(tmp_path):
    with pytest.raises(MobilityError, match="could not be downloaded"):
        download_roads(tmp_path / "x.osm", BOX, server="http://127.0.0.1:9/api")


def test_too_large_an_area(tmp_path):
    with pytest.raises(MobilityError, match="download an extract"):
        download_roads(tmp_path / "x.osm", (1.0, 44.0, 2.5, 45.0), server="http://127.0.0.1:9/api")

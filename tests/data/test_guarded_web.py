"""No address of a feed leads to the machine itself or to a private network, whatever it is written like."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from data.downloads import DownloadFolder, fetch
from data.guarded_web import is_public
from mobility.errors import MobilityError
from tests.conftest import NOW

INNER = [
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "224.0.0.1", "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "2002:7f00:1::1", "64:ff9b::7f00:1",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
]  # fmt: skip


@pytest.fixture
def server():
    """A server on this machine that answers a file, and leads from /away to where it was asked to."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.asked.append(self.path)
            away = self.server.away if self.path == "/away" else ""
            self.send_response(302 if away else 200)
            if away:
                self.send_header("Location", away)
            self.send_header("Content-Length", "4")
            self.end_headers()
            self.wfile.write(b"feed")

        def log_message(self, *_):
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.asked, running.away = [], ""
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield running
    running.shutdown()


def get(url, tmp_path, inner=()):
    return fetch(url, DownloadFolder(tmp_path / "feed", lambda: NOW), check=lambda _: None, attempts=1, inner=inner)


@pytest.fixture
def names(monkeypatch):
    """What names mean, each time they are looked up: the last answer stays."""
    meant, asked = {}, socket.getaddrinfo

    def look(host, port, *more, **rest):
        answers = meant.get(host)
        address = (answers.pop(0) if len(answers) > 1 else answers[0]) if answers else host
        return asked(address, port, *more, **rest)

    monkeypatch.setattr(socket, "getaddrinfo", look)
    return meant


@pytest.mark.parametrize("address", INNER)
def test_what_is_not_public_is_known(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_what_is_public_may_be_asked(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "[::ffff:127.0.0.1]", "0"]
)
def test_no_spelling_of_this_machine_is_asked(server, tmp_path, host):
    with pytest.raises(MobilityError) as refused:
        get(f"http://{host}:{server.server_port}/feed.zip", tmp_path)
    assert refused.value.code == "inner-address"
    assert server.asked == []


def test_a_name_that_means_this_machine_is_not_asked_at_once_or_later(server, tmp_path, names, monkeypatch):
    connected = []

    def connect(address, *_):
        connected.append(address[0])
        raise OSError("nobody there")

    monkeypatch.setattr(socket, "create_connection", connect)
    for meant, code in ((["127.0.0.1"], "inner-address"), (["8.8.8.8", "127.0.0.1"], "download-failed")):
        names["feeds.example"] = meant
        with pytest.raises(MobilityError) as refused:
            get(f"http://feeds.example:{server.server_port}/feed.zip", tmp_path)
        assert refused.value.code == code
    # The name was resolved once, and what it meant then was connected to.
    assert (connected, names["feeds.example"]) == (["8.8.8.8"], ["127.0.0.1"])
    assert server.asked == []


@pytest.mark.parametrize("host", ["x..y", f"{'a' * 64}.example"])
def test_a_name_that_is_none_is_the_trouble_of_its_feed(tmp_path, host):
    with pytest.raises(MobilityError) as refused:
        get(f"http://{host}/feed.zip", tmp_path)
    assert (refused.value.code, refused.value.field) == ("download-refused", f"http://{host}/feed.zip")


def test_a_redirect_to_what_is_no_address_is_the_trouble_of_its_feed(server, tmp_path):
    for server.away in ("http://x..y/", "/\xe9t\xe9"):
        with pytest.raises(MobilityError) as refused:
            get(f"http://127.0.0.1:{server.server_port}/away", tmp_path, inner=("127.0.0.1",))
        assert refused.value.code == "download-refused"


def test_behind_a_proxy_no_inner_name_is_asked_and_unknown_ones_are(server, tmp_path, names, monkeypatch):
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.server_port}")
    look = socket.getaddrinfo

    def known_here(host, *more, **rest):
        if host[0].isalpha() and host != "inside.example":
            raise socket.gaierror(socket.EAI_NONAME, "not known")
        return look(host, *more, **rest)

    monkeypatch.setattr(socket, "getaddrinfo", known_here)
    names["inside.example"] = ["10.1.2.3"]
    for host in ("inside.example", "10.1.2.3", "2130706433", "intranet", "files.local", "FILES.Internal.", "10.1.2.3.",
                 "169.254.169.254.", "127.1.", "foo.localdomain", "inside.example."):  # fmt: skip
        with pytest.raises(MobilityError) as refused:
            get(f"http://{host}/feed.zip", tmp_path)
        assert refused.value.code == "inner-address"
    assert server.asked == []
    assert get("http://feeds.example/feed.zip", tmp_path)[1]
    assert not get("http://intranet/feed.zip", tmp_path, inner=("Intranet",))[1]
    assert server.asked == ["http://feeds.example/feed.zip", "http://intranet/feed.zip"]


def test_a_redirect_goes_the_same_way(server, tmp_path, names):
    names["feeds.example"], names["inside.example"] = ["127.0.0.1"], ["127.0.0.1"]
    start = f"http://feeds.example:{server.server_port}/away"
    for host in ("inside.example", "127.0.0.1", "[::1]", "169.254.169.254"):
        server.away = f"http://{host}:{server.server_port}/secret"
        with pytest.raises(MobilityError) as refused:
            get(start, tmp_path, inner=("feeds.example",))
        assert refused.value.code == "inner-address"
    server.away = "file:///etc/passwd"
    with pytest.raises(MobilityError, match="cannot be fetched"):
        get(start, tmp_path, inner=("feeds.example",))
    assert set(server.asked) == {"/away"}


@pytest.mark.parametrize("listed", ["127.0.0.1", "127.0.0.0/8", "feeds.example"])
def test_what_a_setting_lists_may_be_asked(server, tmp_path, names, listed):
    names["feeds.example"] = ["127.0.0.1"]
    assert get(f"http://feeds.example:{server.server_port}/feed.zip", tmp_path, inner=("other.example", listed))[1]

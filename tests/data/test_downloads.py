"""Downloads against a local server that behaves, and misbehaves, as real ones do."""

import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from data import downloads
from data.downloads import DownloadFolder, fetch
from mobility.errors import MobilityError
from tests.conftest import NOW

GOOD = bytes(range(256)) * 2000


class Server:
    """A server of one file; tests set how it behaves for the next requests."""

    def __init__(self):
        self.content = GOOD
        self.etag = '"v1"'
        self.failures = []
        self.requests = []
        self.cut_at = None
        self.ranges = True
        self.length = True
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                outer.answer(self)

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/feed.zip"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def answer(self, handler):
        self.requests.append(dict(handler.headers))
        if self.failures:
            status, headers = self.failures.pop(0)
            handler.send_response(status)
            for name, value in {"Content-Length": "0", **headers}.items():
                handler.send_header(name, value)
            handler.end_headers()
            return
        if handler.headers.get("If-None-Match") == self.etag:
            handler.send_response(304)
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        start = 0
        asked = handler.headers.get("Range")
        if asked and self.ranges and handler.headers.get("If-Range") == self.etag:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
        body = self.content[start:]
        handler.send_response(206 if start else 200)
        handler.send_header("ETag", self.etag)
        if self.length:
            handler.send_header("Content-Length", str(len(body)))
        handler.send_header("Connection", "close")
        handler.end_headers()
        cut, self.cut_at = self.cut_at, None
        handler.wfile.write(body[:cut] if cut else body)
        handler.close_connection = True


@pytest.fixture
def server():
    running = Server()
    yield running
    running.http.shutdown()


@pytest.fixture
def folder(tmp_path):
    return DownloadFolder(tmp_path / "feed", lambda: NOW)


def get(server, folder, **options):
    return fetch(
        server.url, folder, check=options.pop("check", lambda _: None), pause=0.01, inner=("127.0.0.1",), **options
    )


def test_fetches_once_and_then_only_what_has_changed(server, folder):
    version, new = get(server, folder)
    assert new
    assert (folder.path / version.file).read_bytes() == GOOD
    again, new = get(server, folder)
    assert (again, new) == (version, False)
    assert server.requests[-1]["If-None-Match"] == '"v1"'
    server.content, server.etag = GOOD[::-1], '"v2"'
    changed, new = get(server, folder)
    assert new
    assert folder.current().read_bytes() == GOOD[::-1]
    assert [v.sha256 for v in folder.versions()] == [version.sha256, changed.sha256]


def test_the_same_content_under_a_new_etag_is_no_new_version(server, folder):
    get(server, folder)
    server.etag = '"v1b"'
    _, new = get(server, folder)
    assert not new
    assert len(folder.versions()) == 1
    assert folder.versions()[0].etag == '"v1b"'


def test_a_broken_transfer_goes_on_where_it_stopped(server, folder):
    server.cut_at = 200_000
    version, _ = get(server, folder)
    assert (folder.path / version.file).read_bytes() == GOOD
    assert int(server.requests[-1]["Range"].removeprefix("bytes=").rstrip("-")) > 0


def test_what_a_transfer_left_is_gone_on_with_by_the_next(server, folder):
    server.cut_at = 200_000
    with pytest.raises(MobilityError):
        get(server, folder, attempts=1)
    version, _ = get(server, folder)
    assert (folder.path / version.file).read_bytes() == GOOD
    assert "Range" in server.requests[-1]
    assert sorted(path.name for path in folder.path.iterdir()) == sorted(
        [version.file, "versions.json", "versions.turn"]
    )


def killed(folder, name, hours, parts):
    """What a transfer left that was killed so many hours ago."""
    left = folder.path / name
    left.mkdir(parents=True)
    for part, content in parts.items():
        (left / part).write_bytes(content)
    for path in (*left.iterdir(), left):
        os.utime(path, 2 * (NOW.timestamp() - hours * 3600,))


def test_what_a_killed_transfer_left_is_gone_on_with_or_cleared_away(server, folder):
    killed(folder, ".download.a.partial", 25, {"content": GOOD[:1000], "content.etag": b'"v1"'})
    killed(folder, ".download.b.partial", 25, {"content": GOOD[:1000]})
    killed(folder, ".download.c.partial", 25, {})
    killed(folder, ".download.d.partial", 23, {"content": GOOD[:1000], "content.etag": b'"v1"'})
    (folder.path / ".import.zip.e.partial").write_bytes(b"x")
    os.utime(folder.path / ".import.zip.e.partial", 2 * (NOW.timestamp() - 25 * 3600,))
    version, _ = get(server, folder)
    assert server.requests[-1]["Range"] == "bytes=1000-"
    assert (folder.path / version.file).read_bytes() == GOOD
    assert sorted(path.name for path in folder.path.iterdir()) == sorted(
        [version.file, "versions.json", "versions.turn", ".download.d.partial"]
    )


def test_two_transfers_at_once_have_a_file_each(server, folder):
    """Each stops in its first piece until the other is there too; they bring two versions of the file."""
    both = threading.Barrier(2)
    contents = {'"v1"': b"a" * len(GOOD), '"v2"': b"b" * len(GOOD)}
    met = threading.local()

    def progress(_stage, _share):
        if not getattr(met, "yes", False):
            met.yes = True
            both.wait(10)

    def run(etag):
        own = Server()
        own.content, own.etag = contents[etag], etag
        kept.append((get(own, folder, progress=progress)[0], contents[etag]))
        own.http.shutdown()

    kept = []
    threads = [threading.Thread(target=run, args=(etag,)) for etag in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(kept) == 2
    for version, content in kept:
        assert (folder.path / version.file).read_bytes() == content
    assert {v.file for v in folder.versions()} == {version.file for version, _ in kept}
    assert not list(folder.path.glob("*.partial")) + list(folder.path.glob(".*.partial"))


def test_a_file_that_changed_meanwhile_starts_again(server, folder):
    server.cut_at = 200_000
    with pytest.raises(MobilityError):
        get(server, folder, attempts=1)
    server.content, server.etag = b"new content", '"v2"'
    version, _ = get(server, folder)
    assert (folder.path / version.file).read_bytes() == b"new content"


def test_a_server_without_ranges_starts_again(server, folder):
    server.cut_at, server.ranges = 200_000, False
    version, _ = get(server, folder)
    assert (folder.path / version.file).read_bytes() == GOOD


def test_retries_with_back_off_then_gives_up(server, folder):
    server.failures = [(503, {}), (429, {"Retry-After": "0"})]
    assert get(server, folder)[1]
    server.etag = '"v2"'
    server.failures = [(500, {})] * 4
    with pytest.raises(MobilityError, match="failed 4 times"):
        get(server, folder)
    assert folder.current().read_bytes() == GOOD


def test_a_header_that_should_be_a_number_and_is_none_is_passed_over(server, folder):
    server.failures = [(503, {"Retry-After": "\xb2"}), (200, {"Content-Length": "odd", "Connection": "close"})]
    assert get(server, folder)[0].bytes == 0


def test_a_refusal_is_not_retried(server, folder):
    server.failures = [(404, {})]
    with pytest.raises(MobilityError, match="answers 404"):
        get(server, folder)
    assert len(server.requests) == 1


@pytest.mark.parametrize("length", [True, False])
def test_too_large_a_file_is_refused(server, folder, length, monkeypatch):
    server.length = length
    monkeypatch.setattr(downloads, "LARGEST", 100_000)
    with pytest.raises(MobilityError, match="larger than"):
        get(server, folder)
    assert folder.versions() == []


def test_a_bad_file_never_replaces_a_good_one(server, folder):
    get(server, folder)
    server.content, server.etag = b"<html>busy</html>", '"v2"'

    def check(path):
        if path.read_bytes().startswith(b"<html"):
            raise MobilityError("broken-feed", "not a feed", field="feed.zip")

    with pytest.raises(MobilityError, match="not a feed"):
        get(server, folder, check=check)
    assert folder.current().read_bytes() == GOOD
    assert len(folder.versions()) == 1


def test_the_last_versions_are_kept(server, folder):
    for number in range(8):
        server.content, server.etag = f"version {number}".encode(), f'"v{number}"'
        get(server, folder)
    kept = [(folder.path / v.file).read_text() for v in folder.versions()]
    assert kept == [f"version {n}" for n in range(3, 8)]
    assert len(list(folder.path.glob("*.zip"))) == 5


def test_progress_grows_to_the_whole(server, folder):
    shares = []
    get(server, folder, progress=lambda _, share: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)


def test_no_server(folder):
    with pytest.raises(MobilityError, match="failed 2 times"):
        fetch("http://127.0.0.1:9/feed.zip", folder, check=lambda _: None, attempts=2, pause=0.01, inner=("127.0.0.1",))
    with pytest.raises(MobilityError, match="cannot be fetched"):
        fetch("not an address", folder, check=lambda _: None, attempts=1)

"""The server under visitors who are slow, on purpose or not: they keep nobody else waiting."""

import logging
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import ExitStack, closing, contextmanager
from urllib.parse import urlencode

import pytest
from waitress.channel import ClientDisconnected
from waitress.task import ErrorTask

from tests.conftest import NOW, ROOT
from webapp.server import listening
from webapp.server.listening import LARGEST_BODY, ROOM, THREADS, listen

HALF_A_HEAD = b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "
HALF_A_BODY = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\nnom="
WHOLE = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
LONG = 20 * 1024 * 1024


def small(environ, start_response):
    """A site that answers at once, and shortly, unless something long is asked."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"x" * LONG] if environ["PATH_INFO"] == "/long" else [b"ok"]


@contextmanager
def serving(app):
    server = listen(app, "127.0.0.1", 0)
    over = threading.Event()

    def run():
        while not over.is_set():
            server.turn()
        server.finish(0.5)
        server.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        over.set()
        server.pull_trigger()
        thread.join(10)


@contextmanager
def visits(port, count, half):
    with ExitStack() as stack:
        opened = [stack.enter_context(closing(socket.create_connection(("127.0.0.1", port)))) for _ in range(count)]
        for visit in opened:
            visit.sendall(half)
        yield opened


def seconds(port, path="/"):
    begun = time.perf_counter()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
        assert answer.status == 200
        answer.read()
    return time.perf_counter() - begun


@pytest.mark.parametrize("half", [b"", HALF_A_HEAD, HALF_A_BODY])
def test_half_sent_requests_keep_nobody_waiting(half):
    with serving(small) as server, visits(server.effective_port, 150, half):
        assert seconds(server.effective_port) < 5


EXPECTING = {
    "no body": (b"GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n", b" 200 "),
    "an empty body": (
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n",
        b"HTTP/1.1 200",
    ),
    "a length that is none": (b"GET / HTTP/1.1\r\nContent-Length: x\r\nExpect: 100-continue\r\n\r\n", b" 400 "),
    "two lengths": (
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + WHOLE,
        b" 400 ",
    ),
    "too large a body": (
        f"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {LARGEST_BODY}\r\nExpect: 100-continue\r\n\r\n".encode(),
        b" 413 ",
    ),
    "a body": (
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n",
        b" 100 ",
    ),
}


@pytest.mark.parametrize("name", EXPECTING)
def test_who_asks_whether_to_go_on_is_answered_at_once(name):
    asked, answer = EXPECTING[name]
    with serving(small) as server, visits(server.effective_port, 1, asked) as (visit,):
        visit.settimeout(5)
        told = visit.recv(100)
        assert answer in told
        if name == "a body":
            visit.sendall(b"nom=jours")
            assert b" 200 " in visit.recv(100)


def test_answers_that_nobody_reads_keep_nobody_waiting():
    with serving(small) as server, visits(server.effective_port, THREADS, WHOLE.replace(b"/", b"/long", 1)):
        assert seconds(server.effective_port) < 5


@pytest.mark.parametrize("half", [HALF_A_HEAD, HALF_A_BODY])
def test_a_request_that_comes_drop_by_drop_ends(half, monkeypatch):
    monkeypatch.setattr(listening, "HEAD", 0.3)
    monkeypatch.setattr(listening, "BODY", 0.3)
    with serving(small) as server, visits(server.effective_port, 1, half) as (visit,):
        server.adj.cleanup_interval = server.next_channel_cleanup = 0
        visit.settimeout(0.05)
        ended = False
        for _ in range(100):
            try:
                visit.sendall(b"x")
                ended = visit.recv(10) == b""
            except TimeoutError:
                continue
            except OSError:
                ended = True
            if ended:
                break
        assert ended


@pytest.mark.parametrize("sent", [b"", WHOLE, WHOLE.replace(b"/", b"/long", 1)], ids=["nothing", "read", "unread"])
def test_a_connection_without_a_byte_ends(sent, monkeypatch):
    monkeypatch.setattr(listening, "IDLE", 1)
    with serving(small) as server, visits(server.effective_port, 1, sent) as (visit,):
        server.adj.cleanup_interval = server.next_channel_cleanup = 0
        if sent == WHOLE:
            while not visit.recv(1000).endswith(b"ok"):
                pass
        end = time.monotonic() + 10
        begun = False
        while time.monotonic() < end and not (begun and not server.active_channels):
            begun = begun or bool(server.active_channels)
            time.sleep(0.02)
        assert begun
        assert not server.active_channels


def test_whoever_waits_longest_makes_room():
    with serving(small) as server:
        # So many that those who make room are not everybody.
        server.adj.connection_limit = 3 * ROOM
        with visits(server.effective_port, 300, HALF_A_HEAD):
            assert seconds(server.effective_port) < 5
            assert len(server.active_channels) <= 3 * ROOM


def test_an_answer_under_way_is_sent_before_the_server_ends():
    begun, go_on = threading.Event(), threading.Event()

    def slow(environ, start_response):
        begun.set()
        go_on.wait(5)
        return small(environ, start_response)

    server = listen(slow, "127.0.0.1", 0)
    with visits(server.effective_port, 1, WHOLE) as (visit,):
        while not begun.is_set():
            server.turn()
        threading.Timer(0.2, go_on.set).start()
        server.finish()
        visit.settimeout(5)
        assert visit.recv(1000).endswith(b"ok")
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", server.effective_port))


def faults_of(caplog):
    """What was written but that a thread is awaited: busy machines do."""
    told = [told for told in caplog.records if told.levelno >= logging.WARNING]
    return [one.getMessage() for one in told if one.name != "waitress.queue"]


@pytest.mark.parametrize("address", ["http://[une.habitante]/x", "http://[", "http://a]b/", "https://[::1"])
def test_an_address_that_is_none_is_answered_and_in_no_log(address, caplog):
    with serving(small) as server, closing(socket.create_connection(("127.0.0.1", server.effective_port))) as visit:
        visit.settimeout(10)
        visit.sendall(f"GET {address} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        assert visit.recv(100).startswith(b"HTTP/1.1 400 ")
    assert faults_of(caplog) == []


def test_who_asked_for_what_is_none_may_be_gone_before_the_answer(caplog, monkeypatch):
    class Gone(ErrorTask):
        def execute(self):
            raise ClientDisconnected

    monkeypatch.setattr(listening._Visit, "error_task_class", Gone)
    with serving(small) as server, visits(server.effective_port, 1, b"GET http://[ HTTP/1.1\r\n\r\n") as (visit,):
        visit.settimeout(10)
        assert visit.recv(100) == b""
    assert faults_of(caplog) == []


def test_a_head_without_end_is_refused():
    with serving(small) as server, visits(server.effective_port, 1, WHOLE[:-2]) as (visit,):
        visit.sendall(b"X-Long: " + b"x" * 2 * listening.LARGEST_HEAD)
        assert b" 431 " in visit.recv(100)


BODIES = {
    "told": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000\r\n\r\n",
    "piece by piece": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nbb8\r\n"
    + bytes(3000)
    + b"\r\n",
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_without_end_is_refused(monkeypatch, name):
    monkeypatch.setattr(listening, "LARGEST_BODY", 1000)
    with serving(small) as server, visits(server.effective_port, 1, BODIES[name]) as (visit,):
        visit.settimeout(5)
        assert b" 413 " in visit.recv(100)


SLOW = 1000
SEARCH = "/aller?" + urlencode(
    {"de": "Lherm", "vers": "Cahors", "jour": NOW.date().isoformat(), "heure": "10:00", "retour": "16:00"}
)


@pytest.fixture
def many_files():
    """As many open files as a thousand visits from this process need."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(before[0], min(8192, before[1])), before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.prove
@pytest.mark.parametrize("half", [b"", HALF_A_HEAD, HALF_A_BODY])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_thousand_half_sent_requests_leave_the_site_quick(state, tmp_path, many_files, half, workers):
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MOBILITY_")} | {
        "MOBILITY_STATE": str(state), "MOBILITY_DATABASE": f"sqlite:///{tmp_path}/rides.sqlite",
        "MOBILITY_WORKERS": str(workers),
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "serve", "--no-prepare", "--port", str(port)], cwd=ROOT, env=environment,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(300):
            try:
                # The first searches of a process wait for its libraries.
                for _ in range(4 * workers):
                    seconds(port, SEARCH)
                break
            except OSError:
                time.sleep(0.2)
        with visits(port, SLOW, half):
            assert max(seconds(port, "/health") for _ in range(20)) < 1
            assert max(seconds(port, SEARCH) for _ in range(10)) < 3
    finally:
        # As services are ended: a shell that starts it in the background may have it ignore the keyboard's.
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0

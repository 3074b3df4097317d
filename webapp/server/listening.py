"""The server: eight threads answer; one loop reads whole requests for them, and keeps slow visitors from the others.

A thread is given a request once all of it has come, and hands its answer to the loop, which sends it as fast as the
visitor reads: half a request costs a connection, never a thread. Connections end that are idle, or whose request comes
too slowly; where all are taken, the ones that wait longest make room.
"""

import resource
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.utilities import BadRequest

from mobility.errors import MobilityError

THREADS = 8
CONNECTIONS = 4000
"""Open at once at most, as far as the machine lets a process open files."""
FILES = 8192
"""Open files asked of the machine: a connection is one, a long upload another, and there is the program's own work."""
IDLE = 60
"""Seconds that a connection may stay without a byte in either direction."""
HEAD = 20
"""Seconds that a visitor has to say what they ask."""
BODY, PACE = 30, 500
"""Seconds that a visitor has to send what goes with it, and bytes for which they have another second."""
LARGEST_HEAD = 32 * 1024
LARGEST_BODY = 401 * 1024 * 1024
"""Bytes: a little more than the site takes, so that it is the site that says no, in its own words."""
IN_MEMORY = 64 * 1024
"""Bytes of a request that stay in memory while it comes; what is longer goes to a file."""
BACKLOG = 1024
"""Connections that the machine keeps until the loop takes them in."""
ROOM = 64
"""Connections that make room at once."""
Application = Callable[..., Any]


class _Head(HTTPRequestParser):  # type: ignore[misc]
    """Reads a request; what is none is answered, where the parser would give up with what was sent in its trace."""

    path = ""
    """Of a request that is none: what serves it names it, should its visitor have gone."""

    def parse_header(self, header_plus: bytes) -> None:
        """Read a head; refuse one that says twice how long its body is, for a proxy may believe the other."""
        super().parse_header(header_plus)
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("Content-Length beside Transfer-Encoding")

    def received(self, data: bytes) -> int:
        """Take what has come; return how much of it was of this request."""
        try:
            taken: int = super().received(data)
        except ValueError:
            self.error = BadRequest("Bad request")
            self.completed = True
            return len(data)
        if self.completed:
            # Nothing more is to come: told to go on, its visitor would wait for the answer, and the server for them.
            self.expect_continue = False
        return taken


class _Visit(HTTPChannel):  # type: ignore[misc]
    """A connection that knows since when its request has been coming."""

    parser_class = _Head
    began = 0.0

    def received(self, data: bytes) -> bool:
        """Take what has come."""
        before = self.request
        whole: bool = super().received(data)
        if self.request is not before:
            self.began = self.last_activity
        return whole

    def overdue(self, now: float) -> bool:
        """Tell whether no byte has gone in either direction for long, or its request should have come by now."""
        if self.requests:
            return False
        coming = self.request
        if coming is None:
            return bool(now - self.last_activity > IDLE)
        given = BODY + coming.body_bytes_received / PACE if coming.headers_finished else HEAD
        return bool(now - self.began > given or now - self.last_activity > IDLE)

    def waits_since(self) -> float:
        """Return since when nobody works for it."""
        return float(self.began if self.request is not None else self.last_activity)


@contextmanager
def _interrupted_by(kind: signal.Signals) -> Iterator[None]:
    """Take a signal as an interruption; a thread beside the first one is told no signals."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(kind, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(kind, before)


class PatientServer(TcpWSGIServer):  # type: ignore[misc]
    """A server that closes the connections of whoever is too slow."""

    channel_class = _Visit
    taken = 0
    """Requests that came whole."""
    due = 0.0
    """The time by which a connection that is overdue ends with this turn; 0 while none is looked for."""

    def add_task(self, task: HTTPChannel) -> None:
        """Give a request to a thread."""
        self.taken += 1
        super().add_task(task)

    def run(self) -> None:
        """Serve until interrupted, or told to end as services are (SIGTERM)."""
        with _interrupted_by(signal.SIGTERM):
            try:
                while self._map:
                    self.turn()
            except (KeyboardInterrupt, SystemExit):
                self.finish()

    def turn(self) -> None:
        """Wait for what comes next, a second at most, and do it."""
        wasyncore.loop(timeout=1.0, use_poll=True, map=self._map, count=1)
        # Closed here and not once they can be written to: who reads nothing of a long answer never can.
        if self.due:
            for visit in list(self.active_channels.values()):
                if visit.overdue(self.due):
                    visit.handle_close()
            self.due = 0.0

    def finish(self, seconds: float = 5) -> None:
        """Take nobody in any more; send what is under way, as long as that takes less than some seconds."""
        wasyncore.dispatcher.close(self)
        end = time.monotonic() + seconds
        while time.monotonic() < end and any(
            visit.requests or visit.total_outbufs_len for visit in list(self.active_channels.values())
        ):
            wasyncore.loop(timeout=0.1, use_poll=True, map=self._map, count=1)
        self.task_dispatcher.shutdown()

    def handle_accept(self) -> None:
        """Take in who has come, several at a time: each turn looks at all connections."""
        for _ in range(ROOM // 2):
            before = len(self._map)
            super().handle_accept()
            if len(self._map) == before:
                break
        if len(self.active_channels) > self.adj.connection_limit - ROOM:
            self.make_room()

    def make_room(self) -> None:
        """Close the connections for which nobody has worked for longest."""
        waiting = [visit for visit in self.active_channels.values() if not visit.requests]
        for visit in sorted(waiting, key=_Visit.waits_since)[:ROOM]:
            visit.handle_close()

    def maintenance(self, now: float) -> None:
        """Have closed at the end of this turn what is overdue."""
        self.due = now


def listen(app: Application, host: str, port: int, *, threads: int = THREADS) -> PatientServer:
    """Return a server, its port taken; 0 takes any that is free. Raises "port-taken" where there is none."""
    try:
        return _server(app, Adjustments(host=host, port=port, **_options(threads)))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise MobilityError(
            "port-taken", f"cannot listen on {host}:{port} ({reason}); choose another with --port", field="--port",
            value=port,
        ) from None  # fmt: skip


def listen_on(app: Application, sock: Any) -> PatientServer:
    """Return a server for a socket that another process opened."""
    return _server(app, Adjustments(sockets=[sock], **_options(THREADS)), sock)


def _server(app: Application, adj: Adjustments, sock: Any = None) -> PatientServer:
    if sock is None:
        return PatientServer(app, adj=adj, sockinfo=adj.listen[0])
    sockinfo = (sock.family, sock.type, sock.proto, sock.getsockname())
    return PatientServer(app, adj=adj, sockinfo=sockinfo, _sock=sock, bind_socket=False)


def _options(threads: int) -> dict[str, Any]:
    return {
        "threads": threads, "ident": None, "clear_untrusted_proxy_headers": False, "asyncore_use_poll": True,
        "connection_limit": min(CONNECTIONS, _open_files() // 2), "cleanup_interval": 5,
        "backlog": BACKLOG,
        "max_request_header_size": LARGEST_HEAD, "max_request_body_size": LARGEST_BODY, "inbuf_overflow": IN_MEMORY,
        # A thread never waits for a visitor to read: long answers wait in a file.
        "outbuf_high_watermark": 2**40,
    }  # fmt: skip


def _open_files() -> int:
    """Ask for as many open files as the machine allows and the server may need; return how many there may be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted

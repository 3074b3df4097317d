"""Providers of mail and SMS that answer on this machine: they keep what they get, or refuse."""

import socketserver
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler


class Webhook(BaseHTTPRequestHandler):
    """An SMS provider: keeps what it gets, or refuses."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.server.statuses.pop(0) if self.server.statuses else 200
        self.server.got.append((dict(self.headers), body))
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_):
        pass


class Mail(socketserver.StreamRequestHandler):
    """A mail server of a few commands."""

    def handle(self):
        self.wfile.write(b"220 local\r\n")
        data = False
        for line in self.rfile:
            word = line.strip().upper()
            if data:
                if line.strip() == b".":
                    data = False
                    self.wfile.write(b"250 kept\r\n")
                else:
                    self.server.got.append(line.decode())
            elif word == b"DATA":
                data = True
                self.wfile.write(b"354 go on\r\n")
            elif word.startswith(b"RCPT") and (self.server.refuse or word.endswith((b"@>", b"<JEAN>"))):
                self.wfile.write(b"%d no such person\r\n" % (self.server.refuse or 550))
            elif word.startswith(b"EHLO") and getattr(self.server, "offers", b""):
                self.wfile.write(b"250-local\r\n250 " + self.server.offers + b"\r\n")
            elif word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 local\r\n")


@contextmanager
def serving(kind, handler, **state):
    server = kind(("127.0.0.1", 0), handler)
    for name, value in state.items():
        setattr(server, name, value)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()

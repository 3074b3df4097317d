"""Providers of mail and SMS that answer on this machine: they keep what they get, or refuse."""

import socketserver
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler


class Webhook(BaseHTTPRequestHandler):
    """An SMS provider: keeps what it gets, or refuses; ``leads`` is where its redirects lead."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.server.statuses.pop(0) if self.server.statuses else 200
        self.server.got.append((dict(self.headers), body))
        if status is None:
            self.close_connection = True
            return
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", getattr(self.server, "leads", "/elsewhere"))
        self.end_headers()

    def log_message(self, *_):
        pass


class Mail(socketserver.StreamRequestHandler):
    """A mail server of a few commands; ``says`` are its answers to some of them, b"" where it hangs up."""

    def handle(self):
        says = getattr(self.server, "says", {})
        self.wfile.write(says.get("hello", b"220 local") + b"\r\n")
        data = False
        for line in self.rfile:
            word = line.strip().upper()
            if data:
                if line.strip() == b".":
                    data = False
                    if not says.get("end", b"250 kept"):
                        return
                    self.wfile.write(says.get("end", b"250 kept") + b"\r\n")
                else:
                    self.server.got.append(line.decode())
            elif word == b"DATA":
                data = True
                self.wfile.write(b"354 go on\r\n")
            elif word.startswith(b"RCPT") and (self.server.refuse or word.endswith((b"@>", b"<JEAN>"))):
                said = says.get("refusal", b"no such person")
                self.wfile.write(b"%d %s\r\n" % (self.server.refuse or 550, said))
            elif word.startswith(b"EHLO") and getattr(self.server, "offers", b""):
                self.wfile.write(b"250-local\r\n250 " + self.server.offers + b"\r\n")
            elif word == b"QUIT":
                if "quit" not in says:
                    self.wfile.write(b"221 bye\r\n")
                elif says["quit"]:
                    self.wfile.write(says["quit"] + b"\r\n")
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

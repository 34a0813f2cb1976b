"""A witness's desk over HTTP: POST <prefix>/add-checkpoint, and nothing else. Edge.

It is written for a stranger at the other end: a bounded body, a limit for each read, a bounded number of conversations at once.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from provenance.daemon.desk import Desk
from provenance.errors import ProvError
from provenance.seal.witnessing import MAX_REQUEST, TEXT_TYPE

SECONDS = 15.0  # for each read
LIFE = 60.0  # of a conversation: one that trickles byte by byte would keep its place for days
MOST = 32
PATH = "/add-checkpoint"


class Server(ThreadingHTTPServer):
    """Serves one desk. Args: desk; host, port (0: any); life: seconds after which a conversation is ended, whatever it does."""

    daemon_threads = True

    def __init__(self, desk: Desk, host: str, port: int, life: float = LIFE) -> None:
        self.desk, self._life = desk, life
        self._places = threading.BoundedSemaphore(MOST)
        super().__init__((host, port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._places.acquire(blocking=False):
            self.shutdown_request(request)  # it may come again; a queue would only hide that there are too many
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        end = threading.Timer(self._life, _cut, (request,))
        end.daemon = True
        end.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            end.cancel()
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A peer that went away is no event."""


def _cut(request: socket.socket) -> None:
    with contextlib.suppress(OSError):
        request.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "prov-witness", ""
    timeout = SECONDS

    def do_POST(self) -> None:
        if not self.path.endswith(PATH):
            self._say(404, "POST /add-checkpoint\n", close=True)
            return
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit() or self.headers.get("Transfer-Encoding"):
            self._say(411, "a Content-Length is needed\n", close=True)
            return
        if len(length) > 9 or int(length) > MAX_REQUEST:
            self._say(413, "too large\n", close=True)
            return
        data = self.rfile.read(int(length))
        if len(data) != int(length):
            self.close_connection = True
            return
        try:
            answer = self.server.desk.answer(data)
        except (ProvError, OSError) as error:
            self._say(500, "the witness cannot answer now\n", close=True)
            self.log_error("%s", error)
            return
        self._say(answer.status, answer.body, answer.kind)
        self.log_message('"%s" %d', answer.head.origin if answer.head else "-", answer.status)

    def do_GET(self) -> None:
        self._say(405, "POST /add-checkpoint\n", close=True)

    def _say(self, status: int, body: str, kind: str = TEXT_TYPE, *, close: bool = False) -> None:
        raw = body.encode()
        self.close_connection = self.close_connection or close
        self.send_response_only(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(raw)))
        if close:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """One line for each answer on standard error; nothing of the body but the origin, and no control character."""
        super().log_message("%s", "".join(c if c.isprintable() else "?" for c in format % args))

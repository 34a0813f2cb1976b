"""One HTTP request to a time authority or a calendar: what is sent, how long it may take, and by what name it fails. Reaches the network.

RFC 3161 section 3.4: POST of `application/timestamp-query`. The request holds a hash and a random number, nothing else. The transport
need not be trusted, for the answer is checked against pinned roots; it is only kept from costing time or memory: one limit over all,
trickling servers and slow name look-ups included, and no more bytes than any token has.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any

from provenance.errors import BadInput, ProvError, Unavailable
from provenance.seal.ots import MAX_ANSWER
from provenance.seal.timestamp import MAX_TOKEN

STAMP = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
CALENDAR = {"Content-Type": "application/octet-stream", "Accept": "application/vnd.opentimestamps.v1"}
LIMIT_SECONDS = 30.0
LOOK_SECONDS = 0.05


def check_url(url: str) -> str:
    """Hand back a URL that can be asked. Raises BadInput `time.url` for anything but http and https with a host, or with a password."""
    try:
        parts = urllib.parse.urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None and url.isprintable()
    except ValueError:
        good = False
    if not good:
        raise BadInput("time.url", url=url)
    return url


def ask(url: str, query: bytes, *, seconds: float = LIMIT_SECONDS, halted: Callable[[], bool] = lambda: False) -> bytes:
    """Send a query and hand back the answer's bytes, unchecked.

    Args:
        url: http or https. query: a TimeStampReq, DER. seconds: limit for all of it.
        halted: asked often; when true, the request is given up.
    Raises:
        BadInput: `time.url`. Unavailable: `time.unreachable`, `time.slow`, `time.http` (with `status`), `time.html`, `time.cut`,
        `time.large`, `time.redirect`, `time.halted`.
    """
    return _answer(_Asked(check_url(url), query, seconds, STAMP, MAX_TOKEN), url, seconds, halted)


def fetch(url: str, body: bytes | None, *, seconds: float = LIMIT_SECONDS, halted: Callable[[], bool] = lambda: False) -> bytes:
    """Talk to an OpenTimestamps calendar: POST a body (a digest, to `/digest`), or with None GET (`/timestamp/<hex>`). Raises as `ask`."""
    return _answer(_Asked(check_url(url), body, seconds, CALENDAR, MAX_ANSWER), url, seconds, halted)


def _answer(asked: _Asked, url: str, seconds: float, halted: Callable[[], bool]) -> bytes:
    # a thread of its own, for a name look-up cannot be given a limit; it ends by itself, and its result is then nobody's
    threading.Thread(target=asked.run, name="time request", daemon=True).start()
    end = time.monotonic() + seconds
    while not asked.done.wait(LOOK_SECONDS):
        if halted():
            asked.cut()
            raise Unavailable("time.halted", url=url)
        if time.monotonic() >= end:
            asked.cut()
            raise Unavailable("time.slow", url=url, seconds=round(seconds))
    if asked.error is not None:
        raise asked.error
    return asked.answer


class _Asked:
    """A request under way."""

    def __init__(self, url: str, query: bytes | None, seconds: float, headers: dict[str, str], most: int) -> None:
        self._url, self._query, self._seconds, self._headers, self._most = url, query, seconds, headers, most
        self._sockets: list[socket.socket] = []
        self.done = threading.Event()
        self.answer = b""
        self.error: ProvError | None = None

    def run(self) -> None:
        try:
            self.answer = self._talk()
        except ProvError as error:
            self.error = error
        except urllib.error.HTTPError as error:
            with contextlib.suppress(Exception):
                error.close()
            self.error = Unavailable("time.http", url=self._url, status=error.code)
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = error.reason if isinstance(error, urllib.error.URLError) else error
            slow = isinstance(reason, TimeoutError)
            self.error = Unavailable("time.slow", url=self._url, seconds=round(self._seconds)) if slow else Unavailable(
                "time.unreachable", url=self._url, why=str(reason)[:200] or type(reason).__name__)  # fmt: skip
        finally:
            self.done.set()

    def cut(self) -> None:
        """End the conversation from outside: a reader that waits for the next byte wakes up and ends."""
        for one in list(self._sockets):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _talk(self) -> bytes:
        headers = {name: value for name, value in self._headers.items() if self._query is not None or name == "Accept"}
        method = "GET" if self._query is None else "POST"
        request = urllib.request.Request(self._url, data=self._query, headers={**headers, "User-Agent": "prov"}, method=method)
        with _opener(self._sockets).open(request, timeout=self._seconds) as answer:
            if answer.status not in (200, 201):
                raise Unavailable("time.http", url=self._url, status=answer.status)
            data = bytes(answer.read(self._most + 1))
            left = answer.length
            kind = str(answer.headers.get("Content-Type", "")).lower()
        if len(data) > self._most:
            raise Unavailable("time.large", url=self._url)
        if "html" in kind or data.lstrip()[:1] == b"<":
            raise Unavailable("time.html", url=self._url)
        if left or not data:
            raise Unavailable("time.cut", url=self._url)
        return data


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follow only within the host that the user was told of; from http to https, never back. The query is sent again as it is."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> urllib.request.Request:
        old, new = urllib.parse.urlsplit(req.full_url), urllib.parse.urlsplit(newurl)
        if new.hostname != old.hostname or new.scheme not in (old.scheme, "https"):
            fp.close()
            raise Unavailable("time.redirect", url=req.full_url, target=newurl[:200])
        kept = {name: value for name, value in req.header_items() if name.lower() not in ("host", "content-length")}
        return urllib.request.Request(newurl, data=req.data, headers=kept, method=req.get_method())


def _opener(sockets: list[socket.socket]) -> urllib.request.OpenerDirector:
    """HTTP and HTTPS only, through the proxies of the environment (http_proxy, https_proxy, no_proxy); each socket is noted."""

    def noting(base: type[http.client.HTTPConnection]) -> type[http.client.HTTPConnection]:
        class Noted(base):  # type: ignore[valid-type, misc]
            def connect(self) -> None:
                super().connect()
                sockets.append(self.sock)

        return Noted

    plain, secret = noting(http.client.HTTPConnection), noting(http.client.HTTPSConnection)

    class Plain(urllib.request.HTTPHandler):
        def http_open(self, req: urllib.request.Request) -> Any:
            return self.do_open(plain, req)

    class Secret(urllib.request.HTTPSHandler):
        def https_open(self, req: urllib.request.Request) -> Any:
            return self.do_open(secret, req)

    opener = urllib.request.OpenerDirector()
    for handler in (urllib.request.ProxyHandler(), Plain(), Secret(), _Stay(), urllib.request.HTTPDefaultErrorHandler(),
                    urllib.request.HTTPErrorProcessor(), urllib.request.UnknownHandler()):  # fmt: skip
        opener.add_handler(handler)
    return opener

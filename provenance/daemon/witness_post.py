"""One HTTP request to a witness: no redirects, no more bytes than an answer has, one limit over all of it. Edge: it reaches the network."""

from __future__ import annotations

import http.client
import threading
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from provenance.errors import BadInput, ProvError, Unavailable

SECONDS = 30.0
MOST = 1 << 16


def post(url: str, body: bytes, seconds: float = SECONDS) -> tuple[int, str, bytes]:
    """POST a request to `<url>/add-checkpoint`.

    Returns:
        Status, Content-Type and body, whatever the status is.
    Raises:
        BadInput: `time.url`. Unavailable: `witness.unreachable`, `witness.slow`.
    """
    target = _target(url)
    box: list[Any] = []
    # a thread of its own, for neither a name look-up nor a server that trickles can be given a limit otherwise; nobody waits for it then
    asked = threading.Thread(target=_talk, args=(target, body, seconds, box), name="witness request", daemon=True)
    asked.start()
    asked.join(seconds)
    if not box:
        raise Unavailable("witness.slow", url=target, seconds=round(seconds))
    if isinstance(box[0], ProvError):
        raise box[0]
    status, kind, data = box[0]
    return int(status), str(kind), bytes(data)


def _target(url: str) -> str:
    try:
        parts = urllib.parse.urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None and parts.port != 0
        good = good and url.isprintable()
    except ValueError:
        good = False
    if not good:
        raise BadInput("time.url", url=url)
    base = url.rstrip("/")
    return base if base.endswith("/add-checkpoint") else base + "/add-checkpoint"


class _Stay(urllib.request.HTTPRedirectHandler):
    """The user named one machine: nobody else is shown the head."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> None:
        return None


def _talk(target: str, body: bytes, seconds: float, box: list[Any]) -> None:
    request = urllib.request.Request(target, data=body, headers={"Content-Type": "text/plain; charset=utf-8", "User-Agent": "prov"})
    try:
        try:
            answer = urllib.request.build_opener(_Stay).open(request, timeout=seconds)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            data = answer.read(MOST + 1)
            status, kind = answer.status, str(answer.headers.get("Content-Type", ""))
        box.append((status, kind, data) if len(data) <= MOST else Unavailable("witness.unreachable", url=target, why="too long an answer"))
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        box.append(Unavailable("witness.unreachable", url=target, why=str(reason)[:200] or type(reason).__name__))

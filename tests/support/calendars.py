"""An OpenTimestamps calendar of our own on the loopback, with a chain of blocks that are easy to make; it can also misbehave."""

from __future__ import annotations

import hashlib
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from provenance.seal import ots

EASY = 0x7FFFFF << 232
"""The target of Bitcoin's test chains (bits 0x207fffff): a header is found in two tries."""


def leb(value: int) -> bytes:
    """Unsigned LEB128, written here once more so that a test does not lean on what it tests."""
    out = b""
    while value > 127:
        out, value = out + bytes((value % 128 + 128,)), value // 128
    return out + bytes((value,))


def pending(uri: str) -> bytes:
    body = leb(len(uri)) + uri.encode()
    return bytes.fromhex("83dfe30d2ef90c8e") + leb(len(body)) + body


def bitcoin(height: int) -> bytes:
    return bytes.fromhex("0588960d73d71901") + leb(len(leb(height))) + leb(height)


def proof(digest: bytes, tree: bytes) -> bytes:
    """A detached proof file over a SHA-256."""
    return ots.MAGIC + b"\x01\x08" + digest + tree


def header(root: bytes, seconds: int, bits: int = 0x207FFFFF) -> bytes:
    """A block header with this root whose hash is below an easy target."""
    for nonce in range(1 << 32):
        raw = struct.pack("<I32s32sIII", 4, bytes(32), root, seconds, bits, nonce)
        digest = hashlib.sha256(hashlib.sha256(raw).digest()).digest()
        if int.from_bytes(digest, "little") <= EASY:
            return raw
    raise AssertionError("no header")


@dataclass
class Calendar:
    """A running calendar. asked: paths and bodies it got. mood: good; html, busy, slow (not before `release`), cut, huge, noise; elsewhere
    (its promise names another address); early (a promise without waiting for a block: no pending attestation).
    blocks: height -> root, of commitments that were mined."""

    url: str
    asked: list[tuple[str, bytes]] = field(default_factory=list)
    mood: str = "good"
    release: threading.Event = field(default_factory=threading.Event)
    held: dict[bytes, int | None] = field(default_factory=dict)
    blocks: dict[int, bytes] = field(default_factory=dict)

    @property
    def posted(self) -> list[bytes]:
        return [body for path, body in self.asked if path == "/digest"]

    def promise(self, digest: bytes) -> bytes:
        """The answer to a digest: one step, and the promise."""
        self.held.setdefault(hashlib.sha256(digest + b"calendar").digest(), None)
        uri = "https://elsewhere.example" if self.mood == "elsewhere" else self.url
        return b"\xf0\x08calendar\x08\x00" + (bitcoin(1) if self.mood == "early" else pending(uri))

    def mine(self, height: int) -> None:
        """Everything that is held and in no block yet goes into this one. Each commitment's path gets a root of its own block number."""
        for commitment, where in self.held.items():
            if where is None:
                self.held[commitment] = height
                self.blocks[height] = hashlib.sha256(commitment + b"block %d" % height).digest()
                height += 1

    def later(self, commitment: bytes) -> bytes | None:
        """The answer about a commitment, None while no block has it."""
        height = self.held.get(commitment)
        if height is None:
            return None
        argument = b"block %d" % height
        return b"\xf0" + leb(len(argument)) + argument + b"\x08\x00" + bitcoin(height)

    def body(self, path: str, sent: bytes) -> tuple[int, str, bytes]:
        """Status, type and body of an answer."""
        kind = "application/vnd.opentimestamps.v1"
        answer = self.promise(sent) if path == "/digest" else self.later(bytes.fromhex(path.rpartition("/")[2]))
        if self.mood in ("html", "busy"):
            return 200 if self.mood == "html" else 503, "text/html", b"<html>Sign in to the network</html>"
        if answer is None:
            return 404, "text/plain", b"Pending confirmation in Bitcoin blockchain"
        return 200, kind, {"huge": answer * 4000, "noise": b"\x05" + answer, "cut": answer}.get(self.mood, answer)


@contextmanager
def calendar() -> Iterator[Calendar]:
    """A calendar over HTTP on the loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    served = Calendar(f"http://127.0.0.1:{server.server_port}")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def do_GET(self) -> None:
            self._answer(b"")

        def _answer(self, sent: bytes) -> None:
            served.asked.append((self.path, sent))
            if served.mood == "slow":
                served.release.wait(60)
            status, kind, body = served.body(self.path, sent)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body[: len(body) // 2] if served.mood == "cut" else body)
            except OSError:
                return

        def log_message(self, *_: Any) -> None:
            """Tests are quiet."""

    server.RequestHandlerClass = Handler
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        served.release.set()
        server.shutdown()
        server.server_close()
        thread.join()


def row(name: str, served: Calendar, *, rest: int = 60) -> dict[str, str | int]:
    """A calendar for [time] in prov.toml."""
    return {"name": name, "form": "opentimestamps", "url": served.url, "rest": rest}

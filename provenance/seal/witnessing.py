"""What a witness is asked and what it answers: C2SP tlog-witness v1.0.0 (https://c2sp.org/tlog-witness@v1.0.0), `add-checkpoint`. Pure.

A request is `old N`, the consistency proof from N to the checkpoint's size (base64, one hash a line), an empty line, the checkpoint. The
answer is a status and a body. The tree's arithmetic comes as a function: this room does not know it.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from provenance.errors import BadInput
from provenance.seal import note, snapshot
from provenance.seal.snapshot import Snapshot

MAX_REQUEST = 1 << 16
"""Bytes of a request: 63 hashes and a checkpoint with some dozens of signatures."""

MOST_HASHES = 63
EMPTY = sha256(b"").digest()
SIZE_TYPE, TEXT_TYPE = "text/x.tlog.size", "text/plain; charset=utf-8"
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")

Consistent = Callable[[int, int, Sequence[bytes], bytes, bytes], bool]
"""old size, new size, proof, old root, new root: `ledger.merkle.verify_consistency`."""


@dataclass(frozen=True)
class Request:
    """old: the size that the asker thinks the witness saw last. path: the consistency proof. note: the checkpoint's exact bytes."""

    old: int
    path: tuple[bytes, ...]
    note: bytes


@dataclass(frozen=True)
class Answer:
    """status: as HTTP has it. body: its bytes' text. kind: its Content-Type. head: what may be cosigned (200 only), else None.

    astray: a head by a key of the log that does not fit what was seen before. With both in hand anybody can see it: worth keeping.
    """

    status: int
    body: str = ""
    kind: str = TEXT_TYPE
    head: Snapshot | None = None
    astray: bool = False


def encode(request: Request) -> bytes:
    """A request's bytes."""
    proof = "".join(base64.b64encode(item).decode() + "\n" for item in request.path)
    return f"old {request.old}\n{proof}\n".encode() + request.note


def parse(data: bytes) -> Request:
    """A request from its bytes; nothing is verified. Raises BadInput `witness.request`."""
    head, gap, signed = data.partition(b"\n\n")
    if len(data) > MAX_REQUEST or not gap:
        raise BadInput("witness.request", why="too large, or without an empty line")
    try:
        first, *lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise BadInput("witness.request", why="not ASCII before the checkpoint") from error
    match = _OLD.fullmatch(first)
    path = [item for item in map(note.unbase64, lines) if item is not None and len(item) == 32]
    if match is None or len(path) != len(lines) or len(lines) > MOST_HASHES:
        raise BadInput("witness.request", why="a malformed size or proof")
    return Request(int(match[1]), tuple(path), signed)


def claimed(signed: bytes) -> Snapshot:
    """The head that a note claims, nothing verified. Raises BadInput `seal.bad-note`, `seal.bad-snapshot`."""
    return snapshot.parse(note.parse(signed)[0])


def judge(request: Request, seen: Snapshot | None, keys: Mapping[str, Sequence[note.Verifier]], consistent: Consistent) -> Answer:
    """What a witness answers. With 200 the head is to be made durable as the last one seen, and only then cosigned.

    Args:
        seen: the last head cosigned for the request's origin; None: none ever. keys: the keys of the logs that are trusted, by origin.
    """
    try:
        head = claimed(request.note)
    except BadInput as error:
        return Answer(400, f"{error}\n")
    if head.origin not in keys:
        return Answer(404, "this witness was not told of this log\n")
    if not _signed(request.note, keys[head.origin]):
        return Answer(403, "no key that is trusted for this log signed this checkpoint\n")
    if request.old > head.size:
        return Answer(400, "the old size is above the checkpoint's\n")
    last = seen.size if seen is not None else 0
    if request.old != last:
        # a head that is smaller than the last one may be an old one sent again: nothing is proved by it, and it is not cosigned
        return Answer(409, f"{last}\n", SIZE_TYPE)
    if seen is not None and head.size == last and head.root != seen.root:
        return Answer(409, f"{last}\n", SIZE_TYPE, astray=True)
    return _grown(head, seen, request.path, consistent)


def _grown(head: Snapshot, seen: Snapshot | None, path: Sequence[bytes], consistent: Consistent) -> Answer:
    """Whether a head grew out of the last one seen; one of the same size has the same root here."""
    if head.size == 0 and head.root != EMPTY:
        return Answer(422, "not the root of an empty tree\n")
    if seen is None or seen.size in (0, head.size):
        return Answer(422, "a proof where none can be\n") if path else Answer(200, head=head)
    if not consistent(seen.size, head.size, path, seen.root, head.root):
        # a wrong proof is the asker's mistake or a rewritten history; which of them, only a right proof could tell
        return Answer(422, "the consistency proof does not hold\n", astray=True)
    return Answer(200, head=head)


def _signed(signed: bytes, keys: Sequence[note.Verifier]) -> bool:
    for key in keys:
        try:
            snapshot.open_snapshot(signed, key)
        except BadInput:
            continue
        return True
    return False

"""OpenTimestamps beside the authorities: a calendar's promise becomes an entry, and, hours later, the block that it names another.

No queue here either: what waits is every promise in the ledger that no later entry calls kept. A promise is never a time, and neither is a
block whose header nobody here has seen: nothing in this file moves the longest interval without a trusted time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from provenance.daemon import anchoring
from provenance.daemon.anchoring import Head
from provenance.daemon.house import House
from provenance.errors import BadInput, ProvError, Unavailable
from provenance.facts import TimeCommitted, TimePromised
from provenance.seal import blocks, ots
from provenance.seal.authorities import OTS, Authority
from provenance.seal.ots import Proof

NONCE = 16  # random bytes, as many as the reference's client appends
POLL_SECONDS = 1800  # a block comes every ten minutes, a calendar's own transaction every few hours
FRUITLESS = 4  # questions of one visit that may be answered "not yet"
Halted = Callable[[], bool]


class Fetch(Protocol):
    """How a calendar is reached; `seal.asking.fetch`, or what a test puts there."""

    def __call__(self, url: str, body: bytes | None, *, halted: Halted) -> bytes: ...


@dataclass(frozen=True)
class Promise:
    """A promise that is not kept yet. seq: its entry. token: the proof as it stands, a blob's SHA-256."""

    seq: int
    size: int
    covers: str
    token: str


@dataclass(frozen=True)
class Kept:
    """What came of one question about a promise: the entry that says it was kept, or the error."""

    promise: Promise
    fact: TimeCommitted | None = None
    seq: int = -1
    error: ProvError | None = None


def waiting(house: House, name: str) -> list[Promise]:
    """A calendar's promises that no entry calls kept, oldest first."""
    house.views.catch_up(house.ledger)
    rows = house.views.ask(
        "SELECT seq, size, covers, token FROM promises WHERE authority = :name AND kept IS NULL "
        "AND seq NOT IN (SELECT kept FROM promises WHERE kept IS NOT NULL) ORDER BY seq", name=name,
    )  # fmt: skip
    return [Promise(row["seq"], row["size"], row["covers"], row["token"]) for row in rows]


def later(name: str) -> str:
    """Under which name the patience of a calendar's upgrades is remembered, beside that of its promises."""
    return f"{name}#upgrade"


def submit(calendar: Authority, head: Head, nonce: bytes, fetch: Fetch, halted: Halted) -> bytes:
    """Hand a calendar the hash of a head's hash and a random nonce: it learns neither, and cannot tell two heads of one ledger for such."""
    return fetch(f"{calendar.url.rstrip('/')}/digest", ots.submitted(bytes.fromhex(head.covers), nonce), halted=halted)


def promised(calendar: Authority, head: Head, nonce: bytes, answer: bytes) -> tuple[TimePromised, bytes]:
    """The fact that a calendar's answer makes, and the proof to keep.

    Raises:
        BadInput: `time.ots-malformed`, `time.ots-elsewhere` where it promises nothing, or in another calendar's name: the person was told
        who is asked.
    """
    digest = bytes.fromhex(head.covers)
    proof = ots.promised(digest, nonce, ots.parse_answer(answer, ots.submitted(digest, nonce)))
    if _held(calendar, proof) is None:
        raise BadInput("time.ots-elsewhere", uri=", ".join(uri for _, uri in proof.pending) or "-")
    raw = ots.serialise(proof)
    fact = TimePromised(authority=calendar.name, form=OTS, size=head.size, covers=head.covers, token=hashlib.sha256(raw).hexdigest())
    return fact, raw


def visit(house: House, calendar: Authority, fetch: Fetch, halted: Halted, start: int = 0) -> list[Kept]:
    """Ask a calendar about its promises, until it does not answer or has said "not yet" `FRUITLESS` times.

    Args:
        start: with which promise to begin, so that a few that a calendar lost do not keep the others waiting for ever.
    """
    all_ = waiting(house, calendar.name)
    at = start % len(all_) if all_ else 0
    found: list[Kept] = []
    for promise in (*all_[at:], *all_[:at]):
        try:
            fact, raw = _asked(house, calendar, promise, fetch, halted)
            found.append(Kept(promise, fact, anchoring.write_down(house, raw, fact)))
        except ProvError as error:
            found.append(Kept(promise, error=error))
            if error.key in STOPS or sum(one.error is not None for one in found) >= FRUITLESS:
                break
    return found


STOPS = frozenset(("time.unreachable", "time.slow", "time.http", "time.html", "time.redirect", "time.halted"))
"""The calendar itself is away: no use in asking it about another promise now."""


def _asked(house: House, calendar: Authority, promise: Promise, fetch: Fetch, halted: Halted) -> tuple[TimeCommitted, bytes]:
    """Raises Unavailable `time.pending` while there is no block, and as `fetch`; BadInput `time.ots-malformed`, `time.ots-elsewhere`."""
    proof = ots.parse(house.blobs.get(promise.token, ots.MAX_PROOF))
    message = _held(calendar, proof)
    if message is None:
        raise BadInput("time.ots-elsewhere", uri=", ".join(uri for _, uri in proof.pending) or "-")
    try:
        answer = fetch(f"{calendar.url.rstrip('/')}/timestamp/{message.hex()}", None, halted=halted)
    except Unavailable as error:
        if error.key == "time.http" and error.params.get("status") == 404:
            raise Unavailable("time.pending", seq=promise.seq) from error
        raise
    whole = ots.upgraded(proof, message, ots.parse_answer(answer, message))
    if not whole.blocks:
        raise Unavailable("time.pending", seq=promise.seq)
    height, root = whole.blocks[0]
    raw = ots.serialise(whole)
    if len(raw) > ots.MAX_PROOF:
        raise BadInput("time.ots-malformed", why="larger than any proof")
    fact = TimeCommitted(
        authority=calendar.name, form=OTS, size=promise.size, covers=promise.covers, token=hashlib.sha256(raw).hexdigest(),
        promise=promise.seq, block=height, merkle_root=blocks.shown(root),
    )  # fmt: skip
    return fact, raw


def _held(calendar: Authority, proof: Proof) -> bytes | None:
    """The message that this calendar promised to commit."""
    return next((message for message, uri in proof.pending if uri.rstrip("/") == calendar.url.rstrip("/")), None)


def fruitless(found: Sequence[Kept]) -> ProvError | None:
    """What a visit is remembered by: nothing where any promise was kept, else the last error."""
    return None if any(one.fact for one in found) or not found else found[-1].error

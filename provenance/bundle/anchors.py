"""Which attested heads go into a bundle, and their files. What they must be when they are checked is in anchored.py and proven.py.

A head stamped at T puts every entry before it at T at the latest; the entry that tells of a token was written after the token, and so was
every entry behind it. So a bundle takes, of each authority, the last word over the whole and the first word over all that is shown, and of
each picture the times right after and right before it was recorded. The entries of the times before are shown, too: without them nobody
sees that the pictures came later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from provenance import facts
from provenance.bundle import anchored, proven
from provenance.bundle.anchored import encode_proof, names, token_name
from provenance.errors import BadInput
from provenance.seal import token

if TYPE_CHECKING:
    from provenance.ledger.blobs import Blobs
    from provenance.ledger.store import Ledger

MOST = 50


@dataclass(frozen=True)
class Attested:
    """What a `time.attested` entry says. seq: its number. covers, token: SHA-256 of the note and of the answer."""

    seq: int
    authority: str
    size: int
    covers: str
    token: str
    time: str
    trusted: bool


@dataclass(frozen=True)
class Anchor:
    """A stamped head as a bundle holds it. note: its exact bytes. path: the consistency proof to the bundle's head. said: the tokens'
    entries, tokens: the answers as received, in the same order. proof: an OpenTimestamps proof over the note, empty where there is none."""

    size: int
    note: bytes
    path: tuple[bytes, ...]
    said: tuple[Attested, ...]
    tokens: tuple[bytes, ...]
    proof: bytes = b""

    def files(self) -> dict[str, bytes]:
        """Its files."""
        name, proof = names(self.size)
        tokens = {token_name(self.size, number): raw for number, raw in enumerate(self.tokens, 1)}
        more = {proven.name(self.size): self.proof} if self.proof else {}
        return {name: self.note, proof: encode_proof(self.path), **tokens, **more}


@dataclass(frozen=True)
class Picked:
    """anchors: by size. shown: entries to show for them. known: everything that was attested up to the head, for the report."""

    anchors: tuple[Anchor, ...] = ()
    shown: tuple[int, ...] = ()
    known: tuple[Attested, ...] = ()


def pick(ledger: Ledger, blobs: Blobs, size: int, shown: Iterable[int], pictures: Sequence[Sequence[int]]) -> Picked:
    """The anchors of a bundle.

    Args:
        size: of the head that the bundle rests on. shown: entries that it shows. pictures: of each picture, the most important first, the
            entries that recorded it.
    """
    known = tuple(_known(ledger, size))
    wanted, before = choose(known, sorted(shown), [sorted(seqs) for seqs in pictures if seqs])
    held = [(one, raw) for one in wanted if (raw := _answer(blobs, one)) is not None]
    promised = tuple(proven.known(ledger, size))
    led = proven.choose(promised, max(shown, default=0), [min(seqs) for seqs in pictures if seqs])
    found: list[Anchor] = []
    stamped: list[Attested | proven.Promised] = [*(one for one, _ in held), *led]
    for one in sorted(stamped, key=lambda one: (one.size, one.seq)):
        if one.size in {anchor.size for anchor in found}:  # two notes over one size: the first stamped one
            continue
        mine = sorted(((its, raw) for its, raw in held if its.covers == one.covers), key=lambda pair: pair[0].seq)
        note, proof = _note(ledger, one), proven.joined(blobs, promised, one.covers)
        if note is not None and (mine or proof):
            path = tuple(ledger.consistency(one.size, size))
            found.append(Anchor(one.size, note, path, tuple(its for its, _ in mine), tuple(raw for _, raw in mine), proof))
    there = {one.seq for anchor in found for one in anchor.said}
    return Picked(tuple(found), tuple(one.seq for one in before if one.seq in there), known)


def _known(ledger: Ledger, size: int) -> Iterable[Attested]:
    """All answers over heads up to the bundle's own, whose answers are told of behind it."""
    for entry in ledger.entries(kinds=(facts.TimeAttested.KIND,)):
        o = entry.open
        if o["form"] == "rfc3161" and 0 < o["size"] <= size:
            yield Attested(entry.seq, o["authority"], o["size"], o["covers"], o["token"], o["time"], bool(o["trusted"]))


def choose(known: Sequence[Attested], shown: Sequence[int], pictures: Sequence[Sequence[int]]) -> tuple[list[Attested], list[Attested]]:
    """What to take, at most `MOST`, and of these the times before something shown. Ascending numbers in; the same in, the same out. Pure.

    An answer that was checked against a pinned root goes before one that was not.
    """
    taken: dict[int, Attested] = {}
    lower: dict[int, Attested] = {}

    def take(one: Attested | None, *, before: bool = False) -> None:
        if one is not None and (one.seq in taken or len(taken) < MOST):
            taken[one.seq] = one
            if before:
                lower[one.seq] = one

    body = [seq for seqs in pictures for seq in seqs] or [seq for seq in shown if seq]
    sources = [[one for one in known if one.authority == name] for name in dict.fromkeys(one.authority for one in known)]
    for mine in sources:
        take(max(mine, key=lambda one: (one.size, -one.seq)))
        if shown:
            take(after(mine, shown[-1]))
        if body:
            take(ahead(mine, min(body)), before=True)
    for seqs in pictures:
        take(after(known, seqs[0]))
        take(ahead(known, seqs[0]), before=True)
    return [taken[seq] for seq in sorted(taken)], [lower[seq] for seq in sorted(lower)]


def after(known: Iterable[Attested], seq: int) -> Attested | None:
    """The earliest word over a head that holds this entry: it was there by then."""
    fit = [one for one in known if one.size > seq]
    return min(fit, key=lambda one: (not one.trusted, one.time, one.size, one.seq), default=None)


def ahead(known: Iterable[Attested], seq: int) -> Attested | None:
    """The latest word that the ledger tells of before this entry: it was not there yet."""
    fit = [one for one in known if one.seq < seq]
    return max(fit, key=lambda one: (one.trusted, one.time, one.seq), default=None)


def _answer(blobs: Blobs, one: Attested) -> bytes | None:
    """The token, if it is one that a verifier takes: its form, what it is over, and its signature. Who trusts it is another matter."""
    if not blobs.has(one.token):
        return None
    raw = blobs.get(one.token)
    try:
        read = token.parse(raw)
    except BadInput:
        return None
    fits = read.imprint == ("sha256", bytes.fromhex(one.covers)) and read.stamp == one.time and token.signed(read)
    return raw if fits and len(raw) <= anchored.SMALL else None


def _note(ledger: Ledger, one: Attested | proven.Promised) -> bytes | None:
    """The signed note's bytes, from the entry that tells of that head; it stands between the head and the token's entry."""
    for entry in ledger.entries(one.size, one.seq, kinds=(facts.SnapshotSigned.KIND,)):
        note = str(entry.open["note"]).encode()
        if sha256(note).hexdigest() == one.covers:
            return note
    return None

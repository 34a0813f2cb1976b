"""Which cosigned heads go into a bundle, and their files. What they must be when they are checked is in witnessed.py.

Of each witness the largest head it cosigned that is not beyond the bundle's own: with the proof between them it speaks for every entry that
an earlier word of that witness speaks for. The entries that tell of these words are shown, too: they hold the whole keys. And so are
refusals by witnesses that say they saw another history: an honest record does not leave them out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provenance import facts
from provenance.bundle.anchored import encode_proof
from provenance.bundle.witnessed import names
from provenance.errors import BadInput
from provenance.seal import cosign

if TYPE_CHECKING:
    from provenance.ledger.blobs import Blobs
    from provenance.ledger.chain import Entry
    from provenance.ledger.store import Ledger

MOST = 20


@dataclass(frozen=True)
class Word:
    """What a `head.witnessed` entry says and the cosigned note bears out. line: the witness's, with its newline. time: RFC 3339 UTC."""

    seq: int
    witness: str
    vkey: str
    size: int
    time: str
    line: str


@dataclass(frozen=True)
class Cosigned:
    """A cosigned head as a bundle holds it. note: the ledger's own and every witness's line. path: the consistency proof to the bundle's
    head. words: of the witnesses, in the order of their lines."""

    size: int
    note: bytes
    path: tuple[bytes, ...]
    words: tuple[Word, ...]

    def files(self) -> dict[str, bytes]:
        """Its files."""
        name, proof = names(self.size)
        return {name: self.note, proof: encode_proof(self.path)}


@dataclass(frozen=True)
class Seen:
    """heads: by size. shown: entries below the bundle's head that tell of them. refused: of witnesses that saw another history."""

    heads: tuple[Cosigned, ...] = ()
    shown: tuple[int, ...] = ()
    refused: tuple[int, ...] = ()


def pick(ledger: Ledger, blobs: Blobs, size: int) -> Seen:
    """The cosigned heads of a bundle.

    Args:
        size: of the head that the bundle rests on. An entry behind it may tell of a head that is not behind it: that counts, too.
    """
    told = chosen(ledger.entries(kinds=(facts.HeadWitnessed.KIND,)), size)
    words = [pair for entry in told for pair in _word(blobs, entry)]
    heads: list[Cosigned] = []
    for head in sorted({word.size for word, _ in words}):
        mine = [(word, note) for word, note in words if word.size == head]
        # two notes of one head differ in their other lines at most: Ed25519 signs the same text in one way
        note = cosign.joined(mine[0][1], [word.line for word, _ in mine])
        heads.append(Cosigned(head, note, tuple(ledger.consistency(head, size)), tuple(word for word, _ in mine)))
    return Seen(tuple(heads), tuple(sorted(word.seq for word, _ in words if word.seq < size)), _refused(ledger, size))


def _refused(ledger: Ledger, size: int) -> tuple[int, ...]:
    """Refusals that say something of the ledger, and not only that the witness was never told of it; the newest, where there are many."""
    told = ledger.entries(0, size, kinds=(facts.WitnessRefused.KIND,))
    return tuple(entry.seq for entry in told if entry.open["refusal"] in ("ahead", "fork"))[-MOST:]


def chosen(told: Iterable[Entry], size: int) -> list[Entry]:
    """Of each witness the entry of its largest head of at most `size` entries, the latest where there are several; ascending. Pure."""
    best: dict[str, Entry] = {}
    for entry in told:
        o = entry.open
        if 0 < o["size"] <= size and (o["vkey"] not in best or o["size"] >= best[o["vkey"]].open["size"]):
            best[o["vkey"]] = entry
    return sorted(sorted(best.values(), key=lambda entry: entry.open["size"], reverse=True)[:MOST], key=lambda entry: entry.seq)


def _word(blobs: Blobs, entry: Entry) -> Iterable[tuple[Word, bytes]]:
    """The word and the note that bears it, if it is one that a verifier takes. Who trusts the witness is another matter."""
    o = entry.open
    if not blobs.has(o["cosigned"]):
        return ()
    raw = blobs.get(o["cosigned"])
    try:
        said = cosign.cosigned(raw, cosign.parse_vkey(o["vkey"]))
    except BadInput:
        return ()
    return ((Word(entry.seq, o["witness"], o["vkey"], said.head.size, o["time"], said.line), raw),)

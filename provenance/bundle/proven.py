"""OpenTimestamps proofs beside the tokens of a bundle: which are taken, and what a verifier says of one. No network, no time of its own.

A proof over a head's note leads to the root of a Bitcoin block. Whether that block has that root, and when it was, is known to whoever
holds the chain: a verifier names block and root, and leaves the verdict as it is. What is no proof, or one over other bytes, is a failure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provenance.bundle.verdict import Finding
from provenance.errors import BadInput
from provenance.ledger import chain
from provenance.seal import blocks, ots

if TYPE_CHECKING:
    from provenance.ledger.blobs import Blobs
    from provenance.ledger.store import Ledger

MOST = 20
PROMISED, COMMITTED = "time.promised/", "time.committed/"


@dataclass(frozen=True)
class Promised:
    """What an entry says of a proof. block: the Bitcoin block, None for a promise. seq, size, covers, token: as of `anchors.Attested`."""

    seq: int
    authority: str
    size: int
    covers: str
    token: str
    block: int | None


def name(size: int) -> str:
    """Where the proof over a head lies."""
    return f"proof/anchor-{size}.ots"


def known(ledger: Ledger, size: int) -> Iterator[Promised]:
    """What the ledger tells of proofs over heads of at most `size` entries."""
    from provenance import facts

    for entry in ledger.entries(kinds=(facts.TimePromised.KIND, facts.TimeCommitted.KIND)):
        o = entry.open
        if o["form"] == "opentimestamps" and 0 < o["size"] <= size:
            yield Promised(entry.seq, o["authority"], o["size"], o["covers"], o["token"], o.get("block"))


def choose(all_: Sequence[Promised], last: int, pictures: Sequence[int]) -> list[Promised]:
    """Of each calendar: the last block named, the first over all that is shown, the first over each picture; where no block is over all
    that is shown, the newest promise, too. At most `MOST`. Pure.

    Args:
        last: the last entry shown. pictures: of each picture its first entry, the most important picture first.
    """
    taken: dict[int, Promised] = {}
    for mine in [[one for one in all_ if one.authority == it] for it in dict.fromkeys(one.authority for one in all_)]:
        named = [one for one in mine if one.block is not None]
        picks = [max(named, key=lambda one: (one.size, -one.seq), default=None), *(_first(named, seq) for seq in (last, *pictures))]
        if picks[1] is None:
            picks.append(max(mine, key=lambda one: (one.size, one.seq)))
        for one in picks:
            if one is not None and len(taken) < MOST:
                taken[one.seq] = one
    return [taken[seq] for seq in sorted(taken)]


def _first(named: Iterable[Promised], seq: int) -> Promised | None:
    return min((one for one in named if one.size > seq), key=lambda one: (one.block or 0, one.size, one.seq), default=None)


def joined(blobs: Blobs, all_: Iterable[Promised], covers: str) -> bytes:
    """All proofs over one note as one file, as far as they fit; empty where there is none that a verifier takes."""
    whole: ots.Proof | None = None
    for one in sorted((one for one in all_ if one.covers == covers), key=lambda one: one.seq):
        try:
            proof = ots.parse(blobs.get(one.token, ots.MAX_PROOF))
            more = ots.merged((whole, proof)) if whole else proof
            ots.parse(ots.serialise(more))
        except BadInput:  # gone, damaged, or too much for one file: what is there without it stays true
            continue
        if more.digest.hex() == covers:
            whole = more
    return ots.serialise(whole) if whole else b""


def check(raw: bytes, file: str, covers: str, found: list[Finding]) -> frozenset[tuple[int, str]] | None:
    """Step 11, one proof: T012 where it is none or over other bytes; else T011 for each block that it names, T013 where it names none.

    Returns:
        (height, Merkle root as explorers show it) of each block, None after T012.
    """
    try:
        proof = ots.parse(raw)
    except BadInput:
        proof = None
    if proof is None or proof.digest.hex() != covers:
        found.append(Finding("T012", {"name": file}))
        return None
    named = [(height, blocks.shown(root)) for height, root in proof.blocks]
    found += [Finding("T011", {"name": file, "block": str(height), "root": root}) for height, root in named]
    if not named:
        found.append(Finding("T013", {"name": file}))
    return frozenset(named)


def said(
    entries: Mapping[int, chain.Entry], covers: str, size: int, file: str, named: frozenset[tuple[int, str]], found: list[Finding]
) -> None:
    """T008: what the ledger says of a block, against the proof that is here."""
    for seq, entry in sorted(entries.items()):
        if not entry.kind.startswith(COMMITTED) or entry.open.get("covers") != covers:
            continue
        block, root = entry.open.get("block"), entry.open.get("merkle_root")
        if entry.open.get("size") != size or type(block) is not int or (block, root) not in named:
            found.append(Finding("T008", {"seq": str(seq), "name": file}))

"""Anchored bundles: the world of bundles.py in which time authorities of our own stamped two heads, and a third party's words are entries.

The ledger: 0-3 as in bundles.py, 4 `snapshot.signed` over 4 entries, 5 `time.attested` of it, then the recorder's stop and the rest, and a
head over all of it that is stamped, too. Heads are signed with the ledger's key; tokens come from `openssl ts`.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from support import authority, bundles
from support.authority import Authority
from support.bundles import ORIGIN, World, blob, digest

from provenance import facts
from provenance.bundle.anchors import Anchor
from provenance.bundle.assemble import Content, Picture, Proven
from provenance.ledger.store import Ledger
from provenance.seal import keys, snapshot, timestamp, token

FIRST = 4
"""Entries of the first stamped head."""

Stamper = Callable[[bytes], bytes]
"""SHA-256 digest (32 bytes) -> TimeStampResp."""


@dataclass(frozen=True)
class Anchored:
    """A world with an anchored bundle. tsa: the authority; sizes: of the stamped heads."""

    world: World
    tsa: Authority
    sizes: tuple[int, int]

    def files(self) -> dict[str, bytes]:
        return self.world.files()


def stamper(tsa: Authority) -> Stamper:
    """Ask the authority by its own `openssl`."""
    return lambda of: tsa.reply(timestamp.query(of, 2**63 + 1))


def attested(note: bytes, size: int, answer: bytes, *, root: str | None = None) -> facts.TimeAttested:
    """The entry that the recorder writes for an answer."""
    read = token.parse(answer)
    return facts.TimeAttested(
        authority="test", form="rfc3161", size=size, covers=digest(note), token=digest(answer), time=read.stamp, trusted=True,
        accuracy_ms=read.accuracy_ms, serial=read.serial, policy="1.3.6.1.4.1.99999.1", root=root,
    )  # fmt: skip


def make(folder: Path, tsa: Authority | None = None, *, stamp: Stamper | None = None, signer: keys.Signer | None = None) -> Anchored:
    """Record, sign, stamp, record the answer, go on, sign and stamp again. Entry 6 (the recorder's stop) stays out of the bundle."""
    folder.mkdir(parents=True, exist_ok=True)
    tsa = tsa or authority.make(folder / "tsa", rsa_keys=False)
    ask = stamp or stamper(tsa)
    signer = signer or keys.create(folder / "keys", ORIGIN)
    story = bundles.sitting(signer)
    with Ledger.create(folder / "ledger.db", ORIGIN, bundles.ticking()) as ledger:
        ledger.append(story[:FIRST])
        first = _sign(ledger, signer)
        answer = ask(sha256(first).digest())
        ledger.append([_signed(ledger, first)])
        ledger.append([attested(first, FIRST, answer, root=tsa.fingerprint)])
        ledger.append(story[FIRST:])
        last = _sign(ledger, signer)
        size = ledger.size()
        anchors = (
            Anchor(FIRST, first, tuple(ledger.consistency(FIRST, size)), (), (answer,)),
            Anchor(size, last, (), (), (ask(sha256(last).digest()),)),
        )
        world = _world(folder, ledger, signer, last, anchors)
    return Anchored(world, tsa, (FIRST, size))


def _sign(ledger: Ledger, signer: keys.Signer) -> bytes:
    head = ledger.head()
    return snapshot.sign(snapshot.Snapshot(ORIGIN, head.size, head.root), signer)


def _signed(ledger: Ledger, note: bytes) -> facts.SnapshotSigned:
    _, size, root = note.decode().partition("\n\n")[0].split("\n")
    return facts.SnapshotSigned(size=int(size), root=root, why="asked", note=note.decode())


def _world(folder: Path, ledger: Ledger, signer: keys.Signer, note: bytes, anchors: tuple[Anchor, ...]) -> World:
    size = ledger.size()
    proven, raws = [], []
    for record in ledger.records():
        raws.append(record.entry.raw)
        shown = tuple((record.salts[n], n, v) for n, v in sorted(record.values.items()) if n not in bundles.WITHHELD)
        if not record.entry.kind.startswith("recorder.stopped/"):
            proven.append(Proven(record.entry.seq, record.entry.raw, tuple(ledger.inclusion(record.entry.seq, size)), shown))
    picture = Picture(digest(bundles.PICTURE), "chosen", "image/png", (2,), blob(bundles.PICTURE), preview=digest(bundles.PREVIEW))
    content = Content(
        title="水晶猫 Crystal cat", slug="crystal-cat", made_at="2026-11-22T02:00:00.000000Z", software="prov 0", note=note,
        pem=signer.pem_public, vkey=signer.vkey, entries=tuple(proven), pictures=(picture,),
        blobs=(blob(bundles.WORKFLOW), blob(bundles.PREVIEW)), models=(), withheld=bundles.WITHHELD, withheld_why="",
        report_html=b"<!doctype html>\n", more={}, anchors=anchors,
    )  # fmt: skip
    return World(folder, signer, content, tuple(raws))


def names(size: int, number: int = 1) -> tuple[str, str, str]:
    """Note, consistency proof and token of a head."""
    return f"proof/anchor-{size}.txt", f"proof/anchor-{size}.consistency", f"proof/anchor-{size}-{number}.tsr"


def proof(path: Sequence[bytes]) -> bytes:
    """A consistency proof as the file that holds it, written here once more so that a test does not lean on what it tests."""
    return "".join(base64.b64encode(item).decode() + "\n" for item in path).encode()


def without_anchors(made: Anchored) -> dict[str, bytes]:
    """The same bundle without a third party's word."""
    return replace(made.world, content=replace(made.world.content, anchors=())).files()

"""What of the ledger a bundle hands over: entries with the values that are shown, pictures, blobs. Nothing here is printed or written."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provenance import facts
from provenance.bundle import kin, witnesses
from provenance.bundle.anchors import Picked, pick
from provenance.bundle.assemble import Blob, Picture, Proven
from provenance.bundle.request import Request
from provenance.bundle.screen import HOLDS, Screen
from provenance.bundle.screen import screen as screening
from provenance.bundle.withhold import BLUR
from provenance.bundle.witnesses import Seen
from provenance.ledger.blobs import Blobs
from provenance.ledger.chain import Entry
from provenance.ledger.records import Record
from provenance.ledger.store import Ledger
from provenance.seal.keys import Signer
from provenance.seal.snapshot import Snapshot, open_snapshot
from provenance.views.family_edge import Edge
from provenance.views.selection import CHOSEN
from provenance.views.selection import Picture as Selected

BLOCK = 1 << 20
MAPS = {facts.EditMapped.KIND: "map", facts.InputCompared.KIND: "overlay"}
"""Of comparisons of two pictures: the open field that names a picture of the difference."""

LOST = "no copy with these bytes is left on this machine"


@dataclass(frozen=True)
class Shown:
    """A record as the bundle shows it: without the values of withheld fields."""

    entry: Entry
    values: dict[str, Any]


@dataclass(frozen=True)
class Handed:
    """What is handed over. head: the snapshot. shown: the entries, ascending. edges: of the family, those that may be told. blobs: by name,
    all under data/blobs/. picked, seen: stamped and cosigned heads. screen: what may not be shown. blurred: picture -> a blurred preview in
    place of its own."""

    head: Snapshot
    shown: tuple[Shown, ...]
    proven: tuple[Proven, ...]
    pictures: tuple[Picture, ...]
    blobs: tuple[Blob, ...]
    edges: tuple[Edge, ...]
    picked: Picked
    seen: Seen
    screen: Screen
    blurred: Mapping[str, bytes]

    @property
    def seqs(self) -> set[int]:
        """The numbers of the entries."""
        return {record.entry.seq for record in self.shown}


def take(ledger: Ledger, blobs: Blobs, signer: Signer, request: Request) -> Handed:
    """All that the bundle is made from, large files as openers. Raises Damaged where the ledger does not hold what it should."""
    chosen, head = request.selection, open_snapshot(request.note, signer.verifier)
    wanted = {seq for seq in (*chosen.entries, *request.keys) if seq < head.size}
    recorded = [[seq for seq in p.entries if seq < head.size] for p in sorted(chosen.pictures, key=lambda p: p.role != CHOSEN)]
    picked = pick(ledger, blobs, head.size, wanted, recorded)
    seen = witnesses.pick(ledger, blobs, head.size)
    more = set() if request.exactly else {*picked.shown, *seen.shown, *seen.refused}
    records = [ledger.record(seq) for seq in sorted(wanted | more)]
    edges = kin.told(chosen.edges, request.withheld, wanted)
    records = [r for r in records if kin.mapped(r.entry, edges)]
    screen = screening(records, request)
    edges = kin.told(edges, request.withheld, wanted, screen.hidden.at)
    records = [r for r in records if kin.mapped(r.entry, edges)]
    by_seq = {r.entry.seq: r for r in records}
    shown = tuple(Shown(r.entry, screen.values(r)) for r in records)
    own = {picture.sha256 for picture in chosen.pictures}
    previews = _previews(records, own)
    blurred = _blurred(blobs, request, screen, previews)
    return Handed(
        head=head,
        shown=shown,
        proven=tuple(_proven(ledger, r, one.values, head.size) for r, one in zip(records, shown, strict=True)),
        pictures=tuple(
            _picture(
                p, [by_seq[seq] for seq in p.entries if seq in by_seq], lambda sha256: _original(sha256, blobs, request.original),
                _there(blobs, previews.get(p.sha256)), screen, blurred.get(p.sha256),
            )
            for p in chosen.pictures
        ),
        blobs=tuple(_blobs(records, blobs, screen, {one for of, one in previews.items() if screen.looks(of)}, own)),
        edges=kin.told(chosen.edges, request.withheld, set(by_seq), screen.hidden.at),
        screen=screen,
        blurred=blurred,
        picked=picked,
        seen=seen,
    )


def _previews(records: Sequence[Record], own: set[str]) -> dict[str, str]:
    """The preview of each file, the last one that was made. own: bytes of pictures here, which go as originals or are kept back as such."""
    inside = [r.entry.open for r in records if r.entry.kind == facts.ProjectDescribed.KIND and "preview" in r.entry.open]
    described = inside + [r.entry.open for r in records if r.entry.kind in facts.DESCRIBED_KINDS]
    return {o["of"]: o["preview"] for o in described if o["preview"] not in own}


def _blurred(blobs: Blobs, request: Request, screen: Screen, previews: Mapping[str, str]) -> dict[str, bytes]:
    """Picture -> what stands in for its preview, where previews are blurred."""
    if screen.also.previews != BLUR or request.blur is None:
        return {}
    shown = [p.sha256 for p in request.selection.pictures if p.sha256 not in screen.also.pictures]
    wanted = [sha256 for sha256 in shown if sha256 in previews and blobs.has(previews[sha256])]
    made = ((sha256, request.blur(blobs.get(previews[sha256]))) for sha256 in wanted)
    return {sha256: data for sha256, data in made if data is not None}


def _proven(ledger: Ledger, record: Record, values: Mapping[str, Any], size: int) -> Proven:
    disclosed = tuple((record.salts[n], n, values[n]) for n in sorted(values))
    return Proven(record.entry.seq, record.entry.raw, tuple(ledger.inclusion(record.entry.seq, size)), disclosed)


def _picture(
    picture: Selected, about: Sequence[Record], find: Callable[[str], Blob | None], preview: str | None, screen: Screen,
    blurred: bytes | None,
) -> Picture:  # fmt: skip
    """about: the entries here that recorded it, ascending. find: the original, asked only where it may be handed over. preview: a blob,
    None where there is none."""
    media = next((r.entry.open["media_type"] for r in about if "media_type" in r.entry.open), "")
    why = screen.original(picture.sha256, about)
    original = None if why else find(picture.sha256)
    if not why:
        why = LOST if original is None else "" if screen.clean(original) else HOLDS
    return Picture(
        sha256=picture.sha256,
        role=picture.role,
        media_type=media,
        entries=tuple(r.entry.seq for r in about),
        original=None if why else original,
        why_absent=why,
        preview=preview if screen.looks(picture.sha256) else None,
        blurred=hashlib.sha256(blurred).hexdigest() if blurred else None,
    )


def _there(blobs: Blobs, name: str | None) -> str | None:
    return name if name and blobs.has(name) else None


def _original(sha256: str, blobs: Blobs, find: Callable[[str], Path | None]) -> Blob | None:
    if blobs.has(sha256):
        return blob(blobs, sha256)
    path = find(sha256)
    if path is None:
        return None
    return Blob(sha256, path.stat().st_size, lambda: _file_chunks(path))


def blob(blobs: Blobs, sha256: str) -> Blob:
    """A blob of this home, to be read when it is written."""
    with blobs.open_stream(sha256) as stream:
        size = stream.seek(0, os.SEEK_END)
    return Blob(sha256, size, lambda: _blob_chunks(blobs, sha256))


def _blob_chunks(blobs: Blobs, sha256: str) -> Iterator[bytes]:
    with blobs.open_stream(sha256) as stream:
        while block := stream.read(BLOCK):
            yield block


def _file_chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _blobs(records: Sequence[Record], blobs: Blobs, screen: Screen, previews: set[str], pictures: set[str]) -> Iterator[Blob]:
    """previews: those that are shown. pictures: bytes that go as originals, or are kept back as such."""
    attached = {name for record in records for name in screen.attached(record)} - pictures
    for name in sorted(previews | attached):
        if blobs.has(name):
            one = blob(blobs, name)
            if name in previews or screen.clean(one):
                yield one

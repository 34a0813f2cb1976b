"""From a selection of the ledger to a bundle on disk. Same ledger, same arguments, same snapshot: same bytes."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provenance import facts
from provenance.annex import crate, prov_json
from provenance.annex.common import Material
from provenance.bundle import assemble as parts
from provenance.bundle import kin, witnesses
from provenance.bundle.anchors import Picked, pick
from provenance.bundle.archive import write_zip
from provenance.bundle.verdict import ANCHORED, INTEGRITY_ONLY
from provenance.bundle.withhold import claimed_fields, fields
from provenance.bundle.witnesses import Seen
from provenance.errors import Unavailable
from provenance.ledger.blobs import Blobs
from provenance.ledger.chain import Entry
from provenance.ledger.records import Record
from provenance.ledger.store import Ledger
from provenance.report import dossier as report
from provenance.report.gather import gather
from provenance.report.html import render
from provenance.seal.keys import Signer
from provenance.seal.snapshot import open_snapshot
from provenance.views.selection import CHOSEN, Selection

BLOCK = 1 << 20
HANDED = (facts.IdeaStated.KIND, facts.InputDeclared.KIND, facts.NoteAdded.KIND)  # with copies of what a person handed over


@dataclass(frozen=True)
class Request:
    """What to export. selection: pictures and entries. note, made_at: the signed checkpoint it rests on, and when that was signed.

    withheld: sealed fields to leave out. original: SHA-256 -> a file that may hold these bytes, None where there is none. languages:
    of the report, in order. keys: entries that a verifier needs to know the keys by. author: who signs the bundle beside the ledger. annex:
    whether PROV-JSON and RO-Crate are put in.
    """

    selection: Selection
    note: bytes
    made_at: str
    software: str
    original: Callable[[str], Path | None]
    withheld: frozenset[str] = frozenset()
    withheld_why: str = ""
    languages: tuple[str, ...] = ("zh", "en")
    keys: tuple[int, ...] = ()
    author: parts.Signing | None = None
    annex: bool = False


@dataclass(frozen=True)
class Exported:
    """path: the zip. size: bytes. bundle: SHA-256 of the zip. seal: SHA-256 of its tag manifest.

    absent: pictures whose originals are not in it.
    """

    path: Path
    top: str
    size: int
    bundle: str
    seal: str
    pictures: tuple[str, ...]
    absent: tuple[str, ...]


@dataclass(frozen=True)
class _Shown:
    """A record as the bundle shows it: without the values of withheld fields."""

    entry: Entry
    values: dict[str, Any]


def export(
    ledger: Ledger, blobs: Blobs, signer: Signer, request: Request, out: Path, *, step: Callable[[int, int], None] | None = None
) -> Exported:
    """Write a bundle.

    Args:
        ledger, blobs, signer: of the home. request: what. out: the zip to make; replaced only when the new one is whole.
        step: told (files written, files in all).
    Raises:
        Unavailable: `export.cannot-write`. Damaged: what the ledger or a blob should hold is not there.
    """
    content = contents(ledger, blobs, signer, request)
    bundle = parts.assemble(content, signer.sign, request.author)
    digest, size = _write(bundle, out, step)
    absent = tuple(p.sha256 for p in content.pictures if p.original is None)
    return Exported(out, bundle.top, size, digest, bundle.seal, tuple(p.sha256 for p in content.pictures), absent)


def contents(ledger: Ledger, blobs: Blobs, signer: Signer, request: Request) -> parts.Content:
    """All that the bundle will say, large files as openers."""
    chosen, size = request.selection, open_snapshot(request.note, signer.verifier).size
    wanted = {seq for seq in (*chosen.entries, *request.keys) if seq < size}
    recorded = [[seq for seq in p.entries if seq < size] for p in sorted(chosen.pictures, key=lambda p: p.role != CHOSEN)]
    picked = pick(ledger, blobs, size, wanted, recorded)
    seen = witnesses.pick(ledger, blobs, size)
    records = [ledger.record(seq) for seq in sorted({*wanted, *picked.shown, *seen.shown, *seen.refused})]
    edges = kin.told(chosen.edges, request.withheld, wanted)
    records = [r for r in records if kin.mapped(r.entry, edges)]
    shown = [_Shown(r.entry, {n: v for n, v in r.values.items() if n not in request.withheld}) for r in records]
    seqs = {r.entry.seq for r in records}
    own = {picture.sha256 for picture in chosen.pictures}  # bytes that are a picture here go as its original, or are kept back with it
    inside = [r.entry.open for r in records if r.entry.kind == facts.ProjectDescribed.KIND and "preview" in r.entry.open]
    described = inside + [r.entry.open for r in records if r.entry.kind in facts.DESCRIBED_KINDS]  # the last of a file counts
    previews = {o["of"]: o["preview"] for o in described if o["preview"] not in own}
    pictures = tuple(_picture(p, records, blobs, request, previews, seqs) for p in chosen.pictures)
    title = _title(request)
    return parts.Content(
        title=title,
        slug=slug(title, chosen),
        made_at=request.made_at,
        software=request.software,
        note=request.note,
        pem=signer.pem_public,
        vkey=signer.vkey,
        entries=tuple(_proven(ledger, r, request.withheld, size) for r in records),
        pictures=pictures,
        blobs=tuple(_blobs(records, blobs, request, set(previews.values()))),
        models=tuple(_models(shown)),
        withheld=tuple(sorted(request.withheld)),
        withheld_why=request.withheld_why,
        report_html=_report(shown, pictures, blobs, request, _meta(shown, signer, request, title, size, picked, seen)),
        more={"work": chosen.work, "missing": list(chosen.missing), "family": kin.rows(kin.told(chosen.edges, request.withheld, seqs))},
        anchors=picked.anchors,
        witnessed=seen.heads,
        annexes=_annexes(shown, pictures, signer.name, title, request, seqs) if request.annex else {},
    )


def _annexes(
    shown: Sequence[_Shown], pictures: Sequence[parts.Picture], origin: str, title: str, request: Request, seqs: set[int]
) -> dict[str, bytes]:
    """The same record as W3C PROV-JSON and as RO-Crate."""
    roles, withheld = {p.sha256: p.role for p in pictures}, request.withheld
    edges = kin.told(request.selection.edges, withheld, seqs)
    material = Material(shown, edges, roles, origin, request.software, request.made_at, title, tuple(sorted(withheld)))
    kept = {p.sha256: crate.Part(p.file, p.media_type, p.sha256, p.original.size) for p in pictures if p.original}
    others = (crate.Part("report.html", "text/html"), crate.Part("annex/prov.json", "application/json"))
    return {"annex/prov.json": prov_json.document(material), crate.METADATA: crate.metadata(material, kept, others)}


def _proven(ledger: Ledger, record: Record, withheld: frozenset[str], size: int) -> parts.Proven:
    disclosed = tuple((record.salts[n], n, record.values[n]) for n in sorted(record.values) if n not in withheld)
    return parts.Proven(record.entry.seq, record.entry.raw, tuple(ledger.inclusion(record.entry.seq, size)), disclosed)


def _picture(
    picture: Any, records: Sequence[Record], blobs: Blobs, request: Request, previews: dict[str, str], seqs: set[int]
) -> parts.Picture:
    sha256 = picture.sha256
    media = next((r.entry.open["media_type"] for r in records if r.entry.open.get("sha256") == sha256 and "media_type" in r.entry.open), "")
    original, why = None, ""
    if request.withheld & claimed_fields():
        why = "it holds what is withheld"
    else:
        original = _original(sha256, blobs, request.original)
        why = "" if original else "no copy with these bytes is left on this machine"
    preview = previews.get(sha256)
    entries = tuple(seq for seq in picture.entries if seq in seqs)
    return parts.Picture(sha256, picture.role, media, entries, original, why, preview if preview and blobs.has(preview) else None)


def _original(sha256: str, blobs: Blobs, find: Callable[[str], Path | None]) -> parts.Blob | None:
    if blobs.has(sha256):
        return _blob(blobs, sha256)
    path = find(sha256)
    if path is None:
        return None
    return parts.Blob(sha256, path.stat().st_size, lambda: _file_chunks(path))


def _blob(blobs: Blobs, sha256: str) -> parts.Blob:
    with blobs.open_stream(sha256) as stream:
        size = stream.seek(0, os.SEEK_END)
    return parts.Blob(sha256, size, lambda: _blob_chunks(blobs, sha256))


def _blob_chunks(blobs: Blobs, sha256: str) -> Iterator[bytes]:
    with blobs.open_stream(sha256) as stream:
        while block := stream.read(BLOCK):
            yield block


def _file_chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _blobs(records: Sequence[Record], blobs: Blobs, request: Request, previews: set[str]) -> Iterator[parts.Blob]:
    names = set(previews) | {r.entry.open["map"] for r in records if r.entry.kind == facts.EditMapped.KIND and "map" in r.entry.open}
    if not request.withheld & claimed_fields():
        names |= {c["sha256"] for r in records for c in _rows(r, "carriers")}
        if not request.withheld & fields(["conversation"]):
            names |= {r.entry.open["kept"] for r in records if r.entry.kind in facts.CONVERSATION_KINDS}
        if not request.withheld & fields(["terms"]):
            names |= {r.entry.open["kept"] for r in records if r.entry.kind == facts.TermsRecorded.KIND}
        if not request.withheld & fields(["note"]):
            handed = [r.entry.open for r in records if r.entry.kind in HANDED]
            names |= {o[name] for o in handed for name in ("kept", "licence_kept") if name in o}
            names -= {picture.sha256 for picture in request.selection.pictures}  # those go as originals, or are kept back as such
    for name in sorted(names):
        if blobs.has(name):
            yield _blob(blobs, name)


def _rows(record: Record, name: str) -> Sequence[Any]:
    rows = record.values.get(name)
    return rows if isinstance(rows, list) else ()


def _models(shown: Sequence[_Shown]) -> Iterator[dict[str, Any]]:
    for record in shown:
        if record.entry.kind == facts.ModelSeen.KIND:
            o = record.entry.open
            row = {"entry": record.entry.seq, "sha256": o["sha256"], "kind": o["model_kind"], "autov2": o["autov2"], "size": o["size"]}
            yield (
                row
                | {name: o[name] for name in ("autov1", "autov3") if name in o}
                | ({"name": n} if (n := record.values.get("name")) else {})
            )


def _report(
    shown: Sequence[_Shown],
    pictures: Sequence[parts.Picture],
    blobs: Blobs,
    request: Request,
    meta: report.Meta,
) -> bytes:
    dossier = gather(shown, [report.Picture(p.sha256, p.role, p.entries, p.why_absent) for p in pictures], meta)
    previews: dict[str, tuple[str, bytes]] = {}
    for picture in pictures:
        if picture.preview:
            preview = blobs.get(picture.preview)
            previews[picture.sha256] = (_preview_type(preview), preview)
    for one in dossier.edited:
        if one.map and blobs.has(one.map):
            previews[one.map] = ("image/png", blobs.get(one.map))
    return render(dossier, previews, request.languages)


def _meta(
    shown: Sequence[_Shown], signer: Signer, request: Request, title: str, size: int, picked: Picked, seen: Seen
) -> report.Meta:
    said = [(anchor, one) for anchor in picked.anchors for one in anchor.said]
    times = tuple(report.Time(one.seq, anchor.size, one.time, one.authority) for anchor, one in said if one.trusted)
    opened = next((r.entry.open for r in shown if r.entry.kind == facts.LedgerOpened.KIND), {})
    return report.Meta(
        title=title,
        work=request.selection.work or "",
        log=signer.name,
        made_at=request.made_at,
        snapshot_size=size,
        snapshot_at=request.made_at,
        key_fingerprint=signer.fingerprint,
        key_protection=str(opened.get("key_protection", "")),
        software=request.software,
        verdict=ANCHORED if times else INTEGRITY_ONLY,
        times=times,
        witnesses=tuple(report.Witness(one.seq, one.size, one.time, one.witness, one.vkey) for head in seen.heads for one in head.words),
        refused=seen.refused,
        edges=kin.told(request.selection.edges, request.withheld, {r.entry.seq for r in shown}),
        total_entries=size,
        withheld=tuple(sorted(request.withheld)),
        withheld_why=request.withheld_why,
    )


def _preview_type(preview: bytes) -> str:
    """The media type of a preview by its first bytes: WebP in old ledgers and where there is transparency, else JPEG or PNG."""
    return "image/jpeg" if preview[:2] == b"\xff\xd8" else "image/png" if preview[:4] == b"\x89PNG" else "image/webp"


def _title(request: Request) -> str:
    """The work's name, or the picture's; a neutral one where that is withheld."""
    chosen = request.selection
    if chosen.work is not None:
        return f"work {chosen.work[:8]}" if "name" in request.withheld else chosen.title
    return f"picture {chosen.pictures[0].sha256[:12]}" if "path" in request.withheld else chosen.title


def slug(title: str, selection: Selection) -> str:
    """A folder name from a title: ASCII letters, digits and hyphens; the work's or the picture's id where nothing is left."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    found = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:40].strip("-")
    return found or (selection.work[:8] if selection.work else selection.pictures[0].sha256[:8])


def _write(bundle: parts.Bundle, out: Path, step: Callable[[int, int], None] | None) -> tuple[str, int]:
    fresh = out.with_name(f".{out.name}.{os.getpid()}.new")
    try:
        with fresh.open("w+b") as file:
            write_zip(file, _stepping(bundle.files, step))
            size = file.tell()
            file.flush()
            os.fsync(file.fileno())
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        # a crash before this line leaves a hidden .new file and the old bundle as it was
        fresh.replace(out)
    except OSError as error:
        raise Unavailable("export.cannot-write", path=str(out), why=error.strerror or "") from error
    finally:
        fresh.unlink(missing_ok=True)
    return digest, size


def _stepping(files: Sequence[Any], step: Callable[[int, int], None] | None) -> Iterator[Any]:
    for n, file in enumerate(files, 1):
        yield file
        if step is not None:
            step(n, len(files))

"""From a selection of the ledger to a bundle on disk. Same ledger, same arguments, same snapshot, same fonts: same bytes."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from provenance import data, facts
from provenance.annex import crate, prov_json
from provenance.annex.common import Material
from provenance.bundle import assemble as parts
from provenance.bundle import kin, pages, printing
from provenance.bundle.archive import write_zip
from provenance.bundle.exhibited import Exhibited, exhibited
from provenance.bundle.images import handed_texts, looker
from provenance.bundle.material import Handed, Shown, take
from provenance.bundle.printing import Printed
from provenance.bundle.request import Exported, Request
from provenance.bundle.screen import Screen, checked
from provenance.bundle.verdict import ANCHORED, INTEGRITY_ONLY
from provenance.errors import Unavailable
from provenance.exhibits import index
from provenance.ledger.blobs import Blobs
from provenance.ledger.files import write_whole
from provenance.ledger.store import Ledger
from provenance.report import dossier as report
from provenance.report.gather import gather
from provenance.seal.keys import Signer
from provenance.views.selection import Selection

Step = Callable[[int, int], None]
WHOLE = 1000
"""Of the progress: all of an export."""


def export(ledger: Ledger, blobs: Blobs, signer: Signer, request: Request, out: Path, *, step: Step | None = None) -> Exported:
    """Write a bundle.

    Args:
        ledger, blobs, signer: of the home. request: what. out: the zip to make; replaced only when the new one is whole.
        step: told (how much is done, of WHOLE).
    Raises:
        BadInput: `export.leak` where a withheld value would be in the bundle; `withhold.*`. Unavailable: `export.cannot-write`.
        Damaged: what the ledger or a blob should hold is not there.
    """
    told = step or (lambda done, total: None)
    content, printed, listed, screen = contents(ledger, blobs, signer, request, span(told, 0, 700))
    bundle = parts.assemble(content, signer.sign, request.author)
    checked(screen, bundle.files, bundle.top)
    try:
        digest, size = write_whole(out, lambda file, path: write_zip(file, _stepping(bundle.files, span(told, 700, WHOLE))))
    except OSError as error:
        raise Unavailable("export.cannot-write", path=str(out), why=error.strerror or "") from error
    absent = tuple(p.sha256 for p in content.pictures if p.original is None)
    pictures = tuple(p.sha256 for p in content.pictures)
    count, left = len(listed.exhibits), (screen.shared, screen.unsought)
    return Exported(out, bundle.top, size, digest, bundle.seal, pictures, absent, count, *left, printed.without)


def span(step: Step, first: int, last: int) -> Step:
    """A part of a longer way: what is done of it becomes a place between `first` and `last` of WHOLE."""
    return lambda done, total: step(first + (last - first) * done // max(total, 1), WHOLE)


def contents(
    ledger: Ledger, blobs: Blobs, signer: Signer, request: Request, step: Step
) -> tuple[parts.Content, Printed, Exhibited, Screen]:
    """All that the bundle will say, large files as openers."""
    handed = take(ledger, blobs, signer, request)
    step(150, WHOLE)
    title, look = _title(request, handed.screen), looker(handed, blobs)
    plain = _dossier(handed, blobs, signer, request, title)
    made = pages.record(plain, look, request.languages, span(step, 150, 450))
    made |= _annexes(handed, signer.name, title, request) if request.annex else {}
    listed = exhibited(handed, plain, blobs, request, made)
    step(500, WHOLE)
    dossier = dataclasses.replace(plain, meta=dataclasses.replace(plain.meta, exhibits=listed.exhibits))
    printed = printing.printed(dossier, request.languages, look, pdf=request.pdf, step=span(step, 500, WHOLE))
    content = parts.Content(
        title=title,
        slug=slug(title, request.selection),
        made_at=request.made_at,
        software=request.software,
        note=request.note,
        pem=signer.pem_public,
        vkey=signer.vkey,
        entries=handed.proven,
        pictures=handed.pictures,
        blobs=handed.blobs,
        models=tuple(_models(handed.shown)),
        withheld=tuple(sorted(request.withheld)),
        withheld_why=request.withheld_why,
        report_html=printed.html,
        more=_more(handed, request, printed, listed),
        anchors=handed.picked.anchors,
        witnessed=handed.seen.heads,
        beside={**made, **listed.files, **printed.files, **_schemas(), **_blurred(handed)},
        copies=listed.copies,
    )
    return content, printed, listed, handed.screen


def _more(handed: Handed, request: Request, printed: Printed, listed: Exhibited) -> dict[str, Any]:
    """What bundle.json says beside what every verifier reads."""
    return {
        **handed.screen.said(),
        "work": request.selection.work,
        "missing": list(request.selection.missing),
        "family": kin.rows(handed.edges),
        "forum": request.forum,
        "languages": list(request.languages),
        "report_fonts": [{"name": font.name, "sha256": font.sha256} for font in printed.fonts],
        "report_codes": [f"U+{ord(char):04X}" for char in printed.codes if len(char) == 1],
        "exhibits": {"count": len(listed.exhibits), "file": index.JSON, "sha256": sha256(listed.files[index.JSON]).hexdigest()},
    }


def _blurred(handed: Handed) -> dict[str, bytes]:
    return {picture.blurred_file: handed.blurred[picture.sha256] for picture in handed.pictures if picture.blurred}


def _schemas() -> dict[str, bytes]:
    """A JSON Schema for each document of a bundle."""
    return {f"schemas/{name.rpartition('/')[2]}": data.read(name).encode() for name in data.names("schemas")}


def _annexes(handed: Handed, origin: str, title: str, request: Request) -> dict[str, bytes]:
    """The same record as W3C PROV-JSON and as RO-Crate."""
    roles = {p.sha256: p.role for p in handed.pictures}
    withheld = tuple(sorted(request.withheld))
    material = Material(handed.shown, handed.edges, roles, origin, request.software, request.made_at, title, withheld)
    kept = {p.sha256: crate.Part(p.file, p.media_type, p.sha256, p.original.size) for p in handed.pictures if p.original}
    others = (crate.Part("report.html", "text/html"), crate.Part("annex/prov.json", "application/json"))
    return {"annex/prov.json": prov_json.document(material), crate.METADATA: crate.metadata(material, kept, others)}


def _models(shown: Iterable[Shown]) -> Iterator[dict[str, Any]]:
    for record in shown:
        if record.entry.kind == facts.ModelSeen.KIND:
            o = record.entry.open
            row = {"entry": record.entry.seq, "sha256": o["sha256"], "kind": o["model_kind"], "autov2": o["autov2"], "size": o["size"]}
            yield (
                row
                | {name: o[name] for name in ("autov1", "autov3") if name in o}
                | ({"name": n} if (n := record.values.get("name")) else {})
            )


def _dossier(handed: Handed, blobs: Blobs, signer: Signer, request: Request, title: str) -> report.Dossier:
    """All that is known of the work, before the exhibits have numbers."""
    said = [(anchor, one) for anchor in handed.picked.anchors for one in anchor.said]
    times = tuple(report.Time(one.seq, anchor.size, one.time, one.authority) for anchor, one in said if one.trusted)
    opened = next((r.entry.open for r in handed.shown if r.entry.kind == facts.LedgerOpened.KIND), {})
    meta = report.Meta(
        title=title,
        work=request.selection.work or "",
        log=signer.name,
        made_at=request.made_at,
        snapshot_size=handed.head.size,
        snapshot_at=request.made_at,
        key_fingerprint=signer.fingerprint,
        key_protection=str(opened.get("key_protection", "")),
        software=request.software,
        verdict=ANCHORED if times else INTEGRITY_ONLY,
        times=times,
        witnesses=tuple(
            report.Witness(one.seq, one.size, one.time, one.witness, one.vkey) for head in handed.seen.heads for one in head.words
        ),
        refused=handed.seen.refused,
        edges=handed.edges,
        total_entries=handed.head.size,
        withheld=handed.screen.names(),
        withheld_why=handed.screen.why(request.withheld_why),
        root=handed.head.root.hex(),
        forum=request.forum,
    )
    pictures = [report.Picture(p.sha256, p.role, p.entries, p.why_absent) for p in handed.pictures]
    return gather(handed.shown, pictures, meta, handed_texts(handed, blobs))


def _title(request: Request, screen: Screen) -> str:
    """The work's name, or the picture's; a neutral one where that is withheld."""
    chosen = request.selection
    neutral, field = (f"work {chosen.work[:8]}", "name") if chosen.work else (f"picture {chosen.pictures[0].sha256[:12]}", "path")
    return screen.title(chosen.title, neutral, field)


def slug(title: str, selection: Selection) -> str:
    """A folder name from a title: ASCII letters, digits and hyphens; the work's or the picture's id where nothing is left."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    found = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:40].strip("-")
    return found or (selection.work[:8] if selection.work else selection.pictures[0].sha256[:8])


def _stepping(files: Sequence[Any], step: Step) -> Iterator[Any]:
    for n, file in enumerate(files, 1):
        yield file
        step(n, len(files))

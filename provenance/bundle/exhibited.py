"""The exhibits of a bundle: what is handed over, numbered, with copies under names that open, and the index of all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from provenance import facts
from provenance.bundle.assemble import Blob
from provenance.bundle.material import LOST, Handed
from provenance.bundle.request import Request
from provenance.bundle.screen import HOLDS
from provenance.exhibits import extracts, finds, index, listing, naming
from provenance.exhibits.finds import Find
from provenance.exhibits.listing import Ready, Shot
from provenance.ledger.blobs import Blobs
from provenance.report.dossier import Dossier
from provenance.report.exhibit import Exhibit

FILM = "exhibits/film.webp"
ENDINGS: Mapping[str, str] = {"html": "text/html", "json": "application/json", "csv": "text/csv"}


@dataclass(frozen=True)
class Exhibited:
    """exhibits: numbered. files: those made here, by name. copies: by name, of blobs."""

    exhibits: tuple[Exhibit, ...]
    files: dict[str, bytes]
    copies: dict[str, Blob]


def exhibited(handed: Handed, dossier: Dossier, blobs: Blobs, request: Request, made: Mapping[str, bytes]) -> Exhibited:
    """Number what this bundle holds.

    Args:
        dossier: for the numbers and names of the pictures. made: the whole record's pages and the annexes, by name.
    """
    numbers = {card.sha256: card.number for card in dossier.cards}
    previews = {picture.sha256: picture.preview for picture in handed.pictures if picture.preview}
    found = finds.finds(handed.shown, numbers, previews)
    here = {blob.sha256: blob for blob in handed.blobs}
    looks = {find.sha256: _look(here[find.sha256], find.kind) for find in found if find.sha256 in here}
    files, ready = _drawn(handed, numbers, request)
    ready += [_ready(finds.ANNEX if "/record" not in name else finds.RECORD, name, data) for name, data in made.items()]
    listed = listing.listed(_shots(handed, dossier), found, looks, ready, _absent(found, blobs))
    files[index.CSV] = index.index_csv(listed.exhibits, request.languages)
    files[index.JSON] = index.index_json(listed.exhibits, handed.head.origin)
    return Exhibited(listed.exhibits, files, {name: here[sha] for name, sha in listed.copies.items()})


def _look(blob: Blob, kind: str) -> naming.Look:
    head = b""
    for chunk in blob.opener():
        head += chunk[: naming.HEAD - len(head)]
        if len(head) >= naming.HEAD:
            break
    return naming.look(head, blob.size, kind)


def _shots(handed: Handed, dossier: Dossier) -> Iterator[Shot]:
    pictures = {picture.sha256: picture for picture in handed.pictures}
    for card in dossier.cards:
        one = pictures[card.sha256]
        file, size = (one.file, one.original.size) if one.original else ("", 0)
        late, why = card.imported_only, one.why_absent
        yield Shot(card.number, card.sha256, card.role, one.media_type, one.entries, card.name, late, file, size, why)


def _drawn(handed: Handed, numbers: Mapping[str, int], request: Request) -> tuple[dict[str, bytes], list[Ready]]:
    """Files that are made out of entries: labels, translations, the film."""
    files: dict[str, bytes] = {}
    ready: list[Ready] = []
    for label in ("aigc", "c2pa"):
        told = extracts.labels(handed.shown, numbers, label)
        if told is not None:
            files[name := f"exhibits/labels-{label}.json"] = told[0]
            ready.append(_ready(finds.LABEL, name, told[0], told[1], facts.FILE_CLAIMED))
    table = extracts.translations(handed.shown)
    if table is not None:
        files[extracts.TRANSLATIONS] = table[0]
        ready.append(_ready(finds.TRANSLATION, extracts.TRANSLATIONS, table[0], table[1], facts.FILE_CLAIMED))
    if request.film is not None:
        film = request.film
        files[FILM] = film.data
        ready.append(Ready(finds.FILM, FILM, sha256(film.data).hexdigest(), film.media_type, len(film.data), (film.first, film.last)))
    return files, ready


def _ready(kind: str, name: str, data: bytes, entries: tuple[int, ...] = (), klass: str = "") -> Ready:
    return Ready(kind, name, sha256(data).hexdigest(), ENDINGS[name.rpartition(".")[2]], len(data), entries, klass)


def _absent(found: tuple[Find, ...], blobs: Blobs) -> dict[str, str]:
    """Why what entries name is not handed over: it is kept back, or this machine has no copy."""
    why = {find.sha256: HOLDS if blobs.has(find.sha256) else LOST for find in found if find.sha256}
    return {**why, "carriers": HOLDS, "": LOST}

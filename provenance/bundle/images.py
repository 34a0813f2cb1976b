"""The pictures of the papers: previews and difference maps out of the blobs, each read when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from provenance.bundle.material import MAPS, Handed
from provenance.errors import ProvError
from provenance.ledger.blobs import Blobs
from provenance.paper.blocks import Image, Paper
from provenance.paper.places import pictures

MOST_TEXT = 4 << 20  # bytes of a file's raw text that is read to compare graphs
MOST_MAP = 1 << 20  # bytes; a larger one is an exhibit alone

Look = Callable[[str], "Image | None"]
"""SHA-256 of a picture (for its preview), or of a map's blob -> an image; None where there is none to show."""


def looker(handed: Handed, blobs: Blobs) -> Look:
    """What a paper may show of this bundle."""
    previews = {picture.sha256: picture.preview for picture in handed.pictures if picture.preview}
    here = {blob.sha256: blob.size for blob in handed.blobs}
    opened = (record.entry.open.get(MAPS.get(record.entry.kind, "")) for record in handed.shown)
    maps = {name for name in opened if isinstance(name, str)}

    def look(key: str) -> Image | None:
        if key in handed.blurred:
            return Image("image/png", handed.blurred[key])
        name = previews.get(key) or (key if key in maps else "")
        if name not in here or (name in maps and here[name] > MOST_MAP):
            return None
        data = blobs.get(name)
        kind = media_type(data)
        return Image(kind, data) if kind else None

    return look


def handed_texts(handed: Handed, blobs: Blobs) -> Callable[[str], bytes | None]:
    """The raw texts of files, for comparing graphs: only what is handed over, so that nothing withheld is told of."""
    here = {blob.sha256 for blob in handed.blobs}

    def text(name: str) -> bytes | None:
        try:
            return blobs.get(name, MOST_TEXT) if name in here else None
        except ProvError:
            return None

    return text


def media_type(data: bytes) -> str:
    """PNG, JPEG or WebP by the first bytes; "" for anything else, which no paper shows."""
    if data[:2] == b"\xff\xd8":
        return "image/jpeg"
    if data[:4] == b"\x89PNG":
        return "image/png"
    return "image/webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else ""


def used(papers: Iterable[Paper], look: Look) -> Mapping[str, Image]:
    """The images that these papers name, each once."""
    images = ((key, look(key)) for key in pictures(block for paper in papers for block in paper.blocks))
    return {key: image for key, image in images if image is not None}

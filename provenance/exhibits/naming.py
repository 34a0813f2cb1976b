"""Names that every system opens, of our own letters alone: nothing that a stranger named becomes a file name. Pure.

The ending is told by the first bytes, from a fixed table, and never one that a double click would run: a page or a drawing that may hold
scripts goes as text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from provenance.exhibits.finds import LABEL

HEAD = 4096
"""How many of the first bytes are needed to tell."""
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "png", "image/png"), (b"\xff\xd8\xff", "jpg", "image/jpeg"), (b"GIF8", "gif", "image/gif"),
    (b"%PDF-", "pdf", "application/pdf"), (b"8BPS", "psd", "image/vnd.adobe.photoshop"), (b"fLaC", "flac", "audio/flac"),
    (b"PK\x03\x04", "zip", "application/zip"),
)  # fmt: skip
_PAGE = re.compile(rb"<(!doctype|html|svg|\?xml|head|body|script)", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f]")


@dataclass(frozen=True)
class Look:
    """What bytes look like. ending: without a dot. size: of all of them."""

    ending: str
    media_type: str
    size: int


def look(head: bytes, size: int, kind: str = "") -> Look:
    """What bytes are by their beginning.

    Args:
        head: the first HEAD bytes, or all. size: bytes in all. kind: as an exhibit.
    """
    for magic, ending, media_type in _MAGIC:
        if head.startswith(magic):
            return Look(ending, media_type, size)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Look("webp", "image/webp", size)
    if kind == LABEL and b"jumb" in head[:16]:
        return Look("c2pa", "application/c2pa", size)
    bare = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not _is_text(head, whole=size <= len(head)):
        return Look("bin", "application/octet-stream", size)
    if bare[:1] in (b"{", b"["):
        return Look("json", "application/json", size)
    if bare.startswith((b"<x:xmpmeta", b"<?xpacket")):
        return Look("xmp.txt", "application/rdf+xml", size)
    return Look("html.txt", "text/html", size) if _PAGE.match(bare) else Look("txt", "text/plain", size)


def _is_text(head: bytes, *, whole: bool) -> bool:
    """Whether these bytes are UTF-8 without control characters; the last character may be cut."""
    for cut in range(1 if whole else 4):
        try:
            return _CONTROLS.search(head[: len(head) - cut].decode("utf-8")) is None
        except UnicodeDecodeError:
            continue
    return False


def file_name(number: str, kind: str, ending: str, picture: int, about: str = "") -> str:
    """`exhibits/E012-workflow-picture-3.json`. about: a word that tells it from others, of which ASCII letters and digits are kept."""
    word = re.sub(r"[^a-z0-9]+", "-", about.lower()).strip("-")[:24].strip("-")
    parts = [number, kind, *([word] if word and word != kind else []), *([f"picture-{picture}"] if picture else [])]
    return f"exhibits/{'-'.join(parts)}.{ending}"

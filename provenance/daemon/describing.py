"""Describing one picture's bytes: what both the recorder's helper process and an export do. Light to import: no database library."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from provenance import canon, facts
from provenance.errors import ProvError
from provenance.ledger.blobs import Blobs

MOST_BYTES = 256 * 1024 * 1024
_DRAWN = re.compile(r"(?:^|[\\/])clipspace-(mask|paint)-\d{1,20}(?:\.\d{1,20})?\.png$")


def described(content: bytes) -> tuple[dict[str, Any], bytes]:
    """A picture's description as the fields of `FileDescribed` without `of`, and the preview's bytes. Raises as `pixels.load`."""
    from provenance.pixels.describe import describe as look_at
    from provenance.projects.formats import merged

    whole = merged(content) if content.startswith(b"PK") else None
    found = look_at(content if whole is None else whole)
    told: dict[str, Any] = {
        "width": found.width, "height": found.height, "form": found.form, "pixels": found.pixels, "dhash": found.dhash,
        "phash": found.phash, "visible": found.visible,
        "decoder": found.decoder + ("" if whole is None else " mergedimage.png"), "preview": canon.sha256(found.preview),
        "orientation": found.orientation if found.orientation != 1 else None, "animated": True if found.animated else None,
    }  # fmt: skip
    return told, found.preview


def drawn(content: bytes, path: str) -> dict[str, Any] | None:
    """What was drawn in ComfyUI's mask editor, as the fields of `DrawingMeasured` without `of`; None for a file not named by it.

    Raises Unreadable as `pixels.load`. path: of the file; the names are the editor's own, of frontend 1.2x (`useMaskEditorSaver`).
    """
    name = _DRAWN.search(path)
    if name is None:
        return None
    from provenance.pixels import masks

    part = "strokes" if name[1] == "paint" else "mask"
    covered, total = masks.drawn(content) if part == "strokes" else masks.covered(content, "alpha")
    return {"part": part, "covered": covered, "total": total}


def describe(content: bytes, of: str) -> tuple[facts.FileDescribed, bytes] | None:
    """Decode a picture once, in this process.

    Args:
        content: the whole file. of: its SHA-256.
    Returns:
        The fact and the preview's bytes, or None for what cannot be decoded or is too large.
    """
    try:
        told, preview = described(content)
    except (ProvError, MemoryError):
        return None
    return facts.FileDescribed(of=of, **told), preview


def load(blobs: Blobs, sha256: str, path: str) -> bytes | None:
    """The bytes with this hash: the kept copy, else the file at `path` if it still has them; None otherwise."""
    try:
        if blobs.has(sha256):
            return blobs.get(sha256)
    except (OSError, ProvError):
        pass
    try:
        file = Path(path)
        if not file.is_file() or file.stat().st_size > MOST_BYTES:
            return None
        content = file.read_bytes()
    except (OSError, ValueError):
        return None
    return content if canon.sha256(content) == sha256 else None

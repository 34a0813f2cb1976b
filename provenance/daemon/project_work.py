"""Taking one project file apart: what the recorder's helper process does behind the capture. Light to import: no database library."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from provenance import canon
from provenance.errors import ProvError
from provenance.ledger.blobs import Blobs
from provenance.projects.bounds import Data
from provenance.projects.kra_candidates import Candidate
from provenance.projects.project import Layer

READER = "projects/1"
MOST_ROWS = 2_000  # layers that one entry lists
MOST_NAME = 400
MOST_BYTES = 2 * 1024**3  # of a project that is hashed and read where it stands
_CLAIMS = {"tool": "editor", "version": "editor_version"}


class Piecewise:
    """A file that is read part by part; what it was cut by meanwhile is missing, as at the end of a file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = file.seek(0, 2)

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, part: slice) -> bytes:
        start, stop, _ = part.indices(self._size)
        if stop <= start:
            return b""
        self._file.seek(start)
        return self._file.read(stop - start)


def taken_apart(blobs: Blobs, sha256: str, path: str, was: str = "") -> tuple[dict[str, Any], bytes]:
    """A project as the fields of `ProjectDescribed` without `of`, under `told`, and its preview's bytes.

    Args:
        blobs: where the kept copy lies, if there is one. sha256: of the file. path: where it stood. was: SHA-256 of what it replaced under
            its name, "" for nothing; held against it where its copy was kept.
    Returns:
        `gone` where the bytes are no longer to be had, `none` where they are no project.
    """
    try:
        if blobs.has(sha256):
            return answer(blobs.get(sha256), path, *_kept(blobs, was))
    except (OSError, ProvError):
        pass  # too large for one piece, or damaged: perhaps the file still stands
    try:
        with Path(path).open("rb") as file:
            data = Piecewise(file)
            file.seek(0)
            if len(data) > MOST_BYTES or hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                return {"gone": True}, b""
            return answer(data, path, *_kept(blobs, was))
    except (OSError, ValueError):
        return {"gone": True}, b""


def _kept(blobs: Blobs, was: str) -> tuple[str, bytes] | tuple[()]:
    """The version before, where its bytes are at hand."""
    try:
        return (was, blobs.get(was)) if was and blobs.has(was) else ()
    except (OSError, ProvError):
        return ()


def answer(data: Data, path: str, was: str = "", before: bytes = b"") -> tuple[dict[str, Any], bytes]:
    """The same of bytes that are at hand."""
    from provenance.projects.formats import describe
    from provenance.projects.repaint import counted

    found = describe(data, path)
    if found is None:
        return {"none": True}, b""
    changed = counted(before, data, found, path) if before else {}
    preview = _preview(found.preview)
    problems = (*found.problems, *(["rows cut"] if len(found.layers) > MOST_ROWS else []))
    told: dict[str, Any] = {
        "format": found.format, "reader": READER, "layer_count": found.count,
        "decoded": sum(layer.pixels is not None for layer in found.layers), "width": found.width, "height": found.height,
        "preview": canon.sha256(preview) if preview else None, "unread": problems or None,
        "layers": [
            row(layer) | ({"changed": changed[place]} if place in changed else {}) for place, layer in enumerate(found.layers[:MOST_ROWS])
        ],
        "against": was if changed else None,
        "candidates": [_known(one) for one in found.candidates] or None, **_claims(found.claimed),
    }  # fmt: skip
    return {"told": told}, preview


def row(layer: Layer) -> dict[str, Any]:
    """A layer as an entry lists it: what is not known is left out."""
    return _known(layer) | {"name": layer.name[:MOST_NAME]}


def _known(one: Layer | Candidate) -> dict[str, Any]:
    return {name: value for name, value in dataclasses.asdict(one).items() if value is not None}


def _claims(claimed: Mapping[str, str]) -> dict[str, str]:
    return {_CLAIMS.get(name, name): value for name, value in claimed.items()}


def _preview(raw: bytes | None) -> bytes:
    """The embedded picture, decoded and written anew: nothing else that stands in it goes on a page. b"" where it is no picture."""
    from provenance.pixels.describe import describe as look_at

    try:
        return look_at(raw).preview if raw else b""
    except ProvError:
        return b""

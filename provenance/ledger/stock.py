"""Which blobs entries name, and whether what lies in the folder of blobs is what its names say."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from provenance.errors import ProvError
from provenance.ledger import schema
from provenance.ledger.blobs import MAX_BLOB, Blobs
from provenance.ledger.raw import connect

OPEN_NAMES = ("preview", "kept", "licence_kept", "map", "overlay", "token", "cosigned")
"""Fields that hold a blob's SHA-256 in the open; the rows of the sealed field `carriers` hold one each, too."""

_HASH = re.compile(r"[0-9a-f]{64}")
_KINDS = tuple(f'%"{name}":"%' for name in OPEN_NAMES)
BATCH = 2000


@dataclass(frozen=True)
class Kept:
    """One file of the folder of blobs. name: below that folder, with `/`. sha256: what its name says. original: a copy of an original."""

    name: str
    path: Path
    sha256: str
    size: int
    original: bool


def kept(folder: Path) -> Iterator[Kept]:
    """Every blob and kept original, in the order of their names; unfinished files and the index of shapes are none."""
    for original in (False, True):
        base = folder / "originals" if original else folder
        for place in sorted(base.glob("[0-9a-f][0-9a-f]")) if base.is_dir() else ():
            for path in sorted(place.iterdir()):
                sha = place.name + path.name.removesuffix("" if original else ".zst")
                if _HASH.fullmatch(sha):
                    name = f"{'originals/' if original else ''}{place.name}/{path.name}"
                    try:
                        size = path.stat().st_size
                    except FileNotFoundError:  # an original that was dropped this moment
                        continue
                    yield Kept(name, path, sha, size, original)


def sound(blobs: Blobs, one: Kept) -> bool:
    """Whether a kept file holds what its name says. A packed blob is unpacked for it. Raises Unavailable `blobs.unwritable`."""
    if one.path.suffix == ".zst":
        try:
            blobs.get(one.sha256, MAX_BLOB)
        except ProvError as error:
            if error.key in ("blobs.damaged", "blobs.missing", "blobs.too-large"):
                return False
            raise
        return True
    try:
        with one.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == one.sha256
    except OSError:
        return not one.path.exists()  # dropped this moment: nothing that could be wrong


def named(ledger: Path, start: int = 0) -> Iterator[tuple[int, str]]:
    """(seq, SHA-256) of every blob that entries from `start` on name. Values that cannot be read are left to `check`."""
    with schema.guard(ledger):
        connection = connect(ledger)
        try:
            stop = (connection.execute("SELECT max(seq) FROM entries").fetchone()[0] or 0) + 1
            while start < stop:
                upto = start + BATCH
                yield from _open_names(connection, start, upto)
                yield from _carriers(connection, start, upto)
                start = upto
        finally:
            connection.close()


def _open_names(connection: sqlite3.Connection, start: int, stop: int) -> Iterator[tuple[int, str]]:
    any_name = " OR ".join(["CAST(bytes AS TEXT) LIKE ?"] * len(_KINDS))
    query = f"SELECT seq, bytes FROM entries WHERE seq >= ? AND seq < ? AND ({any_name})"
    for seq, raw in connection.execute(query, (start, stop, *_KINDS)):
        try:
            opened = json.loads(raw).get("open", {})
        except (ValueError, AttributeError, RecursionError):
            continue
        yield from ((seq, opened[name]) for name in OPEN_NAMES if _is_hash(opened.get(name)))


def _carriers(connection: sqlite3.Connection, start: int, stop: int) -> Iterator[tuple[int, str]]:
    query = "SELECT seq, value FROM disclosures WHERE seq >= ? AND seq < ? AND name = 'carriers'"
    for seq, value in connection.execute(query, (start, stop)):
        try:
            rows = json.loads(value)
        except (ValueError, TypeError, RecursionError):
            continue
        if isinstance(rows, list):
            yield from ((seq, row["sha256"]) for row in rows if isinstance(row, dict) and _is_hash(row.get("sha256")))


def _is_hash(value: object) -> bool:
    return isinstance(value, str) and _HASH.fullmatch(value) is not None

"""What was hashed before, by device, inode, size and time of change. A cache: it may be deleted, and starts anew when it is damaged.

A row that is not what was written counts as absent (each carries a digest): a damaged cache costs a second reading, never a wrong hash.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

from provenance.capture import hash_claims
from provenance.capture.models import ModelHashes
from provenance.capture.stations import Shape

_VERSION = 1
_SCHEMA = f"""
CREATE TABLE models (shape TEXT PRIMARY KEY, inode TEXT NOT NULL, sha256 TEXT NOT NULL, payload TEXT, autov1 TEXT, label TEXT,
                     body TEXT NOT NULL, digest TEXT NOT NULL);
CREATE INDEX by_inode ON models (inode); CREATE INDEX by_sha256 ON models (sha256); CREATE INDEX by_payload ON models (payload);
PRAGMA user_version = {_VERSION};
"""


class ModelCache:
    """Known files. One connection behind a lock: a worker thread and others may share it.

    path: the cache's file, in an existing folder; where it cannot be written, the cache lives in memory.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._db = self._open()

    def get(self, shape: Shape) -> ModelHashes | None:
        """The hashes of the file of this very shape, if it was read before."""
        found = self._rows("SELECT body, digest FROM models WHERE shape = ?", _key(shape))
        return found[0] if found and found[0].shape == shape else None

    def put(self, hashes: ModelHashes) -> None:
        """Remember; what was known of an earlier version of the same file is forgotten."""
        body = json.dumps(dataclasses.asdict(hashes))
        shape, label = hashes.shape, hashes.header.get("sshs_model_hash")
        row = (
            _key(shape), f"{shape.dev}:{shape.ino}", hashes.sha256, hashes.payload_sha256, hashes.autov1,
            label.lower() if isinstance(label, str) else None, body, _digest(body),
        )
        with self._lock, self._mended():
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("DELETE FROM models WHERE inode = ?", row[1:2])
            self._db.execute("INSERT INTO models VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
            self._db.execute("COMMIT")

    def by_hash(self, claim: str) -> tuple[ModelHashes, ...]:
        """Every known file that a claimed hash fits, by its bytes first, then by its header's own label."""
        text = hash_claims.normal(claim)
        if text is None:
            return ()
        found = self._rows(
            "SELECT body, digest FROM models WHERE autov1 = :at OR sha256 BETWEEN :at AND :to OR payload BETWEEN :at AND :to"
            " OR label BETWEEN :at AND :to ORDER BY sha256",
            {"at": text, "to": text + "g"},
        )
        how = [(hash_claims.fits(text, hashes), hashes) for hashes in found]
        return (*(h for fit, h in how if fit and fit != hash_claims.LABEL), *(h for fit, h in how if fit == hash_claims.LABEL))

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def _rows(self, question: str, values: str | dict[str, str]) -> list[ModelHashes]:
        found: list[tuple[str, str]] = []
        with self._lock, self._mended():
            found = self._db.execute(question, (values,) if isinstance(values, str) else values).fetchall()
        return [hashes for body, digest in found if (hashes := _hashes(body, digest)) is not None]

    @contextlib.contextmanager
    def _mended(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError:  # locked by another process, disk full: a miss
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
        except (sqlite3.DatabaseError, UnicodeDecodeError):  # not what SQLite wrote
            self._db.close()
            _remove(self._path)
            self._db = self._open()

    def _open(self) -> sqlite3.Connection:
        for attempt in (0, 1):
            try:
                return _connect(str(self._path))
            except sqlite3.OperationalError:
                break
            except sqlite3.DatabaseError:
                if attempt == 0:
                    _remove(self._path)
        return _connect(":memory:")


def _connect(path: str) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=2, isolation_level=None, check_same_thread=False)
    try:
        if db.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
            db.executescript("BEGIN IMMEDIATE; DROP TABLE IF EXISTS models;" + _SCHEMA + "COMMIT;")
    except sqlite3.Error:
        db.close()
        raise
    return db


def _remove(path: Path) -> None:
    for name in (path, path.with_name(path.name + "-journal")):
        with contextlib.suppress(OSError):
            name.unlink()


def _key(shape: Shape) -> str:
    return f"{shape.dev}:{shape.ino}:{shape.size}:{shape.mtime_ns}"  # text: an inode can be above SQLite's integers


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode("utf-8")).hexdigest()


def _hashes(body: object, digest: object) -> ModelHashes | None:
    if not isinstance(body, str) or _digest(body) != digest:
        return None
    raw = json.loads(body)
    return ModelHashes(**{**raw, "shape": Shape(**raw["shape"]), "warnings": tuple(raw["warnings"])})

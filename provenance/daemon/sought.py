"""Which pictures were looked for already: a small file that can be deleted; then they are looked for again, and nothing is written
twice."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path


class Sought:
    """A set of hashes on disk; any thread may add. Broken or unwritable, it forgets: that costs time, not facts."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()
        self._db: sqlite3.Connection | None = None

    def _open(self) -> sqlite3.Connection:
        if self._db is None:
            try:
                self._db = self._made()
            except sqlite3.DatabaseError:
                self._path.unlink(missing_ok=True)
                self._db = self._made()
        return self._db

    def _made(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        db.execute("PRAGMA synchronous=OFF")
        db.execute("CREATE TABLE IF NOT EXISTS sought (sha256 BLOB PRIMARY KEY) WITHOUT ROWID")
        return db

    def add(self, sha256: str) -> None:
        """This picture was looked for."""
        with self._lock:
            try:
                self._open().execute("INSERT INTO sought VALUES (?) ON CONFLICT DO NOTHING", (bytes.fromhex(sha256),))
            except (sqlite3.Error, OSError):
                return

    def missing(self, hashes: Iterable[str]) -> Iterator[str]:
        """Those of `hashes` that were not looked for yet."""
        for sha256 in hashes:
            with self._lock:
                try:
                    there = self._open().execute("SELECT 1 FROM sought WHERE sha256 = ?", (bytes.fromhex(sha256),)).fetchone()
                except (sqlite3.Error, OSError):
                    there = None
            if there is None:
                yield sha256

    def close(self) -> None:
        """Let the file go."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

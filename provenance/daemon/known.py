"""What the ledger already says, as capture may ask it. Advisory: a duplicate entry is harmless, a missing one is not."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Mapping
from typing import Any

from provenance import canon
from provenance.capture.intake import Place
from provenance.errors import Unavailable
from provenance.views.fold import folder_and_name, plain, unplain
from provenance.views.store import LedgerLike, Views

PENDING = -1
MOST = 5_000


class Known:
    """Answers from views.db, over which lies what was decided since and is not folded yet. One lock; any thread may ask."""

    def __init__(self, views: Views, ledger: LedgerLike) -> None:
        self._views, self._ledger = views, ledger
        self._places: dict[str, Place] = {}
        self._hashes: dict[str, int] = {}
        self._lock = threading.Lock()

    def place(self, path: str) -> Place | None:
        """What stood at `path` (as the system gives it) when it was last looked at."""
        key = plain(canon.path(path))
        with self._lock:
            if key in self._places:
                return self._places[key]
            rows = self._rows("SELECT sha256, size, mtime, seq, here FROM places WHERE path = :path", path=key)
        return _place(rows[0]) if rows else None

    def twin(self, sha256: str) -> int | None:
        """The first entry that has these bytes."""
        with self._lock:
            (row,) = self._rows("SELECT min(seq) AS seq FROM versions WHERE sha256 = :sha256", sha256=sha256)
            # the views first: what lies over them may be the number of a rename
            found: int = self._hashes.get(sha256, PENDING) if row["seq"] is None else row["seq"]
        return None if found == PENDING else found

    def standing(self, sha256: str) -> list[str]:
        """Every path at which these bytes should stand, as the system gives it, at most some twenty."""
        with self._lock:
            rows = self._rows("SELECT path FROM places WHERE sha256 = :sha256 AND here = 1 LIMIT 20", sha256=sha256)
            found = {row["path"] for row in rows} - self._places.keys()
            found |= {path for path, place in self._places.items() if place.here and place.sha256 == sha256}
        return sorted(map(unplain, found))

    def folder(self, folder: str) -> Mapping[str, Place]:
        """Every file that should stand in one folder, by name."""
        key = plain(canon.path(folder))
        with self._lock:
            rows = self._rows(
                "SELECT path, name, sha256, size, mtime, seq, here FROM places WHERE folder = :folder AND here = 1", folder=key
            )
            found = {row["path"]: _place(row) for row in rows}
            found.update({path: place for path, place in self._places.items() if folder_and_name(path)[0] == key})
        return {folder_and_name(unplain(path))[1]: place for path, place in found.items() if place.here}

    def under(self, root: str) -> list[str]:
        """Every path below `root` at which a file should stand, as the system gives it."""
        key = plain(canon.path(root)).rstrip("/\\")
        with self._lock:
            rows = self._rows("SELECT path FROM places WHERE here = 1 AND path > :low AND path < :high", low=key + "/", high=key + "0")
            rows += self._rows("SELECT path FROM places WHERE here = 1 AND path > :low AND path < :high", low=key + "\\", high=key + "]")
            gone = {path for path, place in self._places.items() if not place.here}
            here = {path for path, place in self._places.items() if place.here}
            new = {path for path in here if path.startswith((key + "/", key + "\\"))}
            odd = self._rows("SELECT path FROM places WHERE here = 1 AND path > 'fs:' AND path < 'fs;'")
        start = root.rstrip("/\\")
        named = {row["path"] for row in rows} - gone | new
        strange = ({row["path"] for row in odd} | {path for path in here if path.startswith("fs:")}) - gone
        return sorted(named | {path for path in map(unplain, strange) if path.startswith((start + "/", start + "\\"))})

    def folders(self, root: str) -> list[str]:
        """Every folder below `root` in which a file should stand."""
        return sorted({folder_and_name(path)[0] for path in self.under(root)})

    def put(self, path: str, place: Place) -> None:
        """Decided now, committed soon."""
        with self._lock:
            self._places[plain(canon.path(path))] = place
            if place.here:
                self._hashes.setdefault(place.sha256, place.seq)

    def committed(self, path: str, place: Place) -> None:
        """The entry is durable: its number is known now. A later decision about the path is not overwritten."""
        key = plain(canon.path(path))
        with self._lock:
            now = self._places.get(key)
            if now is not None and now.seq == PENDING and now.sha256 == place.sha256 and now.here == place.here:
                self._places[key] = place
            if self._hashes.get(place.sha256) == PENDING:
                self._hashes[place.sha256] = place.seq

    def fold(self, *, now: bool = False) -> None:
        """Let views.db catch up, and forget what it holds now; only when enough has gathered, or `now`."""
        with self._lock:
            if not now and len(self._places) < MOST:
                return
            try:
                self._views.catch_up(self._ledger)
            except Unavailable:
                return  # a full disk: all is still known here, and the writer tells the trouble
            size = self._ledger.size()
            self._places = {k: p for k, p in self._places.items() if p.seq == PENDING or p.seq >= size}
            self._hashes = {k: n for k, n in self._hashes.items() if n == PENDING or n >= size}

    def ask(self, sql: str, **params: Any) -> list[dict[str, Any]]:
        """A question to views.db, for the other threads of the recorder."""
        with self._lock:
            return self._rows(sql, **params)

    def _rows(self, sql: str, **params: Any) -> list[dict[str, Any]]:
        try:
            return self._views.ask(sql, **params)
        except sqlite3.Error:  # somebody deleted views.db, as anybody may, or broke it: it is made anew
            self._views.catch_up(self._ledger)
            return self._views.ask(sql, **params)


def _place(row: Mapping[str, Any]) -> Place:
    return Place(row["sha256"] or "", row["size"], row["mtime"], row["seq"], bool(row["here"]))

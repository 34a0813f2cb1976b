"""Likeness in the helper's process: an index of all described pictures in a folder that can be deleted, and the search in it."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provenance.daemon.lock import RecorderLock
from provenance.errors import Busy, ProvError
from provenance.ledger.blobs import Blobs

if TYPE_CHECKING:
    from provenance.pixels.index import Piece, Signature
    from provenance.pixels.look import Look

FORM = "1"  # of the folder's files; another one is thrown away
TAIL = 64  # pictures that a piece on disk has at least; what is behind it is worked out again after a restart
STEP = 8
MOST_BLOB = 16 * 1024 * 1024
ROWS = """
CREATE TABLE IF NOT EXISTS rows (n INTEGER PRIMARY KEY, sha256 TEXT UNIQUE, preview TEXT, width INT, height INT, seq INT);
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT);
"""
NEW = """
SELECT d.sha256, d.preview, d.seq AS told, (SELECT min(v.seq) FROM versions v WHERE v.sha256 = d.sha256) AS seq,
CASE WHEN d.orientation >= 5 THEN d.height ELSE d.width END AS width, CASE WHEN d.orientation >= 5 THEN d.width ELSE d.height END AS height
FROM described d WHERE d.seq > ? ORDER BY d.seq LIMIT ?
"""
SAME = """
SELECT o.sha256, (SELECT min(v.seq) FROM versions v WHERE v.sha256 = o.sha256) AS first FROM described d
JOIN described o ON o.{0} = d.{0} AND o.sha256 != d.sha256 WHERE d.sha256 = ? AND d.dhash != '0000000000000000' ORDER BY first LIMIT 1
"""


class Finder:
    """All that was described, searchable. One process at a time works on a folder.

    Args:
        views: views.db, only read. blobs: where previews lie. folder: for the index.
    Raises:
        Busy: `pixels.busy`, another process works on it.
    """

    def __init__(self, views: Path, blobs: Path, folder: Path) -> None:
        self._views, self._blobs, self._folder = views, Blobs(blobs), folder
        self._pieces: list[Piece] = []
        self._tail: list[Signature] = []
        self._look = lru_cache(maxsize=256)(self._look_of)
        self._told = -1
        self._lock = RecorderLock(folder.with_name(folder.name + ".lock"))
        try:
            self._lock.acquire()
        except Busy as error:
            raise Busy("pixels.busy") from error
        try:
            self._rows = self._open()
        except (sqlite3.Error, OSError, ValueError):  # broken or of another form: a cache is made anew
            shutil.rmtree(folder, ignore_errors=True)
            self._pieces, self._tail = [], []
            self._rows = self._open()

    def _open(self) -> sqlite3.Connection:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        rows = sqlite3.connect(self._folder / "rows.db", isolation_level=None)
        rows.executescript("PRAGMA synchronous=OFF;" + ROWS)
        rows.row_factory = sqlite3.Row
        if (rows.execute("SELECT value FROM state WHERE name = 'form'").fetchone() or [FORM])[0] != FORM:
            raise ValueError(FORM)
        rows.execute("INSERT INTO state VALUES ('form', ?) ON CONFLICT DO NOTHING", (FORM,))
        while (piece := self._mapped(self._count())) is not None:
            self._pieces.append(piece)
        self._forget(rows)
        self._of_this_ledger(rows)
        return rows

    def _of_this_ledger(self, rows: sqlite3.Connection) -> None:
        """A ledger that was restored or begun anew has other entries under the same numbers: then the index is another's."""
        last = self._ask("SELECT value FROM state WHERE name = 'last'")
        end = self._ask("SELECT coalesce(max(seq), -1) AS seq FROM described")
        if not last or not end:
            return
        origin = str(last[0]["value"]).rpartition(" ")[0]
        rows.execute("INSERT INTO state VALUES ('origin', ?) ON CONFLICT DO NOTHING", (origin,))
        if rows.execute("SELECT value FROM state WHERE name = 'origin'").fetchone()[0] != origin or end[0]["seq"] < self._told:
            raise ValueError("origin")

    def _forget(self, rows: sqlite3.Connection) -> None:
        """Rows of which no piece was written before the last process ended are read again: their descriptions come after the last kept
        one."""
        n = self._count()
        if rows.execute("SELECT count(*) FROM rows").fetchone()[0] < n:
            raise ValueError("rows")
        rows.execute("DELETE FROM rows WHERE n >= ?", (n,))
        told = rows.execute("SELECT value FROM state WHERE name = ?", (f"told {n}",)).fetchone()
        self._told = int(told[0]) if told else -1
        if n and not told:
            raise ValueError("told")

    def _count(self) -> int:
        return self._pieces[-1].first + self._pieces[-1].count if self._pieces else 0

    def _mapped(self, first: int) -> Piece | None:
        """The longest piece on disk that begins with this picture."""
        import numpy as np

        from provenance.pixels.index import Piece

        names = sorted(self._folder.glob(f"{first:09d}-*.words.npy"))
        if not names:
            return None
        postings = np.load(names[-1], mmap_mode="r")
        compositions = np.load(names[-1].with_name(names[-1].name.replace(".words.", ".looks.")), mmap_mode="r")
        return Piece(first, int(compositions.shape[0]), compositions, postings)

    def close(self) -> None:
        """Let the folder go."""
        self._rows.close()
        self._lock.release()

    # --- catching up

    def sync(self, most: int = STEP) -> int:
        """Take in pictures described since, `most` at a time. Returns how many were taken; 0: all are in."""
        taken = self._ask(NEW, self._told, most)
        for row in taken:
            self._told = row["told"]
            if self._rows.execute("SELECT 1 FROM rows WHERE sha256 = ?", (row["sha256"],)).fetchone():
                continue  # described again in a later form
            self._take(row)
        return len(taken)

    def _take(self, row: sqlite3.Row) -> None:
        from provenance.pixels.index import signature

        try:
            seen = self._decoded(row["preview"], (row["width"], row["height"]))
        except ProvError:
            return
        n = self._count() + len(self._tail)
        named = (n, row["sha256"], row["preview"], row["width"], row["height"], row["seq"])
        self._rows.execute("INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?)", named)
        self._tail.append(signature(seen))
        if len(self._tail) >= TAIL:
            self._shelve()

    def _shelve(self) -> None:
        """Write the tail as a piece, joining short ones before it. A crash here leaves pictures that are read again, or a file that is
        not."""
        from provenance.pixels.index import MOST, merged, piece

        new = piece(self._count(), self._tail)
        self._tail = []
        for size in (512, MOST):
            mine: list[Piece] = []
            while self._pieces and self._pieces[-1].count < size:
                mine.insert(0, self._pieces.pop())
            if mine and mine[0].count + sum(p.count for p in mine[1:]) + new.count >= size:
                new = merged([*mine, new])
            else:
                self._pieces += mine
                break
        self._keep(new)
        self._pieces.append(new)
        end = new.first + new.count
        upsert = "INSERT INTO state VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        self._rows.execute(upsert, (f"told {end}", self._told))
        for old in self._folder.glob("*.npy"):
            first, count = (int(part) for part in old.name.split(".")[0].split("-"))
            if first >= new.first and (first, count) != (new.first, new.count):
                with contextlib.suppress(OSError):  # Windows: still mapped; it is shorter than the new one and never read again
                    old.unlink()

    def _keep(self, new: Piece) -> None:
        import numpy as np

        for kind, values in (("looks", new.compositions), ("words", new.postings)):  # the words last: without them a piece is not there
            path = self._folder / f"{new.first:09d}-{new.count:05d}.{kind}.npy"
            fresh = path.with_suffix(".new")
            with fresh.open("wb") as file:
                np.save(file, values)
            fresh.replace(path)

    # --- the search

    def find(self, sha256: str, was: Sequence[str] = ()) -> list[dict[str, Any]]:
        """Which earlier pictures agree with a described one.

        Args:
            sha256: of the picture's file. was: files that it replaced in their place, looked at in any case.
        Returns:
            Fields of `LikenessFound` without `child`, equal pixels first and then alone.
        """
        row = self._row(sha256)
        if row is None:
            return []
        same = self._same("pixels", row)
        if same is not None:
            return [{"parent": same, "how": "same pixels", "method": "pixels/2"}]
        child = self._look(row["n"])
        found = [] if child is None else self._alike(child, row, was)
        # all that can be seen is equal, and under what is transparent something is not: no more than alike
        seen = self._same("visible", row)
        if seen is not None and seen not in {one["parent"] for one in found}:
            found.append({"parent": seen, "how": "looks alike", "method": "visible-pixels/2"})
        return found

    def _same(self, digest: str, row: Any) -> str | None:
        """The first picture with an equal digest, if it was recorded before this one."""
        same = self._ask(SAME.format(digest), row["sha256"])
        return str(same[0]["sha256"]) if same and same[0]["first"] is not None and same[0]["first"] < row["seq"] else None

    def _alike(self, child: Look, row: sqlite3.Row, was: Sequence[str]) -> list[dict[str, Any]]:
        from provenance.pixels import alike

        first = [found["n"] for sha in was if (found := self._row(sha)) is not None]
        found = alike.search(child, self._all(), self._look, allowed=lambda n: self._earlier(n, row["seq"]), first=first)
        return [self._told_of(one, child) for one in found]

    def _told_of(self, one: Any, child: Look) -> dict[str, Any]:
        from provenance.pixels import alike
        from provenance.pixels.geometry import told

        parent = self._look(one.number)
        counts = one.placed.found
        name = self._rows.execute("SELECT sha256 FROM rows WHERE n = ?", (one.number,)).fetchone()[0]
        return {
            "parent": name, "how": "looks alike", "method": alike.METHOD, "inliers": one.placed.inliers, "agreeing": counts.agreeing,
            "compared": counts.compared, "share": f"{counts.agreeing / max(1, counts.compared):.3f}",
            "transform": told(one.placed, child, parent) if parent is not None else None,
        }  # fmt: skip

    def like(self, data: bytes) -> list[dict[str, Any]]:
        """Which recorded pictures agree with a file that is none of them. Raises Unreadable as `pixels.load`."""
        from provenance.pixels import alike
        from provenance.pixels.describe import describe
        from provenance.pixels.look import look

        told = describe(data)
        same = self._ask("SELECT sha256 FROM described WHERE pixels = ? ORDER BY seq LIMIT 1", told.pixels)
        if same:
            return [{"parent": same[0]["sha256"], "how": "same pixels", "method": "pixels/2"}]
        size = (told.height, told.width) if told.orientation >= 5 else (told.width, told.height)
        child = look(told.preview, size)
        return [self._told_of(one, child) for one in alike.search(child, self._all(), self._look, allowed=lambda n: True)]

    def _all(self) -> list[Piece]:
        from provenance.pixels.index import piece

        return [*self._pieces, *([piece(self._count(), self._tail)] if self._tail else [])]

    def _earlier(self, n: int, seq: int) -> bool:
        row = self._rows.execute("SELECT seq FROM rows WHERE n = ?", (n,)).fetchone()
        return row is not None and row[0] is not None and row[0] < seq

    def _row(self, sha256: str) -> Any:
        return self._rows.execute("SELECT * FROM rows WHERE sha256 = ?", (sha256,)).fetchone()

    def _look_of(self, n: int) -> Look | None:
        row = self._rows.execute("SELECT * FROM rows WHERE n = ?", (n,)).fetchone()
        try:
            return self._decoded(row["preview"], (row["width"], row["height"])) if row is not None else None
        except ProvError:  # the preview is gone or no picture: it cannot be an answer
            return None

    def _decoded(self, preview: str, size: tuple[int, int]) -> Look:
        from provenance.pixels.look import look

        return look(self._blobs.get(preview, MOST_BLOB), size)

    def _ask(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        try:
            with contextlib.closing(sqlite3.connect(f"{self._views.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as connection:
                connection.row_factory = sqlite3.Row
                return connection.execute(sql, values).fetchall()
        except sqlite3.OperationalError:  # views.db is being made anew: asked again with the next picture
            return []

"""The recorder reads back what it wrote: lately committed entries against what was handed to the disk, and now and then an old range.

What the system's cache still holds is read from there: this finds a file that was changed, replaced or cut under the recorder, memory that
went wrong, and a disk that rots as far as the system reads it anew.
"""

from __future__ import annotations

import random
import sqlite3
from collections import deque
from pathlib import Path

from provenance.errors import Damaged
from provenance.ledger.chain import Entry
from provenance.ledger.raw import connect
from provenance.ledger.walking import Fault, Walk, walk

LATELY = 16  # entries of the last commits
RANGE = 256  # entries an hour, somewhere
RANGE_MS = 3_600_000


class ReadBack:
    """Reads `path` anew, with a connection that lives for one look. For the writer's thread alone: when a look fails there, the writer ends
    with it, and nothing is added to a ledger that is not as it was written.

    Args:
        path: the ledger. origin: the ledger's. chance: where the hourly range lies. now_ms: Moment.mono_ms at the start.
    """

    def __init__(self, path: Path, origin: str, chance: random.Random, now_ms: int) -> None:
        self._path, self._origin, self._chance = path, origin.encode(), chance
        self._lately: deque[Entry] = deque(maxlen=LATELY)
        self._range_ms = now_ms
        self.looked = 0  # entries compared so far

    def wrote(self, entries: tuple[Entry, ...]) -> None:
        """After a commit."""
        self._lately.extend(entries[-LATELY:])

    def look(self, now_ms: int) -> None:
        """Compare what was written lately; once an hour a range as well.

        Raises:
            Damaged: `ledger.changed` with `seq`: an entry on the disk is not the one that was written. To it nothing may be added.
        """
        lately = list(self._lately)
        self._lately.clear()
        hourly = now_ms - self._range_ms >= RANGE_MS
        if not lately and not hourly:
            return
        try:
            connection = connect(self._path)
        except sqlite3.Error:
            return  # busy, or no file handle left, which the writer is told too; the hourly range may still come upon these
        try:
            for entry in lately:
                self._compare(connection, entry)
            if hourly:
                self._range_ms = now_ms
                self._somewhere(connection)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                return
            raise Damaged("ledger.corrupt", path=str(self._path)) from error
        finally:
            connection.close()

    def _compare(self, connection: sqlite3.Connection, entry: Entry) -> None:
        row = connection.execute("SELECT leaf, bytes FROM entries WHERE seq = ?", (entry.seq,)).fetchone()
        self.looked += 1
        if row is None or row[0] != entry.leaf or row[1] != entry.raw:
            raise Damaged("ledger.changed", seq=entry.seq, path=str(self._path))

    def _somewhere(self, connection: sqlite3.Connection) -> None:
        size = connection.execute("SELECT coalesce(max(seq), -1) + 1 FROM entries").fetchone()[0]
        start = self._chance.randrange(max(1, size - RANGE + 1))
        stop = min(size, start + RANGE)
        before = connection.execute("SELECT leaf FROM entries WHERE seq = ?", (start - 1,)).fetchone()
        state = Walk(self._origin, next=start, prev=before[0].hex().encode() if before else b"0" * 64)
        for item in walk(connection, state, start, stop, (), full=False):
            if isinstance(item, Fault):
                raise Damaged("ledger.changed", seq=item.seq, path=str(self._path))
        self.looked += stop - start

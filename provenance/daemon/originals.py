"""Copies of originals within a disk budget, made behind the capture. When the budget is reached, originals of undecided pictures go
first, each drop an entry. While a hold stands none goes."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from provenance import facts
from provenance.capture.stations import Specimen
from provenance.daemon.known import Known
from provenance.errors import ProvError
from provenance.ledger.blobs import Blobs

KEPT_MEDIA = ("image/", "video/", "audio/", "application/x-krita", "application/x-clip-studio", "application/zip", "text/plain")
GIB = 1024**3
MOST_WAITING = 64  # versions that wait to be copied, and
MOST_HELD = 256 * 1024 * 1024  # bytes of theirs in memory: beyond either the capture waits, so that a burst cannot fill it

# Undecided first, oldest first. Kept, filed and input pictures, and what they came from, are never offered; nor is any file of a name that
# another names as its input without saying which bytes it was.
DROPPABLE = """
SELECT v.sha256 AS sha256, max(v.size) AS size FROM versions v
WHERE v.sha256 NOT IN (SELECT sha256 FROM work_items)
  AND v.sha256 NOT IN (SELECT sha256 FROM decisions WHERE decision IN ('kept', 'chosen', 'published'))
  AND v.sha256 NOT IN (SELECT sha256 FROM declared)
  AND v.sha256 NOT IN (SELECT parent FROM links)
  AND v.sha256 NOT IN (SELECT parent FROM likenesses)
  AND v.sha256 NOT IN (SELECT sha256 FROM input_names WHERE sha256 IS NOT NULL)
  AND v.name NOT IN (SELECT base FROM input_names WHERE base IS NOT NULL)
  AND v.sha256 NOT IN (SELECT h.sha256 FROM hex_names h JOIN input_names i ON i.base = h.name)
GROUP BY v.sha256 ORDER BY min(v.seq)
"""


class Originals(threading.Thread):
    """Keeps copies of what is captured live.

    Args:
        blobs: where. known: what the views say. budget_gb: 0 keeps none. held: whether a hold stands, as the ledger tells it now.
    """

    def __init__(self, blobs: Blobs, known: Known, budget_gb: int, held: Callable[[], bool] = lambda: False) -> None:
        super().__init__(name="originals", daemon=True)
        self._blobs, self._known, self._budget, self._held_back = blobs, known, budget_gb * GIB, held
        self._used = blobs.size_on_disk() if self._budget and blobs.folder.is_dir() else 0
        self._queue: queue.Queue[tuple[Specimen, bytes | None] | None] = queue.Queue(MOST_WAITING)
        self._room, self._held = threading.Condition(), 0

    def keep(self, specimen: Specimen, data: bytes | None) -> None:
        """Copy one version soon: from the bytes that were read, or with a reflink from its place. Failing is no loss of the record."""
        size = specimen.shape.size
        if size and self._budget and size <= self._budget // 4 and specimen.container.media_type.startswith(KEPT_MEDIA):
            with self._room:
                self._room.wait_for(lambda: not self._held or self._held + len(data or b"") <= MOST_HELD)
                self._held += len(data or b"")
            self._queue.put((specimen, data))

    def close(self) -> None:
        """Copy what waits, then end."""
        self._queue.put(None)
        if self.is_alive():
            self.join()

    def run(self) -> None:
        while (item := self._queue.get()) is not None:
            specimen, data = item
            with contextlib.suppress(OSError, ProvError, MemoryError):
                if self._copied(specimen, data):
                    self._used += specimen.shape.size
            with self._room:
                self._held -= len(data or b"")
                self._room.notify_all()

    def _copied(self, specimen: Specimen, data: bytes | None) -> bool:
        """Whether a copy was made now: what was not kept must not count, or others would be dropped for it."""
        if self._blobs.has(specimen.sha256):
            return False
        if self._linked(specimen):
            return True
        if data is not None:
            self._blobs.put_original(data, specimen.sha256)
        return data is not None

    def _linked(self, specimen: Specimen) -> bool:
        """A copy from the file itself, which costs no space where the file system shares blocks; False when it is another file now."""
        try:
            return self._blobs.put_file(Path(specimen.path), specimen.sha256)
        except (OSError, ProvError):
            return False

    def kept_over(self) -> bool:
        """Whether more than the budget is kept because of a hold."""
        return self.over() and self._held_back()

    def over(self) -> bool:
        """Whether the budget is used up."""
        return bool(self._budget) and self._used > self._budget

    def drop(self) -> Iterator[facts.OriginalDropped]:
        """Choose originals to let go until nine tenths of the budget are used; each is removed after its entry is durable."""
        if self._held_back():
            return
        for row in self._known.ask(DROPPABLE):
            if self._used <= self._budget * 9 // 10:
                return
            if self._blobs.has_original(row["sha256"]):
                self._used -= row["size"]
                yield facts.OriginalDropped(sha256=row["sha256"], size=row["size"], why="budget")

    def remove(self, entries: tuple[Any, ...]) -> None:
        """The entries that say so are durable: now the bytes may go. A crash before this leaves a copy too many, never one too few; so does
        a hold that was started while they were written."""
        if self._held_back():
            return
        for entry in entries:
            with contextlib.suppress(OSError, ProvError):
                self._blobs.remove(entry.open["sha256"])

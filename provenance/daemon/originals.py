"""Copies of originals within a disk budget. When it is reached, originals of undecided pictures go first, each drop an entry."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from provenance import facts
from provenance.capture.stations import Specimen
from provenance.daemon.known import Known
from provenance.errors import ProvError
from provenance.ledger.blobs import Blobs

KEPT_MEDIA = ("image/", "video/", "audio/", "application/x-krita", "application/zip", "text/plain")
GIB = 1024**3

# Undecided first, oldest first. Kept, filed and input pictures, and what they came from, are never offered.
DROPPABLE = """
SELECT v.sha256 AS sha256, max(v.size) AS size FROM versions v
WHERE v.sha256 NOT IN (SELECT sha256 FROM work_items)
  AND v.sha256 NOT IN (SELECT sha256 FROM decisions WHERE decision = 'kept')
  AND v.sha256 NOT IN (SELECT parent FROM links)
GROUP BY v.sha256 ORDER BY min(v.seq)
"""


class Originals:
    """Keeps copies of what is captured live.

    Args:
        blobs: where. known: what the views say. budget_gb: 0 keeps none.
    """

    def __init__(self, blobs: Blobs, known: Known, budget_gb: int) -> None:
        self._blobs, self._known, self._budget = blobs, known, budget_gb * GIB
        self._used = blobs.size_on_disk() if self._budget else 0

    def keep(self, specimen: Specimen, data: bytes | None) -> None:
        """Copy one version: a reflink where the file system can, else from the bytes already read. Failing is no loss of the record."""
        size = specimen.shape.size
        if not size or not self._budget or size > self._budget // 4 or not specimen.container.media_type.startswith(KEPT_MEDIA):
            return
        with contextlib.suppress(OSError, ProvError):
            if not self._blobs.has(specimen.sha256):
                self._blobs.put_file(specimen.path, specimen.sha256, data)
                self._used += size

    def over(self) -> bool:
        """Whether the budget is used up."""
        return bool(self._budget) and self._used > self._budget

    def drop(self) -> Iterator[facts.OriginalDropped]:
        """Choose originals to let go until nine tenths of the budget are used; each is removed after its entry is durable."""
        for row in self._known.ask(DROPPABLE):
            if self._used <= self._budget * 9 // 10:
                return
            if self._blobs.has(row["sha256"]):
                self._used -= row["size"]
                yield facts.OriginalDropped(sha256=row["sha256"], size=row["size"], why="budget")

    def remove(self, entries: tuple[Any, ...]) -> None:
        """The entries that say so are durable: now the bytes may go. A crash before this leaves a copy too many, never one too few."""
        for entry in entries:
            with contextlib.suppress(OSError, ProvError):
                self._blobs.remove(entry.open["sha256"])

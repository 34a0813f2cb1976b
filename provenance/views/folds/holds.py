"""Litigation holds: since when originals are held, and until when."""

from __future__ import annotations

from collections.abc import Iterator

from provenance import facts
from provenance.views.fold import Put, RecordLike, Table, plain

NAME = "holds"
VERSION = 1
TABLES = (Table("holds", {"seq": "int", "at": "text", "why": "text", "hold": "int", "ended": "text"}, ("seq",), ("hold",)),)
"""One row for each entry: `hold` is that of the start, itself for a start; `ended` is empty for a start."""


def rows(record: RecordLike) -> Iterator[Put]:
    """A row for each start and each end."""
    entry = record.entry
    if entry.kind == facts.HoldStarted.KIND:
        hold, ended = entry.seq, ""
    elif entry.kind == facts.HoldEnded.KIND:
        hold, ended = entry.open["hold"], entry.at
    else:
        return
    yield Put("holds", {"seq": entry.seq, "at": entry.at, "why": plain(record.values.get("why")), "hold": hold, "ended": ended})

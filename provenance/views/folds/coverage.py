"""When the recorder watched and when it did not."""

from __future__ import annotations

from collections.abc import Iterator

from provenance import facts
from provenance.views.fold import Put, RecordLike, Table, plain

NAME = "coverage"
VERSION = 1
KINDS = (
    facts.RecorderStarted.KIND,
    facts.RecorderStopped.KIND,
    facts.GapNoticed.KIND,
    facts.ClockJumped.KIND,
    facts.WatchAdded.KIND,
    facts.WatchRemoved.KIND,
)
TABLES = (
    Table(
        "coverage",
        {"seq": "int", "at": "text", "kind": "text", "reason": "text", "since": "text", "until": "text", "path": "text"},
        ("seq",),
        ("kind",),
    ),
    Table("snapshots", {"seq": "int", "at": "text", "size": "int", "root": "text", "why": "text"}, ("seq",), ("size",)),
)


def rows(record: RecordLike) -> Iterator[Put]:
    """One row for each entry about the recorder itself, and one for each signed snapshot."""
    entry = record.entry
    o = entry.open
    if entry.kind in KINDS:
        yield Put(
            "coverage",
            {
                "seq": entry.seq,
                "at": entry.at,
                "kind": entry.kind,
                "reason": o.get("reason"),
                "since": o.get("since"),
                "until": o.get("until"),
                "path": plain(record.values.get("path")),
            },
        )
    elif entry.kind == facts.SnapshotSigned.KIND:
        yield Put("snapshots", {"seq": entry.seq, "at": entry.at, "size": o["size"], "root": o["root"], "why": o["why"]})

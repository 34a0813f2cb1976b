"""Which pictures agree in their pixels, as far as that was looked for, and which could not be looked at."""

from __future__ import annotations

from collections.abc import Iterator

from provenance import facts
from provenance.views.fold import Put, RecordLike, Table

NAME = "likeness"
VERSION = 1
TABLES = (
    Table(
        "likenesses",
        {"child": "text", "parent": "text", "how": "text", "seq": "int", "at": "text", "method": "text", "inliers": "int",
         "agreeing": "int", "compared": "int", "share": "text", "transform": "text", "rate": "text"},
        ("child", "parent", "how"),
        ("parent", "seq"),
    ),
    Table("undescribed", {"sha256": "text", "seq": "int", "why": "text"}, ("sha256",)),
)  # fmt: skip


def rows(record: RecordLike) -> Iterator[Put]:
    """One row for each pair found, a later finding in the place of an earlier one; one for each picture that could not be described."""
    entry = record.entry
    o = entry.open
    if entry.kind == facts.LikenessFound.KIND:
        same = ("child", "parent", "how", "method", "inliers", "agreeing", "compared", "share", "transform", "rate")
        yield Put("likenesses", {"seq": entry.seq, "at": entry.at, **{name: o.get(name) for name in same}})
    elif entry.kind == facts.FileUndescribed.KIND:
        yield Put("undescribed", {"sha256": o["of"], "seq": entry.seq, "why": o["why"]})

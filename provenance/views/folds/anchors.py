"""What third parties said of the time, and whom the person chose to ask."""

from __future__ import annotations

from collections.abc import Iterator

from provenance import facts
from provenance.views.fold import Put, RecordLike, Table

NAME = "anchors"
VERSION = 2
TABLES = (
    Table(
        "anchors",
        {"seq": "int", "at": "text", "authority": "text", "form": "text", "size": "int", "covers": "text", "token": "text", "time": "text",
         "trusted": "int", "root": "text", "serial": "text"},
        ("seq",),
        ("covers",),
    ),
    Table(
        "promises",
        {"seq": "int", "at": "text", "authority": "text", "form": "text", "size": "int", "covers": "text", "token": "text",
         "kept": "int", "block": "int", "merkle_root": "text"},
        ("seq",),
        ("authority",),
    ),
    Table("choices", {"seq": "int", "at": "text", "authorities": "text"}, ("seq",)),
)  # fmt: skip


def rows(record: RecordLike) -> Iterator[Put]:
    """One row for each time attested, for each promise of a calendar and each that was kept (`kept`: the promise's entry), and for each
    choice of authorities (their names, a newline between)."""
    entry = record.entry
    o = entry.open
    if entry.kind == facts.TimeAttested.KIND:
        same = ("authority", "form", "size", "covers", "token", "time", "root", "serial")
        yield Put("anchors", {"seq": entry.seq, "at": entry.at, "trusted": int(o["trusted"]), **{name: o.get(name) for name in same}})
    elif entry.kind in (facts.TimePromised.KIND, facts.TimeCommitted.KIND):
        names = ("authority", "form", "size", "covers", "token", "block", "merkle_root")
        yield Put("promises", {"seq": entry.seq, "at": entry.at, "kept": o.get("promise"), **{name: o.get(name) for name in names}})
    elif entry.kind == facts.TimeChosen.KIND:
        yield Put("choices", {"seq": entry.seq, "at": entry.at, "authorities": "\n".join(o["authorities"])})

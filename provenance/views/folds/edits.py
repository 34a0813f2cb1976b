"""Which pictures were laid over each other: what was repainted between them, and where a person's input is found again."""

from __future__ import annotations

from collections.abc import Iterator

from provenance import facts
from provenance.views.fold import Put, RecordLike, Table

NAME = "edits"
VERSION = 2
_SAME = ("child", "parent", "method", "outcome", "why", "material", "width", "height", "placed", "tone", "saved", "repainted", "added",
         "unchanged", "regions", "map", "mask", "inside", "outside")  # fmt: skip
_NUMBERS = frozenset({"width", "height", "repainted", "added", "unchanged", "regions", "inside", "outside"})
_LAID = ("own", "output", "method", "outcome", "why", "material", "laid", "outline", "again", "by_chance", "displaced", "cells",
         "recurring", "overlay", "rate")  # fmt: skip
_COUNTS = frozenset({"outline", "again", "by_chance", "displaced", "cells", "recurring"})
TABLES = (
    Table(
        "edit_maps",
        {"seq": "int", "at": "text", "flipped": "int", "crop": "text", **{name: "int" if name in _NUMBERS else "text" for name in _SAME}},
        ("child", "parent"),
        ("parent", "seq"),
    ),
    Table(
        "input_overlays",
        {"seq": "int", "at": "text", **{name: "int" if name in _COUNTS else "text" for name in _LAID}},
        ("output", "own"),
        ("own", "seq"),
    ),
)


def rows(record: RecordLike) -> Iterator[Put]:
    """One row for each pair, a later comparison in the place of an earlier one."""
    entry = record.entry
    if entry.kind == facts.EditMapped.KIND:
        o = entry.open
        crop = ",".join(map(str, o["crop"])) if isinstance(o.get("crop"), list | tuple) else None
        told = {"seq": entry.seq, "at": entry.at, "flipped": int(bool(o.get("flipped"))), "crop": crop}
        yield Put("edit_maps", {**told, **{name: o.get(name) for name in _SAME}})
    elif entry.kind == facts.InputCompared.KIND:
        yield Put("input_overlays", {"seq": entry.seq, "at": entry.at, **{name: entry.open.get(name) for name in _LAID}})

"""What files say of their making, so that pictures are found by their words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from provenance import facts
from provenance.views.fold import Put, RecordLike, Table, plain

NAME = "readings"
VERSION = 1
TABLES = (
    Table(
        "readings",
        {"seq": "int", "sha256": "text", "generator": "text", "prompt": "text", "negative": "text", "seeds": "text"},
        ("seq",),
        ("sha256",),
    ),
    Table("uses", {"seq": "int", "kind": "text", "n": "int", "name": "text"}, ("seq", "kind", "n"), ("name",)),
)


def rows(record: RecordLike) -> Iterator[Put]:
    """One reading row for a file entry that names a generator, and one row for each model and LoRA it names."""
    entry, values = record.entry, record.values
    if entry.kind not in facts.FILE_KINDS or not values.get("generator"):
        return
    yield Put(
        "readings",
        {
            "seq": entry.seq,
            "sha256": entry.open["sha256"],
            "generator": plain(values["generator"]),
            "prompt": _joined(values.get("prompts")),
            "negative": _joined(values.get("negative_prompts")),
            "seeds": _joined(values.get("seeds")),
        },
    )
    for kind, field in (("model", "models"), ("lora", "loras")):
        for n, item in enumerate(values.get(field) or ()):
            yield Put("uses", {"seq": entry.seq, "kind": kind, "n": n, "name": plain(item.get("name"))})


def _joined(items: Sequence[Any] | None) -> str:
    return "\n".join(plain(item) for item in items or ())

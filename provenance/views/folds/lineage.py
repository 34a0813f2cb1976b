"""Which picture came from which, as far as it was observed, claimed by a file or stated. Never a guess."""

from __future__ import annotations

from collections.abc import Iterator

from provenance import facts
from provenance.views.fold import Put, RecordLike, Table, plain

NAME = "lineage"
VERSION = 1
TABLES = (
    Table(
        "links",
        {"child": "text", "parent": "text", "how": "text", "class": "text", "seq": "int", "name": "text"},
        ("child", "parent", "how"),
        ("parent",),
    ),
    Table(
        "input_names",
        {"seq": "int", "n": "int", "child": "text", "name": "text", "role": "text", "sha256": "text"},
        ("seq", "n"),
        ("child",),
    ),
)


def rows(record: RecordLike) -> Iterator[Put]:
    """Edges that one entry alone shows: bytes replaced in place, inputs a file names by hash, links a person stated."""
    entry, values = record.entry, record.values
    o = entry.open
    if entry.kind in facts.FILE_KINDS:
        if o.get("was"):
            yield _link(o["sha256"], o["was"], "replaced in place", str(o["class"]), entry.seq, "")
        for n, item in enumerate(values.get("inputs") or ()):
            name, claimed = plain(item.get("name")), item.get("sha256")
            yield Put(
                "input_names", {"seq": entry.seq, "n": n, "child": o["sha256"], "name": name, "role": item.get("role"), "sha256": claimed}
            )
            if claimed:
                yield _link(o["sha256"], claimed, "named as input", facts.FILE_CLAIMED, entry.seq, name)
    elif entry.kind == facts.LinkStated.KIND:
        yield _link(o["child"], o["parent"], o["how"], facts.STATED, entry.seq, "")


def _link(child: str, parent: str, how: str, by: str, seq: int, name: str) -> Put:
    return Put("links", {"child": child, "parent": parent, "how": how, "class": by, "seq": seq, "name": name})

"""A person's statements about works, the keys that are named as the person's, and the entries that such a key signed."""

from __future__ import annotations

from collections.abc import Iterator

from provenance import facts
from provenance.views.fold import Put, RecordLike, Table, plain

NAME = "statements"
VERSION = 1
TABLES = (
    Table(
        "statements",
        {"seq": "int", "at": "text", "work": "text", "lang": "text", "way": "text", "replaces": "int", "kept": "text",
         "media_type": "text", "text": "text"},
        ("seq",),
        ("work",),
    ),
    Table("signatures", {"seq": "int", "at": "text", "of": "int", "leaf": "text", "public_key": "text"}, ("seq",), ("of",)),
    Table("author_keys", {"seq": "int", "at": "text", "public_key": "text"}, ("seq",), ("public_key",)),
)


def rows(record: RecordLike) -> Iterator[Put]:
    """A row for each entry of these kinds. A later statement deletes no earlier one, whatever it says that it replaces."""
    entry, values, o = record.entry, record.values, record.entry.open
    start = {"seq": entry.seq, "at": entry.at}
    if entry.kind == facts.StatementMade.KIND:
        said = {name: o.get(name) for name in ("work", "lang", "way", "replaces", "kept", "media_type")}
        yield Put("statements", start | said | {"text": plain(values.get("text"))})
    elif entry.kind == facts.StatementSigned.KIND:
        yield Put("signatures", start | {name: o.get(name) for name in ("of", "leaf", "public_key")})
    elif entry.kind == facts.AuthorNamed.KIND:
        yield Put("author_keys", start | {"public_key": o.get("public_key")})

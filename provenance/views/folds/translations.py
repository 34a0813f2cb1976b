"""Translations that a person supplied, by the file entries that give the text."""

from __future__ import annotations

from collections.abc import Iterator

from provenance import facts
from provenance.views.fold import Put, RecordLike, Table, plain

NAME = "translations"
VERSION = 1
TABLES = (
    Table(
        "translations",
        {"seq": "int", "at": "text", "given_by": "int", "lang": "text", "field": "text", "original": "text", "translation": "text",
         "translator": "text"},
        ("seq", "given_by"),
        ("given_by", "original"),
    ),
)  # fmt: skip


def rows(record: RecordLike) -> Iterator[Put]:
    """A row for each entry that gives the text."""
    entry, o = record.entry, record.entry.open
    if entry.kind == facts.TranslationStated.KIND:
        said = {name: plain(record.values.get(name)) for name in ("original", "translation", "translator")}
        for seq in o["entries"]:
            yield Put("translations", {"seq": entry.seq, "at": entry.at, "given_by": seq, "lang": o["lang"], "field": o["field"], **said})

"""What a person said of a work before and beside its pictures: ideas, own inputs, who takes part and who was at the machine."""

from __future__ import annotations

from collections.abc import Iterator

from provenance import facts
from provenance.views.fold import Put, RecordLike, Table, plain

NAME = "people"
VERSION = 1
TABLES = (
    Table(
        "ideas",
        {"seq": "int", "at": "text", "work": "text", "text": "text", "file": "text", "kept": "text", "earlier": "int"},
        ("seq",),
        ("work",),
    ),
    Table(
        "declared",
        {"seq": "int", "at": "text", "sha256": "text", "rights": "text", "note": "text", "licence": "text", "file": "text", "kept": "text",
         "used_before": "int", "work": "text"},
        ("seq",),
        ("sha256", "work"),
    ),
    Table(
        "persons",
        {"seq": "int", "at": "text", "person": "text", "name": "text", "part": "text", "relation": "text", "for_whom": "text",
         "work": "text"},
        ("seq",),
        ("person",),
    ),
    Table("acting", {"seq": "int", "at": "text", "person": "text"}, ("seq",)),
)


def rows(record: RecordLike) -> Iterator[Put]:
    """A row for each entry of these kinds. Who was acting when another entry was made follows from the order, and is asked for."""
    entry, values, o = record.entry, record.values, record.entry.open
    start = {"seq": entry.seq, "at": entry.at}
    if entry.kind == facts.IdeaStated.KIND:
        said = {name: plain(values.get(name)) for name in ("text", "file")}
        yield Put("ideas", start | said | {name: o.get(name) for name in ("work", "kept", "earlier")})
    elif entry.kind == facts.InputDeclared.KIND:
        said = {name: plain(values.get(name)) for name in ("note", "licence", "file")}
        yield Put("declared", start | said | {name: o.get(name) for name in ("sha256", "rights", "kept", "used_before", "work")})
    elif entry.kind == facts.PersonNamed.KIND:
        said = {name: plain(values.get(name)) for name in ("name", "part", "for_whom")}
        yield Put("persons", start | said | {name: o.get(name) for name in ("person", "relation", "work")})
    elif entry.kind == facts.PersonActing.KIND:
        yield Put("acting", start | {"person": o.get("person")})

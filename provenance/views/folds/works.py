"""What the person said: works and what is filed in them, decisions, notes."""

from __future__ import annotations

from collections.abc import Iterator

from provenance import facts
from provenance.views.fold import Put, RecordLike, Table, plain

NAME = "works"
VERSION = 2
TABLES = (
    Table("works", {"work": "text", "name": "text", "seq": "int", "at": "text"}, ("work",), ("name",)),
    Table("work_items", {"work": "text", "sha256": "text", "seq": "int", "at": "text"}, ("work", "sha256"), ("sha256",)),
    Table("decisions", {"seq": "int", "sha256": "text", "at": "text", "decision": "text", "why": "text"}, ("seq", "sha256"), ("sha256",)),
    Table(
        "notes",
        {"seq": "int", "n": "int", "at": "text", "sha256": "text", "work": "text", "text": "text"},
        ("seq", "n"),
        ("sha256", "work"),
    ),
    Table(
        "conversations",
        {"seq": "int", "n": "int", "at": "text", "kind": "text", "sha256": "text", "work": "text", "title": "text", "turns": "int"},
        ("seq", "n"),
        ("sha256", "work"),
    ),
)


def rows(record: RecordLike) -> Iterator[Put]:
    """Rows of the person's statements. A decision said later does not delete an earlier one: both stand."""
    entry, values = record.entry, record.values
    o = entry.open
    if entry.kind == facts.WorkNamed.KIND:
        yield Put("works", {"work": o["work"], "name": plain(values.get("name")), "seq": entry.seq, "at": entry.at})
    elif entry.kind == facts.WorkFiled.KIND:
        for sha256 in o["pictures"]:
            yield Put("work_items", {"work": o["work"], "sha256": sha256, "seq": entry.seq, "at": entry.at})
    elif entry.kind == facts.DecisionMade.KIND:
        for sha256 in o["pictures"]:
            yield Put(
                "decisions",
                {"seq": entry.seq, "sha256": sha256, "at": entry.at, "decision": o["decision"], "why": plain(values.get("why"))},
            )
    elif entry.kind == facts.NoteAdded.KIND:
        for n, sha256 in enumerate(o.get("about") or (None,)):
            yield Put(
                "notes",
                {"seq": entry.seq, "n": n, "at": entry.at, "sha256": sha256, "work": o.get("work"), "text": plain(values.get("text"))},
            )
    elif entry.kind in facts.CONVERSATION_KINDS:
        for n, sha256 in enumerate(o.get("about") or (None,)):
            row = {"seq": entry.seq, "n": n, "at": entry.at, "kind": entry.kind, "sha256": sha256, "work": o.get("work")}
            yield Put("conversations", row | {"title": plain(values.get("title")), "turns": o["count"]})

"""What the person said: works and what is filed in them, decisions, notes."""

from __future__ import annotations

from collections.abc import Iterator

from provenance import facts
from provenance.views.fold import Put, RecordLike, Table, plain

NAME = "works"
VERSION = 3
TABLES = (
    Table("works", {"work": "text", "name": "text", "seq": "int", "at": "text"}, ("work",), ("name",)),
    Table("work_items", {"work": "text", "sha256": "text", "seq": "int", "at": "text"}, ("work", "sha256"), ("sha256",)),
    Table(
        "decisions",  # decision: as stated, or what a rule takes it to mean, if any does; observed: what was seen, NULL for a statement
        {"seq": "int", "sha256": "text", "at": "text", "class": "text", "decision": "text", "why": "text", "observed": "text",
         "value": "text", "place": "text", "rule": "text", "tool": "text"},
        ("seq", "sha256"),
        ("sha256",),
    ),
    Table("withdrawals", {"seq": "int", "by": "int"}, ("seq",)),
    Table(
        "notes",
        {"seq": "int", "n": "int", "at": "text", "sha256": "text", "work": "text", "text": "text", "way": "text", "kept": "text"},
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
    elif entry.kind in facts.DECISION_KINDS:
        yield from _decided(record)
    elif entry.kind == facts.NoteAdded.KIND:
        for n, sha256 in enumerate(o.get("about") or (None,)):
            row = {"seq": entry.seq, "n": n, "at": entry.at, "sha256": sha256, "work": o.get("work"), "way": o.get("way")}
            yield Put("notes", row | {"text": plain(values.get("text")), "kept": o.get("kept")})
    elif entry.kind in facts.CONVERSATION_KINDS:
        for n, sha256 in enumerate(o.get("about") or (None,)):
            row = {"seq": entry.seq, "n": n, "at": entry.at, "kind": entry.kind, "sha256": sha256, "work": o.get("work")}
            yield Put("conversations", row | {"title": plain(values.get("title")), "turns": o["count"]})


def _decided(record: RecordLike) -> Iterator[Put]:
    """A decision that was stated, or that something seen may show: what was seen and what it is taken to mean stay apart."""
    entry, values = record.entry, record.values
    o = entry.open
    stated = entry.kind == facts.DecisionMade.KIND
    row = {
        "seq": entry.seq, "at": entry.at, "class": o["class"], "decision": o["decision"] if stated else o.get("meaning"),
        "why": plain(values.get("why")), "observed": o.get("observed"), "value": o.get("value"),
        "place": plain(values.get("where" if stated else "place")), "rule": o.get("rule"), "tool": o.get("tool"),
    }  # fmt: skip
    for sha256 in o["pictures"]:
        yield Put("decisions", row | {"sha256": sha256})
    if o.get("withdraws") is not None:
        yield Put("withdrawals", {"seq": o["withdraws"], "by": entry.seq})

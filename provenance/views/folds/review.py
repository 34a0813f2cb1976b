"""Checks before publishing, a person's answers to them, and what small files beside models say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from provenance import facts
from provenance.views.fold import Put, RecordLike, Table, plain

NAME = "review"
VERSION = 1
TABLES = (
    Table(
        "checks",
        {"seq": "int", "at": "text", "work": "text", "pictures_sha256": "text", "picture_count": "int", "policy": "text"},
        ("seq",),
        ("work", "pictures_sha256"),
    ),
    Table(
        "answers",
        {"seq": "int", "n": "int", "at": "text", "of": "int", "work": "text", "finding": "text", "code": "text", "answer": "text"},
        ("seq", "n"),
        ("of", "finding"),
    ),
    Table("overrides", {"seq": "int", "at": "text", "work": "text", "action": "text"}, ("seq",), ("work",)),
    Table(
        "noted",
        {"seq": "int", "at": "text", "model": "text", "sha256": "text", "path": "text", "agrees": "int", "permissions": "text"},
        ("seq",),
        ("model", "path"),
    ),
)


def rows(record: RecordLike) -> Iterator[Put]:
    """A row for each entry of these kinds; an answer is one row for each finding that it is to."""
    entry, values, o = record.entry, record.values, record.entry.open
    start = {"seq": entry.seq, "at": entry.at}
    if entry.kind == facts.WorkChecked.KIND:
        yield Put("checks", start | {name: o.get(name) for name in ("work", "pictures_sha256", "picture_count", "policy")})
    elif entry.kind == facts.CheckAnswered.KIND:
        told = start | {name: o.get(name) for name in ("of", "work", "code", "answer")}
        for n, ident in enumerate(values.get("findings") or ()):
            yield Put("answers", told | {"n": n, "finding": plain(ident)})
    elif entry.kind == facts.PolicyOverridden.KIND:
        yield Put("overrides", start | {"work": o.get("work"), "action": o.get("action")})
    elif entry.kind == facts.ModelNoted.KIND:
        agrees, flags = o.get("agrees"), values.get("permissions")
        told = {"model": o["model"], "sha256": o["sha256"], "path": plain(values.get("path"))}
        told |= {"agrees": None if agrees is None else int(agrees)}
        kept = {plain(name): plain(value) for name, value in flags.items()} if isinstance(flags, Mapping) else {}
        yield Put("noted", start | told | {"permissions": json.dumps(kept, sort_keys=True)})

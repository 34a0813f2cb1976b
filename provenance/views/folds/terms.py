"""Terms that a person recorded, what they state of their plan, and the licences that model files name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provenance import facts
from provenance.views.fold import Put, RecordLike, Table, plain

NAME = "terms"
VERSION = 1
TABLES = (
    Table(
        "terms",
        {"seq": "int", "at": "text", "kind": "text", "platform": "text", "sha256": "text", "size": "int", "media_type": "text",
         "title": "text", "plan": "text", "accepted": "text", "file": "text"},
        ("seq",),
    ),
    Table("licences", {"seq": "int", "at": "text", "sha256": "text", "licence": "text"}, ("seq",), ("sha256",)),
)
LICENCE = "modelspec.license"  # Stability AI's ModelSpec: free text in the header of a safetensors file


def rows(record: RecordLike) -> Iterator[Put]:
    """A row for each entry of these kinds."""
    entry, values, o = record.entry, record.values, record.entry.open
    if entry.kind in (facts.TermsRecorded.KIND, facts.TermsAccepted.KIND):
        told = {name: plain(values.get(name)) for name in ("platform", "plan", "accepted", "file")}
        yield Put(
            "terms",
            {"seq": entry.seq, "at": entry.at, "kind": entry.kind, "sha256": o.get("sha256"), "size": o.get("size"),
             "media_type": o.get("media_type"), "title": plain(values.get("page_title")), **told},
        )  # fmt: skip
    elif entry.kind == facts.ModelSeen.KIND and (named := licence(values.get("header"))):
        yield Put("licences", {"seq": entry.seq, "at": entry.at, "sha256": o["sha256"], "licence": named})


def licence(header: Any) -> str:
    """The licence that a model file's header names, "" where it names none."""
    return plain(header.get(LICENCE)).strip()[:400] if isinstance(header, Mapping) else ""

"""A person's statements about a work, and what the person's own key signed: asked of the views."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from provenance.views.store import Views

Row = dict[str, Any]


def of_work(views: Views, work: str) -> list[Row]:
    """The statements about a work, in order. replaced_by: the first later one that says it is to stand for this one, None where none does.
    signed: the entries that are a signature over it."""
    rows = views.ask("SELECT * FROM statements WHERE work = :work ORDER BY seq", work=work)
    later = {row["replaces"]: row["seq"] for row in reversed(rows) if row["replaces"] is not None}
    signed: dict[int, list[int]] = {}
    for row in signatures(views, [row["seq"] for row in rows]):
        signed.setdefault(row["of"], []).append(row["seq"])
    return [row | {"replaced_by": later.get(row["seq"]), "signed": signed.get(row["seq"], [])} for row in rows]


def signatures(views: Views, seqs: Iterable[int]) -> list[Row]:
    """The signatures over these entries, in order of the signatures."""
    return views.ask("SELECT * FROM signatures WHERE of IN (SELECT value FROM json_each(:seqs)) ORDER BY seq", seqs=json.dumps(list(seqs)))


def entries(views: Views, seqs: Iterable[int]) -> set[int]:
    """The entries that must be shown with these: signatures over them, and what names the keys of those signatures."""
    rows = signatures(views, seqs)
    named = views.ask("SELECT seq, public_key FROM author_keys") if rows else []
    keys = {row["public_key"] for row in rows}
    return {row["seq"] for row in rows} | {row["seq"] for row in named if row["public_key"] in keys}

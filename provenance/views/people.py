"""Who takes part, who was at the machine, and what they brought: asked of the views."""

from __future__ import annotations

from typing import Any

from provenance.errors import BadInput
from provenance.views.store import Views

Row = dict[str, Any]


def persons(views: Views) -> list[Row]:
    """Everybody named, each as last stated, in the order in which they were first named. acting: whether they are at the machine now."""
    now = acting(views)
    last = views.ask(
        "SELECT p.* FROM persons p WHERE p.seq = (SELECT max(seq) FROM persons q WHERE q.person = p.person) "
        "ORDER BY (SELECT min(seq) FROM persons r WHERE r.person = p.person)"
    )
    return [row | {"acting": now is not None and now["person"] == row["person"]} for row in last]


def person(views: Views, ref: str) -> Row | None:
    """Somebody by name or by the beginning of an id; None where nobody is called so. Raises BadInput `who.ambiguous`."""
    every = persons(views)
    found = [row for row in every if row["name"] == ref]
    found = found or [row for row in every if len(ref) >= 4 and row["person"].startswith(ref)]
    if len(found) > 1:
        raise BadInput("who.ambiguous", name=ref, count=len(found))
    return found[0] if found else None


def acting(views: Views, seq: int | None = None) -> Row | None:
    """Who was said to be at the machine when entry `seq` was written (None: now): person, name and the entry that says so."""
    rows = views.ask("SELECT * FROM acting WHERE :seq IS NULL OR seq <= :seq ORDER BY seq DESC LIMIT 1", seq=seq)
    if not rows or rows[0]["person"] is None:
        return None
    named = views.ask("SELECT name FROM persons WHERE person = :p ORDER BY seq DESC LIMIT 1", p=rows[0]["person"])
    return rows[0] | {"name": named[0]["name"] if named else ""}


def entries(views: Views, first: int, last: int, work: str | None) -> set[int]:
    """The entries that tell who was there from entry `first` to `last`, who takes part in a work, and who takes part in all."""
    rows = views.ask(
        "SELECT seq, person FROM acting WHERE seq >= coalesce((SELECT max(seq) FROM acting WHERE seq <= :first), :first) AND seq <= :last",
        first=first, last=last,
    )  # fmt: skip
    found = {row["seq"] for row in rows}
    present = {row["person"] for row in rows}
    for row in views.ask("SELECT seq, person, work FROM persons"):
        if row["person"] in present or row["work"] is None or row["work"] == work:
            found.add(row["seq"])
    return found


def earliest(views: Views, work: str) -> int | None:
    """The first entry of a file filed in a work; None where nothing is filed in it."""
    (row,) = views.ask(
        "SELECT min(v.seq) AS seq FROM work_items i JOIN versions v ON v.sha256 = i.sha256 WHERE i.work = :work", work=work
    )
    return None if row["seq"] is None else int(row["seq"])


def ideas(views: Views, work: str) -> list[Row]:
    """The ideas stated of a work, in order. before: whether no picture of it, as it is filed now, was recorded earlier."""
    first = earliest(views, work)
    rows = views.ask("SELECT * FROM ideas WHERE work = :work ORDER BY seq", work=work)
    return [row | {"before": first is None or row["seq"] < first} for row in rows]


def reasons(views: Views, work: str) -> int:
    """How many reasons a person stated of a work: ideas, notes, and decisions with a why."""
    (row,) = views.ask(
        "SELECT (SELECT count(*) FROM ideas WHERE work = :w) + (SELECT count(DISTINCT seq) FROM notes WHERE work = :w OR sha256 IN "
        "(SELECT sha256 FROM work_items WHERE work = :w)) + (SELECT count(DISTINCT seq) FROM decisions WHERE why != '' AND sha256 IN "
        "(SELECT sha256 FROM work_items WHERE work = :w)) AS n",
        w=work,
    )
    return int(row["n"])

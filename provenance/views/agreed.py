"""Which recorded terms and which licences bear on pictures: asked of the views."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from provenance import facts
from provenance.terms.applies import Applied, Saved, about, of_generator, of_licence
from provenance.views.store import Views

Row = dict[str, Any]


def joined(rows: Iterable[Mapping[str, Any]]) -> list[Saved]:
    """The person's records, a text together with what was stated of it in the next entry. rows: of the table `terms`, in order."""
    found: list[Saved] = []
    for row in rows:
        text, plan, accepted = (row[name] or "" for name in ("sha256", "plan", "accepted"))
        before = found[-1] if found else None
        whole = before is not None and before.sha256 == text and before.platform == row["platform"] and before.stated is None
        if row["kind"] == facts.TermsAccepted.KIND and text and before is not None and whole:
            found[-1] = replace(before, plan=plan, accepted=accepted, stated=row["seq"])
        else:
            stated = row["seq"] if row["kind"] == facts.TermsAccepted.KIND else None
            found.append(
                Saved(row["seq"], row["at"], row["platform"], plan, accepted, text, title=row["title"] or "", stated=stated)
            )
    return found


def saved(views: Views) -> list[Saved]:
    """Everything that the person recorded of terms, in order."""
    return joined(views.ask("SELECT * FROM terms ORDER BY seq"))


def day_of(version: Mapping[str, Any]) -> tuple[str, str]:
    """(day, what it rests on) of a file entry: the day of its recording where it was seen live, else what the file system said."""
    if version["kind"] == facts.FileImported.KIND:
        return str(version["mtime"] or "")[:10], "file"
    return str(version["at"])[:10], "recorded"


def of_picture(views: Views, sha256: str) -> list[Row]:
    """What bears on one picture, each `{applied, model, on, basis, seqs}`: the service that its file names, and its models' licences.

    model: name of the model file, "" for a service. on, basis: as `day_of` says. seqs: the entries it rests on. A model whose file names no
    licence, or was not found, has applied None.
    """
    first = views.ask("SELECT seq, at, kind, mtime FROM versions WHERE sha256 = :s ORDER BY seq LIMIT 1", s=sha256)
    if not first:
        return []
    on, basis = day_of(first[0])
    mine, found = saved(views), list[Row]()
    start = {"on": on, "basis": basis}
    for row in views.ask("SELECT min(seq) AS seq, generator FROM readings WHERE sha256 = :s GROUP BY generator ORDER BY 1", s=sha256):
        applied = of_generator(row["generator"], on, mine)
        found.append({**start, "applied": applied, "model": "", "seqs": _seqs(applied, row["seq"])})
    last = views.ask("SELECT max(of) AS n FROM bindings WHERE picture = :s", s=sha256)[0]["n"]
    for row in views.ask("SELECT * FROM bindings WHERE picture = :s AND of = :n ORDER BY n", s=sha256, n=last):
        named = views.ask("SELECT seq, licence FROM licences WHERE sha256 = :m ORDER BY seq LIMIT 1", m=row["sha256"])
        licensed = of_licence(named[0]["licence"], on, mine) if named else None
        seqs = _seqs(licensed, row["seq"], *(one["seq"] for one in named))
        found.append({**start, "applied": licensed, "model": row["name"], "seqs": seqs})
    return found


def _seqs(applied: Applied | None, *seqs: int) -> list[int]:
    more = [] if applied is None or applied.saved is None else [applied.saved.seq, applied.saved.stated]
    return sorted({seq for seq in (*seqs, *more) if seq is not None})


def entries(views: Views, hashes: Iterable[str]) -> set[int]:
    """The entries that record terms of the services and licences that these pictures name; what is about other services stays at home."""
    mine = saved(views)
    if not mine:
        return set()
    names: set[str] = set()
    for sha256 in hashes:
        names |= {row["generator"] for row in views.ask("SELECT DISTINCT generator FROM readings WHERE sha256 = :s", s=sha256)}
        sql = "SELECT DISTINCT l.licence FROM licences l JOIN bindings b ON b.sha256 = l.sha256 WHERE b.picture = :s"
        names |= {row["licence"] for row in views.ask(sql, s=sha256)}
    bearing = [one for one in mine if any(about(one, name) for name in names)]
    return {seq for one in bearing for seq in (one.seq, one.stated) if seq is not None}

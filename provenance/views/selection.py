"""Which pictures and which entries belong in a bundle. Facts only: filed, linked, rejected in the same sitting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from provenance import clock, facts
from provenance.views import ask
from provenance.views.folds.coverage import KINDS as COVERAGE_KINDS
from provenance.views.store import Views

SITTING = timedelta(minutes=30)
CHOSEN, ANCESTOR, REJECTED, INPUT = "chosen", "ancestor", "rejected", "input"
MOST_GENERATIONS = 200


@dataclass(frozen=True)
class Picture:
    """A picture of the bundle. entries: seqs that are about it."""

    sha256: str
    role: str
    entries: tuple[int, ...]


@dataclass(frozen=True)
class Selection:
    """pictures: chosen first, then ancestors and inputs, then rejected siblings. entries: all seqs to show, seq 0 and the running
    record of the period among them. missing: hashes that a link names and that were never recorded."""

    title: str
    work: str | None
    pictures: tuple[Picture, ...]
    entries: tuple[int, ...]
    missing: tuple[str, ...]


def of_work(views: Views, ref: str) -> Selection:
    """A work: what is filed in it, its ancestors, and what was rejected. Raises BadInput `work.unknown`, `work.ambiguous`."""
    row = ask.work(views, ref)
    filed = ask.filed(views, row["work"])
    chosen = [item["sha256"] for item in filed if item["decision"] != "rejected"]
    more = views.ask(
        "SELECT seq FROM works WHERE work = :w UNION SELECT seq FROM work_items WHERE work = :w UNION "
        "SELECT seq FROM notes WHERE work = :w UNION SELECT seq FROM conversations WHERE work = :w",
        w=row["work"],
    )
    return _select(
        views, row["name"], row["work"], chosen, [i["sha256"] for i in filed if i["decision"] == "rejected"], {r["seq"] for r in more}
    )


def of_pictures(views: Views, hashes: Sequence[str]) -> Selection:
    """Single pictures, by hash; the title is the first one's name."""
    name = views.ask("SELECT name FROM versions WHERE sha256 = :s ORDER BY seq LIMIT 1", s=hashes[0])[0]["name"]
    return _select(views, name.rsplit(".", 1)[0], None, list(hashes), [], set())


def _select(views: Views, title: str, work: str | None, chosen: list[str], rejected: list[str], more: set[int]) -> Selection:
    ancestors, missing = _ancestors(views, chosen)
    rejected += [h for h in _rejected_beside(views, chosen) if h not in rejected]
    roles = dict.fromkeys(chosen, CHOSEN)
    for sha256, how in ancestors.items():
        roles.setdefault(sha256, INPUT if how == "named as input" else ANCESTOR)
    for sha256 in rejected:
        roles.setdefault(sha256, REJECTED)
    known = {s: _own(ask.about(views, s), work) for s in roles}
    pictures = tuple(Picture(s, role, tuple(ask.entries_of(known[s], models=False))) for s, role in roles.items())
    entries = {0} | more | {seq for about in known.values() for seq in ask.entries_of(about)}
    return Selection(title, work, pictures, tuple(sorted(entries | _running(views, entries - {0}))), tuple(missing))


def _own(about: dict[str, list[ask.Row]], work: str | None) -> dict[str, list[ask.Row]]:
    """Without what is another work's business: pictures made from this one, and the names of other works that it is filed in."""
    return about | {"children": [], "works": [row for row in about["works"] if row["work"] == work]}


def _ancestors(views: Views, chosen: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """All parents of parents, nearest first, each with how it is linked; and those that were never recorded."""
    found: dict[str, str] = {}
    missing: list[str] = []
    level = list(chosen)
    seen = set(level)
    for _ in range(MOST_GENERATIONS):
        parents: list[str] = []
        for child in level:
            for row in views.ask("SELECT parent, how FROM links WHERE child = :child ORDER BY seq, parent", child=child):
                parent = row["parent"]
                if parent in seen:
                    continue
                seen.add(parent)
                if ask.versions(views, parent):
                    found[parent] = row["how"]
                    parents.append(parent)
                else:
                    missing.append(parent)
        if not parents:
            break
        level = parents
    return found, missing


def _rejected_beside(views: Views, chosen: Sequence[str]) -> list[str]:
    """Pictures whose last decision is "rejected" and that were recorded in the same sitting as a chosen one: no half hour between."""
    rejected = {
        row["sha256"]
        for row in views.ask(
            "SELECT sha256 FROM decisions d WHERE decision = 'rejected' "
            "AND seq = (SELECT max(seq) FROM decisions e WHERE e.sha256 = d.sha256)"
        )
    }
    if not rejected:
        return []
    found: list[str] = []
    sitting: list[str] = []
    last = None
    for row in [*views.ask("SELECT at, sha256 FROM versions WHERE kind != 'file.imported/1' ORDER BY seq"), None]:
        at = clock.parse(row["at"]) if row else None
        if at is None or last is None or at - last > SITTING:
            if set(sitting) & set(chosen):
                found += [s for s in sitting if s in rejected]
            sitting = []
        if row:
            sitting.append(row["sha256"])
        last = at
    return list(dict.fromkeys(found))


def _running(views: Views, entries: set[int]) -> set[int]:
    """The entries about the recorder itself from the start that came before the first entry up to the last one."""
    if not entries:
        return set()
    first, last = min(entries), max(entries)
    kinds = ", ".join(f"'{kind}'" for kind in COVERAGE_KINDS)
    rows = views.ask(
        "SELECT max(seq) AS seq FROM coverage WHERE kind = :kind AND seq <= :first", kind=facts.RecorderStarted.KIND, first=first
    )
    start = rows[0]["seq"] if rows and rows[0]["seq"] is not None else first
    return {
        row["seq"]
        for row in views.ask(f"SELECT seq FROM coverage WHERE kind IN ({kinds}) AND seq >= :start AND seq <= :last", start=start, last=last)
    }

"""Which pictures and which entries belong in a bundle. Facts only: filed, linked, rejected in the same sitting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from provenance import facts
from provenance.views import agreed, ask, family, people, reviewed, sittings, statements, translated, unclaimed
from provenance.views.decided import current
from provenance.views.family_edge import NAMED, Edge
from provenance.views.family_rows import remembering
from provenance.views.folds.coverage import KINDS as COVERAGE_KINDS
from provenance.views.store import Views

CHOSEN, ANCESTOR, REJECTED, INPUT = "chosen", "ancestor", "rejected", "input"
MOST_GENERATIONS = 200
MOST_ANCESTORS = 2_000


@dataclass(frozen=True)
class Picture:
    """A picture of the bundle. entries: seqs that are about it."""

    sha256: str
    role: str
    entries: tuple[int, ...]


@dataclass(frozen=True)
class Selection:
    """pictures: chosen first, then ancestors and inputs, then rejected siblings. entries: all seqs to show, seq 0 and the running
    record of the period among them. missing: hashes that a link names and that were never recorded. edges: how the pictures are known to
    have come from one another and from the missing; an ancestor that is only known because it looks alike is among them and says so."""

    title: str
    work: str | None
    pictures: tuple[Picture, ...]
    entries: tuple[int, ...]
    missing: tuple[str, ...]
    edges: tuple[Edge, ...] = ()


def of_work(views: Views, ref: str) -> Selection:
    """A work: what is filed in it, its ancestors, and what was rejected. Raises BadInput `work.unknown`, `work.ambiguous`."""
    row = ask.work(views, ref)
    filed = ask.filed(views, row["work"])
    chosen = [item["sha256"] for item in filed if item["decision"] != "rejected"]
    more = views.ask(
        "SELECT seq FROM works WHERE work = :w UNION SELECT seq FROM work_items WHERE work = :w UNION "
        "SELECT seq FROM notes WHERE work = :w UNION SELECT seq FROM conversations WHERE work = :w UNION "
        "SELECT seq FROM ideas WHERE work = :w UNION SELECT seq FROM declared WHERE work = :w UNION "
        "SELECT seq FROM statements WHERE work = :w",
        w=row["work"],
    )
    told = {r["seq"] for r in more} | unclaimed.said(views, row["work"], chosen)
    return _select(views, row["name"], row["work"], chosen, [i["sha256"] for i in filed if i["decision"] == "rejected"], told)


def of_pictures(views: Views, hashes: Sequence[str]) -> Selection:
    """Single pictures, by hash; the title is the first one's name."""
    name = views.ask("SELECT name FROM versions WHERE sha256 = :s ORDER BY seq LIMIT 1", s=hashes[0])[0]["name"]
    return _select(views, name.rsplit(".", 1)[0], None, list(hashes), [], set())


def _select(views: Views, title: str, work: str | None, chosen: list[str], rejected: list[str], more: set[int]) -> Selection:
    above = _above(views, chosen)
    recorded = {parent: bool(ask.versions(views, parent)) for parent in dict.fromkeys(edge.parent for edge in above)}
    rejected += [h for h in _rejected_beside(views, chosen) if h not in rejected]
    roles = dict.fromkeys(chosen, CHOSEN)
    for edge in above:
        if recorded[edge.parent]:
            roles.setdefault(edge.parent, INPUT if edge.grade == NAMED else ANCESTOR)
    for sha256 in rejected:
        roles.setdefault(sha256, REJECTED)
    known = {s: _own(ask.about(views, s), work) for s in roles}
    shown = {s: {seq for edge in above if edge.child == s for seq in edge.seqs} for s in roles}
    pictures = tuple(Picture(s, role, tuple(sorted({*ask.entries_of(known[s], models=False), *shown[s]}))) for s, role in roles.items())
    entries = {0} | more | {seq for about in known.values() for seq in ask.entries_of(about)} | {seq for edge in above for seq in edge.seqs}
    missing = tuple(parent for parent, there in recorded.items() if not there)
    for parent in missing:  # an input may be declared by the person and never have been seen by the recorder
        entries |= {row["seq"] for row in views.ask("SELECT seq FROM declared WHERE sha256 = :s", s=parent)}
    entries |= people.entries(views, min(entries - {0}, default=0), max(entries), work)
    entries |= agreed.entries(views, roles)
    entries |= statements.entries(views, entries)
    entries |= translated.entries(views, entries)
    entries |= reviewed.entries(views, work, reviewed.digest(roles), roles)
    return Selection(title, work, pictures, tuple(sorted(entries | _running(views, entries - {0}))), missing, tuple(above))


def _own(about: dict[str, list[ask.Row]], work: str | None) -> dict[str, list[ask.Row]]:
    """Without what is another work's business: the names of other works that it is filed in, and what was declared of it for those."""
    declared = [row for row in about["declared"] if row["work"] in (None, work)]
    return about | {"works": [row for row in about["works"] if row["work"] == work], "declared": declared}


def _above(views: Views, chosen: Iterable[str]) -> list[Edge]:
    """The edges into the chosen pictures and into all that lies above them, nearest first."""
    found: list[Edge] = []
    memory = remembering(views)
    level = list(dict.fromkeys(chosen))
    seen = set(level)
    for _ in range(MOST_GENERATIONS):
        edges = [edge for child in level for edge in family.parents(memory, child)]
        found += edges
        level = [parent for parent in dict.fromkeys(edge.parent for edge in edges) if parent not in seen]
        seen.update(level)
        if not level or len(seen) > MOST_ANCESTORS:
            break
    return found


def _rejected_beside(views: Views, chosen: Sequence[str]) -> list[str]:
    """Pictures whose last decision is "rejected" and that were seen live in the same sitting as a chosen one."""
    rejected = views.ask(
        "SELECT DISTINCT v.seq, v.sha256 FROM decisions x JOIN versions v ON v.sha256 = x.sha256 WHERE x.decision = 'rejected' "
        f"AND v.kind != :imported AND {current('x.sha256')} = 'rejected' ORDER BY v.seq",
        imported=facts.FileImported.KIND,
    )
    if not rejected:
        return []
    theirs = sittings.live(views, chosen)
    spans = [one for one in sittings.sittings(views) if one.has(theirs)]
    return list(dict.fromkeys(row["sha256"] for row in rejected if any(one.first <= row["seq"] <= one.last for one in spans)))


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

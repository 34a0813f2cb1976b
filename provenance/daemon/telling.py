"""A home's sittings as stories: runs and what changed between them, with what the person said and what the record missed in between."""

from __future__ import annotations

import contextlib
import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from provenance import clock, facts
from provenance.bundle.withhold import privileged
from provenance.capture.collect import collect
from provenance.daemon.house import House
from provenance.daemon.layers import Version, version
from provenance.errors import ProvError
from provenance.report.steps import graph, story
from provenance.report.steps.compare import Made
from provenance.report.steps.delta import Area
from provenance.report.steps.graphs import Graphs
from provenance.report.steps.materials import Mask
from provenance.report.steps.story import Step
from provenance.views import ask, sittings
from provenance.views.fold import RecordLike, unplain
from provenance.views.runs import Run, runs
from provenance.views.sittings import Sitting
from provenance.views.store import Views

MOST_MASK = 64 * 1024 * 1024  # bytes of a mask's file that are read to count its pixels
WINDOW = 80  # files with a generator's data before a picture, among which its run and the one before it are looked for
TOLD = (  # what stands between the runs of a story, beside all that a person stated
    facts.RecorderStarted.KIND, facts.RecorderStopped.KIND, facts.GapNoticed.KIND, facts.ClockJumped.KIND, facts.FileRenamed.KIND,
    facts.FileVanished.KIND, facts.ConversationImported.KIND, facts.DecisionObserved.KIND, facts.DecisionImported.KIND,
    facts.ProjectDescribed.KIND,
)


@dataclass(frozen=True)
class Told:
    """One thing of a story: a step, or the record of another entry. seq: where it stands. between: of a work's step, how many other live
    files with a generator's data were recorded since the step before it."""

    seq: int
    step: Step | None = None
    record: RecordLike | None = None
    between: int = 0
    project: Version | None = None


class Teller:
    """Steps from a home. Holds what was read of the last few runs, nothing more."""

    def __init__(self, house: House, *, folders: bool = True) -> None:
        """folders: whether a mask of which no copy is kept may be read from where it stands."""
        self._house, self._folders = house, folders
        self._graphs = Graphs(self._blob)
        self._areas: dict[Mask, Area | None] = {}

    @property
    def views(self) -> Views:
        """The home's views, caught up."""
        return self._house.views

    @cached_property
    def _privileged(self) -> frozenset[int]:
        """What the person meant for counsel alone: no story tells it, whoever it is shown to."""
        return privileged(self._house.ledger)

    @property
    def gap(self) -> timedelta:
        """How long a pause ends a sitting, from prov.toml."""
        return timedelta(minutes=self._house.config.sitting_minutes)

    def sittings(self, later: bool = False) -> list[Sitting]:
        """All sittings seen live, or those of files found `later`."""
        return (sittings.imported if later else sittings.sittings)(self._house.views, self.gap)

    def steps(self, one: Sitting) -> Iterator[Step]:
        """The runs of a sitting with what changed."""
        found = runs(self._records(one), self._graphs.mark)
        first = next(found, None)
        if first is None:
            return
        yield from self._told(_with(first, found), self._earlier(first, one))

    def story(self, one: Sitting) -> Iterator[Told]:
        """Runs, and between them what was said, done to files, and missed, in the order of the entries (imported: runs alone)."""
        steps = (Told(step.run.files[0].seq, step) for step in self.steps(one))
        if one.imported:
            yield from steps
            return
        span = sittings.span(self._house.views, one, self.gap)
        stop = self._house.ledger.size() if span.stop is None else span.stop
        kinds = tuple(kind for kind, fact in facts.KINDS.items() if fact.CLASS == facts.STATED or kind in TOLD)
        others = (
            Told(r.entry.seq, record=r, project=self._project(r))
            for r in self._house.ledger.records(span.first, stop, kinds=kinds)
            if (r.entry.seq > one.first or r.entry.at > span.after) and (r.entry.seq < one.last or r.entry.at <= span.until)
            and r.entry.seq not in self._privileged
        )
        yield from heapq.merge(steps, others, self._files(one), key=lambda told: told.seq)

    def step(self, sha256: str) -> Step | None:
        """What changed for a picture since the run before it in its sitting; None where no generator's data was seen of it.

        Its number counts from the first of the runs that were looked at, and is none of the sitting.
        """
        mine = [v for v in ask.versions(self._house.views, sha256) if v["parsed"] == "read"]
        live = [v for v in mine if v["kind"] != facts.FileImported.KIND]
        if not live:
            return None
        seq = live[0]["seq"]
        rows = self._house.views.ask(
            "SELECT seq, at FROM versions WHERE parsed = 'read' AND kind != :imported AND seq <= :seq ORDER BY seq DESC LIMIT :most",
            imported=facts.FileImported.KIND, seq=seq, most=WINDOW,
        )  # fmt: skip
        chosen: list[int] = []
        last = None
        for row in rows:
            at = clock.parse(row["at"])
            if last is not None and last - at > self.gap:
                break
            chosen.append(row["seq"])
            last = at
        steps = self._told(runs(map(self._house.ledger.record, reversed(chosen)), self._graphs.mark), None)
        return next((step for step in steps if seq in (*step.run.seqs, *step.run.repeats, *step.run.edited)), None)

    def work(self, work: str) -> Iterator[Told]:
        """The runs of a work's pictures in order, each with what changed since the one before it in the work, and between them what a
        person said of the work or its pictures. Pictures that were only found later come in the order of finding."""
        said = self._house.views.ask(
            "SELECT seq FROM notes WHERE work = :work OR sha256 IN (SELECT sha256 FROM work_items WHERE work = :work) "
            "UNION SELECT seq FROM decisions WHERE sha256 IN (SELECT sha256 FROM work_items WHERE work = :work) "
            "UNION SELECT seq FROM conversations WHERE work = :work OR sha256 IN (SELECT sha256 FROM work_items WHERE work = :work) "
            "UNION SELECT seq FROM ideas WHERE work = :work UNION SELECT seq FROM declared WHERE work = :work OR sha256 IN "
            "(SELECT sha256 FROM work_items WHERE work = :work) UNION SELECT seq FROM statements WHERE work = :work "
            "UNION SELECT seq FROM signatures WHERE of IN (SELECT seq FROM statements WHERE work = :work) ORDER BY seq",
            work=work,
        )
        others = (
            Told(row["seq"], record=self._house.ledger.record(row["seq"])) for row in said if row["seq"] not in self._privileged
        )
        return heapq.merge(self._work_steps(work), others, key=lambda told: told.seq)

    def among(self, seqs: Sequence[int]) -> Iterator[Told]:
        """The runs of the files that these entries record, and the other entries, in their order. seqs: ascending."""
        records = [(seq, self._house.ledger.record(seq).entry) for seq in seqs]
        made = {
            seq for seq, entry in records
            if entry.kind in facts.FILE_KINDS and entry.open["parsed"] == "read" and "same_bytes_as" not in entry.open
        }  # fmt: skip
        steps = self._told(runs((self._house.ledger.record(seq) for seq in seqs if seq in made), self._graphs.mark), None)
        left_out = made | self._privileged
        others = (Told(seq, record=self._house.ledger.record(seq)) for seq in seqs if seq not in left_out)
        return heapq.merge(self._spaced(steps), others, key=lambda told: told.seq)

    def _work_steps(self, work: str) -> Iterator[Told]:
        seqs = self._house.views.ask(
            "SELECT min(v.seq) AS seq FROM work_items i JOIN versions v ON v.sha256 = i.sha256 WHERE i.work = :work AND v.parsed = 'read' "
            "GROUP BY v.sha256 ORDER BY 1",
            work=work,
        )
        return self._spaced(self._told(runs((self._house.ledger.record(row["seq"]) for row in seqs), self._graphs.mark), None))

    def _spaced(self, steps: Iterable[Step]) -> Iterator[Told]:
        """Steps, each with how many other live files of generators were recorded since the one before it."""
        last = None
        for step in steps:
            between = 0
            if last is not None:
                between = self._house.views.ask(
                    "SELECT count(*) AS n FROM versions WHERE parsed = 'read' AND kind != :imported AND seq > :a AND seq < :b",
                    imported=facts.FileImported.KIND, a=last, b=step.run.files[0].seq,
                )[0]["n"]  # fmt: skip
            yield Told(step.run.files[0].seq, step, between=between)
            last = step.run.files[-1].seq

    def _told(self, found: Iterable[Run], earlier: tuple[str, tuple[int, ...], Made] | None) -> Iterator[Step]:
        return story.steps(found, lambda run: self._graphs.of(run.record), self._area, self._work, earlier)

    def _records(self, one: Sitting) -> Iterator[RecordLike]:
        if not one.imported:
            kinds = tuple(kind for kind in facts.FILE_KINDS if kind != facts.FileImported.KIND)
            yield from self._house.ledger.records(one.first, one.last + 1, kinds=kinds)
            return
        rows = self._house.views.ask(
            "SELECT seq FROM versions WHERE kind = :kind AND parsed = 'read' AND mtime >= :since AND mtime <= :until ORDER BY mtime, seq",
            kind=facts.FileImported.KIND, since=one.since, until=one.until,
        )  # fmt: skip
        for row in rows:
            yield self._house.ledger.record(row["seq"])

    def _files(self, one: Sitting) -> Iterator[Told]:
        """Files of a sitting that are no runs: without a generator's data, or with bytes that were recorded before."""
        rows = self._house.views.ask(
            "SELECT seq FROM versions WHERE seq >= :first AND seq <= :last AND kind != :imported "
            "AND (parsed != 'read' OR same_bytes_as IS NOT NULL) ORDER BY seq",
            first=one.first, last=one.last, imported=facts.FileImported.KIND,
        )  # fmt: skip
        for row in rows:
            yield Told(row["seq"], record=self._house.ledger.record(row["seq"]))

    def _project(self, record: RecordLike) -> Version | None:
        """What changed in a project file, told where its layers were listed."""
        return version(self.views, record.entry.open["of"]) if record.entry.kind == facts.ProjectDescribed.KIND else None

    def _earlier(self, first: Run, one: Sitting) -> tuple[str, tuple[int, ...], Made] | None:
        """The last run of the same work before this sitting."""
        work = self._work(first)
        if not work or one.imported:
            return None
        rows = self._house.views.ask(
            "SELECT max(v.seq) AS seq FROM work_items i JOIN versions v ON v.sha256 = i.sha256 "
            "WHERE i.work = :work AND v.parsed = 'read' AND v.kind != :imported AND v.seq < :seq",
            work=work, imported=facts.FileImported.KIND, seq=one.first,
        )  # fmt: skip
        if rows[0]["seq"] is None:
            return None
        record = self._house.ledger.record(rows[0]["seq"])
        return record.entry.at, (record.entry.seq,), Made(record.values, self._graphs.of(record))

    def _blob(self, sha: str) -> bytes | None:
        try:
            return self._house.blobs.get(sha, graph.MAX_BYTES)
        except ProvError:
            return None

    @cached_property
    def _filed(self) -> bool:
        return bool(self._house.views.ask("SELECT 1 FROM work_items LIMIT 1"))

    def _work(self, run: Run) -> str:
        if not self._filed:
            return ""
        rows = self._house.views.ask("SELECT work FROM work_items WHERE sha256 = :sha ORDER BY seq LIMIT 2", sha=run.files[0].sha256)
        return str(rows[0]["work"]) if len(rows) == 1 else ""

    def _area(self, mask: Mask) -> Area | None:
        if mask not in self._areas:
            if len(self._areas) > 256:
                self._areas.clear()
            self._areas[mask] = self._counted(mask)
        return self._areas[mask]

    def _counted(self, mask: Mask) -> Area | None:
        data = self._bytes(mask.sha256)
        if data is None:
            return None
        from provenance.pixels.masks import covered

        try:
            return Area(*covered(data, mask.channel))
        except ProvError:
            return None

    def _bytes(self, sha256: str) -> bytes | None:
        """A recorded file's bytes: the kept copy, else what stands where it was recorded last, if that is still the same."""
        if not sha256:
            return None
        with contextlib.suppress(ProvError):
            return self._house.blobs.get(sha256, MOST_MASK)
        rows = self._house.views.ask("SELECT path FROM places WHERE sha256 = :sha AND here = 1 LIMIT 4", sha=sha256)
        for row in rows if self._folders else ():
            with contextlib.suppress(ProvError, OSError, ValueError):
                specimen, data = collect(unplain(row["path"]), memory_cap=MOST_MASK)
                if specimen.sha256 == sha256:
                    return data
        return None


def _with(first: Run, rest: Iterable[Run]) -> Iterator[Run]:
    yield first
    yield from rest


def as_json(one: Sitting) -> dict[str, Any]:
    """A sitting for `--json`."""
    return {
        "sitting": one.name, "since": one.since, "until": one.until, "first": one.first, "last": one.last, "files": one.files,
        "imported": one.imported,
    }  # fmt: skip

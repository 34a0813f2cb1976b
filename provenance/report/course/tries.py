"""The runs of a report's files, each with what changed since the one before it. Pure; linear in the number of runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from provenance import facts
from provenance.report.course.values import Masked, Sitting, Try
from provenance.report.steps import story
from provenance.report.steps.delta import Area, rows
from provenance.report.steps.graph import Graph, masks
from provenance.report.steps.graphs import Blob, Graphs
from provenance.report.steps.materials import Mask, masks_named
from provenance.report.values import plain
from provenance.views.fold import RecordLike
from provenance.views.runs import Run, runs

_SAME_ELSEWHERE = frozenset({"carriers"})  # the raw texts repeat what the other fields say
_CLAIMED = frozenset(f.name for f in dataclasses.fields(facts.FileCaptured) if f.metadata.get("claimed")) - _SAME_ELSEWHERE
_ALL_CLAIMED = _CLAIMED | _SAME_ELSEWHERE
Drawn = Mapping[str, tuple[Area, int]]
"""SHA-256 of a mask's file -> how much it covers, and the entry that counted it."""


def tries(
    files: Sequence[RecordLike], numbers: Mapping[str, int], sittings: Sequence[Sitting], masks_drawn: Drawn, blob: Blob
) -> tuple[Try, ...]:
    """Runs of files seen live in order, then those of files found later in the order of the times that they claim.

    Args:
        files: sound file entries in the order of the ledger. numbers: of the pictures by hash. blob: for the texts that files carry.
    """
    live = [record for record in files if record.entry.kind != facts.FileImported.KIND]
    later = sorted((r for r in files if r.entry.kind == facts.FileImported.KIND), key=lambda r: (str(r.entry.open["mtime"]), r.entry.seq))
    found = chain(_steps(live, masks_drawn, blob), _steps(later, masks_drawn, blob))
    where = _Where(sittings)
    return tuple(_try(number, step, graph, numbers, where, masks_drawn) for number, (step, graph) in enumerate(found, 1))


def unspoken(records: Sequence[RecordLike]) -> tuple[int, ...]:
    """File entries whose generator is withheld."""
    return tuple(
        r.entry.seq for r in records
        if r.entry.kind in facts.FILE_KINDS and "generator" in r.entry.sealed and "generator" not in r.values
    )  # fmt: skip


def _steps(records: Sequence[RecordLike], counted: Drawn, blob: Blob) -> Iterator[tuple[story.Step, Graph | None]]:
    graphs = Graphs(blob)

    def graph_of(record: RecordLike) -> Graph | None:
        """None where a field that the graph would give away is withheld."""
        return None if _withheld(record, _ALL_CLAIMED) else graphs.of(record)

    def mark(record: RecordLike) -> str:
        found = graph_of(record)
        return found.digest if found is not None else ""

    told = story.steps(
        runs(records, mark), lambda run: graph_of(run.record), lambda mask: counted[mask.sha256][0] if mask.sha256 in counted else None,
        withheld_of=lambda run: _withheld(run.record, _CLAIMED),
    )  # fmt: skip
    return ((step, graph_of(step.run.record)) for step in told)


def _withheld(record: RecordLike, names: frozenset[str]) -> frozenset[str]:
    return frozenset(name for name in record.entry.sealed if name in names and name not in record.values)


def drawn(records: Sequence[RecordLike]) -> Drawn:
    """What was counted of masks that were drawn in a mask editor."""
    counted = [record.entry for record in records if record.entry.kind == facts.DrawingMeasured.KIND]
    return {entry.open["of"]: (Area(entry.open["covered"], entry.open["total"]), entry.seq) for entry in counted if _counted(entry.open)}


def _counted(row: Mapping[str, object]) -> bool:
    named = row.get("part") == "mask" and isinstance(row.get("of"), str)
    return named and all(isinstance(row.get(name), int) for name in ("covered", "total"))


class _Where:
    """In which sitting an entry stands; asked in the order of the files of one kind."""

    def __init__(self, sittings: Sequence[Sitting]) -> None:
        self._sittings = {imported: [one for one in sittings if one.imported == imported] for imported in (False, True)}

    def __call__(self, run: Run) -> str:
        first = run.files[0]
        at = first.mtime if first.imported else first.at
        mine = self._sittings[first.imported]
        while len(mine) > 1 and at > mine[0].until:
            mine.pop(0)
        return mine[0].name if mine else ""


def _try(number: int, step: story.Step, graph: Graph | None, numbers: Mapping[str, int], where: _Where, counted: Drawn) -> Try:
    run = step.run
    passes = rows(run.values.get("passes"))
    used = (masks(graph) if graph is not None else ()) or masks_named(run.values)
    denoises = run.values.get("denoises") or ()
    return Try(
        number, run.files[0].mtime if run.files[0].imported else run.files[0].at, where(run), tuple(sorted((*run.seqs, *run.edited))),
        tuple(sorted({numbers[file.sha256] for file in run.files if file.sha256 in numbers})), plain(run.values.get("generator")),
        tuple(plain(seed) for seed in run.values.get("seeds") or ()), run.files[0].imported,
        _renumbered(step.before, number - step.number), _renumbered(step.alike, number - step.number),
        tuple(dict.fromkeys(_masked(mask, counted) for mask in used[:8])),
        plain(passes[0].get("denoise")) if passes else plain(denoises[0]) if denoises else "",
    )  # fmt: skip


def _renumbered(one: story.Against | None, by: int) -> story.Against | None:
    return one if one is None or not by else dataclasses.replace(one, number=one.number + by)


def _masked(mask: Mask, counted: Drawn) -> Masked:
    area, seq = counted.get(mask.sha256, (None, -1))
    return Masked(mask.name, mask.sha256, area, (seq,) if area is not None else ())

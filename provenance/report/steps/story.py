"""A sitting's runs one after another, each with what changed since the one before. Streaming: only the last few runs are held. Pure.

A person who works on two canvases in turns changes nothing between a run of the one and a run of the other. So a run is compared with the
one just before it in time, and, where an earlier run of the sitting was like it (the same work, the same canvas and wiring) and the one
before was not, with that one, too; both are told as what they are. A field that either of the two withholds is not compared.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from provenance.report.steps import compare, materials
from provenance.report.steps.compare import Made
from provenance.report.steps.delta import Delta, Values, rows
from provenance.report.steps.graph import Graph
from provenance.report.steps.materials import AreaOf
from provenance.report.steps.words import Rewritten, rewritten
from provenance.report.values import plain
from provenance.views.runs import COUNTED, Run

HELD = 64  # earlier runs that a run may be like


@dataclass(frozen=True)
class Against:
    """What a run was compared with: the number of that run in its sitting, its entries, and what differs. like: whether it is of the same
    work, canvas and wiring. sitting: "" for a run of the same sitting, else the time of the run. withheld: fields that were not compared.
    texts: prompts before and after, where they differ."""

    number: int
    entries: tuple[int, ...]
    changes: tuple[Delta, ...]
    like: bool
    sitting: str = ""
    withheld: tuple[str, ...] = ()
    texts: tuple[Rewritten, ...] = ()

    @property
    def reroll(self) -> bool:
        """Whether the seed is all that differs; not where something was not compared."""
        return not self.withheld and compare.reroll(self.changes)

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        found: dict[str, Any] = {"run": self.number} if self.number else {"at": self.sitting}
        changes = [change.as_json() for change in self.changes]
        return found | {"entries": list(self.entries), "like": self.like, "reroll": self.reroll, "changes": changes}


@dataclass(frozen=True)
class Step:
    """A run and what changed. number: in its sitting, from 1. before: the run just before it in time, None for the first. alike: an earlier
    run of the same kind, where the one just before is of another."""

    number: int
    run: Run
    before: Against | None
    alike: Against | None = None

    def as_json(self) -> dict[str, Any]:
        """For `--json`: the run, its files, and what changed."""
        files = [{"seq": f.seq, "at": f.at, "sha256": f.sha256, "name": f.name, "media_type": f.media_type} for f in self.run.files]
        return {
            "run": self.number,
            "at": self.run.files[0].at,
            "imported": self.run.files[0].imported,
            "generator": plain(self.run.values.get("generator")),
            "seeds": [plain(seed) for seed in self.run.values.get("seeds") or ()],
            "together": self.run.together or None,
            "files": files,
            "same_bytes": list(self.run.repeats),
            "edited": list(self.run.edited),
            "since_previous": self.before.as_json() if self.before else None,
            "since_alike": self.alike.as_json() if self.alike else None,
        }


@dataclass(frozen=True)
class _Seen:
    """An earlier run. Which canvas it is of its own id tells where both have one, however it was rewired; else the wiring."""

    number: int
    entries: tuple[int, ...]
    made: Made
    work: str
    shape: tuple[Any, ...]
    canvas: str
    withheld: frozenset[str]

    def against(self, later: _Seen, area_of: AreaOf, *, like: bool) -> Against:
        """What differs in a later run."""
        hidden = self.withheld | later.withheld
        one, other = (_shown(side.made, hidden) for side in (self, later))
        found = compare.differences(one, other, area_of)
        return Against(self.number, self.entries, found, like, "", tuple(sorted(hidden)), rewritten(one.values, other.values))

    def like(self, other: _Seen) -> bool:
        if self.work and other.work and self.work != other.work:
            return False
        if self.work and self.work == other.work:
            return True
        if self.canvas and other.canvas:
            return self.canvas == other.canvas
        return self.shape == other.shape


def steps(
    runs: Iterable[Run],
    graph_of: Callable[[Run], Graph | None],
    area_of: AreaOf = materials.unknown,
    work_of: Callable[[Run], str] = lambda _: "",
    earlier: tuple[str, tuple[int, ...], Made] | None = None,
    withheld_of: Callable[[Run], frozenset[str]] = lambda _: frozenset(),
) -> Iterator[Step]:
    """The steps of a sitting.

    Args:
        runs: its runs in the order of time. graph_of: a run's API graph, if it has one. area_of: how much a mask covers. work_of: the work
            that a run's files are filed in, "" none. earlier: (time, entries, what it says) of a run of an earlier sitting that the first
            run is compared with, where both are of one work. withheld_of: the fields of a run that are not at hand; its graph is then
            none.
    """
    held: deque[_Seen] = deque(maxlen=HELD)
    for number, run in enumerate(runs, 1):
        made = Made(_values(run), graph_of(run))
        now = _Seen(number, run.seqs, made, work_of(run), _shape(made), made.graph.canvas.id if made.graph else "",
                    withheld_of(run))  # fmt: skip
        before = alike = None
        if held:
            last = held[-1]
            like = last.like(now)
            before = last.against(now, area_of, like=like)
            partner = None if like else next((seen for seen in reversed(held) if seen.like(now)), None)
            if partner is not None:
                alike = partner.against(now, area_of, like=True)
        elif earlier is not None:
            at, entries, was = earlier
            before = Against(0, entries, compare.differences(was, made, area_of), True, at)
        yield Step(number, run, before, alike)
        held.append(now)


def _shown(made: Made, hidden: frozenset[str]) -> Made:
    return made if not hidden else Made({name: value for name, value in made.values.items() if name not in hidden}, made.graph)


def _values(run: Run) -> Values:
    """What a run's files say: of pictures whose seeds count up, the first pass's seed is all of them, `10–13`."""
    passes, seeds = rows(run.values.get("passes")), list(run.values.get("seeds") or ())
    if run.together != COUNTED or not passes or len(seeds) < 2:
        return run.values
    return {**run.values, "passes": [{**passes[0], "seed": f"{plain(seeds[0])}–{plain(seeds[-1])}"}, *passes[1:]]}


def _shape(made: Made) -> tuple[Any, ...]:
    """What kind of run it is: a graph's wiring, or for other tools which passes ran and whether pictures or controls went in."""
    if made.graph is not None:
        return made.graph.shape
    values = made.values
    return (
        plain(values.get("generator")),
        tuple(plain(row.get("role")) for row in rows(values.get("passes"))[:64]),
        tuple(sorted({plain(row.get("role")) for row in rows(values.get("inputs"))[:64]})),
        any(row.get("denoise") for row in rows(values.get("passes"))[:1]),
    )

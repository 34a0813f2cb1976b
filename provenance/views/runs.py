"""Runs of a generator: files that were made together. Pure.

One run is a batch of four with the same texts in each file, a grid beside its pictures, a preview beside the saved file, or pictures
whose seeds count up by one while all else stays (a webui's batch). A file with bytes that were recorded before is no run: it is a copy,
or the same run once more, and the bytes do not tell which. A repeated run that wrote no file is not seen, and nothing is made up for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from provenance import clock, facts
from provenance.views.fold import RecordLike, folder_and_name, plain

TOGETHER = timedelta(seconds=30)  # between two files of one run whose texts are the same
WHOLE = timedelta(minutes=10)  # between two files of one graph that ran: a preview comes first, a film long after it
COUNTING = timedelta(minutes=10)  # between two pictures of a batch whose seeds count up: each takes as long as a picture takes
MOST_SEEDS = 10_000
EQUAL, COUNTED, GRID = "equal", "counted", "grid"
_COMPARED = (
    "generator", "tool_version", "prompts", "negative_prompts", "steps", "cfgs", "samplers", "schedulers", "denoises", "sizes", "models",
    "loras", "inputs", "texts", "parts", "controls", "dialect",
)

Mark = Callable[[RecordLike], str]
"""What names a run in its own files (ComfyUI: the graph that ran), "" where a generator has nothing of the kind."""


@dataclass(frozen=True)
class File:
    """A file of a run. kind: of its entry. imported: found later."""

    seq: int
    at: str
    sha256: str
    name: str
    media_type: str
    mtime: str
    seed: str
    imported: bool


@dataclass(frozen=True)
class Run:
    """Files made together. values: what the first one says of its making (`seeds` of all). together: EQUAL texts, COUNTED (seeds count
    up) or GRID (a picture that repeats another's texts after others came between); "" for one file. repeats: entries of files with bytes
    of this run under another name. edited: entries of its files with other bytes under their name and the same texts."""

    files: tuple[File, ...]
    values: Mapping[str, Any]
    mark: str
    record: RecordLike
    together: str = ""
    repeats: tuple[int, ...] = ()
    edited: tuple[int, ...] = ()

    @property
    def seqs(self) -> tuple[int, ...]:
        """The entries of its files."""
        return tuple(file.seq for file in self.files)


@dataclass
class _Open:
    """A run that is still growing."""

    record: RecordLike
    mark: str
    key: str
    files: list[File]
    seeds: list[str] = field(default_factory=list)
    how: str = ""
    repeats: list[int] = field(default_factory=list)
    edited: list[int] = field(default_factory=list)

    def closed(self) -> Run:
        values = dict(self.record.values)
        if len(self.seeds) > 1:
            values["seeds"] = tuple(self.seeds)
        return Run(tuple(self.files), values, self.mark, self.record, self.how, tuple(self.repeats), tuple(self.edited))


def runs(records: Iterable[RecordLike], mark: Mark) -> Iterator[Run]:
    """File entries as runs, in the order of the records; entries that tell of no generator are passed over.

    Args:
        records: file entries in the order in which they are to be told. mark: see Mark; asked once for each file.
    """
    current: _Open | None = None
    for record in records:
        if record.entry.kind not in facts.FILE_KINDS or not record.values.get("generator"):
            continue
        file = _file(record)
        if "same_bytes_as" in record.entry.open:
            if current is not None and any(one.sha256 == file.sha256 for one in current.files):
                current.repeats.append(file.seq)
            continue
        own = mark(record)
        key = "" if own else _key(record.values)
        was = record.entry.open.get("was")
        if current is not None and (own, key) == (current.mark, current.key) and was in {one.sha256 for one in current.files}:
            current.edited.append(file.seq)
            continue
        how = "" if current is None else _belongs(current, file, own, key)
        if current is not None and how:
            current.files.append(file)
            if file.seed not in current.seeds and len(current.seeds) < MOST_SEEDS:
                current.seeds.append(file.seed)
            current.how = COUNTED if COUNTED in (how, current.how) else how
            continue
        if current is not None:
            yield current.closed()
        current = _Open(record, own, key, [file], [file.seed] if file.seed else [])
    if current is not None:
        yield current.closed()


def _belongs(run: _Open, file: File, mark: str, key: str) -> str:
    """How a file belongs to the run before it, "" if it does not."""
    apart = _time(file) - _time(run.files[-1])
    if mark and run.mark:  # the graph that ran is the run: another seed is another one
        return EQUAL if mark == run.mark and apart <= WHOLE else ""
    if key != run.key:
        return _sidecar(run, file)
    if file.seed in run.seeds or not (file.seed or run.seeds):
        return (GRID if len(run.seeds) > 1 else EQUAL) if apart <= TOGETHER else ""
    return COUNTED if run.seeds and _next(run.seeds[-1]) == file.seed and apart <= COUNTING else ""


def _sidecar(run: _Open, file: File) -> str:
    """A text file beside a picture says of it what the picture says, in its own way."""
    beside = file.media_type.startswith(("text/", "application/json")) and _stem(file.name) in {_stem(one.name) for one in run.files[-4:]}
    return EQUAL if beside else ""


def _stem(name: str) -> str:
    return name.partition(".")[0]


def _next(seed: str) -> str:
    return str(int(seed) + 1) if seed.isascii() and seed.isdigit() and len(seed) < 40 else ""


def _time(file: File) -> datetime:
    return clock.parse(file.mtime if file.imported else file.at)


def _file(record: RecordLike) -> File:
    entry, seeds = record.entry, record.values.get("seeds") or ()
    return File(
        entry.seq, entry.at, entry.open["sha256"], folder_and_name(plain(record.values.get("path")))[1], entry.open["media_type"],
        entry.open["mtime"], plain(seeds[0]) if seeds else "", entry.kind == facts.FileImported.KIND,
    )  # fmt: skip


def _key(values: Mapping[str, Any]) -> str:
    """What a file says of its making but for the seeds."""
    return json.dumps([values.get(name) for name in _COMPARED] + [_without_seeds(values.get("passes"))], default=str)


def _without_seeds(passes: Any) -> Any:
    rows = passes if isinstance(passes, list | tuple) else ()
    return [{k: v for k, v in row.items() if k != "seed"} for row in rows if isinstance(row, Mapping)]

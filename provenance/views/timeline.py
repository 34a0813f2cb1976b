"""When the recorder watched and when it did not, from its own entries: spans, totals, the longest time without, bands of hours. Pure.

A run lasts from its start to its stop. One that never said it stopped lasts until the gap that the next run noticed begins; the last one
until the newest entry that there is. Gaps within a run (sleep, lost events) are taken out. Times are what this machine's wall clock said: a
length across a moment at which it was set is not reliable, and `jumps` counts those moments.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from provenance import clock
from provenance.errors import BadInput
from provenance.views.fold import RecordLike, plain

STARTED, STOPPED, GAP, ADDED, REMOVED, JUMPED = KINDS = (  # written out: `prov status` has no time to load every fact
    "recorder.started/1", "recorder.stopped/1", "gap.noticed/1", "watch.added/1", "watch.removed/1", "clock.jumped/1",
)
HOUR = timedelta(hours=1)
FULL, SOME, NONE = "full", "some", "none"


@dataclass(frozen=True)
class Span:
    """A time in which folders were watched. roots: as `recorder.started` lists them; empty where the list is not shown."""

    since: datetime
    until: datetime
    roots: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hole:
    """A time in which nothing was watched, or not the folder `path`. reason: as in `gap.noticed`; "" where no entry tells one."""

    since: datetime
    until: datetime
    reason: str = ""
    path: str = ""


@dataclass(frozen=True)
class Timeline:
    """spans: watched, in order, without overlap. holes: of all folders, between the first start and the end. folders: of one folder each.
    open: whether the last run never said that it stopped. jumps: how often the wall clock was set."""

    spans: tuple[Span, ...] = ()
    holes: tuple[Hole, ...] = ()
    folders: tuple[Hole, ...] = ()
    open: bool = False
    jumps: int = 0

    @property
    def watched(self) -> timedelta:
        """All spans together."""
        return sum((span.until - span.since for span in self.spans), timedelta())

    @property
    def longest(self) -> Hole | None:
        """The longest time without, between the first start and the end."""
        return max(self.holes, key=lambda hole: hole.until - hole.since, default=None)


@dataclass(frozen=True)
class Day:
    """One day, UTC. hours: 24 of "full", "some", "none". watched: in all."""

    date: str
    hours: tuple[str, ...]
    watched: timedelta


def timeline(records: Iterable[RecordLike], end: str | None) -> Timeline:
    """The timeline over entries of `KINDS`, in order.

    Args:
        end: `at` of the newest entry of the ledger: until then at least a run that goes on was alive. None: unknown.
    """
    runs: list[Span] = []
    gaps: list[Hole] = []
    folders: list[Hole] = []
    away: dict[str, datetime] = {}
    begun: tuple[datetime, tuple[str, ...]] | None = None
    jumps, last = 0, None
    for record in records:
        entry, said = record.entry, record.entry.open
        at = last = clock.parse(entry.at)
        path = plain(record.values.get("path"))
        if entry.kind == STARTED:
            if begun is not None:  # no gap was noticed between: what is known of the run before is that it began
                runs.append(Span(begun[0], begun[0], begun[1]))
            begun = (at, _roots(record.values))
        elif entry.kind == STOPPED and begun is not None:
            runs.append(Span(begun[0], at, begun[1]))
            begun = None
        elif entry.kind == GAP:
            hole = Hole(_time(said.get("since")) or at, _time(said.get("until")) or at, str(said.get("reason", "")), path)
            if hole.reason in ("crashed", "restarted") and begun is not None:
                runs.append(Span(begun[0], hole.since, begun[1]))
                begun = None
            (folders if "path" in entry.sealed else gaps).append(hole)
            away.pop(path, None)
        elif entry.kind == REMOVED and said.get("reason") != "asked":
            away[path] = at
        elif entry.kind == ADDED and path in away and said.get("reason") == "returned":
            folders.append(Hole(away.pop(path), at, "folder away", path))
        elif entry.kind == JUMPED:
            jumps += 1
    until = max(filter(None, (last, _time(end))), default=None)
    if begun is not None and until is not None:
        runs.append(Span(begun[0], until, begun[1]))
    folders += [Hole(since, until, "folder away", path) for path, since in away.items() if until is not None]
    spans = tuple(_without(_apart(runs), gaps))
    return Timeline(spans, tuple(_holes(spans, gaps)), tuple(dict.fromkeys(folders)), begun is not None, jumps)


def _time(text: Any) -> datetime | None:
    try:
        return clock.parse(text) if isinstance(text, str) else None
    except BadInput:
        return None


def _roots(values: Mapping[str, Any]) -> tuple[str, ...]:
    roots = values.get("roots")
    return tuple(map(plain, roots)) if isinstance(roots, list | tuple) else ()


def _apart(runs: list[Span]) -> Iterator[Span]:
    """Runs in order of time; where a clock was set back and two lie over one another, each minute counts once."""
    end: datetime | None = None
    for run in sorted(runs, key=lambda run: (run.since, run.until)):
        since = run.since if end is None else max(run.since, end)
        if run.until > since:
            yield Span(since, run.until, run.roots)
            end = run.until


def _without(spans: Iterable[Span], gaps: list[Hole]) -> Iterator[Span]:
    """Spans with the gaps taken out."""
    for span in spans:
        since = span.since
        for gap in sorted((gap for gap in gaps if gap.until > span.since and gap.since < span.until), key=lambda gap: gap.since):
            if gap.since > since:
                yield Span(since, gap.since, span.roots)
            since = max(since, gap.until)
        if since < span.until:
            yield Span(since, span.until, span.roots)


def _holes(spans: tuple[Span, ...], gaps: list[Hole]) -> Iterator[Hole]:
    """What lies between two spans, with the reason of the gap that covers most of it."""
    for before, after in pairwise(spans):
        if after.since > before.until:
            within = [gap for gap in gaps if gap.until > before.until and gap.since < after.since]
            named = max(within, key=lambda gap: min(gap.until, after.since) - max(gap.since, before.until), default=None)
            yield Hole(before.until, after.since, named.reason if named else "")


def lately(found: Timeline, since: datetime) -> Timeline:
    """What of it lies after a time."""
    spans = tuple(Span(max(span.since, since), span.until, span.roots) for span in found.spans if span.until > since)
    holes = tuple(Hole(max(hole.since, since), hole.until, hole.reason) for hole in found.holes if hole.until > since)
    return dataclasses.replace(found, spans=spans, holes=holes)


def days(found: Timeline) -> list[Day]:
    """Every day (UTC) on which something was watched, oldest first, hour by hour."""
    seconds: dict[str, list[float]] = {}
    for span in found.spans:
        hour = span.since.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        while hour < span.until:
            part = (min(span.until, hour + HOUR) - max(span.since, hour)).total_seconds()
            seconds.setdefault(hour.date().isoformat(), [0.0] * 24)[hour.hour] += part
            hour += HOUR
    return [
        Day(date, tuple(FULL if part >= 3_599 else SOME if part else NONE for part in hours), timedelta(seconds=sum(hours)))
        for date, hours in sorted(seconds.items())
    ]

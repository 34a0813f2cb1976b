"""When it watched and when not, over made entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from provenance import clock, facts
from provenance.views import timeline
from provenance.views.folds.coverage import KINDS
from provenance.views.timeline import Day, Hole, Span, days, lately

ZERO = datetime(2026, 3, 1, tzinfo=UTC)


def at(hours: float) -> datetime:
    return ZERO + timedelta(hours=hours)


def stamp(hours: float) -> str:
    return clock.stamp(at(hours))


@dataclass(frozen=True)
class Said:
    kind: str
    at: str
    open: Mapping[str, Any]
    sealed: Mapping[str, str]


@dataclass(frozen=True)
class Record:
    entry: Said
    values: Mapping[str, Any] = field(default_factory=dict)


def told(kind: str, hours: float, values: Mapping[str, Any] | None = None, **said: Any) -> Record:
    values = values or {}
    return Record(Said(f"{kind}/1", stamp(hours), said, dict.fromkeys(values, "d")), values)


def started(hours: float, *roots: str) -> Record:
    return told("recorder.started", hours, {"roots": list(roots)} if roots else None)


def stopped(hours: float) -> Record:
    return told("recorder.stopped", hours, reason="asked")


def gap(hours: float, reason: str, since: float, path: str = "") -> Record:
    return told("gap.noticed", hours, {"path": path} if path else None, reason=reason, since=stamp(since), until=stamp(hours))


def test_its_kinds_are_those_of_the_view() -> None:
    assert set(timeline.KINDS) == set(KINDS) <= set(facts.KINDS)


def test_runs_with_a_stop_between() -> None:
    found = timeline.timeline([started(1, "/a", "/b"), stopped(3), gap(5, "stopped", 3), started(5, "/a"), stopped(6)], stamp(9))
    assert found.spans == (Span(at(1), at(3), ("/a", "/b")), Span(at(5), at(6), ("/a",)))
    assert found.holes == (Hole(at(3), at(5), "stopped"),) and not found.open
    assert found.watched == timedelta(hours=3) and found.longest == found.holes[0]


@pytest.mark.parametrize("reason", ["crashed", "restarted"])
def test_a_run_that_never_said_it_stopped_ends_where_the_gap_begins(reason: str) -> None:
    found = timeline.timeline([started(1), gap(9, reason, 2.5), started(9)], stamp(10))
    assert found.spans == (Span(at(1), at(2.5)), Span(at(9), at(10))) and found.open
    assert found.holes == (Hole(at(2.5), at(9), reason),)


def test_without_a_gap_entry_nothing_is_claimed_of_a_run_without_an_end() -> None:
    assert timeline.timeline([started(1), started(5), stopped(6)], stamp(9)).spans == (Span(at(5), at(6)),)


def test_sleep_and_lost_events_are_taken_out() -> None:
    found = timeline.timeline([started(0), gap(3, "suspended", 1), gap(5, "overflow", 4.5), stopped(8)], None)
    assert [(s.since, s.until) for s in found.spans] == [(at(0), at(1)), (at(3), at(4.5)), (at(5), at(8))]
    assert [hole.reason for hole in found.holes] == ["suspended", "overflow"]


def test_one_folder_away_is_its_own_hole() -> None:
    away = told("watch.removed", 2, {"path": "/usb"}, reason="vanished")
    back = told("watch.added", 4, {"path": "/usb"}, reason="returned")
    found = timeline.timeline([started(0), away, back, gap(4, "folder away", 2, "/usb"), stopped(8)], None)
    assert found.folders == (Hole(at(2), at(4), "folder away", "/usb"),) and found.holes == ()
    still = timeline.timeline([started(0), away], stamp(7))
    assert still.folders == (Hole(at(2), at(7), "folder away", "/usb"),) and still.watched == timedelta(hours=7)


def test_a_clock_set_back_never_counts_a_time_twice() -> None:
    jumped = told("clock.jumped", 6, by_ms=-10_800_000)
    found = timeline.timeline([started(5), stopped(9), jumped, started(6), stopped(7), started(8), stopped(10)], None)
    assert found.watched == timedelta(hours=5) and found.jumps == 1
    assert all(span.until > span.since for span in found.spans)


def test_hours_of_days() -> None:
    found = timeline.timeline([started(22.5), stopped(25), started(50), stopped(50.25)], None)
    assert days(found) == [
        Day("2026-03-01", ("none",) * 22 + ("some", "full"), timedelta(hours=1.5)),
        Day("2026-03-02", ("full",) + ("none",) * 23, timedelta(hours=1)),
        Day("2026-03-03", ("none", "none", "some") + ("none",) * 21, timedelta(minutes=15)),
    ]
    assert lately(found, at(24.5)).watched == timedelta(minutes=45)


def test_nothing_watched() -> None:
    assert timeline.timeline([], None) == timeline.timeline([], stamp(4)) == timeline.Timeline()
    assert days(timeline.Timeline()) == [] and timeline.Timeline().longest is None

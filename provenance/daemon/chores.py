"""What the recorder does beside capturing: its own start, gaps, clock jumps, heartbeats, snapshots."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from provenance import canon, facts
from provenance.capture import tools, watch
from provenance.clock import Moment
from provenance.daemon import status
from provenance.daemon.house import SOFTWARE, House
from provenance.daemon.known import Known
from provenance.daemon.sealing import sign_now
from provenance.daemon.writer import Job, Writer
from provenance.ledger.chain import Entry
from provenance.ledger.schema import journal

JUMP_MS = 2_000
SLEEP_MS = 60_000
SNAPSHOT_ENTRIES = 256
LOOKS = 2_880  # a day of ticks: sightings are never handled later than that
SNAPSHOT_MS = 15 * 60_000
ALIVE = """
SELECT at FROM (SELECT max(seq) AS seq, at FROM versions WHERE kind != 'file.imported/1' UNION ALL SELECT max(seq), at FROM moves
UNION ALL SELECT max(seq), at FROM losses UNION ALL SELECT max(seq), at FROM coverage) WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1
"""
LAST = "SELECT kind, at, reason FROM coverage WHERE kind IN ('recorder.started/1', 'recorder.stopped/1') ORDER BY seq DESC LIMIT 1"


class Chores:
    """Keeps the times. All but `count` and `snapshot` run in the recorder's loop; those two run in the writer's thread."""

    def __init__(self, house: House, known: Known, writer: Writer, now: Moment) -> None:
        self._house, self._known, self._writer = house, known, writer
        self._before = now
        self._since_snapshot = 0
        self._snapshot_ms = now.mono_ms
        self._scan_ms = now.mono_ms
        self._looks = deque([(now.mono_ms, now.stamp)], LOOKS)
        self.started, self.pid = now.stamp, os.getpid()

    def opening(self, roots: Sequence[str]) -> list[facts.Fact]:
        """The first sentences of a run: that it started, the gap since the last one, and folders watched for the first time."""
        said: list[facts.Fact] = []
        rows = self._known.ask(LAST)
        if rows:
            stopped = rows[0]["kind"] == facts.RecorderStopped.KIND
            since = rows[0]["at"] if stopped else self._last_alive(rows[0]["at"])
            said.append(facts.GapNoticed(reason="stopped" if stopped else "crashed", since=since, until=self._before.stamp))
        said.append(_started(self._house, roots))
        known = {row["path"] for row in self._known.ask("SELECT DISTINCT path FROM coverage WHERE kind = 'watch.added/1'")}
        for root in roots:
            if canon.path(root) not in known:
                tool = tools.tool_of(Path(root))
                said.append(facts.WatchAdded(tool=tool.kind if tool else None, reason="asked", path=canon.path(root)))
        return said

    def _last_alive(self, started: str) -> str:
        """When a recorder that never said it stopped was last known to run: its heartbeat, or the last entry that only a recorder writes
        (a note may have been made, or an archive imported, while none ran)."""
        state = status.read(self._house.home.status) or {}
        rows = self._known.ask(ALIVE)
        last = rows[0]["at"] if rows else started
        beat = state.get("alive_at")
        return max(started, last, beat if isinstance(beat, str) and beat <= self._before.stamp else "")

    def tick(self) -> Iterator[facts.Fact]:
        """Called every half minute: what the clocks say, compared with the last time; a snapshot when a quarter of an hour is over."""
        before, now = self._before, self._house.clock()
        self._before = now
        slept = (now.mono_ms - before.mono_ms) - (now.awake_ms - before.awake_ms)
        if slept > SLEEP_MS:
            yield facts.GapNoticed(reason="suspended", since=before.stamp, until=now.stamp)
        jump = round((now.wall - before.wall).total_seconds() * 1000) - (now.mono_ms - before.mono_ms)
        if abs(jump) > JUMP_MS and before.boot == now.boot:
            yield facts.ClockJumped(wall_before=before.stamp, wall_after=now.stamp, by_ms=jump)
        self._looks.append((now.mono_ms, now.stamp))
        if self._since_snapshot and now.mono_ms - self._snapshot_ms >= SNAPSHOT_MS:
            self._snapshot_ms = now.mono_ms  # asked for once, even where the writer is held up for hours
            self._writer.submit(Job((), then=lambda _: self.snapshot("15 minutes")))

    def looked_before(self, at_ms: int) -> str:
        """When the clocks were last looked at before `at_ms` (Moment.mono_ms): a gap noticed then began no earlier than that."""
        return next((stamp for mono_ms, stamp in reversed(self._looks) if mono_ms < at_ms), self.started)

    def rescan_due(self) -> bool:
        """Whether the folders are to be compared with the ledger again; asked at each tick."""
        minutes = self._house.config.rescan_minutes
        now = self._house.clock().mono_ms
        if not minutes or now - self._scan_ms < minutes * 60_000:
            return False
        self._scan_ms = now
        return True

    def count(self, entries: tuple[Entry, ...]) -> None:
        """In the writer's thread, after each commit: every 256 entries a snapshot."""
        self._since_snapshot += len(entries)
        if self._since_snapshot >= SNAPSHOT_ENTRIES:
            self.snapshot(f"{SNAPSHOT_ENTRIES} entries")

    def snapshot(self, why: str) -> None:
        """Sign the head, if anything is new since the last signed one."""
        sign_now(self._house, why)
        self._since_snapshot = 0
        self._snapshot_ms = self._house.clock().mono_ms


def _started(house: House, roots: Sequence[str]) -> facts.RecorderStarted:
    return facts.RecorderStarted(
        software=SOFTWARE, python=platform.python_version(), system=f"{platform.system()} {platform.release()}",
        sqlite=sqlite3.sqlite_version, watcher=watch.watcher_name(), journal=journal(house.ledger.path), host=platform.node(),
        roots=tuple(canon.path(root) for root in roots),
    )

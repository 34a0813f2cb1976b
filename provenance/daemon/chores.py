"""What the recorder does beside capturing: its own start, gaps, clock jumps, heartbeats, snapshots."""

from __future__ import annotations

import os
import random
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from provenance import canon, facts
from provenance.capture import tools
from provenance.clock import Moment
from provenance.daemon.clocks import Clocks
from provenance.daemon.heartbeat import Heartbeat
from provenance.daemon.house import House
from provenance.daemon.known import Known
from provenance.daemon.opening import interruption, set_back, started
from provenance.daemon.readback import ReadBack
from provenance.daemon.sealing import sign_now
from provenance.daemon.writer import Job, Writer
from provenance.ledger.chain import Entry

SNAPSHOT_ENTRIES = 256
LOOKS = 2_880  # a day of ticks: sightings are never handled later than that
SNAPSHOT_MS = 15 * 60_000


class Chores:
    """Keeps the times. All but `count`, `snapshot` and `read_back` run in the recorder's loop; those run in the writer's thread."""

    def __init__(self, house: House, known: Known, writer: Writer, now: Moment) -> None:
        self._house, self._known, self._writer = house, known, writer
        self._clocks = Clocks(now)
        self._heart = Heartbeat(house.home.heartbeat)
        self._readback = ReadBack(house.ledger.path, house.ledger.origin, random.Random(), now.mono_ms)
        self._since_snapshot = 0
        self._snapshot_ms = now.mono_ms
        self._scan_ms = now.mono_ms
        self._looks = deque([(now.mono_ms, now.stamp)], LOOKS)
        self.started, self.pid = now.stamp, os.getpid()

    def opening(self, roots: Sequence[str]) -> list[facts.Fact]:
        """The first sentences of a run: that it started, the gap since the last one, and folders watched for the first time."""
        now, beat = self._clocks.before, self._heart.last()
        said = [*interruption(self._known, self._house.home, beat, now), *set_back(beat, now), started(self._house, roots, now)]
        known = {row["path"] for row in self._known.ask("SELECT DISTINCT path FROM coverage WHERE kind = 'watch.added/1'")}
        for root in roots:
            if canon.path(root) not in known:
                tool = tools.tool_of(Path(root))
                said.append(facts.WatchAdded(tool=tool.kind if tool else None, reason="asked", path=canon.path(root)))
        return said

    def alive(self) -> None:
        """The first beat of a run, once its first entries are durable."""
        self._heart.beat(self._house.clock())

    def tick(self) -> Iterator[facts.Fact]:
        """Called every half minute: what the clocks say, compared with the last time; a beat; a look at what was written; a snapshot when a
        quarter of an hour is over."""
        now = self._house.clock()
        yield from self._clocks.look(now)
        self._heart.beat(now)
        self._writer.submit(Job((), then=lambda _: self.read_back()))
        self._looks.append((now.mono_ms, now.stamp))
        if self._since_snapshot and now.mono_ms - self._snapshot_ms >= SNAPSHOT_MS:
            self._snapshot_ms = now.mono_ms  # asked for once, even where the writer is held up for hours
            self._writer.submit(Job((), then=lambda _: self.snapshot("15 minutes")))

    def read_back(self) -> None:
        """Compare what was written lately with what lies on the disk. Raises Damaged `ledger.changed`."""
        self._readback.look(self._house.clock().mono_ms)

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
        self._readback.wrote(entries)
        self._since_snapshot += len(entries)
        if self._since_snapshot >= SNAPSHOT_ENTRIES:
            self.snapshot(f"{SNAPSHOT_ENTRIES} entries")

    def snapshot(self, why: str) -> None:
        """Sign the head, if anything is new since the last signed one."""
        sign_now(self._house, why)
        self._since_snapshot = 0
        self._snapshot_ms = self._house.clock().mono_ms

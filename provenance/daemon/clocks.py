"""What two looks at the clocks tell: sleep, and a wall clock that was set. Pure.

The wall clock is compared with the count of milliseconds since boot. A time service that slews bends both alike (Linux, macOS), so what
differs was set in one step. A step of more than two seconds is told at the next look; smaller ones add up against the first look, and are
told when together they come to more than two seconds. Below that nothing is told: the two clocks are not read in one instant.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import timedelta

from provenance import facts
from provenance.clock import Moment

JUMP_MS = 2_000
SLEEP_MS = 60_000  # a shorter sleep is no gap: events wait in the kernel, and files are looked at when it wakes


def asleep(before: Moment, now: Moment) -> int:
    """Milliseconds that the machine slept between two moments of one boot; 0 where its clocks do not tell."""
    return max(0, (now.mono_ms - before.mono_ms) - (now.awake_ms - before.awake_ms))


def stepped(before: Moment, now: Moment) -> int:
    """Milliseconds by which the wall clock went further than the count since boot, between two moments of one boot."""
    return round((now.wall - before.wall).total_seconds() * 1000) - (now.mono_ms - before.mono_ms)


class Clocks:
    """Carries the last look, and the one that small steps are counted from."""

    def __init__(self, now: Moment) -> None:
        self.before = self._since = now

    def look(self, now: Moment) -> Iterator[facts.Fact]:
        """What is to be told of the time since the last look."""
        before, self.before = self.before, now
        slept = asleep(before, now)
        if slept > SLEEP_MS:
            yield facts.GapNoticed(reason="suspended", since=before.stamp, until=now.stamp, asleep_ms=slept)
        step, drift = stepped(before, now), stepped(self._since, now)
        if abs(step) > JUMP_MS:
            yield facts.ClockJumped(wall_before=before.stamp, wall_after=now.stamp, by_ms=step)
            self._since = dataclasses.replace(self._since, wall=self._since.wall + timedelta(milliseconds=step))
        elif abs(drift) > JUMP_MS:
            yield facts.ClockJumped(wall_before=self._since.stamp, wall_after=now.stamp, by_ms=drift)
            self._since = now

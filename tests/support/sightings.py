"""Waiting for what a watcher tells: on its queue, with a deadline, never by a sleep."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from provenance.capture.stations import Sighting
from provenance.capture.watch import Watcher
from provenance.clock import system

PATIENCE_MS = 20_000


class Listener:
    """Collects sightings. Paths are told relative to `root`; `.` is the root itself."""

    def __init__(self, watcher: Watcher, root: Path) -> None:
        self.watcher, self.root = watcher, str(root)
        self.heard: list[Sighting] = []

    def short(self, sighting: Sighting) -> tuple[str, ...]:
        """(what, path) or (what, path, was)."""
        return (sighting.what, self._cut(sighting.path), *((self._cut(sighting.was),) if sighting.was else ()))

    def _cut(self, path: str) -> str:
        return path.removeprefix(self.root).removeprefix("/") or "."

    def told(self) -> list[tuple[str, ...]]:
        """All that was heard so far."""
        return [self.short(sighting) for sighting in self.heard]

    def until(self, enough: Callable[[list[tuple[str, ...]]], bool]) -> list[tuple[str, ...]]:
        """Listen until it is enough; fails, with all that was heard, when it never is. Then begins anew."""
        end = system().mono_ms + PATIENCE_MS
        while not enough(self.told()):
            left = end - system().mono_ms
            assert left > 0, f"waited in vain; heard {self.told()[-200:]}"
            self.heard += self.watcher.take(min(left, 500))
        told = self.told()
        self.heard = []
        return told

    def hear(self, *wanted: tuple[str, ...]) -> list[tuple[str, ...]]:
        """Listen until each of `wanted` was told."""
        return self.until(lambda told: all(item in told for item in wanted))

"""The ledger and the recorder themselves: start, stop, gaps, clocks, folders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from provenance.facts.fact import Fact, sealed


@dataclass(frozen=True, kw_only=True)
class LedgerOpened(Fact):
    KIND: ClassVar[str] = "ledger.opened/1"
    software: str
    public_key: str  # SHA-256 of the raw Ed25519 key, hex
    vkey: str  # signed-note verifier key
    key_protection: str  # "file-0600", said plainly in the report


@dataclass(frozen=True, kw_only=True)
class RecorderStarted(Fact):
    KIND: ClassVar[str] = "recorder.started/1"
    software: str
    python: str
    system: str
    sqlite: str
    watcher: str  # "inotify", "watchdog", "scan"
    journal: str
    host: str | None = sealed()
    roots: tuple[Any, ...] | None = sealed()


@dataclass(frozen=True, kw_only=True)
class RecorderStopped(Fact):
    KIND: ClassVar[str] = "recorder.stopped/1"
    reason: str
    captured: int


@dataclass(frozen=True, kw_only=True)
class WatchAdded(Fact):
    KIND: ClassVar[str] = "watch.added/1"
    tool: str | None = None
    reason: str  # "asked", "returned"
    path: Any = sealed()


@dataclass(frozen=True, kw_only=True)
class WatchRemoved(Fact):
    KIND: ClassVar[str] = "watch.removed/1"
    reason: str  # "asked", "vanished", "unreadable"
    path: Any = sealed()


@dataclass(frozen=True, kw_only=True)
class GapNoticed(Fact):
    """A time in which nothing was watched. `since` and `until` are this machine's wall clock."""

    KIND: ClassVar[str] = "gap.noticed/1"
    reason: str  # "stopped", "crashed", "suspended", "overflow", "folder away"
    since: str | None = None
    until: str
    path: Any = sealed()


@dataclass(frozen=True, kw_only=True)
class ClockJumped(Fact):
    KIND: ClassVar[str] = "clock.jumped/1"
    wall_before: str
    wall_after: str
    by_ms: int

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
    key_protection: str  # "file-0600" or "keychain", said plainly in the report
    next_key: str | None = None  # SHA-256 of the raw public key that may follow this one, hex; ledgers of the first version have none


@dataclass(frozen=True, kw_only=True)
class RecorderStarted(Fact):
    KIND: ClassVar[str] = "recorder.started/1"
    software: str
    python: str
    system: str
    sqlite: str
    watcher: str  # "inotify", "watchdog", "scan"
    journal: str
    code: str | None = None  # SHA-256 over the program's own files (docs/decisions/0010-running-record.md)
    zone: str | None = None  # the machine's offset from UTC, "+08:00"
    clock_synchronised: str | None = None  # "yes", "no": whether the kernel says that its clock follows a time server
    clock_error_ms: int | None = None  # by how much it may be wrong at most, as the kernel says
    host: str | None = sealed()
    account: str | None = sealed()  # of the operating system, under which the recorder runs
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
    """A time in which nothing was watched. `since` and `until` are this machine's wall clock.

    asleep_ms: how long of it the machine slept, where its clocks tell. boot_before: the boot in which the time began, where it is another
    one than the entry's own.
    """

    KIND: ClassVar[str] = "gap.noticed/1"
    reason: str  # "stopped", "crashed", "restarted", "suspended", "overflow", "folder away"
    since: str | None = None
    until: str
    asleep_ms: int | None = None
    boot_before: str | None = None
    path: Any = sealed()


@dataclass(frozen=True, kw_only=True)
class ClockJumped(Fact):
    """The wall clock was set: by `by_ms`, somewhere between two looks. Across a restart, where nothing else counts on, at least by that."""

    KIND: ClassVar[str] = "clock.jumped/1"
    wall_before: str
    wall_after: str
    by_ms: int

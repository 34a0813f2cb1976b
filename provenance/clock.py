"""The one place that asks what time it is. A clock is passed in, so that a test can hold it."""

from __future__ import annotations

import functools
import hashlib
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from provenance.errors import BadInput


@dataclass(frozen=True)
class Moment:
    """What this machine's clocks said at once.

    wall: the system's wall clock, UTC. mono_ms: milliseconds since boot, sleep included where the system tells.
    awake_ms: milliseconds since boot without sleep. boot: eight hex digits that name this boot; "" where the system does not tell.
    """

    wall: datetime
    mono_ms: int
    awake_ms: int
    boot: str

    @property
    def stamp(self) -> str:
        """The wall time as RFC 3339, UTC, six decimals: 2026-11-22T02:30:00.000000Z."""
        return stamp(self.wall)


Clock = Callable[[], Moment]


def system() -> Moment:
    """Read this machine's clocks. CLOCK_BOOTTIME (Linux) and CLOCK_MONOTONIC (macOS: man 3 clock_gettime) count sleep; elsewhere both
    counters are the monotonic clock."""
    awake = time.monotonic_ns() // 1_000_000
    boottime = getattr(time, "CLOCK_MONOTONIC" if sys.platform == "darwin" else "CLOCK_BOOTTIME", None)
    mono = time.clock_gettime_ns(boottime) // 1_000_000 if boottime is not None else awake
    return Moment(datetime.now(UTC), mono, awake, boot_id())


@functools.cache  # the boot does not change while a process lives
def boot_id() -> str:
    """Eight hex digits of SHA-256 over the kernel's boot id (Linux: /proc/sys/kernel/random/boot_id), else ""."""
    try:
        raw = Path("/proc/sys/kernel/random/boot_id").read_bytes().strip()
    except OSError:
        return ""
    return hashlib.sha256(raw).hexdigest()[:8]


def stamp(at: datetime) -> str:
    """RFC 3339 in UTC with six decimals and a Z, so that text order is time order."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def stamp_ns(ns: int) -> str:
    """RFC 3339 of a file time in nanoseconds since 1970, cut (not rounded) to microseconds; out of range gives year 1 or 9999."""
    seconds, rest = divmod(ns, 1_000_000_000)
    try:
        return stamp(datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest // 1000))
    except (ValueError, OverflowError, OSError):
        return "0001-01-01T00:00:00.000000Z" if ns < 0 else "9999-12-31T23:59:59.999999Z"


def parse(text: str) -> datetime:
    """A stamp as a datetime in UTC. Raises BadInput `time.bad` for anything but RFC 3339 with a zone."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput("time.bad", text=text) from error
    if at.tzinfo is None:
        raise BadInput("time.bad", text=text)
    return at.astimezone(UTC)


def zone(at: datetime) -> str:
    """The machine's offset from UTC at a time: `+08:00`. The offset and not the zone's name: that is what its clock shows people."""
    text = at.astimezone().strftime("%z")
    return f"{text[:3]}:{text[3:5]}"


def synchronised() -> tuple[bool, int] | None:
    """Whether the kernel believes that its clock follows a time server, and by how many milliseconds it may be wrong at most.

    Linux: adjtimex(2), which only reads where `modes` is 0: STA_UNSYNC (0x40) is not set, TIME_ERROR (5) is not returned; maxerror in
    microseconds. None where the system does not tell so cheaply (macOS, Windows, a sandbox that forbids the call).
    """
    if not sys.platform.startswith("linux"):
        return None
    import ctypes

    buffer = (ctypes.c_long * 64)()  # struct timex: modes (padded to a long), offset, freq, maxerror, esterror, status, ...
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(buffer))
    except (OSError, AttributeError):
        return None
    if state < 0:
        return None
    return state != 5 and not buffer[5] & 0x40, int(buffer[3]) // 1000

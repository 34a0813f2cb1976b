"""The heartbeat file: until when a recorder was surely alive, for the run after one that could not say it stopped.

Written in place once a minute and synced, and only one entry is ever made of it (docs/decisions/0010-running-record.md). Two slots of
512 bytes are written in turn, each with a digest of its own, so that a power cut in the middle of a write leaves the beat before.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from provenance import clock
from provenance.clock import Moment
from provenance.errors import BadInput

SLOT = 512  # bytes: a disk writes a sector whole or not at all
BEAT_MS = 60_000


@dataclass(frozen=True)
class Beat:
    """What the clocks said at a beat, as `Moment` names them. number: of this beat, counted on over all runs."""

    number: int
    wall: str
    mono_ms: int
    awake_ms: int
    boot: str

    def moment(self) -> Moment:
        """The beat as a moment. Raises BadInput `time.bad`."""
        return Moment(clock.parse(self.wall), self.mono_ms, self.awake_ms, self.boot)


class Heartbeat:
    """Beats into one file. Advisory: a file that cannot be written or read only makes a later gap begin earlier."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._number = 0
        self._last_ms: int | None = None

    def last(self) -> Beat | None:
        """The newest whole beat in the file; None where there is none."""
        try:
            data = self._path.read_bytes()
        except OSError:
            return None
        beats = [beat for at in (0, SLOT) if (beat := _parse(data[at : at + SLOT])) is not None]
        newest = max(beats, key=lambda beat: beat.number, default=None)
        self._number = max(self._number, newest.number if newest else 0)
        return newest

    def beat(self, now: Moment) -> None:
        """Write one, if the last of this run is a minute old."""
        if self._last_ms is not None and now.mono_ms - self._last_ms < BEAT_MS:
            return
        self._last_ms = now.mono_ms
        self._number += 1
        slot = _slot(Beat(self._number, now.stamp, now.mono_ms, now.awake_ms, now.boot))
        with contextlib.suppress(OSError):
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
            try:
                os.lseek(file, SLOT * (self._number & 1), os.SEEK_SET)
                # a crash before the sync: this beat may be lost or torn, the other slot still holds the one before
                os.write(file, slot)
                os.fsync(file)
            finally:
                os.close(file)


def _slot(beat: Beat) -> bytes:
    text = json.dumps(asdict(beat), sort_keys=True)
    return f"{sha256(text.encode()).hexdigest()} {text}".encode().ljust(SLOT - 1) + b"\n"


def _parse(slot: bytes) -> Beat | None:
    digest, _, text = slot.rstrip().partition(b" ")
    if sha256(text).hexdigest().encode() != digest:
        return None
    try:
        beat = Beat(**json.loads(text))
        beat.moment()
    except (ValueError, TypeError, BadInput):
        return None
    return beat

"""One recorder per home. The operating system holds the lock, so that a killed recorder leaves none behind."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from pathlib import Path
from typing import IO

from provenance.errors import Busy, Unavailable

TRIES = 10


class RecorderLock:
    """An exclusive lock on recorder.lock, held from `acquire` to `release` or to the end of the process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None

    def acquire(self) -> None:
        """Take the lock. Raises Busy `recorder.busy` with the holder's process number, Unavailable when the file cannot be made."""
        try:
            file = self._path.open("a+b")
        except OSError as error:
            raise Unavailable("home.unwritable", path=str(self._path.parent), why=error.strerror or "") from error
        # whoever asks for the holder takes the lock for an instant: that is no recorder
        for tries in range(TRIES):
            if _lock(file):
                break
            if tries == TRIES - 1:
                file.close()
                raise Busy("recorder.busy", pid=holder(self._path) or "?")
            time.sleep(0.02)
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid():<16}".encode())
        file.flush()
        self._file = file

    def release(self) -> None:
        """Give the lock back; the file stays, so that no two processes ever lock different files of one name."""
        if self._file is not None:
            self._file.close()
            self._file = None


def holder(path: Path) -> int | None:
    """The process that holds the lock; None when nobody does. 0 when somebody does and its number cannot be read."""
    try:
        file = path.open("r+b")
    except OSError:
        return None
    with file:
        if _lock(file):
            return None
        with contextlib.suppress(OSError, ValueError):
            file.seek(0)
            return int(file.read(15))
        return 0


def _lock(file: IO[bytes]) -> bool:
    if sys.platform == "win32":
        import msvcrt

        try:
            file.seek(16)  # beyond the number, which others must be able to read
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

"""A glance at a file for the settler: its shape, and whether its format's end mark stands. Nothing is read whole."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path

from provenance.capture.settle import Settler
from provenance.capture.stations import APPEARED, CLOSED, FOUND, GONE, MOVED, OVERFLOW, ROOT_BACK, ROOT_GONE, Settled, Shape, Sighting

HEAD, TAIL = 4 * 1024, 64 * 1024
# O_NONBLOCK: a FIFO put in the file's place meanwhile must not hold the recorder. O_BINARY: Windows would translate line ends.
OPEN_FLAGS = (
    os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
)

Look = Callable[[str], tuple[Shape | None, bool | None]]


def shape_of(found: os.stat_result) -> Shape:
    """The part of stat's answer that tells one version of a file from the next."""
    return Shape(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def identity(folder: str) -> tuple[int, int] | None:
    """Device and inode of a folder, following symlinks; None where there is none."""
    try:
        found = Path(folder).stat()
    except (OSError, ValueError):
        return None
    return (found.st_dev, found.st_ino) if stat.S_ISDIR(found.st_mode) else None


def look(path: str) -> tuple[Shape | None, bool | None]:
    """A file's shape and end mark as they are now.

    Returns:
        (None, None) where no regular file stands (gone, folder, symlink, FIFO, device: symlinks are not followed, what they name is
        recorded where it lies if that is watched). mark: True, False, or None where the format has no end mark or it cannot be read.
    """
    try:
        found = os.lstat(path)
    except (OSError, ValueError):
        return None, None
    if not stat.S_ISREG(found.st_mode):
        return None, None
    return shape_of(found), _mark(path, found.st_size) if found.st_size else None


def _mark(path: str, size: int) -> bool | None:
    from provenance.carriers import end_mark

    try:
        opened = os.open(path, OPEN_FLAGS)
    except OSError:
        return None  # collect will meet the same refusal and name it
    try:
        if size <= TAIL:
            whole = os.read(opened, TAIL)
            return end_mark(whole[:HEAD], whole, size)
        head = os.read(opened, HEAD)
        os.lseek(opened, size - TAIL, os.SEEK_SET)
        return end_mark(head, os.read(opened, TAIL), size)
    except OSError:
        return None
    finally:
        os.close(opened)


def digest(settler: Settler, sightings: Sequence[Sighting], now_ms: Callable[[], int], at: Look = look) -> list[Settled | Sighting]:
    """One round of the recorder: look where something was sighted or is due, and tell what is done, in order.

    Args:
        sightings: as they were taken from the watcher, in order; may be empty, when only a timer ran out.
        now_ms: the clock's mono_ms.
    Returns:
        Settled files, and the sightings that are no file's (OVERFLOW, ROOT_GONE, ROOT_BACK) or a file's end (GONE, with `was` where a
        rename was under way), each at its place in the order.
    """
    done: list[Settled | Sighting] = []
    last = _last_words(sightings)
    now = now_ms()
    for index, sighting in enumerate(sightings):
        if index % 16 == 15:  # a look takes 20 us, and asking the clock no less
            now = now_ms()
        if sighting.what in (GONE, OVERFLOW, ROOT_GONE, ROOT_BACK):
            was = settler.origin(sighting.path)
            done.append(sighting if was is None else Sighting(sighting.what, sighting.path, sighting.at_ms, sighting.seen_at, was))
            settler.offer(sighting, None, None, now)
        elif last[sighting.path] == index or sighting.what == MOVED:
            shape, mark = at(sighting.path)
            done += settler.offer(sighting, shape, mark, now)
    now = now_ms()
    for index, path in enumerate(settler.due(now)):
        if index % 16 == 15:
            now = now_ms()
        shape, mark = at(path)
        done += settler.looked(path, shape, mark, now)
    return done


def _last_words(sightings: Sequence[Sighting]) -> dict[str, int]:
    """For each path the sighting worth a look: the last one, since an earlier one would only find the file as this one finds it.

    A name that merely appeared does not outdo a close before it: the walk of a new folder repeats what an event told already.
    """
    last: dict[str, int] = {}
    for index, sighting in enumerate(sightings):
        before = last.get(sighting.path)
        if before is None or sighting.what not in (APPEARED, FOUND) or sightings[before].what not in (CLOSED, MOVED):
            last[sighting.path] = index
    return last

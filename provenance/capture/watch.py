"""Which watcher this system has, and what it promises."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from provenance import clock as clocks
from provenance.capture.names import Names, names
from provenance.capture.stations import Sighting
from provenance.config import IGNORED, IGNORED_FOLDERS

_LIMITS = ("max_user_watches", "max_user_instances", "max_queued_events")
_STOP_MS = 200


class Watcher(Protocol):
    """Watches from its making until `close`.

    What it tells, beside the files: OVERFLOW(root) and ROOT_BACK(root) ask the taker to compare that root with the ledger (`scan`):
    all folders are watched again by then, the files in them are not told. GONE with a path that ends in a separator is a folder that
    left the roots: everything recorded below it is gone. Symlinks are told like files; `look` and `collect` refuse them.
    """

    def take(self, timeout_ms: int | None) -> list[Sighting]:
        """All since the last call, in order; waits up to `timeout_ms` (None: without end). Raises Unavailable when watching has failed."""
        ...

    def unwatched(self) -> Mapping[str, str]:
        """Folders that ought to be watched and are not: path -> error name (ENOSPC: the watch limit is reached) or "symlink"."""
        ...

    def close(self) -> None:
        """Stop; a second call does nothing."""
        ...


def start(
    roots: Sequence[str], *, ignore: Sequence[str] = IGNORED, ignore_folders: Sequence[str] = IGNORED_FOLDERS,
    clock: clocks.Clock = clocks.system,
) -> Watcher:
    """Begin to watch; on return every folder below the roots is watched.

    Args:
        roots: folders; one that is not there yet is told as ROOT_GONE and watched as soon as it comes.
        ignore, ignore_folders: patterns for bare names of files and folders that are passed over.
        clock: asked once for each read of the system's queue.
    Raises:
        Unavailable: the system gives no watcher (`capture.instances`, `capture.watcher`).
    """
    chosen = names(ignore, ignore_folders)
    covering = outermost(roots, chosen)
    if sys.platform == "linux":
        from provenance.capture.inotify import InotifyWatcher

        return InotifyWatcher(covering, chosen, clock)
    from provenance.capture.polling import PollingWatcher

    return PollingWatcher(covering, chosen, clock)


def watch(
    roots: Sequence[str], stop: threading.Event, *, ignore: Sequence[str] = IGNORED, ignore_folders: Sequence[str] = IGNORED_FOLDERS,
    clock: clocks.Clock = clocks.system, ready: Callable[[], None] | None = None,
) -> Iterator[Sighting]:
    """Sightings until `stop` is set (noticed within 0.2 s). `ready` is called once everything is watched. Otherwise as `start`."""
    watcher = start(roots, ignore=ignore, ignore_folders=ignore_folders, clock=clock)
    try:
        if ready is not None:
            ready()
        while not stop.is_set():
            yield from watcher.take(_STOP_MS)
    finally:
        watcher.close()


def outermost(roots: Sequence[str], chosen: Names) -> list[str]:
    """Roots as absolute paths, without those that another covers already. Links are resolved to compare, not in what is returned."""
    absolute = {os.path.realpath(root): str(Path(root).absolute()) for root in reversed(roots)}
    kept = {real for real in absolute if not any(_covers(other, real, chosen) for other in absolute if other != real)}
    return [given for real, given in reversed(absolute.items()) if real in kept]


def _covers(outer: str, inner: str, chosen: Names) -> bool:
    below = Path(inner)
    return below.is_relative_to(outer) and not any(chosen.skips_folder(part) for part in below.relative_to(outer).parts)


def watcher_name() -> str:
    """What `recorder.started` says of the watcher: "inotify" on Linux, else "watchdog"."""
    return "inotify" if sys.platform == "linux" else "watchdog"


def limits(where: str = "/proc/sys/fs/inotify") -> dict[str, int]:
    """The kernel's inotify limits (man 7 inotify) by name; empty where there are none."""
    found: dict[str, int] = {}
    for name in _LIMITS:
        try:
            found[name] = int((Path(where) / name).read_bytes())
        except (OSError, ValueError):
            continue
    return found

"""When is a file's writer done? Decided from what was sighted and from the file's shape over time; no disk or clock is asked here."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace

from provenance.capture.stations import APPEARED, CLOSED, FOUND, GONE, MOVED, ROOT_GONE, TOUCHED, Settled, Shape, Sighting

STILL_MS = 2_000  # how long a shape must hold where nothing else tells
MARK_MS = 300  # how long it must hold where the format's end mark stands

_WRITING = (CLOSED, APPEARED, TOUCHED, FOUND, MOVED)


@dataclass(frozen=True)
class _Waiting:
    """A file whose writer may not be done. shape None: it was not there when it was looked at. since: when this shape was first met."""

    what: str
    seen_at: str
    was: str | None
    shape: Shape | None
    since: int
    due: int


class Settler:
    """Collects sightings until a file is still. All times are Moment.mono_ms.

    A close after which the file is whole settles at once: that is the rule on Linux. The timers serve names that come without a
    close (hard links, moved folders, O_TMPFILE), files held open, first closes of an empty file, and systems that tell no closes.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, _Waiting] = {}
        self._queue: list[tuple[int, str]] = []  # (due, path); an item whose due is no longer the file's is passed over

    def __len__(self) -> int:
        return len(self._waiting)

    def origin(self, path: str) -> str | None:
        """The path that a file not yet settled was renamed from: where it goes, that path goes with it."""
        waiting = self._waiting.get(path)
        return waiting.was if waiting else None

    def offer(self, sighting: Sighting, shape: Shape | None, mark: bool | None, now_ms: int) -> list[Settled]:
        """Take in one sighting.

        Args:
            sighting: of any kind; those that are not about a file being written settle nothing.
            shape, mark: the file as it was looked at after the sighting (None: it is not there, or is no regular file).
                mark: whether the format's end mark stands where it must; None where the format has none.
            now_ms: when it was looked at.
        Returns:
            The file, if its writer is done; else nothing, and `due` will ask for another look.
        """
        if sighting.what not in _WRITING:
            if sighting.what in (GONE, ROOT_GONE):
                self._drop(sighting.path, below=sighting.what == ROOT_GONE or sighting.path.endswith(("/", "\\")))
            return []
        before = self._waiting.pop(sighting.path, None)
        waiting = self._taken(sighting, before, shape, now_ms)
        if shape is None and waiting.was is None:
            return []
        if sighting.what in (CLOSED, MOVED) and shape is not None and shape.size > 0 and mark is not False:
            return [_settled(sighting.path, waiting, "renamed" if sighting.what == MOVED else "closed")]
        self._wait(sighting.path, waiting, mark)
        return []

    def looked(self, path: str, shape: Shape | None, mark: bool | None, now_ms: int) -> list[Settled]:
        """Take in another look at a path that `due` asked for; otherwise as `offer`."""
        waiting = self._waiting.get(path)
        if waiting is None:
            return []
        if shape is None:
            del self._waiting[path]  # gone: the watcher tells that itself
            return []
        if shape != waiting.shape:
            waiting = replace(waiting, shape=shape, since=now_ms)
        held = now_ms - waiting.since
        if held >= (MARK_MS if mark else STILL_MS):
            del self._waiting[path]
            return [_settled(path, waiting, "end mark" if mark else "still")]
        self._wait(path, waiting, mark)
        return []

    def due(self, now_ms: int) -> list[str]:
        """The paths to look at again now; answer each with `looked`. One that is not answered is asked for again."""
        found: list[str] = []
        while self._queue and self._queue[0][0] <= now_ms:
            due, path = heapq.heappop(self._queue)
            waiting = self._waiting.get(path)
            if waiting is not None and waiting.due == due:
                found.append(path)
                self._schedule(path, waiting, now_ms + MARK_MS)
        return found

    def next_due_ms(self) -> int | None:
        """When `due` will next have something; None while nothing waits."""
        while self._queue:
            due, path = self._queue[0]
            waiting = self._waiting.get(path)
            if waiting is not None and waiting.due == due:
                return due
            heapq.heappop(self._queue)
        return None

    def _taken(self, sighting: Sighting, before: _Waiting | None, shape: Shape | None, now_ms: int) -> _Waiting:
        """What is known of the file with this sighting: a rename carries over what was pending under the old name."""
        what, was = sighting.what, before.was if before else None
        if what == MOVED and sighting.was is not None:
            old = self._waiting.pop(sighting.was, None)
            was = (old.was if old else None) or sighting.was
        if what == FOUND and before is not None:
            what = before.what  # it was already seen live
        since = before.since if before is not None and before.shape == shape else now_ms
        return _Waiting(what, sighting.seen_at, was, shape, since, since)

    def _wait(self, path: str, waiting: _Waiting, mark: bool | None) -> None:
        self._schedule(path, waiting, waiting.since + (MARK_MS if mark or waiting.shape is None else STILL_MS))

    def _schedule(self, path: str, waiting: _Waiting, due: int) -> None:
        self._waiting[path] = replace(waiting, due=due)
        heapq.heappush(self._queue, (due, path))

    def _drop(self, path: str, *, below: bool) -> None:
        self._waiting.pop(path, None)
        if below:
            starts = (path.rstrip("/\\") + "/", path.rstrip("/\\") + "\\")
            for inside in [inside for inside in self._waiting if inside.startswith(starts)]:
                del self._waiting[inside]


def _settled(path: str, waiting: _Waiting, how: str) -> Settled:
    return Settled(path, how, waiting.seen_at, waiting.what, waiting.was)

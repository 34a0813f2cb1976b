"""macOS and Windows: watchdog's observers behind the same three methods. Thin on purpose: the rescan is what makes it whole.

Nothing but Linux tells when a writer closes a file, so here the settler's timers decide. Where events were lost watchdog says so in its
log at most (7.1: no event, and nothing at all on Windows): a warning there becomes an OVERFLOW.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from provenance.capture.look import identity
from provenance.capture.names import Names
from provenance.capture.outbox import Outbox
from provenance.capture.scan import walk
from provenance.capture.stations import APPEARED, CLOSED, GONE, MOVED, OVERFLOW, ROOT_BACK, ROOT_GONE, TOUCHED, Sighting
from provenance.clock import Clock, Moment
from provenance.errors import Unavailable

ROOTS_MS = 1_000
_FILE_EVENTS = {"created": APPEARED, "modified": TOUCHED, "closed": CLOSED, "deleted": GONE}
_LOGGERS = ("watchdog", "fsevents")


def translate(event: Any, names: Names, at: Moment) -> list[Sighting]:
    """One watchdog event (its event_type, is_directory, src_path, dest_path) as Sightings; those of no interest give none."""
    path = os.fsdecode(event.src_path)
    if event.event_type == "moved":
        return _moved(path, os.fsdecode(event.dest_path), event.is_directory, names, at)
    skips = names.skips_folder if event.is_directory else names.skips_file
    if skips(os.path.basename(path)):  # noqa: PTH119 (a trailing separator is no part of a name that watchdog gives)
        return []
    if not event.is_directory:
        what = _FILE_EVENTS.get(event.event_type)
        return [] if what is None else [Sighting(what, path, at.mono_ms, at.stamp)]
    if event.event_type == "created":
        return [Sighting(APPEARED, inside, at.mono_ms, at.stamp) for inside in _files(path, names)]
    return [Sighting(GONE, path + os.sep, at.mono_ms, at.stamp)] if event.event_type == "deleted" else []


def _moved(old: str, new: str, folder: bool, names: Names, at: Moment) -> list[Sighting]:
    skips = names.skips_folder if folder else names.skips_file
    lost, found = skips(os.path.basename(old)), skips(os.path.basename(new))  # noqa: PTH119
    if found:
        return [] if lost else [Sighting(GONE, old + os.sep if folder else old, at.mono_ms, at.stamp)]
    if folder:
        inside = _files(new, names)
        return [
            Sighting(APPEARED, path, at.mono_ms, at.stamp) if lost else Sighting(MOVED, path, at.mono_ms, at.stamp, old + path[len(new):])
            for path in inside
        ]
    return [Sighting(CLOSED, new, at.mono_ms, at.stamp) if lost else Sighting(MOVED, new, at.mono_ms, at.stamp, old)]


def _files(folder: str, names: Names) -> list[str]:
    return [path for path, _ in walk(folder, chosen=names)]


class PollingWatcher:
    """Watches until it is closed. See `watch.Watcher` for what each method promises.

    observer: a watchdog observer that is not started yet; None: this system's own.
    """

    def __init__(self, roots: Sequence[str], names: Names, clock: Clock, observer: Any = None) -> None:
        try:
            if observer is None:
                from watchdog.observers import Observer

                observer = Observer()
        except ImportError as error:
            raise Unavailable("capture.watcher", why=str(error)) from error
        self._roots, self._names, self._clock = tuple(roots), names, clock
        self._outbox = Outbox()
        self._watches: dict[str, tuple[Any, tuple[int, int]]] = {}
        self._unwatched: dict[str, str] = {}
        self._observer = observer
        self._log = _Log(self)
        for name in _LOGGERS:
            logging.getLogger(name).addHandler(self._log)
        self._observer.start()
        self._checked = clock()
        for root in self._roots:
            if not self._schedule(root):
                self._outbox.put([Sighting(ROOT_GONE, root, self._checked.mono_ms, self._checked.stamp)])

    def take(self, timeout_ms: int | None) -> list[Sighting]:
        """As `Watcher.take`; wakes once a second at most to see whether the roots are still there."""
        left = timeout_ms
        while True:
            self._check_roots()
            told = self._outbox.take(ROOTS_MS if left is None else min(left, ROOTS_MS))
            left = None if left is None else left - ROOTS_MS
            if told or (left is not None and left <= 0):
                return told

    def unwatched(self) -> Mapping[str, str]:
        """Roots that watchdog refused, and why."""
        return dict(self._unwatched)

    def close(self) -> None:
        """Stop watchdog's threads."""
        for name in _LOGGERS:
            logging.getLogger(name).removeHandler(self._log)
        if self._observer.is_alive():
            self._observer.stop()
            self._observer.join()

    def dispatch(self, event: Any) -> None:
        """Called by watchdog's thread for each event."""
        if event.event_type == "deleted" and os.fsdecode(event.src_path) in self._roots:
            return  # a root that is away is not a root whose files are gone: the check of the roots tells it
        try:
            self._outbox.put(translate(event, self._names, self._clock()))
        except Exception as error:  # watchdog's thread would end without a word
            self._outbox.fail(error)

    def lost(self) -> None:
        """Events were lost, nobody knows where: every root is to be compared."""
        at = self._clock()
        self._outbox.put([Sighting(OVERFLOW, root, at.mono_ms, at.stamp) for root in self._roots])

    def _schedule(self, root: str) -> bool:
        found = identity(root)
        if found is None:
            return False
        try:
            self._watches[root] = (self._observer.schedule(self, root, recursive=True), found)
        except (OSError, RuntimeError) as error:
            self._unwatched[root] = str(error)
            return False
        self._unwatched.pop(root, None)
        return True

    def _check_roots(self) -> None:
        at = self._clock()
        if at.mono_ms - self._checked.mono_ms < ROOTS_MS:
            return
        self._checked = at
        for root in self._roots:
            if root in self._watches:
                watch, found = self._watches[root]
                alive = any(emitter.watch == watch and emitter.is_alive() for emitter in self._observer.emitters)
                if alive and identity(root) == found:
                    continue
                del self._watches[root]
                with suppress(KeyError, OSError, RuntimeError):  # scheduling a path anew does nothing before this (watchdog 7.1)
                    self._observer.unschedule(watch)
                self._outbox.put([Sighting(ROOT_GONE, root, at.mono_ms, at.stamp)])
            if self._schedule(root):
                self._outbox.put([Sighting(ROOT_BACK, root, at.mono_ms, at.stamp)])


class _Log(logging.Handler):
    """watchdog's warnings are the only trace of lost events."""

    def __init__(self, watcher: PollingWatcher) -> None:
        super().__init__(logging.WARNING)
        self._watcher = watcher

    def emit(self, record: logging.LogRecord) -> None:
        self._watcher.lost()

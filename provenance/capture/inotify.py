"""Linux: one thread that only reads the kernel's queue and translates, so that the queue stays short under any load."""

from __future__ import annotations

import errno
import os
import select
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from inotify_simple import INotify

from provenance.capture.names import Names
from provenance.capture.outbox import Outbox
from provenance.capture.roots import Roots
from provenance.capture.stations import Sighting
from provenance.capture.translate import GRACE_MS, Translator
from provenance.capture.tree import Tree
from provenance.clock import Clock, Moment
from provenance.errors import Unavailable

SLICE = 500  # events translated before the kernel's queue is emptied again: memory takes up a burst, the queue stays short
ROOTS_MS = 2_000  # an idle recorder wakes no more often than this


class InotifyWatcher:
    """Watches until it is closed. See `watch.Watcher` for what each method promises."""

    def __init__(self, roots: Sequence[str], names: Names, clock: Clock) -> None:
        try:
            self._inotify = INotify()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                raise Unavailable("capture.instances") from error
            raise Unavailable("capture.watcher", why=error.strerror or str(error)) from error
        self._clock = clock
        self._outbox = Outbox()
        self._tree = Tree(self._inotify, names)
        self._roots = Roots(roots, self._tree, self._inotify)
        self._translator = Translator(self._tree, self._roots, names)
        self._wake_read, self._wake_write = os.pipe()
        self._outbox.put(self._roots.start(clock()))
        self._thread = threading.Thread(target=self._run, name="prov-inotify", daemon=True)
        self._thread.start()

    def take(self, timeout_ms: int | None) -> list[Sighting]:
        """All that has been sighted since the last call; waits up to `timeout_ms` (None: without end) for the first."""
        return self._outbox.take(timeout_ms)

    def unwatched(self) -> Mapping[str, str]:
        """Folders without a watch, and why."""
        return dict(self._tree.unwatched)

    def close(self) -> None:
        """Stop the thread and give the watches back. A second call does nothing."""
        if self._thread.is_alive():
            with suppress(OSError):
                os.write(self._wake_write, b"x")
            self._thread.join()
        if not self._inotify.closed:
            self._inotify.close()
            os.close(self._wake_read)
            os.close(self._wake_write)

    def _run(self) -> None:
        try:
            self._read_until_woken()
        except BaseException as error:  # a thread that dies in silence would be a gap that nobody records
            self._outbox.fail(error)

    def _read_until_woken(self) -> None:
        poll = select.poll()
        poll.register(self._inotify.fileno(), select.POLLIN)
        poll.register(self._wake_read, select.POLLIN)
        checked = self._clock().mono_ms
        drawn: deque[tuple[list[Any], Moment]] = deque()
        while True:
            patience = 0 if drawn else GRACE_MS if self._translator.unpaired else ROOTS_MS
            ready = {descriptor for descriptor, _ in poll.poll(patience)}
            if self._wake_read in ready:
                return
            at = self._clock() if ready or not drawn else drawn[-1][1]
            if ready:
                events = self._inotify.read(timeout=0)
                drawn += [(events[start : start + SLICE], at) for start in range(0, len(events), SLICE)]
            if drawn:
                self._outbox.put(self._translator.translate(*drawn.popleft()))
                continue
            self._outbox.put(self._translator.expired(at))
            if at.mono_ms - checked >= ROOTS_MS:
                self._outbox.put(self._roots.check(at))
                checked = at.mono_ms

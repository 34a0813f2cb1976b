"""From the watching thread to the working one: lists of Sightings in order, and the failure that ended the watching."""

from __future__ import annotations

import queue

from provenance.capture.stations import Sighting
from provenance.errors import Unavailable


class Outbox:
    """Unbounded on purpose: memory is what takes up a burst, so that the kernel's queue never has to."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[list[Sighting] | BaseException] = queue.SimpleQueue()

    def put(self, told: list[Sighting]) -> None:
        """Hand over what was sighted at once; an empty list is nothing."""
        if told:
            self._queue.put(told)

    def fail(self, error: BaseException) -> None:
        """The watching thread ends here; whoever takes next is told."""
        self._queue.put(error)

    def take(self, timeout_ms: int | None) -> list[Sighting]:
        """All that is there, in order; waits up to `timeout_ms` (None: without end) for the first, else an empty list.

        Raises:
            Unavailable: `capture.watcher` when the watching thread has failed.
        """
        found: list[Sighting] = []
        try:
            item = self._queue.get(timeout=None if timeout_ms is None else max(timeout_ms, 0) / 1000)
            while True:
                if isinstance(item, BaseException):
                    if found:
                        self._queue.put(item)  # what came before it is handed out first; nothing is put after a failure
                        return found
                    raise Unavailable("capture.watcher", why=f"{type(item).__name__}: {item}") from item
                found += item
                item = self._queue.get_nowait()
        except queue.Empty:
            return found

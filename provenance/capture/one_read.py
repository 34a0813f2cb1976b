"""One pass over a model file: the whole hashed in one thread, the payload in another, while a third reads ahead.

hashlib gives the GIL back for large updates, so on two cores the wall time is that of one SHA-256.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import threading
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from types import TracebackType

from provenance.capture import safetensors

BLOCK = 4 * 1024 * 1024
SLOTS = 4
WINDOW_AT, WINDOW_SIZE = 0x100000, 0x10000  # the bytes AutoV1 is made of


class OneRead:
    """A context: threads run inside it, the digests are complete after it.

    size: the file's, in bytes, as fstat gave it. begin: called first in each hashing thread.
    """

    def __init__(self, size: int, begin: Callable[[], None] | None = None) -> None:
        self.size = size
        self.count = 0
        self.payload_at: int | None = None  # None: not safetensors
        self.head = bytearray()  # length and header of a safetensors file
        self.window = bytearray()
        self._whole, self._payload = _Lane(begin), _Lane(begin)

    def __enter__(self) -> OneRead:
        self._whole.start()
        self._payload.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for lane in (self._whole, self._payload):
            lane.work.put(None)
            lane.join()

    @property
    def whole(self) -> str:
        return self._whole.sha.hexdigest()

    @property
    def payload(self) -> str | None:
        """None without a header, and for the hash of nothing."""
        if self.payload_at is None or self.count <= self.payload_at:
            return None
        return self._payload.sha.hexdigest()

    def blocks(self, file: io.FileIO) -> Iterator[int]:
        """Read on; gives the bytes read so far after each block. Ends at the file's end, or when it is longer than it was."""
        for slot in itertools.cycle([_Slot() for _ in range(SLOTS)]):
            slot.wait()
            got = _fill(file, slot.view)
            if got == 0:
                return
            self._take(slot, slot.view[:got])
            yield self.count
            if self.count > self.size:
                return

    def _take(self, slot: _Slot, block: memoryview) -> None:
        at = self.count
        if at == 0:
            n = safetensors.header_length(bytes(block[:9]), self.size)
            self.payload_at = None if n is None else 8 + n
        self._whole.work.put((block, slot.free))
        if self.payload_at is None:
            slot.free.release()
        else:
            self.head += _within(block, at, 0, self.payload_at)
            self._payload.work.put((_within(block, at, self.payload_at, at + len(block)), slot.free))
        self.window += _within(block, at, WINDOW_AT, WINDOW_AT + WINDOW_SIZE)
        self.count += len(block)


class _Lane(threading.Thread):
    """SHA-256 in a thread of its own; a slot is given back when its block has been hashed."""

    def __init__(self, begin: Callable[[], None] | None) -> None:
        super().__init__(name="prov-sha256", daemon=True)
        self.work: SimpleQueue[tuple[memoryview, threading.Semaphore] | None] = SimpleQueue()
        self.sha = hashlib.sha256()
        self._begin = begin

    def run(self) -> None:
        if self._begin is not None:
            self._begin()
        while (item := self.work.get()) is not None:
            block, done = item
            self.sha.update(block)
            done.release()


class _Slot:
    """A buffer that both lanes must have given back before it is filled again."""

    def __init__(self) -> None:
        self.view = memoryview(bytearray(BLOCK))
        self.free = threading.Semaphore(2)

    def wait(self) -> None:
        self.free.acquire()
        self.free.acquire()


def _fill(file: io.FileIO, view: memoryview) -> int:
    got = 0
    while got < len(view) and (more := file.readinto(view[got:])):
        got += more
    return got


def _within(block: memoryview, at: int, start: int, stop: int) -> memoryview:
    """The part of a block, whose first byte is at `at` in the file, that lies in start..stop."""
    return block[max(start - at, 0) : max(stop - at, 0)]

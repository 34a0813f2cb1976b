"""A file of which the first and the last part are at hand, and perhaps nothing between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

REACH = 32 * 1024 * 1024  # bytes fetched between head and tail of one large file, all together


@dataclass(frozen=True)
class Window:
    """head: bytes from offset 0; tail: the last bytes; size: of the whole file. head is the whole file when len(head) >= size.

    fetch: bytes at (offset, length) of a large file from the descriptor it was read through, where one is still open; what it gives
    is bounded by REACH.
    """

    head: bytes
    tail: bytes
    size: int
    fetch: Callable[[int, int], bytes] | None = None
    _fetched: list[int] = field(default_factory=lambda: [0], repr=False, compare=False)

    @property
    def whole(self) -> bool:
        return len(self.head) >= self.size

    @property
    def tail_at(self) -> int:
        """Absolute offset of the tail's first byte."""
        return self.size - len(self.tail)

    def get(self, offset: int, length: int) -> bytes:
        """Bytes at an absolute offset; b"" where the range leaves what is at hand (or the file)."""
        if offset < 0 or length < 0 or offset + length > self.size:
            return b""
        if offset + length <= len(self.head):
            return self.head[offset : offset + length]
        if offset >= self.tail_at:
            return self.tail[offset - self.tail_at : offset - self.tail_at + length]
        if self.tail_at <= len(self.head):  # the two parts overlap or touch, and the range lies across the seam
            first = self.head[offset:]
            return first + self.tail[offset + len(first) - self.tail_at : offset + length - self.tail_at]
        if self.fetch is None or self._fetched[0] + length > REACH:
            return b""
        self._fetched[0] += length + 4096  # a seek is not free either: a file of tiny steps may not take for ever
        found = self.fetch(offset, length)
        return found if len(found) == length else b""

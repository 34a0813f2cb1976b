"""A file of which the first and the last part are at hand, and perhaps nothing between them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Window:
    """head: bytes from offset 0; tail: the last bytes; size: of the whole file. head is the whole file when len(head) >= size."""

    head: bytes
    tail: bytes
    size: int

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
        return b""

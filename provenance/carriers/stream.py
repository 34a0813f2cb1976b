"""Bytes that are read piece by piece, as the file object that zipfile and Pillow ask for."""

from __future__ import annotations

import io
from collections.abc import Callable


class Stream(io.RawIOBase):
    """size: in bytes. get: the bytes at (offset, length). A read beyond `most` is refused, which bounds what a directory may cost."""

    def __init__(self, size: int, get: Callable[[int, int], bytes], most: int) -> None:
        self._size, self._get, self._most, self._at = size, get, most, 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        place = offset + (0, self._at, self._size)[whence]
        if place < 0:
            raise OSError("before the beginning")
        self._at = place
        return place

    def read(self, size: int = -1) -> bytes:
        left = max(0, self._size - self._at)
        length = left if size < 0 else min(size, left)
        if length > self._most:
            raise OSError("too long")
        found = self._get(self._at, length)
        self._at += len(found)
        return found

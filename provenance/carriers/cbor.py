"""CBOR (RFC 8949), as much as a C2PA manifest uses, read within bounds.

A general decoder turns tags into objects (dates, patterns, shared references); here a tag is passed over and what it marks stays as it
stands, so that a date keeps its spelling and hostile bytes cost no more than their length.
"""

from __future__ import annotations

import struct
from types import MappingProxyType
from typing import Any

MAX_DEPTH = 32
MAX_ITEMS = 100_000
_REFUSED = "cbor: cut, nested too deep, or too many items"
_FLOATS = MappingProxyType({25: ">e", 26: ">f", 27: ">d"})
_SIMPLE = MappingProxyType({20: False, 21: True, 22: None, 23: None})


def loads(data: bytes) -> Any:
    """The first item in `data`: int, float, bytes, str, list, dict, bool or None. Bytes behind it are not looked at.

    Strings that are not UTF-8 have replacement characters. Of a key that stands twice the first value counts; keys that are no text,
    number or bytes are their text.

    Raises:
        ValueError: cut, malformed, nested deeper than MAX_DEPTH, or more than MAX_ITEMS items.
    """
    return _Reader(data).item(0)


class _Reader:
    """Where a decoding has come to. left: items that may still be read. A manifest has thousands of items, so the common ones, text and
    maps with text for keys, take no more calls than they must."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at, self.left, self.end = data, 0, MAX_ITEMS, len(data)

    def item(self, depth: int) -> Any:
        at = self.at
        self.left -= 1
        if at >= self.end or depth > MAX_DEPTH or self.left < 0:
            raise ValueError(_REFUSED)
        data = self.data
        first = data[at]
        self.at = at = at + 1
        major = first >> 5
        info = size = first & 31
        if size == 24 and at < self.end:  # spelled out, as the next branch is too: half of all items are texts of up to 255 bytes
            size = data[at]
            self.at = at = at + 1
        elif size > 23:
            argument = self._argument(size)
            if argument is None:
                return self._open(major, depth)
            size, at = argument, self.at
        if major in (2, 3):
            end = at + size
            if end > self.end:
                raise ValueError("cbor: cut")
            self.at = end
            return str(data[at:end], "utf-8", "replace") if major == 3 else data[at:end]
        if major == 5:
            return self._map(size, depth + 1)
        if major == 4:
            self._fits(size)
            return [self.item(depth + 1) for _ in range(size)]
        if major < 2:
            return size if major == 0 else -1 - size
        return self.item(depth + 1) if major == 6 else self._simple(info, size)

    def _argument(self, info: int) -> int | None:
        """The argument where it does not stand in the first byte itself; None where the item has no stated length."""
        if info < 28:
            return int.from_bytes(self._take(1 << (info - 24)), "big")
        if info < 31:
            raise ValueError("cbor: reserved length")
        return None

    def _take(self, size: int) -> bytes:
        end = self.at + size
        if end > self.end:
            raise ValueError("cbor: cut")
        raw = self.data[self.at : end]
        self.at = end
        return raw

    def _fits(self, items: int) -> None:
        """A count that the bytes left cannot hold is refused before anything is read."""
        if items > self.end - self.at:
            raise ValueError("cbor: cut")

    def _map(self, size: int, depth: int) -> dict[Any, Any]:
        self._fits(2 * size)
        found: dict[Any, Any] = {}
        data, item, last = self.data, self.item, self.end
        for _ in range(size):
            at = self.at
            after = at + data[at] - 0x5F if at < last else 0
            if at < after <= at + 24 and after <= last and self.left > 0 and depth <= MAX_DEPTH:  # a short text, read in place
                self.left -= 1
                self.at = after
                key: Any = str(data[at + 1 : after], "utf-8", "replace")
            else:
                key = _as_key(item(depth))
            value = item(depth)
            if key not in found:
                found[key] = value
        return found

    def _simple(self, info: int, size: int) -> Any:
        form = _FLOATS.get(info)
        if form is None:
            return _SIMPLE.get(size)
        return struct.unpack(form, size.to_bytes(1 << (info - 24), "big"))[0]

    def _open(self, major: int, depth: int) -> Any:
        """An item without a stated length: it ends with a break."""
        if major in (2, 3):
            return self._joined(major)
        if major == 4:
            return [self.item(depth + 1) for _ in iter(self._ended, True)]
        if major == 5:
            found: dict[Any, Any] = {}
            for _ in iter(self._ended, True):
                key = _as_key(self.item(depth + 1))
                found.setdefault(key, self.item(depth + 1))
            return found
        if major == 6:
            return self.item(depth + 1)
        if major == 7:
            return None
        raise ValueError("cbor: a number without end")

    def _joined(self, major: int) -> bytes | str:
        """A string in pieces, each of the same kind and with a length of its own."""
        pieces = []
        while not self._ended():
            self.left -= 1
            if self.at >= self.end or self.left < 0:
                raise ValueError(_REFUSED)
            first = self.data[self.at]
            self.at += 1
            info = first & 31
            size = info if info < 24 else self._argument(info)
            if first >> 5 != major or size is None:
                raise ValueError("cbor: a chunk of another kind")
            pieces.append(self._take(size))
        raw = b"".join(pieces)
        return raw if major == 2 else raw.decode("utf-8", "replace")

    def _ended(self) -> bool:
        if self.data[self.at : self.at + 1] != b"\xff":
            return False
        self.at += 1
        return True


def _as_key(value: Any) -> Any:
    return value if isinstance(value, str | int | bytes) else str(value)

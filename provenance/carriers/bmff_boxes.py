"""Headers of ISO base media boxes (ISO/IEC 14496-12, 4.2), in a file and in bytes that are at hand."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from provenance.carriers.taker import Taker
from provenance.carriers.text import decode


@dataclass(frozen=True)
class Box:
    """kind: four bytes; start: absolute offset of the body; length: of the body; inside: kinds of the boxes around it."""

    kind: bytes
    start: int
    length: int
    inside: tuple[bytes, ...] = ()


def boxes(taker: Taker, pos: int, end: int) -> Iterator[Box]:
    """The boxes between two absolute offsets: 32-bit and 64-bit sizes; size 0 reaches to the end. One that is too long ends there, and
    is told, as is one that is too short, which ends the walk."""
    window = taker.window
    while pos + 8 <= end:
        header = window.get(pos, min(16, end - pos))
        if not header:
            taker.finds.warn(f"mp4.not-at-hand @{pos}")
            return
        size, kind, used = _header(header, 0, end - pos)
        if size == 0 and kind == b"\x00\x00\x00\x00":
            return  # a 32-bit zero ends QuickTime's udta
        size = size or end - pos
        if size < used or pos + size > end:
            taker.finds.warn(f"mp4.box-size {decode(kind)}@{pos}")
            if size < used:
                return
            size = end - pos
        yield Box(kind, pos + used, size - used)
        pos += size


def children(body: bytes, pos: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(kind, offset of the body, its end) of the boxes between two offsets of `body`; one that claims too much ends with `end`."""
    while pos + 8 <= end:
        size, kind, used = _header(body, pos, end - pos)
        stop = end if size == 0 or pos + size > end else pos + size
        if stop < pos + used:
            return
        yield kind, pos + used, stop
        pos = stop


def _header(data: bytes, pos: int, left: int) -> tuple[int, bytes, int]:
    """(size of the box, its kind, length of its header)."""
    size, kind = struct.unpack_from(">I4s", data, pos)
    if size == 1 and left >= 16:
        return struct.unpack_from(">Q", data, pos + 8)[0], kind, 16
    return size, kind, 8

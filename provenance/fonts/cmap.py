"""Which characters a font file has glyphs for: its `cmap` table (ISO/IEC 14496-22 OpenType, formats 4 and 12). Pure.

Pillow draws a box for a character that a font lacks and cannot be asked before. Nothing else of a font is read here.
"""

from __future__ import annotations

import bisect
import struct
from collections.abc import Callable
from dataclasses import dataclass

from provenance.errors import Unreadable

Read = Callable[[int, int], bytes]
"""(offset, length) -> bytes of the file, fewer at its end."""

MOST_TABLE = 8 << 20
MOST_GROUPS = 200_000
UNICODE = {(3, 10): 0, (0, 6): 1, (0, 4): 1, (3, 1): 2, (0, 3): 3}  # (platform, encoding) -> which is taken first


@dataclass(frozen=True)
class Coverage:
    """Ranges of code points, ascending and apart."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def __contains__(self, char: str) -> bool:
        at = bisect.bisect_right(self.starts, ord(char)) - 1
        return at >= 0 and ord(char) <= self.ends[at]


def coverage(read: Read, index: int = 0) -> Coverage:
    """The characters of one face.

    Args:
        read: of the file. index: of the face in a collection (.ttc).
    Raises:
        Unreadable: `film.font` for what is no such font.
    """
    try:
        start = _face(read, index)
        at, length = _table(read, start, b"cmap")
        return _ranges(read(at, min(length, MOST_TABLE)))
    except (struct.error, IndexError, KeyError, ValueError) as error:
        raise Unreadable("film.font", why=type(error).__name__) from error


def _face(read: Read, index: int) -> int:
    head = read(0, 12)
    if head[:4] != b"ttcf":
        return 0
    count = struct.unpack(">I", head[8:12])[0]
    if index >= count:
        raise ValueError("no such face")
    return int(struct.unpack(">I", read(12 + 4 * index, 4))[0])


def _table(read: Read, start: int, tag: bytes) -> tuple[int, int]:
    count = struct.unpack(">H", read(start + 4, 2))[0]
    rows = read(start + 12, 16 * count)
    for at in range(0, len(rows) - 15, 16):
        if rows[at : at + 4] == tag:
            offset, length = struct.unpack(">II", rows[at + 8 : at + 16])
            return offset, length
    raise KeyError(tag)


def _ranges(table: bytes) -> Coverage:
    count = struct.unpack(">H", table[2:4])[0]
    listed = [struct.unpack(">HHI", table[4 + 8 * n : 12 + 8 * n]) for n in range(count)]
    best = min((row for row in listed if row[:2] in UNICODE), key=lambda row: UNICODE[row[0], row[1]], default=None)
    if best is None:
        raise KeyError("no Unicode subtable")
    sub = table[best[2] :]
    form = struct.unpack(">H", sub[:2])[0]
    found = _segments(sub) if form == 4 else _groups(sub) if form == 12 else None
    if not found:
        raise ValueError("format")
    merged: list[tuple[int, int]] = []
    for low, high in sorted(found):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return Coverage(tuple(low for low, _ in merged), tuple(high for _, high in merged))


def _groups(sub: bytes) -> list[tuple[int, int]]:
    """Format 12. A group that begins at glyph 0 has no glyph for its first character."""
    count = min(struct.unpack(">I", sub[12:16])[0], MOST_GROUPS)
    rows = (struct.unpack(">III", sub[16 + 12 * n : 28 + 12 * n]) for n in range(count))
    return [(low + (glyph == 0), high) for low, high, glyph in rows if low + (glyph == 0) <= high]


def _segments(sub: bytes) -> list[tuple[int, int]]:
    """Format 4: arrays of ends, starts, deltas and offsets, the offsets relative to where they stand."""
    count = struct.unpack(">H", sub[6:8])[0] // 2
    ends = struct.unpack(f">{count}H", sub[14 : 14 + 2 * count])
    at = 16 + 2 * count
    starts = struct.unpack(f">{count}H", sub[at : at + 2 * count])
    offsets = struct.unpack(f">{count}H", sub[at + 4 * count : at + 6 * count])
    deltas = struct.unpack(f">{count}H", sub[at + 2 * count : at + 4 * count])
    found: list[tuple[int, int]] = []
    for n, (low, high) in enumerate(zip(starts, ends, strict=True)):
        for code in range(low, min(high, 0xFFFE) + 1):
            glyph = code + deltas[n]
            if offsets[n]:
                place = at + 4 * count + 2 * n + offsets[n] + 2 * (code - low)
                raw = struct.unpack(">H", sub[place : place + 2])[0] if place + 2 <= len(sub) else 0
                glyph = raw + deltas[n] if raw else 0
            if glyph & 0xFFFF:
                found.append((code, code))
    return found

"""The first columns of a PNG's pixels, without decoding the rest: a filter looks only left and up (W3C PNG, third edition, 9.2)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate, islice
from types import MappingProxyType

MAX_PIXELS = 40_000_000
MAX_WIDTH = 32_768
KEPT = 1024 * 1024  # bytes of inflated rows
_MODES = MappingProxyType({(8, 6): ("A", "RGB"), (8, 2): ("RGB",)})  # bit depth, colour type. No writer hides in others
_chunk = struct.Struct(">I4s").unpack_from


@dataclass(frozen=True)
class Picture:
    """A PNG of eight bits to a channel, not interlaced. modes: the channels a text may hide in. inflated: its rows, still filtered, where
    they have been inflated already."""

    data: bytes
    width: int
    height: int
    modes: tuple[str, ...]
    inflated: bytes | None = None

    @property
    def depth(self) -> int:
        """Bytes of one pixel."""
        return 4 if "A" in self.modes else 3

    def may_hide(self, starts: Mapping[str, tuple[bytes, ...]]) -> tuple[str, ...]:
        """The modes that the very first pixel does not refute, at the cost of inflating five bytes: no filter changes that pixel.

        Args:
            starts: for each mode, the values that each of its first lowest bits may have.
        """
        first = b"".join(islice(_inflated(self.data, 5, 512), 1))[:5]  # an engine that may give five bytes gives them, or none
        if len(first) < 5:
            return self.modes
        bits = {mode: [first[1 + channel] & 1 for channel in self._channels(mode)] for mode in self.modes}
        return tuple(mode for mode in self.modes if all(bit in allowed for bit, allowed in zip(bits[mode], starts[mode], strict=False)))

    def opening(self, mode: str, allowed: tuple[bytes, ...], count: int) -> bytes:
        """The first values of the first column, or b"" where a lowest bit is not as allowed: most pictures are refuted by one row.

        Args:
            allowed: for each bit of the stream's beginning, the values it may have. count: how many values, if the column has them.
        """
        channels, values = self._channels(mode), bytearray()
        above, known = [0, 0, 0, 0], len(allowed)
        for row in self._rows(min(self.height, -(-count // len(channels)))):
            kind = row[0]
            for channel in channels:
                # nothing stands to the left: Up and Paeth both add what is above, Average half of it
                up = above[channel] if kind in (2, 4) else above[channel] >> 1 if kind == 3 else 0
                above[channel] = value = row[1 + channel] + up & 255
                if len(values) < known and value & 1 not in allowed[len(values)]:
                    return b""
                values.append(value)
        return bytes(values)

    def samples(self, mode: str, columns: int, rows: int) -> bytes:
        """Values of the mode's channels down each of the first columns; what a damaged picture still has of them."""
        channels, depth = self._channels(mode), self.depth
        above = [bytes(columns)] * len(channels)
        planes: list[list[bytes]] = [[] for _ in channels]
        for row in self._rows(rows):
            for at, channel in enumerate(channels):
                above[at] = _unfiltered(row[0], row[1 + channel : 1 + columns * depth : depth], above[at])
                planes[at].append(above[at])
        joined = [b"".join(plane) for plane in planes]
        out = bytearray(len(joined[0]) * len(channels))
        step, high = len(channels), len(planes[0]) * len(channels)
        for column in range(columns):
            for at, plane in enumerate(joined):
                out[column * high + at : (column + 1) * high : step] = plane[column::columns]
        return bytes(out)

    def opened(self) -> Picture:
        """The same picture with its rows at hand, where they are few enough to be kept: they may be asked for twice."""
        stride = 1 + self.width * self.depth
        if stride * self.height > KEPT:
            return self
        out = bytearray()
        for piece in _inflated(self.data, stride, 4096):
            out += piece
            if len(out) > KEPT:  # more than the header says
                break
        return replace(self, inflated=bytes(out))

    def _channels(self, mode: str) -> range:
        return range(3, 4) if mode == "A" else range(3)

    def _rows(self, count: int) -> Iterator[bytes]:
        """The first rows, each with its filter byte, still filtered. Ends early where the stream does."""
        stride = 1 + self.width * self.depth
        held, at = b"", 0
        for piece in (self.inflated,) if self.inflated is not None else _inflated(self.data, stride, 4096):
            held = held[at:] + piece if at < len(held) else piece
            at = 0
            while len(held) - at >= stride:
                yield held[at : at + stride]
                at += stride
                count -= 1
                if count <= 0:
                    return


def open_picture(data: bytes) -> Picture | None:
    """The picture of a PNG whose first part (at least) is `data`; None where no text can hide, or it is too large to look for one."""
    if len(data) < 33 or data[12:16] != b"IHDR":
        return None
    width, height, bits, colour, _, _, interlaced = struct.unpack_from(">IIBBBBB", data, 16)
    modes = _MODES.get((bits, colour))
    if modes is None or interlaced or not 0 < width <= MAX_WIDTH or not 0 < height * width <= MAX_PIXELS:
        return None
    return Picture(data, width, height, modes)


def _pixels(data: bytes) -> Iterator[tuple[int, int]]:
    """Where the bodies of the IDAT chunks lie."""
    at, met = 8, False
    for _ in range(100_000):
        if at + 8 > len(data):
            return
        length, kind = _chunk(data, at)
        if kind == b"IDAT":
            met = True
            yield at + 8, min(len(data), at + 8 + length)
        elif met or not kind.isalpha():
            return
        at += 12 + length


def _inflated(data: bytes, given: int, taken: int) -> Iterator[bytes]:
    """Inflated pixels in pieces. The first is small, because most often no more is asked for. Ends where it is damaged.

    Args:
        given: bytes of the first piece. taken: packed bytes that are looked at for it.
    """
    engine = zlib.decompressobj()
    for start, end in _pixels(data):
        at = start
        while at < end:
            packed = data[at : min(end, at + taken)]
            at += len(packed)
            while packed:
                try:
                    piece = engine.decompress(packed, given)
                except zlib.error:
                    return
                if piece:
                    yield piece
                if engine.eof:
                    return
                more = len(piece) == given
                packed = engine.unconsumed_tail
                if not packed and not more:
                    break
                given = max(given, 65_536)
            taken = min(65_536, taken * 4)


def _unfiltered(kind: int, raw: bytes, above: bytes) -> bytes:
    """One channel of the first pixels of a row. raw: filtered values. above: the same channel of the row before."""
    if kind == 2:
        return bytes([value + up & 255 for value, up in zip(raw, above, strict=False)])
    if kind == 1:
        return bytes([total & 255 for total in accumulate(raw)])
    if kind == 3:
        return _averaged(raw, above)
    return _paeth(raw, above) if kind == 4 else raw


def _averaged(raw: bytes, above: bytes) -> bytes:
    out, left = bytearray(), 0
    for value, up in zip(raw, above, strict=False):
        left = value + (left + up >> 1) & 255
        out.append(left)
    return bytes(out)


def _paeth(raw: bytes, above: bytes) -> bytes:
    """The neighbour nearest to left + up - corner. Where one distance is nothing, as mostly in an opaque picture, no other is asked."""
    out, left, corner = bytearray(), 0, 0
    for value, up in zip(raw, above, strict=False):
        if up == corner:
            left = value + left & 255
        elif left == corner:
            left = value + up & 255
        else:
            a, b, c = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
            left = value + (left if a <= b and a <= c else up if b <= c else corner) & 255
        out.append(left)
        corner = up
    return bytes(out)

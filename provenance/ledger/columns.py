"""The form of entries, vouched for by that of one that was there before. Pure.

An entry is cut in two: the head up to the end of `open`, and the tail from `prev` on. A shape is made of one entry for which
`contents.sealed` has vouched, as a mould is (see moulds.py). Of a head it is a regular expression with the same keys, in which texts
and numbers may be others and of other lengths. Tails are most of the bytes, and nearly all of that are hex digits: tails of one length
stand under one another, and the shape says of each column which bytes may stand there. A head and a tail that fit make a canonical
entry, for the same reasons as the two that they were made of; that `open` and `sealed` share no name is looked at for each pair of
shapes that met. What no shape vouches for is no fault yet: it goes the long way.

With NumPy, as few passes over the bytes as will do: a digit is a range; a hex digit is one of `0`..`f` with bit 0x20, a low half of 9
at most, and no grave accent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from provenance.ledger import moulds

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

ROOM = 4 << 20  # bytes of tails of which shapes are made in one walk
GRAVE = 0x60
_VALUES = {moulds.TEXT: rb"[ !#-\[\]-~]*+", moulds.HEX: rb"[0-9a-f]{%d}", b"": rb".{27}"}  # b"": `at`, compared with what is known


@dataclass(frozen=True)
class Head:
    """What heads of one shape share. fullmatch: that of the pattern. names: keys of `open`. number: by which it is known in one walk."""

    fullmatch: Callable[[bytes, int, int], re.Match[bytes] | None]
    names: frozenset[str]
    number: int


def head_of(raw: bytes, cut: int, number: int) -> Head | None:
    """The shape of an entry's head, `raw[:cut]`; None for bytes that are no canonical entry, or whose values have escapes or are not ASCII,
    or where the tail does not begin at `cut`."""
    spans = moulds.spans_of(raw, 0)
    if spans is None or spans.prev.start != cut + 10:
        return None
    pattern, at = [], 0
    for start, stop, among in spans.values:
        if start > cut:
            break
        digits = rb"[1-9][0-9]{0,14}+" if raw[start - 1 : start] == b"-" else rb"(?:0|[1-9][0-9]{0,14}+)"
        value = _VALUES.get(among, digits)
        pattern += [re.escape(raw[at:start]), value % (stop - start) if among == moulds.HEX else value]
        at = stop
    whole = re.compile(b"".join([*pattern, re.escape(raw[at:cut])]))
    return Head(whole.fullmatch, frozenset(json.loads(raw)["open"]), number)


@dataclass(frozen=True, eq=False)
class Tail:
    """What tails of one shape share. low, high: (length,), the range of each column. bit: 0x20 where a hex digit stands, else 0. half: 9
    where a hex digit stands, else 15. seq: where that stands. names: of `sealed`. number: by which it is known in one walk."""

    low: Bytes
    high: Bytes
    bit: Bytes
    half: Bytes
    seq: tuple[int, int]
    names: frozenset[str]
    number: int

    def holds(self, rows: Bytes, grave: bool) -> bool:
        """Whether all these tails, (count, length), are of this shape. grave: whether there may be a grave accent among them."""
        if not ((rows.min(axis=0) >= self.low).all() and (rows.max(axis=0) <= self.high).all()):
            return False
        if not ((np.bitwise_and.reduce(rows, axis=0) & self.bit) == self.bit).all() or not ((rows & 15).max(axis=0) <= self.half).all():
            return False
        return not (grave and ((rows == GRAVE) & (self.bit != 0)).any())

    def each(self, rows: Bytes) -> Flags:
        """The same of each tail for itself, (count,)."""
        hexes = ((rows & self.bit) == self.bit) & ((rows & 15) <= self.half) & ((rows != GRAVE) | (self.bit == 0))
        found: Flags = ((rows >= self.low) & (rows <= self.high) & hexes).all(axis=1)
        return found


def tail_of(raw: bytes, cut: int, number: int) -> Tail | None:
    """The shape of an entry's tail, `raw[cut:]`; None as with `head_of`."""
    spans = moulds.spans_of(raw, 0)
    if spans is None or spans.prev.start != cut + 10:
        return None
    low = np.frombuffer(raw, np.uint8).copy()
    high, bit, half = low.copy(), np.zeros(len(raw), np.uint8), np.full(len(raw), 15, np.uint8)
    for start, stop, among in spans.values:
        here = slice(start, stop)
        if among == moulds.HEX:
            low[here], high[here], bit[here], half[here] = 0x30, 0x66, 0x20, 9
        elif here == spans.prev:  # compared with what is known, byte by byte
            low[here], high[here] = 0, 255
        elif here == spans.seq:
            low[here], high[here] = 0x30, 0x39
            low[start] = 0x31 if stop - start > 1 else 0x30
    seq = (spans.seq.start - cut, spans.seq.stop - cut)
    return Tail(low[cut:], high[cut:], bit[cut:], half[cut:], seq, frozenset(json.loads(raw)["sealed"]), number)


@dataclass
class Shelf:
    """The shapes of tails of one length. probes: columns that tell them apart, so that none is tried in vain."""

    shapes: list[Tail] = field(default_factory=list)
    probes: list[int] = field(default_factory=list)

    def add(self, fresh: Tail) -> None:
        """Keep a shape, and a column by which it differs from each that is there."""
        for other in self.shapes:
            apart = (fresh.low > other.high) | (fresh.high < other.low)
            if not apart[self.probes].any() and apart.any():
                self.probes.append(int(apart.argmax()))
        self.shapes.append(fresh)

    def sort(self, rows: Bytes, grave: bool) -> tuple[list[tuple[Tail, Places]], Places]:
        """Which tails, (count, length), are of which shape, and which are of none."""
        left: Places = np.arange(len(rows))
        found: list[tuple[Tail, Places]] = []
        for shape in self.shapes:
            if not self.probes or len(self.shapes) == 1:
                maybe: Flags = np.ones(left.size, np.bool_)
            else:
                seen = rows[left[:, None], self.probes]
                maybe = np.all((seen >= shape.low[self.probes]) & (seen <= shape.high[self.probes]), axis=1)
            these = left[maybe]
            part = rows if these.size == len(rows) else rows[these]
            if these.size and not shape.holds(part, grave):
                maybe[maybe] = shape.each(part)
            if maybe.any():
                found.append((shape, left[maybe]))
                left = left[~maybe]
            if not left.size:
                break
        return found, left

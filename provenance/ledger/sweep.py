"""A stretch of a long ledger at once: rows are hashed as they are read, forms vouched for together, the tree is made level by level.

All that is looked at row by row in `walking` is looked at here too: counting, leaf hashes, links, columns beside the bytes, canonical form.
A stretch is vouched for as a whole or not at all; what is wrong with one that is not, `walking` finds out entry by entry.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import pairwise

import numpy as np

from provenance.errors import Damaged
from provenance.ledger import columns, contents
from provenance.ledger.columns import Bytes, Head, Places, Tail

ROWS = 250  # read at once; more of them leave the processor's cache before they are hashed
LARGE = 32 << 20  # bytes; a stretch with more goes the other way, in less memory
MANY = 256  # tails looked at in one go
ODD = 256  # entries without a shape; with more of them the other way is quicker
HEADS, KINDS = 16, 256  # shapes of heads of one kind, and kinds that have any
CUT = b'},"prev":"'
SHORTEST = (60, 140)  # a head and a tail that hold nothing

# The columns beside the bytes come as one value, because each costs as much as hashing a fifth of an entry. The lengths say where each of
# them ends: a leaf hash of 32 bytes and a time of 27 characters, of which the comparison with the entry shows that they are ASCII.
_ROWS = """
SELECT bytes, leaf || at || kind FROM entries
WHERE seq >= ? AND seq < ? AND length(CAST(leaf AS BLOB)) = 32 AND length(at) = 27 ORDER BY seq
"""


class _Doubt(Exception):
    """Something here is not vouched for."""


@dataclass
class Known:
    """The shapes met in one walk; bounded. heads: by kind, the one met last first. tails: by length."""

    heads: dict[bytes, list[Head]] = field(default_factory=dict)
    tails: dict[int, columns.Shelf] = field(default_factory=dict)
    names: list[frozenset[str]] = field(default_factory=list)
    room: int = columns.ROOM


@dataclass(frozen=True)
class Stretch:
    """A stretch that was vouched for. levels: its tree's hashes, leaves first."""

    levels: list[list[bytes]]

    def edge(self, count: int) -> tuple[bytes, ...]:
        """The roots of the complete subtrees over its first `count` leaves, largest first."""
        return tuple(self.levels[bit][(count >> bit) - 1] for bit in reversed(range(count.bit_length())) if count >> bit & 1)


def sweep(connection: sqlite3.Connection, start: int, stop: int, prev: bytes, origin: bytes, known: Known) -> Stretch | None:
    """The entries from `start` to before `stop`, some thousands, if each is well formed, canonical, linked, of this ledger and beside
    columns that say what it says; None where that cannot be said of all of them.

    Args:
        prev: leaf hash before the first, 64 hex digits. origin: the ledger's.
    """
    look = _Look(start, stop, prev, origin, known)
    try:
        for at in range(start, stop, ROWS):
            end = min(at + ROWS, stop)
            look.read(connection.execute(_ROWS, (at, end)).fetchall(), end - at)
        look.at_all()
    except (_Doubt, sqlite3.Error):  # what cannot be read is named by who reads it row by row
        return None
    return Stretch(list(_levels(look.leaves)))


def _levels(level: list[bytes]) -> Iterator[list[bytes]]:
    while level:
        yield level
        pairs = iter(level)
        level = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)]


class _Look:
    """One stretch while it is looked at."""

    def __init__(self, start: int, stop: int, prev: bytes, origin: bytes, known: Known) -> None:
        self._start, self._prev, self._known = start, prev, known
        self._middle = b'","log":"' + origin + b'","open":{'
        self.leaves: list[bytes] = []
        self._stored: list[bytes] = []
        self._bytes = bytearray()
        self._sizes: list[int] = []
        self._cuts: list[int] = []
        self._heads: list[int] = []  # number of each head's shape, -1 for an entry that was looked at by itself
        self._tails = np.full(stop - start, -1, np.intp)
        self._odd = 0

    def read(self, rows: list[tuple[bytes, bytes]], count: int) -> None:
        """The next rows: hashed, their heads vouched for, their bytes kept. Raises _Doubt."""
        if len(rows) != count:
            raise _Doubt
        raws, beside = zip(*rows, strict=True)
        try:
            self.leaves += [sha256(b"\x00" + raw).digest() for raw in raws]
            self._bytes += b"".join(raws)
            self._stored += [each[:59] for each in beside]
        except TypeError:  # a rotten page can turn a column's type, STRICT or not
            raise _Doubt from None
        cuts = [raw.find(CUT, SHORTEST[0]) for raw in raws]
        self._cuts += cuts
        self._sizes += map(len, raws)
        heads, known = self._heads, self._known.heads
        for raw, cut, kind in zip(raws, cuts, [each[59:] for each in beside], strict=True):
            for head in known.get(kind, ()):
                if head.fullmatch(raw, 0, cut):
                    heads.append(head.number)
                    break
            else:
                heads.append(self._unknown_head(raw, cut, kind))
        if len(self._bytes) > LARGE:
            raise _Doubt

    def at_all(self) -> None:
        """What is looked at in all of them together. Raises _Doubt."""
        joined, count = b"".join(self.leaves), len(self.leaves)
        flat, stored = np.frombuffer(self._bytes, np.uint8), np.frombuffer(b"".join(self._stored), np.uint8).reshape(count, 59)
        sizes, cuts, heads = np.array(self._sizes), np.array(self._cuts), np.array(self._heads)
        begins = np.cumsum(sizes) - sizes
        times = _rows(flat, begins + 7, 27)
        if sizes.max() > 65_535 or stored[:, :32].tobytes() != joined or (stored[:, 32:] != times).any():
            raise _Doubt
        _real_times(times)
        links = np.frombuffer(self._prev + joined[:-32].hex().encode(), np.uint8).reshape(count, 64)
        lengths, grave = sizes - cuts, b"`" in self._bytes
        order = np.argsort(lengths, kind="stable")
        ends = np.flatnonzero(np.diff(lengths[order])) + 1
        for first, last in pairwise((0, *ends.tolist(), count)):
            for at in range(first, last, MANY):
                places = order[at : min(at + MANY, last)]
                rows = _rows(flat, (begins + cuts)[places], int(lengths[order[first]]))
                if rows.shape[1] < SHORTEST[1] or (rows[:, 10:74] != links[places]).any():
                    raise _Doubt
                self._look(rows, places, grave, flat, begins, cuts)
        met = np.zeros((len(self._known.names) + 1,) * 2, np.bool_)
        met[heads, self._tails] = True
        for head, tail in zip(*np.nonzero(met[:-1, :-1]), strict=True):
            if self._known.names[head] & self._known.names[tail]:
                raise _Doubt

    def _look(self, rows: Bytes, places: Places, grave: bool, flat: Bytes, begins: Places, cuts: Places) -> None:
        """Tails of one length."""
        shelf = self._known.tails.setdefault(rows.shape[1], columns.Shelf())
        found, left = shelf.sort(rows, grave)
        while left.size:
            place = int(places[left[0]])
            if self._heads[place] < 0:
                left = left[1:]
                continue
            whole = flat[begins[place] : begins[place] + cuts[place] + rows.shape[1]].tobytes()
            fresh = self._unknown_tail(whole, int(cuts[place]), place)
            if fresh is None:
                left = left[1:]
                continue
            shelf.add(fresh)
            good = fresh.each(rows[left])
            if not good[0]:
                raise _Doubt
            found.append((fresh, left[good]))
            left = left[~good]
        for tail, these in found:
            self._tails[places[these]] = tail.number
            digits = rows[these, slice(*tail.seq)].astype(np.int64) - 0x30
            if (digits @ 10 ** np.arange(digits.shape[1] - 1, -1, -1, dtype=np.int64) != self._start + places[these]).any():
                raise _Doubt

    def _unknown_head(self, raw: bytes, cut: int, kind: bytes) -> int:
        """The number of a fresh shape, or -1 for an entry that was looked at by itself and is good."""
        if not raw.startswith(kind + self._middle, 44):
            raise _Doubt
        known = self._known.heads.get(kind, [])
        room = len(known) < HEADS and len(self._known.heads) < KINDS and b"\\" not in raw
        head = columns.head_of(raw, cut, len(self._known.names)) if room else None
        if head is None:
            return self._by_itself(raw, cut, len(self._heads))
        self._known.heads[kind] = [head, *known]
        self._known.names.append(head.names)
        return head.number

    def _unknown_tail(self, raw: bytes, cut: int, place: int) -> Tail | None:
        """A fresh shape; None for an entry that was looked at by itself and is good."""
        tail = columns.tail_of(raw, cut, len(self._known.names)) if self._known.room > len(raw) else None
        if tail is None:
            self._heads[place] = self._by_itself(raw, cut, place)
            return None
        self._known.room -= len(raw) - cut
        self._known.names.append(tail.names)
        return tail

    def _by_itself(self, raw: bytes, cut: int, place: int) -> int:
        """An entry that has no shape, or whose tail has none: parsed. The columns and `prev` are compared with all the others'."""
        self._odd += 1
        try:
            contents.sealed(raw)
        except Damaged:
            raise _Doubt from None
        if self._odd > ODD or raw.rfind(b"{") - 127 != cut or not raw.endswith(b'},"seq":%d,"v":1}' % (self._start + place)):
            raise _Doubt
        return -1


def _rows(flat: Bytes, begins: Places, length: int) -> Bytes:
    """`length` bytes from each of these places on, (count, length)."""
    if flat.size < length:
        raise _Doubt
    windows: Bytes = np.ndarray((flat.size - length + 1, length), np.uint8, flat, strides=(1, 1))
    return windows[begins]


def _real_times(stamps: Bytes) -> None:
    """That every one of these is a time that there is."""
    least = np.frombuffer(b"0000-00-00T00:00:00.000000Z", np.uint8)
    most = np.frombuffer(b"9999-99-99T29:59:59.999999Z", np.uint8)
    if not ((stamps.min(axis=0) >= least).all() and (stamps.max(axis=0) <= most).all()):
        raise _Doubt
    if ((stamps[:, 11] == 0x32) & (stamps[:, 12] > 0x33)).any():
        raise _Doubt
    changed = np.flatnonzero((stamps[1:, :10] != stamps[:-1, :10]).any(axis=1)) + 1
    for day in {stamps[place, :10].tobytes() for place in (0, *changed.tolist())}:
        try:
            datetime.fromisoformat(day.decode())
        except ValueError:
            raise _Doubt from None

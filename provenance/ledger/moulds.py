"""The form of entries, vouched for quickly: most entries of a ledger have the shape of one that was there before. Pure.

A mould is made of one entry for which `contents.sealed` has vouched. It keeps every byte but the values: digests and hashes, plain
texts, numbers. Another entry of the same length that has the same kept bytes, hex where hex was, plain ASCII where plain ASCII was and a
canonical number of as many digits where a number was, is canonical and an entry for the same reasons: same keys in the same order, no
value that has a second spelling. Links, columns and leaf hashes are compared row by row. What a mould does not vouch for is no
fault yet: it goes the long way, and only that names faults.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from struct import Struct

from provenance.errors import Damaged
from provenance.ledger import contents

Row = tuple[bytes, bytes, bytes, bytes]
"""leaf, bytes, kind, at: as they are stored."""

HEX, TEXT = b"0123456789abcdef", bytes(sorted(set(range(0x20, 0x7F)) - set(b'"\\')))
NUMBER, DIGIT, NOT_NOUGHT = b"9876543210", b"0123456789", b"123456789"  # a number of several digits, and one of one digit
MOST, MOST_OF_A_LENGTH = 4096, 16
SHORT = 14  # bytes; a shorter text is kept as it is
_TOKEN = re.compile(rb'"([^"\\\x00-\x1f\x7f-\xff]*+)"(:?)|(-?)([0-9]++)')
_HEXES = re.compile(rb"(?:[0-9a-f]{32}|[0-9a-f]{64})")
_TO_NOUGHT = bytes(ord("0") if byte in b"0123456789" else byte for byte in range(256))
_AT = slice(7, 34)


@dataclass(frozen=True)
class Mould:
    """What entries of one shape share. words: the kept bytes, piece by piece, as `kept` unpacks them; values: the others; allowed: for each
    of those the bytes it may be made of. prev, seq: where these two begin."""

    kept: Struct
    words: tuple[bytes, ...]
    values: Struct
    allowed: tuple[bytes, ...]
    kind: bytes
    prev: slice
    seq: slice


@dataclass
class Book:
    """Moulds by the length of their entries, newest first; bounded, and nothing in it outlives one check."""

    by_length: dict[int, list[Mould]] = field(default_factory=dict)
    made: int = 0

    def find(self, raw: bytes) -> Mould | None:
        """A mould that has these kept bytes, made now if the bytes are an entry and there is none; None where none can be made."""
        known = self.by_length.setdefault(len(raw), [])
        for mould in known:
            if mould.kept.unpack(raw) == mould.words:
                return mould
        fresh = mould_of(raw) if self.made < MOST else None
        if fresh is None:
            return None
        self.made += 1
        known.insert(0, fresh)
        del known[MOST_OF_A_LENGTH:]
        return fresh


@dataclass(frozen=True)
class Spans:
    """Where the values of an entry stand. values: in order, start, stop and what each may be made of, `b""` for `at`, `prev` and `seq`,
    which are known. kind, prev, seq: where these stand."""

    values: tuple[tuple[int, int, bytes], ...]
    kind: slice
    prev: slice
    seq: slice


def spans_of(raw: bytes, short: int = SHORT) -> Spans | None:
    """The places of an entry's values but for texts of less than `short` bytes; None for bytes that are no canonical entry, and for an
    entry with a value that has escapes or is not ASCII."""
    try:
        contents.sealed(raw)
    except Damaged:
        return None
    if not raw.isascii() or b"\\" in raw:
        return None
    spans: list[tuple[int, int, bytes]] = []
    kind = seq = prev = slice(0, 0)
    key = b""
    inside = ((raw.find(b',"open":{'), raw.rfind(b'},"prev":"')), (raw.rfind(b"{"), raw.rfind(b'},"seq":')))  # of `open` and of `sealed`
    for token in _TOKEN.finditer(raw):
        if token[2]:
            key = token[1]
            continue
        outer = not any(start < token.start() < stop for start, stop in inside)
        if outer and key in (b"kind", b"log", b"v"):
            kind = slice(*token.span(1)) if key == b"kind" else kind
        elif outer and key in (b"at", b"prev", b"seq"):
            span = token.span(4 if key == b"seq" else 1)
            prev, seq = (slice(*span) if key == name else old for name, old in ((b"prev", prev), (b"seq", seq)))
            spans.append((*span, b""))  # compared with what is known, byte by byte
        else:
            more = _values(token, short)
            if more is None:
                return None
            spans += more
    return Spans(tuple(spans), kind, prev, seq)


def mould_of(raw: bytes) -> Mould | None:
    """The mould of an entry; None where `spans_of` has none."""
    spans = spans_of(raw)
    return None if spans is None else _made(raw, spans.values, raw[spans.kind], spans.prev, spans.seq)


def _values(token: re.Match[bytes], short: int) -> list[tuple[int, int, bytes]] | None:
    """Where a value stands and what it may be made of; None for a number that could leave the range below 2^53."""
    if token[4] is None:
        start, stop = token.span(1)
        if stop - start < short:  # "image/png", "closed": few words stand there, and a piece less is quicker than a mould more
            return []
        return [(start, stop, HEX if _HEXES.fullmatch(token[1]) else TEXT)]
    start, stop = token.span(4)
    if stop - start > 15:
        return None
    if stop - start == 1:
        return [(start, stop, NOT_NOUGHT if token[3] else DIGIT)]
    return [(start, stop, NUMBER)]


def _made(raw: bytes, spans: Sequence[tuple[int, int, bytes]], kind: bytes, prev: slice, seq: slice) -> Mould:
    """A mould from the places of all values."""
    kept, values, words, allowed, at = "", "", [], [], 0
    for start, stop, among in [*spans, (len(raw), len(raw), b"")]:
        if start > at:
            kept, values = f"{kept}{start - at}s", f"{values}{start - at}x"
            words.append(raw[at:start])
        if among:
            values += f"{stop - start}s"
            allowed.append(among)
        else:
            values += f"{stop - start}x"
        kept, at = f"{kept}{stop - start}x", stop
    return Mould(Struct(kept), tuple(words), Struct(values), tuple(allowed), kind, prev, seq)


def vouch(rows: Sequence[Row], start: int, prev: bytes, origin: bytes, book: Book) -> list[bytes] | None:
    """The leaf hashes of entries `start`, `start` + 1, ... if each is well formed, canonical, linked, of this ledger and beside columns
    that say what it says; None where that cannot be said of all of them.

    Args:
        rows: as they are stored, one at least. prev: leaf hash before the first, 64 hex digits. origin: the ledger's.
    """
    stored, raws, kinds, ats = zip(*rows, strict=True)
    leaves = [sha256(b"\x00" + raw).digest() for raw in raws]
    if leaves != list(stored):
        return None
    moulds: list[Mould] = []
    groups: dict[int, tuple[Mould, list[bytes]]] = {}
    lengths, log = book.by_length, b'","log":"' + origin + b'","open":{'
    for raw in raws:
        known = lengths.get(len(raw))
        mould = known[0] if known and known[0].kept.unpack(raw) == known[0].words else book.find(raw)
        if mould is None:
            return None
        moulds.append(mould)
        group = groups.get(id(mould))
        if group is None:
            if not raw.startswith(log, 44 + len(mould.kind)):
                return None
            group = groups[id(mould)] = (mould, [])
        group[1].append(raw)
    pairs = list(zip(raws, moulds, strict=True))
    good = (  # all at once, for a comparison row by row would cost more than the hashing
        b"".join([raw[mould.prev] for raw, mould in pairs]) == prev + b"".join(leaves[:-1]).hex().encode()
        and [raw[mould.seq] for raw, mould in pairs] == [b"%d" % seq for seq in range(start, start + len(rows))]
        and [mould.kind for mould in moulds] == list(kinds)
        and [raw[_AT] for raw in raws] == list(ats)
        and _times(b"".join(ats), len(ats))
        and all(_fill(mould, same) for mould, same in groups.values())
    )
    return leaves if good else None


def _fill(mould: Mould, raws: list[bytes]) -> bool:
    """Whether every value of these entries is made of what may stand in its place."""
    together: dict[bytes, list[bytes]] = {among: [] for among in mould.allowed}
    unpack = mould.values.unpack
    for among, column in zip(mould.allowed, zip(*[unpack(raw) for raw in raws], strict=True), strict=True):
        together[among] += column
    for among, values in together.items():
        if b"".join(values).translate(None, among) or (among == NUMBER and b",0" in b"," + b",".join(values)):
            return False
    return True


def _times(stamps: bytes, count: int) -> bool:
    """Whether every `at` is a time that there is. Columns of digits are looked at with a stride."""
    if stamps.translate(_TO_NOUGHT) != b"0000-00-00T00:00:00.000000Z" * count:
        return False
    nought, tens, ones = b"0"[0], stamps[11::27], stamps[12::27]
    if max(stamps[14::27]) > nought + 5 or max(stamps[17::27]) > nought + 5 or max(tens) > nought + 2:
        return False
    if any(ten == nought + 2 and one > nought + 3 for ten, one in zip(tens, ones, strict=True)):
        return False
    try:
        for day in {stamps[at : at + 10] for at in range(0, 27 * count, 27)}:
            datetime.fromisoformat(day.decode())
    except ValueError:
        return False
    return True

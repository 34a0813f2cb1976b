"""One pass over a range of a ledger's rows: the quick way for all that a mould vouches for, the long way for the rest.

The tree is handed out in pieces of `PIECE` leaves, so that ranges can be walked side by side and their pieces joined.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from types import ModuleType
from typing import TYPE_CHECKING

from provenance.errors import Damaged
from provenance.ledger import chain, contents, merkle, moulds

if TYPE_CHECKING:
    from provenance.ledger.sweep import Stretch

GAP, PREV, LEAF, NOT_CANONICAL, COLUMN, DIGEST, UNCOMMITTED, MALFORMED, UNREADABLE, ORIGIN, TRIGGERS, VALUE_MISSING = (
    "L001", "L002", "L003", "L004", "L005", "L006", "L007", "L008", "L009", "L010", "L011", "L012",
)
PIECE = 1 << 16  # leaves
STRETCH = 1 << 12  # leaves; divides PIECE, so that a stretch's tree is a whole subtree; a longer one leaves every cache
SWEPT = 1 << 16  # entries; a shorter walk is over before the library is there that sweeping needs
BATCH = 250  # rows; more of them leave the processor's cache before they are looked at again
ROWS = "SELECT seq, kind, at, leaf, bytes FROM entries WHERE seq >= ? AND seq < ? ORDER BY seq LIMIT ?"

Full = tuple[int, bytes, bytes, bytes, bytes]


@dataclass(frozen=True)
class Fault:
    """One thing that is not as it was written. code: `L...` or `H...`. seq: the entry, -1 where there is none. detail: neutral words."""

    code: str
    seq: int
    detail: str = ""


@dataclass(frozen=True)
class Mark:
    """The tree so far. count: leaves since the walk began. edge: of the last piece of `PIECE` leaves, finished or not."""

    count: int
    edge: tuple[bytes, ...]


@dataclass
class Walk:
    """What is carried from row to row. next: the number expected. prev: leaf hash before it, 64 hex digits."""

    origin: bytes
    next: int = 0
    prev: bytes = chain.GENESIS.encode()
    count: int = 0
    piece: merkle.Frontier = merkle.Frontier()
    book: moulds.Book = field(default_factory=moulds.Book)


def walk(
    connection: sqlite3.Connection, state: Walk, start: int, stop: int, wanted: Sequence[int], *, full: bool
) -> Iterator[Fault | Mark]:
    """Every fault of the entries from `start` to before `stop`, and marks: at each batch's end, and at `wanted` counts, ascending.

    Args:
        full: also every stored value against its digest.
    """
    left = list(wanted)
    sweeping = None if full or stop - start < SWEPT else _sweeping()
    known = sweeping.Known() if sweeping else None
    while start < stop:
        end = min(start + STRETCH, stop)
        if sweeping and known and start == state.next and state.count % STRETCH == 0:
            stretch = sweeping.sweep(connection, start, end, state.prev, state.origin, known)
            if stretch is not None:
                state.prev, state.next = stretch.levels[0][-1].hex().encode(), end
                yield from _stretch_marks(state, stretch, left)
                start = end
                continue
        after: int | None = start
        while after is not None and after < end:
            found, leaves, after = _held(connection, state, after, min(after + BATCH, end), full)
            yield from found
            yield from _marks(state, leaves, left)
        if after is None:
            return
        start = after


def _sweeping() -> ModuleType | None:
    """The quicker way for long ledgers; None where its library is not installed."""
    try:
        from provenance.ledger import sweep
    except ImportError:
        return None
    return sweep


def _held(
    connection: sqlite3.Connection, state: Walk, start: int, end: int, full: bool
) -> tuple[list[Fault], list[bytes], int | None]:
    """`_batch` in one transaction: the rows, and what is read of them again, of one state; short, so that nobody waits."""
    if not connection.in_transaction:
        connection.execute("BEGIN")
    try:
        return _batch(connection, state, start, end, full)
    finally:
        connection.execute("COMMIT")


def _batch(
    connection: sqlite3.Connection, state: Walk, start: int, end: int, full: bool
) -> tuple[list[Fault], list[bytes], int | None]:
    """Faults, leaf hashes and where to go on (None: nowhere) of the rows from `start` to before `end`."""
    rows: list[moulds.Row] = connection.execute(
        "SELECT leaf, bytes, kind, at FROM entries WHERE seq >= ? AND seq < ? ORDER BY seq", (start, end)
    ).fetchall()
    leaves = None
    if len(rows) == end - start and state.next == start and _sound(rows):
        leaves = moulds.vouch(rows, start, state.prev, state.origin, state.book)
    if leaves is not None:
        state.prev, state.next = leaves[-1].hex().encode(), end
        found = list(_contents(connection, [(start + at, *row[2:], *row[:2]) for at, row in enumerate(rows)])) if full else []
        return found, leaves, end
    return _long_way(connection, state, start, end, full)


def _sound(rows: Sequence[moulds.Row]) -> bool:
    """Whether every value is bytes: a rotten page can turn a column's type, STRICT or not."""
    return all(type(a) is type(b) is type(c) is type(d) is bytes for a, b, c, d in rows)


def _long_way(
    connection: sqlite3.Connection, state: Walk, start: int, end: int, full: bool
) -> tuple[list[Fault], list[bytes], int | None]:
    rows: list[Full] = connection.execute(ROWS, (start, end, BATCH)).fetchall()
    if not rows:  # a hole as long as this: the next row tells of it
        following = connection.execute("SELECT min(seq) FROM entries WHERE seq >= ?", (end,)).fetchone()[0]
        if following is None:  # max(seq) and the walk disagree: an index or a page is not what it says
            return [Fault(UNREADABLE, start, "rows are missing below the largest seq")], [], None
        return [], [], following
    found: list[Fault] = []
    try:
        leaves = _links(rows, state, found)
    except TypeError:
        return [Fault(UNREADABLE, start, "a row holds a value of a wrong kind")], [], None
    named = {(fault.code, fault.seq) for fault in found}
    more = _contents(connection, rows) if full else _forms(rows, {})
    return [*found, *(fault for fault in more if (fault.code, fault.seq) not in named)], leaves, rows[-1][0] + 1


def _marks(state: Walk, leaves: list[bytes], left: list[int]) -> Iterator[Mark]:
    """Grow the tree by leaves, stopping where a piece is full and where a root is wanted."""
    if left and left[0] == state.count == 0:
        left.pop(0)
        yield Mark(0, ())
    while leaves:
        room = PIECE - state.piece.size
        until = min([room, *(size - state.count for size in left[:1])])
        taken = min(len(leaves), until)
        state.piece, leaves = state.piece.extend(leaves[:taken]), leaves[taken:]
        state.count += taken
        yield Mark(state.count, state.piece.edge)
        if left and left[0] == state.count:
            left.pop(0)
        if state.piece.size == PIECE:
            state.piece = merkle.Frontier()


def _stretch_marks(state: Walk, stretch: Stretch, left: list[int]) -> Iterator[Mark]:
    """Grow the tree by a stretch, whose own tree is there; a mark where a root is wanted, and at its end."""
    count = len(stretch.levels[0])
    if left and left[0] == state.count == 0:
        left.pop(0)
        yield Mark(0, ())
    while left and left[0] < state.count + count:
        more = left.pop(0) - state.count
        yield Mark(state.count + more, state.piece.joined(stretch.edge(more), more).edge)
    state.piece, state.count = state.piece.joined(stretch.edge(count), count), state.count + count
    if left and left[0] == state.count:
        left.pop(0)
    yield Mark(state.count, state.piece.edge)
    if state.piece.size == PIECE:
        state.piece = merkle.Frontier()


def _links(rows: list[Full], state: Walk, faults: list[Fault]) -> list[bytes]:
    """Counting, hashes, links and columns of one batch; hands back the computed leaf hashes.

    The keys of canonical bytes are sorted, so an entry begins with at, kind, log and ends with prev, salt, sealed, seq, v. Inside
    `sealed` stand only names and digests, so the last brace that opens is its own, and `prev` lies at a fixed distance before it.
    """
    leaves = []
    middle = b'","log":"' + state.origin + b'","open":{'
    for seq, kind, at, stored, raw in rows:
        leaf = sha256(b"\x00" + raw).digest()
        cut = raw.rfind(b"{")
        if not (
            leaf == stored
            and seq == state.next
            and raw[cut - 127 : cut - 43] == b'},"prev":"' + state.prev + b'","salt":"'
            and raw[cut - 11 : cut] == b'","sealed":'
            and raw.startswith(b'{"at":"' + at + b'","kind":"' + kind + middle)
            and raw.endswith(b'},"seq":' + str(seq).encode() + b',"v":1}')
        ):
            faults += _diagnose(seq, kind, at, stored, raw, state)
        leaves.append(leaf)
        state.prev, state.next = leaf.hex().encode(), seq + 1
    return leaves


def _diagnose(seq: int, kind: bytes, at: bytes, stored: bytes, raw: bytes, state: Walk) -> Iterator[Fault]:
    """Name what the quick comparison found wrong with one row."""
    if seq != state.next:
        yield Fault(GAP, seq, f"entry {state.next} expected")
    if chain.leaf(raw) != stored:
        yield Fault(LEAF, seq, "the stored leaf hash is not the hash of the bytes")
    try:
        entry = chain.parse(raw)
    except Damaged as error:
        yield Fault(_kind_of(raw), seq, str(error.params.get("why", "")))
        return
    if entry.prev.encode() != state.prev:
        yield Fault(PREV, seq, "prev is not the leaf hash of the entry before")
    if entry.log.encode() != state.origin:
        yield Fault(ORIGIN, seq, entry.log)
    columns = {"seq": (entry.seq, seq), "kind": (entry.kind.encode(), kind), "at": (entry.at.encode(), at)}
    for name, (inside, beside) in columns.items():
        if inside != beside:
            yield Fault(COLUMN, seq, name)


def _kind_of(raw: bytes) -> str:
    """Whether bytes that are no entry are canonical all the same."""
    return MALFORMED if contents.canonical(raw) else NOT_CANONICAL


def _forms(rows: list[Full], sealed: dict[int, dict[bytes, bytes]]) -> Iterator[Fault]:
    """Every entry of a batch parsed and written again; what each sealed goes into `sealed`."""
    for seq, _, _, _, raw in rows:
        try:
            sealed[seq] = dict(contents.sealed(raw))
        except Damaged as error:
            yield Fault(_kind_of(raw), seq, str(error.params.get("why", "")))


def _contents(connection: sqlite3.Connection, rows: list[Full]) -> Iterator[Fault]:
    """The form of every entry of a batch, and every stored value against its digest."""
    sealed: dict[int, dict[bytes, bytes]] = {}
    yield from _forms(rows, sealed)
    query = "SELECT seq, name, salt, value FROM disclosures WHERE seq BETWEEN ? AND ? ORDER BY seq, name"
    for seq, name, salt, value in connection.execute(query, (rows[0][0], rows[-1][0])):
        committed = sealed.get(seq, {}).pop(name, None)
        if committed is None:
            yield Fault(UNCOMMITTED, seq, text(name))
        elif not contents.fits(committed, salt, name, value):
            yield Fault(DIGEST, seq, text(name))
        elif not contents.canonical(value):
            yield Fault(NOT_CANONICAL, seq, text(name))
    for seq, names in sealed.items():
        for name in names:
            yield Fault(VALUE_MISSING, seq, text(name))


def text(value: object) -> str:
    """Bytes of a row as text, whatever they are."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)

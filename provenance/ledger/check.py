"""Check a ledger file from its bytes, believing nothing that is stored beside them.

Reads with the sqlite3 module instead of SQLAlchemy: one pass over every row of a large ledger, where a layer would cost as much as
the hashing. Streams in batches with nothing locked between them, so that a recorder may go on writing; what is appended meanwhile is
not looked at. The upper half of a long ledger is walked by a second process.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Literal

from provenance.errors import Unavailable
from provenance.ledger import aside, frame, merkle
from provenance.ledger.raw import connect
from provenance.ledger.walking import (
    BATCH,
    COLUMN,
    DIGEST,
    GAP,
    LEAF,
    MALFORMED,
    NOT_CANONICAL,
    ORIGIN,
    PIECE,
    PREV,
    TRIGGERS,
    UNCOMMITTED,
    UNREADABLE,
    VALUE_MISSING,
    Fault,
    Mark,
    Walk,
    text,
    walk,
)

__all__ = [
    "BATCH", "COLUMN", "DIGEST", "GAP", "LEAF", "MALFORMED", "NOT_CANONICAL", "ORIGIN", "PREV", "REWRITTEN", "SHORTER", "TRIGGERS",
    "TRIGGER_NAMES", "UNCOMMITTED", "UNREADABLE", "VALUE_MISSING", "WARNINGS", "Fault", "check",
]

SHORTER, REWRITTEN = "H001", "H002"  # as seal.heads names them: against signed heads that are handed in
WARNINGS = frozenset((TRIGGERS, VALUE_MISSING))
TRIGGER_NAMES = frozenset(
    ("entries_next", *(f"{table}_no_{verb}" for table in ("ledger", "entries", "disclosures") for verb in ("update", "delete")))
)
LONG = 3 * PIECE  # entries; below it a second process costs more than it saves


def check(
    path: Path, *, depth: Literal["full", "quick"] = "full", progress: Callable[[int, int], None] | None = None,
    heads: Mapping[int, bytes] | None = None, helper: bool = True,
) -> Iterator[Fault]:
    """Every fault of a ledger file, in order of entries; nothing at all for a good one.

    Args:
        depth: `quick`: counting, leaf hashes, links, columns and the canonical form of entries. `full`: also SQLite's own integrity check
            and every stored value against its digest.
        progress: told (entries done, entries in all) now and then.
        heads: Merkle roots by size from signed heads; each is compared with the tree over the entries' bytes.
        helper: whether a second process may walk the upper half of a long ledger.
    Raises:
        Unavailable: `ledger.missing`, `ledger.cannot-open`.
    """
    if not path.is_file():
        raise Unavailable("ledger.missing", path=str(path))
    wanted = dict(sorted((heads or {}).items()))
    try:
        connection = connect(path)
    except sqlite3.Error as error:
        raise Unavailable("ledger.cannot-open", path=str(path), why=str(error)) from error
    try:
        yield from _check(connection, path, depth == "full", progress, wanted, helper)
    except (sqlite3.Error, UnicodeDecodeError, OverflowError) as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
            raise Unavailable("ledger.cannot-open", path=str(path), why=str(error)) from error
        yield Fault(UNREADABLE, -1, str(error))
    finally:
        connection.close()


def _check(
    connection: sqlite3.Connection, path: Path, full: bool, progress: Callable[[int, int], None] | None, wanted: dict[int, bytes],
    helper: bool,
) -> Iterator[Fault]:
    yield from _check_frame(connection)
    row = connection.execute("SELECT origin FROM ledger").fetchone()
    origin = row[0] if row is not None and isinstance(row[0], bytes) else b""
    start, stop = connection.execute("SELECT coalesce(min(seq), 0), coalesce(max(seq), -1) + 1 FROM entries").fetchone()
    seam = _seam(stop) if helper and start == 0 and stop >= LONG else stop
    tree = _Roots(wanted)
    state = Walk(origin)
    told = 0
    with contextlib.ExitStack() as stack:
        upper = stack.enter_context(aside.walking(path, origin, seam, stop, tree.beyond(seam), full=full)) if seam < stop else None
        for item in walk(connection, state, start, seam, tree.sizes(), full=full):
            if isinstance(item, Fault):
                yield item
            else:
                yield from tree.reached(item, 0)
                if progress is not None and item.count and (item.count == stop or item.count - told >= 1000):
                    told = item.count
                    progress(told, stop)
        if upper is not None:
            yield from _upper(connection, state, upper, tree, seam, stop, progress)
    yield from tree.missing()
    if full:
        yield from (Fault(UNREADABLE, -1, text(line)) for (line,) in connection.execute("PRAGMA integrity_check(20)") if line != b"ok")
        for seq, name in connection.execute("SELECT seq, name FROM disclosures WHERE seq < 0 OR seq >= ?", (stop,)):
            yield Fault(UNCOMMITTED, seq, text(name))


def _seam(stop: int) -> int:
    """Where the second process begins: at a whole piece, so that the two trees can be joined."""
    return (stop + PIECE) // 2 // PIECE * PIECE  # where it does not fall in the middle, the second has less: it begins a little later


def _upper(
    connection: sqlite3.Connection, state: Walk, upper: aside.Aside, tree: _Roots, seam: int, stop: int,
    progress: Callable[[int, int], None] | None,
) -> Iterator[Fault]:
    """What the second process found, joined to what was found here; walked here where it failed."""
    found = upper.found()
    if found is None:
        found = walk(connection, state, seam, stop, [size - seam for size in tree.sizes()], full=upper.full)
    elif state.next != seam or upper.before != state.prev:  # it began with the stored leaf hash, and here another one was computed
        yield Fault(PREV, seam, "prev is not the leaf hash of the entry before")
    for item in found:
        if isinstance(item, Fault):
            yield item
        else:
            yield from tree.reached(item, seam)
            if progress is not None:
                progress(seam + item.count, stop)


class _Roots:
    """Signed roots by size, and the tree they are compared with, grown piece by piece."""

    def __init__(self, wanted: dict[int, bytes]) -> None:
        self._wanted, self._whole, self._now = wanted, merkle.Frontier(), merkle.Frontier()

    def sizes(self) -> list[int]:
        """The sizes that are still to be compared, ascending."""
        return list(self._wanted)

    def beyond(self, size: int) -> list[int]:
        """Of those the ones above `size`, counted from there."""
        return [one - size for one in self._wanted if one > size]

    def reached(self, mark: Mark, base: int) -> Iterator[Fault]:
        """A mark of a walk that began at `base`: compare a root that is wanted here."""
        size = base + mark.count
        count = size - self._whole.size
        if not 0 <= count <= PIECE:  # entries are missing before the seam, which is told already: no root can be had
            return
        self._now = self._whole.joined(mark.edge, count)
        if count == PIECE:
            self._whole = self._now
        if size in self._wanted and self._now.root() != self._wanted.pop(size):
            yield Fault(REWRITTEN, size - 1, f"the tree of size {size} is not the one that was signed")

    def missing(self) -> Iterator[Fault]:
        """Signed sizes that were never reached."""
        for size in self._wanted:
            yield Fault(SHORTER, -1, f"a head of size {size} was signed; there are {self._now.size} entries")


def _check_frame(connection: sqlite3.Connection) -> Iterator[Fault]:
    """That the tables are tables, and that the triggers stand."""
    found = {(kind, name) for kind, name in connection.execute("SELECT type, name FROM sqlite_master")}
    for name in ("ledger", "entries", "disclosures"):
        if (b"table", name.encode()) not in found:
            raise sqlite3.DatabaseError(f"no table {name}")
    missing = TRIGGER_NAMES - {text(name) for kind, name in found if kind == b"trigger"}
    altered = missing.union(frame.altered(connection))  # a trigger that was changed into another guards no more than one that is gone
    if altered:
        yield Fault(TRIGGERS, -1, ", ".join(sorted(altered)))

"""Check a ledger file from its bytes, believing nothing that is stored beside them.

Reads with the sqlite3 module instead of SQLAlchemy: one pass over every row of a large ledger, where a layer would cost as much as
the hashing. Streams in batches with nothing locked between them, so that a recorder may go on writing; what is appended meanwhile is
not looked at.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

from provenance.errors import Damaged, Unavailable
from provenance.ledger import chain, contents, merkle

GAP, PREV, LEAF, NOT_CANONICAL, COLUMN, DIGEST, UNCOMMITTED, MALFORMED, UNREADABLE, ORIGIN, TRIGGERS, VALUE_MISSING = (
    "L001", "L002", "L003", "L004", "L005", "L006", "L007", "L008", "L009", "L010", "L011", "L012",
)
SHORTER, REWRITTEN = "H001", "H002"  # as seal.heads names them: against signed heads that are handed in
WARNINGS = frozenset((TRIGGERS, VALUE_MISSING))
TRIGGER_NAMES = frozenset(
    ("entries_next", *(f"{table}_no_{verb}" for table in ("ledger", "entries", "disclosures") for verb in ("update", "delete")))
)
BATCH = 1000

@dataclass(frozen=True)
class Fault:
    """One thing that is not as it was written. code: `L...` or `H...`. seq: the entry, -1 where there is none. detail: neutral words."""

    code: str
    seq: int
    detail: str = ""


@dataclass
class _Walk:
    """What is carried from row to row."""

    origin: bytes
    prev: bytes = chain.GENESIS.encode()
    next: int = 0


def check(
    path: Path, *, depth: Literal["full", "quick"] = "full", progress: Callable[[int, int], None] | None = None,
    heads: Mapping[int, bytes] | None = None,
) -> Iterator[Fault]:
    """Every fault of a ledger file, in order of entries; nothing at all for a good one.

    Args:
        depth: `quick`: counting, leaf hashes, links and columns. `full`: also SQLite's own integrity check, every entry parsed and
            written again, every stored value against its digest.
        progress: told (entries done, entries in all) now and then.
        heads: Merkle roots by size from signed heads; each is compared with the tree over the entries' bytes.
    Raises:
        Unavailable: `ledger.missing`, `ledger.cannot-open`.
    """
    if not path.is_file():
        raise Unavailable("ledger.missing", path=str(path))
    wanted = dict(sorted((heads or {}).items()))
    try:
        connection = _connect(path)
    except sqlite3.Error as error:
        raise Unavailable("ledger.cannot-open", path=str(path), why=str(error)) from error
    try:
        yield from _check(connection, depth == "full", progress, wanted)
    except (sqlite3.Error, UnicodeDecodeError, OverflowError) as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
            raise Unavailable("ledger.cannot-open", path=str(path), why=str(error)) from error
        yield Fault(UNREADABLE, -1, str(error))
    finally:
        connection.close()


def _connect(path: Path) -> sqlite3.Connection:
    # opened for writing where that is allowed, because only so can SQLite finish the roll-back that a crash left; query_only for the rest
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=30)
    for setting in ("query_only=ON", "trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {setting}")
    connection.text_factory = bytes
    return connection


def _check(
    connection: sqlite3.Connection, full: bool, progress: Callable[[int, int], None] | None, wanted: dict[int, bytes]
) -> Iterator[Fault]:
    yield from _check_frame(connection)
    row = connection.execute("SELECT origin FROM ledger").fetchone()
    walk = _Walk(row[0] if row is not None and isinstance(row[0], bytes) else b"")
    stop = connection.execute("SELECT coalesce(max(seq), -1) + 1 FROM entries").fetchone()[0]
    frontier, start = merkle.Frontier(), connection.execute("SELECT coalesce(min(seq), 0) FROM entries").fetchone()[0]
    while start < stop:
        rows = connection.execute(
            "SELECT seq, kind, at, leaf, bytes FROM entries WHERE seq >= ? AND seq < ? ORDER BY seq LIMIT ?", (start, stop, BATCH)
        ).fetchall()
        if not rows:  # max(seq) and the walk disagree: an index or a page is not what it says
            yield Fault(UNREADABLE, start, "rows are missing below the largest seq")
            break
        faults: list[Fault] = []
        try:
            leaves = _links(rows, walk, faults)
        except TypeError:  # a rotten page turned a column's type, STRICT or not
            yield Fault(UNREADABLE, start, "a row holds a value of a wrong kind")
            break
        yield from faults
        if full:
            named = {(fault.code, fault.seq) for fault in faults}
            yield from (fault for fault in _contents(connection, rows, start) if (fault.code, fault.seq) not in named)
        if wanted:
            for one in [size for size in wanted if frontier.size <= size <= frontier.size + len(leaves)]:
                taken = one - frontier.size
                frontier, leaves = frontier.extend(leaves[:taken]), leaves[taken:]
                if frontier.root() != wanted.pop(one):
                    yield Fault(REWRITTEN, one - 1, f"the tree of size {one} is not the one that was signed")
            frontier = frontier.extend(leaves)
        start = rows[-1][0] + 1
        if progress is not None:
            progress(start, stop)
    for size, root in wanted.items():
        if size != frontier.size or root != frontier.root():
            yield Fault(SHORTER, -1, f"a head of size {size} was signed; there are {frontier.size} entries")
    if full:
        yield from (Fault(UNREADABLE, -1, _text(line)) for (line,) in connection.execute("PRAGMA integrity_check(20)") if line != b"ok")
        for seq, name in connection.execute("SELECT seq, name FROM disclosures WHERE seq < 0 OR seq >= ?", (stop,)):
            yield Fault(UNCOMMITTED, seq, _text(name))


def _check_frame(connection: sqlite3.Connection) -> Iterator[Fault]:
    """That the tables are tables, and that the triggers stand."""
    found = {(kind, name) for kind, name in connection.execute("SELECT type, name FROM sqlite_master")}
    for name in ("ledger", "entries", "disclosures"):
        if (b"table", name.encode()) not in found:
            raise sqlite3.DatabaseError(f"no table {name}")
    missing = TRIGGER_NAMES - {_text(name) for kind, name in found if kind == b"trigger"}
    if missing:
        yield Fault(TRIGGERS, -1, ", ".join(sorted(missing)))


def _links(rows: list[tuple[int, bytes, bytes, bytes, bytes]], walk: _Walk, faults: list[Fault]) -> list[bytes]:
    """Counting, hashes, links and columns of one batch, without parsing; hands back the computed leaf hashes.

    The keys of canonical bytes are sorted, so an entry begins with at, kind, log and ends with prev, salt, sealed, seq, v. Inside
    `sealed` stand only names and digests, so the last brace that opens is its own, and `prev` lies at a fixed distance before it.
    """
    leaves = []
    origin, prev, following = walk.origin, walk.prev, walk.next
    middle = b'","log":"' + origin + b'","open":{'
    for seq, kind, at, stored, raw in rows:
        leaf = sha256(b"\x00" + raw).digest()
        cut = raw.rfind(b"{")
        if not (
            leaf == stored
            and seq == following
            and raw[cut - 127 : cut - 43] == b'},"prev":"' + prev + b'","salt":"'
            and raw[cut - 11 : cut] == b'","sealed":'
            and raw.startswith(b'{"at":"' + at + b'","kind":"' + kind + middle)
            and raw.endswith(b'},"seq":' + str(seq).encode() + b',"v":1}')
        ):
            faults += _diagnose(seq, kind, at, stored, raw, _Walk(origin, prev, following))
        leaves.append(leaf)
        prev, following = leaf.hex().encode(), seq + 1
    walk.prev, walk.next = prev, following
    return leaves


def _diagnose(seq: int, kind: bytes, at: bytes, stored: bytes, raw: bytes, walk: _Walk) -> Iterator[Fault]:
    """Name what the quick comparison found wrong with one row."""
    before = walk.next
    if seq != before:
        yield Fault(GAP, seq, f"entry {before} expected")
    if chain.leaf(raw) != stored:
        yield Fault(LEAF, seq, "the stored leaf hash is not the hash of the bytes")
    try:
        entry = chain.parse(raw)
    except Damaged as error:
        yield Fault(_kind_of(raw), seq, str(error.params.get("why", "")))
        return
    if entry.prev.encode() != walk.prev:
        yield Fault(PREV, seq, "prev is not the leaf hash of the entry before")
    if entry.log.encode() != walk.origin:
        yield Fault(ORIGIN, seq, entry.log)
    columns = {"seq": (entry.seq, seq), "kind": (entry.kind.encode(), kind), "at": (entry.at.encode(), at)}
    for name, (inside, beside) in columns.items():
        if inside != beside:
            yield Fault(COLUMN, seq, name)


def _kind_of(raw: bytes) -> str:
    """Whether bytes that are no entry are canonical all the same."""
    return MALFORMED if contents.canonical(raw) else NOT_CANONICAL


def _contents(
    connection: sqlite3.Connection, rows: list[tuple[int, bytes, bytes, bytes, bytes]], start: int
) -> Iterator[Fault]:
    """Every entry of a batch parsed and written again, every stored value against its digest."""
    sealed: dict[int, dict[bytes, bytes]] = {}
    for seq, _, _, _, raw in rows:
        try:
            sealed[seq] = dict(contents.sealed(raw))
        except Damaged as error:
            yield Fault(_kind_of(raw), seq, str(error.params.get("why", "")))
    query = "SELECT seq, name, salt, value FROM disclosures WHERE seq BETWEEN ? AND ? ORDER BY seq, name"
    for seq, name, salt, value in connection.execute(query, (start, rows[-1][0])):
        committed = sealed.get(seq, {}).pop(name, None)
        if committed is None:
            yield Fault(UNCOMMITTED, seq, _text(name))
        elif not contents.fits(committed, salt, name, value):
            yield Fault(DIGEST, seq, _text(name))
        elif not contents.canonical(value):
            yield Fault(NOT_CANONICAL, seq, _text(name))
    for seq, names in sealed.items():
        for name in names:
            yield Fault(VALUE_MISSING, seq, _text(name))


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)

"""The longest good beginning of a damaged ledger, measured and written into a file of its own.

An entry counts when its bytes are canonical, follow the entry before, and hash to the leaf that is stored or that the next entry names.
Columns beside the bytes are made anew from the bytes. A stored value that no longer opens its digest is left out: the entry stands
without it, as if it had been withheld, and the loss is counted. Reading goes on to the first entry that cannot be vouched for, no further.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from provenance.errors import Damaged
from provenance.ledger import chain, check, contents, copying, merkle, schema
from provenance.ledger.chain import Entry
from provenance.ledger.raw import connect

BATCH = 500
MOST = 2**53


@dataclass(frozen=True)
class Prefix:
    """What can be vouched for. size: entries. root: their Merkle tree hash. opened: entry 0. signed: the largest signed head among them.

    code, detail: what is wrong with entry `size`; an empty code when the file simply ends there.
    """

    origin: str
    size: int
    root: bytes
    opened: Entry | None
    signed: int | None = None
    code: str = ""
    detail: str = ""


def measure(path: Path, heads: Mapping[int, bytes], step: Callable[[int, int], None] | None = None) -> Prefix:
    """How far a ledger file is good. The file may be changed by SQLite's own roll-back: hand in a copy.

    Args:
        heads: Merkle roots by size, from signed heads; where the tree disagrees, only what an earlier head covers is believed.
    """
    try:
        connection = connect(path)
    except sqlite3.Error as error:
        return Prefix("", 0, merkle.Frontier().root(), None, None, check.UNREADABLE, str(error))
    try:
        return _measure(connection, heads, step)
    except (sqlite3.Error, UnicodeDecodeError, OverflowError) as error:
        return Prefix("", 0, merkle.Frontier().root(), None, None, check.UNREADABLE, str(error))
    finally:
        connection.close()


def _measure(connection: sqlite3.Connection, heads: Mapping[int, bytes], step: Callable[[int, int], None] | None) -> Prefix:
    stop = _stop(connection)
    frontier, before, opened = merkle.Frontier(), None, None
    signed: Prefix | None = None
    code = detail = ""
    rows = copying.raws(connection, 0, stop)
    row = next(rows, None)
    while row is not None:
        following = next(rows, None)
        entry, code, detail = _good(row, following, before)
        if entry is None:
            break
        opened = opened or entry
        before, row = entry, following
        frontier = frontier.extend([entry.leaf])
        if frontier.size in heads:
            found = Prefix(entry.log, frontier.size, frontier.root(), opened, frontier.size)
            if found.root != heads[found.size]:
                known = signed or Prefix(entry.log, 0, merkle.Frontier().root(), None)
                return Prefix(known.origin, known.size, known.root, known.opened, known.signed, check.REWRITTEN, str(found.size))
            signed = found
        if step is not None and frontier.size % BATCH == 0:
            step(frontier.size, stop)
    if not code and frontier.size < stop:
        code, detail = check.UNREADABLE, "the page cannot be read"
    if not code and any(size > frontier.size for size in heads):
        code, detail = check.SHORTER, str(max(heads))
    origin = before.log if before is not None else ""
    return Prefix(origin, frontier.size, frontier.root(), opened, signed.size if signed else None, code, detail)


def _stop(connection: sqlite3.Connection) -> int:
    """One more than the largest seq, by whatever index still answers."""
    for query in ("SELECT max(seq) FROM entries", "SELECT max(seq) FROM entries NOT INDEXED", "SELECT max(seq) FROM disclosures"):
        try:
            found = connection.execute(query).fetchone()[0]
        except sqlite3.DatabaseError:
            continue
        if type(found) is int and 0 <= found < MOST:
            return found + 1
    return 0


def _good(row: tuple[int, Any, Any], following: tuple[int, Any, Any] | None, before: Entry | None) -> tuple[Entry | None, str, str]:
    """The entry of a row, or None with the code of what is wrong."""
    seq, stored, raw = row
    if type(raw) is not bytes:
        return None, check.UNREADABLE, "a value of a wrong kind"
    try:
        entry = chain.parse(raw)
    except Damaged as error:
        return None, check.MALFORMED if contents.canonical(raw) else check.NOT_CANONICAL, str(error.params.get("why", ""))
    try:
        chain.check_link(before, entry)
    except Damaged as error:
        return None, check.PREV, str(error.params.get("why", ""))
    if entry.seq != seq:
        return None, check.GAP, f"entry {seq} expected"
    if stored != entry.leaf and not _named_by(following, entry):
        return None, check.LEAF, "the stored leaf hash is not the hash of the bytes"
    return entry, "", ""


def _named_by(following: tuple[int, Any, Any] | None, entry: Entry) -> bool:
    """Whether the next entry vouches for these bytes: then it is the stored hash beside them that is rotten."""
    if following is None or type(following[2]) is not bytes:
        return False
    try:
        return chain.parse(following[2]).prev == entry.leaf.hex()
    except Damaged:
        return False


def entries(path: Path, size: int) -> Iterator[Entry]:
    """The first entries of a measured file, from their bytes alone: tables that nothing here needs may be rotten."""
    connection = connect(path)
    try:
        yield from _vouched(connection, size)
    finally:
        connection.close()


def _vouched(connection: sqlite3.Connection, size: int) -> Iterator[Entry]:
    """The first `size` rows once more, each as the chain demands it: a rotten tree may show a row twice, or with another key."""
    before: Entry | None = None
    for seq, _, raw in itertools.islice(copying.raws(connection, 0, size), size):
        if type(raw) is not bytes:
            raise Damaged("chain.entry", seq=seq, why="a value of a wrong kind")
        entry = chain.parse(raw)
        chain.check_link(before, entry)
        before = entry
        yield entry
    if (before.seq + 1 if before is not None else 0) != size:
        raise Damaged("ledger.gap", path="", seq=size)


def write(source: Path, target: Path, prefix: Prefix, step: Callable[[int, int], None] | None = None) -> int:
    """Write the measured beginning as a ledger file of its own, closed for ever.

    Args:
        source: what was measured. target: must not exist.
    Returns:
        How many stored values were left out because they do not open their digests.
    Raises:
        Unavailable: as `schema.guard`. Damaged: the file does not read the same a second time. OSError from making the file.
    """
    schema.birth(target, prefix.origin)
    connection, made, lost = connect(source), schema.engine(target, writer=True), 0
    try:
        for made_of in _batches(_vouched(connection, prefix.size)):
            values = [value for entry in made_of for value in _values(connection, entry)]
            lost += sum(len(entry.sealed) for entry in made_of) - len(values)
            with schema.guard(target), made.begin() as db:
                db.execute(insert(schema.entries), [
                    {"seq": e.seq, "kind": e.kind, "at": e.at, "leaf": e.leaf, "bytes": e.raw} for e in made_of
                ])
                if values:
                    db.execute(insert(schema.disclosures), values)
            if step is not None:
                step(made_of[-1].seq + 1, prefix.size)
    finally:
        connection.close()
        made.dispose()
    copying.close(target)
    return lost


def _batches(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    while batch := list(itertools.islice(entries, BATCH)):
        yield batch


def _values(connection: sqlite3.Connection, entry: Entry) -> Iterator[dict[str, Any]]:
    """The stored values of one entry that open its digests, each asked for by itself: a rotten page takes no others with it."""
    for name, digest in entry.sealed.items():
        try:
            row = connection.execute("SELECT salt, value FROM disclosures WHERE seq = ? AND name = ?", (entry.seq, name)).fetchone()
        except (sqlite3.DatabaseError, UnicodeDecodeError):
            continue
        if row is not None and contents.fits(digest.encode(), row[0], name.encode(), row[1]) and contents.canonical(row[1]):
            yield {"seq": entry.seq, "name": name, "salt": row[0].decode(), "value": row[1]}

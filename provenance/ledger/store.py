"""The ledger on disk: facts in, entries out, nothing ever changed. The only room that writes `ledger.db`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, insert, select

from provenance.clock import Clock
from provenance.errors import BadInput, Damaged, Unavailable
from provenance.facts import Fact, split
from provenance.ledger import chain, merkle, records, schema
from provenance.ledger.chain import Entry
from provenance.ledger.records import Disclosure, Record

__all__ = ["Head", "Ledger", "Record"]

BATCH = 1000
NOTHING = bytes(32)
T = TypeVar("T")
_entries, _disclosures = schema.entries, schema.disclosures


@dataclass(frozen=True)
class Head:
    """Where the ledger stands. size: entries. leaf: the last one's leaf hash (32 zero bytes when empty). root: Merkle tree hash."""

    size: int
    leaf: bytes
    root: bytes


class Ledger:
    """One open ledger. Safe to use from several threads, and beside other processes that append to the same file."""

    def __init__(self, path: Path, clock: Clock, *, read_only: bool) -> None:
        """Use `create` or `open`."""
        self.path = path
        self._clock = clock
        self._writer = None if read_only else schema.engine(path, writer=True)
        self._reader = schema.engine(path, writer=False)
        self._frontier = merkle.Frontier()
        self._tree = merkle.Tree()
        self._growing = threading.Lock()
        self.origin = ""

    @classmethod
    def create(cls, path: Path, origin: str, clock: Clock) -> Ledger:
        """Make an empty ledger and open it.

        Args:
            path: must not exist; its folder must.
            origin: names this log for ever, e.g. `prov.local/1b4e28ba`; ASCII without space, plus, quote and backslash.
        Raises:
            BadInput: `ledger.bad-origin`. Unavailable: `ledger.exists`, `ledger.disk-full`, `ledger.cannot-open`, ...
        """
        schema.require_sqlite()
        if not chain.well_formed_origin(origin):
            raise BadInput("ledger.bad-origin", origin=origin)
        try:
            schema.birth(path, origin)
        except FileExistsError as error:
            raise Unavailable("ledger.exists", path=str(path)) from error
        except OSError as error:
            raise Unavailable("ledger.cannot-open", path=str(path), why=error.strerror or "") from error
        return cls.open(path, clock)

    @classmethod
    def open(cls, path: Path, clock: Clock, *, read_only: bool = False) -> Ledger:
        """Open a ledger; one written by an older version is brought up to date first.

        Raises:
            Unavailable: `ledger.missing`, `ledger.newer`, `ledger.read-only`, ... Busy: `ledger.busy`.
            Damaged: `ledger.corrupt`, `ledger.not-a-ledger`.
        """
        schema.require_sqlite()
        if not path.is_file():
            raise Unavailable("ledger.missing", path=str(path))
        opened = cls(path, clock, read_only=read_only)
        try:
            opened._check_schema()
        except BaseException:
            opened.close()
            raise
        return opened

    def _check_schema(self) -> None:
        with schema.guard(self.path):
            with self._reader.begin() as connection:
                found = schema.revision(connection)
            if found is None:
                raise Damaged("ledger.not-a-ledger", path=str(self.path))
            if found != schema.REVISION:
                if self._writer is None:
                    raise Unavailable("ledger.newer", why=found)
                with self._writer.begin() as connection:
                    schema.upgrade(connection)
            with self._reader.begin() as connection:
                origins = connection.execute(select(schema.ledger.c.origin)).scalars().all()
        if len(origins) != 1:
            raise Damaged("ledger.not-a-ledger", path=str(self.path))
        self.origin = origins[0]

    def close(self) -> None:
        """Let go of the file. The ledger cannot be used afterwards."""
        for engine in (self._writer, self._reader):
            if engine is not None:
                engine.dispose()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # --- writing -----------------------------------------------------------------------------------------------------------------

    def append(self, facts: Sequence[Fact]) -> tuple[Entry, ...]:
        """Write facts down, in order, in one commit; durable when this returns.

        An error while committing does not tell whether the entries were written: appending again may then write them twice, which is
        harmless, and never leaves the chain broken. Facts that cannot be written are refused before anything is.

        Raises:
            BadInput: `canon.value`, `chain.too-large`. Unavailable: `ledger.disk-full`, `ledger.read-only`, `ledger.io`.
            Busy: `ledger.busy` when another process held the ledger for 30 s. Damaged: `ledger.corrupt`, `ledger.refused`.
        """
        sentences = [split(fact) for fact in facts]
        if not sentences:
            return ()
        if self._writer is None:
            raise Unavailable("ledger.read-only", path=str(self.path))
        with schema.guard(self.path), self._writer.begin() as connection:
            # BEGIN IMMEDIATE holds every other writer off, so the head read here is still the head at the insert: no fork.
            seq, prev = _last(connection)
            entries, values = records.build(sentences, self.origin, seq + 1, prev.hex(), self._clock())
            connection.execute(insert(_entries), [_row(entry) for entry in entries])
            if values:
                connection.execute(insert(_disclosures), [vars(value) for value in values])
            # A crash before the commit returns: SQLite rolls the journal back at the next opening; all of these facts or none.
        return tuple(entries)

    # --- reading -----------------------------------------------------------------------------------------------------------------

    def size(self) -> int:
        """How many entries there are."""
        with schema.guard(self.path), self._reader.begin() as connection:
            return _last(connection)[0] + 1

    def head(self) -> Head:
        """The head now. The tree's edge is kept in memory and caught up from the stored leaf hashes, others' appends included."""
        with self._growing:
            size = self.size()
            if size < self._frontier.size:
                raise Damaged("ledger.shrunk", path=str(self.path), before=self._frontier.size, now=size)
            last = NOTHING
            for batch in self._leaf_batches(max(self._frontier.size - 1, 0), size):
                fresh = batch if self._frontier.size == 0 or batch[0][0] >= self._frontier.size else batch[1:]
                self._frontier = self._frontier.extend(leaf for _, leaf in fresh)
                last = batch[-1][1]
            return Head(self._frontier.size, last, self._frontier.root())

    def leaves(self, start: int = 0, stop: int | None = None) -> list[bytes]:
        """Leaf hashes of entries `start` to before `stop` (None: to the end), 32 bytes each."""
        stop = self.size() if stop is None else min(stop, self.size())
        return [leaf for batch in self._leaf_batches(start, stop) for _, leaf in batch]

    def root_at(self, size: int) -> bytes:
        """The Merkle tree hash over the first `size` entries. Raises BadInput `ledger.range`."""
        return self._grown(size).root(size)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """That entry `index` is in the tree of the first `size` entries: RFC 6962 path. Raises BadInput `ledger.range`."""
        if not 0 <= index < size:
            raise BadInput("ledger.range", index=index, size=size)
        return self._grown(size).inclusion(index, size)

    def consistency(self, old: int, new: int) -> list[bytes]:
        """That the tree of `new` entries begins with the tree of `old`: RFC 6962 proof. Raises BadInput `ledger.range`."""
        if not 0 <= old <= new:
            raise BadInput("ledger.range", index=old, size=new)
        return self._grown(new).consistency(old, new)

    def _grown(self, size: int) -> merkle.Tree:
        with self._growing:
            if self._tree.size < size:
                for batch in self._leaf_batches(self._tree.size, min(size, self.size())):
                    self._tree.extend(leaf for _, leaf in batch)
            if not 0 <= size <= self._tree.size:
                raise BadInput("ledger.range", index=size, size=self._tree.size)
            return self._tree

    def entries(self, start: int = 0, stop: int | None = None, kinds: Sequence[str] | None = None) -> Iterator[Entry]:
        """Entries in order, from `start` to before `stop` (None: what is there when asked), of these kinds only if given.

        Read in batches with nothing held between them, so that a slow reader never holds up the recorder. Raises Damaged
        `ledger.entry`, `chain.entry` for a stored entry that is not what its leaf hash says.
        """
        for rows in self._batches(start, stop, kinds, BATCH, lambda connection, rows: rows):
            yield from (records.entry(*row) for row in rows)

    def records(self, start: int = 0, stop: int | None = None, kinds: Sequence[str] | None = None) -> Iterator[Record]:
        """Like `entries`, with the values of sealed fields. Raises also Damaged `ledger.disclosure` for a value that does not fit."""
        for batch in self._batches(start, stop, kinds, BATCH // 4, _with_values):
            yield from (records.record(records.entry(*row), values) for row, values in batch)

    def record(self, seq: int) -> Record:
        """One entry with its values. Raises BadInput `ledger.range`."""
        for found in self.records(seq, seq + 1):
            return found
        raise BadInput("ledger.range", index=seq, size=self.size())

    def _batches(
        self, start: int, stop: int | None, kinds: Sequence[str] | None, batch: int,
        load: Callable[[Connection, Sequence[Row[*tuple[Any, ...]]]], Sequence[T]],
    ) -> Iterator[Sequence[T]]:
        stop = self.size() if stop is None else stop
        query = select(_entries.c.seq, _entries.c.leaf, _entries.c.bytes).order_by(_entries.c.seq).limit(batch)
        if kinds is not None:
            query = query.where(_entries.c.kind.in_(list(kinds)))
        while start < stop:
            with schema.guard(self.path), self._reader.begin() as connection:
                rows = connection.execute(query.where(_entries.c.seq >= start, _entries.c.seq < stop)).all()
                loaded = load(connection, rows)
            yield loaded
            if len(rows) < batch:
                return
            start = rows[-1][0] + 1

    def _leaf_batches(self, start: int, stop: int) -> Iterator[Sequence[Row[*tuple[Any, ...]]]]:
        query = select(_entries.c.seq, _entries.c.leaf).order_by(_entries.c.seq).limit(20 * BATCH)
        while start < stop:
            with schema.guard(self.path), self._reader.begin() as connection:
                rows = connection.execute(query.where(_entries.c.seq >= start, _entries.c.seq < stop)).all()
            if not rows or rows[0][0] != start or rows[-1][0] - start != len(rows) - 1:
                raise Damaged("ledger.gap", path=str(self.path), seq=start)
            if any(type(leaf) is not bytes or len(leaf) != 32 for _, leaf in rows):
                raise Damaged("ledger.entry", seq=start)
            yield rows
            start = rows[-1][0] + 1


def _last(connection: Connection) -> tuple[int, bytes]:
    """seq and leaf hash of the last entry; -1 and 32 zero bytes in an empty ledger."""
    row = connection.execute(select(_entries.c.seq, _entries.c.leaf).order_by(_entries.c.seq.desc()).limit(1)).first()
    if row is not None and (type(row[0]) is not int or type(row[1]) is not bytes):
        raise Damaged("ledger.entry", seq=-1)
    return (row[0], row[1]) if row is not None else (-1, NOTHING)


def _row(entry: Entry) -> dict[str, Any]:
    return {"seq": entry.seq, "kind": entry.kind, "at": entry.at, "leaf": entry.leaf, "bytes": entry.raw}


def _with_values(connection: Connection, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[tuple[Row[*tuple[Any, ...]], list[Disclosure]]]:
    if not rows:
        return []
    column = _disclosures.c
    query = select(column.seq, column.name, column.salt, column.value).order_by(column.seq, column.name)
    found: dict[int, list[Disclosure]] = {row[0]: [] for row in rows}
    for one in connection.execute(query.where(column.seq.between(rows[0][0], rows[-1][0]))):
        if one[0] in found:
            found[one[0]].append(Disclosure(*one))
    return [(row, found[row[0]]) for row in rows]

"""views.db: a cache of folds over the ledger. It may be deleted at any time; it is rebuilt unasked when it is missing, old or broken."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from provenance.errors import Unavailable
from provenance.views.fold import Fold, Put, RecordLike
from provenance.views.folds import FOLDS

BATCH = 500
REFUSALS = (
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR,
)


class LedgerLike(Protocol):
    """What the views need of a ledger."""

    @property
    def origin(self) -> str: ...
    def size(self) -> int: ...
    def records(self, start: int = 0, stop: int | None = None) -> Iterator[Any]: ...
    def leaves(self, start: int, stop: int) -> Sequence[bytes]: ...


class Views:
    """The tables of all folds in one SQLite file.

    Args:
        path: views.db. folds: the folds to run, in order.
    Raises:
        Unavailable: `views.unavailable` when the file cannot be made at all (a full disk, a read-only home).
    """

    def __init__(self, path: Path, folds: Sequence[Fold] = FOLDS) -> None:
        self._path, self._folds = path, folds
        self._schema = sa.MetaData()
        self._tables = {t.name: _table(self._schema, t) for fold in folds for t in fold.TABLES}
        self._state = sa.Table("state", self._schema, sa.Column("name", sa.Text, primary_key=True), sa.Column("value", sa.Text))
        self._reader: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._reading = threading.Lock()
        self._engine = self._open()

    def _open(self) -> sa.Engine:
        try:
            return self._prepared()
        except sa.exc.DatabaseError as error:
            self._may_be_remade(error)
        self._forget()
        try:
            return self._prepared()
        except sa.exc.DatabaseError as error:
            raise self._unavailable(error) from error

    def _may_be_remade(self, error: sa.exc.DatabaseError) -> None:
        """A machine that refuses (full, read-only, busy) is no broken file: to delete it would only lose the work of making it."""
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
        if code in REFUSALS:
            raise self._unavailable(error) from error

    def _unavailable(self, error: sa.exc.DatabaseError) -> Unavailable:
        return Unavailable("views.unavailable", path=str(self._path), why=str(error.orig))

    def _prepared(self) -> sa.Engine:
        reader = sa.create_engine(f"sqlite:///{self._path}", poolclass=sa.pool.NullPool)
        sa.event.listen(reader, "connect", _on_connect)
        sa.event.listen(reader, "begin", _on_begin)
        engine = reader.execution_options(writes=True)
        versions = ",".join(f"{fold.NAME}/{fold.VERSION}" for fold in self._folds)
        with engine.begin() as db:
            there = set(db.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars())
            self._schema.create_all(db)
            if there and not self._schema.tables.keys() <= there:  # a table was taken away: what `state` says of it is not true
                self._empty(db)
            found = self._get(db, "versions")
            if found not in (None, versions):
                self._empty(db)
            self._set(db, "versions", versions)
        return engine

    def _forget(self) -> None:
        self._let_go()
        for suffix in ("", "-journal", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                self._path.with_name(self._path.name + suffix).unlink()

    def _empty(self, db: sa.Connection) -> None:
        for table in self._schema.sorted_tables:
            table.drop(db)
        self._schema.create_all(db)

    def _get(self, db: sa.Connection, name: str) -> str | None:
        return db.execute(sa.select(self._state.c.value).where(self._state.c.name == name)).scalar()

    def _set(self, db: sa.Connection, name: str, value: str) -> None:
        db.execute(insert(self._state).values(name=name, value=value).on_conflict_do_update(index_elements=["name"], set_={"value": value}))

    def catch_up(self, ledger: LedgerLike) -> int:
        """Fold the entries that are new since the last time; rebuild when the ledger is another one than before.

        Returns:
            The number of entries folded. A crash here loses nothing: the transaction is whole or not there.
        Raises:
            Unavailable: `views.unavailable`, the disk is full or read-only; what was folded before stands.
        """
        try:
            return self._catch_up(ledger)
        except sa.exc.DatabaseError as error:
            self._may_be_remade(error)
        self._engine.dispose()
        self._forget()
        self._engine = self._open()
        try:
            return self._catch_up(ledger)
        except sa.exc.DatabaseError as error:
            raise self._unavailable(error) from error

    def _catch_up(self, ledger: LedgerLike) -> int:
        done = 0
        while True:
            with self._engine.begin() as db:
                at = int(self._get(db, "next") or 0)
                # asked under the lock: another that folded meanwhile would else seem to be ahead of the ledger, and all be emptied
                size = ledger.size()
                if not self._same_ledger(db, ledger, at, size):
                    self._empty(db)
                    self._set(db, "versions", ",".join(f"{fold.NAME}/{fold.VERSION}" for fold in self._folds))
                    at = 0
                batch = list(itertools.islice(ledger.records(at, min(at + BATCH, size)), BATCH)) if at < size else []
                if not batch:
                    return done
                self._write(db, batch)
                self._set(db, "next", str(at + len(batch)))
                self._set(db, "last", f"{ledger.origin} {batch[-1].entry.leaf.hex()}")
                done += len(batch)

    def _same_ledger(self, db: sa.Connection, ledger: LedgerLike, at: int, size: int) -> bool:
        if at == 0:
            return True
        if at > size:
            return False
        leaf = next(iter(ledger.leaves(at - 1, at)))
        return self._get(db, "last") == f"{ledger.origin} {leaf.hex()}"

    def _write(self, db: sa.Connection, records: Sequence[RecordLike]) -> None:
        puts: dict[str, list[Mapping[str, Any]]] = {}
        for record in records:
            for fold in self._folds:
                for put in fold.rows(record):
                    puts.setdefault(put.table, []).append(self._complete(put))
        for name, rows in puts.items():
            table = self._tables[name]
            add = insert(table)
            rest = {c.name: add.excluded[c.name] for c in table.columns if not c.primary_key}
            keys = [c.name for c in table.primary_key]
            db.execute(add.on_conflict_do_update(index_elements=keys, set_=rest) if rest else add.on_conflict_do_nothing(), rows)

    def _complete(self, put: Put) -> Mapping[str, Any]:
        return {c.name: put.values.get(c.name) for c in self._tables[put.table].columns}

    def ask(self, sql: str, **params: Any) -> list[dict[str, Any]]:
        """Rows of a SELECT over the views' tables, as dicts. `params` are bound by name, never pasted."""
        with self._reading:
            if self._reader is None or self._file != _identity(self._path):  # deleted or replaced: the old one would answer for ever
                if self._reader is not None:
                    self._reader.close()
                self._reader, self._file = _kept(self._path), _identity(self._path)
            cursor = self._reader.execute(sql, params)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]

    def _let_go(self) -> None:
        with self._reading:
            if self._reader is not None:
                self._reader.close()
                self._reader = None

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """All rows of all tables, sorted: what a rebuild must give again."""
        with self._engine.connect().execution_options(writes=False) as db:
            return {name: sorted((tuple(r) for r in db.execute(sa.select(t))), key=repr) for name, t in self._tables.items()}

    def close(self) -> None:
        """Let the file go."""
        self._let_go()
        self._engine.dispose()


def _table(schema: sa.MetaData, spec: Any) -> sa.Table:
    kinds = {"int": sa.Integer, "text": sa.Text}
    columns = [sa.Column(name, kinds[kind], primary_key=name in spec.key, autoincrement=False) for name, kind in spec.columns.items()]
    indexes = [sa.Index(f"{spec.name}_{name}", name) for name in spec.indexes]
    return sa.Table(spec.name, schema, *columns, *indexes)


def _kept(path: Path) -> sqlite3.Connection:
    """A connection for questions that is kept: capture asks two for each file, and a new one through SQLAlchemy costs more than a hash."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
    connection.execute("PRAGMA query_only=ON")
    return connection


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _on_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    # A cache: a power cut may break it, and then it is rebuilt.
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA busy_timeout=30000")


def _on_begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")

"""A whole copy of a ledger file while somebody writes to it, and ledgers that are closed for ever.

Never a plain copy of the file: what a journal holds would be missing, or half a commit in it. SQLite's own online copy takes
a state between two commits (https://sqlite.org/backup.html).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from provenance.errors import Damaged, Unavailable
from provenance.ledger import files, schema
from provenance.ledger.raw import connect

PAGES = 1024  # 16 MiB a step; between two steps the recorder may commit, and then the copy begins anew
RESTARTS = 3  # after so many beginnings the writers have to wait until it is done; they have 30 s of patience and try again
CLOSED = "entries_closed"
_CLOSE = f"CREATE TRIGGER {CLOSED} BEFORE INSERT ON entries BEGIN SELECT raise(ABORT, 'ledger: closed'); END"


class _Anew(Exception):
    """Writers came between too often."""


def copy_online(source: Path, target: Path, step: Callable[[int, int], None] | None = None) -> None:
    """Copy a ledger file as it stands between two commits; the copy is one file without a journal, durable on return.

    Args:
        source: a ledger that may be in use. target: must not exist. step: told (pages done, pages in all).
    Raises:
        Unavailable, Busy, Damaged: as `schema.guard`; `backup.unwritable`, `backup.disk-full` for the target.
    """
    with schema.guard(source):
        reader = connect(source)
        try:
            os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
            _copy(reader, target, step)
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL:
                raise Unavailable("backup.disk-full", path=str(target)) from error
            raise
        finally:
            reader.close()
    files.sync(target)


def _copy(reader: sqlite3.Connection, target: Path, step: Callable[[int, int], None] | None) -> None:
    seen, begun = 0, 0

    def told(_status: int, remaining: int, total: int) -> None:
        nonlocal seen, begun
        done = total - remaining
        begun += done < seen
        seen = done
        if begun > RESTARTS:
            raise _Anew
        if step is not None:
            step(done, total)

    writer = sqlite3.connect(target, isolation_level=None)
    try:
        writer.execute("PRAGMA synchronous=OFF")  # it is synced whole at the end; a crash before that leaves a file that nothing names
        try:
            reader.backup(writer, pages=PAGES, progress=told, sleep=0.001)
        except _Anew:
            reader.backup(writer)
        writer.execute("PRAGMA journal_mode=DELETE")  # a copy of a WAL database would else ask for a journal of its own
    finally:
        writer.close()


def close(path: Path) -> None:
    """Close a ledger for ever: a trigger in the file itself refuses every further entry, wherever the file is taken.

    For a beginning whose real continuation is lost: another entry n would be a second history under the same key.
    """
    with schema.guard(path):
        made = schema.engine(path, writer=True)
        try:
            with made.begin() as connection:
                connection.exec_driver_sql(_CLOSE)
        finally:
            made.dispose()


def closed(path: Path) -> bool:
    """Whether `close` was called on this ledger. Raises what `schema.guard` raises."""
    with schema.guard(path):
        connection = connect(path)
        try:
            return connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = ?", (CLOSED,)).fetchone() is not None
        finally:
            connection.close()


def raws(connection: sqlite3.Connection, start: int, stop: int) -> Iterator[tuple[int, object, object]]:
    """(seq, leaf, bytes) of entries in order, as far as they can be read; ends at the first page that cannot be.

    Raises Damaged `ledger.corrupt` only when nothing at all can be asked.
    """
    query = "SELECT seq, leaf, bytes FROM entries WHERE seq >= ? AND seq < ? ORDER BY seq"
    at = start
    while at < stop:
        upto = min(at + 256, stop)
        try:
            rows = connection.execute(query, (at, upto)).fetchall()
        except (sqlite3.DatabaseError, UnicodeDecodeError, OverflowError):
            if upto - at == 1:
                return
            rows = []
            for one in range(at, upto):  # the batch holds a rotten page; those before it may be whole
                single = list(raws(connection, one, one + 1))
                if not single:
                    yield from rows
                    return
                rows += single
        yield from rows
        if len(rows) < upto - at:
            return
        at = upto


def require(path: Path) -> None:
    """Raise Unavailable `ledger.missing` where there is no such file, Damaged `ledger.corrupt` where it cannot be a database."""
    if not path.is_file():
        raise Unavailable("ledger.missing", path=str(path))
    with path.open("rb") as file:
        if file.read(16) != b"SQLite format 3\0":
            raise Damaged("ledger.corrupt", path=str(path))

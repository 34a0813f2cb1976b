"""Another program's SQLite file, read without a trace: never written, no file made beside it, no lock held while it is in use."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from provenance.errors import BadInput, Busy, Unreadable

T = TypeVar("T")
MOST_ROWS = 2_000_000
MOST_TEXT = 16 << 20
STEPS, EVERY = 20_000, 100_000  # virtual machine instructions: EVERY * STEPS in all, so that no made-up schema holds us for ever


def read(path: str, ask: Callable[[sqlite3.Connection], list[T]]) -> list[T]:
    """What `ask` finds in a database.

    A file that nobody has open is read as unchangeable: SQLite then takes no lock and makes no file. One in WAL mode that is open is read
    in one short transaction over the files that are there. What a crash left behind is read from a copy.

    Raises:
        Unreadable `capture.unreadable`. BadInput `marks.nothing`; `marks.no-database` for what is none, or is damaged. Busy `marks.busy`:
        it changed while it was read, twice.
    """
    if not Path(path).is_file():
        raise BadInput("marks.nothing", path=path)
    for _ in range(2):
        before = _state(path)
        wal, shm, journal = before[1:]
        try:
            if journal or (wal and not shm):
                return _of_copy(path, ask)
            found = _ask(f"{Path(path).absolute().as_uri()}?mode=ro" + ("" if wal else "&immutable=1"), ask)
        except sqlite3.DatabaseError as error:
            if _state(path) == before:
                raise BadInput("marks.no-database", path=path, why=str(error)) from error
            continue
        if wal or _state(path) == before:
            return found
    raise Busy("marks.busy", path=path)


def columns(db: sqlite3.Connection, table: str) -> set[str]:
    """The columns of a real table (no view, nothing virtual), as this version of the program has them; empty without one."""
    rows = db.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).fetchall()
    if not rows or "VIRTUAL" in str(rows[0][0]).upper()[:24]:
        return set()
    return {row[1] for row in db.execute(f"PRAGMA table_info('{table}')")}


def _state(path: str) -> tuple[Any, bool, bool, bool]:
    try:
        found = Path(path).stat()
        beside = [os.path.exists(path + ending) and os.path.getsize(path + ending) > 0 for ending in ("-wal", "-shm", "-journal")]  # noqa: PTH110, PTH202
    except OSError as error:
        raise Unreadable("capture.unreadable", path=path, why=error.strerror or "") from error
    return (found.st_mtime_ns, found.st_size, found.st_ino), beside[0], beside[1], beside[2]


def _ask(uri: str, ask: Callable[[sqlite3.Connection], list[T]]) -> list[T]:
    left = STEPS

    def too_long() -> int:
        nonlocal left
        left -= 1
        return left < 0

    with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=2, isolation_level=None)) as db:
        db.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_TEXT)
        db.set_progress_handler(too_long, EVERY)
        db.execute("PRAGMA query_only = ON")
        db.execute("PRAGMA trusted_schema = OFF")
        db.execute("BEGIN")
        return ask(db)


def _of_copy(path: str, ask: Callable[[sqlite3.Connection], list[T]]) -> list[T]:
    """A crash left a journal or a log without its index: SQLite would have to write to read it, so it does that elsewhere."""
    with tempfile.TemporaryDirectory(prefix="prov-") as folder:
        copy = Path(folder) / "copy.db"
        try:
            for ending in ("", "-wal", "-journal"):
                if os.path.exists(path + ending):  # noqa: PTH110
                    shutil.copyfile(path + ending, f"{copy}{ending}")
        except OSError as error:
            raise Unreadable("capture.unreadable", path=path, why=error.strerror or "") from error
        with contextlib.closing(sqlite3.connect(copy)) as db:
            db.execute("SELECT count(*) FROM sqlite_master").fetchall()  # takes in what the journal or log holds
        return _ask(f"{copy.as_uri()}?mode=ro", ask)

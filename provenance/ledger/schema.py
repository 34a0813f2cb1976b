"""The database under the ledger: tables, connections, migrations, and the one place that turns SQLite's errors into ours.

SQLite by SQLAlchemy Core. The settings are argued in docs/decisions/0004-storage.md. Alembic is imported only to create or to upgrade.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    create_engine,
    event,
    insert,
    text,
)
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from provenance.errors import Busy, Damaged, ProvError, Unavailable

REVISION = "0001"
"""The newest migration; a ledger that says so is opened without Alembic."""

BUSY_MS = 30_000
PAGE = 16_384  # an entry is 2 to 3 KB: with 4 KB pages a third of the file is air, and reading it all costs twice as much
WAL_SAFE = (3, 51, 3)  # before it, WAL with two connections can lose pages: the WAL-reset bug, SQLite 3.7.0 to 3.51.2
STRICT_SINCE = (3, 37, 0)

metadata = MetaData()
ledger = Table("ledger", metadata, Column("one", Integer, primary_key=True), Column("origin", Text, nullable=False))
entries = Table(
    "entries", metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
)
disclosures = Table(
    "disclosures", metadata,
    Column("seq", Integer, ForeignKey("entries.seq"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("salt", Text, nullable=False),
    Column("value", LargeBinary, nullable=False),
)


def engine(path: Path, *, writer: bool) -> Engine:
    """Connections to one database file; it must exist.

    Args:
        writer: one connection whose transactions begin with BEGIN IMMEDIATE, so that what they read first is still the head when they
            write. Else read-only connections (`query_only`); they open the file for writing where they may, because only so can SQLite
            finish a roll-back that a crash left behind.
    """
    made = create_engine(
        "sqlite://", creator=lambda: _connect(path, writer=writer), poolclass=QueuePool,
        pool_size=1 if writer else 4, max_overflow=0 if writer else 8, pool_timeout=BUSY_MS / 1000,
    )
    begin = "BEGIN IMMEDIATE" if writer else "BEGIN"

    @event.listens_for(made, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return made


def _connect(path: Path, *, writer: bool) -> sqlite3.Connection:
    # isolation_level None: the sqlite3 module would else begin late and deferred, and two writers could fork the chain
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=BUSY_MS / 1000, check_same_thread=False
    )
    try:
        settings = ["trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0", f"busy_timeout={BUSY_MS}"]
        settings += ["foreign_keys=ON", "recursive_triggers=ON", f"page_size={PAGE}"] if writer else ["query_only=ON"]
        for setting in settings:
            connection.execute(f"PRAGMA {setting}")
        if writer:
            wanted = "WAL" if sqlite3.sqlite_version_info >= WAL_SAFE and _on_local_disk(path) else "TRUNCATE"
            mode = connection.execute(f"PRAGMA journal_mode={wanted}").fetchone()[0]
            # EXTRA also syncs the folder after the journal is gone; without it a power cut may bring back the journal and undo a commit
            connection.execute(f"PRAGMA synchronous={'FULL' if mode == 'wal' else 'EXTRA'}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _on_local_disk(path: Path) -> bool:
    """Whether WAL's shared memory can be trusted here. Unknown counts as no: the other journal is right everywhere."""
    try:
        mounts = [line.split(" ") for line in Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace").splitlines()]
        where = str(path.resolve())
    except OSError:
        return False
    under = [m for m in mounts if len(m) > 2 and (where + "/").startswith(m[1].replace("\\040", " ").rstrip("/") + "/")]
    kind = max(under, key=lambda m: len(m[1]), default=["", "", ""])[2]
    return kind in ("ext4", "ext3", "xfs", "btrfs", "zfs", "f2fs", "tmpfs", "overlay", "bcachefs")


def journal(path: Path) -> str:
    """The journal mode and synchronous setting a writer here would use, in words: `truncate/extra` or `wal/full`."""
    with guard(path):
        connection = _connect(path, writer=True)
        try:
            mode = str(connection.execute("PRAGMA journal_mode").fetchone()[0])
        finally:
            connection.close()
    return f"{mode}/{'full' if mode == 'wal' else 'extra'}"


def birth(path: Path, origin: str) -> None:
    """Make a whole, empty ledger. Raises FileExistsError, OSError, and what `guard` raises."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    fresh.unlink(missing_ok=True)
    os.close(os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        made = engine(fresh, writer=True)
        try:
            with guard(path), made.begin() as connection:
                upgrade(connection)
                connection.execute(insert(ledger), {"one": 1, "origin": origin})
        finally:
            made.dispose()
        # A crash before this line leaves a .new file that nothing reads; after it the ledger stands whole under its name.
        _publish(fresh, path)
    finally:
        for left in (fresh, fresh.with_name(f"{fresh.name}-journal")):
            left.unlink(missing_ok=True)


def _publish(fresh: Path, path: Path) -> None:
    """Give the finished file its name without overwriting. Raises FileExistsError."""
    try:
        os.link(fresh, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links: the check and the rename are two steps there
        if path.exists():
            raise FileExistsError(str(path)) from None
        fresh.rename(path)
    if os.name == "posix":  # without this a power cut may forget the name; Windows keeps names by itself
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextlib.contextmanager
def guard(path: Path) -> Iterator[None]:
    """Turn every database error inside into one of ours; the original stays as its cause."""
    try:
        yield
    except DBAPIError as error:
        raise translate(path, error.orig) from error
    except SQLAlchemyError as error:
        raise Busy("ledger.busy", path=str(path)) if "QueuePool" in str(error) else _other(path, error) from error
    except sqlite3.Error as error:
        raise translate(path, error) from error
    except UnicodeDecodeError as error:  # a rotten page: a name or text in it is no text any more
        raise Damaged("ledger.corrupt", path=str(path)) from error


def translate(path: Path, error: BaseException | None) -> ProvError:
    """One of our errors for one of SQLite's (result codes: https://sqlite.org/rescode.html)."""
    code = getattr(error, "sqlite_errorcode", None)
    where = {"path": str(path)}
    match code & 0xFF if isinstance(code, int) else None:
        case sqlite3.SQLITE_FULL:
            return Unavailable("ledger.disk-full", **where)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return Unavailable("ledger.read-only", **where)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return Busy("ledger.busy", **where)
        case sqlite3.SQLITE_CANTOPEN:
            return Unavailable("ledger.cannot-open", **where, why=str(error))
        case sqlite3.SQLITE_IOERR:
            return Unavailable("ledger.io", **where, why=getattr(error, "sqlite_errorname", "SQLITE_IOERR"))
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return Damaged("ledger.corrupt", **where)
        case sqlite3.SQLITE_CONSTRAINT:
            closed = "ledger: closed" in str(error)
            return Unavailable("ledger.closed", **where) if closed else Damaged("ledger.refused", **where, why=str(error))
    return _other(path, error)


def _other(path: Path, error: object) -> ProvError:
    return Damaged("ledger.unusable", path=str(path), why=str(error).splitlines()[0][:200] if str(error) else type(error).__name__)


def revision(connection: Connection) -> str | None:
    """The migration that this database says it is at; None where it does not say."""
    tables = set(connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars())
    if "alembic_version" not in tables:
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def migrations() -> Path:
    """The folder of the migrations: inside the package in a wheel, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "migrations", package.parent / "migrations"):
        if (folder / "env.py").is_file():
            return folder
    raise Unavailable("ledger.no-migrations", path=str(package))


def upgrade(connection: Connection) -> None:
    """Bring the database to REVISION inside the caller's transaction: a crash leaves the old schema, whole.

    Raises:
        Unavailable: `ledger.newer` when a later version of this program wrote it.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(migrations()).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, REVISION)
    except CommandError as error:
        raise Unavailable("ledger.newer", why=str(error)) from error


def require_sqlite(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> None:
    """Raise Unavailable `ledger.sqlite-old` where SQLite has no STRICT tables."""
    if version < STRICT_SINCE:
        raise Unavailable("ledger.sqlite-old", found=".".join(map(str, version)), needed=".".join(map(str, STRICT_SINCE)))



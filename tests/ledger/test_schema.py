"""The migrated schema is the golden one, to the letter."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from provenance.clock import Clock
from provenance.errors import Busy, Damaged, ProvError, Unavailable
from provenance.ledger import schema
from provenance.ledger.check import TRIGGER_NAMES
from provenance.ledger.store import Ledger

GOLDEN = Path(__file__).with_name("schema.sql")


def _schema(path: Path) -> str:
    raw = sqlite3.connect(path)
    rows = raw.execute(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version' ORDER BY type DESC, name"
    ).fetchall()
    raw.close()
    return "".join(f"{sql};\n" for (sql,) in rows)


def test_a_new_ledger_has_the_golden_schema(home: Path) -> None:
    assert _schema(home) == GOLDEN.read_text(encoding="utf-8")


def test_triggers_stand_after_migration(home: Path) -> None:
    raw = sqlite3.connect(home)
    found = {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    assert found == TRIGGER_NAMES
    assert raw.execute("SELECT version_num FROM alembic_version").fetchall() == [(schema.REVISION,)]
    assert raw.execute("PRAGMA page_size").fetchone() == (schema.PAGE,)
    raw.close()


def test_the_constant_is_the_newest_migration() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(schema.migrations()))
    assert ScriptDirectory.from_config(config).get_heads() == [schema.REVISION]


def test_no_migration_rebuilds_a_table() -> None:
    for path in (schema.migrations() / "versions").glob("*.py"):
        assert "batch_alter_table" not in path.read_text(encoding="utf-8"), path.name


def test_connections_are_set_as_decided(home: Path) -> None:
    for writer in (True, False):
        engine = schema.engine(home, writer=writer)
        with engine.begin() as connection:
            def value(name: str, connection=connection) -> object:
                return connection.exec_driver_sql(f"PRAGMA {name}").scalar()

            assert value("trusted_schema") == 0
            assert value("cell_size_check") == 1
            assert value("mmap_size") == 0
            assert value("busy_timeout") == 30_000
            if writer:
                assert value("foreign_keys") == value("recursive_triggers") == 1
                assert (value("journal_mode"), value("synchronous")) in (("truncate", 3), ("wal", 2))
                assert value("journal_mode") == ("wal" if sqlite3.sqlite_version_info >= schema.WAL_SAFE else "truncate")
            else:
                assert value("query_only") == 1
        engine.dispose()
    assert schema.journal(home) in ("truncate/extra", "wal/full")


@pytest.mark.parametrize("read_only", [True, False])
def test_a_later_version_s_ledger_is_left_alone(home: Path, clock: Clock, read_only: bool) -> None:
    raw = sqlite3.connect(home)
    raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.commit()
    raw.close()
    before = home.read_bytes()
    with pytest.raises(Unavailable) as caught:
        Ledger.open(home, clock, read_only=read_only)
    assert caught.value.key == "ledger.newer"
    assert home.read_bytes() == before


def test_an_old_sqlite_is_named() -> None:
    schema.require_sqlite((3, 37, 0))
    with pytest.raises(Unavailable) as caught:
        schema.require_sqlite((3, 36, 9))
    assert caught.value.params["found"] == "3.36.9"


@pytest.mark.parametrize(("code", "kind", "key"), [
    (sqlite3.SQLITE_FULL, Unavailable, "ledger.disk-full"), (sqlite3.SQLITE_READONLY_ROLLBACK, Unavailable, "ledger.read-only"),
    (sqlite3.SQLITE_BUSY_SNAPSHOT, Busy, "ledger.busy"), (sqlite3.SQLITE_IOERR_FSYNC, Unavailable, "ledger.io"),
    (sqlite3.SQLITE_CANTOPEN_ISDIR, Unavailable, "ledger.cannot-open"), (sqlite3.SQLITE_NOTADB, Damaged, "ledger.corrupt"),
    (sqlite3.SQLITE_CORRUPT_INDEX, Damaged, "ledger.corrupt"), (sqlite3.SQLITE_CONSTRAINT_TRIGGER, Damaged, "ledger.refused"),
    (sqlite3.SQLITE_ERROR, Damaged, "ledger.unusable"), (None, Damaged, "ledger.unusable"),
])
def test_every_refusal_of_sqlite_has_a_name(code: int | None, kind: type[ProvError], key: str) -> None:
    error = sqlite3.OperationalError("what it said")
    if code is not None:
        error.sqlite_errorcode = code
    found = schema.translate(Path("l.db"), error)
    assert (type(found), found.key) == (kind, key)

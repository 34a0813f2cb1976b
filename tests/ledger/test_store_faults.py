"""When the machine fails: commits that err, disks that fill, rights that lack, pages that rot. Never a fork, never a silent hole."""

from __future__ import annotations

import os
import random
import resource
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from provenance.clock import Clock
from provenance.errors import Busy, ProvError, Unavailable
from provenance.facts import Fact
from provenance.ledger import merkle, schema
from provenance.ledger.check import WARNINGS, check
from provenance.ledger.store import Ledger

Note, Picture = Callable[[str], Fact], Callable[[int], Fact]


def faults(path: Path) -> list[str]:
    return [fault.code for fault in check(path)]


@pytest.mark.parametrize("nth", [1, 2, 3, 4])
@pytest.mark.parametrize("applied", [True, False])
def test_a_commit_that_errs_was_applied_or_was_not(ledger: Ledger, note: Note, nth: int, applied: bool) -> None:
    """Two axes: which commit, and whether it happened before the error was told."""
    dialect, count, acknowledged = ledger._writer.dialect, 0, []  # type: ignore[union-attr]
    commit = dialect.do_commit

    def failing(connection: Any) -> None:
        nonlocal count
        count += 1
        if count != nth:
            return commit(connection)
        if applied:
            commit(connection)
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode, error.sqlite_errorname = sqlite3.SQLITE_IOERR_FSYNC, "SQLITE_IOERR_FSYNC"
        raise error

    dialect.do_commit = failing  # type: ignore[method-assign]
    for n in range(5):
        try:
            acknowledged += ledger.append([note(f"{n}a"), note(f"{n}b")])
        except Unavailable as error:
            assert (error.key, n + 1) == ("ledger.io", nth)
            acknowledged += ledger.append([note(f"{n}a"), note(f"{n}b")])
    dialect.do_commit = commit  # type: ignore[method-assign]
    texts = [one.values["text"] for one in ledger.records()]
    doubled = [f"{nth - 1}a", f"{nth - 1}b"] if applied else []
    expected = [f"{n}{half}" for n in range(5) for half in "ab"]
    assert texts == expected[: 2 * nth - 2] + doubled + expected[2 * nth - 2 :]
    assert {entry.raw for entry in acknowledged} <= {entry.raw for entry in ledger.entries()}
    assert faults(ledger.path) == []
    assert ledger.head().root == merkle.root(ledger.leaves())


def test_an_insert_that_errs_leaves_nothing(ledger: Ledger, note: Note, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.append([note("before")])

    def full(*_: Any) -> None:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    dialect = ledger._writer.dialect  # type: ignore[union-attr]
    with monkeypatch.context() as patch:
        patch.setattr(dialect, "do_executemany", full)
        with pytest.raises(Unavailable) as caught:
            ledger.append([note("a"), note("b")])
    assert caught.value.key == "ledger.disk-full"
    ledger.append([note("after")])
    assert [one.values["text"] for one in ledger.records()] == ["before", "after"]


@pytest.mark.skipif(os.name != "posix", reason="limits of this kind are POSIX")
def test_a_file_that_may_not_grow(ledger: Ledger, note: Note) -> None:
    """RLIMIT_FSIZE stands for a full disk: the write itself fails."""
    ledger.append([note("before")])
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ledger.path.stat().st_size, hard))
    try:
        with pytest.raises(Unavailable) as caught:
            for _ in range(50):
                ledger.append([note("x" * 20_000)] * 10)
        assert caught.value.key in ("ledger.io", "ledger.disk-full")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    ledger.append([note("after")])
    assert [one.values["text"] for one in ledger.records()] == ["before", "after"]
    assert faults(ledger.path) == []


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="NOT RUN as root: root may write everything")
def test_a_file_that_may_not_be_written(home: Path, clock: Clock, note: Note) -> None:
    home.chmod(0o400)
    with Ledger.open(home, clock) as opened, pytest.raises(Unavailable) as caught:
        opened.append([note("x")])
    assert caught.value.key in ("ledger.read-only", "ledger.cannot-open")


def test_a_database_that_refuses_to_be_written(ledger: Ledger, note: Note) -> None:
    ledger.append([note("before")])
    with ledger._writer.connect() as connection:  # type: ignore[union-attr]
        connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(Unavailable) as caught:
        ledger.append([note("x")])
    assert caught.value.key == "ledger.read-only"
    assert ledger.size() == 1


def test_somebody_else_holds_the_ledger(home: Path, clock: Clock, note: Note, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "BUSY_MS", 50)
    with Ledger.open(home, clock) as opened:
        opened.append([note("before")])
        holder = sqlite3.connect(home, isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        for use in (lambda: opened.append([note("x")]), opened.size, lambda: list(opened.entries())):
            with pytest.raises(Busy):
                use()
        holder.execute("ROLLBACK")
        holder.close()
        opened.append([note("after")])
        assert opened.size() == 2


def test_no_error_of_the_database_leaves_the_room(ledger: Ledger, note: Note, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.append([note("a")])

    def broken(*_: Any, **__: Any) -> None:
        raise OperationalError("SELECT", {}, sqlite3.OperationalError("anything"))

    monkeypatch.setattr("sqlalchemy.engine.Connection.execute", broken)
    uses = (ledger.size, ledger.head, lambda: ledger.append([note("x")]), lambda: list(ledger.entries()), lambda: list(ledger.records()))
    for use in uses:
        with pytest.raises(ProvError):
            use()


def _copies(home: Path, clock: Clock, picture: Picture) -> tuple[bytes, list[bytes]]:
    with Ledger.open(home, clock) as opened:
        written = [entry.raw for n in range(40) for entry in opened.append([picture(n)])]
    return home.read_bytes(), written


def test_flipped_bits_are_never_silently_wrong(home: Path, clock: Clock, picture: Picture) -> None:
    """After a flip anywhere: what can be read is what was written, or an error of ours; and `check` names it or reads it all right."""
    good, written = _copies(home, clock, picture)
    dice, noticed = random.Random(7), 0
    for _ in range(150):
        at = dice.randrange(len(good))
        bad = bytearray(good)
        bad[at] ^= 1 << dice.randrange(8)
        home.write_bytes(bad)
        found = [fault for fault in check(home) if fault.code not in WARNINGS]
        noticed += bool(found)
        try:
            with Ledger.open(home, clock, read_only=True) as opened:
                read = [one.entry.raw for one in opened.records()]
        except ProvError:
            assert found, f"a flip at {at} stops reading, and check says nothing"
            continue
        assert read == written or found, f"a flip at {at} changes what is read, and check says nothing"
        assert set(read) <= set(written)
    assert noticed > 30


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_file_cut_short_is_noticed(home: Path, clock: Clock, picture: Picture, share: float) -> None:
    good, _ = _copies(home, clock, picture)
    home.write_bytes(good[: int(len(good) * share)])
    assert [fault for fault in check(home) if fault.code not in WARNINGS]

"""The journal cut anywhere, and 1,500 random bit flips: never silently wrong."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from provenance.clock import Clock
from provenance.errors import ProvError
from provenance.facts import Fact, NoteAdded
from provenance.ledger import frame
from provenance.ledger.check import WARNINGS, check
from provenance.ledger.store import Ledger

pytestmark = pytest.mark.slow
Picture = Callable[[int], Fact]
FLIPS, PARTS = 500, 3


def faults(path: Path) -> list[str]:
    return [fault.code for fault in check(path) if fault.code not in WARNINGS]


def held(path: Path, clock: Clock) -> list[bytes]:
    with Ledger.open(path, clock) as opened:
        return [record.entry.raw for record in opened.records()]


def contents(path: Path) -> list[object]:
    """All that the file's tables hold, as SQLite gives it: two files with the same are the same ledger."""
    raw = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    raw.text_factory = bytes
    try:
        asked = (
            "SELECT * FROM ledger", "SELECT * FROM entries ORDER BY seq", "SELECT * FROM disclosures ORDER BY seq, name",
            "SELECT type, name, sql FROM sqlite_master WHERE name <> 'alembic_version' ORDER BY name", "SELECT * FROM alembic_version",
            "SELECT kind, seq FROM entries INDEXED BY entries_kind ORDER BY kind, seq",
        )
        return [raw.execute(query).fetchall() for query in asked]
    finally:
        raw.close()


def test_the_journal_of_a_commit_cut_at_every_page(home: Path, clock: Clock, picture: Picture) -> None:
    """A power cut within a commit: the pages are half written, the journal is cut anywhere. Before or after, never between.

    The rollback journal of SQLite holds a header of one sector and, for each page, its number, its bytes and a checksum. While the
    journal is not yet synced no page of the database has been changed; so a cut journal meets an unchanged database, and a whole
    journal a changed one.
    """
    with Ledger.open(home, clock) as opened:
        opened.append([picture(n) for n in range(30)])
    before, old = home.read_bytes(), held(home, clock)
    journal, half = _inside_a_commit(home)
    assert len(journal) > 2 * 16384 and half != before
    beside = home.with_name(f"{home.name}-journal")
    page = 16384 + 8
    cuts = sorted({0, 1, 8, 27, 28, 511, 512, 513} | {512 + n * page + d for n in range(len(journal) // page + 1) for d in (-1, 0, 1, 4)})
    for cut in [one for one in cuts if 0 <= one < len(journal)]:
        home.write_bytes(before)
        beside.write_bytes(journal[:cut])
        assert held(home, clock) == old and faults(home) == [], f"journal cut at {cut}"
    home.write_bytes(half)
    beside.write_bytes(journal)
    assert held(home, clock) == old and faults(home) == [], "a whole journal undoes half a commit"
    for at in range(0, len(half) + 16384, 16384):  # the changed pages reached the disk only as far as this one
        home.write_bytes(half[:at] + before[at:])
        beside.write_bytes(journal)
        assert held(home, clock) == old and faults(home) == [], f"pages written up to {at}"
    with Ledger.open(home, clock) as opened:
        opened.append([NoteAdded(text="and on")])
    assert faults(home) == []


def _inside_a_commit(path: Path) -> tuple[bytes, bytes]:
    """The journal as it is when it is synced, and the database with the pages of the commit in it: a large change with a tiny cache."""
    raw = sqlite3.connect(path, isolation_level=None)
    try:
        raw.execute("PRAGMA journal_mode=DELETE")
        raw.execute("PRAGMA cache_size=2")
        raw.execute("PRAGMA cache_spill=1")
        raw.execute("BEGIN IMMEDIATE")
        start = raw.execute("SELECT max(seq) + 1 FROM entries").fetchone()[0]
        for n in range(start, start + 60):
            raw.execute("INSERT INTO entries VALUES (?, 'note.added/1', 'x', zeroblob(32), zeroblob(9000))", (n,))
        journal, half = path.with_name(f"{path.name}-journal").read_bytes(), path.read_bytes()
        raw.execute("ROLLBACK")
    finally:
        raw.close()
    return journal, half


@pytest.mark.parametrize("part", range(PARTS))
def test_1500_flipped_bits_are_found_or_proved_harmless(home: Path, clock: Clock, picture: Picture, part: int) -> None:
    """Each flip is named by `check`, or every table, index and statement of the file is byte for byte what it was."""
    with Ledger.open(home, clock) as opened:
        for n in range(40):
            opened.append([picture(n)])
    good, same = home.read_bytes(), contents(home)
    dice, seen = random.Random(20261122 + part), Counter[str]()
    for _ in range(FLIPS):
        at, bit = dice.randrange(len(good)), dice.randrange(8)
        home.write_bytes(good[:at] + bytes([good[at] ^ 1 << bit]) + good[at + 1 :])
        try:
            found = [fault.code for fault in check(home)]
            Ledger.open(home, clock, read_only=True).close()
        except ProvError as error:
            found = [error.key]
        if found:
            seen["found"] += 1
            continue
        assert contents(home) == same, f"bit {bit} of byte {at}: another content, and nobody says so"
        seen["harmless"] += 1
    home.write_bytes(good)
    assert faults(home) == [] and sum(seen.values()) == FLIPS and seen["found"] > FLIPS // 4, seen


@pytest.mark.parametrize(("old", "new"), [("nothing is changed", "nothing is chanted"), ("BEFORE UPDATE", "AFTER  UPDATE")])
def test_a_changed_trigger_is_named(home: Path, old: str, new: str) -> None:
    raw = sqlite3.connect(home)
    raw.execute("PRAGMA writable_schema=ON")
    raw.execute("UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE name = 'entries_no_update'", (old, new))
    raw.commit()
    raw.close()
    assert [(fault.code, fault.detail) for fault in check(home)] == [("L011", "entries_no_update")]


def test_the_schema_is_the_one_that_is_known(home: Path) -> None:
    assert list(check(home)) == []
    raw = sqlite3.connect(home)
    names = {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE sql IS NOT NULL")} - {"alembic_version"}
    raw.close()
    assert names == set(frame.MADE), "a new table or trigger belongs into ledger/frame.py"

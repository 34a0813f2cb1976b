"""A damaged ledger stays untouched; its longest good beginning is kept, closed, beside a new ledger that names it."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest
from support import homes
from support.prov import Near

from provenance.bundle.home_check import check_home, predecessors
from provenance.bundle.ledger_verify import verify_ledger
from provenance.clock import system
from provenance.config import Home
from provenance.daemon.lock import RecorderLock
from provenance.daemon.salvage import salvage
from provenance.errors import BadInput, Busy, Damaged, ProvError
from provenance.ledger.store import Ledger


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = homes.make(tmp_path / "home", 6)
    homes.more(made, 6, 4)
    return made


def sql(home: Home, *statements: str) -> None:
    raw = sqlite3.connect(home.ledger, isolation_level=None)
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        raw.execute(statement)
    raw.close()


def entries(home: Home) -> list[bytes]:
    with Ledger.open(home.ledger, system, read_only=True) as ledger:
        return [entry.raw for entry in ledger.entries()]


FLIP = "UPDATE entries SET bytes = CAST(replace(CAST(bytes AS TEXT), '\"class\"', '\"clasp\"') AS BLOB) WHERE seq = 9"
CASES: dict[str, tuple[str, str, int]] = {
    "changed": ("UPDATE entries SET bytes = CAST(replace(CAST(bytes AS TEXT), '2026-', '2025-') AS BLOB) WHERE seq = 9", "L003", 9),
    "no entry": (FLIP, "L008", 9),
    "not canonical": ("UPDATE entries SET bytes = CAST(CAST(bytes AS TEXT) || ' ' AS BLOB) WHERE seq = 9", "L004", 9),
    "gone": ("DELETE FROM entries WHERE seq = 9", "L002", 9),
    "cut": ("DELETE FROM entries WHERE seq > 15", "H001", 16),
}


@pytest.mark.parametrize("case", CASES)
def test_the_longest_good_beginning(case: str, home: Home, tmp_path: Path) -> None:
    statement, code, good = CASES[case]
    before = entries(home)
    sql(home, "PRAGMA foreign_keys=OFF", statement)
    damaged = homes.files(home.path)
    done = salvage(home.path, Home(tmp_path / "new"))
    assert homes.files(home.path) == damaged, "the damaged home is as it was"
    fact = done.fact
    assert fact is not None and (fact.entries_kept, fact.first_bad, fact.why) == (good, good, code)
    new = Home(tmp_path / "new")
    (folder,) = predecessors(new)
    assert entries(Home(folder)) == before[:good]
    verdict = verify_ledger(folder / "ledger.db", folder / "heads.log")
    assert verdict.word == "INTEGRITY ONLY" and "L013" in {finding.code for finding in verdict.findings}
    assert fact.later_size is not None and fact.later_size > good
    with Ledger.open(new.ledger, system, read_only=True) as ledger:
        first, second = ledger.entries(0, 2)
        assert first.kind == "ledger.opened/1" and second.kind == "ledger.salvaged/1"
        assert second.open["predecessor"] != ledger.origin and second.open["entries_kept"] == good
    assert check_home(new, deep=True).word in ("INTEGRITY ONLY", "INCOMPLETE")
    homes.more(new, 30)
    assert check_home(new).word == "INTEGRITY ONLY"


def test_a_rotten_value_costs_itself_alone(home: Home, tmp_path: Path) -> None:
    before = entries(home)
    sql(home, "UPDATE disclosures SET value = x'5b2278225d' WHERE seq = 5 AND name = 'prompts'")
    fact = salvage(home.path, Home(tmp_path / "new")).fact
    assert fact is not None and (fact.entries_kept, fact.first_bad, fact.values_lost, fact.why) == (len(before), None, 1, "L006")
    (folder,) = predecessors(Home(tmp_path / "new"))
    found = verify_ledger(folder / "ledger.db", folder / "heads.log")
    assert found.word == "INTEGRITY ONLY" and "L012" in {finding.code for finding in found.findings}


@pytest.mark.parametrize("column", ["leaf = zeroblob(32)", "kind = 'note.added/1'", "at = '2020-01-01T00:00:00.000000Z'"])
def test_rotten_columns_are_made_anew_from_the_bytes(column: str, home: Home, tmp_path: Path) -> None:
    before = entries(home)
    sql(home, f"UPDATE entries SET {column} WHERE seq = 7")
    fact = salvage(home.path, Home(tmp_path / "new")).fact
    assert fact is not None and (fact.entries_kept, fact.first_bad, fact.values_lost) == (len(before), None, 0)


def test_a_history_that_was_rewritten_is_kept_only_as_far_as_a_signed_head_vouches(home: Home, tmp_path: Path) -> None:
    """Chain and hashes are right, the signed tree is another: nothing after the last head that fits is believed."""
    other = homes.make(tmp_path / "other", 1)
    with Ledger.open(home.ledger, system, read_only=True) as ledger:
        signed = [entry.open["size"] for entry in ledger.entries(kinds=("snapshot.signed/1",))]
    kept = entries(home)[: signed[0]]
    sql(home, f"DELETE FROM disclosures WHERE seq >= {signed[0]}", f"DELETE FROM entries WHERE seq >= {signed[0]}")
    from provenance.facts import NoteAdded

    with Ledger.open(home.ledger, system) as ledger:
        ledger.append([NoteAdded(text=f"another history {n}") for n in range(40)])
    fact = salvage(home.path, Home(tmp_path / "new")).fact
    assert fact is not None and (fact.entries_kept, fact.why) == (signed[0], "H002") and other.ledger.exists()
    assert entries(Home(predecessors(Home(tmp_path / "new"))[0])) == kept


def test_what_is_exported_from_the_kept_beginning_verifies(tmp_path: Path) -> None:
    from support.imagefiles import png

    prov = Near(tmp_path / "home")
    (tmp_path / "a.png").write_bytes(png({"parameters": "a cat\nSteps: 20, Seed: 1"}))
    prov.ok("init", "--yes")
    prov.ok("import", str(tmp_path / "a.png"))
    prov.ok("export", "--no-pdf", "--no-film", str(tmp_path / "a.png"), "-o", str(tmp_path / "first.zip"))
    prov.ok("note", "later")
    home = Home(prov.home)
    sql(home, "UPDATE entries SET bytes = zeroblob(99) WHERE seq = (SELECT max(seq) FROM entries)")
    said = prov.run("verify")
    assert said.returncode == 1
    said = prov.run("ledger", "salvage", str(prov.home), "--to", str(tmp_path / "new"))
    assert said.returncode == 0 and "closed" in said.stdout, said.stderr
    (folder,) = predecessors(Home(tmp_path / "new"))
    old = Near(folder)
    assert "a.png" in old.ok("find", "cat")
    old.ok("export", "--no-pdf", "--no-film", str(tmp_path / "a.png"), "-o", str(tmp_path / "second.zip"))
    assert old.run("verify", str(tmp_path / "second.zip")).returncode == 0
    refused = old.run("note", "a second history")
    assert refused.returncode == 4 and len(refused.stderr.splitlines()) == 2
    assert old.run("verify").returncode == 0
    assert "salvaged" in Near(tmp_path / "new").ok("log")


def test_when_there_is_nothing_to_save_or_nothing_damaged(home: Home, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as sound:
        salvage(home.path, Home(tmp_path / "new"))
    assert sound.value.key == "salvage.sound" and not (tmp_path / "new" / "ledger.db").exists()
    lock = RecorderLock(home.lock)
    lock.acquire()
    with pytest.raises(Busy):
        salvage(home.path, Home(tmp_path / "new"))
    lock.release()
    home.ledger.write_bytes(b"no database at all" * 99)
    with pytest.raises(Damaged):
        salvage(home.path, Home(tmp_path / "new"))
    home.ledger.write_bytes(b"SQLite format 3\0" + bytes(20_000))
    with pytest.raises(Damaged) as nothing:
        salvage(home.path, Home(tmp_path / "new"))
    assert nothing.value.key == "salvage.nothing"


@pytest.mark.slow
def test_after_any_damage_what_is_kept_was_once_written(home: Home, tmp_path: Path) -> None:
    """Flips, cuts and blanked pages: the kept beginning is a beginning of what was written, verifies, and ends where it must."""
    written, good = entries(home), home.ledger.read_bytes()
    dice, kept_some = random.Random(20261122), 0
    for turn in range(120):
        bad = bytearray(good)
        match turn % 3:
            case 0:
                for _ in range(dice.randint(1, 40)):
                    bad[dice.randrange(4096, len(bad))] ^= 1 << dice.randrange(8)
            case 1:
                at = dice.randrange(1, len(bad) // 16384) * 16384
                bad[at : at + 16384] = bytes(16384) if dice.random() < 0.5 else dice.randbytes(16384)
            case _:
                bad = bad[: dice.randrange(16384, len(bad))]
        home.ledger.write_bytes(bad)
        new = Home(tmp_path / f"new{turn}")
        try:
            done = salvage(home.path, new)
        except ProvError as error:
            assert error.key in ("salvage.sound", "salvage.nothing", "ledger.corrupt", "ledger.cannot-open"), error
            continue
        assert home.ledger.read_bytes() == bytes(bad) and done.fact is not None
        (folder,) = predecessors(new)
        assert entries(Home(folder)) == written[: done.fact.entries_kept]
        assert verify_ledger(folder / "ledger.db", folder / "heads.log").exit_code == 0
        kept_some += done.fact.entries_kept > 0
    assert kept_some > 30

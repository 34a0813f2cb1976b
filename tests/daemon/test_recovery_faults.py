"""Every call of the system in a backup, a restore, a salvage and a signing fails once: with an error, a full disk, a kill; done or not.

What must hold after each: the old state or the new one, whole; nothing acknowledged is lost; and the next run explains itself and succeeds.
SQLite's own calls cannot be met from here: scripts/faults_strace.py does that, and the journal's cuts are in test_store_cuts.py.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections import Counter
from pathlib import Path

import pytest
from support import faults, homes
from support.bundles import ticking
from support.faults import DONE, KILLED, TOLD, Fault

from provenance.bundle.backup_verify import verify_backup
from provenance.bundle.home_check import check_home, predecessors
from provenance.bundle.ledger_verify import verify_ledger
from provenance.clock import system
from provenance.config import Home
from provenance.daemon.backup import back_up
from provenance.daemon.house import open_house, whole
from provenance.daemon.restore import restore
from provenance.daemon.salvage import salvage
from provenance.daemon.sealing import sign_now
from provenance.errors import BadInput
from provenance.facts import NoteAdded
from provenance.ledger.store import Ledger

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="LOUD: this system cannot fork: the fault matrix was NOT run"),
]


def entries(home: Home) -> list[bytes]:
    with Ledger.open(home.ledger, system, read_only=True) as ledger:
        return [entry.raw for entry in ledger.entries()]


def told(seen: Counter[str], said: str, fault: Fault) -> None:
    """No fault may end as a defect: it is told, or the process is gone, or it did not matter."""
    assert said in (DONE, TOLD, KILLED), f"{fault}: {said}"
    assert said == KILLED or fault.how != "killed", fault
    seen[said] += 1


@pytest.mark.parametrize("call", ["fsync", "replace", "rename", "unlink", "write", "open"])
def test_backup(tmp_path: Path, call: str) -> None:
    home = homes.make(tmp_path / "home", 1)
    stick, kept = tmp_path / "stick", tmp_path / "kept"
    old = back_up(home, stick, keys=True).manifest.size
    homes.more(home, 1)
    new = len(entries(home))
    before = homes.files(home.path)
    shutil.copytree(stick, kept)
    said, counts = faults.run(lambda: back_up(home, stick, keys=True) and None)
    assert said == DONE and counts["fsync"] > 5 and counts["replace"] > 3 and counts[call]
    seen: Counter[str] = Counter()
    for fault in faults.every(counts, call):
        shutil.rmtree(stick)
        shutil.copytree(kept, stick)
        said, _ = faults.run(lambda: back_up(home, stick, keys=True) and None, fault)
        told(seen, said, fault)
        manifest, verdict = verify_backup(stick)
        assert verdict.word == "INTEGRITY ONLY" and manifest.size in ((new,) if said == DONE else (old, new)), (fault, verdict.findings)
        assert back_up(home, stick, keys=True).manifest.size == new, fault
        manifest, verdict = verify_backup(stick)
        named = {item.name for item in manifest.files} | {"backup.json", "backup.lock"}
        assert verdict.word == "INTEGRITY ONLY" and {path.name for path in stick.iterdir() if path.is_file()} == named, fault
    assert homes.files(home.path) == before
    assert seen[KILLED] and seen[TOLD], seen


@pytest.mark.parametrize("call", ["fsync", "replace", "rename", "write"])
def test_the_first_backup(tmp_path: Path, call: str) -> None:
    home, stick = homes.make(tmp_path / "home", 1), tmp_path / "stick"
    _, counts = faults.run(lambda: back_up(home, stick) and None)
    seen: Counter[str] = Counter()
    for fault in faults.every(counts, call):
        shutil.rmtree(stick, ignore_errors=True)
        told(seen, faults.run(lambda: back_up(home, stick) and None, fault)[0], fault)
        try:
            assert verify_backup(stick)[1].word == "INTEGRITY ONLY", fault
        except BadInput as error:
            assert error.key == "backup.none", fault
        back_up(home, stick)
        assert verify_backup(stick)[1].word == "INTEGRITY ONLY", fault
    assert seen[KILLED] and seen[TOLD]


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("call", ["fsync", "replace", "rename", "unlink", "write", "open"])
def test_restore(tmp_path: Path, call: str, closed: bool) -> None:
    home, stick, new = homes.make(tmp_path / "home", 1), tmp_path / "stick", Home(tmp_path / "new")
    back_up(home, stick, keys=True)
    before, old = homes.files(stick), entries(home)

    def task() -> None:
        restore(stick, new, ticking(), new_ledger=closed)

    said, counts = faults.run(task)
    assert said == DONE and counts[call]
    seen: Counter[str] = Counter()
    for fault in faults.every(counts, call):
        shutil.rmtree(new.path, ignore_errors=True)
        said, _ = faults.run(task, fault)
        told(seen, said, fault)
        if whole(new):
            shutil.rmtree(new.path / "restoring", ignore_errors=True)
        else:
            assert said != DONE, fault
            restore(stick, new, ticking(), new_ledger=closed)
        verdict = check_home(new, deep=True)
        assert verdict.word == "INTEGRITY ONLY", (fault, verdict.findings)
        there = entries(Home(predecessors(new)[0]) if closed else new)
        assert there[: len(old)] == old and sum(b'"ledger.restored/1"' in raw for raw in entries(new)) == 1, fault
        assert not (new.path / "restoring").exists(), fault
    assert homes.files(stick) == before and seen[KILLED] and seen[TOLD]


@pytest.mark.parametrize("call", ["fsync", "replace", "rename", "unlink", "write", "open"])
def test_salvage(tmp_path: Path, call: str) -> None:
    home, new = homes.make(tmp_path / "home", 1), Home(tmp_path / "new")
    good = entries(home)[:2]
    raw = sqlite3.connect(home.ledger, isolation_level=None)
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    raw.execute("UPDATE entries SET bytes = zeroblob(50) WHERE seq = 2")
    raw.close()
    before = homes.files(home.path)

    def task() -> None:
        salvage(home.path, new, ticking())

    _, counts = faults.run(task)
    seen: Counter[str] = Counter()
    for fault in faults.every(counts, call):
        shutil.rmtree(new.path, ignore_errors=True)
        told(seen, faults.run(task, fault)[0], fault)
        if not whole(new):
            salvage(home.path, new, ticking())
        (folder,) = predecessors(new)
        assert entries(Home(folder)) == good and check_home(new).exit_code == 0, fault
        assert sum(b'"ledger.salvaged/1"' in one for one in entries(new)) == 1, fault
    assert homes.files(home.path) == before and seen[KILLED] and seen[TOLD]


def test_sign(tmp_path: Path) -> None:
    home, kept = homes.make(tmp_path / "home", 1), tmp_path / "kept"
    with Ledger.open(home.ledger, system) as ledger:
        ledger.append([NoteAdded(text="to be signed")])
    shutil.copytree(home.path, kept)

    def task() -> None:
        house = open_house(home)
        try:
            sign_now(house, "asked")
        finally:
            house.close()

    said, counts = faults.run(task)
    assert said == DONE and counts["write"] and counts["fsync"]
    seen: Counter[str] = Counter()
    for fault in faults.every(counts):
        shutil.rmtree(home.path)
        shutil.copytree(kept, home.path)
        old = entries(home)
        told(seen, faults.run(task, fault)[0], fault)
        assert entries(home)[: len(old)] == old, fault
        assert verify_ledger(home.ledger, home.heads).word == "INTEGRITY ONLY", fault
        task()
        with Ledger.open(home.ledger, system) as ledger:
            ledger.append([NoteAdded(text="and on")])
        task()
        assert verify_ledger(home.ledger, home.heads).word == "INTEGRITY ONLY", fault
    assert seen[KILLED] and seen[TOLD], seen

"""`verify_ledger`: a good ledger, and one broken ledger for each code that it can give."""

from __future__ import annotations

import base64
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from support import bundles

from provenance import facts
from provenance.bundle.ledger_verify import verify_ledger
from provenance.errors import Unavailable
from provenance.ledger.store import Ledger
from provenance.seal import keys
from provenance.seal.signing import sign_head


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A ledger of two sittings, each signed and written to heads.log."""
    signer = keys.create(tmp_path / "keys", bundles.ORIGIN)
    with Ledger.create(tmp_path / "ledger.db", bundles.ORIGIN, bundles.ticking()) as ledger:
        for told in (bundles.sitting(signer), bundles.sitting(signer)[1:]):
            ledger.append(told)
            signed = sign_head(ledger.size(), ledger.root_at, signer, tmp_path / "heads.log")
            size, root = signed.snapshot.size, base64.b64encode(signed.snapshot.root).decode()
            ledger.append([facts.SnapshotSigned(size=size, root=root, why="asked", note=signed.note.decode())])
        shutil.copy(tmp_path / "ledger.db", tmp_path / "good.db")
    return tmp_path


def codes(home: Path) -> tuple[str, set[str]]:
    verdict = verify_ledger(home / "ledger.db", home / "heads.log")
    return verdict.word, {finding.code for finding in verdict.findings}


def sql(home: Path, *statements: str) -> None:
    with sqlite3.connect(home / "ledger.db") as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_a_good_ledger(home: Path) -> None:
    assert codes(home) == ("INTEGRITY ONLY", {"T001"})
    verdict = verify_ledger(home / "ledger.db", home / "heads.log", depth="quick")
    assert verdict.counts == {"entries": 17, "heads": 2} and [step.ok for step in verdict.steps] == [True] * 4


CHANGES: dict[str, tuple[str, ...]] = {
    "L001": ("DELETE FROM entries WHERE seq = 3",),
    "L002": ("UPDATE entries SET bytes = (SELECT bytes FROM entries WHERE seq = 5) WHERE seq = 4",),
    "L003": ("UPDATE entries SET bytes = CAST(replace(CAST(bytes AS TEXT), 'asked', 'crash') AS BLOB) WHERE seq = 4",),
    "L004": ("UPDATE entries SET bytes = CAST(CAST(bytes AS TEXT) || ' ' AS BLOB) WHERE seq = 4",),
    "L005": ("UPDATE entries SET kind = 'note.added/1' WHERE seq = 4",),
    "L006": ("UPDATE disclosures SET value = CAST('[\"a dog\"]' AS BLOB) WHERE name = 'prompts'",),
    "L007": ("UPDATE disclosures SET name = 'license' WHERE name = 'prompts'",),
    "L008": ("UPDATE entries SET bytes = CAST('{}' AS BLOB) WHERE seq = 4",),
    "L010": ("UPDATE ledger SET origin = 'prov.test/another'",),
    "H001": ("DELETE FROM entries WHERE seq > 14",),
    "H002": ("UPDATE entries SET bytes = CAST(replace(CAST(bytes AS TEXT), 'asked', 'crash') AS BLOB) WHERE seq = 4",),
}


@pytest.mark.parametrize("code", CHANGES)
def test_each_change_in_the_file_has_its_code(code: str, home: Path) -> None:
    sql(home, *CHANGES[code])
    word, found = codes(home)
    assert word == "FAILED" and code in found, found


def test_missing_triggers_and_values_are_notes(home: Path) -> None:
    sql(home, "DELETE FROM disclosures WHERE name = 'host'")
    assert codes(home) == ("INTEGRITY ONLY", {"L011", "L012", "T001"})


def _cut(home: Path) -> None:
    lines = (home / "heads.log").read_bytes().splitlines(keepends=True)
    (home / "heads.log").write_bytes(lines[0])


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("L009", lambda home: (home / "ledger.db").write_bytes(b"not a database at all" * 100)),
        ("H003", lambda home: (home / "heads.log").write_bytes(b"AAAA\n")),
        ("H004", lambda home: (home / "heads.log").unlink()),
        ("H004", _cut),
    ],
    ids=["L009", "H003", "H004_gone", "H004_cut"],
)
def test_other_files_in_their_place(code: str, change: Callable[[Path], object], home: Path) -> None:
    change(home)
    word, found = codes(home)
    assert word == "FAILED" and code in found, found


def test_no_ledger_at_all(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        verify_ledger(tmp_path / "ledger.db", tmp_path / "heads.log")

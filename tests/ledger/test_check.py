"""Every way of changing a ledger is found and named."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance import canon
from provenance.clock import Clock, system
from provenance.errors import Unavailable
from provenance.facts import Fact, NoteAdded
from provenance.ledger import chain
from provenance.ledger.check import BATCH, TRIGGER_NAMES, WARNINGS, Fault, check
from provenance.ledger.store import Ledger

Picture = Callable[[int], Fact]
SIZE = 8


@pytest.fixture
def full(home: Path, clock: Clock, picture: Picture) -> Path:
    """A ledger of eight entries whose triggers somebody dropped."""
    with Ledger.open(home, clock) as ledger:
        ledger.append([picture(n) for n in range(SIZE - 1)])
        ledger.append([NoteAdded(text="last")])
    raw = sqlite3.connect(home)
    for name in TRIGGER_NAMES:
        raw.execute(f"DROP TRIGGER {name}")
    raw.close()
    return home


def change(path: Path, *statements: str, **values: Any) -> None:
    raw = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        raw.execute(statement, values)
    raw.close()


def codes(path: Path, depth: Any = "full", **more: Any) -> list[tuple[str, int]]:
    """What check finds, but for the dropped triggers."""
    return [(fault.code, fault.seq) for fault in check(path, depth=depth, **more) if fault.code != "L011"]


def rewritten(path: Path, seq: int, **parts: Any) -> tuple[bytes, bytes]:
    """Entry `seq` with other parts, and its right leaf hash."""
    raw = sqlite3.connect(path)
    old = chain.parse(raw.execute("SELECT bytes FROM entries WHERE seq = ?", (seq,)).fetchone()[0])
    raw.close()
    names = ("seq", "at", "kind", "log", "prev", "salt", "open", "sealed")
    new = chain.build(**{**{name: getattr(old, name) for name in names}, **parts})
    return new.raw, new.leaf


def test_a_good_ledger_has_no_faults(home: Path, clock: Clock, picture: Picture) -> None:
    assert list(check(home)) == []
    with Ledger.open(home, clock) as ledger:
        ledger.append([picture(n) for n in range(5)])
        heads = {size: ledger.root_at(size) for size in range(6)}
    seen: list[tuple[int, int]] = []
    for depth in ("full", "quick"):
        assert list(check(home, depth=depth, heads=heads, progress=lambda done, of: seen.append((done, of)))) == []  # type: ignore[arg-type]
    assert seen == [(5, 5), (5, 5)]


def test_batches_join(tmp_path: Path) -> None:
    with Ledger.create(tmp_path / "l.db", "prov.local/x", system) as ledger:
        ledger.append([NoteAdded(text=str(n)) for n in range(2 * BATCH + 5)])
        heads = {size: ledger.root_at(size) for size in (0, 1, BATCH - 1, BATCH, BATCH + 1, 2 * BATCH, 2 * BATCH + 5)}
    assert list(check(ledger.path, heads=heads)) == []
    wrong = {size: root if size % 2 else b"w" * 32 for size, root in heads.items()}
    assert [f.code for f in check(ledger.path, depth="quick", heads=wrong)] == ["H002"] * sum(size % 2 == 0 for size in heads)


def test_dropped_triggers_are_a_warning(full: Path) -> None:
    found = list(check(full))
    assert [fault.code for fault in found] == ["L011"]
    assert set(found[0].detail.split(", ")) == TRIGGER_NAMES
    assert {fault.code for fault in found} <= WARNINGS


@pytest.mark.parametrize("depth", ["quick", "full"])
@pytest.mark.parametrize("seq", [0, 3, SIZE - 1])
def test_an_edited_entry(full: Path, depth: str, seq: int) -> None:
    change(full, "UPDATE entries SET bytes = CAST(replace(bytes, '\"at\":\"2026', '\"at\":\"2025') AS BLOB) WHERE seq = :seq", seq=seq)
    found = codes(full, depth)
    assert ("L003", seq) in found
    assert ("L005", seq) in found
    assert (("L002", seq + 1) in found) == (seq < SIZE - 1)


@pytest.mark.parametrize("depth", ["quick", "full"])
def test_an_edited_entry_with_its_leaf_put_right(full: Path, depth: str) -> None:
    raw, leaf = rewritten(full, 3, salt="11" * 16)
    change(full, "UPDATE entries SET bytes = :raw, leaf = :leaf WHERE seq = 3", raw=raw, leaf=leaf)
    assert codes(full, depth) == [("L002", 4)]


def test_an_edited_last_entry_with_its_leaf_put_right_is_found_by_a_signed_head(full: Path, clock: Clock) -> None:
    with Ledger.open(full, clock, read_only=True) as ledger:
        heads = {SIZE: ledger.root_at(SIZE)}
    raw, leaf = rewritten(full, SIZE - 1, salt="11" * 16)
    change(full, "UPDATE entries SET bytes = :raw, leaf = :leaf WHERE seq = :seq", raw=raw, leaf=leaf, seq=SIZE - 1)
    assert codes(full) == []
    assert codes(full, heads=heads) == [("H002", SIZE - 1)]


@pytest.mark.parametrize("depth", ["quick", "full"])
@pytest.mark.parametrize(("seq", "named"), [(0, 1), (3, 4)])
def test_a_deleted_entry(full: Path, depth: str, seq: int, named: int) -> None:
    change(full, "DELETE FROM disclosures WHERE seq = :seq", "DELETE FROM entries WHERE seq = :seq", seq=seq)
    assert codes(full, depth)[:2] == [("L001", named), ("L002", named)]


def test_a_deleted_entry_and_the_rest_counted_anew(full: Path) -> None:
    change(full, "DELETE FROM disclosures", "DELETE FROM entries WHERE seq = 3", "UPDATE entries SET seq = seq - 1 WHERE seq > 3")
    found = codes(full, "quick")
    assert ("L002", 3) in found
    assert {("L005", seq) for seq in range(3, SIZE - 1)} <= set(found)


@pytest.mark.parametrize("depth", ["quick", "full"])
def test_an_inserted_entry(full: Path, depth: str) -> None:
    raw, leaf = rewritten(full, 3, salt="11" * 16)
    change(
        full, "UPDATE disclosures SET seq = seq + 100 WHERE seq > 3", "UPDATE entries SET seq = seq + 100 WHERE seq > 3",
        "UPDATE entries SET seq = seq - 99 WHERE seq > 100", "UPDATE disclosures SET seq = seq - 99 WHERE seq > 100",
        "INSERT INTO entries SELECT 4, kind, at, :leaf, :raw FROM entries WHERE seq = 3", raw=raw, leaf=leaf,
    )
    found = codes(full, depth)
    assert ("L002", 4) in found
    assert ("L002", 5) in found


@pytest.mark.parametrize("depth", ["quick", "full"])
def test_two_entries_exchanged(full: Path, depth: str) -> None:
    change(
        full, "UPDATE entries SET seq = 99 WHERE seq = 2", "UPDATE entries SET seq = 2 WHERE seq = 3",
        "UPDATE entries SET seq = 3 WHERE seq = 99",
    )
    found = codes(full, depth)
    assert {("L005", 2), ("L005", 3), ("L002", 2), ("L002", 3), ("L002", 4)} <= set(found)


def test_a_cut_tail_and_an_old_database_put_back_are_found_by_a_signed_head(full: Path, clock: Clock, tmp_path: Path) -> None:
    with Ledger.open(full, clock) as ledger:
        old = full.read_bytes()
        ledger.append([NoteAdded(text="later")])
        heads = {2: ledger.root_at(2), SIZE + 1: ledger.root_at(SIZE + 1)}
    assert codes(full, heads=heads) == []
    change(full, "DELETE FROM disclosures WHERE seq = 8", "DELETE FROM entries WHERE seq = 8")
    assert codes(full) == []
    assert codes(full, heads=heads) == [("H001", -1)]
    put_back = tmp_path / "old.db"
    put_back.write_bytes(old)
    assert codes(put_back) == []
    assert codes(put_back, "quick", heads=heads) == [("H001", -1)]


def test_a_whole_history_made_anew_is_found_by_a_signed_head(full: Path, clock: Clock, tmp_path: Path, picture: Picture) -> None:
    with Ledger.open(full, clock, read_only=True) as ledger:
        heads = {4: ledger.root_at(4)}
    with Ledger.create(tmp_path / "forged.db", "prov.local/test", clock) as forged:
        forged.append([picture(n) for n in range(SIZE)])
    assert list(check(forged.path)) == []
    assert codes(forged.path, heads=heads) == [("H002", 3)]


@pytest.mark.parametrize(("statement", "code", "depth"), [
    ("UPDATE entries SET leaf = zeroblob(32) WHERE seq = 2", "L003", "quick"),
    ("UPDATE entries SET kind = 'file.imported/1' WHERE seq = 2", "L005", "quick"),
    ("UPDATE entries SET at = '2020-01-01T00:00:00.000000Z' WHERE seq = 2", "L005", "quick"),
    ("UPDATE disclosures SET value = x'5b2278225d' WHERE seq = 2 AND name = 'seeds'", "L006", "full"),
    ("UPDATE disclosures SET salt = '00000000000000000000000000000000' WHERE seq = 2 AND name = 'seeds'", "L006", "full"),
    ("UPDATE disclosures SET salt = '0000000000000000000000000000000X' WHERE seq = 2 AND name = 'seeds'", "L006", "full"),
    ("INSERT INTO disclosures VALUES (2, 'extra', '00000000000000000000000000000000', x'31')", "L007", "full"),
    ("DELETE FROM disclosures WHERE seq = 2 AND name = 'path'", "L012", "full"),
    ("UPDATE ledger SET origin = 'prov.local/other'", "L010", "quick"),
])
def test_a_change_beside_the_bytes(full: Path, statement: str, code: str, depth: str) -> None:
    change(full, statement)
    found = codes(full, depth)
    assert {c for c, _ in found} == {code}
    assert code == "L010" or [seq for _, seq in found] == [2]


def test_a_value_of_an_entry_that_is_not_there(full: Path) -> None:
    change(full, "PRAGMA foreign_keys = OFF", "INSERT INTO disclosures VALUES (77, 'extra', '00000000000000000000000000000000', x'31')",
           "INSERT INTO disclosures VALUES (-1, 'extra', '00000000000000000000000000000000', x'31')")
    assert [(c, s) for c, s in codes(full) if c == "L007"] == [("L007", -1), ("L007", 77)]


def _planted(path: Path, raw: bytes) -> None:
    """Somebody with the disk puts other bytes in place of the last entry, hash and columns right."""
    change(path, "UPDATE entries SET bytes = :raw, leaf = :leaf WHERE seq = :seq", raw=raw, leaf=chain.leaf(raw), seq=SIZE - 1)


def test_bytes_that_are_not_canonical(full: Path) -> None:
    raw, _ = rewritten(full, SIZE - 1)
    _planted(full, raw.replace(b'"class":"STATED"', b'"class":"OBSERVED","class":"STATED"'))
    assert ("L004", SIZE - 1) in codes(full)


def test_bytes_that_are_no_entry(full: Path) -> None:
    raw, _ = rewritten(full, SIZE - 1)
    value = canon.decode(raw)
    assert isinstance(value, dict)
    _planted(full, canon.encode({**value, "extra": 1}))
    assert ("L008", SIZE - 1) in codes(full, "full")


def test_a_link_cannot_be_faked_by_one_nested_elsewhere(full: Path) -> None:
    """The quick check finds `prev` by its place; a right one inside `open` or `sealed` must not count."""
    raw = sqlite3.connect(full)
    prev = raw.execute("SELECT leaf FROM entries WHERE seq = ?", (SIZE - 2,)).fetchone()[0].hex()
    raw.close()
    nested = {"class": "STATED", "x": {"prev": prev, "salt": "0" * 32, "sealed": {}}}
    for parts in ({"open": nested}, {"sealed": {"prev": prev, "salt": "0" * 64}}):
        forged, _ = rewritten(full, SIZE - 1, prev="f" * 64, **parts)
        _planted(full, forged)
        assert ("L002", SIZE - 1) in codes(full, "quick")


def test_a_value_that_is_committed_but_not_canonical(full: Path) -> None:
    salt, value = "0" * 32, b'{"a":1,"a":2}'
    raw, _ = rewritten(full, SIZE - 1, sealed={"text": chain.sealed_digest_of_bytes(salt, "text", value)})
    _planted(full, raw)
    change(full, "UPDATE disclosures SET salt = :salt, value = :value WHERE seq = :seq", salt=salt, value=value, seq=SIZE - 1)
    assert codes(full) == [("L004", SIZE - 1)]


@pytest.mark.parametrize("content", [b"", b"no database at all " * 500])
def test_what_is_no_database(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(content)
    assert [fault.code for fault in check(path)] == ["L009"]
    with pytest.raises(Unavailable):
        list(check(tmp_path / "missing.db"))


def test_a_view_in_place_of_a_table_is_not_read(full: Path) -> None:
    change(full, "ALTER TABLE entries RENAME TO other", "CREATE VIEW entries AS SELECT * FROM other")
    assert "L009" in [fault.code for fault in check(full)]


def test_checking_changes_nothing(full: Path) -> None:
    before = full.read_bytes()
    list(check(full))
    assert full.read_bytes() == before


def test_the_codes_that_this_file_shows_are_all_there_are() -> None:
    from provenance.ledger import check as module

    text = Path(__file__).read_text(encoding="utf-8")
    known = {value for value in vars(module).values() if isinstance(value, str) and len(value) == 4 and value[1:].isdigit()}
    assert known == {f"L{n:03}" for n in range(1, 13)} | {"H001", "H002"}
    assert [code for code in sorted(known) if f'"{code}"' not in text] == []


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 9), st.integers(0, 10_000), st.integers(1, 255), st.booleans())
def test_no_changed_byte_of_any_entry_is_missed(
    tmp_path_factory: pytest.TempPathFactory, seq: int, at: int, flip: int, leaf_too: bool
) -> None:
    path = tmp_path_factory.mktemp("any") / "l.db"
    with Ledger.create(path, "prov.local/x", system) as ledger:
        raw = bytearray(ledger.append([NoteAdded(text=str(n)) for n in range(10)])[seq].raw)
        heads = {10: ledger.head().root}
    raw[at % len(raw)] ^= flip
    leaf = chain.leaf(bytes(raw))
    change(path, "DROP TRIGGER entries_no_update", "UPDATE entries SET bytes = :raw WHERE seq = :seq", raw=bytes(raw), seq=seq)
    if leaf_too:
        change(path, "UPDATE entries SET leaf = :leaf WHERE seq = :seq", leaf=leaf, seq=seq)
    found: list[Fault] = list(check(path, depth="quick", heads=heads))
    assert [fault for fault in found if fault.code not in WARNINGS]
    assert any(fault.seq in (seq, seq + 1, 9) for fault in found)

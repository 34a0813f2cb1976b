"""The ledger on disk: what goes in comes out, in order, once, and nothing can be changed by accident."""

from __future__ import annotations

import itertools
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance import facts
from provenance.clock import Clock
from provenance.errors import BadInput, Damaged, ProvError, Unavailable
from provenance.facts import Fact
from provenance.ledger import chain, merkle
from provenance.ledger.check import check
from provenance.ledger.store import Ledger

Note, Picture = Callable[[str], Fact], Callable[[int], Fact]


def test_facts_come_back_as_entries_and_values(ledger: Ledger, note: Note, picture: Picture) -> None:
    written = ledger.append([note("猫"), picture(1)]) + ledger.append([picture(2)])
    assert [entry.seq for entry in written] == [0, 1, 2]
    assert tuple(ledger.entries()) == written
    for before, entry in itertools.pairwise((None, *written)):
        chain.check_link(before, entry)
    found = list(ledger.records())
    assert found[0].values == {"text": "猫"}
    assert found[2].values["rest"] == {"z": "1", "😀": "2", "\ufb33": ["x", {"y": "z"}]}
    assert found[2].entry.open["class"] == "OBSERVED"
    assert found[2].entry.open["clock"] == {"mono_ms": 1_001_000, "boot": "b0075eed"}
    assert ledger.record(1) == found[1]
    for one in found:
        assert set(one.values) == set(one.entry.sealed) == set(one.salts)
        for name, value in one.values.items():
            assert chain.sealed_digest(one.salts[name], name, value) == one.entry.sealed[name]


def test_every_salt_is_its_own(ledger: Ledger, picture: Picture) -> None:
    ledger.append([picture(1), picture(1)])
    records = list(ledger.records())
    salts = [salt for one in records for salt in one.salts.values()] + [one.entry.salt for one in records]
    assert len(set(salts)) == len(salts)


def test_one_commit_is_one_moment_and_wall_time_is_written_as_it_is(home: Path, note: Note) -> None:
    from datetime import UTC, datetime

    from provenance.clock import Moment

    times = iter([datetime(2026, 5, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)])
    with Ledger.open(home, lambda: Moment(next(times), 5, 5, "")) as opened:
        opened.append([note("a"), note("b")])
        opened.append([note("c")])
        assert [entry.at[:10] for entry in opened.entries()] == ["2026-05-01", "2026-05-01", "2020-01-01"]


def test_reading_in_parts(ledger: Ledger, note: Note, picture: Picture) -> None:
    ledger.append([note(str(n)) if n % 3 else picture(n) for n in range(10)])
    assert [entry.seq for entry in ledger.entries(3, 6)] == [3, 4, 5]
    assert [entry.seq for entry in ledger.entries(8, 99)] == [8, 9]
    assert [entry.seq for entry in ledger.entries(kinds=["file.captured/1"])] == [0, 3, 6, 9]
    assert [one.entry.seq for one in ledger.records(1, kinds=["file.captured/1"])] == [3, 6, 9]
    assert list(ledger.entries(kinds=[])) == list(ledger.entries(5, 5)) == []
    with pytest.raises(BadInput):
        ledger.record(10)


def test_reading_crosses_batches(ledger: Ledger, note: Note, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provenance.ledger.store.BATCH", 4)
    ledger.append([note(str(n)) for n in range(23)])
    assert [entry.seq for entry in ledger.entries()] == list(range(23))
    assert [one.values["text"] for one in ledger.records(2)] == [str(n) for n in range(2, 23)]
    assert [entry.seq for entry in ledger.entries(kinds=["note.added/1"])] == list(range(23))


def test_a_reader_in_the_middle_does_not_hold_up_the_writer(ledger: Ledger, note: Note, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provenance.ledger.store.BATCH", 2)
    monkeypatch.setattr("provenance.ledger.schema.BUSY_MS", 0)
    ledger.append([note(str(n)) for n in range(6)])
    reading = ledger.entries()
    next(reading)
    ledger.append([note("meanwhile")])
    assert [entry.seq for entry in reading] == [1, 2, 3, 4, 5]


def test_heads_and_proofs_follow_the_entries(ledger: Ledger, note: Note) -> None:
    assert (ledger.head().size, ledger.head().root) == (0, merkle.EMPTY)
    leaves: list[bytes] = []
    for n in (1, 2, 5, 1):
        leaves += [entry.leaf for entry in ledger.append([note("x")] * n)]
        head = ledger.head()
        assert (head.size, head.leaf, head.root) == (len(leaves), leaves[-1], merkle.root(leaves))
        assert ledger.head() == head
    assert ledger.leaves(2, 5) == leaves[2:5]
    assert merkle.verify_inclusion(3, 9, leaves[3], ledger.inclusion(3, 9), ledger.root_at(9))
    assert merkle.verify_inclusion(3, 5, leaves[3], ledger.inclusion(3, 5), ledger.root_at(5))
    assert merkle.verify_consistency(4, 9, ledger.consistency(4, 9), ledger.root_at(4), ledger.root_at(9))
    for wrong in (
        lambda: ledger.inclusion(9, 9), lambda: ledger.inclusion(0, 10), lambda: ledger.consistency(5, 4), lambda: ledger.root_at(-1),
    ):
        with pytest.raises(BadInput):
            wrong()


def test_another_writer_s_entries_are_caught_up(ledger: Ledger, home: Path, clock: Clock, note: Note) -> None:
    ledger.append([note("mine")])
    first = ledger.head()
    with Ledger.open(home, clock) as other:
        other.append([note("theirs")])
        ledger.append([note("mine again")])
        assert other.head() == ledger.head()
    assert ledger.head().size == 3
    assert merkle.verify_consistency(1, 3, ledger.consistency(1, 3), first.root, ledger.head().root)


def test_nothing_is_written_when_one_of_many_facts_cannot_be(ledger: Ledger, note: Note) -> None:
    deep: object = "x"
    for _ in range(40):
        deep = [deep]
    for bad in (facts.WatchAdded(reason="asked", path=deep), facts.NoteAdded(text="x", about=("y" * 64,) * 2000)):
        with pytest.raises(BadInput):
            ledger.append([note("good"), bad])
    assert ledger.size() == 0
    assert ledger.append([]) == ()


def test_a_value_as_deep_as_its_digest_allows_is_kept(ledger: Ledger) -> None:
    def nested(depth: int) -> object:
        return "x" if depth == 0 else [nested(depth - 1)]

    ledger.append([facts.WatchAdded(reason="asked", path=nested(31))])
    assert list(check(ledger.path)) == []
    with pytest.raises(BadInput):
        ledger.append([facts.WatchAdded(reason="asked", path=nested(32))])


def test_update_and_delete_are_refused_by_the_database(ledger: Ledger, home: Path, note: Note) -> None:
    ledger.append([note("a"), note("b")])
    raw = sqlite3.connect(home, isolation_level=None)
    raw.execute("PRAGMA recursive_triggers = ON")
    for statement in (
        "UPDATE entries SET at = 'x'", "DELETE FROM entries WHERE seq = 1", "UPDATE disclosures SET value = x'31'",
        "DELETE FROM disclosures", "UPDATE ledger SET origin = 'x'", "DELETE FROM ledger",
        "INSERT INTO entries VALUES (7, 'k', 'a', zeroblob(32), x'31')", "INSERT INTO entries VALUES (1, 'k', 'a', zeroblob(32), x'31')",
        "INSERT OR REPLACE INTO entries VALUES (1, 'k', 'a', zeroblob(32), x'31')",
        "INSERT OR IGNORE INTO entries VALUES (0, 'k', 'a', zeroblob(32), x'31')",
        "INSERT INTO entries VALUES (2, 'k', 'a', zeroblob(31), x'31')",
        "INSERT INTO entries VALUES (2, 'k', 'a', 'text', x'31')", "INSERT INTO ledger VALUES (2, 'x')",
        "INSERT OR REPLACE INTO disclosures SELECT seq, name, salt, x'31' FROM disclosures",
    ):
        with pytest.raises(sqlite3.Error):
            raw.execute(statement)
    raw.close()
    assert list(check(home)) == []


def test_create_refuses_what_is_there_and_what_no_ledger_is_named(home: Path, tmp_path: Path, clock: Clock) -> None:
    for path, origin, key in (
        (home, "x", "ledger.exists"), (tmp_path / "b.db", "a b", "ledger.bad-origin"), (tmp_path / "b.db", "", "ledger.bad-origin"),
        (tmp_path / "no" / "b.db", "x", "ledger.cannot-open"),
    ):
        with pytest.raises(ProvError) as caught:
            Ledger.create(path, origin, clock)
        assert caught.value.key == key
    assert sorted(p.name for p in tmp_path.iterdir() if p.suffix != ".db-journal") == ["ledger.db"]
    assert stat.S_IMODE(home.stat().st_mode) == 0o600 or os.name != "posix"


@pytest.mark.parametrize(("content", "key"), [
    (None, "ledger.missing"), (b"", "ledger.not-a-ledger"), (b"not a database, only some text" * 100, "ledger.corrupt"),
])
def test_what_is_no_ledger_is_said_to_be_none(tmp_path: Path, clock: Clock, content: bytes | None, key: str) -> None:
    path = tmp_path / "other.db"
    if content is not None:
        path.write_bytes(content)
    for read_only in (False, True):
        with pytest.raises(ProvError) as caught:
            Ledger.open(path, clock, read_only=read_only)
        assert caught.value.key == key


def test_another_program_s_database_is_no_ledger(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "other.db"
    raw = sqlite3.connect(path)
    raw.execute("CREATE TABLE t (x)")
    raw.close()
    with pytest.raises(Damaged):
        Ledger.open(path, clock)


def test_read_only_appends_nothing(ledger: Ledger, home: Path, clock: Clock, note: Note) -> None:
    ledger.append([note("a")])
    with Ledger.open(home, clock, read_only=True) as reader:
        assert (reader.size(), reader.origin) == (1, ledger.origin)
        with pytest.raises(Unavailable) as caught:
            reader.append([note("b")])
    assert caught.value.key == "ledger.read-only"


def test_a_changed_row_is_not_read_as_if_it_were_good(ledger: Ledger, home: Path, note: Note) -> None:
    ledger.append([note("a"), note("b")])
    raw = sqlite3.connect(home)
    for name in ("entries_no_update", "disclosures_no_update"):
        raw.execute(f"DROP TRIGGER {name}")
    raw.execute("UPDATE disclosures SET value = x'226322' WHERE seq = 0")
    raw.execute("UPDATE entries SET bytes = CAST(replace(bytes, 'STATED', 'STATEd') AS BLOB) WHERE seq = 1")
    raw.commit()
    raw.close()
    assert next(ledger.entries()).seq == 0
    for read, key in ((lambda: list(ledger.entries()), "ledger.entry"), (lambda: list(ledger.records()), "ledger.disclosure")):
        with pytest.raises(Damaged) as caught:
            read()
        assert caught.value.key == key


def test_an_older_file_put_in_its_place_is_noticed(ledger: Ledger, note: Note) -> None:
    ledger.append([note("a")])
    old = ledger.path.read_bytes()
    ledger.append([note("b")])
    assert ledger.head().size == 2
    ledger.path.write_bytes(old)
    with pytest.raises(ProvError) as caught:
        ledger.head()
    assert caught.value.key in ("ledger.shrunk", "ledger.corrupt")


@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 4), min_size=1, max_size=5))
def test_groups_of_any_size_give_one_chain(tmp_path_factory: pytest.TempPathFactory, note: Note, groups: list[int]) -> None:
    from provenance.clock import system

    path = tmp_path_factory.mktemp("groups") / "l.db"
    with Ledger.create(path, "prov.local/x", system) as opened:
        leaves = [entry.leaf for size in groups for entry in opened.append([note("n")] * size)]
        assert opened.head().root == merkle.root(leaves)
    assert list(check(path)) == []


def test_opening_a_current_ledger_does_not_load_alembic(home: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom provenance.clock import system\nfrom provenance.ledger.store import Ledger\n"
        "from provenance.facts import NoteAdded\n"
        "with Ledger.open(Path(sys.argv[1]), system) as l: l.append([NoteAdded(text='x')])\n"
        "assert not [m for m in sys.modules if m.startswith(('alembic', 'mako'))]"
    )
    subprocess.run([sys.executable, "-c", code, str(home)], check=True, timeout=60)

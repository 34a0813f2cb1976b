"""A stretch is vouched for only where every entry of it would pass the long way, and a check finds the same with it as without."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import longledger

from provenance import canon
from provenance.errors import Damaged
from provenance.ledger import chain, check, merkle, sweep, walking

ORIGIN = longledger.ORIGIN.encode()
GENESIS = chain.GENESIS.encode()
Row = tuple[Any, Any, Any, Any, Any]


def entries(count: int) -> list[bytes]:
    prev, made = chain.GENESIS, []
    for seq in range(count):
        made.append(longledger.mixed(seq, prev))
        prev = chain.leaf(made[-1]).hex()
    return made


def kind_of(raw: bytes) -> str:
    return raw[44 : raw.find(b'"', 44)].decode("latin-1")


def rows_of(raws: Sequence[bytes]) -> list[Row]:
    return [(seq, kind_of(raw), raw[7:34].decode("latin-1"), chain.leaf(raw), raw) for seq, raw in enumerate(raws)]


def swept(rows: Sequence[Row], known: sweep.Known | None = None, prev: bytes = GENESIS) -> sweep.Stretch | None:
    """What is said of these rows, in a table that refuses nothing."""
    db = sqlite3.connect(":memory:")
    db.text_factory = bytes
    db.execute("CREATE TABLE entries (seq INTEGER PRIMARY KEY, kind, at, leaf, bytes)")
    db.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?)", rows)
    try:
        return sweep.sweep(db, int(rows[0][0]), int(rows[-1][0]) + 1, prev, ORIGIN, known or sweep.Known())
    finally:
        db.close()


MADE = entries(700)
KNOWN = sweep.Known()
LAST = {kind_of(raw): seq for seq, raw in enumerate(MADE)}


def test_a_good_stretch_and_its_tree() -> None:
    found = swept(rows_of(MADE), KNOWN)
    assert found is not None and found.levels[0] == [chain.leaf(raw) for raw in MADE]
    assert set(LAST) == {"file.imported/1", "file.captured/1", "models.bound/1", "decision.made/1", "snapshot.signed/1"}
    for count in (0, 1, 2, 3, 250, 511, 512, 513, 699, 700):
        assert found.edge(count) == merkle.Frontier().extend(found.levels[0][:count]).edge
    before = len(KNOWN.names)
    assert swept(rows_of(MADE), KNOWN) is not None and len(KNOWN.names) == before < 200


def after(raw: bytes, seq: int) -> bool:
    """Whether a stretch is vouched for that ends with these bytes in the place of an entry."""
    start = max(0, seq - 3)
    rows = [(start + at, *row[1:]) for at, row in enumerate(rows_of([*MADE[start:seq], raw]))]
    return swept(rows, KNOWN, chain.leaf(MADE[start - 1]).hex().encode() if start else GENESIS) is not None


def good(raw: bytes, seq: int) -> bool:
    try:
        entry = chain.parse(raw)
    except Damaged:
        return False
    prev = chain.leaf(MADE[seq - 1]).hex()
    return (entry.seq, entry.prev, entry.log, entry.kind, entry.at) == (seq, prev, longledger.ORIGIN, kind_of(raw), raw[7:34].decode())


@pytest.mark.parametrize("kind", ["file.captured/1", "models.bound/1", "snapshot.signed/1"])
def test_bytes_of_an_entry_changed(kind: str) -> None:
    seq, passed = LAST[kind], 0
    raw = MADE[seq]
    for at in range(0, len(raw), 3 if len(raw) > 1000 else 2):
        byte = (b'"', b"\\", b"0", b"a", b"`", bytes([raw[at] ^ 1]), b"9")[at % 7]
        other = raw[:at] + byte + raw[at + 1 :]
        quick = after(other, seq)
        assert quick == good(other, seq), (at, byte)
        passed += quick
    assert passed > 20, "digits of a digest may be others"


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_pieces_of_an_entry_replaced(data: st.DataObject) -> None:
    """Anything in place of a piece, of the same length or not, most of it of what canonical bytes are made of."""
    seq = LAST[data.draw(st.sampled_from(sorted(LAST)))]
    raw = MADE[seq]
    start = data.draw(st.integers(0, len(raw) - 1))
    stop = data.draw(st.integers(start, min(start + 12, len(raw))))
    piece = data.draw(st.one_of(
        st.binary(max_size=6), st.text('0123456789abcdef`",:{}[]-.eE', max_size=12).map(str.encode), st.text(max_size=3).map(str.encode)
    ))
    other = raw[:start] + piece + raw[stop:]
    assert after(other, seq) == good(other, seq), other


NUMBERS = [
    "-0", "00", "01", "1.0", "1e2", "-1", "0", "9007199254740991", "9007199254740992", "999999999999999", "NaN", "true", "null", "[1, 2]",
]
TEXTS = [
    '"\\u0041"', '"\\/"', '"\\ud800"', '"\\n"', '"\x7f"', '"\x1f"', '"é"', '"' + "[" * 50 + '"', "[[[[]]]]", "[" * 40 + "]" * 40,
    '{"b":1,"a":2}', '{"a":1,"a":2}', '{"\U00010000":1,"\uffff":2}', '{"\uffff":2,"\U00010000":1}', '""',
    '{"x":1},"prev":"' + "0" * 64 + '"',
]


@pytest.mark.parametrize("value", [*NUMBERS, *TEXTS])
def test_hostile_values(value: str) -> None:
    """Second spellings, depth, keys whose order RFC 8785 and code points tell apart: in the place of a number in `open`."""
    seq = LAST["file.captured/1"]
    found = re.search(rb'"size":([0-9]+)', MADE[seq])
    assert found is not None
    other = MADE[seq][: found.start(1)] + value.encode("utf-8", "surrogatepass") + MADE[seq][found.end(1) :]
    assert after(other, seq) == good(other, seq)


def test_a_name_that_is_open_in_the_head_and_sealed_in_the_tail() -> None:
    """Both halves were in good entries; together they are none."""
    def made(opened: dict[str, Any], names: list[str], seq: int, prev: str) -> bytes:
        return canon.encode({
            "v": 1, "log": longledger.ORIGIN, "seq": seq, "at": "2026-01-22T00:00:00.000000Z", "kind": "note.added/1", "prev": prev,
            "salt": "11" * 16, "open": {"class": "STATED", **opened}, "sealed": dict.fromkeys(names, "22" * 32),
        })

    raws, prev = [], chain.GENESIS
    for opened, names in (({"path": "x"}, ["text"]), ({"what": "x"}, ["path"]), ({"path": "y"}, ["text"]), ({"path": "z"}, ["path"])):
        raws.append(made(opened, names, len(raws), prev))
        prev = chain.leaf(raws[-1]).hex()
    assert swept(rows_of(raws[:3])) is not None and swept(rows_of(raws)) is None


def test_an_entry_that_ends_another_one() -> None:
    """A `prev` inside `open` is not taken for the entry's own."""
    link = chain.leaf(MADE[9]).hex()
    opened = {"class": "STATED", "in": {"a": {"n": 1}, "prev": link, "salt": "11" * 16}}
    parts = {"v": 1, "log": longledger.ORIGIN, "seq": 10, "at": "2026-01-22T00:00:00.000000Z", "kind": "note.added/1", "salt": "11" * 16}
    wrong = canon.encode({**parts, "open": opened, "sealed": {}, "prev": "00" * 32})
    rows = [(9 + at, *row[1:]) for at, row in enumerate(rows_of([MADE[9], wrong]))]
    assert chain.parse(wrong) and swept(rows, KNOWN, chain.leaf(MADE[8]).hex().encode()) is None


@pytest.mark.parametrize("at", [
    "2026-02-30T00:00:00.000000Z", "2026-01-22T24:00:00.000000Z", "2026-01-22T00:60:00.000000Z", "2026-01-22T00:00:60.000000Z",
    "2026-00-22T00:00:00.000000Z", "2024-02-29T23:59:59.999999Z", "2026-01-22T00:00:00.00000zZ",
])
def test_times(at: str) -> None:
    seq = LAST["file.captured/1"]
    other = MADE[seq][:7] + at.encode() + MADE[seq][34:]
    assert after(other, seq) == good(other, seq)


@pytest.mark.parametrize("wrong", [
    {1: "file.changed/1"}, {1: None}, {1: ""}, {1: 5}, {2: "2026-01-22T00:00:00.000000Z"}, {2: None}, {2: 5}, {3: bytes(32)}, {3: b"short"},
    {3: None}, {3: "text" * 8}, {4: b""}, {4: None}, {4: 7}, {4: 7.5}, {4: b"x" * 70_000}, {0: 900},
])
def test_columns_that_differ(wrong: dict[int, Any]) -> None:
    rows: list[Any] = rows_of(MADE[:40])
    assert swept(rows, KNOWN) is not None
    rows[20] = tuple(wrong.get(at, value) for at, value in enumerate(rows[20]))
    assert swept(sorted(rows)[:40], KNOWN) is None


def test_columns_whose_bounds_were_moved() -> None:
    """The columns are compared as one: a byte that went from one into the next is seen all the same."""
    rows = rows_of(MADE[:40])
    seq, kind, at, leaf, raw = rows[20]
    shifted = ((kind, at[1:], leaf + at[0].encode()), (at[-1] + kind, at[:-1], leaf), (kind[1:], at + kind[0], leaf))
    for moved in [(seq, *three, raw) for three in shifted]:
        assert swept([*rows[:20], moved, *rows[21:]], KNOWN) is None


def test_more_entries_without_a_shape_than_are_looked_at_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    odd = sum(b"\\" in raw for raw in MADE)
    assert odd > 1
    monkeypatch.setattr(sweep, "ODD", odd)
    assert swept(rows_of(MADE)) is not None
    monkeypatch.setattr(sweep, "ODD", odd - 1)
    assert swept(rows_of(MADE)) is None
    monkeypatch.setattr(sweep, "LARGE", 500_000)
    monkeypatch.setattr(sweep, "ODD", 1000)
    assert swept(rows_of(MADE)) is None


# --- in a check

SIZE = 300


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger without triggers."""
    path = tmp_path_factory.mktemp("swept") / "ledger.db"
    longledger.make(path, SIZE, of=longledger.mixed)
    raw = sqlite3.connect(path, isolation_level=None)
    for name in check.TRIGGER_NAMES:
        raw.execute(f"DROP TRIGGER {name}")
    raw.close()
    return path


def found(path: Path, patch: pytest.MonkeyPatch, **more: Any) -> list[walking.Fault]:
    """What a check finds; the same with sweeping as without."""
    both = []
    patch.setattr(walking, "STRETCH", 64)
    for least in (1, 1 << 40):
        patch.setattr(walking, "SWEPT", least)
        both.append(list(check.check(path, depth="quick", **more)))
    assert both[0] == both[1]
    return [fault for fault in both[0] if fault.code != "L011"]


def test_heads_are_compared_within_and_between_stretches(short: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        raw = sqlite3.connect(short)
        leaves = [leaf for (leaf,) in raw.execute("SELECT leaf FROM entries ORDER BY seq")]
        raw.close()
        sizes = (0, 1, 63, 64, 65, 128, 290, SIZE - 1, SIZE)
        heads = {size: merkle.root(leaves[:size]) for size in sizes}
        assert found(short, patch, heads=heads) == []
        wrong = found(short, patch, heads={size: bytes(32) for size in sizes})
        assert [(fault.code, fault.seq) for fault in wrong] == [("H002", size - 1) for size in sizes]


@settings(max_examples=20, deadline=None)
@given(
    seq=st.integers(0, SIZE - 1), place=st.floats(0, 0.9999), bit=st.integers(0, 7),
    column=st.sampled_from(["bytes", "leaf", "kind", "at", "both"]),
)
def test_a_flipped_bit_is_found_and_named_as_before(short: Path, seq: int, place: float, bit: int, column: str) -> None:
    path = short.with_name("flipped.db")
    shutil.copyfile(short, path)
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("PRAGMA synchronous=OFF")
    name = "bytes" if column == "both" else column
    value = raw.execute(f"SELECT CAST({name} AS BLOB) FROM entries WHERE seq = ?", (seq,)).fetchone()[0]
    at = int(place * len(value))
    other = value[:at] + bytes([value[at] ^ 1 << bit]) + value[at + 1 :]
    cast = f"CAST(? AS {'TEXT' if name in ('kind', 'at') else 'BLOB'})"
    raw.execute(f"UPDATE entries SET {name} = {cast} WHERE seq = ?", (other, seq))
    if column == "both":
        raw.execute("UPDATE entries SET leaf = ? WHERE seq = ?", (chain.leaf(other), seq))
    raw.close()
    with pytest.MonkeyPatch.context() as patch:
        faults = found(path, patch)
        assert {fault.seq for fault in faults} <= {seq, seq + 1}
        assert faults or (column == "both" and seq == SIZE - 1), "a last entry with a fitting leaf hash is a matter of signed heads"


@pytest.mark.parametrize("seqs", [(0,), (63, 64), (150,), (SIZE - 1,), tuple(range(50, 200))])
def test_entries_that_are_gone(short: Path, seqs: tuple[int, ...], tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    shutil.copyfile(short, path)
    raw = sqlite3.connect(path, isolation_level=None)
    raw.executemany("DELETE FROM entries WHERE seq = ?", [(seq,) for seq in seqs])
    raw.close()
    with pytest.MonkeyPatch.context() as patch:
        assert [fault.code for fault in found(path, patch)] == ([] if seqs == (SIZE - 1,) else ["L001", "L002"])


def test_without_the_library_a_check_goes_the_other_way(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "SWEPT", 1)
    monkeypatch.delattr("provenance.ledger.sweep")
    monkeypatch.delitem(sys.modules, "provenance.ledger.sweep")
    monkeypatch.delitem(sys.modules, "provenance.ledger.columns")
    monkeypatch.setitem(sys.modules, "numpy", None)
    assert [fault.code for fault in check.check(short, depth="quick")] == ["L011"]


def test_the_mix_is_what_a_home_holds() -> None:
    sizes = [len(raw) for raw in MADE]
    assert 1_300 < sum(sizes) / len(sizes) < 1_500
    assert {json.loads(raw)["kind"] for raw in MADE} == set(LAST)

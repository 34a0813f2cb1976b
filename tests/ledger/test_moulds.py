"""The quick way of a check vouches for nothing that the long way would name, and finds the same with a second process as without."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import longledger

from provenance.clock import Clock
from provenance.errors import Damaged
from provenance.facts import Fact
from provenance.ledger import aside, chain, check, merkle, moulds, walking
from provenance.ledger.store import Ledger

ORIGIN = longledger.ORIGIN.encode()


def entries(count: int) -> list[bytes]:
    prev, made = chain.GENESIS, []
    for seq in range(count):
        made.append(longledger.entry(seq, prev))
        prev = chain.leaf(made[-1]).hex()
    return made


def row(raw: bytes) -> moulds.Row:
    return chain.leaf(raw), raw, b"file.captured/1", raw[7:34]


ENTRY, SECOND = entries(2)
MOULD = moulds.mould_of(SECOND)


def a_book() -> moulds.Book:
    """One that knows the second entry alone: a book shared by tests forgets it, where they show it many shapes of that length."""
    assert MOULD is not None
    return moulds.Book({len(SECOND): [MOULD]}, 1)


def vouched(raw: bytes) -> bool:
    """Whether an entry in the second place passes the quick way with the mould of a good one."""
    return moulds.vouch([row(raw)], 1, chain.leaf(ENTRY).hex().encode(), ORIGIN, a_book()) is not None


def good(raw: bytes) -> bool:
    try:
        entry = chain.parse(raw)
    except Damaged:
        return False
    return (entry.seq, entry.prev, entry.log, entry.kind) == (1, chain.leaf(ENTRY).hex(), longledger.ORIGIN, "file.captured/1")


def test_good_entries_pass_the_quick_way_with_few_moulds() -> None:
    book, made = moulds.Book(), entries(200)
    assert moulds.vouch([row(raw) for raw in made], 0, chain.GENESIS.encode(), ORIGIN, book) == [chain.leaf(raw) for raw in made]
    assert 0 < book.made < 20
    assert vouched(SECOND)


def test_every_byte_of_an_entry_changed() -> None:
    passed = 0
    for at in range(len(SECOND)):
        for byte in b'"\\ 0aA9z{,\x00\xff':
            raw = SECOND[:at] + bytes([byte]) + SECOND[at + 1 :]
            quick = vouched(raw)
            assert not quick or good(raw), (at, bytes([byte]))
            passed += quick
    assert passed > 1000, "digits of a digest may be others"


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_pieces_of_an_entry_replaced(data: st.DataObject) -> None:
    """Anything of the same length in place of a piece, most of it of what canonical bytes are made of."""
    start = data.draw(st.integers(0, len(SECOND) - 1))
    piece = data.draw(st.one_of(
        st.binary(min_size=1, max_size=6), st.text('0123456789abcdef",:{}[]-.eE', min_size=1, max_size=12).map(str.encode)
    ))
    raw = SECOND[:start] + piece + SECOND[start + len(piece) :]
    assert not vouched(raw) or good(raw), raw


def test_numbers_with_a_second_spelling_and_times_that_are_none() -> None:
    number = re.search(rb'"size":([0-9]+)', SECOND)
    assert number is not None
    digits = number[1]
    for wrong in (b"0" + digits[1:], digits[:-2] + b",1", b"-" + digits[1:], digits[:-2] + b".0", b"1" + b" " * (len(digits) - 1)):
        assert not vouched(SECOND.replace(b'"size":' + number[1], b'"size":' + wrong)), wrong
    for at in ("2026-02-30T00:00:00.000000Z", "2026-01-22T24:00:00.000000Z", "2026-01-22T00:60:00.000000Z", "2026-01-22T00:00:60.000000Z"):
        assert not vouched(SECOND.replace(SECOND[7:34], at.encode())), at
    assert vouched(SECOND.replace(SECOND[7:34], b"2024-02-29T23:59:59.999999Z"))


@pytest.mark.parametrize("part", range(4))
def test_a_column_that_differs(part: int) -> None:
    good_row = row(SECOND)
    other = (bytes(32), SECOND + b" ", b"file.changed/1", b"2026-01-22T00:00:00.000000Z")
    wrong = (*good_row[:part], other[part], *good_row[part + 1 :])
    assert moulds.vouch([wrong], 1, chain.leaf(ENTRY).hex().encode(), ORIGIN, a_book()) is None
    assert moulds.vouch([good_row], 2, chain.leaf(ENTRY).hex().encode(), ORIGIN, a_book()) is None
    assert moulds.vouch([good_row], 1, b"0" * 64, ORIGIN, a_book()) is None
    assert moulds.vouch([good_row], 1, chain.leaf(ENTRY).hex().encode(), b"prov.local/lone", a_book()) is None


def test_a_book_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moulds, "MOST", 1)
    book = moulds.Book()
    assert book.find(ENTRY) is not None and book.find(SECOND.replace(b'"png"', b'"pn"')) is None and book.made == 1


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=70), st.integers(0, 4))
@settings(deadline=None)
def test_a_tree_joined_of_pieces_is_the_tree(leaves: list[bytes], power: int) -> None:
    step, whole = 1 << power, merkle.Frontier()
    for at in range(0, len(leaves), step):
        piece = merkle.Frontier().extend(leaves[at : at + step])
        whole = whole.joined(piece.edge, piece.size)
    assert whole == merkle.Frontier().extend(leaves)


def test_a_piece_that_is_no_subtree_is_refused() -> None:
    one, two = merkle.Frontier().append(bytes(32)), merkle.Frontier().extend([bytes(32)] * 2)
    with pytest.raises(ValueError, match="no complete subtree"):
        one.joined(two.edge, 2)


# --- with a second process


@pytest.fixture
def long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ledger that counts as long, its triggers dropped. The second process has the real size of a piece; so has this one."""
    path = tmp_path / "ledger.db"
    monkeypatch.setattr(check, "LONG", 1)
    monkeypatch.setattr(check, "PIECE", 512)
    longledger.make(path, 2_000)
    change(path, *(f"DROP TRIGGER {name}" for name in check.TRIGGER_NAMES))
    return path


def change(path: Path, *statements: str) -> None:
    raw = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        raw.execute(statement)
    raw.close()


def both(path: Path, **more: object) -> list[walking.Fault]:
    """What is found; the same with and without the second process."""
    found = [list(check.check(path, depth="quick", helper=helper, **more)) for helper in (True, False)]  # type: ignore[arg-type]
    assert found[0] == found[1]
    return [fault for fault in found[0] if fault.code != "L011"]


FLIP = "UPDATE entries SET bytes = CAST(replace(bytes, '\"png\"', '\"gif\"') AS BLOB) WHERE seq = {}"


@pytest.mark.parametrize("seq", [0, 1022, 1023, 1024, 1025, 1999])
def test_the_seam_hides_nothing(long: Path, seq: int) -> None:
    assert both(long) == []
    change(long, FLIP.format(seq))
    assert [(fault.code, fault.seq) for fault in both(long)] == [("L003", seq), *([("L002", seq + 1)] if seq < 1999 else [])]


def test_signed_heads_on_both_sides_of_the_seam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, size = tmp_path / "ledger.db", walking.PIECE + 5_000
    longledger.make(path, size)
    monkeypatch.setattr(check, "LONG", 1)
    sizes = (0, 1, 300, walking.PIECE - 1, walking.PIECE, walking.PIECE + 1, walking.PIECE + 4_999, size)
    with Ledger.open(path, longledger.system, read_only=True) as ledger:
        heads = {one: ledger.root_at(one) for one in sizes}
    monkeypatch.setattr(check, "_seam", lambda stop: walking.PIECE)
    asked: list[int] = []
    whole = aside.Aside.found

    def found(self: aside.Aside) -> object:
        items = whole(self)
        asked.append(items is not None)
        return items

    monkeypatch.setattr(aside.Aside, "found", found)
    assert list(check.check(path, depth="quick", heads=heads)) == [] and asked == [True]
    wrong = {one: bytes(32) for one in heads}
    codes = [(fault.code, fault.seq) for fault in check.check(path, depth="quick", heads=wrong)]
    assert codes == [("H002", one - 1) for one in sizes]
    assert [f.code for f in check.check(path, depth="quick", heads={size + 1: bytes(32)})] == ["H001"]


def test_a_second_process_that_fails_is_no_loss(long: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change(long, FLIP.format(1500))
    monkeypatch.setattr(aside.sys, "executable", "/bin/false")
    assert [(fault.code, fault.seq) for fault in both(long)] == [("L003", 1500), ("L002", 1501)]
    monkeypatch.setattr(aside.sys, "executable", "/nowhere/at/all")
    assert [(fault.code, fault.seq) for fault in both(long)] == [("L003", 1500), ("L002", 1501)]


def test_the_form_of_an_entry_is_part_of_the_quick_check(home: Path, clock: Clock, picture: Callable[[int], Fact]) -> None:
    with Ledger.open(home, clock) as ledger:
        ledger.append([picture(n) for n in range(4)])
    raw = sqlite3.connect(home, isolation_level=None)
    for name in check.TRIGGER_NAMES:
        raw.execute(f"DROP TRIGGER {name}")
    data = raw.execute("SELECT bytes FROM entries WHERE seq = 3").fetchone()[0].replace(b'"class":', b'"class": ')
    raw.execute("UPDATE entries SET bytes = ?, leaf = ? WHERE seq = 3", (data, chain.leaf(data)))
    raw.close()
    assert [(f.code, f.seq) for f in check.check(home, depth="quick") if f.code != "L011"] == [("L004", 3)]

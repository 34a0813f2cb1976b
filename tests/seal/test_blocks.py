"""Bitcoin block headers: the first one of the main chain, which everybody knows, and headers that are none."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.calendars import EASY, header

from provenance.errors import BadInput
from provenance.seal import blocks

ROOT = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"
GENESIS = (
    (1).to_bytes(4, "little") + bytes(32) + bytes.fromhex(ROOT)[::-1] + (1231006505).to_bytes(4, "little")
    + (0x1D00FFFF).to_bytes(4, "little") + (2083236893).to_bytes(4, "little")
)  # fmt: skip


def test_the_first_block() -> None:
    found = blocks.check(GENESIS)
    assert found.hash == "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"
    assert (blocks.shown(found.root), found.time, found.work) == (ROOT, "2009-01-03T18:15:05Z", 32)


def test_any_other_bit_and_it_is_no_work() -> None:
    for place in range(0, 640, 7):
        wrong = bytearray(GENESIS)
        wrong[place // 8] ^= 1 << place % 8
        with pytest.raises(BadInput) as caught:
            blocks.check(bytes(wrong))
        assert caught.value.key == "time.header-work"


def test_an_easy_chains_header_is_none_of_bitcoins() -> None:
    raw = header(hashlib.sha256(b"x").digest(), 1_800_000_000)
    with pytest.raises(BadInput):
        blocks.check(raw)
    assert blocks.check(raw, easiest=EASY).time == "2027-01-15T08:00:00Z"


@pytest.mark.parametrize(
    ("bits", "value"),
    [(0x1D00FFFF, blocks.EASIEST),
     (0x207FFFFF, EASY), (0x03123456, 0x123456), (0x01120000, 0x12), (0x04800001, 0), (0xFF000001, 0), (0, 0)],
)  # fmt: skip
def test_targets(bits: int, value: int) -> None:
    assert blocks.target(bits) == value


@given(raw=st.binary(min_size=0, max_size=90))
@settings(deadline=None, max_examples=100)
def test_any_bytes(raw: bytes) -> None:
    with pytest.raises(BadInput):
        blocks.check(raw)


def test_a_file_of_headers() -> None:
    lines = ["# from my node", "", f"0 {GENESIS.hex()}\n", f"5 {bytes(80).hex()}"]
    assert blocks.read(lines, {0, 7}) == {0: GENESIS}
    assert blocks.read([lines[2], lines[2]], {0}) == {0: GENESIS}


@pytest.mark.parametrize(
    "line",
    ["0", f"x {bytes(80).hex()}", f"-1 {bytes(80).hex()}", f"1 {bytes(79).hex()}", "1 zz", f"1 {bytes(80).hex()} 2", "9" * 5000,
     f"0 {bytes(80).hex()}"],
)  # fmt: skip
def test_a_line_that_is_none_is_named(line: str) -> None:
    with pytest.raises(BadInput) as caught:
        blocks.read([f"0 {GENESIS.hex()}", line], {0})
    assert caught.value.params["why"] == "line 2"

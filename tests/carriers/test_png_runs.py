"""Runs of pixel chunks of one length, over which the walk goes in one stride, and JUMBF in pieces, which are put together uncopied."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.imagefiles import chunk, segment

from provenance.carriers import open_container, png

HEADER = struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)


def picture(lengths: list[int]) -> tuple[bytes, list[int]]:
    """A PNG with pixel chunks of these lengths and a text behind them; and where each chunk begins."""
    out, places = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", HEADER), []
    for length in lengths:
        places.append(len(out))
        out += chunk(b"IDAT", b"I" * length)
    places.append(len(out))
    return out + chunk(b"tEXt", b"key\0a text") + chunk(b"IEND", b""), places


@given(st.lists(st.sampled_from([0, 4, 5, 9]), max_size=12), st.integers(0, 200))
@settings(deadline=None, max_examples=200)
def test_a_run_that_is_cut_is_told_where_it_breaks(lengths: list[int], cut: int) -> None:
    data, places = picture(lengths)
    whole = open_container(data, size=len(data))
    assert whole.complete and not whole.warnings and [carrier.text for carrier in whole.carriers] == ["a text"]
    part = data[: max(places[0], len(data) - cut)]
    found = open_container(part, size=len(part))
    ends = [*places[1:], places[-1] + 22, len(data)]
    whole_ones = sum(end <= len(part) for end in ends)
    at = ([*places, places[-1] + 22, len(data)])[whole_ones]
    left = len(part) - at
    if whole_ones == len(ends):
        assert not found.warnings
    elif left >= 8:
        kind = part[at + 4 : at + 8].decode()
        assert found.warnings == (f"png.chunk-length {kind}@{at}",)
    else:
        assert found.warnings == ((f"png.cut @{at}",) if left else ())


@pytest.mark.parametrize("count", [7, 8, 9, 11])
def test_chunks_in_a_run_are_counted_too(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(png, "MAX_CHUNKS", 12)  # IHDR and the text are two of them, IEND the third
    data, _ = picture([8] * count)
    found = open_container(data, size=len(data))
    assert ("png.too-many-chunks" in found.warnings) is (count > 8)


def test_pieces_of_a_box_that_bear_one_number_stand_in_the_order_of_their_bytes() -> None:
    label = b"c2pa\0"
    description = struct.pack(">I4s", 25 + len(label), b"jumd") + b"c2pa\x00\x11\x00\x10\x80\x00\x00\xaa\x00\x38\x9b\x71" + b"\x03" + label
    store = struct.pack(">I4s", 8 + len(description) + 12, b"jumb") + description
    first, later = store, [store[:8] + b"\0\0\0\x0cfreeBBBB", store[:8] + b"\0\0\0\x0cfreeAAAA"]

    for order in (later, later[::-1]):
        numbered = ((1, first), *((2, piece) for piece in order))
        pieces = [segment(0xEB, b"JP" + struct.pack(">HI", 1, number) + piece) for number, piece in numbered]
        data = b"\xff\xd8" + b"".join(pieces) + b"\xff\xda\0\x02\xff\xd9"
        (carrier,) = [item for item in open_container(data, size=len(data)).carriers if item.name == "c2pa"]
        assert carrier.raw == store + later[1][8:] + later[0][8:] and type(carrier.raw) is bytes

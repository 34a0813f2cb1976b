from __future__ import annotations

import math
from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.carriers import cbor

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**64), 2**64 - 1), st.floats(allow_nan=False), st.binary(max_size=40), st.text(max_size=40)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5), st.dictionaries(st.one_of(st.text(max_size=8), st.integers(0, 9)), inner, max_size=5)
    ),
)


@given(VALUES, st.booleans())
@settings(deadline=None)
def test_reads_what_another_library_writes(value: Any, open_ended: bool) -> None:
    assert cbor.loads(cbor2.dumps(value, indefinite_containers=open_ended)) == value


@pytest.mark.parametrize("half", [0.0, 1.5, -2.0, 65504.0, math.inf])
def test_floats_of_every_width(half: float) -> None:
    assert cbor.loads(cbor2.dumps(half, canonical=True)) == half


def test_a_tag_is_passed_over_and_a_date_keeps_its_spelling() -> None:
    assert cbor.loads(cbor2.dumps(cbor2.CBORTag(0, "2026-05-31T00:00:00Z"))) == "2026-05-31T00:00:00Z"
    assert cbor.loads(cbor2.dumps(cbor2.CBORTag(35, "((("))) == "((("


def test_strings_in_pieces_and_strings_that_are_no_utf8() -> None:
    assert cbor.loads(b"\x7f\x62ab\x61c\xff") == "abc"
    assert cbor.loads(b"\x5f\x41\x01\x41\x02\xff") == b"\x01\x02"
    assert cbor.loads(b"\x62\xff\xfe") == "\ufffd\ufffd"


def test_a_key_that_stands_twice_counts_once() -> None:
    assert cbor.loads(b"\xa2\x61a\x01\x61a\x02") == {"a": 1}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x18",
        b"\x1c",
        b"\x1f",
        b"\x62a",
        b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\xbb\x00\x00\x00\xff\xff\xff\xff\xff",
        b"\x9f\x01",
        b"\x7f\x41a\xff",
        b"\x81" * 5000 + b"\x00",
        b"\x9f" + b"\x00" * (cbor.MAX_ITEMS + 1) + b"\xff",
    ],
)
def test_what_is_cut_lies_or_nests_without_end_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="cbor"):
        cbor.loads(data)


@given(st.binary(max_size=200))
@settings(deadline=None, max_examples=300)
def test_any_bytes_give_a_value_or_a_refusal(data: bytes) -> None:
    try:
        cbor.loads(data)
    except ValueError as error:
        assert "cbor" in str(error)

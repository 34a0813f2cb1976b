"""What differs between two prompts for the same tool."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.prompts.compare import ADDED, MOVED, REMOVED, REWEIGHTED, SPACING, Change, difference
from provenance.prompts.structure import DIALECTS


@pytest.mark.parametrize(
    ("one", "other", "dialect", "expected"),
    [
        ("a, ((b))", "a, (b:1.21)", "a1111", (Change(SPACING, ""),)),
        ("a, ((b))", "a, (b:1.21)", None, (Change(REWEIGHTED, "b", "((…))", "(…:1.21)"),)),
        ("a, (b:1.2)", "a, (b:1.3)", "comfyui", (Change(REWEIGHTED, "b", "1.2", "1.3"),)),
        ("{a}, b", "1.05::a::, b", "novelai", (Change(SPACING, ""),)),
        ("a, b, c", "c, a, b", "a1111", (Change(MOVED, "c", "3", "1"),)),
        ("a <lora:x:0.8>", "a <lora:x:0.9>", "a1111", (Change(REWEIGHTED, "x", "0.8", "0.9", "lora"),)),
        ("a", "a BREAK b", "a1111", (Change(ADDED, "BREAK", tag="break"), Change(ADDED, "b"))),
        ("a --ar 1:1", "a", "midjourney", (Change(REMOVED, "--ar 1:1", tag="flag"),)),
        (r"a\, b", r"a\, b, c", "a1111", (Change(ADDED, "c"),)),
        ("a. b", "a. b c d", "plain", (Change(REMOVED, "b"), Change(ADDED, "b c d"))),
    ],
)
def test_difference(one: str, other: str, dialect: str | None, expected: tuple[Change, ...]) -> None:
    assert difference(one, other, dialect) == expected


PROMPTISH = st.text(alphabet="ab,()[]{}:.12 <>|", max_size=50)


@given(PROMPTISH, PROMPTISH, st.sampled_from([None, *DIALECTS]))
@settings(deadline=None, max_examples=200)
def test_nothing_differs_exactly_where_the_texts_are_equal(one: str, other: str, dialect: str | None) -> None:
    assert (difference(one, other, dialect) == ()) == (one == other)

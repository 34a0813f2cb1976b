"""A text with its changes marked gives both texts back, whatever they are."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.prompts.worddiff import ADDED, KEPT, REMOVED, Piece, worddiff

words = st.lists(st.sampled_from(["cat", "猫", ", ", "(soft:1.1)", "\u202e", "a", " ", "\ud800", "é", "1.30"]), max_size=40).map("".join)


@settings(deadline=None, max_examples=150)
@given(st.one_of(words, st.text(max_size=60)), st.one_of(words, st.text(max_size=60)))
def test_what_is_kept_and_added_is_the_new_text_and_kept_and_removed_the_old(old: str, new: str) -> None:
    found = worddiff(old, new)
    assert "".join(piece.text for piece in found if piece.what != REMOVED) == new
    assert "".join(piece.text for piece in found if piece.what != ADDED) == old
    assert all(one.what != other.what for one, other in itertools.pairwise(found)) and all(piece.text for piece in found)
    assert (old != new) == any(piece.what != KEPT for piece in found)


def test_a_number_is_one_word_and_a_chinese_character_another() -> None:
    assert worddiff("(soft:1.1) 黑猫", "(soft:1.3) 白猫") == (
        Piece(KEPT, "(soft:"), Piece(REMOVED, "1.1"), Piece(ADDED, "1.3"), Piece(KEPT, ") "), Piece(REMOVED, "黑"), Piece(ADDED, "白"),
        Piece(KEPT, "猫"),
    )  # fmt: skip


def test_long_texts_that_differ_all_through_are_not_compared_word_by_word() -> None:
    one, other = "a b " * 50_000, "b a c " * 50_000
    found = worddiff(f"same {one} end", f"same {other} end")
    assert [piece.what for piece in found] == [KEPT, REMOVED, ADDED, KEPT]
    assert "".join(piece.text for piece in found if piece.what != REMOVED) == f"same {other} end"

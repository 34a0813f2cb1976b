"""Between which trusted times an entry stands: compared with asking each entry by itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from provenance.views.brackets import Anchor, Bracket, brackets, longest


def at(minute: int) -> str:
    return f"2026-11-22T{minute // 60:02}:{minute % 60:02}:00.000000Z"


@st.composite
def ledgers(draw: st.DrawFn) -> tuple[int, list[Anchor]]:
    size = draw(st.integers(0, 30))
    told = sorted(seq for seq in draw(st.sets(st.integers(1, 29), max_size=8)) if seq < size)
    return size, [Anchor(seq, draw(st.integers(1, seq)), at(draw(st.integers(0, 600)))) for seq in told]


@given(ledgers())
def test_as_each_entry_by_itself(made: tuple[int, list[Anchor]]) -> None:
    size, anchors = made
    found = brackets(anchors, size)
    assert [n for b in found for n in range(b.first, b.stop)] == list(range(size))
    for bracket in found:
        for n in range(bracket.first, bracket.stop):
            assert bracket.after == max((a.time for a in anchors if a.seq < n), default=None)
            assert bracket.before == min((a.time for a in anchors if a.size > n), default=None)


def test_the_longest_one_with_something_in_it() -> None:
    found = brackets([Anchor(4, 3, at(10)), Anchor(9, 8, at(100)), Anchor(12, 11, at(110))], 15)
    assert found[1:3] == [Bracket(3, 5, None, at(100)), Bracket(5, 8, at(10), at(100))]
    widest = longest(found, at(0), at(115), lambda first, stop: True)
    assert widest is not None and (widest.seconds, widest.own_since, widest.own_until) == (100 * 60, True, False)
    widest = longest(found, at(0), at(115), lambda first, stop: first <= 6 < stop)
    assert widest is not None and (widest.bracket, widest.seconds, widest.own_since) == (found[2], 90 * 60, False)
    widest = longest(found, at(0), at(115), lambda first, stop: stop == 15)
    assert widest is not None and widest.own_until and widest.until == at(115)
    assert longest(found, at(0), at(115), lambda first, stop: False) is None
    assert longest(brackets([], 3), at(0), at(7), lambda first, stop: True).seconds == 7 * 60  # type: ignore[union-attr]

"""Which words of a text came and which went, in the order in which they stand: for showing one text with its changes. Pure.

A word is a number, a run of letters and digits, one CJK character, one other sign, or a run of blanks. The words that both texts have at
their beginning and end are taken off first; what is left is compared word by word where it is short enough, else as a whole: bounded
work for any text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

KEPT, ADDED, REMOVED = "kept", "added", "removed"
MOST = 160_000  # cells of the table of common words: 400 words against 400
_CJK = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"\s+|\d+(?:\.\d+)?|[{_CJK}]|[^\W{_CJK}]+|.", re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """A stretch of text. what: KEPT, ADDED or REMOVED."""

    what: str
    text: str


def worddiff(old: str, new: str) -> tuple[Piece, ...]:
    """The new text with what came marked, and what went put where it stood.

    Returns:
        Pieces in order; KEPT and ADDED together are `new`, KEPT and REMOVED together are `old`.
    """
    if old == new:
        return (Piece(KEPT, new),) if new else ()
    one, other = _WORD.findall(old), _WORD.findall(new)
    head = _common(one, other)
    tail = _common(one[head:][::-1], other[head:][::-1])
    middle = list(_middle(one[head : len(one) - tail], other[head : len(other) - tail]))
    said = [(KEPT, word) for word in one[:head]] + middle + [(KEPT, word) for word in one[len(one) - tail :]]
    return tuple(Piece(what, "".join(word for _, word in words)) for what, words in groupby(said, key=lambda pair: pair[0]))


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words both begin with."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _middle(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The longest common subsequence, what went before what came; nothing is common where the table would be too large."""
    if len(one) * len(other) > MOST:
        yield from ((REMOVED, word) for word in one)
        yield from ((ADDED, word) for word in other)
        return
    best = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i in range(len(one) - 1, -1, -1):
        row, below = best[i], best[i + 1]
        for j in range(len(other) - 1, -1, -1):
            row[j] = below[j + 1] + 1 if one[i] == other[j] else max(below[j], row[j + 1])
    i = j = 0
    while i < len(one) or j < len(other):
        if i < len(one) and j < len(other) and one[i] == other[j]:
            yield KEPT, one[i]
            i, j = i + 1, j + 1
        elif i < len(one) and (j == len(other) or best[i + 1][j] >= best[i][j + 1]):
            yield REMOVED, one[i]
            i += 1
        else:
            yield ADDED, other[j]
            j += 1

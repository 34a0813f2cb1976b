"""What differs between two prompts, phrase by phrase. Pure.

Not difflib: its `autojunk` forgets frequent phrases from 200 phrases on, and without it one phrase repeated thousands of times is
quadratic or worse. Here equal phrases are paired in order and the longest run that kept its order stays; what is paired but out of
that run has moved. O(n log n).
"""

from __future__ import annotations

import bisect
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from provenance.prompts.phrases import Phrase, phrases, weighed

REMOVED, ADDED, REWORDED, REWEIGHTED, MOVED, SPACING = "removed", "added", "reworded", "reweighted", "moved", "spacing"
KINDS_OF_CHANGE = (REMOVED, ADDED, REWORDED, REWEIGHTED, MOVED, SPACING)

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")
MOST_COMPARED = 2_500  # pairs of phrases looked at for rewording: each costs a comparison of words


@dataclass(frozen=True)
class Change:
    """One difference of a prompt or of the LoRAs.

    what: one of KINDS_OF_CHANGE. text: the phrase, verbatim but for blanks; for REWORDED the new one. before, after: the weight as
    written (REMOVED, ADDED, REWEIGHTED), the wording (REWORDED), the place counted from 1 (MOVED). tag: `lora`, ... for a tag.
    SPACING: the texts differ, the phrases and weights do not. place: among the new prompt's phrases, from 1; for REMOVED among the old
    one's; no part of equality.
    """

    what: str
    text: str
    before: str = ""
    after: str = ""
    tag: str = ""
    place: int = field(default=0, compare=False)


def difference(one: str, other: str, dialect: str | None = None) -> tuple[Change, ...]:
    """The differences between two prompts by phrase.

    Args:
        one, other: prompts as the files give them, of any length. dialect: a Reading's, where both were written for the same tool: then
            weights are compared as that tool computes them; without it as written.
    Returns:
        Changes in the order of KINDS_OF_CHANGE, then of place; () exactly when the texts are equal.
    """
    if dialect is None:
        return prompt_changes(one, other)
    if one == other:
        return ()
    return compare(weighed(one, dialect), weighed(other, dialect)) or (Change(SPACING, ""),)


def prompt_changes(old: str, new: str) -> tuple[Change, ...]:
    """The differences between two prompts by phrase.

    Args:
        old, new: prompts as the files give them, of any length.
    Returns:
        Changes in the order of KINDS_OF_CHANGE, then of place; () exactly when the texts are equal.
    """
    if old == new:
        return ()
    return compare(phrases(old), phrases(new)) or (Change(SPACING, ""),)


def compare(old: Sequence[Phrase], new: Sequence[Phrase]) -> tuple[Change, ...]:
    """The differences between two lists of phrases; see `prompt_changes`."""
    pairs = _paired(old, new)
    stays = _longest_rising(pairs)
    partner = dict(pairs)
    gone = [i for i in range(len(old)) if i not in partner]
    taken = {j for _, j in pairs}
    come = [j for j in range(len(new)) if j not in taken]
    reworded = _reworded(old, new, gone, come)
    also = {j for _, j in reworded}
    left = {i for i, _ in reworded}
    found = [Change(REMOVED, old[i].text, old[i].mark, "", old[i].tag, i + 1) for i in gone if i not in left]
    found += [Change(ADDED, new[j].text, "", new[j].mark, new[j].tag, j + 1) for j in come if j not in also]
    found += [Change(REWORDED, new[j].text, old[i].text, new[j].text, new[j].tag, j + 1) for i, j in reworded]
    weighed = sorted(pairs + reworded, key=lambda pair: pair[1])
    found += [
        Change(REWEIGHTED, new[j].text, old[i].mark, new[j].mark, new[j].tag, j + 1) for i, j in weighed if old[i].mark != new[j].mark
    ]
    moved = sorted(((i, j) for i, j in pairs if (i, j) not in stays), key=lambda pair: pair[1])
    found += [Change(MOVED, new[j].text, str(i + 1), str(j + 1), new[j].tag, j + 1) for i, j in moved]
    return tuple(found)


def _paired(old: Sequence[Phrase], new: Sequence[Phrase]) -> list[tuple[int, int]]:
    """Equal texts paired first with first, second with second, in the old order."""
    places: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for j in range(len(new) - 1, -1, -1):
        places[new[j].tag, new[j].text].append(j)
    pairs = []
    for i, phrase in enumerate(old):
        waiting = places.get((phrase.tag, phrase.text))
        if waiting:
            pairs.append((i, waiting.pop()))
    return pairs


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> frozenset[tuple[int, int]]:
    """The largest set of pairs whose order is the same in both (patience sorting with back pointers)."""
    tops: list[int] = []  # smallest end of a rising run of each length
    top_at: list[int] = []
    back: list[int] = []
    for at, (_, j) in enumerate(pairs):
        length = bisect.bisect_left(tops, j)
        back.append(top_at[length - 1] if length else -1)
        tops[length : length + 1] = [j]
        top_at[length : length + 1] = [at]
    stays = set()
    at = top_at[-1] if top_at else -1
    while at >= 0:
        stays.add(pairs[at])
        at = back[at]
    return frozenset(stays)


def _reworded(old: Sequence[Phrase], new: Sequence[Phrase], gone: Sequence[int], come: Sequence[int]) -> list[tuple[int, int]]:
    """Removed and added phrases that share at least half of their words, the most alike first. Too many to compare count as not alike."""
    if len(gone) * len(come) > MOST_COMPARED:
        return []
    bags = {(side, place): Counter(_WORD.findall(text.lower())) for side, place, text in _texts(old, new, gone, come)}
    likeness = ((_shared(bags[0, i], bags[1, j]), i, j) for i in gone for j in come if old[i].tag == new[j].tag)
    found: list[tuple[int, int]] = []
    left, also = set(gone), set(come)
    for share, i, j in sorted(likeness, key=lambda one: (-one[0], abs(one[1] - one[2]), one)):
        if share >= 0.5 and i in left and j in also:
            found.append((i, j))
            left.discard(i)
            also.discard(j)
    return sorted(found, key=lambda pair: pair[1])


def _texts(
    old: Sequence[Phrase], new: Sequence[Phrase], gone: Sequence[int], come: Sequence[int]
) -> Iterator[tuple[int, int, str]]:
    yield from ((0, i, old[i].text) for i in gone)
    yield from ((1, j, new[j].text) for j in come)


def _shared(one: Counter[str], other: Counter[str]) -> float:
    """The words in common as a part of the longer phrase, 0 to 1."""
    return (one & other).total() / max(one.total(), other.total(), 1)

"""Finding a picture again: cheap candidates, then geometry, then agreement of texture. What it says is likeness, measured, never
identity."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from provenance.pixels import geometry, hashes, index
from provenance.pixels.geometry import Placed
from provenance.pixels.index import Piece
from provenance.pixels.look import Look, words

METHOD = "orb-blocks/1"
BY_WORDS, BY_COMPOSITION = 4, 4  # candidates of each kind, straight and mirrored
LEAST_BLOCKS = 16
PLAIN_SHARE = 0.35  # of the compared blocks; pictures of one prompt with the very same outlines reached 0.21 in measurements
LINES_SHARE = 0.75  # of the parent's blocks, where what agrees is mostly lines on an even ground: two drawings of one thing agreed in 0.6
LEAST_SHARE, LEAST_INLIERS = 0.15, 20  # less texture counts where this many features agree as well; outlines alone reached 13
MOST_PARENTS = 4
WHOLE = 0.85  # of the child's area: what is left is searched for no further

Fetch = Callable[[int], Look | None]
Allowed = Callable[[int], bool]


@dataclass(frozen=True, eq=False)
class Found:
    """A picture of which the one searched for looks like an edit. number: in the pieces. placed: where, and what was measured."""

    number: int
    placed: Placed


def search(child: Look, pieces: Sequence[Piece], fetch: Fetch, *, allowed: Allowed, first: Sequence[int] = ()) -> list[Found]:
    """The pictures that this one looks like an edit of: mostly none or one, several where it is put together from several.

    Args:
        child: what is searched for. pieces: the index. fetch: a picture's Look by its number, None where it can no longer be had.
        allowed: whether a number may be an answer (not itself, nothing recorded later). first: numbers to be looked at in any case.
    """
    good: dict[int, Found] = {}
    tried: set[tuple[int, bool]] = set()
    for number in first:
        _try(child, number, fetch, good)
    explained: Any = None
    for _ in range(MOST_PARENTS):
        new = False
        for number, flipped, anywhere in _candidates(child, pieces, allowed, explained):
            if number in first or (number, flipped) in tried:
                continue
            tried.add((number, flipped))
            new |= _try(child, number, fetch, good, flips=(flipped,), anywhere=anywhere)
        picked = chosen(list(good.values()))
        explained = cover(picked)
        if not new or explained is None or explained.mean() >= WHOLE:
            return picked
    return chosen(list(good.values()))


def _candidates(child: Look, pieces: Sequence[Piece], allowed: Allowed, explained: Any) -> Iterator[tuple[int, bool, bool]]:
    """(number, mirrored, whether it may lie anywhere), from the features that no parent explains yet."""
    for flipped in (False, True):
        seen = child.mirror if flipped else child
        found = seen.features
        descriptors = found.descriptors
        if explained is not None:
            hidden = explained[:, ::-1] if flipped else explained
            at = found.points.astype(int)
            descriptors = descriptors[~hidden[at[:, 1].clip(0, hidden.shape[0] - 1), at[:, 0].clip(0, hidden.shape[1] - 1)]]
        by_words = index.by_words(pieces, words(descriptors), BY_WORDS, allowed)
        for number in by_words:
            yield number, flipped, True
        if explained is None:
            for number in index.by_composition(pieces, hashes.composition(seen.grey), BY_COMPOSITION, allowed):
                if number not in by_words:
                    yield number, flipped, False


def _try(
    child: Look, number: int, fetch: Fetch, good: dict[int, Found], *, flips: tuple[bool, ...] = (False, True), anywhere: bool = True
) -> bool:
    parent = fetch(number)
    best = closest(child, parent, flips=flips, anywhere=anywhere) if parent is not None else None
    if best is None or (number in good and good[number].placed.cover.mean() >= best.cover.mean()):
        return False
    good[number] = Found(number, best)
    return True


def closest(child: Look, parent: Look, *, flips: tuple[bool, ...] = (False, True), anywhere: bool = True) -> Placed | None:
    """The parent where most of it agrees with the child; None where it does not look like its source.

    Args:
        flips: to be tried: straight, mirrored. anywhere: by features, too; else only stretched onto the whole of it.
    """
    best: Placed | None = None
    for flipped in flips:
        seen = child.mirror if flipped else child
        for place in (geometry.same_frame, geometry.by_features)[: 1 + anywhere]:
            found = place(seen, parent)
            if found is None or not enough(found):
                continue
            if best is None or found.cover.mean() > best.cover.mean():
                best = geometry.mirrored(found) if flipped else found
            if found.found.agreeing >= 0.9 * found.found.compared and found.cover.mean() > 0.3:
                return best
    return best


def enough(found: Placed) -> bool:
    """Whether so much texture agrees that one of the two pictures was made from the other, or both from a third."""
    if 2 * found.found.dense < found.found.agreeing:
        return found.found.agreeing >= max(LEAST_BLOCKS, LINES_SHARE * found.found.theirs, PLAIN_SHARE * found.found.compared)
    share = LEAST_SHARE if found.inliers >= LEAST_INLIERS else PLAIN_SHARE
    return found.found.agreeing >= max(LEAST_BLOCKS, share * found.found.compared)


def cover(picked: Sequence[Found]) -> Any:
    """(height, width) of bool in the child: where any of them agrees, rounded to patches of 32 pixels; None of none."""
    import cv2
    import numpy as np

    if not picked:
        return None
    whole = np.any([f.placed.cover for f in picked], axis=0).astype(np.uint8)
    return cv2.dilate(whole, np.ones((33, 33), np.uint8)) > 0


def chosen(good: Sequence[Found]) -> list[Found]:
    """Of all pictures that agree, the nearest; then only those that explain a part of the child which no other explains."""
    import numpy as np

    left, picked = list(good), list[Found]()
    explained: Any = None
    while left and len(picked) < MOST_PARENTS:
        gains = [float((f.placed.cover & ~explained).mean() if explained is not None else f.placed.cover.mean()) for f in left]
        # several that explain as much as the best one: an ancestor, a copy, a sibling by a hair. The nearest in grey levels, then the
        # earliest.
        equal = [f for f, gain in zip(left, gains, strict=True) if gain >= 0.97 * max(gains)]
        nearest = min(equal, key=lambda f: (f.placed.found.apart, f.number))
        new = gains[left.index(nearest)]
        blocks = new * nearest.placed.cover.size / (nearest.placed.found.block ** 2)
        left.remove(nearest)
        if picked and (blocks < LEAST_BLOCKS or new < 0.5 * float(nearest.placed.cover.mean())):
            continue
        picked.append(nearest)
        explained = nearest.placed.cover if explained is None else np.logical_or(explained, nearest.placed.cover)
    return picked

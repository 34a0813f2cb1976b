"""Which of very many pictures are worth a closer look: composition hashes and words of features, in sorted pieces that can be mapped."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provenance.pixels import hashes
from provenance.pixels.look import TABLES, Look, words

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.int64]

MOST = 4096  # pictures in one piece: 12 bits of a posting
WORDS = 200  # of a picture, in each table
NEAR = 180  # of 512 bits; unrelated pictures differ in about 256
LEAST_VOTES = 4


@dataclass(frozen=True, eq=False)
class Piece:
    """Pictures `first` to `first + count - 1`. compositions: (count, 64) of uint8. postings: (TABLES, n) of uint32, each row sorted: a
    word's
    20 bits, then 12 bits of the picture's place in this piece."""

    first: int
    count: int
    compositions: Any
    postings: Any


@dataclass(frozen=True, eq=False)
class Signature:
    """What the index keeps of one picture."""

    composition: Any
    words: Any


def signature(seen: Look) -> Signature:
    """The signature of a picture."""
    return Signature(hashes.composition(seen.grey), words(seen.features.descriptors, WORDS))


def piece(first: int, signatures: Sequence[Signature]) -> Piece:
    """A piece of new pictures, MOST at most."""
    import numpy as np

    rows = [np.concatenate([(s.words[t] << np.uint32(12)) | np.uint32(n) for n, s in enumerate(signatures)]) for t in range(TABLES)]
    return Piece(first, len(signatures), np.stack([s.composition for s in signatures]), np.sort(np.stack(rows), axis=1))


def merged(pieces: Sequence[Piece]) -> Piece:
    """Neighbouring pieces as one."""
    import numpy as np

    first = pieces[0].first
    moved = [p.postings + np.uint32(p.first - first) for p in pieces]
    return Piece(
        first, sum(p.count for p in pieces), np.concatenate([p.compositions for p in pieces]), np.sort(np.concatenate(moved, axis=1),
        axis=1)
    )


def by_words(pieces: Sequence[Piece], wanted: Any, most: int, allowed: Callable[[int], bool]) -> list[int]:
    """Numbers of the pictures that have most words in common with (TABLES, n) wanted ones, most first; at least LEAST_VOTES."""
    import numpy as np

    if not pieces or not wanted.shape[1]:
        return []
    votes, start = voted(pieces, wanted), pieces[0].first
    order = np.argsort(-votes, kind="stable")
    best = (start + int(n) for n in order[: min(len(order), 50 * most)] if votes[n] >= LEAST_VOTES)
    return list(itertools.islice(filter(allowed, best), most))


def by_composition(pieces: Sequence[Piece], wanted: Any, most: int, allowed: Callable[[int], bool]) -> list[int]:
    """Numbers of the pictures whose composition hash differs from `wanted` in NEAR bits at most, nearest first."""
    import numpy as np

    if not pieces:
        return []
    apart, start = composed(pieces, wanted), pieces[0].first
    order = np.argsort(apart, kind="stable")
    best = (start + int(n) for n in order[: min(len(order), 50 * most)] if apart[n] <= NEAR)
    return list(itertools.islice(filter(allowed, best), most))


def composed(pieces: Sequence[Piece], wanted: Any) -> Numbers:
    """(n,): differing bits of the composition hash, for every picture."""
    import numpy as np

    return np.concatenate([hashes.distances(wanted, p.compositions) for p in pieces])


def voted(pieces: Sequence[Piece], wanted: Any) -> Numbers:
    """(n,): how many words each picture has in common with the one wanted, over all tables."""
    import numpy as np

    found = []
    for p in pieces:
        votes = np.zeros(p.count, np.int64)
        for table in range(TABLES):
            keys = np.unique(wanted[table]).astype(np.uint32) << np.uint32(12)
            row = p.postings[table]
            low, high = np.searchsorted(row, keys), np.searchsorted(row, keys | np.uint32(MOST - 1), side="right")
            lengths = high - low
            common = lengths <= max(8, p.count // 50)  # a word that is everywhere says nothing and costs most
            low, lengths = low[common], lengths[common]
            if lengths.sum():
                ends = np.cumsum(lengths)
                at = np.arange(ends[-1]) + np.repeat(low - (ends - lengths), lengths)
                votes += np.bincount(row[at] & np.uint32(MOST - 1), minlength=p.count)[: p.count]
        found.append(votes)
    return np.concatenate(found)

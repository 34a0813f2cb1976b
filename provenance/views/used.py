"""What was done with a picture later that shows a choice: it served as an input, or a larger one was made of it. Seen, not decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from provenance.views import family_edge
from provenance.views.family_edge import Edge
from provenance.views.family_rows import Asking

LARGER = 1.2  # of both sides; a generator's own rounding to multiples of 8 or 64 stays below it
ALIKE_SHAPE = 0.02  # how far the proportions may be apart: a larger canvas or a crop is no upscale
_SIZE = "SELECT width, height FROM described WHERE sha256 = :s"
_FROM = (family_edge.NAMED, family_edge.METADATA, family_edge.STATED)  # a likeness alone is no fact


@dataclass(frozen=True)
class Used:
    """A picture made from another. child: SHA-256. seq: of the last entry that shows it. name: as the child's file writes it. before,
    after: width and height of both where the child is the same picture enlarged, else None."""

    child: str
    seq: int
    name: str
    before: tuple[int, int] | None = None
    after: tuple[int, int] | None = None


def used(views: Asking, edges: Iterable[Edge]) -> Iterator[Used]:
    """What the edges out of a picture show of its use.

    Args:
        edges: as `family.children`.
    """
    for edge in edges:
        if edge.grade not in _FROM or edge.relation == "mask":
            continue
        sizes = [(row["width"], row["height"]) for sha256 in edge.pair for row in views.ask(_SIZE, s=sha256)]
        if len(sizes) == 2 and enlarged(*sizes):
            yield Used(edge.child, edge.seqs[-1], edge.name, *sizes)
        elif edge.grade == family_edge.NAMED:
            yield Used(edge.child, edge.seqs[-1], edge.name)


def enlarged(before: tuple[int, int], after: tuple[int, int]) -> bool:
    """Whether one size is the other made larger, in the same proportions."""
    (wide, high), (width, height) = before, after
    if not min(wide, high, width, height):
        return False
    return min(width / wide, height / high) >= LARGER and abs(width * high / (height * wide) - 1) <= ALIKE_SHAPE

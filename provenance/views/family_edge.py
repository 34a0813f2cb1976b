"""What joins two pictures, and how it is known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from provenance import facts
from provenance.views.family_rows import Asking

STATED, SAME_BYTES, SAME_PIXELS = "STATED", "SAME BYTES", "SAME PIXELS"
NAMED, METADATA, ALIKE = "NAMED AS INPUT", "METADATA LINK", "LOOKS ALIKE"
GRADES = (STATED, SAME_BYTES, SAME_PIXELS, NAMED, METADATA, ALIKE)
"""How an edge is known, from a person's word to what only the pixels suggest. LOOKS ALIKE alone is no fact: its error rate is measured."""
CLASSES = MappingProxyType({
    STATED: facts.STATED, SAME_BYTES: facts.OBSERVED, SAME_PIXELS: facts.OBSERVED, NAMED: facts.FILE_CLAIMED, METADATA: facts.FILE_CLAIMED,
    ALIKE: facts.OBSERVED,
})  # fmt: skip
"""Who says an edge of a grade. That two pictures look alike was observed; that one was made from the other was not."""

_SHARE = re.compile(r"[01](\.\d{1,6})?")
Notes = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Edge:
    """One picture made from another, as far as one source shows it.

    parent, child: SHA-256; the same where a file was copied or renamed. grade: one of GRADES. relation: what the source says of the two:
    a role (image, mask, control, video, audio), `same bytes`, `renamed`, `same pixels`, `looks alike`, `edited in place`, `mask editor`,
    `derived from`, `earlier save`, `content`, `original document`, `ingredient ...`, `processed`, or a person's own word.
    seqs: the entries that show it. name: as the child's file writes it. notes: (code, detail) of what a reader must know beside it.
    places: the two paths, where both are about the same bytes. measured: what was measured, by name, as the fact has it.
    """

    parent: str
    child: str
    grade: str
    relation: str
    seqs: tuple[int, ...]
    name: str = ""
    notes: Notes = ()
    places: tuple[str, str] | None = None
    measured: tuple[tuple[str, str], ...] = ()

    @property
    def pair(self) -> tuple[str, str]:
        """Parent and child."""
        return self.parent, self.child


def share(edge: Edge) -> int:
    """What part of the compared blocks agrees, in per mille: all of them where the pixels are the same, or those that can be seen; 0 where
    none was measured."""
    measured = dict(edge.measured)
    told, seen = measured.get("share", "0"), measured.get("method", "").startswith("visible-pixels")
    return 1000 if seen or edge.grade == SAME_PIXELS else int(Decimal(told) * 1000) if _SHARE.fullmatch(told) else 0


@dataclass(frozen=True)
class Source:
    """One way to know of edges. parents: those into a picture. children: those out of it, at most so many; candidates are enough, for
    each is asked for its parents before it counts."""

    name: str
    parents: Callable[[Asking, str], Iterator[Edge]]
    children: Callable[[Asking, str, int], Iterator[str]]

"""What each picture was made from, with how that is known: edges as lines of its card. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from provenance.views.family_edge import ALIKE, CLASSES, Edge, Notes


@dataclass(frozen=True)
class Kin:
    """One edge into a picture. child, parent: numbers of cards, parent 0 where the picture is not in this report. grade, relation, notes,
    measured: as in `Edge`. klass: who says it. weak: only the pixels suggest it."""

    child: int
    parent: int
    sha256: str
    grade: str
    klass: str
    relation: str
    name: str
    entries: tuple[int, ...]
    notes: Notes
    measured: tuple[tuple[str, str], ...]
    weak: bool


def kin(edges: Iterable[Edge], numbers: Mapping[str, int]) -> tuple[Kin, ...]:
    """The edges into the pictures of a report.

    Args:
        edges: what the exporter's views tell. numbers: the number of each picture's card by its hash.
    """
    found = (
        Kin(
            numbers[edge.child], numbers.get(edge.parent, 0), edge.parent, edge.grade, CLASSES[edge.grade], edge.relation, edge.name,
            edge.seqs, edge.notes, edge.measured, edge.grade == ALIKE,
        )
        for edge in edges
        if edge.child in numbers
    )  # fmt: skip
    return tuple(sorted(dict.fromkeys(found), key=lambda one: one.child))

"""The family of a picture: its parents and children, each edge with how it is known. Resolved when it is asked for, from the views' tables.

A new way to know of edges is one module with `parents` and `children`, and one line in SOURCES.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from provenance import facts
from provenance.views import family_documents, family_layers, family_maskeditor, family_names, family_pixels, family_rows
from provenance.views.family_edge import ALIKE, GRADES, METADATA, NAMED, SAME_PIXELS, STATED, Edge, Source, share
from provenance.views.family_rows import Asking, Memory

MOST_CHILDREN = 200
MOST_ABOVE = 64  # pictures above one that are looked at to tell a direct parent from an earlier one
_DISTANT = ("original document", "content")  # what an identifier says of a first ancestor, however far away
_KEPT_TEXT = (family_documents.PROCESSED, family_documents.CARRIES)
_INPUTS = "SELECT DISTINCT name, role, sha256 FROM input_names WHERE child = :s ORDER BY name, role, sha256"


def _stated(views: Asking, sha256: str) -> Iterator[Edge]:
    for row in family_rows.links(views, sha256):
        if row["class"] == facts.STATED and row["child"] == sha256:
            yield Edge(row["parent"], sha256, STATED, row["how"], (row["seq"],))


def _stated_of(views: Asking, sha256: str, most: int) -> Iterator[str]:
    stated = (row["child"] for row in family_rows.links(views, sha256) if row["class"] == facts.STATED and row["parent"] == sha256)
    yield from islice(stated, most)


SOURCES: tuple[Source, ...] = (
    Source("stated", _stated, _stated_of),
    Source("pixels", family_pixels.parents, family_pixels.children),
    Source("layers", family_layers.parents, family_layers.children),
    Source("saves", family_layers.saves, family_layers.later_saves),
    Source("names", family_names.parents, family_names.children),
    Source("documents", family_documents.parents, family_documents.children),
    Source("carried", family_documents.carried, family_documents.carrying),
    Source("mask editor", family_maskeditor.parents, family_maskeditor.children),
)


@dataclass(frozen=True)
class Children:
    """Edges out of a picture. more: how many further candidates there are at least that were not looked at."""

    edges: tuple[Edge, ...]
    more: int


def parents(views: Asking, sha256: str) -> tuple[Edge, ...]:
    """The edges into a picture, the best known first, each pair of pictures once for every way in which it is known.

    Where pixels look like several pictures of one line, only the nearest of them is a parent: the others are above it.
    """
    memory = family_rows.remembering(views)
    return memory.once("parents", sha256, lambda: _direct(memory, sha256, list(_all(memory, sha256))))


def children(views: Asking, sha256: str, most: int = MOST_CHILDREN) -> Children:
    """The edges out of a picture, in the order in which the children were first recorded."""
    views = family_rows.remembering(views)
    candidates = dict.fromkeys(child for source in SOURCES for child in source.children(views, sha256, most + 1) if child != sha256)
    chosen = list(candidates)[:most]
    edges = tuple(edge for child in chosen for edge in parents(views, child) if edge.parent == sha256)
    return Children(edges, len(candidates) - len(chosen))


def pairs(edges: Sequence[Edge]) -> dict[tuple[str, str], tuple[Edge, ...]]:
    """Edges by (parent, child), the best known first."""
    found: dict[tuple[str, str], list[Edge]] = {}
    for edge in sorted(edges, key=_rank):
        found.setdefault(edge.pair, []).append(edge)
    return {pair: tuple(group) for pair, group in found.items()}


def _rank(edge: Edge) -> tuple[int, int]:
    return GRADES.index(edge.grade), edge.seqs[0] if edge.seqs else 0


def _all(memory: Memory, sha256: str) -> tuple[Edge, ...]:
    """Every edge that a source gives, before they are held against one another."""

    def work() -> tuple[Edge, ...]:
        found = [edge for source in SOURCES for edge in source.parents(memory, sha256) if edge.parent != sha256]
        return tuple(sorted(dict.fromkeys(found), key=_rank))

    return memory.once("edges", sha256, work)


def _direct(memory: Memory, sha256: str, edges: list[Edge]) -> tuple[Edge, ...]:
    edges = _without_runs(memory, sha256, _of_one_set(memory, sha256, edges))
    if any(edge.grade == NAMED for edge in edges) and _came_along(memory, sha256, edges):
        edges = [edge for edge in edges if edge.grade != NAMED]
    weak = [edge for edge in edges if _is_weak(edge)]
    if len({edge.parent for edge in edges}) < 2 or not weak:
        return tuple(edges)
    above = {parent: _above(memory, parent) - {sha256} for parent in {edge.parent for edge in edges}}
    known = {edge.parent for edge in edges if not _is_weak(edge)}
    return tuple(edge for edge in edges if not _is_weak(edge) or edge.parent in known or not _farther(edge, weak, known, above))


def _without_runs(views: Asking, sha256: str, edges: list[Edge]) -> list[Edge]:
    """Without likenesses between a picture and an input that its file names, whichever came first: the run is what joins them, and the
    first frame of an animation may well be its input."""
    named = {edge.parent for edge in edges if edge.grade == NAMED}
    return [
        edge
        for edge in edges
        if edge.grade not in (SAME_PIXELS, ALIKE)
        or not (edge.parent in named or views.ask("SELECT 1 FROM input_names WHERE child = :c AND sha256 = :s", c=edge.parent, s=sha256))
    ]


def _is_weak(edge: Edge) -> bool:
    """Whether an edge says that something lies above, and not that nothing lies between."""
    return edge.grade == ALIKE or (edge.grade == METADATA and edge.relation in _DISTANT)


def _farther(edge: Edge, weak: Sequence[Edge], known: set[str], above: dict[str, frozenset[str]]) -> bool:
    """Whether another parent is nearer: one known otherwise, of whose line this is, or one of the same line that the child is more like."""
    for parent in known:
        if edge.parent in above[parent] or (edge.grade == ALIKE and parent in above[edge.parent]):
            return True
    for other in weak:
        if other.parent == edge.parent or other.grade != edge.grade:
            continue
        if edge.parent in above[other.parent] and share(other) >= share(edge):
            return True
        if other.parent in above[edge.parent] and share(other) > share(edge):
            return True
    return False


def _above(memory: Memory, sha256: str) -> frozenset[str]:
    """What lies above a picture by any edge, nearest first, MOST_ABOVE at most."""

    def work() -> frozenset[str]:
        seen, level = {sha256}, [sha256]
        while level and len(seen) < MOST_ABOVE:
            found = dict.fromkeys(edge.parent for one in level for edge in _all(memory, one))
            level = [parent for parent in found if parent not in seen]
            seen.update(level)
        return frozenset(seen - {sha256})

    return memory.once("above", sha256, work)


def _came_along(views: Asking, sha256: str, edges: Sequence[Edge]) -> bool:
    """Whether the inputs that a file names are those of the picture it was made from: an editor that keeps the texts copies them too.
    Two runs with one input name the same as well, but tell of other words or another seed."""
    sources = [edge.parent for edge in edges if edge.grade in (SAME_PIXELS, ALIKE) or edge.relation in _KEPT_TEXT]
    mine = views.ask(_INPUTS, s=sha256) if sources else []
    return bool(mine) and any(mine == views.ask(_INPUTS, s=one) and family_pixels.same_words(views, sha256, one) for one in sources)


def _of_one_set(views: Asking, sha256: str, edges: list[Edge]) -> list[Edge]:
    """Without likenesses among the files of one set of the mask editor, whose names say what was made from what, and without those of
    the set to the picture that was painted on, where the set's own edges lead there."""
    part, group = family_maskeditor.members(views, sha256)
    if not part:
        return edges
    own = {member for member, _ in group.values()}
    whole = len(own) > 1 or part == "mask"
    return [
        edge
        for edge in edges
        if edge.grade not in (SAME_PIXELS, ALIKE) or edge.relation == family_maskeditor.RELATION or not (whole or edge.parent in own)
    ]

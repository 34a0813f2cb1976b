"""Which edges of a family a bundle may tell: those whose own field is not withheld, by entries that are in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence, Set
from types import MappingProxyType
from typing import Any

from provenance import facts
from provenance.views.family_edge import METADATA, NAMED, Edge
from provenance.views.family_tree import edge_json

# the sealed fields from which an edge of a grade was read: with one of them withheld it would tell what they say
_READ_FROM = {NAMED: frozenset({"inputs", "controls", "path"}), METADATA: frozenset({"rest", "edits", "c2pa", "carriers", "path"})}


def told(
    edges: Iterable[Edge], withheld: Set[str], seqs: Set[int], at: Mapping[int, Set[str]] = MappingProxyType({})
) -> tuple[Edge, ...]:
    """The edges as the bundle tells them.

    Args:
        edges: of the selection. withheld: names of withheld fields. seqs: entries of the bundle. at: names withheld of single entries.
    """
    read = ((edge, _READ_FROM.get(edge.grade, frozenset())) for edge in edges)
    free = (edge for edge, names in read if not names & withheld and not any(names & at.get(seq, frozenset()) for seq in edge.seqs))
    return tuple(dataclasses.replace(edge, seqs=shown) for edge in free if (shown := tuple(seq for seq in edge.seqs if seq in seqs)))


def rows(edges: Sequence[Edge]) -> list[dict[str, Any]]:
    """The same for `family` in bundle.json."""
    return [{name: value for name, value in edge_json(edge).items() if value not in (None, [], {})} for edge in edges]


def mapped(entry: Any, edges: Iterable[Edge]) -> bool:
    """Whether a bundle may hold an entry: a comparison of two pictures names both, and so tells the edge for which it was made."""
    names = {facts.EditMapped.KIND: ("parent", "child"), facts.InputCompared.KIND: ("own", "output")}.get(entry.kind)
    return names is None or tuple(entry.open.get(name) for name in names) in {edge.pair for edge in edges}

"""A family as far as it is asked for: nodes, edges, what was left out. Bounded; circles and diamonds end where they close."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from provenance.views import family, family_names, family_pixels, family_places
from provenance.views.ask import Row
from provenance.views.family_edge import Edge
from provenance.views.family_names import Named
from provenance.views.family_pixels import Twin
from provenance.views.family_places import Replaced
from provenance.views.family_rows import Asking, remembering

MOST = 100  # pictures of one answer
MOST_OF_ONE = 30  # children of one picture that are followed
DEPTH = 40
_FIRST = (
    "SELECT min(v.seq) AS seq, v.at, v.kind, v.sha256, v.name, v.path, v.media_type, r.generator FROM versions v "
    "LEFT JOIN readings r ON r.seq = v.seq WHERE v.sha256 IN (SELECT value FROM json_each(:s)) GROUP BY v.sha256"
)


@dataclass(frozen=True)
class Node:
    """One picture. first: its first file entry, None where it was named and never recorded. places: copies and renames. replaced: what it
    took the place of, and what took its place. unbound: inputs that its file names and whose bytes are not known. twins: see `Twin`."""

    sha256: str
    first: Row | None
    places: tuple[Edge, ...] = ()
    replaced: tuple[Replaced, ...] = ()
    unbound: tuple[Named, ...] = ()
    twins: tuple[Twin, ...] = ()


@dataclass(frozen=True)
class Tree:
    """starts: what was asked for. up, down: for each picture its parents and its children, those followed. cut: pictures of which not all
    parents or children are told, and how many are left out at least (0: not looked at)."""

    starts: tuple[str, ...]
    nodes: dict[str, Node]
    up: dict[str, tuple[str, ...]]
    down: dict[str, tuple[str, ...]]
    edges: dict[tuple[str, str], tuple[Edge, ...]]
    cut: dict[str, int]


@dataclass
class _Walk:
    """What was found so far."""

    views: Asking
    most: int
    found: set[str]
    up: dict[str, tuple[str, ...]] = field(default_factory=dict)
    down: dict[str, tuple[str, ...]] = field(default_factory=dict)
    edges: dict[tuple[str, str], tuple[Edge, ...]] = field(default_factory=dict)
    cut: dict[str, int] = field(default_factory=dict)


def tree(views: Asking, starts: Sequence[str], *, up: bool = True, down: bool = True, depth: int = DEPTH, most: int = MOST) -> Tree:
    """The family of some pictures.

    Args:
        starts: SHA-256 of recorded pictures. up, down: whether ancestors, descendants are looked for. depth: generations each way.
        most: pictures in all, the nearest first; ancestors come before descendants.
    """
    views = remembering(views)
    walk = _Walk(views, max(most, len(starts)), set(starts))
    if up:
        _go(walk, starts, depth, upwards=True)
    if down:
        _go(walk, starts, depth, upwards=False)
    named = list(dict.fromkeys((*starts, *(sha256 for pair in walk.edges for sha256 in pair))))
    first = {row["sha256"]: row for row in views.ask(_FIRST, s=json.dumps(named))}
    nodes = {sha256: _node(views, sha256, first[sha256]) if sha256 in first else Node(sha256, None) for sha256 in named}
    return Tree(tuple(starts), nodes, walk.up, walk.down, walk.edges, walk.cut)


def _go(walk: _Walk, starts: Sequence[str], depth: int, *, upwards: bool) -> None:
    """Breadth first, so that a bound leaves out what is farthest."""
    chart = walk.up if upwards else walk.down
    waiting = deque((sha256, 0) for sha256 in starts)
    while waiting:
        sha256, level = waiting.popleft()
        if sha256 in chart:
            continue
        if level >= depth:
            walk.cut.setdefault(sha256, 0)
            continue
        edges, more = _edges(walk.views, sha256, upwards)
        near: list[str] = []
        for pair, group in family.pairs(edges).items():
            other = pair[0] if upwards else pair[1]
            if other not in walk.found and len(walk.found) >= walk.most:
                more += 1
                continue
            walk.found.add(other)
            walk.edges[pair] = group
            near.append(other)
            waiting.append((other, level + 1))
        chart[sha256] = tuple(near)
        if more:
            walk.cut[sha256] = walk.cut.get(sha256, 0) + more


def _edges(views: Asking, sha256: str, upwards: bool) -> tuple[tuple[Edge, ...], int]:
    if upwards:
        return family.parents(views, sha256), 0
    found = family.children(views, sha256, MOST_OF_ONE)
    return found.edges, found.more


def _node(views: Asking, sha256: str, first: Row) -> Node:
    unbound = tuple(one for one in family_names.inputs(views, sha256) if one.sha256 is None)
    places, replaced = family_places.places(views, sha256), family_places.replaced(views, sha256)
    return Node(sha256, first, places, replaced, unbound, family_pixels.twins(views, sha256))


def as_json(found: Tree) -> dict[str, Any]:
    """The whole answer for programs: `pictures`, `edges`, `left_out`; every edge with its grade and its entries."""
    return {
        "of": list(found.starts),
        "pictures": [_picture(node) for node in found.nodes.values()],
        "edges": [edge_json(edge) for group in found.edges.values() for edge in group],
        "left_out": [{"sha256": sha256, "at_least": count or None} for sha256, count in found.cut.items()],
    }


def edge_json(edge: Edge) -> dict[str, Any]:
    """One edge for programs."""
    row: dict[str, Any] = {
        "parent": edge.parent, "child": edge.child, "grade": edge.grade, "relation": edge.relation, "entries": list(edge.seqs),
        "name": edge.name or None, "notes": [{"note": code, "of": detail or None} for code, detail in edge.notes],
    }  # fmt: skip
    if edge.places:
        row["from"], row["to"] = edge.places
    return row | ({"measured": dict(edge.measured)} if edge.measured else {})


def _picture(node: Node) -> dict[str, Any]:
    first = node.first or {}
    return {
        "sha256": node.sha256,
        "recorded": node.first is not None,
        **{key: first.get(key) for key in ("name", "path", "at", "kind", "generator")},
        "entry": first.get("seq"),
        "places": [edge_json(edge) for edge in node.places],
        "in_place_of": [{"sha256": one.before, "entry": one.seq} for one in node.replaced if one.after == node.sha256],
        "replaced_by": [{"sha256": one.after, "entry": one.seq} for one in node.replaced if one.before == node.sha256],
        "named_only": [{"name": one.name, "role": one.role, "entry": one.seq} for one in node.unbound],
        "alike": [{"sha256": one.sha256, "how": one.how, "why": one.why, "entries": list(one.seqs)} for one in node.twins],
    }

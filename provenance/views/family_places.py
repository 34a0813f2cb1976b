"""SAME BYTES: where one picture's bytes stood, copied and renamed; and what they took the place of, which is no descent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provenance import facts
from provenance.views import family_rows
from provenance.views.ask import Row
from provenance.views.family_edge import SAME_BYTES, Edge
from provenance.views.family_rows import Asking


@dataclass(frozen=True)
class Replaced:
    """Bytes that came to stand under a name in place of others. It says nothing of what one has to do with the other."""

    before: str
    after: str
    seq: int


def places(views: Asking, sha256: str) -> tuple[Edge, ...]:
    """From one place of these bytes to the next, in the order of the entries: `same bytes`, `renamed`."""
    rows = family_rows.places(views, sha256)
    moves = [row for row in rows if row["was_path"] is not None]
    versions = [row for row in rows if row["was_path"] is None]
    found = [_edge(sha256, "renamed", (row["seq"],), row["was_path"], row["path"]) for row in moves]
    for row in versions[1:]:
        source = _renamed(versions[0]["path"], moves, row["seq"])
        if source != row["path"]:
            found.append(_edge(sha256, "same bytes", (versions[0]["seq"], row["seq"]), source, row["path"]))
    return tuple(sorted(found, key=lambda edge: edge.seqs[-1]))


def replaced(views: Asking, sha256: str) -> tuple[Replaced, ...]:
    """What these bytes took the place of, and what took theirs."""
    rows = (row for row in family_rows.links(views, sha256) if row["how"] == "replaced in place" and row["class"] != facts.STATED)
    return tuple(Replaced(row["parent"], row["child"], row["seq"]) for row in rows)


def _renamed(path: str, moves: Sequence[Row], before: int) -> str:
    """The name that a path had come to bear when entry `before` was written."""
    for row in moves:
        if row["seq"] < before and row["was_path"] == path:
            path = row["path"]
    return path


def _edge(sha256: str, relation: str, seqs: tuple[int, ...], source: str, target: str) -> Edge:
    return Edge(sha256, sha256, SAME_BYTES, relation, seqs, places=(source, target))

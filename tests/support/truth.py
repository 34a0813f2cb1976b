"""The edges of a recorded session's truth beside those that the views tell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from provenance.views import family, family_places
from provenance.views.store import Views

GRADES = {
    "input": {"NAMED AS INPUT"}, "mask": {"NAMED AS INPUT"}, "copy": {"SAME BYTES"}, "move": {"SAME BYTES"},
    "retouch_save_as": {"LOOKS ALIKE"}, "export": {"LOOKS ALIKE"}, "edit_in_place": {"LOOKS ALIKE"},
    "mask_editor": {"METADATA LINK", "LOOKS ALIKE"},  # by the names of its files; which picture was painted on, by its text or its pixels
}  # fmt: skip
Edges = dict[tuple[str, str, str, str], set[str]]
"""(parent, child, parent's path, child's path) -> grades. Paths only where both are about the same bytes."""


def wanted(truth: dict[str, Any]) -> Edges:
    """What the truth of a session says, each edge with the grades that it may have."""
    found: Edges = {}
    for edge in truth["edges"]:
        parent, child, same = edge["parent"], edge["child"], edge["same_bytes"]
        places = (parent["path"], child["path"]) if same else ("", "")
        grades = {"SAME PIXELS"} if edge["same_pixels"] and not same else GRADES[edge["relation"]]
        found.setdefault((parent["sha256"], child["sha256"], *places), set()).update(grades)
    return found


def told(views: Views, base: Path) -> Edges:
    """What the views tell of every recorded file: the best grade of each edge. base: the folder to which paths are relative."""
    found: Edges = {}
    for row in views.ask("SELECT DISTINCT sha256 FROM versions"):
        for pair, edges in family.pairs(family.parents(views, row["sha256"])).items():
            found[(*pair, "", "")] = {edges[0].grade}
        for edge in family_places.places(views, row["sha256"]):
            assert edge.places is not None
            source, target = (Path(place).relative_to(base).as_posix() for place in edge.places)
            found[(*edge.pair, source, target)] = {edge.grade}
    return found

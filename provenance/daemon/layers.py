"""A project file's layers, and what changed in them since the version before, from a home's views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from provenance.projects.compare import Change, changes
from provenance.views.ask import Row
from provenance.views.family_rows import Asking

MOST_BACK = 50  # versions before one that are asked for their layers: of saves in quick succession not each may have been taken apart
_WAS = "SELECT was FROM versions WHERE sha256 = :s AND was IS NOT NULL ORDER BY seq LIMIT 1"
_PROJECT = "SELECT * FROM projects WHERE sha256 = :s"
_LAYERS = "SELECT * FROM project_layers WHERE seq = :seq ORDER BY place"
_NAME = "SELECT name FROM versions WHERE sha256 = :s ORDER BY seq LIMIT 1"
_CANDIDATES = "SELECT job, number, in_use, pixels FROM project_candidates WHERE seq = :seq ORDER BY place"
_CHOSEN = (
    "SELECT DISTINCT d.sha256 AS picture, c.job AS job, c.number AS number, c.seq AS seq FROM project_candidates c "
    "JOIN described d ON d.pixels = c.pixels WHERE c.seq = (SELECT seq FROM projects WHERE sha256 = :s) AND c.in_use = 1 ORDER BY 4, 2, 3"
)
_FIRST = "SELECT min(seq) AS seq FROM versions WHERE sha256 = :s"


@dataclass(frozen=True)
class Version:
    """One version of a project. project: its row. layers: its layers' rows. before: the entry of the version that it is compared with, None
    where there is none. changes: since then. candidates: pictures that a generator offered inside the editor, and which of them were put to
    use, as the file says. name: of the file when it was first recorded."""

    project: Row
    layers: tuple[Row, ...]
    before: int | None = None
    changes: tuple[Change, ...] = ()
    candidates: tuple[Row, ...] = ()
    name: str = ""

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        told = [{"what": one.what, "name": one.name, "kind": one.kind, "before": one.before, "after": one.after} for one in self.changes]
        return {**self.project, "layers": list(self.layers), "since": self.before, "changes": told, "candidates": list(self.candidates)}


def version(views: Asking, sha256: str) -> Version | None:
    """What is known of the file with these bytes; None where it was not taken apart."""
    found = views.ask(_PROJECT, s=sha256)
    if not found:
        return None
    mine, before = _rows(views, found[0]["seq"]), sha256
    offered = tuple(views.ask(_CANDIDATES, seq=found[0]["seq"]))
    name = "".join(row["name"] for row in views.ask(_NAME, s=sha256))
    for _ in range(MOST_BACK):
        was = views.ask(_WAS, s=before)
        if not was or was[0]["was"] == sha256:
            break
        before = was[0]["was"]
        if earlier := views.ask(_PROJECT, s=before):
            if earlier[0]["format"] != found[0]["format"]:
                break
            first = views.ask(_FIRST, s=before)[0]["seq"]
            return Version(found[0], mine, first, changes(_rows(views, earlier[0]["seq"]), mine), offered, name)
    return Version(found[0], mine, candidates=offered, name=name)


def chosen(views: Asking, sha256: str) -> list[Row]:
    """Recorded pictures with the pixels of a candidate that the project's file marks as put to use: picture (SHA-256), job, number, and
    the entry that shows it. Others of their job were offered and not marked."""
    return views.ask(_CHOSEN, s=sha256)


def _rows(views: Asking, seq: int) -> tuple[Row, ...]:
    """Layers as `project.described` has them."""
    return tuple(
        {
            **{key: value for key, value in row.items() if key not in ("seq", "sha256", "place")},
            "visible": None if row["visible"] is None else bool(row["visible"]),
            "rect": [int(part) for part in row["rect"].split(",")] if row["rect"] else None,
        }
        for row in views.ask(_LAYERS, seq=seq)
    )

"""SAME PIXELS: a layer of a project file whose pixels are those of a picture. METADATA LINK: two saves of one document, by the identifiers
of their layers, where a program gives each layer one of its own in all the world (Krita, Procreate, Clip Studio)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from provenance import facts
from provenance.views.ask import Row
from provenance.views.family_edge import METADATA, SAME_PIXELS, Edge
from provenance.views.family_rows import Asking

HELD, TAKEN, SAVED = "layer", "from a layer", "layers of one document"
MOST = 200
# A plain surface has the pixels of every other of its size, and of an animation the first frame alone is described: neither shows anything.
_SHOWS = "d.dhash != '0000000000000000' AND NOT coalesce(d.animated, 0)"
_COLUMNS = "l.sha256 AS project, l.seq AS told, l.name AS name, d.sha256 AS picture, d.seq AS seen"
_OF_PROJECT = " UNION ".join(
    f"SELECT {_COLUMNS}, l.place AS place FROM project_layers l JOIN described d ON d.pixels = l.{column} "
    f"WHERE l.sha256 = :s AND d.sha256 != :s AND {_SHOWS}"
    for column in ("pixels", "content")
)
_OF_PICTURE = " UNION ".join(
    f"SELECT {_COLUMNS}, l.place AS place FROM described d JOIN project_layers l ON l.{column} = d.pixels "
    f"WHERE d.sha256 = :s AND l.sha256 != :s AND {_SHOWS}"
    for column in ("pixels", "content")
)
_CURRENT = "SELECT seq FROM projects WHERE sha256 = :s"
_SAVES = """
SELECT v.sha256 AS sha256, min(v.seq) AS seq, min(v.mtime) AS mtime, max(v.kind = 'file.imported/1') AS late, o.told AS told FROM (
SELECT o.sha256 AS sha256, max(o.seq) AS told FROM project_layers m JOIN project_layers o ON o.ident = m.ident
WHERE m.sha256 = :s AND length(m.ident) >= 32 GROUP BY o.sha256 LIMIT 2000) o JOIN versions v ON v.sha256 = o.sha256 GROUP BY v.sha256
"""
_FIRST = "SELECT seq, kind, mtime FROM versions WHERE sha256 = :s ORDER BY seq LIMIT 1"


def parents(views: Asking, sha256: str) -> Iterator[Edge]:
    """The pictures that lie in a project's layers; for a picture, the project it was taken from, where that was there first."""
    for row in _rows(views, sha256):
        first, later = _ordered(views, row["picture"], row["project"])
        if later == sha256:
            relation = HELD if first == row["picture"] else TAKEN
            yield Edge(first, later, SAME_PIXELS, relation, tuple(sorted((row["told"], row["seen"]))), name=row["name"] or "")


def children(views: Asking, sha256: str, most: int) -> Iterator[str]:
    """The projects whose layers hold a picture, and the pictures taken from a project's layers."""
    found = (row["project"] if row["picture"] == sha256 else row["picture"] for row in _rows(views, sha256))
    yield from islice(dict.fromkeys(found), most)


def saves(views: Asking, sha256: str) -> Iterator[Edge]:
    """The save of a document that came next before this one, by identifiers of layers that both have."""
    ordered = _saves(views, sha256)
    place = next((n for n, row in enumerate(ordered) if row["sha256"] == sha256), 0)
    if place:
        before, mine = ordered[place - 1], ordered[place]
        yield Edge(before["sha256"], sha256, METADATA, SAVED, tuple(sorted((before["told"], mine["told"]))))


def later_saves(views: Asking, sha256: str, most: int) -> Iterator[str]:
    """The other way: the save that came next."""
    ordered = [row["sha256"] for row in _saves(views, sha256)]
    if sha256 in ordered:
        yield from ordered[ordered.index(sha256) + 1 :][: min(1, most)]


def _saves(views: Asking, sha256: str) -> list[Row]:
    """The saves with a layer of this one, itself among them, in the order in which they were recorded; by the file system's times where one
    was found later."""
    found = views.ask(_SAVES, s=sha256)
    late = any(row["late"] for row in found)
    return sorted(found, key=lambda row: (row["mtime"] if late else "", row["seq"]))


def _rows(views: Asking, sha256: str) -> Iterator[Row]:
    """Layers and pictures with the same pixels, of the last description of each project; each pair once, by its topmost layer."""
    seen: set[tuple[str, str]] = set()
    for sql in (_OF_PROJECT, _OF_PICTURE):
        for row in views.ask(f"{sql} ORDER BY told, place LIMIT {MOST}", s=sha256):
            pair = (row["project"], row["picture"])
            if pair not in seen and views.ask(_CURRENT, s=row["project"])[0]["seq"] == row["told"]:
                seen.add(pair)
                yield row


def _ordered(views: Asking, picture: str, project: str) -> tuple[str, str]:
    """Which was there first: as they were recorded, if both were seen live, else by the file system's times. Never recorded comes first."""
    a, b = (next(iter(views.ask(_FIRST, s=one)), {"seq": 0, "kind": "", "mtime": ""}) for one in (picture, project))
    late = facts.FileImported.KIND in (a["kind"], b["kind"])
    before = ((b["mtime"] if late else ""), b["seq"]) < ((a["mtime"] if late else ""), a["seq"])
    return (project, picture) if before else (picture, project)

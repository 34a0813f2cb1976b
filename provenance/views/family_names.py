"""NAMED AS INPUT: the names of inputs in a file, bound to the bytes that stood under them at that moment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from provenance import canon, facts
from provenance.views import family_rows
from provenance.views.ask import Row
from provenance.views.family_edge import NAMED, Edge, Notes
from provenance.views.family_rows import Asking
from provenance.views.fold import folder_and_name, plain, unplain
from provenance.views.folds.lineage import base_name, hex_name, split_name

MOST_LEVELS = 24  # folders above a file in which its tool's folders are looked for
MOST_ROOTS = 100
MOST_NAMES = 50
MOST_INPUTS = 300
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]{1,9}://", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:[\\/]|[\\/]{1,2}")
_CLIPSPACE = re.compile(r"clipspace-(?:mask|paint|painted|painted-masked)-[\d.]+\.png")
_INPUTS = (
    "SELECT min(i.seq) AS seq, i.name, i.role, i.sha256, v.path, v.kind, v.mtime, r.generator FROM input_names i JOIN versions v "
    "ON v.seq = i.seq LEFT JOIN readings r ON r.seq = i.seq WHERE i.child = :c GROUP BY i.name, i.role, i.sha256 ORDER BY 1, i.n LIMIT :n"
)
_STOOD = (
    "SELECT seq, sha256, mtime FROM versions WHERE path = :p UNION ALL SELECT m.seq, m.sha256, (SELECT v.mtime FROM versions v "
    "WHERE v.sha256 = m.sha256 ORDER BY v.seq LIMIT 1) FROM moves m WHERE m.path = :p ORDER BY 1 DESC LIMIT 60"
)
_ALONE = "SELECT h.sha256, v.path FROM hex_names h JOIN versions v ON v.seq = h.seq WHERE h.name = :n ORDER BY h.seq LIMIT 1"
_NAMING = (
    "SELECT child FROM (SELECT child, seq FROM (SELECT child, seq FROM input_names WHERE sha256 = :s ORDER BY rowid LIMIT :n) UNION ALL "
    "SELECT child, seq FROM (SELECT i.child, i.seq FROM json_each(:b) j CROSS JOIN input_names i ON i.base = j.value LIMIT :n)) "
    "GROUP BY child ORDER BY min(seq) LIMIT :n"
)


@dataclass(frozen=True)
class Named:
    """An input as a file names it. sha256: of the bytes it was, None where they are not known. path: where they stood."""

    seq: int
    name: str
    role: str
    sha256: str | None
    path: str = ""
    notes: Notes = ()


def parents(views: Asking, sha256: str) -> Iterator[Edge]:
    """The inputs whose bytes are known."""
    for one in inputs(views, sha256):
        if one.sha256 is not None and one.sha256 != sha256:
            yield Edge(one.sha256, sha256, NAMED, one.role, (one.seq,), one.name, one.notes)


def children(views: Asking, sha256: str, most: int) -> Iterator[str]:
    """Files that claim these bytes, or a name under which they stood."""
    names = (folder_and_name(row["path"])[1] for row in family_rows.places(views, sha256))
    bases = list(dict.fromkeys(base_name(name) for name in names))[:MOST_NAMES]
    yield from (row["child"] for row in views.ask(_NAMING, s=sha256, b=json.dumps(bases), n=most))


def inputs(views: Asking, sha256: str) -> Iterator[Named]:
    """Everything a file names as its input, in its order, bound where it can be.

    What the mask editor of ComfyUI uploads is left out: the server copies into it the texts of the picture that was painted on.
    """
    for row in views.ask(_INPUTS, c=sha256, n=MOST_INPUTS):
        if _CLIPSPACE.fullmatch(folder_and_name(row["path"])[1]):
            return
        yield _bound(views, row)


def _bound(views: Asking, row: Row) -> Named:
    """The tool read the file itself, so its hash decides; what we saw under the name may have come there a moment later. Where the two
    differ both are told."""
    seq, name, role, claimed = row["seq"], row["name"], row["role"], row["sha256"]
    if claimed is not None and _bore(views, claimed, base_name(name)):
        return Named(seq, name, role, claimed)
    path, stood, notes = _stood(views, name, row)
    if claimed is None:
        return Named(seq, name, role, stood, path, notes)
    if stood is None or stood == claimed:
        return Named(seq, name, role, claimed, path)
    return Named(seq, name, role, claimed, path, (("other bytes stood under the name", stood),))


def _bore(views: Asking, sha256: str, base: str) -> bool:
    return any(base_name(folder_and_name(row["path"])[1]) == base for row in family_rows.places(views, sha256))


def _stood(views: Asking, name: str, made: Row) -> tuple[str, str | None, Notes]:
    """(path, SHA-256, notes) of what stood under an input's name when a file was made, in the nearest folder that ever had such a file."""
    for path in _paths(views, name, made):
        if rows := views.ask(_STOOD, p=path):
            sha256, notes = _at_that_time(rows, made)
            if sha256 is not None:
                return path, sha256, notes
    if alone := hex_name(folder_and_name(split_name(name)[0])[1]):
        for row in views.ask(_ALONE, n=alone):
            return row["path"], row["sha256"], (("by its name alone", ""),)
    return "", None, ()


def _at_that_time(rows: list[Row], made: Row) -> tuple[str | None, Notes]:
    """Of what stood at a path, newest first: the last that was recorded before the file and was not written after it.

    A file found later was made at an unknown time: only what is older by the file system's clock can have been its input.
    """
    before = [row for row in rows if row["seq"] < made["seq"]]
    if made["kind"] != facts.FileImported.KIND and before:
        for row in before:
            if not row["mtime"] or not made["mtime"] or row["mtime"] <= made["mtime"]:
                return row["sha256"], ()
        return before[0]["sha256"], (("written after it by the file system's clock", ""),)
    older = [row for row in rows if row["mtime"] and made["mtime"] and row["mtime"] <= made["mtime"]]
    if older:
        chosen = max(older, key=lambda row: (row["mtime"], row["seq"]))
        return chosen["sha256"], (("bound by the file system's times", ""),)
    return None, ()


def _paths(views: Asking, name: str, made: Row) -> Iterator[str]:
    """Full paths that a name may mean, the likeliest first: in the tool's own folders above the file, then in watched ones."""
    own, kind = split_name(name)
    if not own or _ADDRESS.match(own) or ".." in re.split(r"[\\/]", own):
        return
    if _DRIVE.match(own):
        yield own
        return
    path = unplain(made["path"])
    slash = "/" if "/" in path else "\\"
    own = own.replace("/", slash)
    for folder in _above(path, slash):
        yield _plain(f"{folder}{slash}{kind or 'input'}{slash}{own}")
    if not kind and made["generator"] != "ComfyUI":
        yield _plain(f"{folder_and_name(path)[0]}{slash}{own}")
    for row in views.ask("SELECT DISTINCT path FROM coverage WHERE kind = :k LIMIT :n", k=facts.WatchAdded.KIND, n=MOST_ROOTS):
        root = unplain(row["path"]).rstrip("/\\")
        if folder_and_name(root)[1] == (kind or "input"):
            yield _plain(f"{root}{slash}{own}")
        yield _plain(f"{root}{slash}{kind or 'input'}{slash}{own}")


def _above(path: str, slash: str) -> Iterator[str]:
    """The folders above a file, the nearest first, each without a slash at its end."""
    for _ in range(MOST_LEVELS):
        path, found, _name = path.rpartition(slash)
        if not found:
            return
        yield path


def _plain(path: str) -> str:
    return plain(canon.path(path))

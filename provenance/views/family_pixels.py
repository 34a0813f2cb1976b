"""SAME PIXELS and LOOKS ALIKE: what the pixels show of two files. The first is a fact of both, the second a measurement with its error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from provenance import facts
from provenance.views import family_places, family_rows
from provenance.views.ask import Row
from provenance.views.family_edge import ALIKE, SAME_PIXELS, Edge
from provenance.views.family_rows import Asking

MOST = 60
AGAIN, BROUGHT_IN = "made again", "brought in"
_INPUT = re.compile(r"[\\/]input[\\/]")  # where ComfyUI keeps what is uploaded to it
_CLIPSPACE = re.compile(r"[\\/]clipspace[\\/]")
# A plain surface (its difference hash is all noughts) has the pixels of every other of its size. Of an animation the first frame alone is
# described, which may well be the still picture that it began with: that does not make the two one picture.
_SAME = (
    "SELECT o.sha256, o.seq AS theirs, d.seq AS mine FROM described d JOIN described o ON o.pixels = d.pixels AND o.sha256 != d.sha256 "
    "WHERE d.sha256 = :s AND d.dhash != '0000000000000000' AND NOT coalesce(d.animated, 0) AND NOT coalesce(o.animated, 0) "
    "ORDER BY o.rowid LIMIT :n"
)
_FOUND = (
    "SELECT * FROM (SELECT * FROM likenesses WHERE child = :s UNION SELECT * FROM likenesses WHERE parent = :s) ORDER BY seq LIMIT :n"
)
_MEASURED = ("share", "agreeing", "compared", "inliers", "transform", "method", "rate")
_FIRST = (
    "SELECT v.seq, v.kind, v.sha256, v.mtime, v.container, d.width, d.height, m.names, m.post, r.prompt, r.seeds, r.seq AS read "
    "FROM versions v LEFT JOIN readings r ON r.seq = v.seq LEFT JOIN makings m ON m.seq = v.seq "
    "LEFT JOIN described d ON d.sha256 = v.sha256 WHERE v.sha256 = :s ORDER BY v.seq LIMIT 1"
)


@dataclass(frozen=True)
class Twin:
    """Another picture with the same or like pixels, of which nothing shows that one of the two was made from the other. how: `same pixels`
    or `looks alike`. why: AGAIN, BROUGHT_IN."""

    sha256: str
    how: str
    why: str
    seqs: tuple[int, ...]


@dataclass(frozen=True)
class Likeness:
    """Two files whose pixels agree, and which of them was there first. how: `same pixels` or `looks alike`."""

    parent: str
    child: str
    how: str
    seqs: tuple[int, ...]
    measured: tuple[tuple[str, str], ...] = ()


def parents(views: Asking, sha256: str) -> Iterator[Edge]:
    """Pictures that this one is a saved, edited or exported state of, as far as pixels show it."""
    for one in likenesses(views, sha256):
        if one.child == sha256 and not undirected(views, one):
            yield _edge(views, one)


def children(views: Asking, sha256: str, most: int) -> Iterator[str]:
    """The other way."""
    yield from islice(dict.fromkeys(one.child for one in likenesses(views, sha256) if one.parent == sha256), most)


def twins(views: Asking, sha256: str) -> tuple[Twin, ...]:
    """Pictures that are the same or alike, and no parents and no children."""
    found = ((one, why) for one in likenesses(views, sha256) if (why := undirected(views, one)))
    return tuple(Twin(one.parent if one.child == sha256 else one.child, one.how, why, one.seqs) for one, why in found)


def likenesses(views: Asking, sha256: str) -> list[Likeness]:
    """All that is known of other files with the same or like pixels, in both directions."""
    found: dict[tuple[str, str], Likeness] = {}
    for row in views.ask(_SAME, s=sha256, n=MOST):
        pair = _ordered(views, sha256, row["sha256"])
        found[pair] = Likeness(*pair, "same pixels", tuple(sorted((row["mine"], row["theirs"]))))
    for row in views.ask(_FOUND, s=sha256, n=MOST):
        pair, back = (row["parent"], row["child"]), (row["child"], row["parent"])
        if pair in found or back in found:  # the digests said it already
            continue
        if row["how"] == "looks alike":  # equal digests that the views do not know of are those of an animation's frame
            measured = tuple((name, str(row[name])) for name in _MEASURED if row[name] is not None)
            found[pair] = Likeness(*pair, "looks alike", (row["seq"],), measured)
    return list(found.values())


def undirected(views: Asking, one: Likeness) -> str:
    """Why pixels that agree are no edge; "" where they are one."""
    return AGAIN if _again(views, one) else BROUGHT_IN if _brought_in(views, one) else ""


def _brought_in(views: Asking, one: Likeness) -> bool:
    """Whether two files that only look alike were both brought to a tool as its inputs: neither tells of its making, and both lie where the
    tool keeps what is uploaded to it. The order of uploads is not the order in which two drawings were made, nor is an upload under a name
    that was there already an edit of what lay there."""
    return one.how == "looks alike" and all(_first(views, two)["read"] is None and _uploaded(views, two) for two in (one.parent, one.child))


def _uploaded(views: Asking, sha256: str) -> bool:
    paths = [row["path"] for row in family_rows.places(views, sha256)]
    return bool(paths) and all(_INPUT.search(path) and not _CLIPSPACE.search(path) for path in paths)


def _again(views: Asking, one: Likeness) -> bool:
    """Whether both files tell of the same words and seeds, and nothing shows that the later was made from the earlier: the same job run
    twice gives such pairs, and so does a copy that keeps its texts. Then no edge is told.

    What shows it: it replaced the other in its place; it is another kind of file, of another size, carries other texts beside, or an
    editor's history.
    """
    if not same_words(views, one.parent, one.child):
        return False
    a, b = _first(views, one.parent), _first(views, one.child)
    same = all(a[key] == b[key] for key in ("container", "width", "height", "names", "post"))
    if not same or _replaced(views, one):
        return False
    return not any(row["part"] == "from earlier" for row in family_rows.idents(views, one.child))


def same_words(views: Asking, one: str, other: str) -> bool:
    """Whether two files tell of the same words and seeds; False where one of them tells of none."""
    a, b = _first(views, one), _first(views, other)
    return a["read"] is not None and b["read"] is not None and (a["prompt"], a["seeds"]) == (b["prompt"], b["seeds"])


def _edge(views: Asking, one: Likeness) -> Edge:
    replaced = _replaced(views, one)
    grade = SAME_PIXELS if one.how == "same pixels" else ALIKE
    relation = "edited in place" if replaced and grade == ALIKE else "saved in place" if replaced else one.how
    return Edge(one.parent, one.child, grade, relation, tuple(sorted({*one.seqs, *replaced})), measured=one.measured)


def _replaced(views: Asking, one: Likeness) -> tuple[int, ...]:
    """The entries that saw the one take the other's place under its name."""
    rows = family_places.replaced(views, one.child)
    return tuple(row.seq for row in rows if row.before == one.parent and row.after == one.child)


def _ordered(views: Asking, one: str, other: str) -> tuple[str, str]:
    """Which of two files with the same pixels was there first: as they were recorded, if both were seen live. Else the one that tells of
    its making comes first where the other does not, and then the older by the file system's times."""
    a, b = _first(views, one), _first(views, other)
    late = facts.FileImported.KIND in (a["kind"], b["kind"])
    if late and (a["read"] is None) != (b["read"] is None):
        return (one, other) if a["read"] is not None else (other, one)
    return (one, other) if _moment(a, late) < _moment(b, late) else (other, one)


def _moment(row: Row, late: bool) -> tuple[str, int]:
    return (row["mtime"] if late else "", row["seq"])


def _first(views: Asking, sha256: str) -> Row:
    """The first entry of these bytes, with what its file tells; empty where they were never recorded as a file."""
    rows = views.ask(_FIRST, s=sha256)
    return rows[0] if rows else dict.fromkeys(("kind", "read", "prompt", "seeds", "container", "width", "height", "names", "post")) | {
        "seq": 0, "mtime": "",
    }  # fmt: skip

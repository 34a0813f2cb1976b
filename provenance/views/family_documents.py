"""METADATA LINK: identifiers that editors and credentials write, and the tool's own text that a later step carried on."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from types import MappingProxyType

from provenance.views import family_rows
from provenance.views.ask import Row
from provenance.views.family_edge import METADATA, Edge, Notes
from provenance.views.family_rows import Asking

MOST = 40
SHARED = 12  # files that bear one identifier of a single save: it identifies nothing, a program writes it into all
PROCESSED, CARRIES = "processed", "carries its text"
EDITORS = frozenset({  # names of texts that ImageMagick, exiftool, GIMP, Photoshop and their kin add to a PNG, as the fold keeps them
    "software", "create", "modify", "timestamp", "xmp", "exif", "iptc", "icc", "comment", "photoshop", "creation_time", "com.adobe.xmp",
})
_RELATIONS = MappingProxyType({
    "from instance": "derived from",
    "from document": "derived from",
    "from earlier": "earlier save",
    "from content": "content",
    "from original": "original document",
})
_BEARS = MappingProxyType({  # which of a file's own identifiers a reference may mean
    "from instance": ("own instance",),
    "from document": ("own document",),
    "from earlier": ("own instance",),
    "from content": ("own document", "own instance"),
    "from original": ("own document",),
})
_INGREDIENT = ("own manifest", "own instance")
_BEARERS = (
    "SELECT i.sha256, i.part, i.seq, (SELECT min(v.seq) FROM versions v WHERE v.sha256 = i.sha256) AS first "
    "FROM document_ids i WHERE i.id = :id AND i.part LIKE 'own %' AND i.sha256 != :s ORDER BY first LIMIT :n"
)
_REFERRING = (
    "SELECT DISTINCT o.sha256 FROM document_ids i JOIN document_ids o ON o.id = i.id AND o.part LIKE 'from %' AND o.sha256 != i.sha256 "
    "WHERE i.sha256 = :s AND i.part LIKE 'own %' ORDER BY o.seq LIMIT :n"
)


def parents(views: Asking, sha256: str) -> Iterator[Edge]:
    """Files whose identifier this one names as what it came from."""
    rows = family_rows.idents(views, sha256)
    own = {row["id"] for row in rows if row["part"].startswith("own ")}
    told: set[str] = set()
    for row in sorted((row for row in rows if row["part"].startswith("from ")), key=_nearest):
        if row["id"] in own:  # the document's own name, which every save of it bears
            continue
        ingredient = row["part"].startswith("from ingredient")
        bears = _INGREDIENT if ingredient else _BEARS.get(row["part"], ())
        found, notes = _bearer(views, row, sha256, bears)
        if found is not None and found["sha256"] not in told:
            told.add(found["sha256"])
            relation = row["part"].removeprefix("from ") if ingredient else _RELATIONS[row["part"]]
            yield Edge(found["sha256"], sha256, METADATA, relation, tuple(sorted({found["first"], row["seq"]})), row["id"], notes)


def children(views: Asking, sha256: str, most: int) -> Iterator[str]:
    """Files that name one of this file's identifiers."""
    yield from (row["sha256"] for row in views.ask(_REFERRING, s=sha256, n=most))


def _nearest(row: Row) -> tuple[int, int]:
    order = ("from instance", "from ingredient", "from earlier", "from document", "from content", "from original")
    return next(n for n, part in enumerate(order) if row["part"].startswith(part)), row["seq"]


def _bearer(views: Asking, row: Row, child: str, bears: tuple[str, ...]) -> tuple[Row | None, Notes]:
    """The recorded file that an identifier means. Of several saves of one document the last before the child; of several files with the
    identifier of one save (their texts were copied) the first; both are told."""
    rows = [one for one in views.ask(_BEARERS, id=row["id"], s=child, n=MOST) if one["part"] in bears]
    if not rows:
        return None, ()
    if rows[0]["part"] == "own document":
        before = [one for one in rows if one["first"] < row["seq"]] or rows[:1]
        return before[-1], () if len(rows) == 1 else (("several saves of the document", str(len(rows))),)
    if len(rows) > SHARED:
        return None, ()
    return rows[0], () if len(rows) == 1 else (("several files bear the identifier", str(len(rows))),)


def carried(views: Asking, sha256: str) -> Iterator[Edge]:
    """What the webui's extras tab or an editor was given that keeps the picture's own text as it found it and adds a line of its own.

    One recorded file with that text, seed and all, is what went in; where there are several it may be any of them, and no edge is told.
    """
    rows = [row for row in family_rows.same_text(views, sha256) if _added(row["mine_names"], row["names"], row["mine_post"], row["post"])]
    if len(rows) == 1:
        relation = PROCESSED if rows[0]["mine_post"] else CARRIES
        yield Edge(rows[0]["sha256"], sha256, METADATA, relation, tuple(sorted((rows[0]["seq"], rows[0]["mine"]))))


def carrying(views: Asking, sha256: str, most: int) -> Iterator[str]:
    """The other way."""
    rows = family_rows.same_text(views, sha256)
    added = (row["sha256"] for row in rows if _added(row["names"], row["mine_names"], row["post"], row["mine_post"]))
    yield from islice(added, most)


def _added(names: str, before: str, post: int, post_before: int) -> bool:
    """Whether a file has all texts that the other has, and beside them only such as the extras tab or an editor adds."""
    more = set(names.split()) - (had := set(before.split()))
    return had <= set(names.split()) and bool(post > post_before or (more and post == post_before and more <= EDITORS))

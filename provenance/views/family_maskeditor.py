"""METADATA LINK: the files that ComfyUI's mask editor uploads in one go, joined by the names that it gives them.

The editor of the frontend (1.2x, `useMaskEditorSaver`) writes four files with one stamp into input/clipspace: `clipspace-mask` (the picture
with the mask as its transparency), `clipspace-paint` (the strokes alone), `clipspace-painted` (strokes over the picture) and
`clipspace-painted-masked` (that with the mask), which LoadImage reads. Older ones write the first alone. No name tells which picture was
painted on: that is told by its text, which the server copies into the mask's file, or else by the pixels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from provenance.views import family_pixels, family_rows
from provenance.views.family_edge import ALIKE, METADATA, Edge, share
from provenance.views.family_rows import Asking
from provenance.views.fold import folder_and_name

RELATION = "mask editor"
_PARTS = ("mask", "paint", "painted", "painted-masked")
_NAME = re.compile(r"clipspace-(mask|paint|painted|painted-masked)-(\d{1,20}(?:\.\d{1,20})?)\.png")
_WITHIN = (("paint", "painted"), ("painted", "painted-masked"), ("mask", "painted-masked"))
_FROM_THE_PICTURE = ("mask", "painted")
MOST = 20
_AT = "SELECT sha256, seq FROM versions WHERE path = :p ORDER BY seq LIMIT 1"
Member = tuple[str, int]  # SHA-256, and the first entry that records it under its name


def members(views: Asking, sha256: str) -> tuple[str, Mapping[str, Member]]:
    """What a file is in its set, and the files of the set: ("", {}) where it is in none."""
    for row in family_rows.places(views, sha256)[:MOST]:
        folder, name = folder_and_name(row["path"])
        if found := _NAME.fullmatch(name):
            separator = row["path"][len(folder) : -len(name)]
            paths = {part: f"{folder}{separator}clipspace-{part}-{found[2]}.png" for part in _PARTS}
            rows = {part: views.ask(_AT, p=path) for part, path in paths.items()}
            return found[1], {part: (row[0]["sha256"], row[0]["seq"]) for part, row in rows.items() if row}
    return "", {}


def parents(views: Asking, sha256: str) -> Iterator[Edge]:
    """What a file of a set was made from: others of the set, and the picture that was painted on."""
    part, group = members(views, sha256)
    for one, other in _WITHIN:
        if part == other and one in group:
            yield Edge(group[one][0], sha256, METADATA, RELATION, tuple(sorted((group[one][1], group[other][1]))))
    if part in _FROM_THE_PICTURE:
        yield from _original(views, sha256, part, group)


def children(views: Asking, sha256: str, most: int) -> Iterator[str]:
    """The others of the set; for a picture outside, every file of the sets that show it or carry its text."""
    _, group = members(views, sha256)
    near = [member for member, _ in group.values()]
    if not near:
        near = [row["sha256"] for row in family_rows.same_text(views, sha256)[:most]]
        near += [one.child for one in family_pixels.likenesses(views, sha256)]
        near = [member for one in dict.fromkeys(near) for member, _ in members(views, one)[1].values()]
    yield from dict.fromkeys(near)


def _original(views: Asking, sha256: str, part: str, group: Mapping[str, Member]) -> Iterator[Edge]:
    """The picture that was painted on, if exactly one carries the text that stands in the mask's file; else what the pixels show."""
    own = {member for member, _ in group.values()}
    mask = group.get("mask", ("", 0))[0]
    same = [row for row in family_rows.same_text(views, mask)[:MOST] if row["sha256"] not in own and not members(views, row["sha256"])[0]]
    if len(same) == 1:
        seqs = {same[0]["seq"], same[0]["mine"], group[part][1]}
        notes = () if part == "mask" else (("told by another file of the set", mask),)
        yield Edge(same[0]["sha256"], sha256, METADATA, RELATION, tuple(sorted(seqs)), notes=notes)
        return
    seen: dict[str, Edge] = {}
    for name in sorted(group, key=lambda name: name != part):  # its own pixels first
        member, seq = group[name]
        for one in family_pixels.likenesses(views, member):
            if one.child == member and one.parent not in own and one.parent not in seen:
                notes = () if name == part else (("told by another file of the set", member),)
                shown = tuple(sorted({*one.seqs, group[part][1], seq}))
                seen[one.parent] = Edge(one.parent, sha256, ALIKE, RELATION, shown, notes=notes, measured=one.measured)
    best = max((share(edge) for edge in seen.values()), default=0)  # one picture was painted on
    yield from (edge for edge in seen.values() if share(edge) == best)

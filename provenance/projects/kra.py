"""Krita documents (.kra): `maindoc.xml`, `documentinfo.xml`, tiles of the paint layers, `mergedimage.png`, `preview.png`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from provenance.projects import kra_candidates, kra_tiles, raster
from provenance.projects.bounds import MOST_LAYERS, MOST_TEXT, Budget, Cut, Data, Spent
from provenance.projects.elements import Element, elements
from provenance.projects.project import Layer, Project, Seen
from provenance.projects.zips import Archive

MERGED, PREVIEW = "mergedimage.png", "preview.png"
MOST_PNG = 128 * 1024 * 1024
MOST_TILES = 256 * 1024 * 1024
_KINDS = MappingProxyType({
    "paintlayer": "paint", "grouplayer": "group", "adjustmentlayer": "adjustment", "shapelayer": "vector", "generatorlayer": "fill",
    "clonelayer": "clone", "filelayer": "file", "referenceimages": "reference", "filtermask": "filter", "transparencymask": "mask",
    "selectionmask": "mask", "transformmask": "mask", "colorizemask": "mask",
})  # fmt: skip
"""Names of Krita's `nodetype` (plugins/impex/libkra/kis_kra_tags.h); before 2.3 they stood in `layertype` and `masktype`."""
_TOLD = MappingProxyType({
    "editing-time": "editing_seconds", "editing-cycles": "editing_cycles", "creation-date": "created", "date": "modified",
})  # fmt: skip


@dataclass
class _Walk:
    archive: Archive
    budget: Budget
    seen: Seen | None
    folder: str
    canvas: tuple[int, int]


def read(data: Data, budget: Budget, seen: Seen | None) -> Project:
    """Read a Krita document. Pixels are read of paint layers in RGBA or GRAYA with 8 bits."""
    try:
        archive = Archive(data)
    except ValueError:
        return Project("kra", problems=("zip",))
    found, whole = elements(archive.get("maindoc.xml", MOST_TEXT) or b"")
    if not whole:
        budget.tell("maindoc.xml cut")
    image = next((one.attributes for one in found if one.tag in ("IMAGE", "image")), None)
    if image is None:
        return Project("kra", problems=("maindoc.xml",))
    width, height = _whole(image.get("width")), _whole(image.get("height"))
    walk = _Walk(archive, budget, seen, f"{image.get('name', '')}/layers/", (width or 0, height or 0))
    rows = [one for one in found if one.tag in ("layer", "mask")]
    layers = tuple(_layer(one, walk, image, place) for place, one in enumerate(rows[:MOST_LAYERS]))
    preview = archive.get(PREVIEW, MOST_PNG) or archive.get(MERGED, MOST_PNG)
    offered = kra_candidates.read(archive, budget)  # after the layers: what may be spent is theirs first
    return Project("kra", width, height, layers, len(rows), preview, _claimed(archive, found), tuple(budget.problems), offered)


def _claimed(archive: Archive, found: list[Element]) -> dict[str, str]:
    out = {"tool": "Krita"}
    doc = next((one.attributes for one in found if one.tag == "DOC"), {})
    if version := doc.get("kritaVersion"):
        out["version"] = version[:200]
    for one in elements(archive.get("documentinfo.xml", MOST_TEXT) or b"")[0]:
        if one.tag in _TOLD and one.path[-1:] == ("about",) and (text := one.text.strip()):
            out.setdefault(_TOLD[one.tag], text[:200])
    return out


def _layer(one: Element, walk: _Walk, image: Mapping[str, str], place: int) -> Layer:
    told = one.attributes
    kind = _KINDS.get(told.get("nodetype") or told.get("layertype") or told.get("masktype") or "", "unknown")
    opacity, shown = told.get("opacity"), told.get("visible")
    layer = Layer(
        name=told.get("name", ""), kind=kind, depth=max(0, (one.depth - 3) // 2), visible=shown != "0" if shown else None,
        opacity=f"{opacity}/255" if opacity else None, blend=told.get("compositeop"), ident=told.get("uuid"),
    )  # fmt: skip
    if kind != "paint":
        return layer
    space = told.get("colorspacename") or image.get("colorspacename")
    if space is None or space not in kra_tiles.SPACES:
        return replace(layer, unread=f"colours {space}"[:60])
    name = walk.folder + told.get("filename", "")
    packed = walk.archive.get(name, MOST_TILES)
    if packed is None:
        return replace(layer, unread="missing")
    plain = walk.archive.get(name + ".defaultpixel", 64) or b""
    try:
        found = kra_tiles.read(packed, plain, kra_tiles.SPACES[space], walk.canvas, walk.budget)
    except Cut:
        return replace(layer, unread="damaged")
    except Spent as error:
        return replace(layer, unread=error.why)
    if found is None:
        return replace(layer, area=0, area_of="pixels")
    x, y = _whole(told.get("x")) or 0, _whole(told.get("y")) or 0
    return raster.with_pixels(layer, replace(found, x=found.x + x, y=found.y + y), walk.seen, place)


def _whole(text: str | None) -> int | None:
    digits = (text or "").strip()
    return int(digits) if digits.lstrip("-").isdecimal() and digits.isascii() and len(digits) <= 7 else None

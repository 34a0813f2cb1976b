"""OpenRaster 0.0.6: `stack.xml`, a PNG for each layer, `mergedimage.png`, `Thumbnails/thumbnail.png`."""

from __future__ import annotations

from dataclasses import replace

from provenance.projects import raster
from provenance.projects.bounds import MOST_DEPTH, MOST_LAYERS, MOST_TEXT, Budget, Data, Spent
from provenance.projects.elements import Element, elements
from provenance.projects.project import Layer, Project, Seen
from provenance.projects.zips import Archive

MERGED, PREVIEW = "mergedimage.png", "Thumbnails/thumbnail.png"
MOST_PNG = 128 * 1024 * 1024


def read(data: Data, budget: Budget, seen: Seen | None) -> Project:
    """Read an OpenRaster document. A damaged part is a problem, never an error."""
    try:
        archive = Archive(data)
    except ValueError:
        return Project("ora", problems=("zip",))
    found, whole = elements(archive.get("stack.xml", MOST_TEXT) or b"", MOST_DEPTH)
    if not found or found[0].tag != "image":
        return Project("ora", problems=("stack.xml",))
    image = found[0].attributes
    if not whole:
        budget.tell("stack.xml cut")
    rows = [one for one in found[1:] if one.tag in ("layer", "stack", "text") and one.path != ("image",)]
    layers = tuple(_layer(one, archive, budget, seen, place) for place, one in enumerate(rows[:MOST_LAYERS]))
    preview = archive.get(PREVIEW, MOST_PNG) or archive.get(MERGED, MOST_PNG)
    return Project("ora", _whole(image.get("w")), _whole(image.get("h")), layers, len(rows), preview, problems=tuple(budget.problems))


def _layer(one: Element, archive: Archive, budget: Budget, seen: Seen | None, place: int) -> Layer:
    told = one.attributes
    kind = {"stack": "group", "text": "text"}.get(one.tag, "paint")
    shown = told.get("visibility")
    layer = Layer(
        name=told.get("name", ""), kind=kind, depth=max(0, one.depth - 2), visible=shown != "hidden" if shown else None,
        opacity=told.get("opacity"), blend=told.get("composite-op"),
    )  # fmt: skip
    if kind != "paint":
        return layer
    source = told.get("src", "")
    if source.lower().endswith(".svg"):
        return replace(layer, kind="vector")
    png = archive.get(source, MOST_PNG)
    if png is None:
        return replace(layer, unread="missing")
    try:
        samples = raster.decoded(png, budget)
    except Spent as error:
        return replace(layer, unread=error.why)
    return raster.with_pixels(layer, raster.Raster(samples, _whole(told.get("x")) or 0, _whole(told.get("y")) or 0), seen, place)


def _whole(text: str | None) -> int | None:
    digits = (text or "").strip()
    return int(digits) if digits.lstrip("-").isdecimal() and digits.isascii() and len(digits) <= 7 else None

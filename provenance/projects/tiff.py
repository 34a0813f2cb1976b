"""TIFF with layers: Photoshop's tag 37724 (ImageSourceData), else several pages (GIMP and others write a layer as a page)."""

from __future__ import annotations

import struct
import warnings
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from provenance.projects import psd_layers, raster
from provenance.projects.bounds import Budget, Cut, Data, Spent, number, stream, take
from provenance.projects.project import Layer, Project, Seen

SUBFILE, WIDTH, HEIGHT, DEPTH, MODE, SOFTWARE, DATE, PAGE_NAME, X_POSITION, Y_POSITION, SUB_IFDS, LAYERS = (
    254, 256, 257, 258, 262, 305, 306, 285, 286, 287, 330, 37724,
)  # fmt: skip
X_RESOLUTION, Y_RESOLUTION = 282, 283
MOST_PAGES = 500
MOST_ENTRIES = 2_000
_PHOTOSHOP = b"Adobe Photoshop Document Data Block\0"
_SIZES = MappingProxyType({1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8})
_MODES = MappingProxyType({0: 1, 1: 1, 2: 3, 3: 2, 5: 4, 8: 9})  # PhotometricInterpretation -> Photoshop's number of a colour mode
_WANTED = frozenset({SUBFILE, WIDTH, HEIGHT, DEPTH, MODE, SOFTWARE, DATE, PAGE_NAME, X_POSITION, Y_POSITION, X_RESOLUTION, Y_RESOLUTION,
                     SUB_IFDS, LAYERS})  # fmt: skip


@dataclass(frozen=True)
class _Walk:
    data: Data
    order: str
    big: bool

    def number(self, at: int, length: int) -> int:
        return number(self.data, at, length, self.order)


@dataclass(frozen=True)
class _Value:
    """kind: of TIFF 6.0. count: of values. at: where they lie."""

    kind: int
    count: int
    at: int

    @property
    def length(self) -> int:
        return _SIZES.get(self.kind, 1) * self.count


Page = dict[int, _Value]


def read(data: Data, budget: Budget, seen: Seen | None) -> Project | None:
    """Read a TIFF with layers; None for one picture without. Pages that are reduced copies of others are none of their own."""
    walk = _Walk(data, "<" if data[0:2] == b"II" else ">", data[2:4] in (b"+\0", b"\0+"))
    pages = _pages(walk, budget)
    if not pages:
        return None
    first = pages[0]
    width, height = _whole(walk, first.get(WIDTH)), _whole(walk, first.get(HEIGHT))
    claimed = {name: text for name, tag in (("tool", SOFTWARE), ("modified", DATE)) if (text := _text(walk, first.get(tag)))}
    if (block := first.get(LAYERS)) is not None and (found := _photoshop(walk, block, first, budget, seen)) is not None:
        return Project("tiff", width, height, found.layers, found.count, None, claimed, tuple(budget.problems))
    reduced = [(_whole(walk, page.get(SUBFILE)) or 0) & 1 or not _whole(walk, page.get(WIDTH)) for page in pages]
    shown = [(place, page) for place, page in enumerate(pages) if not reduced[place]]
    if len(shown) < 2:
        return None
    layers = tuple(_layers(walk, shown, budget, seen))
    return Project("tiff", width, height, layers, len(shown), None, claimed, tuple(budget.problems))


def _pages(walk: _Walk, budget: Budget) -> list[Page]:
    wide = 8 if walk.big else 4
    at, done, out = walk.number(8 if walk.big else 4, wide), set[int](), list[Page]()
    try:
        while at and at not in done and len(out) < MOST_PAGES:
            done.add(at)
            page, at = _page(walk, at, wide)
            out.append(page)
    except Cut:
        budget.tell("cut")
    if at in done:
        budget.tell("loop")
    return out


def _page(walk: _Walk, at: int, wide: int) -> tuple[Page, int]:
    counted, row = (8, 20) if walk.big else (2, 12)
    count = walk.number(at, counted)
    if count > MOST_ENTRIES:
        raise Cut
    rows, page = take(walk.data, at + counted, count * row), Page()
    for place in range(count):
        tag, kind, length = struct.unpack_from(walk.order + ("HHQ" if walk.big else "HHI"), rows, place * row)
        if tag in _WANTED:
            value = _Value(kind, length, at + counted + place * row + row - wide)
            page.setdefault(tag, value if value.length <= wide else replace(value, at=walk.number(value.at, wide)))
    return page, walk.number(at + counted + count * row, wide)


def _photoshop(walk: _Walk, value: _Value, page: Page, budget: Budget, seen: Seen | None) -> psd_layers.Found | None:
    at, end = value.at, min(value.at + value.length, len(walk.data))
    if walk.data[at : at + len(_PHOTOSHOP)] != _PHOTOSHOP:
        return None
    mode = _MODES.get(_whole(walk, page.get(MODE)) or 0, 7)
    layers = psd_layers.Walk(walk.data, budget, seen, False, _whole(walk, page.get(DEPTH)) or 8, mode, walk.order)
    try:
        for key, start, stop in psd_layers.blocks(layers, at + len(_PHOTOSHOP), end):
            if key in (b"Layr", b"Lr16", b"Lr32") and stop - start > 2:
                return psd_layers.read(layers, start, stop)
    except Cut:
        budget.tell("cut")
    return None


def _layers(walk: _Walk, pages: list[tuple[int, Page]], budget: Budget, seen: Seen | None) -> list[Layer]:
    try:
        picture: Any = raster.opened(stream(walk.data, 1 << 30))
    except Spent:
        picture = None
    out = []
    for order, (place, page) in enumerate(pages):
        size = _whole(walk, page.get(WIDTH)) or 0, _whole(walk, page.get(HEIGHT)) or 0
        x, y = (_place(walk, page, *tags) for tags in ((X_POSITION, X_RESOLUTION), (Y_POSITION, Y_RESOLUTION)))
        layer = Layer(name=_text(walk, page.get(PAGE_NAME)) or "", kind="page", rect=(x, y, *size))
        try:
            samples = _samples(picture, place, size, budget)
        except Spent as error:
            out.append(raster.unread(layer, error.why))
        else:
            out.append(raster.with_pixels(layer, raster.Raster(samples, x, y), seen, order))
    return out


def _samples(picture: Any, place: int, size: tuple[int, int], budget: Budget) -> Any:
    import numpy as np

    if picture is None:
        raise Spent("damaged")
    budget.picture(*size)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture.seek(place)
            if picture.size != size or picture.mode not in ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX"):
                raise Spent("depth" if picture.size == size else "damaged")
            clear = picture.mode in ("RGBA", "LA", "PA")
            return np.asarray(picture.convert("RGBA" if clear else "RGB"))
    except Spent:
        raise
    except Exception as error:  # a decoder may raise anything on hostile bytes
        raise Spent("damaged") from error


def _whole(walk: _Walk, value: _Value | None) -> int | None:
    length = {1: 1, 3: 2, 4: 4, 13: 4, 16: 8}.get(value.kind) if value is not None else None
    try:
        return walk.number(value.at, length) if value is not None and value.count and length else None
    except Cut:
        return None


def _text(walk: _Walk, value: _Value | None) -> str:
    if value is None or value.kind != 2 or value.length > 4_096:
        return ""
    return walk.data[value.at : value.at + value.length].split(b"\0")[0].decode("utf-8", "replace")[:200]


def _place(walk: _Walk, page: Page, position: int, resolution: int) -> int:
    """Where a page begins, in pixels: a fraction of the unit that the resolution is told in. 0 where it is not told."""
    try:
        parts = [walk.number(page[tag].at + half, 4) for tag in (position, resolution) for half in (0, 4) if page[tag].kind == 5]
    except (KeyError, Cut):
        return 0
    if len(parts) != 4 or not parts[1] or not parts[3]:
        return 0
    return min(parts[0] * parts[2] // (parts[1] * parts[3]), 10**6)

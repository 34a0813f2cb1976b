"""The tiles of a Krita paint layer (`layers/layer2`): a text head, then tiles, each raw or packed with LZF.

    VERSION 2 / TILEWIDTH 64 / TILEHEIGHT 64 / PIXELSIZE 4 / DATA n, a line feed after each; then n times `x,y,LZF,length`, a line feed and
    that many bytes: 0 and the pixels, or 1 and LZF over planes (all first channels of the tile, then all second ones ...).

libs/image/tiles3 (kis_tiled_data_manager.cc, swap/kis_tile_compressor_2.cpp). Version 1, of before Krita 2.5, is not read.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from provenance.projects.bounds import MOST_PICTURE, Budget, Cut, Spent
from provenance.projects.lzf import unpacked
from provenance.projects.raster import Raster

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Samples = npt.NDArray[np.uint8]

SPACES = MappingProxyType({"RGBA": 4, "GRAYA": 2})
"""Bytes of a pixel by Krita's name of the colour space: blue, green, red, alpha; grey, alpha."""
MOST_TILES = 100_000
_HEAD = re.compile(rb"VERSION (\d{1,3})\nTILEWIDTH (\d{1,4})\nTILEHEIGHT (\d{1,4})\nPIXELSIZE (\d{1,3})\nDATA (\d{1,7})\n")
_TILE = re.compile(rb"(-?\d{1,8}),(-?\d{1,8}),LZF,(\d{1,8})\n")
Tile = tuple[int, int, bytes]


def read(packed: bytes, plain: bytes, size: int, canvas: tuple[int, int], budget: Budget) -> Raster | None:
    """The picture that the tiles make; None where there is none.

    Args:
        packed: the file. plain: the pixel that fills what no tile covers. size: bytes of a pixel. canvas: width and height.
    Raises:
        Cut: damaged. Spent: too much.
    """
    import numpy as np

    head = _HEAD.match(packed)
    if head is None:
        raise Cut
    version, wide, high, told, count = (int(text) for text in head.groups())
    if version != 2:
        raise Spent("version")
    if told != size or not 8 <= wide <= 256 or not 8 <= high <= 256:
        raise Cut
    if count > MOST_TILES:
        raise Spent("too large")
    filled = len(plain) == size and plain[-1] != 0
    tiles = _tiles(packed, head.end(), count)
    boxes = [(x, y, x + wide, y + high) for x, y, _ in tiles] + ([(0, 0, *canvas)] if filled else [])
    if not boxes:
        return None
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[2] for box in boxes), max(box[3] for box in boxes)
    if (right - left) * (bottom - top) > MOST_PICTURE:
        raise Spent("too large")
    budget.picture(right - left, bottom - top)
    out = np.zeros((bottom - top, right - left, size), np.uint8)
    if filled:
        out[:] = np.frombuffer(plain, np.uint8)
    for x, y, body in tiles:
        out[y - top : y - top + high, x - left : x - left + wide] = _pixels(body, wide, high, size, budget)
    if filled:  # beyond the canvas it goes on for ever
        out = out[-top : canvas[1] - top, -left : canvas[0] - left]
        left = top = 0
    return Raster(_ordered(out), left, top, tight=True)


def _tiles(packed: bytes, at: int, count: int) -> list[Tile]:
    found: list[Tile] = []
    for _ in range(count):
        head = _TILE.match(packed, at)
        if head is None:
            raise Cut
        start, length = head.end(), int(head[3])
        if start + length > len(packed):
            raise Cut
        found.append((int(head[1]), int(head[2]), packed[start : start + length]))
        at = start + length
    return found


def _pixels(body: bytes, wide: int, high: int, size: int, budget: Budget) -> Samples:
    import numpy as np

    length = wide * high * size
    if body[:1] == b"\x01":
        budget.step(len(body) // 16)
        flat, steps = unpacked(body[1:], length)
        budget.step(steps)
        planes: Any = np.frombuffer(flat, np.uint8).reshape(size, high * wide)
        return np.ascontiguousarray(planes.T).reshape(high, wide, size)
    raw = body[1:]
    if len(raw) != length or body[0] != 0:
        raise Cut
    return np.frombuffer(raw, np.uint8).reshape(high, wide, size)


def _ordered(out: Samples) -> Samples:
    """As red, green, blue, alpha."""
    import numpy as np

    return np.ascontiguousarray(out[:, :, [2, 1, 0, 3]] if out.shape[2] == 4 else out[:, :, [0, 0, 0, 1]])

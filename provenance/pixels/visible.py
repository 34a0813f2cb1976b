"""Where the outlines of what a person put in are found again in an output, beside what chance gives. Places, no share of making."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provenance.pixels.load import grey

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from provenance.pixels.load import Samples

    Grey = npt.NDArray[np.uint8]

METHOD = "outlines/1"
SIDE = 768  # pixels of the longer side of the output, as compared
CELLS = 16  # of the longer side
REACH = 0.008  # of the longer side: how far an outline may lie aside; a generator never keeps a line to the pixel
BINS = 8  # of directions, over half a turn
LEAST_OUTLINE = 400  # pixels of outline, below which nothing can be told
LEAST_IN_CELL = 40
FOUND = 0.55  # of a cell's outline pixels
LEAST_SIDE = 64
ASIDE = tuple((y / 8, x / 8) for y, x in itertools.product(range(8), range(8)) if max(min(y, 8 - y), min(x, 8 - x)) >= 2)
"""Displacements by which chance is measured, in shares of the frame; none so small that long outlines still cover themselves."""
SAME_SHAPE = 0.01


@dataclass(frozen=True, eq=False)
class Compared:
    """laid: how the input was laid over the output: "whole frame", "stretched", "centre crop" or "fitted". outline: pixels of its outlines
    there. again: those with an outline of the output beside them, in the same direction. by_chance: the most that was found at any of the
    `displaced` displaced places. cells: places with enough outline; recurring: those with more found than at any displaced place.
    where: (rows, columns) of bool, the recurring cells. edges, hits: (height, width) of bool."""

    laid: str
    outline: int
    again: int
    by_chance: int
    displaced: int
    cells: int
    recurring: int
    where: Any
    edges: Any
    hits: Any

    @property
    def recurs(self) -> bool:
        """Whether more is found than by chance: in the whole, and in more places than would be the case once in a thousand times."""
        return self.again > self.by_chance and self.recurring > _most_by_chance(self.cells, 1 / (self.displaced + 1))


def visible(own: Samples, output: Samples) -> Compared | str:
    """Look for the outlines of an input in an output.

    Args:
        own, output: (height, width, 3) of uint8, upright, opaque.
    Returns:
        What was found where the input is laid over the output as generators do it; or why nothing is said: "too small", "no outlines".
    """
    if min(*own.shape[:2], *output.shape[:2]) < LEAST_SIDE:
        return "too small"
    seen = grey(framed(output))
    near = _near(_directions(seen))
    found = [_measured(_directions(one), near, name) for name, one in placings(grey(own), seen.shape)]
    good = [one for one in found if one is not None]
    if not good:
        return "no outlines"
    return max(good, key=lambda one: (one.again - one.by_chance) / one.outline)


def framed(output: Samples) -> Samples:
    """The output as it is compared and drawn: SIDE pixels on its longer side at most."""
    from provenance.pixels.load import fitted

    return fitted(output, SIDE)


def placings(own: Grey, shape: tuple[int, ...]) -> list[tuple[str, Grey]]:
    """An input in the frame of an output, as generators bring one to the size of the other: stretched, cut at the centre, or with margins.

    Args:
        own: (height, width) of uint8. shape: of the frame.
    """
    import cv2
    import numpy as np

    (high, wide), (rows, columns) = own.shape, shape[:2]

    def scaled(height: float, width: float) -> Grey:
        size = (max(1, round(width)), max(1, round(height)))
        way = cv2.INTER_AREA if size[0] < wide else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(own, size, interpolation=way), dtype=np.uint8)

    if abs(high * columns / (rows * wide) - 1) <= SAME_SHAPE:
        return [("whole frame", scaled(rows, columns))]
    by = max(rows / high, columns / wide)
    large = scaled(max(rows, high * by), max(columns, wide * by))
    top, left = (large.shape[0] - rows) // 2, (large.shape[1] - columns) // 2
    by = min(rows / high, columns / wide)
    small = scaled(min(rows, high * by), min(columns, wide * by))
    fitted = np.full((rows, columns), int(np.median(small)), np.uint8)
    above, beside = (rows - small.shape[0]) // 2, (columns - small.shape[1]) // 2
    fitted[above : above + small.shape[0], beside : beside + small.shape[1]] = small
    cut = np.ascontiguousarray(large[top : top + rows, left : left + columns])
    return [("stretched", scaled(rows, columns)), ("centre crop", cut), ("fitted", fitted)]


def _directions(picture: Grey) -> Any:
    """(height, width) of uint8: 0 without an outline, else 1 to BINS, its direction over half a turn: dark on light is light on dark."""
    import cv2
    import numpy as np

    soft = cv2.GaussianBlur(picture, (0, 0), 1.4)
    across, down = (cv2.Sobel(soft, cv2.CV_16S, *way) for way in ((1, 0), (0, 1)))
    steep = np.hypot(across.astype(np.float32), down.astype(np.float32))
    high = max(60.0, float(np.percentile(steep, 88)))
    lines = cv2.Canny(across, down, high * 0.5, high, L2gradient=True) > 0
    turn = np.arctan2(down.astype(np.float32), across.astype(np.float32)) * (BINS / np.pi)
    return np.where(lines, np.round(turn).astype(np.int32) % BINS + 1, 0).astype(np.uint8)


def _near(directions: Any) -> Any:
    """(BINS, height, width) of bool: where an outline of nearly that direction lies within REACH."""
    import cv2
    import numpy as np

    reach = max(2, round(REACH * max(directions.shape)))
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    each = [(directions == number + 1).astype(np.uint8) for number in range(BINS)]
    like = [each[n] | each[n - 1] | each[(n + 1) % BINS] for n in range(BINS)]
    return np.stack([cv2.dilate(one, disk) > 0 for one in like])


def _measured(own: Any, near: Any, laid: str) -> Compared | None:
    """The input's outlines where they lie, and displaced."""
    import numpy as np

    rows, columns = np.nonzero(own)
    if len(rows) < LEAST_OUTLINE:
        return None
    ways, (height, width) = own[rows, columns].astype(np.intp) - 1, own.shape
    here = near[ways, rows, columns]
    side = max(height, width) / CELLS
    across = int(np.ceil(width / side))
    cell = (rows / side).astype(np.intp) * across + (columns / side).astype(np.intp)
    count = across * int(np.ceil(height / side))
    total = np.bincount(cell, minlength=count)
    most, best = np.zeros(count), 0
    for down, right in ASIDE:
        there = near[ways, (rows + round(down * height)) % height, (columns + round(right * width)) % width]
        most, best = np.maximum(most, np.bincount(cell, weights=there, minlength=count)), max(best, int(there.sum()))
    enough, hits = total >= LEAST_IN_CELL, np.bincount(cell, weights=here, minlength=count)
    recurring = enough & (hits > most) & (hits >= FOUND * total)
    edges, again = np.zeros(own.shape, bool), np.zeros(own.shape, bool)
    edges[rows, columns], again[rows, columns] = True, here
    return Compared(
        laid=laid, outline=len(rows), again=int(here.sum()), by_chance=best, displaced=len(ASIDE), cells=int(enough.sum()),
        recurring=int(recurring.sum()), where=recurring.reshape(-1, across), edges=edges, hits=again,
    )  # fmt: skip


def _most_by_chance(places: int, rate: float) -> int:
    """The number of places, each one by chance at `rate`, that is exceeded once in a thousand times."""
    left, term, number = 1.0, (1 - rate) ** places, 0
    while number < places and left - term > 0.001:
        left -= term
        term *= (places - number) / (number + 1) * rate / (1 - rate)
        number += 1
    return number

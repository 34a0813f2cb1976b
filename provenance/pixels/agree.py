"""Whether two aligned pictures have the same texture, block by block: what tells an edit from another picture of the same prompt."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Grey = npt.NDArray[np.uint8]

ALIKE = 0.8  # correlation of a block's fine structure from which on it agrees
FLOOR = 1.2  # grey levels of fine structure below which a block is flat: it can neither agree nor disagree
# grey levels; what is stronger counts hardly more, so that an outline that two pictures share does not stand for the area beside it
EVEN = 2.0
DENSE = 0.5  # of a block's pixels with any difference to a neighbour
SMALL = 192


@dataclass(frozen=True, eq=False)
class Agreement:
    """Of two pictures in one frame. compared: blocks with any structure in either, inside the overlap. agreeing: those whose fine
    structure is
    the same; dense: of these, those with texture nearly everywhere, not lines on an even ground. theirs: compared blocks with structure
    in `two`. where: (rows, columns) of bool, the agreeing ones. block: side of a block in pixels of the frame. apart: mean absolute
    difference of
    grey levels over the agreeing blocks."""

    compared: int
    agreeing: int
    dense: int
    theirs: int
    where: Any
    block: int
    apart: float


def agreement(one: Grey, two: Grey, inside: Any, slack: int = 1) -> Agreement:
    """Compare two grey pictures of one size.

    Args:
        one, two: (height, width) of uint8, aligned to about `slack` pixels. inside: (height, width) of uint8, above 0 where both are.
    Returns:
        Counts of blocks. A block agrees when, moved by at most `slack` pixels, the normalised correlation of its fine structure (between
        about 2 and 8 pixels) is at least ALIKE: brightness, contrast and slow changes of colour do not matter, other texture does.
    """
    import numpy as np

    block = 16 if max(one.shape) >= SMALL else 8
    rows, columns = one.shape[0] // block, one.shape[1] // block
    if not rows or not columns:
        return Agreement(0, 0, 0, 0, np.zeros((0, 0), bool), block, 255.0)
    fine = [_fine(picture, block) for picture in (one, two)]
    means = _Means(block, rows, columns)
    energy = means(fine[0] * fine[0])
    other, best = means(fine[1] * fine[1]), np.full((rows, columns), -1.0, np.float32)
    even = [values / (np.abs(values) + EVEN) for values in fine]
    strength = means(even[0] * even[0])
    for dy, dx in sorted(itertools.product(range(-slack, slack + 1), repeat=2), key=lambda by: abs(by[0]) + abs(by[1])):
        moved = np.roll(even[1], (dy, dx), axis=(0, 1))
        product = means(even[0] * moved) / np.sqrt(strength * means(moved * moved) + 1e-9)
        np.maximum(best, product, out=best)
        if (dy, dx) == (0, 0) and slack == 1 and np.count_nonzero(best > ALIKE / 2) < best.size / 25:
            break  # of a frame that fits, some block agrees without being moved
    full = means((inside > 0).astype(np.float32)) > 0.98
    structured = full & (np.maximum(energy, other) >= FLOOR * FLOOR)
    where = structured & (best >= ALIKE) & (np.minimum(energy, other) >= FLOOR * FLOOR / 16)
    apart = means(np.abs(one.astype(np.float32) - two))
    dense = where & (means(_uneven(one)) >= DENSE) & (means(_uneven(two)) >= DENSE)
    theirs = full & (other >= FLOOR * FLOOR)
    near = float(apart[where].mean()) if where.any() else 255.0
    return Agreement(int(structured.sum()), int(where.sum()), int(dense.sum()), int(theirs.sum()), where, block, near)


@dataclass(frozen=True)
class _Means:
    """The mean of each block of a picture."""

    block: int
    rows: int
    columns: int

    def __call__(self, values: Any) -> Any:
        import cv2

        whole = values[: self.rows * self.block, : self.columns * self.block]
        return cv2.resize(whole, (self.columns, self.rows), interpolation=cv2.INTER_AREA)


def _fine(picture: Grey, block: int) -> Any:
    """Structure between about 2 and 8 pixels (for blocks of 16): finer is lost in JPEG and in scaling, coarser is composition and light."""
    import cv2
    import numpy as np

    values = picture.astype(np.float32)
    soft = cv2.GaussianBlur(values, (0, 0), block / 20)
    return soft - cv2.GaussianBlur(values, (0, 0), block / 5)


def _uneven(picture: Grey) -> Any:
    """1 where a pixel and its eight neighbours differ by more than two grey levels, else 0."""
    import cv2
    import numpy as np

    spread = cv2.morphologyEx(picture, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    return (spread > 2).astype(np.float32)

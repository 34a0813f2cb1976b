"""Perceptual hashes: small numbers that stay near each other while a picture keeps its composition. For likeness, never for identity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Grey = npt.NDArray[np.uint8]
    Packed = npt.NDArray[np.uint8]

GRID = 16  # rows and columns of the composition hash: 16 x 16 comparisons to the right and 16 x 16 downwards, 64 bytes
GRID_BYTES = 2 * GRID * GRID // 8


def ground(grey: Grey) -> Grey:
    """A grey picture averaged to at most 128x128 pixels, on which `dhash` and `phash` are worked out: the rest is cheap."""
    import cv2
    import numpy as np

    rows, columns = grey.shape
    return np.asarray(cv2.resize(grey, (min(128, columns), min(128, rows)), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def dhash(grey: Grey) -> str:
    """64-bit difference hash: 9x8 averages, each compared with its right neighbour (1: darker to the right), row by row, 16 hex digits."""
    import numpy as np

    small = _averages(grey, 9, 8)
    return np.packbits(small[:, :-1] > small[:, 1:]).tobytes().hex()


def phash(grey: Grey) -> str:
    """64-bit DCT hash: 32x32 averages, DCT-II, the 8x8 lowest frequencies, each compared with their median; 16 hex digits, row by row.

    The order of steps of the Python library imagehash (`phash`), so that its values are within a few bits of these.
    """
    import cv2
    import numpy as np

    low = np.asarray(cv2.dct(_averages(grey, 32, 32)))[:8, :8]
    return np.packbits(low > np.median(low)).tobytes().hex()


def composition(grey: Grey) -> Packed:
    """512 bits for the first stage of a search, as 64 bytes: 17x16 averages compared to the right, then 16x17 compared downwards.

    A repainted region changes the bits that lie there and no others.
    """
    import numpy as np

    across, down = _averages(grey, GRID + 1, GRID), _averages(grey, GRID, GRID + 1)
    return np.packbits(np.concatenate([(across[:, :-1] > across[:, 1:]).ravel(), (down[:-1] > down[1:]).ravel()]))


def distances(one: Packed, many: Packed) -> npt.NDArray[np.int64]:
    """Bits in which one hash differs from each of many: (bytes,) and (n, bytes) of uint8 -> (n,)."""
    import numpy as np

    wide = np.bitwise_xor(many.view(np.uint64), one.view(np.uint64)[None])
    return np.asarray(np.bitwise_count(wide).sum(axis=1, dtype=np.int64))


def _averages(grey: Grey, width: int, height: int) -> Any:
    import cv2
    import numpy as np

    rows, columns = grey.shape
    if rows < height or columns < width:  # an average over areas needs areas
        grey = np.asarray(cv2.resize(grey, (max(columns, width), max(rows, height)), interpolation=cv2.INTER_NEAREST), dtype=np.uint8)
    return cv2.resize(grey.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)

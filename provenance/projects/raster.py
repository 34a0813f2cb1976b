"""A layer's samples: their digests, their area, and the picture for whoever compares."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from provenance.pixels import digest
from provenance.pixels.load import Picture
from provenance.projects.bounds import MOST_PICTURE, Budget, Spent
from provenance.projects.project import Layer, Rect, Seen

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Samples = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Raster:
    """A layer's own picture. samples: (height, width, 3 or 4) of uint8. x, y: of its upper left corner on the canvas. tight: the format
    stores squares of a grid, so that wholly transparent rows and columns around are no part of the layer."""

    samples: Samples
    x: int
    y: int
    tight: bool = False


def with_pixels(layer: Layer, raster: Raster, seen: Seen | None, place: int) -> Layer:
    """The layer with what its samples say: rectangle, area, digests.

    Args:
        layer: without them. raster: its picture. seen: told of the picture. place: of the layer in the project.
    """
    samples, x, y = raster.samples, raster.x, raster.y
    inner = _inner(samples)
    if raster.tight and inner is not None:
        samples, (x, y) = _cut(samples, inner), (x + inner[0], y + inner[1])
        inner = (0, 0, inner[2], inner[3])
    height, width = samples.shape[:2]
    if inner is None:  # nothing to be seen: an empty layer has no digest, or every empty one would be the same picture
        return replace(layer, rect=None if raster.tight else (x, y, width, height), area=0, area_of="pixels")
    own = picture_of(samples)
    content = digest.pixels(picture_of(_cut(samples, inner))) if inner != (0, 0, width, height) else None
    if seen is not None:
        seen(place, own)
    return replace(
        layer, rect=(x, y, width, height), area=_area(samples), area_of="pixels", pixels=digest.pixels(own), content=content, unread=None
    )


def unread(layer: Layer, why: str) -> Layer:
    """The layer with its rectangle's area, and why its pixels are not known."""
    rect = layer.rect
    if rect is None or rect[2] <= 0 or rect[3] <= 0:
        return replace(layer, unread=why)
    return replace(layer, area=rect[2] * rect[3], area_of="rectangle", unread=why)


def picture_of(samples: Samples) -> Picture:
    """Samples as `pixels.load` would give them: without alpha where it hides nothing."""
    import numpy as np

    if samples.shape[2] == 4 and int(samples[:, :, 3].min()) == 255:
        samples = samples[:, :, :3]
    samples = np.ascontiguousarray(samples)
    exact = cast("bytes", samples.data.cast("B"))  # hashed where it lies: a copy of a layer may be a hundred megabytes
    return Picture(samples, "rgba8" if samples.shape[2] == 4 else "rgb8", exact, 1, False, "layer")


def decoded(data: bytes, budget: Budget) -> Samples:
    """An embedded picture (PNG, JPEG) of 8 bits a sample. Raises Spent; `depth` where 8 bits of RGB are not all it holds."""
    from provenance.errors import Unreadable
    from provenance.pixels.load import load

    try:
        picture = load(data, MOST_PICTURE)
    except Unreadable as error:
        raise Spent("too large" if error.key == "pixels.too-large" else "damaged") from error
    budget.picture(picture.width, picture.height)
    if picture.form not in ("rgb8", "rgba8"):
        raise Spent("depth")
    return picture.samples


def opened(source: Any) -> Any:
    """A Pillow image of hostile bytes; whatever Pillow raises becomes Spent `damaged`."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Image.open(source if not isinstance(source, bytes) else io.BytesIO(source))
    except Exception as error:  # a decoder may raise anything on hostile bytes
        raise Spent("damaged") from error


def _inner(samples: Samples) -> Rect | None:
    """x, y, width, height of what is not wholly transparent; None where all is."""
    import numpy as np

    height, width = samples.shape[:2]
    if not height or not width:
        return None
    if samples.shape[2] == 3:
        return 0, 0, width, height
    alpha = samples[:, :, 3]
    rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
    if not len(rows):
        return None
    top, left = int(rows[0]), int(columns[0])
    return left, top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1


def _cut(samples: Samples, rect: Rect) -> Samples:
    x, y, width, height = rect
    return samples[y : y + height, x : x + width]


def _area(samples: Samples) -> int:
    import numpy as np

    return int(np.count_nonzero(samples[:, :, 3])) if samples.shape[2] == 4 else int(samples.shape[0] * samples.shape[1])

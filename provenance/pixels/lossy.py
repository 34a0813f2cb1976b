"""What lossy saving made of a picture: the saving that comes nearest is done again, so that its damage is not taken for an edit.

The quantisation of a JPEG file is lost once it is decoded; but saving the earlier picture in the same way gives the later one again, to the
bit with the same library (libjpeg) where nothing else was changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from provenance.pixels.load import Samples

QUALITIES = (98, 95, 90, 85, 80, 75, 70, 60, 50, 40, 30)
WEBP = (90, 75, 50)
SHARE = 0.3  # of the blocks, the best ones: as many at least must have been left alone
EXACT = 0.02  # levels of 255: the saving was found


@dataclass(frozen=True, eq=False)
class Resaved:
    """samples: the picture after a saving like that of the other. how: "jpeg 90 4:2:0", "webp 75" or "" for none. apart: levels of 255
    between it and the other one in the places that fit best."""

    samples: Samples
    how: str
    apart: float


def nearest(before: Samples, after: Samples, usable: Any) -> Resaved:
    """Save `before` in the way that makes it most like `after`.

    Args:
        before, after: (height, width, 3) of uint8 in one frame. usable: (height, width) of bool.
    """
    best = Resaved(before, "", apart(before, after, usable))
    if best.apart <= EXACT:
        return best
    for quality in QUALITIES:
        best = min(best, _jpeg(before, after, usable, quality, 420), key=lambda one: one.apart)
    found = _quality(best)
    if found:
        best = min(best, _jpeg(before, after, usable, found, 444), key=lambda one: one.apart)
        chroma = 444 if best.how.endswith("4:4:4") else 420
        for quality in range(max(5, found - 4), min(100, found + 4) + 1):
            if best.apart > EXACT and quality != found:
                best = min(best, _jpeg(before, after, usable, quality, chroma), key=lambda one: one.apart)
    if best.apart > 10 * EXACT:
        for quality in WEBP:
            best = min(best, _webp(before, after, usable, quality), key=lambda one: one.apart)
    return best


def apart(one: Samples, two: Samples, usable: Any) -> float:
    """Mean difference, in levels, of a block in the best SHARE of all blocks of 8x8."""
    import cv2
    import numpy as np

    size = (max(1, one.shape[1] // 8), max(1, one.shape[0] // 8))
    blocks = cv2.resize(cv2.absdiff(one, two).mean(axis=2, dtype=np.float32), size, interpolation=cv2.INTER_AREA)
    inside = cv2.resize(usable.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.99
    return float(np.quantile(blocks[inside], SHARE)) if inside.any() else 255.0


def _quality(one: Resaved) -> int:
    return int(one.how.split()[1]) if one.how.startswith("jpeg") else 0


def _jpeg(before: Samples, after: Samples, usable: Any, quality: int, chroma: int) -> Resaved:
    import cv2

    sampling = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420 if chroma == 420 else cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444
    saved = _through(before, ".jpg", [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling])
    return Resaved(saved, f"jpeg {quality} {':'.join(str(chroma))}", apart(saved, after, usable))


def _webp(before: Samples, after: Samples, usable: Any, quality: int) -> Resaved:
    import cv2

    saved = _through(before, ".webp", [cv2.IMWRITE_WEBP_QUALITY, quality])
    return Resaved(saved, f"webp {quality}", apart(saved, after, usable))


def _through(samples: Samples, kind: str, options: list[int]) -> Samples:
    import cv2
    import numpy as np

    done, raw = cv2.imencode(kind, samples[:, :, ::-1], options)
    back = cv2.imdecode(raw, cv2.IMREAD_COLOR) if done else None
    return samples if back is None else np.ascontiguousarray(back[:, :, ::-1], dtype=np.uint8)

"""What a search looks at: a small grey rendering, the places of its local features (ORB), and words made of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from provenance.pixels.load import fitted, grey, load

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Grey = npt.NDArray[np.uint8]

SIDE = 384  # longer side of what is compared
LEAST = 256  # a smaller picture is enlarged before features are looked for: ORB's patches are 31 pixels wide
THIN = 48  # a strip narrower than this has no place for a feature's patch
FEATURES = 500
TABLES, KEY_BITS = 4, 20


@dataclass(frozen=True, eq=False)
class Features:
    """points: (n, 2) of float32, x and y in the Look's grey. descriptors: (n, 32) of uint8, 256 bits each (ORB: Rublee et al. 2011)."""

    points: Any
    descriptors: Any


@dataclass(frozen=True)
class Look:
    """A picture as a search sees it. grey: (height, width) of uint8, SIDE at most on the longer side. width, height: of the picture."""

    grey: Grey
    width: int
    height: int

    @cached_property
    def features(self) -> Features:
        """Its local features."""
        return features(self.grey)

    @cached_property
    def mirror(self) -> Look:
        """The same, left and right changed."""
        import numpy as np

        return Look(np.ascontiguousarray(self.grey[:, ::-1]), self.width, self.height)


def look(preview: bytes, size: tuple[int, int] | None = None) -> Look:
    """A Look from a preview, or from any picture that is upright.

    Args:
        preview: a file's bytes. size: width and height of the picture that it is the preview of, upright; None: its own.
    Raises:
        Unreadable: as `load.load`.
    """
    picture = load(preview)
    width, height = size or (picture.width, picture.height)
    return Look(fitted(grey(picture.samples), SIDE), width, height)


def features(seen: Grey) -> Features:
    """ORB features of a grey picture, spread over its area and over coarse and fine ones: one busy corner shall not take them all."""
    import cv2
    import numpy as np

    rows, columns = seen.shape
    by = max(1.0, LEAST / max(rows, columns))
    if min(rows, columns) * by < THIN:
        return Features(np.zeros((0, 2), np.float32), np.zeros((0, 32), np.uint8))
    large = seen if by == 1.0 else cv2.resize(seen, None, fx=by, fy=by, interpolation=cv2.INTER_CUBIC)
    orb = cv2.ORB.create(nfeatures=FEATURES * 2, scaleFactor=1.2, nlevels=8, edgeThreshold=18, patchSize=31, fastThreshold=6)
    found = orb.detect(np.asarray(large, dtype=np.uint8), None)
    points, descriptors = orb.compute(np.asarray(large, dtype=np.uint8), _spread(list(found), large.shape))
    if descriptors is None or not len(points):
        return Features(np.zeros((0, 2), np.float32), np.zeros((0, 32), np.uint8))
    return Features(np.asarray([point.pt for point in points], np.float32) / np.float32(by), np.asarray(descriptors, np.uint8))


def _spread(found: list[Any], shape: tuple[int, ...]) -> list[Any]:
    """The strongest of each of 4x4 fields and of two halves of the scales, FEATURES in all: laid small into another, a picture keeps the
    coarse ones."""
    fields: dict[tuple[int, int, bool], list[Any]] = {}
    for point in sorted(found, key=lambda p: -p.response):
        fields.setdefault((int(4 * point.pt[0] / shape[1]), int(4 * point.pt[1] / shape[0]), (point.octave & 255) >= 3), []).append(point)
    kept: list[Any] = []
    for depth in range(max(map(len, fields.values()), default=0)):
        kept += [field[depth] for field in fields.values() if depth < len(field)]
        if len(kept) >= FEATURES:
            break
    return kept[:FEATURES]


def words(descriptors: Any, most: int = FEATURES) -> Any:
    """(TABLES, n) of uint32: KEY_BITS of each descriptor's bits, other ones in each table (locality-sensitive hashing by sampled bits).

    Two descriptors that differ in one bit of eight share a word in some table in one case of four; unrelated ones in one of 250,000.
    """
    import numpy as np

    bits = np.unpackbits(descriptors[:most], axis=1)
    chosen = np.random.default_rng(20_261_122).permutation(256)[: TABLES * KEY_BITS].reshape(TABLES, KEY_BITS)
    weights = (1 << np.arange(KEY_BITS, dtype=np.uint32)).astype(np.uint32)
    return np.stack([bits[:, table].astype(np.uint32) @ weights for table in chosen])

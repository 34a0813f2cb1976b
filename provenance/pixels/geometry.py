"""Where one picture lies inside another: similarity transforms from matched features, checked by agreement of texture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provenance.pixels.agree import SMALL, Agreement, agreement
from provenance.pixels.look import Features, Look

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Grey = npt.NDArray[np.uint8]

LEAST_INLIERS = 7
RATIO = 0.85  # Lowe's test: the nearest descriptor must be this much nearer than the second
REPROJECTION = 3.0
SCALES = (0.2, 5.0)


@dataclass(frozen=True, eq=False)
class Placed:
    """A parent laid over a child. matrix: (2, 3) from the parent's grey to the child's. inliers: matched features that agree on it (0: the
    sizes alone suggested it). flipped: left and right changed. found: how far the textures agree. cover: (height, width) of bool in the
    child's grey, where they do."""

    matrix: Any
    inliers: int
    flipped: bool
    found: Agreement
    cover: Any


def same_frame(child: Look, parent: Look) -> Placed | None:
    """The parent stretched onto the child, where their proportions are the same to three parts in a hundred."""
    import numpy as np

    (ch, cw), (ph, pw) = child.grey.shape, parent.grey.shape
    if not 0.97 <= (cw * ph) / (ch * pw) <= 1.03:
        return None
    matrix = np.array([[cw / pw, 0, (cw / pw - 1) / 2], [0, ch / ph, (ch / ph - 1) / 2]], np.float64)  # centres of pixels, not corners
    return placed(child, parent, matrix, 0)


def by_features(child: Look, parent: Look) -> Placed | None:
    """The parent laid where the features of both say; None where too few agree."""
    found = transform(parent.features, child.features)
    return placed(child, parent, *found) if found is not None else None


def mirrored(found: Placed) -> Placed:
    """What was found on the mirrored child, told of the child itself: the matrix then has a reflection."""
    import numpy as np

    width = found.cover.shape[1]
    turn = np.array([[-1, 0, width - 1], [0, 1, 0], [0, 0, 1]], np.float64)
    matrix = (turn @ np.vstack([found.matrix, [0, 0, 1]]))[:2]
    return Placed(matrix, found.inliers, not found.flipped, found.found, np.ascontiguousarray(found.cover[:, ::-1]))


def transform(source: Features, target: Features) -> tuple[Any, int] | None:
    """The similarity transform (2, 3) from source points to target points by RANSAC, and how many matches agree with it; or None."""
    import cv2
    import numpy as np

    if len(source.points) < LEAST_INLIERS or len(target.points) < LEAST_INLIERS:
        return None
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(target.descriptors, source.descriptors, k=2)
    good = [p[0] for p in pairs if len(p) == 2 and p[0].distance < RATIO * p[1].distance and p[0].distance <= 72]
    if len(good) < LEAST_INLIERS:
        return None
    one = np.asarray([source.points[m.trainIdx] for m in good], np.float32)
    two = np.asarray([target.points[m.queryIdx] for m in good], np.float32)
    matrix, mask = cv2.estimateAffinePartial2D(one, two, method=cv2.RANSAC, ransacReprojThreshold=REPROJECTION, maxIters=2000,
    confidence=0.999)
    if matrix is None or mask is None:
        return None
    inliers = len({tuple(np.round(p).astype(int)) for p in two[mask.ravel() > 0]})  # one corner on several scales counts once
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    return (matrix, inliers) if inliers >= LEAST_INLIERS and SCALES[0] <= scale <= SCALES[1] else None


def placed(child: Look, parent: Look, matrix: Any, inliers: int) -> Placed:
    """Lay the parent over the child and compare textures, in the coarser of both resolutions."""
    import cv2
    import numpy as np

    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    by = 1 / max(1.0, scale)
    height, width = child.grey.shape
    size = (max(1, round(width * by)), max(1, round(height * by)))
    frame = child.grey if by > 0.95 else cv2.resize(child.grey, size, interpolation=cv2.INTER_AREA)
    fh, fw = frame.shape
    shrink = np.array([[fw / width, 0, (fw / width - 1) / 2], [0, fh / height, (fh / height - 1) / 2], [0, 0, 1]])
    onto = (shrink @ np.vstack([matrix, [0, 0, 1]]))[:2]
    source = _softened(parent.grey, float(np.hypot(onto[0, 0], onto[1, 0])))
    laid = cv2.warpAffine(source, onto, (fw, fh), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    inside = cv2.warpAffine(np.full(source.shape, 255, np.uint8), onto, (fw, fh), flags=cv2.INTER_NEAREST)
    slack = 2 if inliers and max(frame.shape) >= SMALL else 1
    found = agreement(np.asarray(frame, np.uint8), np.asarray(laid, np.uint8), inside, slack)
    blocks = np.repeat(np.repeat(found.where, found.block, axis=0), found.block, axis=1).astype(np.uint8)
    whole = np.zeros((fh, fw), np.uint8)
    whole[: blocks.shape[0], : blocks.shape[1]] = blocks
    cover = cv2.resize(whole, (width, height), interpolation=cv2.INTER_NEAREST) > 0
    return Placed(matrix, inliers, False, found, cover)


def _softened(grey: Grey, scale: float) -> Any:
    """Blurred before it is made smaller by warping, so that fine lines do not turn into noise."""
    import cv2

    return grey if scale > 0.8 else cv2.GaussianBlur(grey, (0, 0), 0.45 / scale)


def told(found: Placed, child: Look, parent: Look) -> str:
    """How the parent lies in the child, as text: scale and rotation (degrees, counter-clockwise) of the parent, whether it is mirrored,
    and the
    rectangle of the parent's pixels (left, top, width, height) that the child's frame takes in."""
    import numpy as np

    def full(one: Look) -> Any:
        x, y = one.width / one.grey.shape[1], one.height / one.grey.shape[0]
        return np.array([[x, 0, (x - 1) / 2], [0, y, (y - 1) / 2], [0, 0, 1]])

    matrix = full(child) @ np.vstack([found.matrix, [0, 0, 1]]) @ np.linalg.inv(full(parent))
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))
    mirror = -1.0 if found.flipped else 1.0
    rotation = float(np.degrees(np.arctan2(-matrix[1, 0] * mirror, matrix[0, 0] * mirror)))
    right, low_edge = child.width - 0.5, child.height - 0.5  # a pixel's place is its centre
    corners = np.array([[-0.5, right, -0.5, right], [-0.5, -0.5, low_edge, low_edge], [1, 1, 1, 1]], np.float64)
    back = (np.linalg.inv(matrix) @ corners)[:2] + 0.5
    low = np.clip(np.round(back.min(axis=1)), 0, (parent.width, parent.height)).astype(int)
    high = np.clip(np.round(back.max(axis=1)), 0, (parent.width, parent.height)).astype(int)
    area = f"{low[0]},{low[1]},{max(0, high[0] - low[0])},{max(0, high[1] - low[1])}"
    text = f"scale={scale:.3f} rotation={rotation:.1f} mirrored={'yes' if found.flipped else 'no'} parent-area={area}"
    return text.replace("=-0.0 ", "=0.0 ")

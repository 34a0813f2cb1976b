"""Where an earlier picture lies in a later one, to a fraction of a pixel; or why that cannot be told."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provenance.pixels import alike
from provenance.pixels.load import fitted, grey
from provenance.pixels.look import SIDE, Look

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from provenance.pixels.load import Samples

    Grey = npt.NDArray[np.uint8]

LEAST_SIDE = 32  # pixels; below it there is no room for a neighbourhood
MOST_SCALE = 8.0  # either way
FINE_SCALE = 2.0  # up to which an enlarged picture is compared at its own size, where a lossy saving can be done again
MOST_AREA = 4_194_304  # pixels of the frame in which two pictures are compared; a larger one is made smaller, and that is told
SAME_SHARE, SAME_LEAST = 0.25, 400  # of the pixels beside an edge, exactly equal: two generations share flat grounds, never these
STEEP = 32  # grey levels within 3 pixels: there even a tenth of a pixel aside gives other numbers; on gentle slopes it gives the same
PATCH, PATCHES = 24, 360
SURE = 0.75  # correlation of a patch with the place where it was found
NEAR = 0.6  # pixels of the frame within which a match confirms a transform
FINE = 0.03  # of that: how much farther off the matches may lie for a simpler transform
LEAST_MATCHES = 12
LEAST_RESTING = 0.4  # of the sure matches: those that one transform explains
ROUNDS = 3


@dataclass(frozen=True, eq=False)
class Aligned:
    """matrix: (2, 3), from centres of pixels of the earlier picture to those of the later one. kind: "same frame", "shifted" (whole
    pixels), "stretched" (the whole of it, to another size), "similar" (turned, scaled) or "affine". flipped: left and right changed.
    matches: patches that confirm it; 0 where equal pixels do."""

    matrix: Any
    kind: str
    flipped: bool
    matches: int

    @property
    def exact(self) -> bool:
        """Whether pixels lie on pixels, so that nothing has to be interpolated."""
        return self.kind in ("same frame", "shifted")

    @property
    def scale(self) -> float:
        """Of the earlier picture in the later one: the root of how much its area grew."""
        a, b, c, d = (float(self.matrix[i, j]) for i in (0, 1) for j in (0, 1))
        return math.sqrt(abs(a * d - b * c))


def align(before: Samples, after: Samples) -> Aligned | str:
    """Lay one picture over the other.

    Args:
        before, after: (height, width, 3) of uint8, upright, opaque.
    Returns:
        How it lies, or the reason why nothing is said: "too small", "no common ground", "too few matches", "scale beyond bounds".
    """
    if min(*before.shape[:2], *after.shape[:2]) < LEAST_SIDE:
        return "too small"
    equal = _equal(before, after)
    if equal is not None:
        return equal
    earlier, later = (Look(fitted(grey(one), SIDE), one.shape[1], one.shape[0]) for one in (before, after))
    found = alike.closest(later, earlier)
    if found is None:
        return "no common ground"
    return refine(before, after, _whole(found.matrix, earlier, later), found.flipped)


def _equal(before: Samples, after: Samples) -> Aligned | None:
    """The same frame, straight or mirrored, where enough of what is not flat is equal to the last bit."""
    import cv2
    import numpy as np

    if before.shape != after.shape:
        return None
    spread = cv2.morphologyEx(grey(after), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    edges = spread > STEEP if int((spread > STEEP).sum()) >= SAME_LEAST else spread > 4
    count = int(edges.sum())
    if count < SAME_LEAST:
        return Aligned(np.eye(2, 3), "same frame", False, 0) if np.array_equal(before, after) else None
    for flipped in (False, True):
        other = before[:, ::-1] if flipped else before
        if int(((other == after).all(axis=2) & edges).sum()) >= max(SAME_LEAST, SAME_SHARE * count):
            matrix = np.array([[-1.0, 0, after.shape[1] - 1], [0, 1, 0]]) if flipped else np.eye(2, 3)
            return Aligned(matrix, "same frame", flipped, 0)
    return None


def _whole(matrix: Any, before: Look, after: Look) -> Any:
    """A matrix between two Looks as one between the pictures themselves."""
    import numpy as np

    def up(one: Look) -> Any:
        x, y = one.width / one.grey.shape[1], one.height / one.grey.shape[0]
        return np.array([[x, 0, (x - 1) / 2], [0, y, (y - 1) / 2], [0, 0, 1]])

    return (up(after) @ np.vstack([matrix, [0, 0, 1]]) @ np.linalg.inv(up(before)))[:2]


@dataclass(frozen=True)
class Frame:
    """Where two pictures are compared: the later one's frame, at the coarser resolution of both. by: pixels of it to a pixel of the later
    picture. width, height: in pixels."""

    by: float
    width: int
    height: int

    def onto(self, matrix: Any, after: Samples) -> Any:
        """From the earlier picture's pixels to this frame's, (2, 3)."""
        import numpy as np

        x, y = self.width / after.shape[1], self.height / after.shape[0]
        return (np.array([[x, 0, (x - 1) / 2], [0, y, (y - 1) / 2], [0, 0, 1]]) @ np.vstack([matrix, [0, 0, 1]]))[:2]


def frame(after: Samples, scale: float, most: int = MOST_AREA) -> Frame:
    """The frame for comparing a picture in which the earlier one lies at `scale`, with `most` pixels at most."""
    height, width = after.shape[:2]
    by = min(1.0, 1 / scale if scale > FINE_SCALE else 1.0, math.sqrt(most / (width * height)))
    return Frame(by, max(1, round(width * by)), max(1, round(height * by)))


def framed(after: Samples, at: Frame) -> Samples:
    """The later picture in the frame."""
    import cv2
    import numpy as np

    if (at.height, at.width) == after.shape[:2]:
        return after
    return np.asarray(cv2.resize(after, (at.width, at.height), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def laid(before: Samples, onto: Any, at: Frame) -> tuple[Samples, Any]:
    """The earlier picture in the frame, and (height, width) of bool: where it has pixels."""
    import cv2
    import numpy as np

    grid = np.round(onto)
    if np.allclose(onto, grid, atol=1e-9) and set(map(abs, grid[:, :2].ravel())) <= {0.0, 1.0}:
        how, source = cv2.INTER_NEAREST, before
    else:
        shrink = math.sqrt(abs(float(np.linalg.det(onto[:, :2]))))
        # softened before it is made smaller by warping, so that fine lines do not turn into noise
        source = before if shrink > 0.8 else np.asarray(cv2.GaussianBlur(before, (0, 0), 0.45 / shrink), np.uint8)
        how = cv2.INTER_CUBIC
    out = cv2.warpAffine(source, onto, (at.width, at.height), flags=how, borderMode=cv2.BORDER_REPLICATE)
    inside = cv2.warpAffine(np.full(before.shape[:2], 255, np.uint8), onto, (at.width, at.height), flags=cv2.INTER_NEAREST)
    return np.asarray(out, dtype=np.uint8), inside > 0


def refine(before: Samples, after: Samples, matrix: Any, flipped: bool) -> Aligned | str:
    """Correct a rough transform by patches that are found again, and take the simplest one that they confirm."""
    import numpy as np

    best: Aligned | None = None
    for turn in range(ROUNDS):
        scale = math.sqrt(abs(float(np.linalg.det(matrix[:, :2]))))
        if not 1 / MOST_SCALE <= scale <= MOST_SCALE:
            return "scale beyond bounds"
        at = frame(after, scale)
        reach = 3 + math.ceil(3.0 * max(at.width, at.height) / SIDE) if turn == 0 else 4
        one, two = _matched(before, after, matrix, at, reach)
        if len(one) < LEAST_MATCHES:
            return "too few matches"
        best = _simplest(before, after, (one, two), flipped, NEAR / at.by)
        if best is None:
            return "too few matches"
        matrix = best.matrix
    return best if best is not None else "too few matches"


def _matched(before: Samples, after: Samples, matrix: Any, at: Frame, reach: int) -> tuple[Any, Any]:
    """Patches found again within `reach` pixels: (n, 2) places in the earlier picture, (n, 2) in the later one."""
    import cv2
    import numpy as np

    onto = at.onto(matrix, after)
    source, inside = laid(before, onto, at)
    old, new = grey(source), grey(framed(after, at))
    back = cv2.invertAffineTransform(onto)
    one, two = [], []
    for x, y in _places(old, inside, reach):
        window = new[y - reach : y + PATCH + reach, x - reach : x + PATCH + reach]
        scores = cv2.matchTemplate(window, old[y : y + PATCH, x : x + PATCH], cv2.TM_CCOEFF_NORMED)
        row, column = np.unravel_index(int(scores.argmax()), scores.shape)
        if scores[row, column] < SURE:
            continue
        dy, dx = _peak(scores, int(row), int(column))
        centre = np.array([x + (PATCH - 1) / 2, y + (PATCH - 1) / 2])
        one.append(back @ np.array([*centre, 1.0]))
        moved = (centre[0] + column - reach + dx, centre[1] + row - reach + dy)
        two.append([(moved[0] + 0.5) * after.shape[1] / at.width - 0.5, (moved[1] + 0.5) * after.shape[0] / at.height - 0.5])
    return np.asarray(one, np.float64).reshape(-1, 2), np.asarray(two, np.float64).reshape(-1, 2)


def _places(old: Any, inside: Any, reach: int) -> list[tuple[int, int]]:
    """Upper left corners of patches with structure both ways, spread over what both pictures show."""
    import cv2
    import numpy as np

    height, width = old.shape
    step = max(PATCH // 2, int(math.sqrt(height * width / (4 * PATCHES))))
    corners = cv2.cornerMinEigenVal(old, 9)
    room = cv2.erode(inside.astype(np.uint8), np.ones((PATCH, PATCH), np.uint8))
    out = []
    for y in range(reach, height - PATCH - reach, step):
        for x in range(reach, width - PATCH - reach, step):
            my, mx = y + PATCH // 2, x + PATCH // 2
            if room[my, mx]:
                out.append((float(corners[my - 6 : my + 7, mx - 6 : mx + 7].max()), x, y))
    out.sort(reverse=True)
    return [(x, y) for strong, x, y in out[:PATCHES] if strong > 1e-6]


def _peak(scores: Any, row: int, column: int) -> tuple[float, float]:
    """Where between pixels the highest score lies: the top of a parabola through it and its neighbours, each way."""

    def top(low: float, middle: float, high: float) -> float:
        bend = low - 2 * middle + high
        return 0.0 if bend >= -1e-9 else max(-0.5, min(0.5, 0.5 * (low - high) / bend))

    dy = top(*(float(scores[row + n, column]) for n in (-1, 0, 1))) if 0 < row < scores.shape[0] - 1 else 0.0
    dx = top(*(float(scores[row, column + n]) for n in (-1, 0, 1))) if 0 < column < scores.shape[1] - 1 else 0.0
    return dy, dx


def _simplest(before: Samples, after: Samples, pairs: tuple[Any, Any], flipped: bool, near: float) -> Aligned | None:
    """Of the transforms that the matches suggest, the simplest that about as many confirm as the best."""
    import cv2
    import numpy as np

    one, two = pairs
    tried: list[tuple[str, Any]] = []
    similar, _ = cv2.estimateAffinePartial2D(
        *((one * (-1, 1), two) if flipped else (one, two)), method=cv2.RANSAC, ransacReprojThreshold=near, maxIters=3000, confidence=0.999
    )
    if similar is not None:
        if flipped:
            similar = similar * np.array([[-1, 1, 1], [-1, 1, 1]])
        tried = [*_plain(before, after, similar, (one, two), flipped), ("similar", similar)]
    affine, _ = cv2.estimateAffine2D(one, two, method=cv2.RANSAC, ransacReprojThreshold=near, maxIters=3000, confidence=0.999)
    if affine is not None and _modest(affine):
        tried.append(("affine", affine))
    rests = []
    for kind, matrix in tried:
        off = np.hypot(*((one @ matrix[:, :2].T + matrix[:, 2]) - two).T)
        resting = off[off <= near]
        rests.append((len(resting), float(np.median(resting)) if len(resting) else near, kind, matrix))
    most = max((rest[0] for rest in rests), default=0)
    if most < max(LEAST_MATCHES, LEAST_RESTING * len(one)):
        return None
    good = [rest for rest in rests if rest[0] >= 0.93 * most]
    finest = min(rest[1] for rest in good)
    count, _, kind, matrix = next(rest for rest in good if rest[1] <= finest + FINE * near)  # half a pixel beside is not the same frame
    return Aligned(matrix, kind, flipped, count)


def _plain(before: Samples, after: Samples, similar: Any, pairs: tuple[Any, Any], flipped: bool) -> list[tuple[str, Any]]:
    """The same frame, a shift by whole pixels, the whole picture in another size: what most edits are."""
    import numpy as np

    sign = -1.0 if flipped else 1.0
    out: list[tuple[str, Any]] = []
    by = np.median(pairs[1] - pairs[0] * (sign, 1.0), axis=0)
    shift = np.array([[sign, 0, round(float(by[0]))], [0, 1, round(float(by[1]))]])
    still = before.shape == after.shape and np.array_equal(shift[:, 2], (after.shape[1] - 1.0 if flipped else 0.0, 0.0))
    out.append(("same frame" if still else "shifted", shift))
    x, y = after.shape[1] / before.shape[1], after.shape[0] / before.shape[0]
    stretched = np.array([[sign * x, 0, (x - 1) / 2], [0, y, (y - 1) / 2]])
    if flipped:
        stretched[0, 2] = after.shape[1] - 1 - (x - 1) / 2
    out.append(("stretched", stretched))
    return out


def _modest(matrix: Any) -> bool:
    """Whether a transform hardly shears: by less than three parts in a hundred."""
    import numpy as np

    sizes = np.linalg.svd(matrix[:, :2], compute_uv=False)
    return bool(sizes[1] > 1e-6 and sizes[0] / sizes[1] < 1.06)

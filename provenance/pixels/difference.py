"""What changed between two pictures: a map of repainted places, after place, tone and the noise of lossy saving are accounted for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provenance.pixels import lossy, tone
from provenance.pixels.align import Aligned, align, frame, framed, laid

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from provenance.pixels.load import Samples

    Mask = npt.NDArray[np.bool_]

METHOD = "blocks-residual/1"
LOSSLESS = 0.2  # of the pixels that both have, exactly equal: what differs there was changed by somebody, by however little
MOST_NOISE = 14.0  # grey levels between two pictures of one thing, beyond which an edit cannot be told from noise
LEAST_LEFT = 0.12  # of what both show: unchanged, so that it can carry the alignment
LEAST_AGREEING = 0.6  # of the textured blocks outside the map: those whose texture is the same
PLAIN = 0.5  # levels, in the best blocks: then no change of colour is looked for
LEAST_LEVELS = 3.0  # of 255; less is no edit in a lossy picture
FADE = 0.42  # of the strongest difference around
LOSS = 2.0  # times what saving changed around a place
DENSE = 0.5  # of the pixels around
SOFTNESS = (0.35, 0.45, 0.6, 0.8, 1.1)  # pixels, standard deviation
WEAK, STRONG = 1.0, 2.0  # times the tolerance: where a repainted place ends, and what it must have somewhere
SPECK = 12  # pixels; less is noise in a lossy picture
MOST_REGIONS = 200  # listed; all are counted


@dataclass(frozen=True)
class Region:
    """A connected place, in pixels of the later picture. left, top, width, height: of its bounding box. area: its pixels."""

    left: int
    top: int
    width: int
    height: int
    area: int


@dataclass(frozen=True, eq=False)
class Map:
    """How an earlier picture became a later one; areas in pixels of the later one.

    aligned: where it lies. measured: width and height of the frame in which they were compared. crop: left, top, width, height in the
    earlier picture's pixels that the later one takes in. tone: a change of colour all over. saved: the lossy saving that explains most,
    `lossy.Resaved.how`. noise: typical difference of unchanged places, in levels.
    mask: (height, width) of bool, repainted. regions: largest first, MOST_REGIONS at most. count: of all. repainted, added (canvas that the
    earlier picture does not reach), unchanged: areas; together, the later picture.
    """

    aligned: Aligned
    measured: tuple[int, int]
    crop: tuple[int, int, int, int]
    tone: tone.Tone
    saved: str
    noise: float
    mask: Mask
    regions: tuple[Region, ...]
    count: int
    repainted: int
    added: int
    unchanged: int


@dataclass(frozen=True)
class CannotCompare:
    """No map. why: "too small", "no common ground", "too few matches", "scale beyond bounds", "agreement too low"."""

    why: str


def compare(before: Samples, after: Samples) -> Map | CannotCompare:
    """Map what changed.

    Args:
        before, after: (height, width, 3) of uint8, upright, opaque (`load.upright`, `load.opaque`).
    Returns:
        A map, or the reason for none: where the pictures do not agree well enough to tell what was changed, nothing is shown.
    """
    place = align(before, after)
    if isinstance(place, str):
        return CannotCompare(place)
    at = frame(after, place.scale)
    new = framed(after, at)
    old, inside = laid(before, at.onto(place.matrix, after), at)
    if not inside.any():
        return CannotCompare("no common ground")
    same = (old == new).all(axis=2) & inside
    exact = place.exact and at.by == 1.0
    if exact and same.sum() >= LOSSLESS * inside.sum():
        found = Residue(old, tone.NONE, "", 0.0)
        mask = _whole_places(~same & inside, 0) & inside
    else:
        old = old if exact else softened(old, new, inside)
        found = explained(old, new, inside, exact)
        mask = repainted(found, old, new, inside, exact)
    if found.noise > MOST_NOISE or (inside & ~mask).sum() < LEAST_LEFT * inside.sum():
        return CannotCompare("agreement too low")
    if found.noise > 0 and not _agree(found.shown, new, inside & ~mask):
        return CannotCompare("agreement too low")
    return _told(before, after, place, (at.width, at.height), found, (mask, inside))


@dataclass(frozen=True, eq=False)
class Residue:
    """What a change of colour and another saving explain. shown: (height, width, 3) of uint8, the earlier picture after both. change: of
    colour. saved: how, as `lossy.Resaved.how`. noise: levels by which unchanged places still differ."""

    shown: Samples
    change: tone.Tone
    saved: str
    noise: float


def explained(old: Samples, new: Samples, inside: Any, exact: bool) -> Residue:
    """The earlier picture made as like the later one as colour and saving can, for all of it alike."""
    import numpy as np

    plain = lossy.nearest(old, new, inside) if exact else None
    if plain is not None and plain.apart <= PLAIN:
        return Residue(plain.samples, tone.NONE, plain.how, max(plain.apart, 0.01))
    change = tone.fit(old, new, inside)
    if plain is None or change.kind != "none":
        plain = lossy.nearest(np.round(change.of(old)).astype(np.uint8), new, inside)
    return Residue(plain.samples, change, plain.how, max(plain.apart, 0.01))


def softened(old: Samples, new: Samples, inside: Any) -> Samples:
    """The earlier picture, scaled, as sharp as the later one: which filter scaled that is not known."""
    import cv2
    import numpy as np

    def blurred(one: Samples, sigma: float) -> Samples:
        return np.asarray(cv2.GaussianBlur(one, (0, 0), sigma), dtype=np.uint8)

    soft = [old, *(blurred(old, sigma) for sigma in SOFTNESS)]
    grey = cv2.cvtColor(old, cv2.COLOR_RGB2GRAY).astype(np.float32)
    busy = cv2.blur(np.abs(cv2.Laplacian(grey, cv2.CV_32F)), (17, 17))
    # on even ground any filter fits, and a lossy saving prefers the softest: only busy places tell
    telling = inside & (busy >= np.quantile(busy[inside], 0.6))
    apart = [float(np.quantile(cv2.absdiff(one, new).mean(axis=2)[telling], 0.4)) for one in soft]
    return soft[apart.index(min(apart))]


def repainted(found: Residue, old: Samples, new: Samples, inside: Any, exact: bool) -> Any:
    """(height, width) of bool: places that differ by more than colour, saving, scaling and half a pixel explain."""
    import cv2
    import numpy as np

    pictures = [found.shown, new, found.change.of(old)]
    if not exact:
        pictures = [cv2.GaussianBlur(one, (0, 0), 0.7) for one in pictures]
    clear = cv2.erode(inside.astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=1) > 0
    ratios = []
    # brightness at once; colour over 5x5, since most lossy files keep it at half the resolution
    for bands, blur, least in (((0,), (0, 0), LEAST_LEVELS), ((1, 2), (5, 5), LEAST_LEVELS + 1)):
        one, two, plain = (_bands(values, bands) for values in pictures)
        apart, loss = _distance(one, two, blur), _distance(plain, one, (9, 9))
        blurred = 0.0 if exact else _distance(plain, cv2.GaussianBlur(plain, (0, 0), 0.9), (5, 5))
        unsure = 1 + loss + blurred
        # where something was interpolated or recoloured, saving it again rounds other blocks than it did then: its loss comes twice
        floor = least + blurred + loss * (1 if exact and found.change.kind == "none" else LOSS) + found.change.spread
        ratios.append(apart / np.maximum(floor, 6 * _level(apart / unsure, clear) * unsure))
    near = np.maximum(*ratios)
    raw = cv2.GaussianBlur(np.abs(pictures[0].astype(np.float32) - pictures[1]).mean(axis=2), (0, 0), 0.8)
    # below it: the ringing of lossy saving, the blur of scaling, beside something strong
    edge = raw > FADE * cv2.dilate(raw, np.ones((13, 13), np.uint8))
    # of a place generated anew, differences come and go from pixel to pixel; beside a line they only fade
    dense = cv2.blur(((near > WEAK) & (raw > 0.6 * cv2.blur(raw, (9, 9)))).astype(np.float32), (9, 9)) > DENSE
    weak = ((near > WEAK) & edge | dense & (near > 0.5)) & clear
    return _whole_places(_holding(weak, (near > STRONG) & clear | dense), 2, SPECK) & inside


def _bands(samples: Any, which: tuple[int, ...]) -> Any:
    """(height, width, n) of float32: brightness (0) or the two differences of colour (1, 2) after ITU-R BT.601, in levels."""
    import cv2
    import numpy as np

    split = cv2.cvtColor(samples.astype(np.float32) / 255, cv2.COLOR_RGB2YCrCb)
    return np.ascontiguousarray(split[:, :, list(which)]) * np.float32(255)


def _distance(one: Any, two: Any, blur: tuple[int, int]) -> Any:
    """(height, width) of float32: of brightness, smoothed by about a pixel or averaged over `blur`; of colour, after averaging."""
    import cv2
    import numpy as np

    apart = (one - two.reshape(one.shape)).astype(np.float32)
    if apart.shape[2] == 1:
        return cv2.blur(np.abs(apart[..., 0]), blur) if blur[0] else cv2.GaussianBlur(np.abs(apart[..., 0]), (0, 0), 0.8)
    return np.hypot(*(cv2.blur(apart[..., n], blur) for n in (0, 1)))


def _level(ratio: Any, clear: Any) -> float:
    """The size of what is left where nothing was changed: of the blocks of 8x8, the one that 35 % stay below."""
    import cv2
    import numpy as np

    size = (max(1, ratio.shape[1] // 8), max(1, ratio.shape[0] // 8))
    blocks, whole = (cv2.resize(one.astype(np.float32), size, interpolation=cv2.INTER_AREA) for one in (ratio, clear))
    return float(np.quantile(blocks[whole > 0.99], 0.35)) if (whole > 0.99).any() else 0.0


def _holding(weak: Any, strong: Any) -> Any:
    """The connected places of `weak` that hold something of `strong`."""
    import cv2
    import numpy as np

    _, labels = cv2.connectedComponents(weak.astype(np.uint8), connectivity=8)
    kept = np.zeros(int(labels.max()) + 1, bool)
    kept[np.unique(labels[strong & weak])] = True
    kept[0] = False
    return kept[labels]


def _whole_places(mask: Any, reach: int, speck: int = 1) -> Any:
    """Places without the pinholes where old and new happen to be alike, and without specks."""
    import cv2
    import numpy as np

    closed = mask.astype(np.uint8)
    if reach:
        closed = _closed(closed, reach)
    _, holes, sizes, _ = cv2.connectedComponentsWithStats(1 - closed, connectivity=4)
    small = sizes[:, cv2.CC_STAT_AREA] <= 30 * reach + 4
    small[0] = False
    closed = closed | small[holes].astype(np.uint8)
    _, labels, sizes, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    kept = sizes[:, cv2.CC_STAT_AREA] >= speck
    kept[0] = False
    return kept[labels]


def _closed(mask: Any, reach: int) -> Any:
    import cv2

    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    padded = cv2.copyMakeBorder(mask, reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=0)
    return cv2.morphologyEx(padded, cv2.MORPH_CLOSE, around)[reach:-reach, reach:-reach]


def _agree(old: Any, new: Any, left: Any) -> bool:
    """Whether what the map leaves as unchanged has the same texture: else it would say "unchanged" of another picture."""
    import cv2
    import numpy as np

    fine = []
    for one in (old, new):
        grey = one.astype(np.float32).mean(axis=2)
        fine.append(cv2.GaussianBlur(grey, (0, 0), 1.0) - cv2.GaussianBlur(grey, (0, 0), 4.0))
    size = (max(1, left.shape[1] // 16), max(1, left.shape[0] // 16))

    def means(values: Any) -> Any:
        return cv2.resize(values, size, interpolation=cv2.INTER_AREA)

    one, two = means(fine[0] ** 2), means(fine[1] ** 2)
    textured = (means(left.astype(np.float32)) > 0.98) & (np.maximum(one, two) > 1.5**2)
    alike = means(fine[0] * fine[1]) / np.sqrt(one * two + 1e-6) >= 0.75
    count = int(textured.sum())
    return count < 8 or int((alike & textured).sum()) >= LEAST_AGREEING * count


def regions(mask: Any) -> tuple[tuple[Region, ...], int]:
    """The connected places of a mask, largest first, MOST_REGIONS at most, and how many there are in all."""
    import cv2
    import numpy as np

    count, _, found, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    order = np.argsort(-found[1:, cv2.CC_STAT_AREA], kind="stable")[:MOST_REGIONS] + 1
    return tuple(Region(*map(int, found[n])) for n in order), count - 1


def _told(
    before: Samples, after: Samples, place: Aligned, measured: tuple[int, int], residue: Residue, found: Sequence[Any]
) -> Map:
    import cv2

    height, width = after.shape[:2]
    mask, inside = (
        one if one.shape == (height, width) else cv2.resize(one.astype("uint8"), (width, height), interpolation=cv2.INTER_NEAREST) > 0
        for one in found
    )
    listed, count = regions(mask)
    area, added = int(mask.sum()), int((~inside).sum())
    crop = taken_in(before.shape, after.shape, place.matrix)
    return Map(
        place, measured, crop, residue.change, residue.saved, residue.noise, mask, listed, count, area, added, width * height - area - added
    )


def taken_in(before: Sequence[int], after: Sequence[int], matrix: Any) -> tuple[int, int, int, int]:
    """Left, top, width, height of the earlier picture's pixels that the later one takes in.

    Args:
        before, after: (height, width, ...) of the pictures. matrix: (2, 3), from centres of pixels of the first to those of the second.
    """
    import numpy as np

    right, below = after[1] - 0.5, after[0] - 0.5
    corners = np.array([[-0.5, right, -0.5, right], [-0.5, -0.5, below, below], [1, 1, 1, 1]], np.float64)
    back = (np.linalg.inv(np.vstack([matrix, [0, 0, 1]])) @ corners)[:2] + 0.5
    low = np.clip(np.round(back.min(axis=1)), 0, (before[1], before[0])).astype(int)
    high = np.clip(np.round(back.max(axis=1)), 0, (before[1], before[0])).astype(int)
    return int(low[0]), int(low[1]), max(0, int(high[0] - low[0])), max(0, int(high[1] - low[1]))

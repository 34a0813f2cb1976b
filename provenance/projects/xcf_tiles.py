"""The tiles of an XCF layer: hierarchy, first level, squares of 64 pixels in rows; plain, run lengths by channel, or zlib."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from provenance.projects.bounds import Budget, Cut, Data, Spent, inflated, number, take

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Samples = npt.NDArray[np.uint8]

SIDE = 64
MOST_SIDE = 524_288  # GIMP's own
PLAIN, RUNS, ZLIB = range(3)


class Walk(Protocol):
    """What is needed of `xcf.Walk`."""

    @property
    def data(self) -> Data: ...
    @property
    def budget(self) -> Budget: ...
    @property
    def packing(self) -> int: ...
    @property
    def colours(self) -> bytes: ...
    @property
    def wide(self) -> int: ...
    def pointer(self, at: int) -> int: ...


def picture(walk: Walk, at: int, size: tuple[int, int], form: str) -> Samples:
    """(height, width, 3 or 4) of a layer.

    Args:
        at: of its hierarchy. size: width, height. form: RGB, RGBA, L, LA, P or PA.
    Raises:
        Cut: damaged. Spent: too much, or packed as GIMP never did.
    """
    import numpy as np

    width, height = size
    depth = len(form)
    if not width or not height or max(size) > MOST_SIDE:
        raise Cut
    if walk.packing not in (PLAIN, RUNS, ZLIB):
        raise Spent("compression")
    walk.budget.picture(width, height)
    if (number(walk.data, at, 4), number(walk.data, at + 4, 4), number(walk.data, at + 8, 4)) != (width, height, depth):
        raise Cut
    level = walk.pointer(at + 12)
    if (number(walk.data, level, 4), number(walk.data, level + 4, 4)) != size:
        raise Cut
    across, down = -(-width // SIDE), -(-height // SIDE)
    table = take(walk.data, level + 8, (across * down + 1) * walk.wide)
    out = np.empty((height, width, depth), np.uint8)
    for place in range(across * down):
        x, y = place % across * SIDE, place // across * SIDE
        w, h = min(SIDE, width - x), min(SIDE, height - y)
        start, following = (int.from_bytes(table[part * walk.wide : (part + 1) * walk.wide], "big") for part in (place, place + 1))
        out[y : y + h, x : x + w] = _tile(walk, (start, following), (h, w, depth))
    return _shown(walk, out, form)


def _tile(walk: Walk, span: tuple[int, int], shape: tuple[int, int, int]) -> Samples:
    import numpy as np

    start, following = span
    length = shape[0] * shape[1] * shape[2]
    if walk.packing == PLAIN:
        return np.frombuffer(take(walk.data, start, length), np.uint8).reshape(shape)
    # the next tile's place bounds this one; GIMP itself reads half as much again as a tile's plain size
    most = length * 3 // 2 + 1024
    packed = walk.data[start : min(start + most, following) if following > start else start + most]
    if not start or not packed:
        raise Cut
    if walk.packing == ZLIB:
        walk.budget.step(16)
        return np.frombuffer(inflated(packed, length), np.uint8).reshape(shape)
    planes = _runs(packed, shape[0] * shape[1], shape[2], walk.budget)
    return np.ascontiguousarray(np.frombuffer(planes, np.uint8).reshape(shape[2], -1).T).reshape(shape)


def _runs(packed: bytes, pixels: int, depth: int, budget: Budget) -> bytes:
    """One channel after another. A byte 0 to 126: the next byte that many times and once more; 127: a count of two bytes, then the byte;
    128: a count of two bytes, then as many bytes; 129 to 255: 256 less that many bytes."""
    out, at, steps = bytearray(), 0, 0
    try:
        for channel in range(depth):
            end = (channel + 1) * pixels
            while len(out) < end:
                steps += 1
                code = packed[at]
                at += 1
                if code >= 128:
                    count = 256 - code
                    if code == 128:
                        count = packed[at] << 8 | packed[at + 1]
                        at += 2
                    out += packed[at : at + count]
                    at += count
                    if at > len(packed) or not count:
                        raise Cut
                else:
                    count = code + 1
                    if code == 127:
                        count = packed[at] << 8 | packed[at + 1]
                        at += 2
                    out += packed[at : at + 1] * count
                    at += 1
                    if at > len(packed) or not count:
                        raise Cut
            if len(out) != end:
                raise Cut
    except IndexError as error:
        raise Cut from error
    finally:
        budget.step(steps)
    return bytes(out)


def _shown(walk: Walk, out: Samples, form: str) -> Samples:
    """As red, green, blue and perhaps alpha."""
    import numpy as np

    if form in ("RGB", "RGBA"):
        return out
    alpha = out[:, :, 1:]
    if form[0] == "L":
        colours = np.repeat(out[:, :, :1], 3, axis=2)
    else:
        table = np.zeros((256, 3), np.uint8)
        given = np.frombuffer(walk.colours[:768], np.uint8)
        given = given[: len(given) // 3 * 3].reshape(-1, 3)[:256]
        table[: len(given)] = given
        colours = table[out[:, :, 0]]
    return np.concatenate([colours, alpha], axis=2) if alpha.shape[2] else colours

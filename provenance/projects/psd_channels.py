"""The channels of a Photoshop layer, 8 bits a sample: raw, PackBits, zlib, zlib of differences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from provenance.projects.bounds import MOST_SIDE, Budget, Cut, Data, Spent, inflated, take
from provenance.projects.project import Rect

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Samples = npt.NDArray[np.uint8]

Channel = tuple[int, int, int]  # id, offset of its compression, length with that
RAW, PACKBITS, ZIP, ZIP_DIFFERENCES = range(4)
ALPHA = -1


class Walk(Protocol):
    """What is needed of `psd_layers.Walk`."""

    @property
    def data(self) -> Data: ...
    @property
    def budget(self) -> Budget: ...
    @property
    def big(self) -> bool: ...
    def number(self, at: int, length: int, *, signed: bool = False) -> int: ...


def picture(walk: Walk, channels: tuple[Channel, ...], rect: Rect, colours: int) -> Samples:
    """(height, width, 3 or 4) of a layer; 4 where it has transparency.

    Args:
        colours: 3 for RGB, 1 for grey. Raises Cut: damaged, or a channel is not there. Spent: too much.
    """
    import numpy as np

    _, _, width, height = rect
    _within(width, height)
    walk.budget.picture(width, height)
    there = {channel[0]: channel for channel in channels}
    out = np.empty((height, width, 4 if ALPHA in there else 3), np.uint8)
    for ident in range(colours):
        if ident not in there:
            raise Cut
        out[:, :, ident] = _channel(walk, there[ident], width, height)
    if colours == 1:
        out[:, :, 1] = out[:, :, 2] = out[:, :, 0]
    if ALPHA in there:
        out[:, :, 3] = _channel(walk, there[ALPHA], width, height)
    return out


def grey(walk: Walk, channel: Channel, rect: Rect) -> Samples:
    """(height, width, 3) of one channel as a grey picture. Raises as `picture`."""
    import numpy as np

    _, _, width, height = rect
    _within(width, height)
    walk.budget.picture(width, height)
    return np.repeat(_channel(walk, channel, width, height)[:, :, None], 3, axis=2)


def _within(width: int, height: int) -> None:
    if max(width, height) > MOST_SIDE:
        raise Spent("too large")


def _channel(walk: Walk, channel: Channel, width: int, height: int) -> Samples:
    import numpy as np

    _, at, length = channel
    if length < 2:
        raise Cut
    packing, start, rest = walk.number(at, 2), at + 2, length - 2
    if packing == RAW:
        flat = take(walk.data, start, width * height)
    elif packing == PACKBITS:
        flat = _packbits(walk, start, rest, (width, height))
    elif packing in (ZIP, ZIP_DIFFERENCES):
        flat = inflated(take(walk.data, start, rest), width * height)
    else:
        raise Cut
    rows: Any = np.frombuffer(flat, np.uint8).reshape(height, width)
    return np.add.accumulate(rows, axis=1, dtype=np.uint8) if packing == ZIP_DIFFERENCES else rows


def _packbits(walk: Walk, at: int, length: int, size: tuple[int, int]) -> bytes:
    """A table of the rows' packed lengths, then the rows. Pillow's decoder takes them as one strip."""
    from PIL import Image

    table = size[1] * (4 if walk.big else 2)
    if length < table:
        raise Cut
    try:
        return Image.frombytes("L", size, take(walk.data, at + table, length - table), "packbits", "L").tobytes()
    except (ValueError, OSError, MemoryError) as error:
        raise Cut from error

"""An animated GIF, frame by frame, each with its own palette (GIF89a specification). One frame is in memory at a time."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable
from typing import TYPE_CHECKING, BinaryIO

from provenance.errors import Unavailable

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

LONGEST = 65_535  # hundredths of a second of one frame


def write(file: BinaryIO, frames: Iterable[tuple[Picture, int]], size: tuple[int, int]) -> int:
    """Write a film that is repeated for ever.

    Args:
        file: empty. frames: RGB pictures of `size` and how many ms each stays; hundredths of a second are what GIF can hold.
    Returns:
        The number of frames.
    """
    from PIL import Image

    file.write(b"GIF89a" + struct.pack("<HHBBB", *size, 0x70, 0, 0))
    file.write(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0")
    count = 0
    for picture, ms in frames:
        still = io.BytesIO()
        picture.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(still, "GIF", optimize=False, interlace=0)
        file.write(b"\x21\xf9\x04\x04" + struct.pack("<H", min(LONGEST, max(2, ms // 10))) + b"\0\0")
        file.write(_block(still.getvalue()))
        count += 1
    file.write(b"\x3b")
    return count


def _block(still: bytes) -> bytes:
    """The image block of a file with one picture, its palette made the picture's own. Raises Unavailable `film.encoder`."""
    if not still[10] & 0x80:
        raise Unavailable("film.encoder", why="GIF")
    entries = 2 << (still[10] & 7)
    at = 13 + 3 * entries
    palette = still[13:at]
    while still[at] == 0x21:  # extensions: introducer, label, sub-blocks
        at += 2
        while still[at]:
            at += 1 + still[at]
        at += 1
    if still[at] != 0x2C:
        raise Unavailable("film.encoder", why="GIF")
    descriptor, flags = still[at : at + 9], still[at + 9]
    if flags & 0x80:  # the encoder gave it a palette of its own already
        return still[at:-1]
    return descriptor + bytes([flags | 0x80 | (still[10] & 7)]) + palette + still[at + 10 : -1]

"""An animated WebP, frame by frame: RIFF `VP8X`, `ANIM`, and one `ANMF` for each frame (RFC 9649, section 2.7).

Pillow's own encoder holds all frames until the last; here three are in memory at most, so a long film costs no more than a short one.
"""

from __future__ import annotations

import io
import struct
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from PIL.Image import Image

QUALITY, METHOD = 82, 4
LONGEST = (1 << 24) - 1  # ms of one frame: a field of three bytes
AHEAD = 2  # frames that wait for the encoder: a long film costs no more memory than a short one
_ANIMATION = 0x02  # the flag of VP8X
_REPLACE = 0x02  # ANMF: not blended with what is below


def write(file: BinaryIO, frames: Iterable[tuple[Image, int]], size: tuple[int, int]) -> int:
    """Write a film that is repeated for ever.

    Args:
        file: seekable, empty. frames: RGB pictures of `size` and how many ms each stays.
    Returns:
        The number of frames.
    """
    canvas = _three(size[0] - 1) + _three(size[1] - 1)
    file.write(b"RIFF\0\0\0\0WEBP")
    file.write(_chunk(b"VP8X", bytes([_ANIMATION, 0, 0, 0]) + canvas))
    file.write(_chunk(b"ANIM", struct.pack("<IH", 0xFFFFFFFF, 0)))
    count = 0
    for still, ms in _encoded(frames):
        head = _three(0) + _three(0) + canvas + _three(min(ms, LONGEST)) + bytes([_REPLACE])
        file.write(_chunk(b"ANMF", head + still[12:]))
        count += 1
    end = file.tell()
    file.seek(4)
    file.write(struct.pack("<I", end - 8))
    file.seek(end)
    return count


def _encoded(frames: Iterable[tuple[Image, int]]) -> Iterator[tuple[bytes, int]]:
    """The frames as WebP, in their order. One is encoded while the next is drawn: the encoder lets go of the interpreter."""
    waiting: deque[tuple[Future[bytes], int]] = deque()
    with ThreadPoolExecutor(1, "prov-film") as pool:
        for picture, ms in frames:
            waiting.append((pool.submit(_still, picture), ms))
            if len(waiting) > AHEAD:
                done, stays = waiting.popleft()
                yield done.result(), stays
        while waiting:
            done, stays = waiting.popleft()
            yield done.result(), stays


def _still(picture: Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=QUALITY, method=METHOD)
    return out.getvalue()


def _three(value: int) -> bytes:
    return value.to_bytes(3, "little")


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) & 1)

"""What the pixels are: a small preview, a digest and a difference hash. Behind the capture, at low priority, never before it."""

from __future__ import annotations

import contextlib
import io
import queue
import struct
import threading
import warnings
from collections.abc import Callable
from pathlib import Path

from provenance import canon, facts
from provenance.capture.models import lower_priority
from provenance.daemon.known import Known
from provenance.errors import ProvError
from provenance.ledger.blobs import Blobs
from provenance.views.fold import unplain

MOST_PIXELS = 80_000_000
MOST_BYTES = 256 * 1024 * 1024
PREVIEW = 512
UNDESCRIBED = """
SELECT sha256, path FROM versions WHERE kind != 'file.imported/1' AND media_type LIKE 'image/%' AND parsed != 'unparsed'
AND sha256 NOT IN (SELECT sha256 FROM described) ORDER BY seq DESC LIMIT 10000
"""


def describe(data: bytes, of: str) -> tuple[facts.FileDescribed, bytes] | None:
    """Decode a picture once.

    Args:
        data: the whole file. of: its SHA-256.
    Returns:
        The fact and the preview's bytes (WebP, 512 pixels at most), or None for what Pillow cannot decode or what is too large.
    """
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data)) as picture:
                width, height = picture.size
                if width * height > MOST_PIXELS:
                    return None
                rgba = picture.convert("RGBA")
    except Exception:  # a decoder may raise anything on hostile bytes; the file is recorded already
        return None
    pixels = canon.sha256(struct.pack(">II", width, height) + rgba.tobytes())
    small = rgba.copy()
    small.thumbnail((PREVIEW, PREVIEW), Image.Resampling.BOX, reducing_gap=2)
    out = io.BytesIO()
    small.save(out, "WEBP", quality=80, method=2)
    preview = out.getvalue()
    fact = facts.FileDescribed(of=of, width=width, height=height, pixels=pixels, dhash=_dhash(small), preview=canon.sha256(preview))
    return fact, preview


def _dhash(picture: object) -> str:
    """64-bit difference hash: 9x8 grey pixels, each compared with its right neighbour, row by row, as 16 hex digits."""
    from PIL import Image

    assert isinstance(picture, Image.Image)
    grey = picture.convert("L").resize((9, 8), Image.Resampling.BOX).tobytes()
    bits = "".join("1" if grey[y * 9 + x] > grey[y * 9 + x + 1] else "0" for y in range(8) for x in range(8))
    return f"{int(bits, 2):016x}"


class Describer(threading.Thread):
    """A bounded queue of pictures to describe; what does not fit is left for later, the capture is never held up."""

    def __init__(self, blobs: Blobs, submit: Callable[[facts.FileDescribed, bytes], None]) -> None:
        super().__init__(name="describer", daemon=True)
        self._blobs, self._submit = blobs, submit
        self._queue: queue.Queue[tuple[str, str] | None] = queue.Queue(100_000)
        self._end = threading.Event()

    def offer(self, sha256: str, path: str) -> None:
        """Describe the picture with these bytes, from its kept copy or, while it is unchanged, from its path."""
        try:
            self._queue.put_nowait((sha256, path))
        except queue.Full:
            return

    def left_over(self, known: Known) -> None:
        """Offer what an earlier run did not come to."""
        for row in known.ask(UNDESCRIBED):
            self.offer(row["sha256"], unplain(row["path"]))

    def close(self, patience: float) -> None:
        """Describe what waits, for `patience` seconds at most, then end; what is left is described after the next start."""
        with contextlib.suppress(queue.Full):
            self._queue.put_nowait(None)
        if self.is_alive():
            self.join(patience)
            self._end.set()
            with contextlib.suppress(queue.Full):
                self._queue.put_nowait(None)
            self.join()

    def run(self) -> None:
        lower_priority()
        while not self._end.is_set() and (item := self._queue.get()) is not None:
            sha256, path = item
            data = load(self._blobs, sha256, path)
            with contextlib.suppress(ProvError, OSError, MemoryError):  # one picture without a preview; the next ones shall have theirs
                found = describe(data, sha256) if data else None
                if found is not None:
                    self._submit(*found)


def load(blobs: Blobs, sha256: str, path: str) -> bytes | None:
    """The bytes with this hash: the kept copy, else the file at `path` if it still has them; None otherwise."""
    try:
        if blobs.has(sha256):
            return blobs.get(sha256)
    except (OSError, ProvError):
        pass
    try:
        file = Path(path)
        if not file.is_file() or file.stat().st_size > MOST_BYTES:
            return None
        data = file.read_bytes()
    except (OSError, ValueError):
        return None
    return data if canon.sha256(data) == sha256 else None

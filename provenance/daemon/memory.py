"""Giving freed memory back to the system: an evening's pictures pass through the recorder, and it then runs for days."""

from __future__ import annotations

import contextlib
import ctypes
import sys


def give_back() -> None:
    """Ask the C library to return what was freed (glibc: man 3 malloc_trim). Nothing where there is no such call: musl, macOS, Windows.

    glibc keeps the buffers of decoded pictures for the thread that freed them, and a burst of pictures leaves many.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)

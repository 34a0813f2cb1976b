"""Bytes -> named texts and blobs. This room knows formats, not generators: a format is one file and one line in WALKERS."""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Callable
from types import MappingProxyType

from provenance.carriers import jpeg, png, sidecar, webp
from provenance.carriers.carrier import MAX_TEXT, Carrier, Container
from provenance.carriers.endmark import end_mark
from provenance.carriers.sniff import sniff
from provenance.carriers.window import Window

__all__ = ["MAX_TEXT", "WALKERS", "Carrier", "Container", "end_mark", "open_container", "sidecar"]

WALKERS: MappingProxyType[str, Callable[[Window], Container]] = MappingProxyType({"png": png.walk, "jpeg": jpeg.walk, "webp": webp.walk})

_SIZES = MappingProxyType({"gif": ("<HH", 6, False), "bmp": ("<ii", 18, False), "psd": (">II", 14, True)})


def open_container(
    head: bytes, *, size: int, tail: bytes | None = None, fetch: Callable[[int, int], bytes] | None = None
) -> Container:
    """What a file's container holds, by content alone.

    Args:
        head: the whole file, or its first part. size: of the whole file in bytes. tail: its last part, where head is not the whole.
        fetch: gives the bytes at (offset, length) of what lies between, where the file is still open.
    Returns:
        A Container, whatever the bytes are: this never raises. What could not be read is in its warnings; `partial` says that the
        middle of the file was not at hand.
    """
    window = Window(head, (tail or b"")[-size:] if size > 0 else b"", max(size, len(head)), fetch)
    media_type, name = sniff(head)
    try:
        walker = WALKERS.get(name)
        found = walker(window) if walker else Container(media_type, name, width=(wh := _size(name, head))[0], height=wh[1])
    except Exception as error:  # a defect here must not end a recording: the file is kept by its hash, and the warning says so
        found = Container(media_type, name, warnings=(f"failed {name} {type(error).__name__}",))
    complete = found.complete
    if complete is None:
        complete = end_mark(head, window.tail, window.size)
    warnings = found.warnings if window.whole else (*found.warnings, "partial")
    if complete is found.complete and warnings is found.warnings:
        return found
    return dataclasses.replace(found, complete=complete, warnings=warnings)


def _size(name: str, head: bytes) -> tuple[int | None, int | None]:
    """Width and height where they stand at a fixed place of the header; BMP heights are negative for rows from the top."""
    form, at, high_first = _SIZES.get(name, ("", 0, False))
    if not form or len(head) < at + struct.calcsize(form):
        return None, None
    first, second = (abs(number) for number in struct.unpack_from(form, head, at))
    return (second, first) if high_first else (first, second)

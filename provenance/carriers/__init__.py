"""Bytes -> named texts and blobs. This room knows formats, not generators: a format is one file and one line in WALKERS."""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Callable
from types import MappingProxyType

from provenance.carriers import (
    archive,
    bmff,
    c2pa,
    flac,
    gif,
    id3,
    jpeg,
    jxl,
    matroska,
    ogg,
    png,
    psd,
    riff,
    safetensors,
    sidecar,
    stealth,
    svg,
    tiff,
    webp,
    xmp,
)
from provenance.carriers.carrier import MAX_TEXT, Carrier, Container
from provenance.carriers.endmark import end_mark
from provenance.carriers.sniff import sniff
from provenance.carriers.window import Window

__all__ = ["MAX_TEXT", "WALKERS", "Carrier", "Container", "end_mark", "open_container", "sidecar"]

WALKERS: MappingProxyType[str, Callable[[Window], Container]] = MappingProxyType({
    "png": png.walk, "jpeg": jpeg.walk, "webp": webp.walk,
    "gif": gif.walk, "tiff": tiff.walk, "psd": psd.walk, "svg": svg.walk, "jxl": jxl.walk, "xmp": xmp.walk,
    "mp4": bmff.walk, "mov": bmff.walk, "m4a": bmff.walk, "avif": bmff.walk, "heif": bmff.walk,
    "webm": matroska.walk, "mkv": matroska.walk, "avi": riff.walk_avi,
    "flac": flac.walk, "ogg": ogg.walk, "mp3": id3.walk, "wav": riff.walk_wav,
    "safetensors": safetensors.walk, "kra": archive.walk, "ora": archive.walk,
})  # fmt: skip


def open_container(
    head: bytes, *, size: int, tail: bytes | None = None, fetch: Callable[[int, int], bytes] | None = None, deep: bool = False
) -> Container:
    """What a file's container holds, by content alone.

    Args:
        head: the whole file, or its first part. size: of the whole file in bytes. tail: its last part, where head is not the whole.
        fetch: gives the bytes at (offset, length) of what lies between, where the file is still open.
        deep: look for a text hidden in the pixels also where the file carries others, to compare them: tens of milliseconds.
    Returns:
        A Container, whatever the bytes are: this never raises. What could not be read is in its warnings; `partial` says that the
        middle of the file was not at hand.
    """
    window = Window(head, (tail or b"")[-size:] if size > 0 else b"", max(size, len(head)), fetch)
    media_type, name = sniff(head)
    try:
        walker = WALKERS.get(name)
        found = walker(window) if walker else _plain(media_type, name, head)
    except Exception as error:  # a defect here must not end a recording: the file is kept by its hash, and the warning says so
        found = Container(media_type, name, warnings=(f"failed {name} {type(error).__name__}",))
    found = c2pa.with_claim(found)
    found = stealth.with_hidden(window, found, deep)
    complete = found.complete
    if complete is None:
        complete = end_mark(head, window.tail, window.size)
    warnings = found.warnings if window.whole else (*found.warnings, "partial")
    if complete is found.complete and warnings is found.warnings:
        return found
    return dataclasses.replace(found, complete=complete, warnings=warnings)


def _plain(media_type: str, name: str, head: bytes) -> Container:
    """A container without a walker. Of a BMP the header says the size; its height is negative for rows from the top."""
    if name != "bmp" or len(head) < 26:
        return Container(media_type, name)
    width, height = struct.unpack_from("<ii", head, 18)
    return Container(media_type, name, width=abs(width), height=abs(height))

"""WebP (RFC 9649): the RIFF chunks that carry words, and the size of the picture."""

from __future__ import annotations

import struct

from provenance.carriers import exif, manifest, xmp
from provenance.carriers.carrier import MAX_TEXT, Container
from provenance.carriers.finds import Finds
from provenance.carriers.text import decode
from provenance.carriers.window import Window

MAX_CHUNKS = 100_000
_CARRYING = (b"EXIF", b"XMP ", b"C2PA")
_SIZED = (b"VP8X", b"VP8L", b"VP8 ")
_USUAL = frozenset((b"ANMF", b"ALPH", b"ANIM", b"ICCP", *_CARRYING, *_SIZED))


def walk(window: Window) -> Container:
    """Walk the chunks of a WebP to the end of the file, whatever the RIFF header says its length is.

    Returns:
        Container with carriers `exif:...`, `xmp`, `c2pa`. A chunk that claims to be longer than the file gives what there is; a
        missing padding byte, a stray `Exif\\0\\0`, bytes behind the RIFF end are warnings.
    """
    finds, size = Finds(), None
    declared = struct.unpack("<I", window.get(4, 4))[0] + 8 if window.size >= 12 else 0
    if declared > window.size:
        finds.warn("webp.riff-length")
    pos, chunks = 12, 0
    head, at_hand = window.head, len(window.head)
    while pos + 8 <= window.size:
        header = head[pos : pos + 8] if pos + 8 <= at_hand else window.get(pos, 8)
        kind, length = header[:4], int.from_bytes(header[4:8], "little")
        if chunks >= MAX_CHUNKS:
            finds.warn("webp.too-many-chunks")
            break
        if len(header) < 8 or not _named(kind):
            finds.warn(f"webp.garbage @{pos}" if header else f"webp.not-at-hand @{pos}")
            break
        if 8 < declared <= pos:
            finds.warn(f"webp.after-riff {decode(kind)}@{pos}")
        if pos + 8 + length > window.size:
            finds.warn(f"webp.chunk-length {decode(kind)}@{pos}")
            length = window.size - pos - 8
        if kind in _CARRYING:
            _take(finds, kind, window.get(pos + 8, length), f"{decode(kind)}@{pos}", length)
        elif kind in _SIZED and size is None:
            size = _size(kind, window.get(pos + 8, min(length, 10)))
        pos += 8 + length
        if length & 1:
            pos = _padded(window, pos, finds)
        chunks += 1
    width, height = size or (None, None)
    return Container("image/webp", "webp", None, width, height, tuple(finds.carriers), finds.warnings)


def _named(kind: bytes) -> bool:
    return kind in _USUAL or all(0x20 <= byte < 0x7F for byte in kind)


def _padded(window: Window, end: int, finds: Finds) -> int:
    """A chunk of odd length is padded to even, except by writers that forget it."""
    if end >= window.size:
        return end
    after = window.get(end, 5)
    if len(after) == 5 and after[0] != 0 and _named(after[:4]):
        finds.warn(f"webp.padding @{end}")
        return end
    return end + 1


def _take(finds: Finds, kind: bytes, body: bytes, place: str, length: int) -> None:
    if len(body) < length or length > MAX_TEXT:
        finds.warn(f"webp.not-at-hand {place}")
    elif kind == b"EXIF":
        exif.read(body, finds)
    elif kind == b"XMP ":
        xmp.add(finds, body)
    elif manifest.is_store(body):
        finds.add("c2pa", body)
    else:
        finds.warn(f"webp.not-c2pa {place}")


def _size(kind: bytes, body: bytes) -> tuple[int, int] | None:
    """Canvas (VP8X), or picture: lossless (RFC 9649 3.4) or lossy (RFC 6386 9.1)."""
    if len(body) < 5 or (kind != b"VP8L" and len(body) < 10):
        return None
    if kind == b"VP8X":
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1) if body[0] == 0x2F else None
    if body[3:6] != b"\x9d\x01\x2a":
        return None
    wide, high = struct.unpack_from("<HH", body, 6)
    return wide & 0x3FFF, high & 0x3FFF

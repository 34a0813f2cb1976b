"""JPEG XL (ISO/IEC 18181-2): Exif, XMP and JUMBF boxes of the container; a bare codestream holds no words."""

from __future__ import annotations

from provenance.carriers import exif, manifest, xmp
from provenance.carriers.carrier import MAX_TEXT, Container
from provenance.carriers.finds import Finds
from provenance.carriers.text import decode
from provenance.carriers.window import Window

MAX_BOXES = 10_000
_CARRYING = (b"Exif", b"xml ", b"jumb", b"brob")
_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))  # of width to height, ISO/IEC 18181-1 D.2
_FIELDS = (9, 13, 18, 30)


def walk(window: Window) -> Container:
    """Walk the boxes of a JPEG XL file.

    Returns:
        Container with carriers `exif:...`, `xmp`, `xmp:...`, `c2pa`; width and height as the codestream says. Boxes packed with Brotli
        (`brob`) are told by `jxl.brotli <kind>`, their content is not read.
    """
    finds = Finds()
    if window.get(0, 2) == b"\xff\x0a":
        width, height = _size(window.get(2, min(10, window.size - 2)))
        return Container("image/jxl", "jxl", None, width, height)
    pos, size = 0, None
    for _ in range(MAX_BOXES):
        header = window.get(pos, min(16, max(0, window.size - pos)))
        if len(header) < 8:
            if pos != window.size:
                finds.warn(f"jxl.cut @{pos}" if window.whole else f"jxl.not-at-hand @{pos}")
            break
        length, kind, start = int.from_bytes(header[:4], "big"), header[4:8], pos + 8
        if length == 1 and len(header) == 16:
            length, start = int.from_bytes(header[8:16], "big"), pos + 16
        end = window.size if length == 0 else pos + length
        if end < start or end > window.size:
            finds.warn(f"jxl.box-length {decode(kind)}@{pos}")
            break
        if kind in _CARRYING:
            _take(finds, kind, window, pos, start, end)
        elif kind in (b"jxlc", b"jxlp") and size is None:
            lead = start + (4 if kind == b"jxlp" else 0)
            stream = window.get(lead, min(12, max(0, end - lead)))
            size = _size(stream[2:]) if stream[:2] == b"\xff\x0a" else None
        pos = end
    else:
        finds.warn("jxl.too-many-boxes")
    width, height = size or (None, None)
    return Container("image/jxl", "jxl", None, width, height, tuple(finds.carriers), finds.warnings)


def _take(finds: Finds, kind: bytes, window: Window, pos: int, start: int, end: int) -> None:
    if kind == b"brob":
        finds.warn(f"jxl.brotli {decode(window.get(start, min(4, end - start)))}@{pos}")
        return
    body = window.get(start, end - start) if end - start <= MAX_TEXT else b""
    if not body:
        finds.warn(f"jxl.not-at-hand {decode(kind)}@{pos}")
    elif kind == b"Exif":
        exif.read(body[4 + int.from_bytes(body[:4], "big") :], finds)  # the offset of the TIFF header stands before it
    elif kind == b"xml ":
        xmp.add(finds, body)
    elif manifest.is_store(whole := window.get(pos, end - pos)):
        finds.add("c2pa", whole)


def _size(stream: bytes) -> tuple[int, int] | tuple[None, None]:
    """SizeHeader (ISO/IEC 18181-1 D.2), bits from the lowest: the height, then the width or its ratio to it."""
    bits, at = int.from_bytes(stream, "little"), 0

    def take(count: int) -> int:
        nonlocal bits, at
        value = bits & ((1 << count) - 1)
        bits >>= count
        at += count
        return value

    small = take(1)

    def side() -> int:
        return 8 * (take(5) + 1) if small else take(_FIELDS[take(2)]) + 1

    height = side()
    ratio = take(3)
    width = side() if ratio == 0 else height * _RATIOS[ratio - 1][0] // _RATIOS[ratio - 1][1]
    return (width, height) if at <= 8 * len(stream) else (None, None)

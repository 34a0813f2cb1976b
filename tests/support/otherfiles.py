"""Builders of small files that are neither PNG, JPEG nor WebP."""

from __future__ import annotations

import struct
from collections.abc import Sequence


def gif(size: tuple[int, int] = (1, 1), comment: str = "") -> bytes:
    """A one-colour GIF89a, with a comment extension if given."""
    words = comment.encode("latin-1")[:255]
    extension = b"!\xfe" + bytes((len(words),)) + words + b"\x00" if words else b""
    frame = b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02D\x01\x00"
    return b"GIF89a" + struct.pack("<HHBBB", *size, 0x80, 0, 0) + b"\x00\x00\x00\xff\xff\xff" + extension + frame + b";"


def box(kind: bytes, body: bytes = b"") -> bytes:
    """One ISO base media box (ISO/IEC 14496-12, 4.2)."""
    return struct.pack(">I", len(body) + 8) + kind + body


def isobmff(brand: bytes = b"isom", boxes: Sequence[bytes] = ()) -> bytes:
    """A file of boxes: ftyp with the brand, then those given, else an empty moov and mdat."""
    rest = b"".join(boxes) if boxes else box(b"moov", b"\x00" * 8) + box(b"mdat", b"\x01" * 16)
    return box(b"ftyp", brand + b"\x00\x00\x02\x00" + brand) + rest

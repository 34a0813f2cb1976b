"""JPEG (ITU-T T.81): the marker segments before the scan. Extended XMP, EXIF and JUMBF that are split over segments are put together."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field

from provenance.carriers import exif, manifest, photoshop, xmp
from provenance.carriers.carrier import MAX_TEXT, Container
from provenance.carriers.finds import Finds
from provenance.carriers.text import decode
from provenance.carriers.window import Window

MAX_SEGMENTS = 20_000
TAIL = 65_536  # bytes behind the picture may follow EOI; it is looked for in the last 64 KiB
_EXIF = b"Exif\x00\x00"
_XMP = b"http://ns.adobe.com/xap/1.0/\x00"
_XMP_MORE = b"http://ns.adobe.com/xmp/extension/\x00"
_8BIM = re.compile(rb"Photoshop 3\.0\x00|Adobe_Photoshop2\.5:|(?=8BIM)")
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset((0x01, *range(0xD0, 0xD9)))
_FILL = re.compile(rb"\xff+")
_segment, _rest = struct.Struct(">BBH").unpack_from, struct.Struct(">BH").unpack_from


@dataclass
class _Parts:
    """What is split over segments, until the walk is over. exif: pieces of one TIFF block; resources: pieces of Photoshop's resources;
    more: GUID -> full length and (offset, piece); jumbf: box instance -> (sequence number, piece)."""

    exif: list[bytes] = field(default_factory=list)
    resources: list[bytes] = field(default_factory=list)
    more: dict[bytes, tuple[int, list[tuple[int, bytes]]]] = field(default_factory=dict)
    jumbf: dict[int, list[tuple[int, memoryview]]] = field(default_factory=dict)


def walk(window: Window) -> Container:
    """Walk the segments of a JPEG up to its first scan.

    Returns:
        Container with carriers `exif:...`, `xmp`, `xmp:...`, `xmp:extended`, `COM`, `APP13:8BIM` (blobs), `iptc:...`, `c2pa` (a blob);
        complete when EOI stands in the last 64 KiB behind the start of the scan.
    """
    finds, parts, size = Finds(), _Parts(), None
    data, scan = window.head, None
    for marker, start, length in segments(data, finds):
        if marker == 0xDA:
            scan = start
            break
        if marker in _FRAMES and length >= 5 and size is None:
            size = int.from_bytes(data[start + 3 : start + 5], "big"), int.from_bytes(data[start + 1 : start + 3], "big")
        elif marker == 0xEB:
            _exif(finds, parts)
            _box(parts, memoryview(data)[start : start + length])
        elif marker in (0xE1, 0xED, 0xFE):
            _take(finds, parts, marker, data[start : start + length], start - 4)
    _together(finds, parts)
    width, height = size or (None, None)
    complete = scan is not None and data.rfind(b"\xff\xd9", max(scan, len(data) - TAIL)) >= 0
    return Container("image/jpeg", "jpeg", complete if window.whole else None, width, height, tuple(finds.carriers), finds.warnings)


def segments(data: bytes, finds: Finds) -> list[tuple[int, int, int]]:
    """(marker, offset of the body, its length) of each segment, the first scan (0xDA) or the end of the picture being the last.

    Bytes between segments are passed over as decoders do, and told; a segment longer than the file ends the walk.
    """
    out: list[tuple[int, int, int]] = []
    pos, end = 2, len(data)
    while pos + 4 <= end and len(out) < MAX_SEGMENTS:
        first, marker, length = _segment(data, pos)
        if first != 0xFF:
            finds.warn("jpeg.garbage")
            pos = data.find(b"\xff", pos)
            if pos < 0:
                break
            continue
        pos += 1
        if marker == 0xFF and (fill := _FILL.match(data, pos)):
            pos = fill.end()
            if pos + 3 > end:
                break
            marker, length = _rest(data, pos)
        if marker == 0xD9:
            break
        if marker in _ALONE or marker == 0:
            pos += 1
            out.append((marker, pos, 0))
            continue
        if marker == 0xDA or length < 2 or pos + 1 + length > end:
            if marker != 0xDA:
                finds.warn(f"jpeg.segment-length {marker:02X}@{pos - 1}")
            else:
                out.append((marker, pos + 3, 0))
            break
        out.append((marker, pos + 3, length - 2))
        pos += 1 + length
    if len(out) >= MAX_SEGMENTS:
        finds.warn("jpeg.too-many-segments")
    return out


def _take(finds: Finds, parts: _Parts, marker: int, body: bytes, at: int) -> None:
    if marker == 0xE1 and body.startswith(_EXIF):
        if body.startswith((b"II", b"MM", _EXIF), 6):  # else more than 64 KiB of EXIF goes on in this segment
            _exif(finds, parts)
        parts.exif.append(body[6:])
        return
    _exif(finds, parts)
    if marker == 0xFE:
        finds.add("COM", body, decode(body.rstrip(b"\x00")))
    elif marker == 0xED:
        head = _8BIM.match(body)
        if head or b"8BIM" in body[:64]:
            finds.add("APP13:8BIM", body)
        if head:
            parts.resources.append(body[head.end() :])
    elif body.startswith(_XMP):
        packet = body[len(_XMP) :]
        xmp.add(finds, packet)
    elif body.startswith(_XMP_MORE) and len(body) >= len(_XMP_MORE) + 40:
        rest = body[len(_XMP_MORE) :]
        full, offset = int.from_bytes(rest[32:36], "big"), int.from_bytes(rest[36:40], "big")
        parts.more.setdefault(rest[:32], (full, []))[1].append((offset, rest[40:]))
    elif not body.startswith(b"http://ns.adobe.com/"):
        finds.warn(f"jpeg.app1 @{at}")


def _box(parts: _Parts, body: memoryview) -> None:
    """A piece of a JUMBF box, not copied: a manifest with its thumbnails reaches a megabyte, and is copied once, when it is whole."""
    if bytes(body[:2]) == b"JP" and len(body) > 16:
        parts.jumbf.setdefault(int.from_bytes(body[2:4], "big"), []).append((int.from_bytes(body[4:8], "big"), body[8:]))


def _exif(finds: Finds, parts: _Parts) -> None:
    if parts.exif:
        exif.read(b"".join(parts.exif), finds)
        parts.exif.clear()


def _together(finds: Finds, parts: _Parts) -> None:
    _exif(finds, parts)
    if parts.resources:
        photoshop.read(b"".join(parts.resources), finds)
    for full, found in parts.more.values():
        _extended(finds, full, sorted(found))
    for numbered in parts.jumbf.values():
        alike = len({number for number, _ in numbered}) < len(numbered)  # no writer numbers two pieces alike
        _jumbf(finds, sorted(numbered, key=lambda piece: (piece[0], bytes(piece[1]) if alike else b"")))


def _jumbf(finds: Finds, numbered: list[tuple[int, memoryview]]) -> None:
    """One box from its pieces by sequence number (ISO 19566-5 annex D): each later piece repeats the header of the box, which goes."""
    first = numbered[0][1]
    if not manifest.is_store(bytes(first[:64])):
        return
    repeated = 16 if bytes(first[:4]) == b"\x00\x00\x00\x01" else 8
    whole = b"".join([first, *(piece[repeated:] if bytes(piece[4:8]) == b"jumb" else piece for _, piece in numbered[1:])])
    if len(whole) < int.from_bytes(first[8:16] if repeated == 16 else first[:4], "big"):
        finds.warn("jpeg.jumbf-cut")
    finds.add("c2pa", whole)


def _extended(finds: Finds, full: int, pieces: list[tuple[int, bytes]]) -> None:
    """Extended XMP (XMP part 3, 1.1.3.1): pieces of one GUID by offset. A hole ends the text, and is told."""
    out = bytearray()
    for offset, piece in pieces:
        if offset > len(out) or len(out) > MAX_TEXT:
            break
        out[offset : offset + len(piece)] = piece
    if len(out) != full:
        finds.warn("jpeg.xmp-extended")
    if out:
        xmp.add(finds, bytes(out), "xmp:extended")

"""Items of a meta box (ISO/IEC 14496-12, 8.11; HEIF ISO/IEC 23008-12; AVIF): EXIF and XMP of a picture, and its size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from provenance.carriers import exif
from provenance.carriers.bmff_boxes import children
from provenance.carriers.finds import MAX_EXIF
from provenance.carriers.taker import Taker
from provenance.carriers.text import decode

MAX_META = 8 * 1024 * 1024  # of the boxes that describe items; a collection of a thousand tiles needs a hundred thousand bytes
MAX_ITEMS = 20_000
MAX_WORDS = 256  # of them that are read
MAX_EXTENTS = 256
_WORDS = (b"Exif", b"mime", b"uri ")


@dataclass(frozen=True)
class _Place:
    """Where an item's bytes stand. method: 0 in the file, 1 in the meta box's idat, 2 in another item."""

    method: int
    extents: tuple[tuple[int, int], ...]


def read(taker: Taker, start: int, length: int) -> tuple[int, int] | None:
    """Add the words that a file-level meta box points to: `exif:...` of Exif items, `xmp` of mime items with RDF.

    Args:
        taker: takes texts and warnings. start, length: of the box's body.
    Returns:
        Width and height of the primary picture, or None where the box says nothing of it.
    """
    body = taker.window.get(start, min(length, MAX_META))
    if not body:
        taker.finds.warn(f"mp4.not-at-hand meta@{start}")
        return None
    if length > MAX_META:
        taker.finds.warn(f"text-long meta@{start}")
    parts: dict[bytes, tuple[int, int]] = {}
    for kind, at, stop in children(body, 4, len(body)):
        parts.setdefault(kind, (at, stop))
    wanted = dict(_infos(body, *parts[b"iinf"])) if b"iinf" in parts else {}
    places = dict(_locations(body, *parts[b"iloc"], frozenset(wanted))) if wanted and b"iloc" in parts else {}
    idat = parts.get(b"idat", (0, 0))
    for item, (kind, content) in islice(wanted.items(), MAX_WORDS):
        place = places.get(item)
        raw = _content(taker, body, idat, place, f"{decode(kind)}@{item}") if place else b""
        if raw and kind == b"Exif":
            _exif(taker, raw)
        elif raw and content == "application/rdf+xml":
            taker.packet(raw.rstrip(b"\x00"))
    return _size(body, parts)


def _number(body: bytes, pos: int, size: int) -> int:
    return int.from_bytes(body[pos : pos + size], "big")


def _infos(body: bytes, at: int, end: int) -> Iterator[tuple[int, tuple[bytes, str]]]:
    """(item, (type, content type)) of the items that may hold words: infe of versions 2 and 3, and of 0 and 1, which are all mime."""
    first = at + (6 if body[at : at + 1] == b"\x00" else 8)
    for count, (kind, start, stop) in enumerate(children(body, first, end)):
        if count >= MAX_ITEMS:
            return
        if kind != b"infe" or stop - start < 8:
            continue
        version = body[start]
        if version < 2:
            item, kind, names = _number(body, start + 4, 2), b"mime", start + 8
        else:
            wide = 2 if version == 2 else 4
            item = _number(body, start + 4, wide)
            kind, names = body[start + 6 + wide : start + 10 + wide], start + 10 + wide
        if kind in _WORDS:
            texts = body[names:stop].split(b"\x00", 2)
            yield item, (kind, decode(texts[1]).strip().lower() if len(texts) > 1 else "")


def _locations(body: bytes, at: int, end: int, wanted: frozenset[int]) -> Iterator[tuple[int, _Place]]:
    """(item, its place) of the wanted items, by an iloc of version 0, 1 or 2 (14496-12, 8.11.3)."""
    version, sizes = _number(body, at, 1), _number(body, at + 4, 2)
    offset_size, length_size, base_size, index_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15, sizes & 15 if version else 0
    wide = 4 if version == 2 else 2
    count, pos = _number(body, at + 6, wide), at + 6 + wide
    if max(offset_size, length_size, base_size, index_size) > 8:
        return
    for _ in range(min(count, MAX_ITEMS)):
        if pos + wide + 4 > end:
            return
        item, pos = _number(body, pos, wide), pos + wide
        method = 0
        if version:
            method, pos = _number(body, pos, 2) & 15, pos + 2
        pos += 2  # data reference: 0 is this file
        base, pos = _number(body, pos, base_size), pos + base_size
        extents, pos = _number(body, pos, 2), pos + 2
        step = index_size + offset_size + length_size
        if item in wanted:
            found = []
            for n in range(min(extents, MAX_EXTENTS)):
                place = pos + n * step + index_size
                found.append((base + _number(body, place, offset_size), _number(body, place + offset_size, length_size)))
            yield item, _Place(method, tuple(found))
        pos += extents * step


def _content(taker: Taker, body: bytes, idat: tuple[int, int], place: _Place, name: str) -> bytes:
    """An item's bytes, its extents put together; b"" and a warning where they are too many or not at hand."""
    total = sum(length for _, length in place.extents)
    if place.method > 1 or not taker.room(name, min(total, MAX_EXIF + 1)) or total > MAX_EXIF:
        taker.finds.warn(f"heif.item {name}")
        return b""
    pieces = []
    for offset, length in place.extents:
        if place.method:
            at = idat[0] + offset
            length = length or max(0, idat[1] - at)
            piece = body[at : min(at + length, idat[1])]
        else:
            length = length or max(0, min(taker.window.size - offset, MAX_EXIF))
            piece = taker.window.get(offset, length)
        if len(piece) < length:
            taker.finds.warn(f"heif.item {name}")
        pieces.append(piece)
    return b"".join(pieces)


def _exif(taker: Taker, raw: bytes) -> None:
    """An Exif item: the offset of the TIFF header behind these four bytes, `Exif\\0\\0` or nothing, the header (23008-12, A.2.1)."""
    skipped = int.from_bytes(raw[:4], "big")
    block = raw[4 + skipped :]
    if not block.startswith((b"II", b"MM")):
        block = raw[10:] if raw[4:10] == b"Exif\x00\x00" else raw if raw.startswith((b"II", b"MM")) else raw[4:]
    exif.read(block, taker.finds)


def _size(body: bytes, parts: dict[bytes, tuple[int, int]]) -> tuple[int, int] | None:
    """The ispe property that the primary item is associated with; where none is, the largest."""
    if b"iprp" not in parts:
        return None
    properties: list[tuple[int, int] | None] = []
    links: tuple[int, int] | None = None
    for kind, at, end in children(body, *parts[b"iprp"]):
        if kind == b"ipco":
            properties = [_extent(body, start) if name == b"ispe" and stop - start >= 12 else None for name, start, stop in
                          children(body, at, end)]  # fmt: skip
        elif kind == b"ipma" and links is None:
            links = at, end
    sizes = [found for found in properties if found]
    if links and b"pitm" in parts:
        at = parts[b"pitm"][0]
        primary = _number(body, at + 4, 2 if body[at : at + 1] == b"\x00" else 4)
        for index in _associated(body, *links, primary):
            if 1 <= index <= len(properties) and (found := properties[index - 1]):
                return found
    return max(sizes, key=lambda size: size[0] * size[1], default=None)


def _extent(body: bytes, at: int) -> tuple[int, int]:
    return _number(body, at + 4, 4), _number(body, at + 8, 4)


def _associated(body: bytes, at: int, end: int, item: int) -> tuple[int, ...]:
    """Numbers of the properties of one item by ipma (23008-12, 9.3.1)."""
    wide, long = (2 if body[at : at + 1] == b"\x00" else 4), (2 if _number(body, at + 1, 3) & 1 else 1)
    pos = at + 8
    for _ in range(min(_number(body, at + 4, 4), MAX_ITEMS)):
        if pos + wide + 1 > end:
            break
        found, count = _number(body, pos, wide), body[pos + wide]
        pos += wide + 1
        if found == item:
            mask = 0x7FFF if long == 2 else 0x7F
            return tuple(_number(body, pos + n * long, long) & mask for n in range(count))
        pos += count * long
    return ()

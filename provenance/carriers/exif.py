"""EXIF: a tolerant walk over TIFF directories (TIFF 6.0 section 2, CIPA DC-008), for the tags that carry words."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from types import MappingProxyType

from provenance.carriers.exif_damage import Damage
from provenance.carriers.finds import Finds
from provenance.carriers.text import decode
from provenance.carriers.usercomment import comment_text

MAX_IFDS = 8
MAX_ENTRIES = 4_000
EXIF_IFD, USER_COMMENT = 0x8769, 0x9286
NAMES = MappingProxyType({
    0x010D: "DocumentName", 0x010E: "ImageDescription", 0x010F: "Make", 0x0110: "Model", 0x0131: "Software", 0x0132: "DateTime",
    0x013B: "Artist", 0x013C: "HostComputer", 0x8298: "Copyright", 0x9003: "DateTimeOriginal", 0x9004: "DateTimeDigitized",
    0x9010: "OffsetTime", 0x9011: "OffsetTimeOriginal", 0x9012: "OffsetTimeDigitized", 0x927C: "MakerNote",
    USER_COMMENT: "UserComment", 0x9290: "SubSecTime", 0x9291: "SubSecTimeOriginal", 0x9292: "SubSecTimeDigitized",
    0x9C9B: "XPTitle", 0x9C9C: "XPComment", 0x9C9D: "XPAuthor", 0x9C9E: "XPKeywords", 0x9C9F: "XPSubject",
    0xA430: "CameraOwnerName", 0xA431: "BodySerialNumber", 0xA433: "LensMake", 0xA434: "LensModel", 0xA435: "LensSerialNumber",
    0xA436: "ImageTitle", 0xA437: "Photographer", 0xA438: "ImageEditor", 0xA439: "CameraFirmware", 0xA43A: "RAWDevelopingSoftware",
    0xA43B: "ImageEditingSoftware", 0xA43C: "MetadataEditingSoftware",
})  # fmt: skip
_ANY_TYPE = frozenset((0x010D, 0x010E, 0x010F, 0x0110, 0x0131, 0x013B, 0x8298, USER_COMMENT, *range(0x9C9B, 0x9CA0)))
"""Tags whose value is words whatever type the writer gave them."""
_MAKER_NOTE = 0x927C  # a camera's, in the Exif directory, is no text; in IFD0 Fooocus writes the name of its scheme there
_STRAY = re.compile(rb"(?:Exif\x00\x00)++")
_WINDOWS = frozenset(range(0x9C9B, 0x9CA0))  # UTF-16LE in BYTEs
_ENTRIES = MappingProxyType({"<": struct.Struct("<HHII").iter_unpack, ">": struct.Struct(">HHII").iter_unpack})
_TEXT_TYPES = (2, 129)  # ASCII, and UTF-8 of Exif 3.0
SIZES = MappingProxyType({1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8, 129: 1})
"""Bytes of one item of each type; 16 to 18 are BigTIFF's."""


@dataclass
class _Walk:
    """block: from the byte-order mark on; order: "<" or ">"; allowance: bytes that values may still copy, because
    entries may overlap."""

    block: bytes
    order: str
    finds: Finds
    allowance: int
    damage: Damage
    entries: int = 0


def read(block: bytes, finds: Finds) -> None:
    """Add the text tags of an EXIF block to `finds` as `exif:IFD0.Make`, `exif:Exif.UserComment`, `exif:IFD0.C614` (other text tags).

    Args:
        block: a TIFF header and its directories; an `Exif\\0\\0` that has no place there is passed over, and told.
        finds: takes the carriers and the warnings. GPS directories are never read.
    """
    if finds.exif_blocks <= 0:
        finds.warn("exif.too-many-blocks")
        return
    finds.exif_blocks -= 1
    if stray := _STRAY.match(block):
        finds.warn("exif.prefix")
        block = block[stray.end() :]
    if len(block) > finds.exif_bytes:
        finds.warn(f"exif.long {len(block)}")
        block = block[: finds.exif_bytes]
    finds.exif_bytes -= len(block)
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    walk = _Walk(block, order or ">", finds, 2 * len(block) + 65_536, Damage(block))
    if order is None or len(block) < 8:
        finds.warn("exif.header")
    else:
        _directories(walk)
    for name, start, end in walk.damage.uncovered():
        finds.warn(f"exif.uncovered {name}@{start}")
        finds.add("exif:raw", block[start:end], decode(block[start:end]))


def carries_words(directory: str, tag: int, kind: int) -> bool:
    """Whether a tag of this type in this directory (`IFD0`, `Exif`, ...) is read."""
    return tag in _ANY_TYPE or kind in _TEXT_TYPES or (tag == _MAKER_NOTE and directory.startswith("IFD"))


def tag_name(tag: int) -> str:
    """The tag's name in CIPA DC-008 (`XPTitle` and its like: Microsoft's), else four hexadecimal digits."""
    return NAMES.get(tag) or format(tag, "04X")


def _directories(walk: _Walk) -> None:
    """IFD0, its Exif directory, and the chain behind it; a place met twice is a loop."""
    (first,) = struct.unpack_from(walk.order + "I", walk.block, 4)
    todo, seen = [("IFD0", int(first))], set[int]()
    while todo:
        name, at = todo.pop(0)
        if at in seen or len(seen) >= MAX_IFDS:
            walk.finds.warn("exif.loop")
            return
        seen.add(at)
        todo.extend(_directory(walk, name, at))


def _directory(walk: _Walk, name: str, at: int) -> list[tuple[str, int]]:
    """The text tags of one directory; returns the directories it points to."""
    block, order, more = walk.block, walk.order, []
    if at + 2 > len(block):
        walk.finds.warn(f"exif.offset {name}")
        return []
    (count,) = struct.unpack_from(order + "H", block, at)
    there = min(count, (len(block) - at - 2) // 12)
    if there < count:
        walk.finds.warn(f"exif.cut {name}")
    room = MAX_ENTRIES - walk.entries
    place = at + 10  # of the first entry's value
    for tag, kind, number, value in _ENTRIES[order](block[at + 2 : at + 2 + 12 * min(there, room)]):
        if tag == EXIF_IFD:
            more.append(("Exif", value))
        elif tag in _ANY_TYPE or kind in _TEXT_TYPES or carries_words(name, tag, kind):
            size = SIZES.get(kind, 1) * number
            _entry(walk, f"{name}.{tag_name(tag)}", tag, size, place if size <= 4 else value)
        place += 12
    walk.entries = min(walk.entries + there, MAX_ENTRIES)
    if there > room:
        walk.finds.warn("exif.too-many-tags")
        return []
    after = at + 2 + 12 * count
    if name.startswith("IFD") and after + 4 <= len(block):
        (following,) = struct.unpack_from(order + "I", block, after)
        if following:
            more.append((f"IFD{int(name[3:]) + 1}", following))
    return more


def _entry(walk: _Walk, name: str, tag: int, size: int, start: int) -> None:
    """One value of `size` bytes that begins at `start`: in the entry itself where it fits into four bytes, else where the entry points."""
    block = walk.block
    if start >= len(block):
        walk.finds.warn(f"exif.offset {name}")
        return
    end = min(start + size, len(block))
    longer = walk.damage.whole(start, end) if end - start <= walk.allowance else None
    if longer is not None:
        if longer > start + size:
            walk.finds.warn(f"exif.count {name}")
        end = max(end, longer)
    elif start + size > len(block):
        walk.finds.warn(f"exif.count {name}")
    if end - start > walk.allowance:
        walk.finds.warn(f"exif.overlap {name}")
        return
    walk.allowance -= end - start
    raw = block[start:end]
    walk.finds.add(f"exif:{name}", raw, text(tag, raw))


def text(tag: int, raw: bytes) -> str:
    """A tag's value as text, by the rules of that tag."""
    if tag == USER_COMMENT:
        return comment_text(raw)
    if tag in _WINDOWS:
        return raw[: len(raw) & ~1].decode("utf-16-le", "surrogatepass").rstrip("\x00")
    return decode(raw.rstrip(b"\x00"))

"""TIFF 6.0 and BigTIFF as files: the tags that carry words, XMP, IPTC, Photoshop resources and C2PA. Strips and tiles are never read."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from types import MappingProxyType

from provenance.carriers import exif, iptc, manifest, photoshop, xmp
from provenance.carriers.carrier import MAX_TEXT, Container
from provenance.carriers.finds import Finds
from provenance.carriers.window import Window

MAX_IFDS = 64
MAX_ENTRIES = 4_000  # of all directories
MAX_VALUES = 32 * 1024 * 1024  # bytes of all values
_WIDTH, _HEIGHT, _XMP, _IPTC, _PHOTOSHOP, _C2PA = 0x0100, 0x0101, 700, 33723, 34377, 52545
_BLOCKS = frozenset((_XMP, _IPTC, _PHOTOSHOP, _C2PA))
_NUMBERS = MappingProxyType({1: 1, 3: 2, 4: 4, 13: 4, 16: 8, 18: 8})  # bytes of the types that are one unsigned number


@dataclass
class _Walk:
    """order: "<" or ">"; big: BigTIFF, whose counts and offsets have eight bytes."""

    window: Window
    finds: Finds
    order: str
    big: bool
    entries: int = MAX_ENTRIES
    allowance: int = MAX_VALUES
    width: int | None = None
    height: int | None = None

    def number(self, at: int, size: int) -> int | None:
        """An unsigned number of `size` bytes; None where it is not at hand."""
        raw = self.window.get(at, size)
        return self.value(raw) if len(raw) == size else None

    def value(self, raw: bytes) -> int:
        return int.from_bytes(raw, "little" if self.order == "<" else "big")


def walk(window: Window) -> Container:
    """Walk the chain of directories of a TIFF file.

    Returns:
        Container with carriers `exif:IFD0.ImageDescription` and its like (named as in EXIF blocks), `xmp`, `iptc`, `c2pa`; width and height
        of the first picture. Loops, counts and offsets beyond the file are warnings.
    """
    state = _Walk(window, Finds(), "<" if window.get(0, 2) == b"II" else ">", window.get(2, 2) in (b"+\x00", b"\x00+"))
    wide = 8 if state.big else 4
    first = state.number(wide, wide)
    todo, seen = [("IFD0", first or 0)], set[int]()
    if not first:
        state.finds.warn("tiff.header")
        todo.clear()
    while todo:
        name, at = todo.pop(0)
        if at in seen or len(seen) >= MAX_IFDS:
            state.finds.warn("tiff.loop" if at in seen else "tiff.too-many-directories")
            break
        seen.add(at)
        todo.extend(_directory(state, name, at))
    finds = state.finds
    return Container("image/tiff", "tiff", None, state.width, state.height, tuple(finds.carriers), finds.warnings)


def _directory(state: _Walk, name: str, at: int) -> list[tuple[str, int]]:
    """One directory; returns those it points to."""
    counted, row, wide = (8, 20, 8) if state.big else (2, 12, 4)
    count = state.number(at, counted)
    if count is None:
        state.finds.warn(f"tiff.offset {name}")
        return []
    there = min(count, max(0, state.window.size - at - counted) // row, state.entries)
    if there < count:
        state.finds.warn(f"tiff.cut {name}")
    state.entries -= there
    rows = state.window.get(at + counted, there * row)
    more: list[tuple[str, int]] = []
    for place in range(0, len(rows), row):
        tag, kind, number = struct.unpack_from(state.order + ("HHQ" if state.big else "HHI"), rows, place)
        field = rows[place + row - wide : place + row]
        if tag == exif.EXIF_IFD:
            more.append(("Exif", state.value(field[: _NUMBERS.get(kind, 4)])))
        elif tag in (_WIDTH, _HEIGHT):
            if name == "IFD0" and kind in _NUMBERS:
                _side(state, tag, state.value(field[: _NUMBERS[kind]]))
        elif tag in _BLOCKS or exif.carries_words(name, tag, kind):
            _entry(state, name, tag, exif.SIZES.get(kind, 1) * number, field)
    following = state.number(at + counted + count * row, wide) if there == count and name.startswith("IFD") else None
    if following:
        more.append((f"IFD{int(name[3:]) + 1}", following))
    return more


def _side(state: _Walk, tag: int, value: int) -> None:
    if tag == _WIDTH:
        state.width = value
    else:
        state.height = value


def _entry(state: _Walk, name: str, tag: int, size: int, field: bytes) -> None:
    """One value of `size` bytes: in the entry itself where it fits, else where the entry points."""
    label = f"{name}.{exif.tag_name(tag)}"
    raw = field[:size]
    if size > len(field):
        start = state.value(field)
        there = min(size, state.window.size - start)
        if there < size:
            state.finds.warn(f"tiff.offset {label}")
        if there <= 0:
            return
        if there > min(state.allowance, MAX_TEXT):
            state.finds.warn(f"tiff.long {label}")
            return
        state.allowance -= there
        raw = state.window.get(start, there)
        if not raw:
            state.finds.warn(f"tiff.not-at-hand {label}")
            return
    if tag in _BLOCKS:
        _block(state.finds, tag, raw)
    else:
        state.finds.add(f"exif:{label}", raw, exif.text(tag, raw))


def _block(finds: Finds, tag: int, raw: bytes) -> None:
    if tag == _XMP:
        xmp.add(finds, raw)
    elif tag == _IPTC:
        iptc.read(raw, finds, keep=True)
    elif tag == _PHOTOSHOP:
        photoshop.read(raw, finds, keep=True)
    elif manifest.is_store(raw):
        finds.add("c2pa", raw)
    else:
        finds.warn("tiff.not-c2pa")

"""The layer records of a Photoshop document, and what their tagged blocks say they are. Also as TIFF tag 37724 holds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from provenance.projects import psd_channels, raster
from provenance.projects.bounds import MOST_DEPTH, MOST_LAYERS, Budget, Cut, Data, Spent, number, take
from provenance.projects.project import Layer, Rect, Seen

MOST_BLOCKS = 4_000  # of one layer
MOST_CHANNELS = 60
_SIGNATURES = (b"8BIM", b"8B64", b"MIB8", b"46B8")
_LONG = frozenset({b"LMsk", b"Lr16", b"Lr32", b"Layr", b"Mt16", b"Mt32", b"Mtrn", b"Alph", b"FMsk", b"lnk2", b"FEid", b"FXid", b"PxSD"})
"""Blocks whose length has eight bytes in a PSB."""
_ADJUSTMENTS = frozenset({
    b"levl", b"curv", b"expA", b"vibA", b"hue ", b"hue2", b"blnc", b"blwh", b"phfl", b"mixr", b"clrL", b"nvrt", b"post", b"thrs", b"grdm",
    b"selc", b"brit", b"CgEd",
})  # fmt: skip
_FILLS = frozenset({b"SoCo", b"GdFl", b"PtFl"})
_VECTORS = frozenset({b"vmsk", b"vsms", b"vogk", b"vstk"})
_FILES = frozenset({b"SoLd", b"SoLE", b"PlLd", b"plLd"})
_MASKS = (-2, -3)
_GROUP, _DIVIDER = (1, 2), 3
_MODES = MappingProxyType({0: "bitmap", 2: "indexed", 4: "cmyk", 7: "multichannel", 8: "duotone", 9: "lab"})
_READ_MODES = MappingProxyType({3: 3, 1: 1})
"""Colour mode -> colour channels, of those that are read: RGB, grey."""


@dataclass(frozen=True)
class Walk:
    """order: of the bytes, `>` in a PSD. big: PSB. depth: bits of a sample. mode: number of the colour mode."""

    data: Data
    budget: Budget
    seen: Seen | None
    big: bool
    depth: int
    mode: int
    order: str = ">"

    def number(self, at: int, length: int, *, signed: bool = False) -> int:
        return number(self.data, at, length, self.order, signed=signed)

    def tag(self, at: int) -> bytes:
        """Four letters, which a little-endian TIFF holds backwards."""
        found = take(self.data, at, 4)
        return found if self.order == ">" else found[::-1]


@dataclass(frozen=True)
class Found:
    """layers: the topmost first. count: of the records that are layers or groups, and their masks."""

    layers: tuple[Layer, ...] = ()
    count: int = 0


@dataclass(frozen=True)
class _Record:
    """layer: what its record says. section: 0 a layer, 1 or 2 a group, 3 the end of one. channels: (id, start, length). mask: its place."""

    layer: Layer
    section: int
    channels: tuple[tuple[int, int, int], ...]
    mask: Rect | None


def read(walk: Walk, at: int, end: int) -> Found:
    """Read layer info from its count on; `end` of the block is where reading stops. A cut gives the layers before it."""
    end = min(end, len(walk.data))
    count = abs(walk.number(at, 2, signed=True))
    records: list[tuple[_Record, list[tuple[int, int]]]] = []
    at += 2
    try:
        for _ in range(min(count, MOST_LAYERS)):
            record, lengths, at = _record(walk, at, end)
            records.append((record, lengths))
    except Cut:
        walk.budget.tell("cut")
    if count > MOST_LAYERS:
        walk.budget.tell("too many layers")  # the channels follow behind all records: where they begin is not known
        at = end
    placed: list[_Record] = []
    for record, lengths in records:
        channels = []
        for ident, length in lengths:
            channels.append((ident, at, length))
            at += length
        placed.append(replace(record, channels=tuple(channels)))
    return Found(*_ordered(walk, placed))


def _record(walk: Walk, at: int, end: int) -> tuple[_Record, list[tuple[int, int]], int]:
    top, left, bottom, right = (walk.number(at + place, 4, signed=True) for place in (0, 4, 8, 12))
    channels = walk.number(at + 16, 2)
    if channels > MOST_CHANNELS:
        raise Cut
    at += 18
    lengths, wide = [], 8 if walk.big else 4
    for _ in range(channels):
        lengths.append((walk.number(at, 2, signed=True), walk.number(at + 2, wide)))
        at += 2 + wide
    if take(walk.data, at, 4) not in _SIGNATURES:
        raise Cut
    blend, opacity, flags = walk.tag(at + 4), walk.number(at + 8, 1), walk.number(at + 10, 1)
    extra = at + 16
    stop = extra + walk.number(at + 12, 4)
    if stop > end:
        raise Cut
    mask_length = walk.number(extra, 4)
    mask = _rect(*(walk.number(extra + 4 + place, 4, signed=True) for place in (0, 4, 8, 12))) if mask_length >= 18 else None
    extra += 4 + mask_length
    extra += 4 + walk.number(extra, 4)  # blending ranges
    length = walk.number(extra, 1)
    name = take(walk.data, extra + 1, length)
    extra += (length + 4) // 4 * 4
    kept = _blocks(walk, extra, stop)
    layer = Layer(
        name=_name(walk, kept) or name.decode("mac-roman").rstrip("\0"), kind=_kind(kept), visible=not flags & 2, opacity=f"{opacity}/255",
        blend=_blend(walk, kept) or blend.decode("latin-1").rstrip(), rect=_rect(top, left, bottom, right), ident=_ident(walk, kept),
    )  # fmt: skip
    return _Record(layer, _section(walk, kept), (), mask), lengths, stop


def blocks(walk: Walk, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(key, start, end) of each tagged block; one that is padded otherwise than its length says is found again within three bytes."""
    for _ in range(MOST_BLOCKS):
        while at + 12 <= end and walk.data[at : at + 4] not in _SIGNATURES:
            at += 1
            if at % 4 == 0 and walk.data[at : at + 4] not in _SIGNATURES:
                return
        if at + 12 > end:
            return
        key = walk.tag(at + 4)
        wide = 8 if walk.big and key in _LONG else 4
        length = walk.number(at + 8, wide)
        start = at + 8 + wide
        if start + length > end:
            walk.budget.tell("cut")
            return
        yield key, start, start + length
        at = start + length


def _blocks(walk: Walk, at: int, end: int) -> Mapping[bytes, tuple[int, int]]:
    return {key: (start, stop) for key, start, stop in blocks(walk, at, end)}


def _rect(top: int, left: int, bottom: int, right: int) -> Rect:
    return left, top, max(0, right - left), max(0, bottom - top)


def _kind(kept: Mapping[bytes, tuple[int, int]]) -> str:
    keys = kept.keys()
    if b"lsct" in keys or b"lsdk" in keys:
        return "group"
    if b"TySh" in keys or b"tySh" in keys:
        return "text"
    if keys & _FILES:
        return "file"
    if keys & _FILLS:
        return "vector" if keys & _VECTORS else "fill"
    return "adjustment" if keys & _ADJUSTMENTS else "paint"


def _section(walk: Walk, kept: Mapping[bytes, tuple[int, int]]) -> int:
    start, stop = kept.get(b"lsct") or kept.get(b"lsdk") or (0, 0)
    return walk.number(start, 4) if stop - start >= 4 else 0


def _blend(walk: Walk, kept: Mapping[bytes, tuple[int, int]]) -> str:
    """The blend mode of a group, which stands with its section."""
    start, stop = kept.get(b"lsct") or kept.get(b"lsdk") or (0, 0)
    return walk.tag(start + 8).decode("latin-1").rstrip() if stop - start >= 12 else ""


def _name(walk: Walk, kept: Mapping[bytes, tuple[int, int]]) -> str:
    start, stop = kept.get(b"luni", (0, 0))
    if stop - start < 4:
        return ""
    units = min(walk.number(start, 4), (stop - start - 4) // 2, 4_096)
    raw = take(walk.data, start + 4, units * 2)
    return raw.decode("utf-16-be" if walk.order == ">" else "utf-16-le", "replace").rstrip("\0")


def _ident(walk: Walk, kept: Mapping[bytes, tuple[int, int]]) -> str | None:
    start, stop = kept.get(b"lyid", (0, 0))
    return str(walk.number(start, 4)) if stop - start >= 4 else None


def _ordered(walk: Walk, records: list[_Record]) -> tuple[tuple[Layer, ...], int]:
    """The topmost first: the file has them from the ground up, the end of a group before what lies in it."""
    out: list[Layer] = []
    depth = 0
    for record in reversed(records):
        if record.section == _DIVIDER:
            depth = max(0, depth - 1)
            continue
        out.append(_seen(walk, replace(record.layer, depth=depth), record, len(out)))
        out.extend(_masks(walk, record, depth + 1, len(out)))
        if record.section in _GROUP:
            depth = min(depth + 1, MOST_DEPTH)
    return tuple(out[:MOST_LAYERS]), len(out)


def _seen(walk: Walk, layer: Layer, record: _Record, place: int) -> Layer:
    """The layer with its pixels, where it has any of its own."""
    rect = layer.rect
    if layer.kind == "group" or rect is None or not rect[2] or not rect[3]:
        return replace(layer, rect=None)
    if walk.mode not in _READ_MODES:
        return raster.unread(layer, f"colours {_MODES.get(walk.mode, walk.mode)}")
    if walk.depth != 8:
        return raster.unread(layer, "depth")
    try:
        samples = psd_channels.picture(walk, record.channels, rect, _READ_MODES[walk.mode])
    except Cut:
        return raster.unread(layer, "damaged")
    except Spent as error:
        return raster.unread(layer, error.why)
    return raster.with_pixels(layer, raster.Raster(samples, rect[0], rect[1]), walk.seen, place)


def _masks(walk: Walk, record: _Record, depth: int, place: int) -> Iterator[Layer]:
    """The layer's pixel mask as a row of its own, as Photoshop shows it beside the layer."""
    rect, channels = record.mask, [one for one in record.channels if one[0] in _MASKS[:1]]
    if rect is None or not channels or not rect[2] or not rect[3]:
        return
    layer = Layer(name="", kind="mask", depth=depth, rect=rect, ident=f"{record.layer.ident}/mask" if record.layer.ident else None)
    try:
        if walk.depth != 8:
            raise Spent("depth")
        samples = psd_channels.grey(walk, channels[0], rect)
    except Cut:
        yield raster.unread(layer, "damaged")
    except Spent as error:
        yield raster.unread(layer, error.why)
    else:
        yield replace(raster.with_pixels(layer, raster.Raster(samples, rect[0], rect[1]), None, place), area_of="rectangle")

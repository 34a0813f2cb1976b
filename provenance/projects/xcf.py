"""GIMP's XCF, versions 0 to 25 (GIMP 1.0 to 3.0; developer.gimp.org/core/standards/xcf): canvas, properties, layers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from provenance.projects import raster, xcf_tiles
from provenance.projects.bounds import MOST_LAYERS, MOST_TEXT, Budget, Cut, Data, Spent, number, take
from provenance.projects.project import Layer, Project, Seen

COLORMAP, OPACITY, MODE, VISIBLE, OFFSETS, COMPRESSION, TATTOO, PARASITES, TEXT_FLAGS = 1, 6, 7, 8, 15, 17, 20, 21, 26
GROUP, PATH, FLOAT_OPACITY = 29, 30, 33
FLOATING = 5
MOST_PROPERTIES = 1_000
_TYPES = MappingProxyType({0: "RGB", 1: "RGBA", 2: "L", 3: "LA", 4: "P", 5: "PA"})
_MODES = MappingProxyType({
    0: "normal (legacy)", 1: "dissolve", 3: "multiply (legacy)", 4: "screen (legacy)", 5: "overlay (legacy)", 7: "addition (legacy)",
    19: "soft light (legacy)", 23: "overlay", 28: "normal", 30: "multiply", 31: "screen", 33: "addition", 45: "soft light",
})  # fmt: skip
"""Names of the commoner modes (GimpLayerMode); others are told by their number."""
_SOFTWARE = re.compile(rb"(?:<xmp:CreatorTool>|xmp:CreatorTool=\")([^<>\"]{1,200})")


@dataclass(frozen=True)
class Walk:
    """version: of the format. precision: as the header tells it, 0 where it does not. packing: of the tiles. colours: RGB after RGB."""

    data: Data
    budget: Budget
    seen: Seen | None
    version: int
    precision: int
    packing: int = 0
    colours: bytes = b""

    @property
    def wide(self) -> int:
        """Bytes of a pointer."""
        return 8 if self.version >= 11 else 4

    def pointer(self, at: int) -> int:
        return number(self.data, at, self.wide)

    @property
    def eight_bits(self) -> bool:
        """Whether a sample is one byte (GimpPrecision; in version 4 it was counted otherwise)."""
        return self.version < 4 or (self.precision == 0 if self.version == 4 else self.precision in (100, 150, 175))


Properties = Mapping[int, bytes]


def read(data: Data, budget: Budget, seen: Seen | None) -> Project:
    """Read a GIMP image. Pixels are read of layers with 8 bits a sample. A cut gives the layers before it."""
    told = take(data, 9, 4)
    version = 0 if told == b"file" else int(told[1:]) if re.fullmatch(rb"v\d{3}", told) else -1
    if version < 0:
        return Project("xcf", problems=("version",))
    width, height = number(data, 14, 4), number(data, 18, 4)
    at = 30 if version >= 4 else 26
    walk = Walk(data, budget, seen, version, number(data, 26, 4) if version >= 4 else 0)
    properties, at = _properties(walk, at)
    colours = properties.get(COLORMAP, b"\0\0\0\0")
    walk = replace(walk, packing=properties.get(COMPRESSION, b"\0")[0], colours=colours[4:])
    pointers = list(_pointers(walk, at, MOST_LAYERS))
    layers: list[Layer] = []
    for pointer in pointers:
        try:
            layers += _layer(walk, pointer, len(layers))
        except Cut:
            budget.tell("cut")
            layers.append(Layer(name="", kind="unknown", unread="damaged"))
    return Project("xcf", width, height, tuple(layers), len(layers), None, _claimed(properties), tuple(budget.problems))


def _claimed(properties: Properties) -> dict[str, str]:
    found = _SOFTWARE.search(properties.get(PARASITES, b""))
    return {"tool": found[1].decode("utf-8", "replace")} if found else {}


def _properties(walk: Walk, at: int) -> tuple[dict[int, bytes], int]:
    found: dict[int, bytes] = {}
    for _ in range(MOST_PROPERTIES):
        kind, length = number(walk.data, at, 4), number(walk.data, at + 4, 4)
        at += 8
        if kind == 0:
            return found, at
        if kind == COLORMAP and walk.version == 0:
            length = number(walk.data, at, 4) * 3 + 4  # the first version told a wrong length
        if length > MOST_TEXT:
            at += length
            continue
        found[kind] = take(walk.data, at, length)
        at += length
    raise Cut


def _pointers(walk: Walk, at: int, most: int) -> Iterator[int]:
    for _ in range(most):
        pointer = walk.pointer(at)
        if not pointer:
            return
        yield pointer
        at += walk.wide
    walk.budget.tell("too many layers")


def _layer(walk: Walk, at: int, place: int) -> list[Layer]:
    """The layer, and its mask where it has one."""
    width, height, kind = (number(walk.data, at + part, 4) for part in (0, 4, 8))
    name, at = _text(walk, at + 12)
    properties, at = _properties(walk, at)
    x, y = _offsets(properties)
    layer = Layer(
        name=name, kind=_kind(properties), depth=_depth(properties),
        visible=_flag(properties, VISIBLE), opacity=_opacity(properties), blend=_mode(properties), rect=(x, y, width, height),
        ident=_number(properties, TATTOO),
    )  # fmt: skip
    form, hierarchy, mask = _TYPES.get(kind, ""), walk.pointer(at), walk.pointer(at + walk.wide)
    found = [replace(layer, rect=None) if layer.kind == "group" else _seen(walk, layer, hierarchy, form, place)]
    return found + ([_mask(walk, mask, layer, place + 1)] if mask else [])


def _seen(walk: Walk, layer: Layer, hierarchy: int, form: str, place: int) -> Layer:
    assert layer.rect is not None
    x, y, width, height = layer.rect
    if not form or not walk.eight_bits:
        return raster.unread(layer, "depth" if form else "damaged")
    try:
        samples = xcf_tiles.picture(walk, hierarchy, (width, height), form)
    except Cut:
        return raster.unread(layer, "damaged")
    except Spent as error:
        return raster.unread(layer, error.why)
    return raster.with_pixels(layer, raster.Raster(samples, x, y), walk.seen if layer.kind != "mask" else None, place)


def _mask(walk: Walk, at: int, layer: Layer, place: int) -> Layer:
    """A layer's mask is a channel of its size: width, height, name, properties, hierarchy."""
    name, end = _text(walk, at + 8)
    properties, end = _properties(walk, end)
    own = Layer(name=name, kind="mask", depth=layer.depth + 1, rect=layer.rect, ident=_number(properties, TATTOO))
    return replace(_seen(walk, own, walk.pointer(end), "L", place), area_of="rectangle")


def _text(walk: Walk, at: int) -> tuple[str, int]:
    length = number(walk.data, at, 4)
    if length > MOST_TEXT:
        raise Cut
    return take(walk.data, at + 4, length).rstrip(b"\0").decode("utf-8", "replace"), at + 4 + length


def _kind(properties: Properties) -> str:
    if GROUP in properties:
        return "group"
    if TEXT_FLAGS in properties or b"gimp-text-layer\0" in properties.get(PARASITES, b""):
        return "text"
    return "paint"


def _depth(properties: Properties) -> int:
    """The path of an item is its place in each group from the outermost in."""
    return min(max(0, len(properties.get(PATH, b"")) // 4 - 1), 1_000)


def _offsets(properties: Properties) -> tuple[int, int]:
    raw = properties.get(OFFSETS, b"").ljust(8, b"\0")
    return int.from_bytes(raw[:4], "big", signed=True), int.from_bytes(raw[4:8], "big", signed=True)


def _flag(properties: Properties, kind: int) -> bool | None:
    return properties[kind] != b"\0\0\0\0" if kind in properties else None


def _number(properties: Properties, kind: int) -> str | None:
    return str(int.from_bytes(properties[kind][:4], "big")) if kind in properties else None


def _opacity(properties: Properties) -> str | None:
    told = _number(properties, OPACITY)
    return f"{told}/255" if told is not None else None


def _mode(properties: Properties) -> str | None:
    told = _number(properties, MODE)
    return _MODES.get(int(told), f"mode {told}") if told is not None else None

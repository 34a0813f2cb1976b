"""JUMBF (ISO/IEC 19566-5): superboxes with a type and a label, and the boxes in them. Within bounds, and by offsets: nothing is copied."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import NamedTuple

MAX_DEPTH = 8  # a manifest store has four levels
MAX_BOXES = 20_000
_LABELLED = 0x02  # toggle bit of the description box
_header = struct.Struct(">I4s").unpack_from
_SUFFIX = bytes.fromhex("00110010800000aa00389b71")  # of every type that is named by four letters


class Box(NamedTuple):
    """A superbox. kind: the four letters of its type (`c2pa`, `c2ma`, `cbor`, ...), else the type's 32 hex digits. label: "" where it
    has none. contents: (type, start, end) of the boxes in it that are no superboxes; start and end in the bytes that were read."""

    kind: str
    label: str
    contents: tuple[tuple[bytes, int, int], ...] = ()
    children: tuple[Box, ...] = ()

    def child(self, *kinds: str) -> Box | None:
        """The first superbox in it that is of one of these types."""
        return next((box for box in self.children if box.kind in kinds), None)


@dataclass
class _Walk:
    """left: boxes that may still be read. troubles: codes, each once."""

    data: bytes
    left: int = MAX_BOXES
    troubles: dict[str, None] = field(default_factory=dict)


def superbox(data: bytes) -> tuple[Box | None, tuple[str, ...]]:
    """The superbox that `data` begins with, and what was wrong: `cut`, `depth`, `too-many`. None where it begins with another thing."""
    walk = _Walk(data)
    found = next((box for box in _boxes(walk, 0, len(data), 0) if isinstance(box, Box)), None) if data[4:8] == b"jumb" else None
    return found, tuple(walk.troubles)


def _boxes(walk: _Walk, pos: int, end: int, depth: int) -> list[Box | tuple[bytes, int, int]]:
    """What stands between two offsets. A box that is longer than its parent ends with it, and is the last."""
    found: list[Box | tuple[bytes, int, int]] = []
    while pos + 8 <= end:
        walk.left -= 1
        if walk.left < 0:
            walk.troubles["too-many"] = None
            break
        length, kind = _header(walk.data, pos)
        start = pos + 8
        if length == 1 and pos + 16 <= end:
            (length,) = struct.unpack_from(">Q", walk.data, start)
            start += 8
        after = end if length == 0 else pos + length
        if after < start or after > end:
            walk.troubles["cut"] = None
            after = end
        if kind != b"jumb":
            found.append((kind, start, after))
        elif depth >= MAX_DEPTH:
            walk.troubles["depth"] = None
        else:
            found.append(_super(walk, start, after, depth))
        pos = after
    return found


def _super(walk: _Walk, start: int, end: int, depth: int) -> Box:
    """Description box first (type, toggles, label), then the content."""
    inside = _boxes(walk, start, end, depth + 1)
    kind, label = "", ""
    first = inside[0] if inside else None
    if first is not None and not isinstance(first, Box) and first[0] == b"jumd":
        del inside[0]
        kind, label = _description(walk.data[first[1] : min(first[2], first[1] + 1024)])
    contents = [box for box in inside if not isinstance(box, Box)]
    children = [box for box in inside if isinstance(box, Box)] if len(contents) < len(inside) else []
    return Box(kind, label, tuple(contents), tuple(children))


def _description(body: bytes) -> tuple[str, str]:
    form, toggles = body[:16], body[16:17]
    kind = form[:4].decode("latin-1") if form[4:] == _SUFFIX else form.hex()
    labelled = toggles and toggles[0] & _LABELLED
    return kind, body[17:].split(b"\x00", 1)[0].decode("utf-8", "replace") if labelled else ""

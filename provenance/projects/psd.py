"""Photoshop documents, PSD and PSB (Adobe Photoshop File Formats Specification, 2019): header, thumbnail, layers."""

from __future__ import annotations

import re
from types import MappingProxyType

from provenance.projects import psd_layers
from provenance.projects.bounds import Budget, Cut, Data, number, take
from provenance.projects.project import Project, Seen

THUMBNAIL, VERSION_INFO, XMP = 1036, 1057, 1060
MOST_RESOURCES = 5_000
MOST_THUMBNAIL, MOST_XMP = 8 * 1024 * 1024, 8 * 1024 * 1024
_GLOBAL = {b"Layr", b"Lr16", b"Lr32"}
_TOLD = MappingProxyType({"CreatorTool": "tool", "CreateDate": "created", "ModifyDate": "modified"})
_XMP = re.compile(
    rb"<xmp:(CreatorTool|CreateDate|ModifyDate)>([^<>]{1,200})</|xmp:(CreatorTool|CreateDate|ModifyDate)=[\"']([^\"'<>]{1,200})[\"']"
)


def read(data: Data, budget: Budget, seen: Seen | None) -> Project:
    """Read a Photoshop document. What is cut off gives what there is, with a problem."""
    version = number(data, 4, 2)
    big = version == 2
    name = "psb" if big else "psd"
    height, width, depth, mode = (number(data, at, length) for at, length in ((14, 4), (18, 4), (22, 2), (24, 2)))
    at = 26 + 4 + number(data, 26, 4)
    length = number(data, at, 4)
    preview, claimed = _resources(data, at + 4, length)
    at += 4 + length
    wide = 8 if big else 4
    try:
        section = number(data, at, wide)
        found = _layers(data, at + wide, section, psd_layers.Walk(data, budget, seen, big, depth, mode))
    except Cut:
        budget.tell("cut")
        found = psd_layers.Found()
    return Project(name, width, height, found.layers, found.count, preview, claimed, tuple(budget.problems))


def _layers(data: Data, at: int, section: int, walk: psd_layers.Walk) -> psd_layers.Found:
    """The layer info: at the beginning of its section; of 16 and 32 bits a sample in a tagged block at its end."""
    if not section:
        return psd_layers.Found()
    end, wide = min(at + section, len(data)), 8 if walk.big else 4
    length = number(data, at, wide)
    if length:
        return psd_layers.read(walk, at + wide, at + wide + length)
    at += wide
    at += 4 + number(data, at, 4)  # the global layer mask
    for key, start, stop in psd_layers.blocks(walk, at, end):
        if key in _GLOBAL:
            return psd_layers.read(walk, start, stop)
    return psd_layers.Found()


def _resources(data: Data, at: int, length: int) -> tuple[bytes | None, dict[str, str]]:
    preview: bytes | None = None
    claimed: dict[str, str] = {}
    end = min(at + length, len(data))
    for _ in range(MOST_RESOURCES):
        if at + 12 > end or data[at : at + 4] not in (b"8BIM", b"8BPS", b"PHUT", b"AgHg", b"DCSR", b"MeSa"):
            break
        kind, name = number(data, at + 4, 2), data[at + 6 : at + 7][0] + 1
        start = at + 6 + name + name % 2 + 4  # a Pascal string, padded with its length byte to even
        size = number(data, start - 4, 4)
        if start + size > end:
            break
        if kind == THUMBNAIL and 28 < size <= MOST_THUMBNAIL and number(data, start, 4) == 1:
            preview = take(data, start + 28, size - 28)
        elif kind == XMP and size <= MOST_XMP:
            _claim(take(data, start, size), claimed)
        elif kind == VERSION_INFO and 9 <= size <= 4_096:
            _version_info(take(data, start, size), claimed)
        at = start + size + size % 2
    return preview, claimed


def _claim(packet: bytes, claimed: dict[str, str]) -> None:
    for found in _XMP.finditer(packet):
        name, text = (found[1], found[2]) if found[1] else (found[3], found[4])
        claimed.setdefault(_TOLD[name.decode("ascii")], text.decode("utf-8", "replace").strip())


def _version_info(block: bytes, claimed: dict[str, str]) -> None:
    """Version (4), whether there is a merged picture (1), the writer's name as a length in UTF-16 units (4) and those."""
    length = int.from_bytes(block[5:9], "big")
    if 0 < length * 2 <= len(block) - 9:
        claimed.setdefault("tool", block[9 : 9 + length * 2].decode("utf-16-be", "replace").rstrip("\0"))

"""SVG: what stands in `<metadata>`, `<title>` and `<desc>`. A scan for these elements; the drawing itself is never parsed."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from types import MappingProxyType

from provenance.carriers import manifest, xmp
from provenance.carriers.carrier import Container
from provenance.carriers.finds import Finds
from provenance.carriers.text import decode
from provenance.carriers.window import Window

MAX_ELEMENTS = 32  # of each name
MAX_MARKS = 200_000  # tags, CDATA sections and entities within the elements of one file
MAX_BODY = 16 * 1024 * 1024  # bytes of one element; its text is in memory several times
MAX_TRIES = 10_000  # places where the name stands and no such element
_NAMES = (b"metadata", b"title", b"desc")
_OPEN = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,60}:)?(?:metadata|title|desc)(?=[\s/>])")
_C2PA = re.compile(rb"<c2pa:manifest(?:\s[^>]{0,200})?>")
_PACKET = re.compile(rb"<(?:\?xpacket begin|x:xmpmeta|(?:[A-Za-z_][\w.-]{0,60}:)?RDF)[\s=>]")
_ENTITY = re.compile(r"&(?:#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6})|(lt|gt|amp|quot|apos));")
_ENTITIES = MappingProxyType({"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"})
_ROOT = re.compile(rb"<(?:\w{1,60}:)?svg(?=[\s>])")
_SIDE = re.compile(rb"\s(width|height)\s{0,9}=\s{0,9}[\"']\s{0,9}(\d{1,6})(?:\.0{0,9})?(?:px)?\s{0,9}[\"']")


def walk(window: Window) -> Container:
    """Look for the elements that carry words.

    Returns:
        Container with carriers `svg:metadata` (CDATA and text joined, entities resolved), `svg:title`, `svg:desc`, `xmp` where metadata
        holds RDF, `c2pa` where it holds a manifest store; width and height where they are plain numbers of pixels.
    """
    data, finds, marks, metadata = window.head, Finds(), MAX_MARKS, list[tuple[int, int]]()
    for name in _NAMES:
        for count, (start, end) in enumerate(_elements(data, name, finds)):
            if any(first < start < last for first, last in metadata):
                continue  # a dc:title in RDF is no title of the drawing
            if count >= MAX_ELEMENTS:
                finds.warn(f"svg.too-many {name.decode('ascii')}")
                break
            marks -= data.count(b"<", start, end) + data.count(b"&", start, end)
            if marks < 0 or end - start > MAX_BODY:
                finds.warn(f"svg.text-long {name.decode('ascii')}@{start}")
                break
            if name == b"metadata":
                metadata.append((start, end))
            _take(finds, name.decode("ascii"), data[start:end])
    width, height = _size(data)
    return Container("image/svg+xml", "svg", None, width, height, tuple(finds.carriers), finds.warnings)


def _elements(data: bytes, name: bytes, finds: Finds) -> Iterator[tuple[int, int]]:
    """(start, end) of the content of each element of this name. The name is looked for, not the `<`: a drawing has a million of these."""
    at = -1
    for _ in range(MAX_TRIES):
        at = data.find(name, at + 1)
        if at < 0:
            return
        opened = data.rfind(b"<", max(0, at - 62), at)
        found = _OPEN.match(data, opened) if opened >= 0 else None
        if found is None or found.end() != at + len(name):
            continue
        start = data.find(b">", found.end()) + 1
        end = data.find(b"</" + data[opened + 1 : found.end()], start) if start else -1
        if start and data[start - 2 : start - 1] == b"/":
            continue
        if end < 0:
            finds.warn(f"svg.cut @{opened}")
            return
        yield start, end
        at = end + 2 + found.end() - opened - 1


def _take(finds: Finds, name: str, body: bytes) -> None:
    if name == "metadata":
        if found := _C2PA.search(body):
            _manifest(finds, body[found.end() : body.find(b"<", found.end())])
        if packet := _PACKET.search(body):
            xmp.add(finds, body[packet.start() : body.rfind(b">") + 1])
            return
    text = _text(decode(body)).strip()
    if text:
        finds.add(f"svg:{name}", body, text)


def _text(body: str) -> str:
    """Character data of an element: CDATA as it is, the rest without its tags and with its entities resolved."""
    out, pos = [], 0
    while (at := body.find("<", pos)) >= 0:
        out.append(_ENTITY.sub(_resolved, body[pos:at]))
        cdata = body.startswith("<![CDATA[", at)
        close = "]]>" if cdata else "-->" if body.startswith("<!--", at) else ">"
        end = body.find(close, at)
        if cdata:
            out.append(body[at + 9 : end if end >= 0 else len(body)])
        pos = end + len(close) if end >= 0 else len(body)
    out.append(_ENTITY.sub(_resolved, body[pos:]))
    return "".join(out)


def _resolved(found: re.Match[str]) -> str:
    decimal, hexadecimal, name = found.groups()
    if name:
        return _ENTITIES[name]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else found.group()


def _manifest(finds: Finds, packed: bytes) -> None:
    """A C2PA manifest store in Base64 (C2PA 2.x, A.3.3)."""
    try:
        body = base64.b64decode(packed)
    except ValueError:
        body = b""
    if manifest.is_store(body):
        finds.add("c2pa", body)
    else:
        finds.warn("svg.not-c2pa")


def _size(data: bytes) -> tuple[int | None, int | None]:
    root = _ROOT.search(data, 0, 65_536)
    if root is None:
        return None, None
    tag = data[root.start() : data.find(b">", root.end(), root.end() + 65_536)]
    sides = {name: int(value) for name, value in _SIDE.findall(tag)}
    return sides.get(b"width"), sides.get(b"height")

"""Builders of layered project files: every byte is made here after the formats' descriptions, small, and with real pixels.

`psd`, `kra`, `ora`, `xcf`, `clip`, `procreate` and `tiff` take `Made` layers, the topmost first; groups are a `Made` with `inside`.
"""

from __future__ import annotations

import io
import plistlib
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image, TiffImagePlugin


@dataclass
class Made:
    """samples: (height, width, 3 or 4), None for a group. mask: (height, width) at the same place. ident: for formats that have one."""

    name: str
    samples: Any = None
    x: int = 0
    y: int = 0
    inside: Sequence[Made] = ()
    visible: bool = True
    opacity: int = 255
    ident: int = 0
    mask: Any = None
    blocks: Sequence[tuple[bytes, bytes]] = field(default_factory=list)


def noise(seed: int, width: int = 40, height: int = 30, alpha: bool = False) -> Any:
    """A picture of chance, with a plain part, so that packers have something to do."""
    found = np.random.default_rng(seed).integers(0, 256, (height, width, 4 if alpha else 3), np.uint8)
    found[: height // 3] = 200
    return found


def blob(samples: Any) -> bytes:
    """A PNG of samples, as a generator would save it."""
    out = io.BytesIO()
    Image.fromarray(samples).save(out, "PNG")
    return out.getvalue()


# --- Photoshop


def _packbits(row: bytes) -> bytes:
    out, at = bytearray(), 0
    while at < len(row):
        run = 1
        while run < 128 and at + run < len(row) and row[at + run] == row[at]:
            run += 1
        if run > 2:
            out += bytes([257 - run, row[at]])
            at += run
            continue
        start = at
        while at < len(row) and at - start < 128 and not (at + 2 < len(row) and row[at] == row[at + 1] == row[at + 2]):
            at += 1
        out += bytes([at - start - 1]) + row[start:at]
    return bytes(out)


def _channel(plane: Any, packing: int, big: bool) -> bytes:
    raw = plane.tobytes()
    if packing == 1:
        rows = [_packbits(row.tobytes()) for row in plane]
        return b"\0\1" + b"".join(struct.pack(">I" if big else ">H", len(row)) for row in rows) + b"".join(rows)
    if packing == 3:
        raw = np.diff(plane, axis=1, prepend=np.uint8(0)).astype(np.uint8).tobytes()
    return struct.pack(">H", packing) + (zlib.compress(raw) if packing >= 2 else raw)


def _block(key: bytes, body: bytes) -> bytes:
    body += b"\0" * (len(body) % 2)
    return b"8BIM" + key + struct.pack(">I", len(body)) + body


def _record(one: Made, packing: int, big: bool, section: int | None) -> tuple[bytes, bytes]:
    planes: list[tuple[int, Any]] = []
    height, width = one.samples.shape[:2] if one.samples is not None else (0, 0)
    if one.samples is not None:
        planes = [(-1, one.samples[:, :, 3])] if one.samples.shape[2] == 4 else []
        planes += [(ident, one.samples[:, :, ident]) for ident in range(3)]
    if one.mask is not None:
        planes.append((-2, one.mask))
    packed = [(ident, _channel(plane, packing, big)) for ident, plane in planes]
    rect = struct.pack(">4i", one.y, one.x, one.y + height, one.x + width)
    out = rect + struct.pack(">H", len(packed)) + b"".join(struct.pack(">hQ" if big else ">hI", i, len(body)) for i, body in packed)
    out += b"8BIMnorm" + bytes([one.opacity, 0, 0 if one.visible else 2, 0])
    mask = struct.pack(">I", 20) + rect + b"\0\0\0\0" if one.mask is not None else struct.pack(">I", 0)
    name = one.name.encode("mac-roman", "replace")[:255]
    pascal = bytes([len(name)]) + name
    extra = mask + struct.pack(">I", 0) + pascal + b"\0" * (-len(pascal) % 4)
    wide = one.name.encode("utf-16-be")
    extra += _block(b"luni", struct.pack(">I", len(wide) // 2) + wide)
    extra += _block(b"lyid", struct.pack(">I", one.ident)) if one.ident else b""
    extra += _block(b"lsct", struct.pack(">I", section) + b"8BIMpass") if section is not None else b""
    extra += b"".join(_block(key, body) for key, body in one.blocks)
    return out + struct.pack(">I", len(extra)) + extra, b"".join(body for _, body in packed)


def _rising(layers: Sequence[Made]) -> Iterator[tuple[Made, int | None]]:
    """From the ground up, as Photoshop stores them: a group's end first."""
    for one in reversed(layers):
        if one.samples is None and one.inside:
            yield Made("</Layer group>"), 3
            yield from _rising(one.inside)
            yield one, 1
        else:
            yield one, None


def psd_layer_info(layers: Sequence[Made], packing: int = 1, big: bool = False) -> bytes:
    """The layer info from its count on, as it stands in a PSD and in TIFF tag 37724."""
    made = [_record(one, packing, big, section) for one, section in _rising(layers)]
    out = struct.pack(">h", len(made)) + b"".join(record for record, _ in made) + b"".join(body for _, body in made)
    return out + b"\0" * (len(out) % 2)


def psd(
    layers: Sequence[Made], size: tuple[int, int] = (40, 30), *, packing: int = 1, big: bool = False, tool: str = "", deep: bool = False
) -> bytes:
    """A PSD or PSB of 8 bits in RGB, with a white merged picture."""
    out = b"8BPS" + struct.pack(">H6xHIIHH", 2 if big else 1, 3, size[1], size[0], 16 if deep else 8, 3) + struct.pack(">I", 0)
    resources = b""
    if tool:
        xmp = f'<x:xmpmeta><rdf:Description xmp:CreatorTool="{tool}" xmp:CreateDate="2026-01-02T03:04:05"/></x:xmpmeta>'
        resources = b"8BIM" + struct.pack(">HHI", 1060, 0, len(xmp)) + xmp.encode() + b"\0" * (len(xmp) % 2)
    out += struct.pack(">I", len(resources)) + resources
    info, wide = psd_layer_info(layers, packing, big), ">Q" if big else ">I"
    section = struct.pack(wide, len(info)) + info + struct.pack(">I", 0)
    if deep:  # of more than 8 bits a sample Photoshop leaves the place empty and adds a block behind the global mask
        section = struct.pack(wide, 0) + struct.pack(">I", 0) + b"8BIMLr16" + struct.pack(wide, len(info)) + info
    out += struct.pack(wide, len(section)) + section
    return out + b"\0\0" + b"\xff" * (size[0] * size[1] * 3)


# --- Krita and OpenRaster


def packed_zip(entries: dict[str, bytes], first: tuple[str, bytes] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        if first is not None:
            archive.writestr(zipfile.ZipInfo(first[0]), first[1])
        for name, body in entries.items():
            archive.writestr(zipfile.ZipInfo(name), body, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def lzf(raw: bytes) -> bytes:
    """Packed by the simplest means: runs of one byte as references back, the rest as it is."""
    out, at = bytearray(), 0
    while at < len(raw):
        run = 0
        while at and run < 264 and at + run < len(raw) and raw[at + run] == raw[at - 1]:
            run += 1
        if run >= 3:
            out += bytes([(run - 2) << 5, 0]) if run - 2 < 7 else bytes([7 << 5, run - 9, 0])
            at += run
            continue
        out += bytes([0, raw[at]])
        at += 1
    return bytes(out)


def kra_tiles(samples: Any, packed: bool = True) -> bytes:
    """A paint layer's file: tiles of 64x64, blue first, what is beyond the samples transparent."""
    height, width = samples.shape[:2]
    across, down = -(-width // 64), -(-height // 64)
    full = np.zeros((down * 64, across * 64, 4), np.uint8)
    full[:height, :width, 3] = 255 if samples.shape[2] == 3 else samples[:, :, 3]
    full[:height, :width, :3] = samples[:, :, 2::-1] if samples.shape[2] == 3 else samples[:, :, [2, 1, 0]]
    out = f"VERSION 2\nTILEWIDTH 64\nTILEHEIGHT 64\nPIXELSIZE 4\nDATA {across * down}\n".encode()
    for place in range(across * down):
        x, y = place % across * 64, place // across * 64
        tile = full[y : y + 64, x : x + 64]
        body = b"\1" + lzf(tile.reshape(-1, 4).T.tobytes()) if packed else b"\0" + tile.tobytes()
        out += f"{x},{y},LZF,{len(body)}\n".encode() + body
    return out


def kra(
    layers: Sequence[Made],
    size: tuple[int, int] = (40, 30),
    *,
    merged: Any = None,
    packed: bool = True,
    more: dict[str, bytes] | None = None,
) -> bytes:
    """A Krita document as version 5 writes it."""
    entries: dict[str, bytes] = {}

    def xml(rows: Sequence[Made]) -> str:
        out = ""
        for one in rows:
            file, kind = f"layer{len(entries) + 2}", "grouplayer" if one.samples is None else "paintlayer"
            entries[f"pic/layers/{file}"] = kra_tiles(one.samples, packed) if one.samples is not None else b""
            entries[f"pic/layers/{file}.defaultpixel"] = b"\0\0\0\0"
            name = one.name.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
            out += (
                f'<layer name="{name}" nodetype="{kind}" filename="{file}" uuid="{{{one.ident}}}" x="{one.x}" y="{one.y}" '
                f'opacity="{one.opacity}" '
                f'visible="{int(one.visible)}" compositeop="normal" colorspacename="RGBA">'
            )
            out += f"<layers>{xml(one.inside)}</layers>" if one.inside else ""
            out += "</layer>"
        return out

    doc = (
        '<?xml version="1.0"?>\n<!DOCTYPE DOC PUBLIC "-//KDE//DTD krita 2.0//EN" "http://www.calligra.org/DTD/krita-2.0.dtd">\n'
        f'<DOC editor="Krita" kritaVersion="5.2.2"><IMAGE name="pic" mime="application/x-kra" width="{size[0]}" height="{size[1]}" '
        f'colorspacename="RGBA"><layers>{xml(layers)}</layers></IMAGE></DOC>'
    )
    info = (
        "<document-info><about><title>x</title><editing-cycles>3</editing-cycles><editing-time>125</editing-time>"
        "<creation-date>2026-01-02T03:04:05</creation-date></about></document-info>"
    )
    shown = blob(merged if merged is not None else np.full((size[1], size[0], 3), 7, np.uint8))
    front = {"maindoc.xml": doc.encode(), "documentinfo.xml": info.encode(), "preview.png": shown, "mergedimage.png": shown}
    return packed_zip(front | entries | (more or {}), ("mimetype", b"application/x-krita"))


def ora(layers: Sequence[Made], size: tuple[int, int] = (40, 30), *, merged: Any = None) -> bytes:
    """An OpenRaster file of version 0.0.5."""
    entries: dict[str, bytes] = {}

    def xml(rows: Sequence[Made]) -> str:
        out = ""
        for one in rows:
            shown = "visible" if one.visible else "hidden"
            if one.samples is None:
                out += f'<stack name="{one.name}" visibility="{shown}">{xml(one.inside)}</stack>'
                continue
            source = f"data/layer{len(entries)}.png"
            entries[source] = blob(one.samples)
            out += f'<layer name="{one.name}" src="{source}" x="{one.x}" y="{one.y}" visibility="{shown}" opacity="0.5" '
            out += 'composite-op="svg:src-over"/>'
        return out

    stack = f'<?xml version="1.0"?><image version="0.0.5" w="{size[0]}" h="{size[1]}"><stack>{xml(layers)}</stack></image>'
    shown = blob(merged if merged is not None else np.full((size[1], size[0], 3), 7, np.uint8))
    return packed_zip(
        {"stack.xml": stack.encode(), "mergedimage.png": shown, "Thumbnails/thumbnail.png": shown} | entries,
        ("mimetype", b"image/openraster"),
    )


# --- GIMP


def _prop(kind: int, body: bytes = b"") -> bytes:
    return struct.pack(">II", kind, len(body)) + body


def _text(text: str) -> bytes:
    raw = text.encode() + b"\0"
    return struct.pack(">I", len(raw)) + raw


def _runs(plane: bytes) -> bytes:
    out, at = bytearray(), 0
    while at < len(plane):
        run = 1
        while at + run < len(plane) and plane[at + run] == plane[at]:
            run += 1
        if run > 2:
            out += bytes([run - 1, plane[at]]) if run <= 127 else b"\x7f" + struct.pack(">H", run) + plane[at : at + 1]
        else:
            run = min(len(plane) - at, 300 if at % 2 else 5)
            out += (b"\x80" + struct.pack(">H", run) if run >= 128 else bytes([256 - run])) + plane[at : at + run]
        at += run
    return bytes(out)


class _Xcf:
    def __init__(self, version: int, packing: int) -> None:
        self.out, self.version, self.packing = bytearray(), version, packing

    def pointer(self, value: int) -> bytes:
        return struct.pack(">Q" if self.version >= 11 else ">I", value)

    def put(self, body: bytes) -> int:
        self.out += body
        return len(self.out) - len(body)

    def hierarchy(self, samples: Any) -> int:
        height, width, depth = samples.shape
        tiles = []
        for y in range(0, height, 64):
            for x in range(0, width, 64):
                tile = np.ascontiguousarray(samples[y : y + 64, x : x + 64])
                if self.packing == 1:
                    tiles.append(self.put(b"".join(_runs(np.ascontiguousarray(tile[:, :, part]).tobytes()) for part in range(depth))))
                else:
                    tiles.append(self.put(zlib.compress(tile.tobytes()) if self.packing == 2 else tile.tobytes()))
        level = self.put(struct.pack(">II", width, height) + b"".join(map(self.pointer, tiles)) + self.pointer(0))
        return self.put(struct.pack(">III", width, height, depth) + self.pointer(level) + self.pointer(0))

    def layer(self, one: Made, path: Sequence[int]) -> int:
        samples = one.samples if one.samples is not None else np.zeros((1, 1, 4), np.uint8)
        height, width, depth = samples.shape
        tree = self.hierarchy(samples)
        mask = 0
        if one.mask is not None:
            inner = self.hierarchy(one.mask[:, :, None])
            mask = self.put(struct.pack(">II", width, height) + _text("mask") + _prop(0) + self.pointer(inner))
        properties = _prop(6, struct.pack(">I", one.opacity)) + _prop(8, struct.pack(">I", one.visible)) + _prop(7, struct.pack(">I", 28))
        properties += _prop(15, struct.pack(">ii", one.x, one.y)) + _prop(20, struct.pack(">I", one.ident))
        properties += (_prop(29) if one.samples is None else b"") + (
            _prop(30, b"".join(struct.pack(">I", n) for n in path)) if len(path) > 1 else b""
        )
        head = struct.pack(">III", width, height, 1 if depth == 4 else 0) + _text(one.name)
        return self.put(head + properties + _prop(0) + self.pointer(tree) + self.pointer(mask))


def xcf(layers: Sequence[Made], size: tuple[int, int] = (40, 30), *, version: int = 11, packing: int = 1) -> bytes:
    """A GIMP image in RGB with 8 bits. packing: 0 none, 1 run lengths, 2 zlib."""
    made = _Xcf(version, packing)
    made.put(b"gimp xcf " + (f"v{version:03}".encode() if version else b"file") + b"\0" + struct.pack(">III", *size, 0))
    made.put(struct.pack(">I", {4: 0}.get(version, 150)) if version >= 4 else b"")
    made.put(_prop(17, bytes([packing])) + _prop(0))

    def flat(rows: Sequence[Made], path: tuple[int, ...]) -> Iterator[tuple[Made, tuple[int, ...]]]:
        for place, one in enumerate(rows):
            yield one, (*path, place)
            yield from flat(one.inside, (*path, place))

    rows = list(flat(layers, ()))
    at = made.put(made.pointer(0) * (len(rows) + 2))
    pointers = b"".join(made.pointer(made.layer(one, path)) for one, path in rows)
    made.out[at : at + len(pointers)] = pointers
    return bytes(made.out)


# --- CLIP STUDIO PAINT, Procreate, TIFF


def clip(names: Sequence[tuple[str, int]], size: tuple[int, int] = (40, 30), *, schema: str = "") -> bytes:
    """A container with a database: (name, kind) from the ground up under one folder; kind 1 a paint layer, 0 an empty folder."""
    base = sqlite3.connect(":memory:")
    base.execute("CREATE TABLE Canvas (MainId INTEGER, CanvasWidth REAL, CanvasHeight REAL, CanvasRootFolder INTEGER)")
    base.execute("INSERT INTO Canvas VALUES (1, ?, ?, 2)", (float(size[0]), float(size[1])))
    base.execute(
        "CREATE TABLE Layer (MainId INTEGER, LayerName TEXT, LayerType INTEGER, LayerFolder INTEGER, LayerVisibility INTEGER, "
        "LayerOpacity INTEGER, LayerComposite INTEGER, LayerNextIndex INTEGER, LayerFirstChildIndex INTEGER, LayerUuid TEXT)"
    )
    base.execute("INSERT INTO Layer VALUES (2, '', 256, 1, 1, 256, 0, 0, 3, 'root')")
    for place, (name, kind) in enumerate(names):
        last = place == len(names) - 1
        row = (place + 3, name, kind, int(kind == 0), 1, 128, 0, 0 if last else place + 4, 0, f"u{place}")
        base.execute("INSERT INTO Layer VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    base.execute("CREATE TABLE CanvasPreview (MainId INTEGER, ImageData BLOB)")
    base.execute("INSERT INTO CanvasPreview VALUES (1, ?)", (blob(noise(1, 8, 6)),))
    base.execute("CREATE TABLE Project (ProjectInternalVersion TEXT)")
    base.execute("INSERT INTO Project VALUES ('1.1.0')")
    if schema:
        base.executescript(schema)
    base.commit()
    raw = base.serialize()
    base.close()

    def chunk(name: bytes, body: bytes) -> bytes:
        return name + struct.pack(">Q", len(body)) + body

    rest = chunk(b"CHNKHead", b"\0" * 40) + chunk(b"CHNKExta", b"\1" * 100) + chunk(b"CHNKSQLi", raw) + chunk(b"CHNKFoot", b"")
    return b"CSFCHUNK" + struct.pack(">QQ", 24 + len(rest), 24) + rest


def procreate(layers: Sequence[Made], size: tuple[int, int] = (40, 30)) -> bytes:
    """An archive as NSKeyedArchiver writes it, with references everywhere."""
    objects: list[Any] = ["$null"]

    def put(value: Any) -> plistlib.UID:
        objects.append(value)
        return plistlib.UID(len(objects) - 1)

    def rows(made: Sequence[Made]) -> plistlib.UID:
        return put({"NS.objects": [row(one) for one in made], "$class": plistlib.UID(0)})

    def row(one: Made) -> plistlib.UID:
        if one.samples is None:
            return put({"name": put(one.name), "isHidden": not one.visible, "opacity": 1.0, "children": rows(one.inside)})
        told = {
            "name": put(one.name),
            "hidden": not one.visible,
            "opacity": 0.5,
            "blend": 1,
            "extendedBlend": 0,
            "UUID": put(f"U{one.ident}"),
        }
        return put(told | {"sizeWidth": size[0], "sizeHeight": size[1], "mask": plistlib.UID(0)})

    root = put({"size": put(f"{{{size[0]}, {size[1]}}}"), "strokeCount": 321, "layers": rows(layers)})
    document = plistlib.dumps(
        {"$archiver": "NSKeyedArchiver", "$version": 100000, "$top": {"root": root}, "$objects": objects}, fmt=plistlib.FMT_BINARY
    )
    return packed_zip({"Document.archive": document, "QuickLook/Thumbnail.png": blob(noise(2, 8, 6)), "U1/0~0.lz4": b"bv41"})


def tiff_pages(layers: Sequence[Made]) -> bytes:
    """A page for each layer, with its name and its place."""
    out, pages = io.BytesIO(), []
    for one in layers:
        page = Image.fromarray(one.samples)
        page.encoderinfo = {"tiffinfo": TiffImagePlugin.ImageFileDirectory_v2()}
        pages.append(page)
    with TiffImagePlugin.AppendingTiffWriter(out) as writer:
        for one in layers:
            told = TiffImagePlugin.ImageFileDirectory_v2()
            told[285], told[282], told[283] = one.name, 72.0, 72.0
            told[286], told[287] = one.x / 72, one.y / 72
            Image.fromarray(one.samples).save(writer, "TIFF", tiffinfo=told, compression="raw")
            writer.newFrame()
    return out.getvalue()


def tiff_photoshop(layers: Sequence[Made], size: tuple[int, int] = (40, 30)) -> bytes:
    """One page, big endian, with Photoshop's layers in tag 37724."""
    block = b"Adobe Photoshop Document Data Block\0" + _block(b"Layr", psd_layer_info(layers))
    entries = [(256, 4, 1, size[0]), (257, 4, 1, size[1]), (258, 3, 1, 8 << 16), (262, 3, 1, 2 << 16), (277, 3, 1, 3 << 16)]
    pixels = bytes(size[0] * size[1] * 3)
    start = 8 + 2 + 12 * 9 + 4
    entries += [(273, 4, 1, start), (278, 4, 1, size[1]), (279, 4, 1, len(pixels)), (37724, 7, len(block), start + len(pixels))]
    directory = struct.pack(">H", len(entries)) + b"".join(struct.pack(">HHII", *entry) for entry in sorted(entries)) + struct.pack(">I", 0)
    return b"MM\0*" + struct.pack(">I", 8) + directory + pixels + block

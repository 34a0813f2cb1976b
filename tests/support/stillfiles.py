"""Builders of still pictures that are neither PNG, JPEG nor WebP, and of the packets all of them may carry. Every byte is made here."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
URIS = {
    "dc": "http://purl.org/dc/elements/1.1/", "xmp": "http://ns.adobe.com/xap/1.0/", "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "stEvt": "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#", "exif": "http://ns.adobe.com/exif/1.0/",
    "TC260": "http://www.tc260.org.cn/ns/AIGC/1.0/", "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
}  # fmt: skip


def xmp_packet(
    body: str = "", attributes: str = "", *, names: Mapping[str, str] | None = None, wrapper: bool = True, padding: int = 0
) -> str:
    """An XMP packet with one rdf:Description. body: its elements; attributes: its properties in short form; names: prefix -> URI."""
    spaces = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in (URIS if names is None else names).items())
    rdf = f'<rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about=""{spaces} {attributes}>{body}</rdf:Description></rdf:RDF>'
    meta = f'<x:xmpmeta xmlns:x="adobe:ns:meta/">{rdf}</x:xmpmeta>'
    if not wrapper:
        return meta
    return f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n{meta}\n{" " * padding}<?xpacket end="w"?>'


def dataset(number: int, value: str | bytes, *, record: int = 2, encoding: str = "utf-8", extended: bool = False) -> bytes:
    """One IPTC-IIM dataset."""
    raw = value if isinstance(value, bytes) else value.encode(encoding)
    length = struct.pack(">HI", 0x8004, len(raw)) if extended else struct.pack(">H", len(raw))
    return bytes((0x1C, record, number)) + length + raw


IPTC_UTF8 = dataset(90, b"\x1b%G", record=1)


def resource(number: int, body: bytes, *, name: bytes = b"", length: int | None = None) -> bytes:
    """One Photoshop image resource; `length` may lie."""
    label = bytes((len(name),)) + name
    label += b"\x00" * (len(label) % 2)
    size = struct.pack(">I", len(body) if length is None else length)
    return b"8BIM" + struct.pack(">H", number) + label + size + body + b"\x00" * (len(body) % 2)


def psd(
    resources: bytes = b"", size: tuple[int, int] = (30, 20), *, big: bool = False, palette: bytes = b"", length: int | None = None
) -> bytes:
    """A Photoshop document: header, colour mode data, image resources, no layers, a line of pixels."""
    head = b"8BPS" + struct.pack(">H6xHIIHH", 2 if big else 1, 3, size[1], size[0], 8, 3)
    layers = struct.pack(">Q" if big else ">I", 0)
    section = struct.pack(">I", len(resources) if length is None else length) + resources
    return head + struct.pack(">I", len(palette)) + palette + section + layers + bytes(20)


def pieces(body: bytes, step: int = 255) -> bytes:
    """GIF sub-blocks with their terminator."""
    return b"".join(bytes((len(part := body[at : at + step]),)) + part for at in range(0, len(body), step)) + b"\x00"


def gif_comment(text: str | bytes) -> bytes:
    return b"!\xfe" + pieces(text.encode("utf-8") if isinstance(text, str) else text)


def gif_application(owner: bytes, body: bytes) -> bytes:
    """An application extension whose data stands in sub-blocks."""
    return b"!\xff\x0b" + owner + pieces(body)


def gif_xmp(packet: str) -> bytes:
    """XMP as its specification puts it into a GIF: the packet as it is, then the 258 bytes of the magic trailer."""
    return b"!\xff\x0bXMP DataXMP" + packet.encode("utf-8") + b"\x01" + bytes(range(255, -1, -1)) + b"\x00"


def animated_gif(extensions: Sequence[bytes] = (), size: tuple[int, int] = (3, 2), *, frames: int = 2, table: bool = True) -> bytes:
    """A GIF89a; the extensions stand before the frames but for the last, which stands behind them."""
    colours = bytes(6) if table else b""
    frame = b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0x80) + bytes(6) + b"\x02" + pieces(b"D\x01")
    early, late = extensions[:-1], extensions[-1:]
    screen = struct.pack("<HHBBB", *size, 0x80 if table else 0, 0, 0)
    return b"GIF89a" + screen + colours + b"".join(early) + frame * frames + b"".join(late) + b";"


def tiff(
    tags: Mapping[int, Any],
    exif: Mapping[int, Any] | None = None,
    *,
    order: str = "<",
    big: bool = False,
    more: Mapping[int, Any] | None = None,
) -> bytes:
    """A TIFF file, the directories behind the values as libtiff lays them.

    Args:
        tags, exif, more: tag -> (type, bytes) or int (LONG); of IFD0, of its Exif directory, of IFD1. big: BigTIFF.
    """
    wide, mark = (8, 43) if big else (4, 42)
    out = bytearray((b"II" if order == "<" else b"MM") + struct.pack(order + "H", mark) + (struct.pack(order + "HH", 8, 0) if big else b""))
    pointer = len(out)
    out += bytes(wide)

    def put(rows: Mapping[int, Any], following: int) -> int:
        entries = b""
        for tag, value in sorted(rows.items()):
            kind, raw = (4, struct.pack(order + "I", value)) if isinstance(value, int) else value
            count = len(raw) // (4 if kind == 4 else 1)
            if len(raw) > wide:
                place = struct.pack(order + ("Q" if big else "I"), len(out))
                out.extend(raw)
            else:
                place = raw.ljust(wide, b"\x00")
            entries += struct.pack(order + ("HHQ" if big else "HHI"), tag, kind, count) + place
        at = len(out)
        out.extend(struct.pack(order + ("Q" if big else "H"), len(rows)) + entries + struct.pack(order + ("Q" if big else "I"), following))
        return at

    second = put(more, 0) if more is not None else 0
    first = dict(tags)
    if exif is not None:
        first[0x8769] = put(exif, 0)
    at = put(first, second)
    out[pointer : pointer + wide] = struct.pack(order + ("Q" if big else "I"), at)
    return bytes(out)


def jxl_box(kind: bytes, body: bytes, *, length: int | None = None) -> bytes:
    return struct.pack(">I", len(body) + 8 if length is None else length) + kind + body


def jxl_stream(width: int, height: int) -> bytes:
    """The start of a JPEG XL codestream that is no picture: its size, without the small form and without a ratio."""
    bits, at = 0, 1

    def put(value: int, count: int) -> None:
        nonlocal bits, at
        bits |= value << at
        at += count

    for place, side in enumerate((height, width)):
        put(2, 2)  # 18 bits follow
        put(side - 1, 18)
        if place == 0:
            put(0, 3)
    return b"\xff\x0a" + bits.to_bytes(8, "little")


def jxl(*boxes: bytes, size: tuple[int, int] = (30, 20)) -> bytes:
    """A JPEG XL container."""
    start = b"\x00\x00\x00\x0cJXL \r\n\x87\n" + jxl_box(b"ftyp", b"jxl \x00\x00\x00\x00jxl ")
    return start + b"".join(boxes) + jxl_box(b"jxlc", jxl_stream(*size))


def store(label: bytes = b"c2pa", body: bytes = b"", *, kind: bytes = b"c2pa") -> bytes:
    """A JUMBF superbox with a description box: a C2PA manifest store that holds nothing."""
    described = kind + bytes.fromhex("00110010800000aa00389b71") + b"\x03" + label + b"\x00"
    inside = struct.pack(">I", len(described) + 8) + b"jumd" + described + body
    return struct.pack(">I", len(inside) + 8) + b"jumb" + inside


def jumbf_segments(box: bytes, *, instance: int = 1, step: int = 60_000) -> list[bytes]:
    """APP11 segments (marker and length included) of one box; each but the first repeats the box's header (ISO 19566-5, annex D)."""
    out = []
    for number, at in enumerate(range(0, len(box), step) if len(box) > step else (0,), start=1):
        piece = box[at : at + step] if number == 1 else box[:8] + box[at : at + step]
        body = b"JP" + struct.pack(">HI", instance, number) + piece
        out.append(b"\xff\xeb" + struct.pack(">H", len(body) + 2) + body)
    return out


def svg(inside: str, attributes: str = 'width="30" height="20"') -> bytes:
    return f'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inside}<path d="M0 0h9v9z"/></svg>'.encode()

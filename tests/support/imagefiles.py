"""Builders of image files for tests: every byte is made here, so that each trap can be named and nothing is copied from anywhere.

`png`, `jpeg` and `webp` give valid images with real pixels (Pillow opens them); the smaller pieces (`chunk`, `segment`, `riff_chunk`,
`exif_block`, `comment_bytes`) build the damaged ones.
"""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
IEND = b"\x00\x00\x00\x00IEND\xaeB\x60\x82"
ASCII, SHORT, LONG, UNDEFINED = 2, 3, 4, 7
TAGS = {
    "DocumentName": 0x010D, "ImageDescription": 0x010E, "Make": 0x010F, "Model": 0x0110, "Software": 0x0131,
    "DateTime": 0x0132, "Artist": 0x013B, "Copyright": 0x8298, "UserComment": 0x9286, "MakerNote": 0x927C,
}
EXIF_POINTER = 0x8769

Texts = Mapping[str, str | bytes] | Iterable[tuple[Any, ...]]


# --- PNG -------------------------------------------------------------------------------------------------------------------------


def chunk(kind: bytes, body: bytes = b"", *, crc: int | None = None, length: int | None = None) -> bytes:
    """One PNG chunk; `crc` and `length` may lie."""
    real = zlib.crc32(kind + body)
    return struct.pack(">I", len(body) if length is None else length) + kind + body + struct.pack(">I", real if crc is None else crc)


def text_chunk(kind: str, key: str | bytes, value: str | bytes, *, crc: int | None = None, compressed: bool = False) -> bytes:
    """A text chunk of any kind: tEXt (Latin-1, or the bytes given), zTXt, iTXt (UTF-8, deflated if asked), comf, AIGC (no key)."""
    name = key.encode("utf-8") if isinstance(key, str) else key
    if kind in ("iTXt", "comf", "AIGC"):
        raw = value.encode("utf-8") if isinstance(value, str) else value
    else:
        raw = value.encode("latin-1") if isinstance(value, str) else value
    if kind == "zTXt":
        body = name + b"\x00\x00" + zlib.compress(raw)
    elif kind == "iTXt":
        body = name + (b"\x00\x01\x00" if compressed else b"\x00\x00\x00") + b"\x00\x00" + (zlib.compress(raw) if compressed else raw)
    elif kind == "AIGC":
        body = raw
    else:
        body = name + b"\x00" + raw
    return chunk(kind.encode("ascii"), body, crc=crc)


def text_chunks(texts: Texts) -> bytes:
    """`{key: text}` or rows of (key, text) or (kind, key, text): as Pillow's writers do, tEXt where Latin-1 can say it, else iTXt."""
    rows = texts.items() if isinstance(texts, Mapping) else texts
    out = []
    for row in rows:
        if len(row) == 3:
            out.append(text_chunk(row[0], row[1], row[2]))
            continue
        key, value = row
        plain = isinstance(value, bytes) or all(ord(c) < 256 for c in value)
        out.append(text_chunk("tEXt" if plain else "iTXt", key, value))
    return b"".join(out)


def bomb(megabytes: int) -> bytes:
    """A zlib stream that inflates to so many MiB of zeros. Each MiB is flushed whole, so that one is made and repeated."""
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    one = engine.compress(bytes(1 << 20)) + engine.flush(zlib.Z_FULL_FLUSH)
    return b"\x78\xda" + one * megabytes + b"\x03\x00" + struct.pack(">I", 0)


def rows_of_pixels(size: tuple[int, int], colour: tuple[int, int, int], seed: int) -> bytes:
    """RGB rows with PNG filter byte 0: the colour, and with a seed noise of that seed around it."""
    width, height = size
    if not seed:
        return (b"\x00" + bytes(colour) * width) * height
    noise = random.Random(seed).randbytes(width * 3 * height)
    base = (bytes(colour) * width) * height
    mixed = bytes((a & 0xF0) | (b & 0x0F) for a, b in zip(base, noise, strict=True))
    return b"".join(b"\x00" + mixed[y * width * 3 : (y + 1) * width * 3] for y in range(height))


def png(
    texts: Texts = (),
    size: tuple[int, int] = (8, 8),
    *,
    colour: tuple[int, int, int] = (120, 80, 200),
    seed: int = 0,
    before: bytes = b"",
    after_idat: bytes = b"",
    after_iend: bytes = b"",
    idat: int = 65_536,
    level: int = 6,
) -> bytes:
    """A PNG with 8-bit RGB pixels. before, after_idat: extra chunks; after_iend: any bytes; idat: bytes per IDAT chunk."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0))
    packed = zlib.compress(rows_of_pixels(size, colour, seed), level)
    pixels = b"".join(chunk(b"IDAT", packed[at : at + idat]) for at in range(0, len(packed), idat))
    return PNG_MAGIC + header + text_chunks(texts) + before + pixels + after_idat + IEND + after_iend


def apng(texts: Mapping[str, str], size: tuple[int, int] = (8, 8), *, frames: int = 2) -> bytes:
    """An animated PNG as ComfyUI writes it: the texts as private `comf` chunks (key, NUL, JSON) after the first IDAT."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0))
    out = [PNG_MAGIC, header, chunk(b"acTL", struct.pack(">II", frames, 0))]
    sequence = 0
    for frame in range(frames):
        out.append(chunk(b"fcTL", struct.pack(">IIIIIHHBB", sequence, *size, 0, 0, 1, 10, 0, 0)))
        sequence += 1
        pixels = zlib.compress(rows_of_pixels(size, (frame * 60, 80, 200), 0))
        if frame == 0:
            out.append(chunk(b"IDAT", pixels))
            out.extend(text_chunk("comf", key, value) for key, value in texts.items())
        else:
            out.append(chunk(b"fdAT", struct.pack(">I", sequence) + pixels))
            sequence += 1
    return b"".join(out) + IEND


# --- EXIF ------------------------------------------------------------------------------------------------------------------------


def comment_bytes(text: str, encoding: str = "utf-16-be", *, prefix: bytes = b"UNICODE\x00", bom: bool = False) -> bytes:
    """The bytes of an EXIF UserComment: character code, byte order mark if asked, text."""
    mark = "\ufeff".encode(encoding) if bom else b""
    return prefix + mark + text.encode(encoding)


def exif_block(
    ifd0: Mapping[str | int, Any] | None = None,
    exif_ifd: Mapping[str | int, Any] | None = None,
    *,
    order: str = "MM",
    prefix: bytes = b"",
    next_ifd: int = 0,
) -> bytes:
    """A TIFF block with IFD0 and, if given, an Exif IFD.

    Args:
        ifd0, exif_ifd: tag name or number -> str (ASCII, UTF-8, NUL added), bytes (UNDEFINED), int (LONG) or
            (type, count, bytes): the count is written as given, even where it lies; (type, count, bytes, offset) also lies on the offset.
        order: "MM" or "II". prefix: bytes before the block, such as a stray `Exif\\0\\0`. next_ifd: offset of IFD1.
    """
    end = ">" if order == "MM" else "<"
    main = dict(ifd0 or {})
    start = 8
    if exif_ifd is not None:
        body_size = len(_ifd(main | {EXIF_POINTER: 0}, start, end, next_ifd))
        main[EXIF_POINTER] = start + body_size
    out = _ifd(main, start, end, next_ifd)
    if exif_ifd is not None:
        out += _ifd(exif_ifd, start + len(out), end, 0)
    magic = b"MM\x00*" if order == "MM" else b"II*\x00"
    return prefix + magic + struct.pack(end + "I", start) + out


exif = exif_block


def _ifd(tags: Mapping[str | int, Any], start: int, end: str, next_ifd: int) -> bytes:
    """One IFD whose entries stand at `start`, its values right behind it."""
    rows = sorted((TAGS[tag] if isinstance(tag, str) else tag, value) for tag, value in tags.items())
    heap_at = start + 2 + 12 * len(rows) + 4
    entries, heap = b"", b""
    for tag, value in rows:
        kind, count, data, offset = _value(value, end)
        if offset is None and len(data) <= 4:
            place = data.ljust(4, b"\x00")
        else:
            place = struct.pack(end + "I", heap_at + len(heap) if offset is None else offset)
            heap += data + b"\x00" * (len(data) % 2)
        entries += struct.pack(end + "HHI", tag, kind, count) + place
    return struct.pack(end + "H", len(rows)) + entries + struct.pack(end + "I", next_ifd) + heap


def _value(value: Any, end: str) -> tuple[int, int, bytes, int | None]:
    if isinstance(value, str):
        data = value.encode("utf-8") + b"\x00"
        return ASCII, len(data), data, None
    if isinstance(value, bytes):
        return UNDEFINED, len(value), value, None
    if isinstance(value, int):
        return LONG, 1, struct.pack(end + "I", value), None
    kind, count, data = value[:3]
    return kind, count, data, value[3] if len(value) > 3 else None


# --- JPEG ------------------------------------------------------------------------------------------------------------------------


def segment(marker: int, body: bytes, *, length: int | None = None) -> bytes:
    """One JPEG marker segment; `length` (which counts itself) may lie."""
    return bytes((0xFF, marker)) + struct.pack(">H", (len(body) + 2 if length is None else length) & 0xFFFF) + body


def exif_segment(block: bytes) -> bytes:
    """APP1 with `Exif\\0\\0` and a TIFF block."""
    return segment(0xE1, b"Exif\x00\x00" + block)


def xmp_segments(packet: str, extended: str = "", *, guid: str = "0123456789ABCDEF0123456789ABCDEF", piece: int = 60_000) -> bytes:
    """APP1 with an XMP packet and, if given, Extended XMP in pieces (XMP specification part 3, 1.1.3.1), the last piece first."""
    out = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + packet.encode())
    data = extended.encode()
    head = b"http://ns.adobe.com/xmp/extension/\x00" + guid.encode("ascii")
    for at in reversed(range(0, len(data), piece)):
        out += segment(0xE1, head + struct.pack(">II", len(data), at) + data[at : at + piece])
    return out


def jpeg(
    user_comment: str | None = None,
    *,
    exif: bytes | None = None,
    segments: bytes = b"",
    size: tuple[int, int] = (16, 8),
    colour: tuple[int, int, int] = (120, 80, 200),
    seed: int = 0,
    progressive: bool = False,
    after_eoi: bytes = b"",
) -> bytes:
    """A JPEG. user_comment: an EXIF UserComment as A1111 writes it (UNICODE, UTF-16BE, in a big-endian TIFF). segments: put after SOI."""
    out = io.BytesIO()
    _picture(size, colour, seed).save(out, "JPEG", progressive=progressive)
    data = out.getvalue()
    extra = b""
    if user_comment is not None:
        extra += exif_segment(exif_block({}, {"UserComment": comment_bytes(user_comment)}))
    if exif is not None:
        extra += exif_segment(exif)
    return data[:2] + extra + segments + data[2:] + after_eoi


# --- WebP ------------------------------------------------------------------------------------------------------------------------


def riff_chunk(kind: bytes, body: bytes, *, size: int | None = None, pad: bool = True) -> bytes:
    """One RIFF chunk; `size` may lie, and the padding byte of an odd one may be missing."""
    odd = b"\x00" if pad and len(body) % 2 else b""
    return kind + struct.pack("<I", len(body) if size is None else size) + body + odd


def webp(
    exif: bytes | None = None,
    *,
    xmp: str | None = None,
    chunks: bytes = b"",
    size: tuple[int, int] = (16, 8),
    colour: tuple[int, int, int] = (120, 80, 200),
    seed: int = 0,
    lossless: bool = False,
    riff: int | None = None,
    extended: bool = True,
) -> bytes:
    """A WebP: VP8X (unless `extended` is off), the picture, EXIF, XMP, then `chunks`. riff: a RIFF size that lies."""
    out = io.BytesIO()
    _picture(size, colour, seed).save(out, "WEBP", lossless=lossless)
    picture = out.getvalue()[12:]
    body = b"WEBP"
    if extended:
        flags = (0x08 if exif is not None else 0) | (0x04 if xmp is not None else 0)
        canvas = struct.pack("<I", size[0] - 1)[:3] + struct.pack("<I", size[1] - 1)[:3]
        body += riff_chunk(b"VP8X", bytes((flags, 0, 0, 0)) + canvas)
    body += picture
    if exif is not None:
        body += riff_chunk(b"EXIF", exif)
    if xmp is not None:
        body += riff_chunk(b"XMP ", xmp.encode())
    body += chunks
    return b"RIFF" + struct.pack("<I", len(body) if riff is None else riff) + body


def comfy_webp_exif(prompt: str, workflow: str, *, prefix: bytes = b"Exif\x00\x00", lose: int = 0) -> bytes:
    """EXIF as ComfyUI's animated WebP has it: Model `prompt:{...}`, Make `workflow:{...}`; `lose`: bytes the Model count lacks."""
    text = f"prompt:{prompt}".encode() + b"\x00"
    return exif_block({"Make": f"workflow:{workflow}", "Model": (ASCII, len(text) - lose, text)}, order="II", prefix=prefix)


def _picture(size: tuple[int, int], colour: tuple[int, int, int], seed: int) -> Any:
    from PIL import Image

    rows = rows_of_pixels(size, colour, seed)
    step = size[0] * 3 + 1
    return Image.frombytes("RGB", size, b"".join(rows[at + 1 : at + step] for at in range(0, len(rows), step)))

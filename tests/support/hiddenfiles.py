"""Builders of pictures with a text hidden in their lowest bits, written from the format's description; every PNG filter can be chosen."""

from __future__ import annotations

import gzip
import io
import random
import struct
import zlib
from collections.abc import Iterable

from support.imagefiles import IEND, PNG_MAGIC, chunk

FORMS = {
    "alpha": (b"stealth_pnginfo", "A", False), "alpha-gzip": (b"stealth_pngcomp", "A", True),
    "rgb": (b"stealth_rgbinfo", "RGB", False), "rgb-gzip": (b"stealth_rgbcomp", "RGB", True),
}  # fmt: skip


def stream(text: str | bytes, form: str = "alpha-gzip", *, length: int | None = None) -> bytes:
    """The bytes that are hidden: the form's fifteen letters, the length in bits (it may lie), the payload."""
    raw = text.encode("utf-8") if isinstance(text, str) else text
    magic, _, packed = FORMS[form]
    payload = gzip.compress(raw) if packed else raw
    return magic + struct.pack(">I", len(payload) * 8 if length is None else length) + payload


def pixels(size: tuple[int, int], hidden: bytes, channels: str, *, alpha: bool = True, seed: int = 1) -> list[bytearray]:
    """Rows of RGBA (or RGB) noise that hide the bytes in the lowest bits of `A` or `RGB`, down the columns."""
    width, height = size
    depth, noise = (4 if alpha else 3), random.Random(seed)
    rows = [bytearray(noise.randbytes(width * depth)) for _ in range(height)]
    if alpha:
        for row in rows:
            row[3::4] = b"\xff" * width
    bits = "".join(f"{byte:08b}" for byte in hidden)
    per = [3] if channels == "A" else [0, 1, 2]
    for at, bit in enumerate(bits):
        column, y = divmod(at // len(per), height)
        place = column * depth + per[at % len(per)]
        rows[y][place] = rows[y][place] & 0xFE | int(bit)
    return rows


def filtered(rows: list[bytearray], depth: int, filters: Iterable[int]) -> bytes:
    """Rows with the PNG filters of the standard (9.2), each with its filter byte."""
    out, above = bytearray(), bytes(len(rows[0]))
    for row, kind in zip(rows, filters, strict=True):
        left = bytes(depth) + bytes(row[:-depth])
        corner = bytes(depth) + above[:-depth]
        guess = (
            bytes(len(row)), left, above,
            bytes((a + b) // 2 for a, b in zip(left, above, strict=True)),
            bytes(_paeth(a, b, c) for a, b, c in zip(left, above, corner, strict=True)),
        )[kind]  # fmt: skip
        out.append(kind)
        out += bytes((value - other) & 255 for value, other in zip(row, guess, strict=True))
        above = bytes(row)
    return bytes(out)


def _paeth(a: int, b: int, c: int) -> int:
    distances = [(abs(b - c), 0, a), (abs(a - c), 1, b), (abs(a + b - 2 * c), 2, c)]
    return min(distances)[2]


def png_of(
    rows: list[bytearray], *, alpha: bool = True, filters: Iterable[int] | None = None, before: bytes = b"", part: int = 700
) -> bytes:
    """A PNG of these rows. filters: one for each row (all five in turn by default); part: bytes of one IDAT."""
    depth = 4 if alpha else 3
    size = len(rows[0]) // depth, len(rows)
    packed = zlib.compress(filtered(rows, depth, filters or [y % 5 for y in range(len(rows))]), 1)
    body = b"".join(chunk(b"IDAT", packed[at : at + part]) for at in range(0, len(packed), part))
    return PNG_MAGIC + chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 6 if alpha else 2, 0, 0, 0)) + before + body + IEND


def hidden_png(
    text: str | bytes,
    form: str = "alpha-gzip",
    size: tuple[int, int] = (40, 160),
    *,
    alpha: bool | None = None,
    before: bytes = b"",
    length: int | None = None,
) -> bytes:
    """A PNG that hides a text. alpha: whether it has that channel (by default as the form needs). before: chunks before the pixels."""
    channels = FORMS[form][1]
    with_alpha = channels == "A" if alpha is None else alpha
    rows = pixels(size, stream(text, form, length=length), channels, alpha=with_alpha)
    return png_of(rows, alpha=with_alpha, before=before, part=9000)


def hidden_webp(text: str, form: str = "alpha-gzip", size: tuple[int, int] = (40, 160), *, exif: bytes = b"") -> bytes:
    """A lossless WebP that hides a text."""
    from PIL import Image

    channels = FORMS[form][1]
    rows = pixels(size, stream(text, form), channels)
    out = io.BytesIO()
    Image.frombytes("RGBA", size, b"".join(rows)).save(out, "WEBP", lossless=True, exact=True, method=0, exif=exif)
    return out.getvalue()

"""Builders of sound files, safetensors and zip documents: every byte is made here."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import Any


def comments(texts: Sequence[tuple[str, str]], vendor: str = "test") -> bytes:
    """A list of Vorbis comments, without the bit that ends it in Ogg Vorbis."""
    rows = [f"{key}={value}".encode() for key, value in texts]
    out = struct.pack("<I", len(vendor)) + vendor.encode() + struct.pack("<I", len(rows))
    return out + b"".join(struct.pack("<I", len(row)) + row for row in rows)


def flac(texts: Sequence[tuple[str, str]], *others: tuple[int, bytes]) -> bytes:
    """fLaC: stream info, other blocks, comments, then sound."""
    blocks = [(0, bytes(34)), *others, (4, comments(texts))]
    out = b"fLaC"
    for n, (kind, body) in enumerate(blocks):
        out += bytes((kind | (0x80 if n == len(blocks) - 1 else 0),)) + len(body).to_bytes(3, "big") + body
    return out + b"\xff\xf8" + bytes(60)


def pages(packets: Sequence[bytes], serial: int = 7, *, most: int = 255) -> list[bytes]:
    """Ogg pages of one stream: the first packet alone on the first page, at most `most` lacing values on each."""
    out: list[bytes] = []
    for first, group in ((True, packets[:1]), (False, packets[1:])):
        lacing = [(value, packet[at : at + 255]) for packet in group for at, value in _laced(packet)]
        for n in range(0, len(lacing), most):
            part = lacing[n : n + most]
            goes_on = n > 0 and lacing[n - 1][0] == 255
            flags = (2 if first and n == 0 else 0) | goes_on
            head = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, 0, serial, len(out), 0, len(part))
            out.append(head + bytes(value for value, _ in part) + b"".join(piece for _, piece in part))
    return out


def _laced(packet: bytes) -> list[tuple[int, int]]:
    return [(at, min(255, len(packet) - at)) for at in range(0, len(packet) + 1, 255)]


def ogg(kind: str, texts: Sequence[tuple[str, str]], *, most: int = 255) -> bytes:
    body = comments(texts)
    packets = {
        "vorbis": [b"\x01vorbis" + bytes(23), b"\x03vorbis" + body + b"\x01", b"\x05vorbis" + bytes(90)],
        "opus": [b"OpusHead" + bytes(11), b"OpusTags" + body],
        "flac": [b"\x7fFLAC\x01\x00\x00\x01fLaC" + bytes(38), b"\x84" + len(body).to_bytes(3, "big") + body],
        "speex": [b"Speex   " + bytes(72), body],
        "theora": [b"\x80theora" + bytes(35), b"\x81theora" + body, b"\x82theora" + bytes(90)],
    }[kind]
    return b"".join(pages([*packets, b"sound" * 100, b"sound" * 100], most=most))


def synchsafe(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def frame(name: str, body: bytes, version: int = 3, flags: int = 0, *, size: int | None = None, plain: bool = False) -> bytes:
    """An ID3 frame; flags as the version has them in its second byte; `size` may lie, `plain` writes a 2.4 size as 2.3 would."""
    length = len(body) if size is None else size
    if version == 2:
        return name.encode() + length.to_bytes(3, "big") + body
    return name.encode() + (synchsafe(length) if version == 4 and not plain else struct.pack(">I", length)) + bytes((0, flags)) + body


def tag(*frames: bytes, version: int = 3, flags: int = 0, extended: bytes = b"", padding: int = 10, size: int | None = None) -> bytes:
    """A whole ID3v2 tag. flags 0x80: unsynchronised here; 0x40: `extended` is put first; 0x10: a footer (2.4)."""
    body = extended + b"".join(frames) + bytes(padding)
    if flags & 0x80 and version < 4:
        body = unsynchronised(body)
    head = bytes((version, 0, flags)) + synchsafe(len(body) if size is None else size)
    return b"ID3" + head + body + (b"3DI" + head if flags & 0x10 else b"")


def unsynchronised(body: bytes) -> bytes:
    out = bytearray()
    for n, byte in enumerate(body):
        out.append(byte)
        if byte == 0xFF and (n + 1 == len(body) or body[n + 1] >= 0xE0 or body[n + 1] == 0):
            out.append(0)
    return bytes(out)


def txxx(key: str, value: str, encoding: int = 3, version: int = 3, flags: int = 0) -> bytes:
    codec, end = [("latin-1", b"\0"), ("utf-16", b"\0\0"), ("utf-16-be", b"\0\0"), ("utf-8", b"\0")][encoding]
    body = bytes((encoding,)) + key.encode(codec) + end + value.encode(codec)
    return frame("TXX" if version == 2 else "TXXX", packed(body, version, flags), version, flags)


def packed(body: bytes, version: int, flags: int) -> bytes:
    """A frame's body as its flags say: compressed, with a length, grouped, unsynchronised."""
    if version == 3 and flags & 0x80:
        return struct.pack(">I", len(body)) + (b"g" if flags & 0x20 else b"") + zlib.compress(body)
    if version == 4:
        body = zlib.compress(body) if flags & 0x08 else body
        body = unsynchronised(body) if flags & 0x02 else body
        return (b"g" if flags & 0x40 else b"") + (synchsafe(len(body)) if flags & 0x01 else b"") + body
    return (b"g" if version == 3 and flags & 0x20 else b"") + body


SOUND = b"\xff\xfb\x90\x64" + bytes(200)


def riff(kind: bytes, chunks: Sequence[tuple[bytes, bytes]], *, form: bytes = b"RIFF", padded: bool = True) -> bytes:
    body = kind + b"".join(
        name + struct.pack("<I", len(part)) + part + (b"\x00" if len(part) % 2 and padded else b"") for name, part in chunks
    )
    return form + struct.pack("<I", len(body) if form == b"RIFF" else 0xFFFFFFFF) + body


def info_list(texts: Mapping[str, str], codec: str = "utf-8") -> tuple[bytes, bytes]:
    rows = b""
    for name, text in texts.items():
        raw = text.encode(codec) + b"\x00"
        rows += name.encode() + struct.pack("<I", len(raw)) + raw + (b"\x00" if len(raw) % 2 else b"")
    return b"LIST", b"INFO" + rows


FORMAT = (b"fmt ", struct.pack("<HHIIHH", 1, 2, 48_000, 192_000, 4, 16))


def safetensors(header: Any, tensors: int = 16) -> bytes:
    """A file with a header of JSON (or the bytes given)."""
    raw = header if isinstance(header, bytes) else json.dumps(header, ensure_ascii=False).encode()
    return struct.pack("<Q", len(raw)) + raw + bytes(tensors)


def latent(**texts: str) -> bytes:
    """As ComfyUI saves a latent: metadata, one tensor and a marker of the version."""
    tensor = {"dtype": "F32", "shape": [1, 1, 2, 2], "data_offsets": [0, 16]}
    return safetensors({"__metadata__": texts, "latent_tensor": tensor, "latent_format_version_0": {**tensor, "shape": [0]}})


def document(entries: Mapping[str, bytes | str], *, kind: str = "application/x-krita", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip whose first entry is a stored `mimetype`."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("mimetype", kind, zipfile.ZIP_STORED)
        for name, body in entries.items():
            archive.writestr(name, body)
    return out.getvalue()

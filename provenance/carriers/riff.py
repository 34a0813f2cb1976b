"""WAV (also RF64, BW64) and AVI: the RIFF chunks that carry words."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from types import MappingProxyType

from provenance.carriers import id3
from provenance.carriers.carrier import Container
from provenance.carriers.finds import Finds
from provenance.carriers.taker import Taker
from provenance.carriers.text import decode
from provenance.carriers.window import Window

MAX_CHUNKS = 20_000
MAX_NAMES = 4_000  # of one INFO list
_UNKNOWN_SIZE = 0xFFFFFFFF


def walk_wav(window: Window) -> Container:
    """Walk the chunks of a WAV.

    Returns:
        Container with carriers `INFO:ICMT` and the other names of LIST INFO, `bext:Description`, `bext:Originator`,
        `bext:CodingHistory`, `iXML`, `TXXX:...` of an `id3 ` chunk, `xmp`, `c2pa`.
    """
    taker = _walk(window)[0]
    return Container("audio/vnd.wave", "wav", carriers=tuple(taker.finds.carriers), warnings=taker.finds.warnings)


def walk_avi(window: Window) -> Container:
    """Walk the chunks of an AVI (Microsoft, AVI RIFF file reference; OpenDML for its further RIFF parts): carriers as of a WAV."""
    taker, size = _walk(window)
    width, height = size or (None, None)
    return Container("video/vnd.avi", "avi", None, width, height, tuple(taker.finds.carriers), taker.finds.warnings)


def _walk(window: Window) -> tuple[Taker, tuple[int, int] | None]:
    taker, size = Taker(window, Finds()), None
    for kind, start, length in _chunks(taker):
        if kind == b"avih" and length >= 40:
            size = struct.unpack("<II", window.get(start + 32, 8) or bytes(8))
        elif kind == b"INFO":
            _info(taker, start, length)
        elif kind in _TAKERS and (raw := taker.fetched(decode(kind), start, length)) is not None:
            _TAKERS[kind](raw, taker)
        if taker.full:
            break
    return taker, size


def _chunks(taker: Taker) -> Iterator[tuple[bytes, int, int]]:
    """(kind, offset of the body, its length) of every chunk on the top level and in LIST hdrl; LIST INFO as one, by the name INFO.

    The length in the RIFF header is not believed: editors append chunks without it. RF64 keeps true lengths in `ds64` (EBU Tech 3306).
    """
    window, pos, large = taker.window, 12, _UNKNOWN_SIZE
    for _ in range(MAX_CHUNKS):
        header = window.get(pos, 8)
        if len(header) < 8:
            if pos < window.size - 1:
                taker.finds.warn(f"riff.not-at-hand @{pos}" if pos + 8 <= window.size else f"riff.cut @{pos}")
            return
        kind, length = header[:4], int.from_bytes(header[4:], "little")
        if not all(0x20 <= byte < 0x7F for byte in kind):
            taker.finds.warn(f"riff.garbage @{pos}")
            return
        start = pos + 8
        if kind == b"ds64":
            large = int.from_bytes(window.get(start + 8, 8), "little")
        elif kind == b"data" and length == _UNKNOWN_SIZE:
            length = large
        if kind in (b"LIST", b"RIFF") and length >= 4:
            body = window.get(start, 4)
            if kind == b"RIFF" or body == b"hdrl":
                pos = start + 4  # into it
                continue
            kind, start, length = (b"INFO", start + 4, length - 4) if body == b"INFO" else (kind, start, length)
        if start + length > window.size:
            taker.finds.warn(f"riff.chunk-length {decode(kind)}@{pos}")
            length = window.size - start
        yield kind, start, length
        pos = _next(window, start + length, length)
    taker.finds.warn("riff.too-many-chunks")


def _next(window: Window, end: int, length: int) -> int:
    """A chunk of odd length is padded to even, except by writers that forget it."""
    if length % 2 == 0:
        return end
    after = window.get(end, 5)
    forgotten = len(after) == 5 and after[0] != 0 and after[:4].isalnum()
    return end if forgotten else end + 1


def _info(taker: Taker, start: int, length: int) -> None:
    """LIST INFO: names of four letters, each with a text that ends with a NUL."""
    body, pos = taker.fetched("INFO", start, length), 0
    if body is None:
        return
    for _ in range(MAX_NAMES):
        if pos + 8 > len(body):
            return
        kind, size = body[pos : pos + 4], int.from_bytes(body[pos + 4 : pos + 8], "little")
        value = body[pos + 8 : pos + 8 + size]
        if len(value) < size:
            taker.finds.warn(f"riff.chunk-length INFO@{start + pos}")
        if value.rstrip(b"\x00"):
            taker.text(f"INFO:{decode(kind)}", value)
        pos += 8 + size
        if size % 2 and body[pos : pos + 1] in (b"\x00", b" "):
            pos += 1
    taker.finds.warn("riff.too-many-chunks")


def _broadcast(raw: bytes, taker: Taker) -> None:
    """bext (EBU Tech 3285): fixed fields, then the coding history."""
    for name, part in (("Description", raw[:256]), ("Originator", raw[256:288]), ("CodingHistory", raw[602:])):
        if words := part.split(b"\x00")[0].strip():
            taker.text(f"bext:{name}", words)


def _packet(raw: bytes, taker: Taker) -> None:
    taker.packet(raw.rstrip(b"\x00"))


def _xml(raw: bytes, taker: Taker) -> None:
    taker.text("iXML", raw)


def _tag(raw: bytes, taker: Taker) -> None:
    id3.read(raw, taker)


def _c2pa(raw: bytes, taker: Taker) -> None:
    taker.c2pa(raw, "C2PA")


_TAKERS: MappingProxyType[bytes, Callable[[bytes, Taker], None]] = MappingProxyType({
    b"bext": _broadcast, b"_PMX": _packet, b"XMP ": _packet, b"iXML": _xml, b"id3 ": _tag, b"ID3 ": _tag, b"C2PA": _c2pa,
})  # fmt: skip

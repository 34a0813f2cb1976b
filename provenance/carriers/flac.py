"""FLAC (RFC 9639): the metadata blocks before the first frame."""

from __future__ import annotations

from provenance.carriers import vorbis
from provenance.carriers.carrier import Container
from provenance.carriers.finds import Finds
from provenance.carriers.taker import Taker
from provenance.carriers.text import decode
from provenance.carriers.window import Window

MAX_BLOCKS = 1_024
_APPLICATION, _COMMENTS = 2, 4


def walk(window: Window) -> Container:
    """Walk the metadata blocks of a FLAC.

    Returns:
        Container with carriers `vorbis:...`, `c2pa`; `FLAC:<id>` for other APPLICATION blocks that hold text. Pictures are passed over.
    """
    taker = Taker(window, Finds())
    blocks(taker, 0)
    return Container("audio/flac", "flac", carriers=tuple(taker.finds.carriers), warnings=taker.finds.warnings)


def blocks(taker: Taker, at: int) -> None:
    """The metadata blocks behind a `fLaC` that stands at the absolute offset `at`."""
    pos, size = at + 4, taker.window.size
    for _ in range(MAX_BLOCKS):
        header = taker.window.get(pos, 4)
        if len(header) < 4:
            if pos < size:
                taker.finds.warn(f"flac.cut @{pos}")
            return
        kind, length = header[0] & 0x7F, int.from_bytes(header[1:], "big")
        if pos + 4 + length > size:
            taker.finds.warn(f"flac.cut @{pos}")
            length = size - pos - 4
        if kind == _COMMENTS:
            body = taker.window.get(pos + 4, length)
            vorbis.read(body, taker)
        elif kind == _APPLICATION and length >= 4:
            _application(taker, taker.window.get(pos + 4, length))
        pos += 4 + length
        if header[0] & 0x80:
            return
    taker.finds.warn("flac.too-many-blocks")


def _application(taker: Taker, body: bytes) -> None:
    """An APPLICATION block: a registered 4-byte id, then its data. C2PA of before 2.4 stood in one."""
    kind, data = body[:4], body[4:]
    if kind == b"c2pa":
        taker.c2pa(data, "FLAC:c2pa")
    elif kind.isalnum() and data[:1] in (b"{", b"<"):
        taker.text(f"FLAC:{decode(kind)}", data)

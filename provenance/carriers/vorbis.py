"""Vorbis comments (Xiph.Org, Vorbis I section 5): `KEY=value` lists of FLAC, Ogg Vorbis, Opus and Theora."""

from __future__ import annotations

from provenance.carriers.taker import Taker
from provenance.carriers.text import decode

MAX_COMMENTS = 4_000
_PICTURES = ("METADATA_BLOCK_PICTURE", "COVERART")


def read(body: bytes, taker: Taker) -> None:
    """Add the comments of one list as `vorbis:key`, keys spelled as written; the encoder's own name as `vorbis:vendor`.

    Args:
        body: from the vendor length on. taker: takes texts and warnings. Cover pictures are passed over.
    """
    vendor, pos = _counted(body, 0)
    if vendor is None:
        taker.finds.warn("vorbis.cut vendor")
        return
    if vendor:
        taker.text("vorbis:vendor", vendor)
    count = int.from_bytes(body[pos : pos + 4], "little")
    pos += 4
    for number in range(min(count, MAX_COMMENTS)):
        entry, pos = _counted(body, pos)
        if entry is None:
            taker.finds.warn(f"vorbis.cut {number}")
            return
        _comment(entry, taker)
    if count > MAX_COMMENTS:
        taker.finds.warn("vorbis.too-many")


def _counted(body: bytes, pos: int) -> tuple[bytes | None, int]:
    """A value behind its 32-bit length, and where the next one stands; None where it is longer than what is left."""
    length = int.from_bytes(body[pos : pos + 4], "little")
    end = pos + 4 + length
    return (None, pos) if pos + 4 > len(body) or end > len(body) else (body[pos + 4 : end], end)


def _comment(entry: bytes, taker: Taker) -> None:
    key, equals, value = entry.partition(b"=")
    if not equals:
        if entry:
            taker.text("vorbis:", entry)
        return
    name = decode(key)
    if name.upper() not in _PICTURES:
        taker.text(f"vorbis:{name}", value)

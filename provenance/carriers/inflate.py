"""Inflating in small steps: what a bomb would fill is counted, not stored."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

KEPT = 65_536  # of a text that inflates beyond its allowance: enough to see what it was
_INPUT, _OUTPUT, _AT_ONCE = 16_384, 262_144, 1 << 20


def inflate(packed: bytes, allowance: int) -> tuple[bytes, str, int]:
    """Inflate a zlib stream (RFC 1950).

    Args:
        packed: the stream. allowance: inflated bytes that are allowed.
    Returns:
        (data, trouble, spent): trouble is "" or "capped" (data is the first KEPT bytes) or "broken" (data is what came before the
        damage); spent is how many bytes were inflated, kept or not.
    """
    if allowance <= 0:
        return b"", "capped", 0
    total, trouble = 0, ""
    head: list[bytes] = []
    try:
        for piece in _pieces(packed):
            total += len(piece)
            if total <= _AT_ONCE:
                head.append(piece)
            if total > allowance:
                return b"".join(head)[: min(KEPT, allowance)], "capped", total
    except zlib.error:
        trouble = "broken"
    if total <= _AT_ONCE:
        return b"".join(head), trouble, total
    return _again(packed, total), trouble, total  # only now is it known that the whole may be kept


def _again(packed: bytes, total: int) -> bytes:
    out = bytearray()
    try:
        for piece in _pieces(packed):
            out += piece
    except zlib.error:
        pass
    return bytes(out[:total])


def _pieces(packed: bytes) -> Iterator[bytes]:
    """Inflated pieces of bounded size. Raises zlib.error where the stream is damaged or ends early."""
    engine = zlib.decompressobj()
    for at in range(0, len(packed), _INPUT):
        left = packed[at : at + _INPUT]
        while True:
            piece = engine.decompress(left, _OUTPUT)
            if piece:
                yield piece
            if engine.eof:
                return
            left = engine.unconsumed_tail
            if not left and len(piece) < _OUTPUT:
                break
    raise zlib.error("the stream ends early")

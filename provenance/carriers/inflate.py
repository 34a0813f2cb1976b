"""Inflating in small steps: what a bomb would fill is counted, not stored."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

KEPT = 65_536  # of a text that inflates beyond its allowance: enough to see what it was
RATIO, RATIO_FROM = 200, 1024 * 1024  # words deflate to a tenth, drawings of brackets to a fiftieth; zeros to a thousandth
_INPUT, _OUTPUT, _AT_ONCE = 16_384, 65_536, 1 << 20


def inflate(packed: bytes, allowance: int) -> tuple[bytes, str, int]:
    """Inflate a zlib stream (RFC 1950).

    Args:
        packed: the stream. allowance: inflated bytes that are allowed.
    Returns:
        (data, trouble, spent): trouble is "" or "capped" (data is the first KEPT bytes; where more than RATIO times what went in came
        out, the first MiB) or "broken" (data is what came before the damage); spent is how many bytes were inflated, kept or not.
    """
    if allowance <= 0:
        return b"", "capped", 0
    total, trouble = 0, ""
    head: list[bytes] = []
    try:
        for piece, taken in _pieces(packed):
            total += len(piece)
            if total <= _AT_ONCE:
                head.append(piece)
            if total > allowance:
                return b"".join(head)[: min(KEPT, allowance)], "capped", total
            if total > RATIO_FROM and total > RATIO * taken:
                return b"".join(head), "capped", total
    except zlib.error:
        trouble = "broken"
    if total <= _AT_ONCE:
        return b"".join(head), trouble, total
    return _again(packed, total), trouble, total  # only now is it known that the whole may be kept


def _again(packed: bytes, total: int) -> bytes:
    out = bytearray()
    try:
        for piece, _ in _pieces(packed):
            out += piece
    except zlib.error:
        pass
    return bytes(out[:total])


def _pieces(packed: bytes) -> Iterator[tuple[bytes, int]]:
    """Inflated pieces of bounded size, each with how many packed bytes have gone in. Raises zlib.error where the stream is damaged or
    ends early."""
    engine = zlib.decompressobj()
    for at in range(0, len(packed), _INPUT):
        left = packed[at : at + _INPUT]
        while True:
            piece = engine.decompress(left, _OUTPUT)
            if piece:
                yield piece, at + _INPUT - len(engine.unconsumed_tail)
            if engine.eof:
                return
            left = engine.unconsumed_tail
            if not left and len(piece) < _OUTPUT:
                break
    raise zlib.error("the stream ends early")

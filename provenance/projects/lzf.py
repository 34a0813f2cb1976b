"""LibLZF, as Krita packs the tiles of a paint layer (KisTileCompressor2, Krita 2.5 and later)."""

from __future__ import annotations

from provenance.projects.bounds import Cut


def unpacked(packed: bytes, length: int) -> tuple[bytes, int]:
    """Unpack one block.

    Args:
        packed: literal runs (a byte 0 to 31: that many and one more follow) and references back (3 bits length, 13 bits distance).
        length: of what comes out.
    Returns:
        (the bytes, how many steps it took). Raises Cut where more or fewer come out, or a reference leaves the block.
    """
    out, at, steps, end = bytearray(), 0, 0, len(packed)
    try:
        while at < end:
            steps += 1
            control = packed[at]
            at += 1
            if control < 32:
                if at + control >= end:
                    raise Cut
                out += packed[at : at + control + 1]
                at += control + 1
            else:
                count = control >> 5
                if count == 7:
                    count += packed[at]
                    at += 1
                count += 2
                start = len(out) - ((control & 31) << 8) - packed[at] - 1
                at += 1
                if start < 0:
                    raise Cut
                piece = out[start : start + count]
                while len(piece) < count:  # it reaches into what it writes: a run
                    piece += piece[: count - len(piece)]
                out += piece
            if len(out) > length:
                raise Cut
    except IndexError as error:
        raise Cut from error
    if len(out) != length:
        raise Cut
    return bytes(out), steps

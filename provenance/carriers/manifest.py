"""Whether bytes are a C2PA manifest store: a JUMBF superbox (ISO/IEC 19566-5) of that type, not merely bytes that hold its name."""

from __future__ import annotations

_TYPES = (b"c2pa", b"cacb")  # cacb: the same store before it had its name (Content Authenticity Initiative, 2020)


def is_store(body: bytes) -> bool:
    """Whether `body` starts with a superbox whose description box says C2PA by type or by label.

    Args:
        body: from the superbox's length field on; the first 48 bytes decide.
    """
    at = 16 if body[:4] == b"\x00\x00\x00\x01" else 8
    if body[4:8] != b"jumb" or body[at + 4 : at + 8] != b"jumd":
        return False
    label = body[at + 25 : at + 30] if len(body) > at + 24 and body[at + 24] & 2 else b""  # toggle 2: a label follows
    return body[at + 8 : at + 12] in _TYPES or label == b"c2pa\x00"

"""Bitcoin block headers, as far as a time is read from one: its root, its time, its work. Pure.

The header is 80 bytes (Bitcoin protocol, "Block Headers"): version, hash of the block before, root of the transactions' tree, time in
seconds since 1970, "bits" (the target in short), nonce; numbers little-endian. Its hash is SHA-256 twice. That a hash is below its target
shows the work that went into it; that the block is part of the chain everybody holds is only known by who asks a node.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from provenance.errors import BadInput

SIZE = 80
EASIEST = 0xFFFF << 208
"""The largest target that Bitcoin's main chain ever allowed (bits 0x1d00ffff)."""
LONGEST_LINE = 1000


@dataclass(frozen=True)
class Header:
    """One header that was checked. hash: as block explorers show it, hex. root: as the header holds it. time: RFC 3339 UTC, the miner's
    clock. work: 2 to this power is about how many hashes its target asks for."""

    hash: str
    root: bytes
    time: str
    work: int


def shown(raw: bytes) -> str:
    """A hash or root as block explorers show it: hex, last byte first."""
    return raw[::-1].hex()


def target(bits: int) -> int:
    """The number that a header's hash must not exceed, from its short form; 0 where that is none."""
    exponent, mantissa = bits >> 24, bits & 0x7FFFFF
    if bits & 0x800000 or exponent > 34:
        return 0
    return mantissa << 8 * (exponent - 3) if exponent > 3 else mantissa >> 8 * (3 - exponent)


def check(raw: bytes, *, easiest: int = EASIEST) -> Header:
    """Read a header and check its proof of work.

    Args:
        raw: 80 bytes. easiest: the largest target that is taken; a test's chain has an easier one.
    Raises:
        BadInput: `time.header` (not 80 bytes), `time.header-work` (its hash is above its target, or the target easier than Bitcoin's).
    """
    if len(raw) != SIZE:
        raise BadInput("time.header", why=f"{len(raw)} bytes")
    goal = target(int.from_bytes(raw[72:76], "little"))
    digest = hashlib.sha256(hashlib.sha256(raw).digest()).digest()
    if not 0 < goal <= easiest or int.from_bytes(digest, "little") > goal:
        raise BadInput("time.header-work", hash=shown(digest))
    seconds = int.from_bytes(raw[68:72], "little")
    time = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return Header(shown(digest), raw[36:68], time, ((1 << 256) // (goal + 1)).bit_length() - 1)


def read(lines: Iterable[str], wanted: Collection[int]) -> dict[int, bytes]:
    """The headers of these heights, from lines `height header` (the header as 160 hex digits); blank lines and `#` comments are left out.

    Raises:
        BadInput: `time.header` with the number of the line that is none, or of a second header for a height that differs.
    """
    found: dict[int, bytes] = {}
    for number, line in enumerate(lines, 1):
        words = line.split() if len(line) <= LONGEST_LINE else ["", "", ""]
        if not words or words[0].startswith("#"):
            continue
        try:
            height, raw = (int(words[0]), bytes.fromhex(words[1])) if len(words) == 2 and words[0].isdecimal() else (-1, b"")
        except ValueError:
            height, raw = -1, b""
        if height < 0 or len(raw) != SIZE or (height in wanted and found.get(height, raw) != raw):
            raise BadInput("time.header", why=f"line {number}")
        if height in wanted:
            found[height] = raw
    return found

"""The next key, made beforehand and kept apart: as a code of 56 letters that a person can store, print or copy by hand. Pure.

The code is base32 (RFC 4648 section 6) of the 32-byte Ed25519 private key and the first three bytes of SHA-256("prov recovery" || key), in
fourteen groups of four. Small letters are read too; 0, 1 and 8, which base32 does not have, are read as O, I and B.
"""

from __future__ import annotations

import base64
import binascii
import re
from hashlib import sha256

from provenance.errors import BadInput

FILE = "next-key.txt"
LENGTH = 56
_CODE = re.compile(r"(?<![A-Za-z0-9])(?:[A-Za-z0-9]{4}[ \t\r\n-]+){13}[A-Za-z0-9]{4}(?![A-Za-z0-9])")


def encode(seed: bytes) -> str:
    """The code of a 32-byte private key: fourteen groups."""
    text = base64.b32encode(seed + _check(seed)).decode()
    return "-".join(text[at : at + 4] for at in range(0, LENGTH, 4))


def decode(code: str) -> bytes:
    """The private key of a code, as typed. Raises BadInput `seal.bad-code` where a letter is wrong, missing or too many."""
    text = re.sub(r"[\s-]", "", code).upper().translate(str.maketrans("018", "OIB"))
    try:
        raw = base64.b32decode(text)
    except (binascii.Error, ValueError) as error:
        raise BadInput("seal.bad-code") from error
    if len(text) != LENGTH or len(raw) != 35 or raw[32:] != _check(raw[:32]):
        raise BadInput("seal.bad-code")
    return raw[:32]


def find(text: str) -> bytes:
    """The private key of the one code that stands in a text, e.g. in the file that was stored. Raises BadInput `seal.bad-code`."""
    found = [match.group() for match in _CODE.finditer(text)]
    if len(found) != 1:
        raise BadInput("seal.bad-code")
    return decode(found[0])


def _check(seed: bytes) -> bytes:
    return sha256(b"prov recovery" + seed).digest()[:3]

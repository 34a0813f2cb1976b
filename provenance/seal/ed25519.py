"""Ed25519 as RFC 8032 has it, with the keys refused under which a signature proves nothing. Pure.

Libraries accept public keys of small order: under one of them a single signature fits every message, so that an author could later
claim another snapshot (the signer is our adversary too). Refused before any verification: points of order 1, 2, 4 and 8, and every
encoding that is not the canonical one (y not below p).
"""

from __future__ import annotations

import base64

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from provenance.errors import BadInput

_P = 2**255 - 19
_SMALL_Y = frozenset((
    0,  # order 4
    1,  # order 1, the neutral element
    _P - 1,  # order 2
    # order 8: the two y for which 8 * (x, y) is neutral and 4 * (x, y) is not; each with both signs of x
    0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
    0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
))


_SPKI = bytes.fromhex("302a300506032b6570032100")  # RFC 8410 section 4: a SubjectPublicKeyInfo up to the key


def spki(public: bytes) -> bytes:
    """A raw public key as SubjectPublicKeyInfo in DER, 44 bytes."""
    return _SPKI + public


def pem(public: bytes) -> bytes:
    """A raw public key as SubjectPublicKeyInfo in PEM, three lines."""
    return b"-----BEGIN PUBLIC KEY-----\n" + base64.b64encode(spki(public)) + b"\n-----END PUBLIC KEY-----\n"


def check_public(raw: bytes) -> bytes:
    """Hand back a raw 32-byte public key that may be used; raise BadInput `seal.weak-key` or `seal.bad-key` for one that may not."""
    if len(raw) != 32:
        raise BadInput("seal.bad-key", why=f"{len(raw)} bytes, not 32")
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    if y >= _P:
        raise BadInput("seal.weak-key", why="not the canonical encoding")
    if y in _SMALL_Y:
        raise BadInput("seal.weak-key", why="small order")
    return raw


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether `signature` (64 bytes) over `message` is right under a raw public key. Raises BadInput for a key that may not be used."""
    key = Ed25519PublicKey.from_public_bytes(check_public(public))
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True

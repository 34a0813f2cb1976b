"""What a person's key signs where it signs an entry of a ledger, and whether such a signature is good. Pure.

The bytes: four lines, each with its LF: `creative-provenance/statement/1`, the ledger's origin, the entry's number in decimal, its leaf
hash in hex. The leaf hash covers all of the entry, its sealed values among it; origin and number stand there so that a person sees what is
signed.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from provenance.errors import BadInput
from provenance.seal import person
from provenance.seal.person import Person

HEAD = "creative-provenance/statement/1"


def message(origin: str, seq: int, leaf: str) -> bytes:
    """The bytes that are signed. leaf: 64 hex digits."""
    return f"{HEAD}\n{origin}\n{seq}\n{leaf}\n".encode()


def coded(who: Person) -> str:
    """A person's public key as an entry holds it: the SubjectPublicKeyInfo in DER, base64."""
    return "".join(who.pem.decode("ascii").split("\n")[1:-2])


def signer(origin: str, said: Mapping[str, Any]) -> Person | None:
    """Whose key signed; None where the values of the signing entry are not in form, or the signature is not good.

    Args:
        origin: the ledger's. said: `of`, `leaf`, `key`, `public_key`, `algorithm` and `signature` as the entry has them, untrusted.
    """
    seq, leaf, key, signature = (said.get(name) for name in ("of", "leaf", "key", "signature"))
    if type(seq) is not int or not all(isinstance(text, str) for text in (leaf, key, signature)):
        return None
    try:
        who = _person(str(key))
        raw = base64.b64decode(str(signature), validate=True)
    except ValueError:
        return None
    named = who is not None and (who.fingerprint, who.algorithm) == (said.get("public_key"), said.get("algorithm"))
    if who is None or not named or base64.b64encode(raw).decode() != signature or not _hex64(str(leaf)) or seq < 0:
        return None
    return who if who.verify(message(origin, seq, str(leaf)), raw) else None


def _person(key: str) -> Person | None:
    lines = [key[at : at + 64] for at in range(0, len(key), 64)]
    try:
        return person.parse("\n".join(["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""]).encode("ascii"))
    except (BadInput, UnicodeEncodeError):
        return None


def _hex64(text: str) -> bool:
    return len(text) == 64 and not set(text) - set("0123456789abcdef")

"""Who signed, as COSE_Sign1 (RFC 9052) says it: the algorithm and the first certificate of x5chain (RFC 9360). Nothing is checked here."""

from __future__ import annotations

import contextlib
from types import MappingProxyType
from typing import Any

from provenance.carriers import cbor
from provenance.carriers.certificate import certificate

ALGORITHMS = MappingProxyType({-7: "ES256", -35: "ES384", -36: "ES512", -37: "PS256", -38: "PS384", -39: "PS512", -8: "EdDSA"})
_ALG, _X5CHAIN = 1, 33


def signer(signature: bytes) -> dict[str, str]:
    """What a signature says of its signer: alg, organisation, common_name, issued_by, serial, valid_from, valid_until.

    Args:
        signature: COSE_Sign1 as CBOR.
    Returns:
        Only what could be read. Numbers as decimal text, times in RFC 3339 UTC.
    Raises:
        ValueError: the bytes are no COSE_Sign1.
    """
    parts = cbor.loads(signature)
    if not isinstance(parts, list) or len(parts) != 4 or not isinstance(parts[0], bytes):
        raise ValueError("no COSE_Sign1")
    protected = cbor.loads(parts[0]) if parts[0] else {}
    headers = {**_map(parts[1]), **_map(protected)}
    chain = headers.get(_X5CHAIN, headers.get("x5chain"))
    first = chain[0] if isinstance(chain, list) and chain else chain
    alg = headers.get(_ALG)
    found = {"alg": ALGORITHMS.get(alg, str(alg)) if isinstance(alg, int) else str(alg)} if alg is not None else {}
    if isinstance(first, bytes):
        with contextlib.suppress(ValueError):  # the algorithm stands beside it
            found |= certificate(first)
    return found


def _map(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}

"""Keys under which a signature proves nothing are refused; others' vectors come out right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from provenance.errors import BadInput
from provenance.seal import ed25519, keys


def test_a_weak_key_would_accept_anything_and_is_refused() -> None:
    key, signature = b"\x01" + bytes(31), b"\x01" + bytes(63)
    Ed25519PublicKey.from_public_bytes(key).verify(signature, b"whatever you like")  # the library sees nothing wrong
    with pytest.raises(BadInput) as caught:
        ed25519.verify(key, signature, b"whatever you like")
    assert caught.value.key == "seal.weak-key"
    assert keys.check_public is ed25519.check_public


def _multiplied_by_eight_is_neutral(y: int) -> bool:
    """Whether the curve's points with this y are of order 1, 2, 4 or 8, worked out on the curve itself (RFC 8032 section 5.1)."""
    p = 2**255 - 19
    d = -121665 * pow(121666, -1, p) % p
    square = (y * y - 1) * pow(d * y * y + 1, -1, p) % p
    x = pow(square, (p + 3) // 8, p)
    if (x * x - square) % p:
        x = x * pow(2, (p - 1) // 4, p) % p
    if (x * x - square) % p:
        return False
    for _ in range(3):
        product = d * x * x * y * y
        x, y = 2 * x * y * pow(1 + product, -1, p) % p, (y * y + x * x) * pow(1 - product, -1, p) % p
    return (x, y) == (0, 1)


def test_the_list_of_small_orders_is_right_and_no_neighbour_is_on_it() -> None:
    assert len(ed25519._SMALL_Y) == 5
    assert all(_multiplied_by_eight_is_neutral(y) for y in ed25519._SMALL_Y)
    assert not any(_multiplied_by_eight_is_neutral(y) for y in range(2, 200))


@pytest.mark.parametrize("y", [*sorted(ed25519._SMALL_Y), 2**255 - 19, 2**255 - 18, 2**255 - 1])
@pytest.mark.parametrize("sign", [0, 1 << 255])
def test_small_order_and_second_spellings_are_refused(y: int, sign: int) -> None:
    with pytest.raises(BadInput) as caught:
        ed25519.check_public((y | sign).to_bytes(32, "little"))
    assert caught.value.key == "seal.weak-key"


@pytest.mark.parametrize("raw", [b"", b"\x02" * 31, b"\x02" * 33])
def test_lengths(raw: bytes) -> None:
    with pytest.raises(BadInput) as caught:
        ed25519.check_public(raw)
    assert caught.value.key == "seal.bad-key"


def _good(key: str, signature: str, message: bytes) -> bool:
    try:
        return ed25519.verify(bytes.fromhex(key), bytes.fromhex(signature), message)
    except BadInput:
        return False


def test_wycheproof(vectors: Path) -> None:
    data = json.loads((vectors / "wycheproof" / "testvectors_v1" / "ed25519_test.json").read_text())
    wrong, count = [], 0
    for group in data["testGroups"]:
        for case in group["tests"]:
            good = _good(group["publicKey"]["pk"], case["sig"], bytes.fromhex(case["msg"]))
            wrong += [case["tcId"]] if good != (case["result"] == "valid") else []
            count += 1
    assert wrong == []
    assert count == data["numberOfTests"] > 100


def test_cctv_edge_cases(vectors: Path) -> None:
    cases = json.loads((vectors / "cctv-ed25519" / "ed25519" / "ed25519vectors.json").read_text())
    accepted = [case for case in cases if _good(case["key"], case["sig"], case["msg"].encode())]
    assert len(cases) == 914
    assert [case["number"] for case in accepted if {"low_order_A", "non_canonical_A"} & set(case["flags"] or ())] == []
    assert accepted, "cases without such a key are still accepted"

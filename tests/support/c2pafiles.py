"""Builders of C2PA manifest stores: JUMBF boxes, CBOR by cbor2, signatures by throw-away certificates. Nothing is copied from anywhere."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from support.imagefiles import chunk, png

SUFFIX = bytes.fromhex("00110010800000aa00389b71")
TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
GENERATED, COMPOSITE = TYPES + "trainedAlgorithmicMedia", TYPES + "compositeWithTrainedAlgorithmicMedia"


def box(kind: bytes, body: bytes, *, length: int | None = None) -> bytes:
    """One box; `length` may lie."""
    return struct.pack(">I4s", len(body) + 8 if length is None else length, kind) + body


def wide(kind: bytes, body: bytes) -> bytes:
    """One box with its length in 64 bits."""
    return struct.pack(">I4sQ", 1, kind, len(body) + 16) + body


def superbox(kind: str, label: str, *inner: bytes, salt: bytes = b"") -> bytes:
    """A JUMBF superbox; with a salt its description box has a private field, as C2PA 2 writes it."""
    private = box(b"c2sh", salt) if salt else b""
    description = kind.encode() + SUFFIX + (b"\x13" if salt else b"\x03") + label.encode() + b"\0" + private
    return box(b"jumb", box(b"jumd", description) + b"".join(inner))


def cbor_box(label: str, value: Any, *, salt: bytes = b"") -> bytes:
    return superbox("cbor", label, box(b"cbor", cbor2.dumps(value)), salt=salt)


def json_box(label: str, value: Any) -> bytes:
    return superbox("json", label, box(b"json", json.dumps(value).encode()))


@cache
def certificate(organisation: str | None, common_name: str = "a signer") -> bytes:
    """A self-signed certificate (DER); the key is thrown away."""
    key = ec.generate_private_key(ec.SECP256R1())
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    if organisation is not None:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation))
    name = x509.Name(parts)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(77)
    builder = builder.not_valid_before(datetime(2026, 1, 1, tzinfo=UTC)).not_valid_after(datetime(2027, 1, 1, tzinfo=UTC))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def signature(organisation: str | None = "A Company", *, alg: int = -7, protected_chain: bool = True) -> bytes:
    """A COSE_Sign1 whose signature is of nothing."""
    chain = {33: certificate(organisation)}
    protected = {1: alg} | (chain if protected_chain else {})
    return cbor2.dumps(cbor2.CBORTag(18, [cbor2.dumps(protected), {} if protected_chain else {"x5chain": [chain[33]]}, None, b"\0" * 64]))


def action(name: str, source: str | None = None, **more: Any) -> dict[str, Any]:
    return {"action": name} | ({"digitalSourceType": source} if source else {}) | more


def manifest(
    label: str = "urn:c2pa:1",
    *,
    generator: str | None = "A Tool",
    version: int = 2,
    issuer: str | None = "A Company",
    actions: list[dict[str, Any]] | None = None,
    parent: str | None = None,
    component: str | None = None,
    boxes: tuple[bytes, ...] = (),
    claim: Mapping[str, Any] | None = None,
    kind: str = "c2ma",
) -> bytes:
    """One manifest as version 1 or 2 of the claim writes it."""
    named: dict[str, Any] = {"claim_generator_info": {"name": generator}} if version == 2 else {"claim_generator": generator}
    body = {"instanceID": "xmp:iid:1", "dc:title": "a.png", "signature": "self#jumbf=c2pa.signature"} | (named if generator else {})
    assertions = [cbor_box("c2pa.actions.v2" if version == 2 else "c2pa.actions", {"actions": actions or []}, salt=b"\1" * 16)]
    for relation, other in (("parentOf", parent), ("componentOf", component)):
        if other:
            url = f"self#jumbf=/c2pa/{other}"
            key = "activeManifest" if version == 2 else "c2pa_manifest"
            assertions.append(
                cbor_box("c2pa.ingredient.v3", {"relationship": relation, "dc:title": "before.png", key: {"url": url, "hash": b"\0"}})
            )
    claim_label = "c2pa.claim.v2" if version == 2 else "c2pa.claim"
    return superbox(
        kind,
        label,
        superbox("c2as", "c2pa.assertions", *assertions, *boxes),
        superbox("c2cl", claim_label, box(b"cbor", cbor2.dumps(body | dict(claim or {})))),
        superbox("c2cs", "c2pa.signature", box(b"cbor", signature(issuer))),
    )


def store(*manifests: bytes) -> bytes:
    """A manifest store; the last manifest is the active one."""
    return superbox("c2pa", "c2pa", *manifests)


def png_with(jumbf: bytes) -> bytes:
    """A PNG with a manifest store in its caBX chunk."""
    return png(before=chunk(b"caBX", jumbf))

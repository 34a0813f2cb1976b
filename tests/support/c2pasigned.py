"""A file signed for real by c2pa-python, with a certificate of a test's own authority."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


def _certificate(
    name: str, key: ec.EllipticCurvePrivateKey, issuer: str, signer: ec.EllipticCurvePrivateKey, *, ca: bool
) -> x509.Certificate:
    """As the C2PA certificate profile wants it: version 3, key usage, extended key usage, key identifiers."""
    now = datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Test Company")])
    issued = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Test Company")])
    usage = x509.KeyUsage(not ca, False, False, False, False, ca, ca, False, False)
    builder = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issued).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=9))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )  # fmt: skip
    if not ca:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return builder.sign(signer, hashes.SHA256())


def signed_png(plain: bytes, generator: str = "A Tool") -> bytes:
    """`plain` (a PNG) with a manifest that says a model made it, signed by a leaf certificate of an authority nobody trusts."""
    import c2pa

    root, leaf = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    chain = (_certificate("a signer", leaf, "a root", root, ca=False), _certificate("a root", root, "a root", root, ca=True))
    pem = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain)
    key = leaf.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    made = {"action": "c2pa.created", "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"}
    manifest = {
        "claim_generator_info": [{"name": generator}],
        "title": "a.png",
        "format": "image/png",
        "assertions": [{"label": "c2pa.actions", "data": {"actions": [made]}}],
    }
    info = c2pa.C2paSignerInfo(alg=b"es256", sign_cert=pem, private_key=key, ta_url=None)
    out = io.BytesIO()
    with c2pa.Context() as context, c2pa.Signer.from_info(info) as signer, c2pa.Builder(json.dumps(manifest), context=context) as builder:
        builder.sign(signer, "image/png", io.BytesIO(plain), out)
    return out.getvalue()

"""An author's key and certificate authority that are the same each time: fixed, hence public and worthless."""

from __future__ import annotations

import datetime

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from support import people

from provenance.seal import author, certificates
from provenance.seal.author import Author

ROOT = "Worthless Root CA"


def key(number: int) -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.from_private_bytes(bytes([0xA0 + number]) * 32)


def mei(chain: bytes = b"") -> Author:
    """The author: a person's key without a passphrase, as the code holds it once it was opened. chain: certificates handed over with it."""
    own = key(0)
    raw = own.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    found = author.read(raw, lambda: b"")
    return Author(found.person, found._key, chain)


def root(of: int = 1) -> bytes:
    """The certificate of the authority, PEM."""
    return _pem(_issue(key(of), ROOT, key(of), ROOT, True, 1))


def chain(of: int = 0, by: int = 1) -> bytes:
    """The certificate for a key, as it lies in a bundle. by: whose key is the authority's."""
    return certificates.to_pem([_issue(key(of), "Mei Lin", key(by), ROOT, False, 2)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _issue(
    holder: ed25519.Ed25519PrivateKey, subject: str, issuer: ed25519.Ed25519PrivateKey, by: str, ca: bool, serial: int
) -> x509.Certificate:
    """Ed25519 signatures do not depend on chance, so that the same certificate comes out each time."""
    builder = x509.CertificateBuilder(people.name(by), people.name(subject), holder.public_key(), serial)
    builder = builder.not_valid_before(people.FROM).not_valid_after(people.FROM + datetime.timedelta(days=3650))
    builder = builder.add_extension(x509.BasicConstraints(ca, None), True).add_extension(people.usage(signs=not ca, issues=ca), True)
    return builder.sign(issuer, None)

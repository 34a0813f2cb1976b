"""A person's public key and its signature: Ed25519, ECDSA over P-256 or P-384, RSA. Pure.

Why more than the ledger's one kind: people bring the key that a certificate authority or `ssh-keygen` gave them. Each kind signs in one way
only, which `openssl` checks: Ed25519 as it is; ECDSA with SHA-256 (P-256) or SHA-384 (P-384), DER; RSA PKCS #1 v1.5 with SHA-256.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from provenance.errors import BadInput
from provenance.seal.ed25519 import check_public

Key = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey
MIN_RSA, MAX_RSA = 2048, 8192


@dataclass(frozen=True)
class Person:
    """A public key. algorithm: ed25519, ecdsa-p256, ecdsa-p384 or rsa. pem, fingerprint: of its SubjectPublicKeyInfo; SHA-256 in hex."""

    algorithm: str
    pem: bytes
    fingerprint: str
    _key: Key = field(repr=False, compare=False)

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether the signature over `message` is right."""
        try:
            if isinstance(self._key, ed25519.Ed25519PublicKey):
                self._key.verify(signature, message)
            elif isinstance(self._key, ec.EllipticCurvePublicKey):
                self._key.verify(signature, message, ec.ECDSA(digest(self.algorithm)))
            else:
                self._key.verify(signature, message, padding.PKCS1v15(), digest(self.algorithm))
        except InvalidSignature:
            return False
        return True


def digest(algorithm: str) -> hashes.HashAlgorithm:
    """The hash that a kind of key signs with."""
    return hashes.SHA384() if algorithm == "ecdsa-p384" else hashes.SHA256()


def person(key: object) -> Person:
    """The Person of a public key object. Raises BadInput `seal.bad-key` for a kind that is not known, `seal.weak-key`."""
    if isinstance(key, ed25519.Ed25519PublicKey):
        check_public(key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw))
        algorithm = "ed25519"
    elif isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in ("secp256r1", "secp384r1"):
        algorithm = {"secp256r1": "ecdsa-p256", "secp384r1": "ecdsa-p384"}[key.curve.name]
    elif isinstance(key, rsa.RSAPublicKey):
        if not MIN_RSA <= key.key_size <= MAX_RSA or not 65537 <= key.public_numbers().e < 1 << 64:  # as openssl and the other verifiers
            raise BadInput("seal.weak-key", why=f"RSA of {key.key_size} bits, exponent {key.public_numbers().e}")
        algorithm = "rsa"
    else:
        raise BadInput("seal.bad-key", why="not Ed25519, P-256, P-384 or RSA")
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    der = key.public_bytes(serialization.Encoding.DER, spki)
    return Person(algorithm, key.public_bytes(serialization.Encoding.PEM, spki), sha256(der).hexdigest(), key)


def parse(pem: bytes) -> Person:
    """The Person of a PEM file in its one spelling. Raises BadInput `seal.bad-key`, `seal.weak-key`."""
    try:
        found = person(serialization.load_pem_public_key(pem))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadInput("seal.bad-key", why="not a public key in PEM") from error
    if found.pem != pem:
        raise BadInput("seal.bad-key", why="not in its one spelling")
    return found

"""The author's private key: a person's, never used without the passphrase, so that a program alone signs nothing with it.

`author.p12` is PKCS #12 (RFC 7292) under PBES2 with AES-256 and 600,000 rounds of PBKDF2-HMAC-SHA256, without a certificate; `openssl
pkcs12` reads it. `author.pem` beside it is the public half, `author-chain.pem` the certificates that were given for it, the leaf first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from provenance.errors import BadInput, Damaged, Unavailable
from provenance.seal import certificates, files
from provenance.seal.person import Person, digest, parse, person

P12, PUBLIC, CHAIN = "author.p12", "author.pem", "author-chain.pem"
ROUNDS = 600_000
SHORTEST = 8
MOST = 1 << 20


@dataclass(frozen=True)
class Author:
    """A private key that is open. person: its public half. chain: certificates in PEM, empty without any."""

    person: Person
    _key: Any = field(repr=False, compare=False)
    chain: bytes = b""

    def sign(self, message: bytes) -> bytes:
        """The signature over `message`, in the one way of this kind of key (person.py)."""
        if isinstance(self._key, ed25519.Ed25519PrivateKey):
            return self._key.sign(message)
        if isinstance(self._key, ec.EllipticCurvePrivateKey):
            return self._key.sign(message, ec.ECDSA(digest(self.person.algorithm)))
        signature: bytes = self._key.sign(message, padding.PKCS1v15(), digest(self.person.algorithm))
        return signature


def fresh() -> Author:
    """A new Ed25519 key, not kept anywhere yet."""
    return _author(ed25519.Ed25519PrivateKey.generate())


def read(data: bytes, passphrase: Callable[[], bytes]) -> Author:
    """A private key from the bytes of a file: OpenSSH, PKCS #8 or older PEM, DER, PKCS #12 (its certificates are kept).

    Args:
        passphrase: asked only where the file needs one.
    Raises:
        BadInput: `author.not-a-key`, `author.passphrase` (a wrong one), `seal.bad-key`, `seal.weak-key`; `author.needs-bcrypt` for an
            encrypted OpenSSH file where the library that opens it is not installed.
    """
    if len(data) > MOST:
        raise BadInput("author.not-a-key")
    found = _try(data, None)
    if found is None:
        found = _try(data, passphrase())
    if found is None:
        raise BadInput("author.passphrase")
    key, chain = found
    return _author(key, chain)


def _try(data: bytes, passphrase: bytes | None) -> tuple[Any, bytes] | None:
    """The key, or None where the passphrase is missing or wrong."""
    text = data.lstrip()
    try:
        if text.startswith(b"-----BEGIN OPENSSH"):
            return serialization.load_ssh_private_key(data, passphrase), b""
        if text.startswith(b"-----BEGIN"):
            return serialization.load_pem_private_key(data, passphrase), b""
        return _pkcs12(data, passphrase)
    except TypeError as error:
        if passphrase is None:
            return None  # encrypted
        raise BadInput("author.not-a-key") from error
    except UnsupportedAlgorithm as error:
        raise BadInput("author.needs-bcrypt" if "bcrypt" in str(error) else "author.not-a-key") from error
    except ValueError as error:
        encrypted = b"ENCRYPTED" in data or text.startswith(b"-----BEGIN OPENSSH") or not text.startswith(b"-----BEGIN")
        if encrypted:
            return None
        raise BadInput("author.not-a-key") from error


def _pkcs12(data: bytes, passphrase: bytes | None) -> tuple[Any, bytes]:
    from cryptography.hazmat.primitives.serialization import pkcs12

    try:
        if passphrase is None:
            return serialization.load_der_private_key(data, None), b""
    except ValueError:
        if data[:1] != b"\x30":
            raise BadInput("author.not-a-key") from None
    key, leaf, others = pkcs12.load_key_and_certificates(data, passphrase)
    if key is None:
        raise BadInput("author.not-a-key")
    return key, certificates.to_pem([leaf, *others]) if leaf is not None else b""


def _author(key: Any, chain: bytes = b"") -> Author:
    if not isinstance(key, ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise BadInput("seal.bad-key", why="not Ed25519, P-256, P-384 or RSA")
    return Author(person(key.public_key()), key, chain)


def save(folder: Path, author: Author, passphrase: bytes) -> None:
    """Keep the key under a passphrase.

    Raises:
        BadInput: `author.short` for a passphrase of less than eight bytes.
        Unavailable: `seal.key-exists` (a key is never overwritten), `seal.key-unwritable`.
    """
    from cryptography.hazmat.primitives.serialization import pkcs12

    if len(passphrase) < SHORTEST:
        raise BadInput("author.short", least=SHORTEST)
    how = (
        serialization.PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(ROUNDS)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(hashes.SHA256())
        .build(passphrase)
    )
    data = pkcs12.serialize_key_and_certificates(b"prov author", author._key, None, None, how)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if (folder / P12).exists():
            raise Unavailable("seal.key-exists", path=str(folder / P12))
        # A crash between these lines leaves a public half without its key: it is written over when the key is made again.
        files.put(folder / PUBLIC, author.person.pem, 0o644)
        if author.chain:
            files.put(folder / CHAIN, author.chain, 0o644)
        files.put(folder / P12, data)
    except OSError as error:
        raise Unavailable("seal.key-unwritable", path=str(folder), why=error.strerror or "") from error


def known(folder: Path) -> Person | None:
    """The public half of the home's author key, None where there is none. Raises Damaged `author.damaged`."""
    if not (folder / P12).exists():
        return None
    try:
        return parse((folder / PUBLIC).read_bytes())
    except (OSError, BadInput) as error:
        raise Damaged("author.damaged", path=str(folder / PUBLIC)) from error


def unlock(folder: Path, passphrase: bytes) -> Author:
    """Open the home's author key.

    Raises:
        Unavailable: `seal.key-missing`, `seal.key-open`. BadInput: `author.passphrase`.
        Damaged: `author.damaged` where the two halves differ.
    """
    opened = read(files.read_private(folder / P12), lambda: passphrase)
    if opened.person != known(folder):
        raise Damaged("author.damaged", path=str(folder / PUBLIC))
    return Author(opened.person, opened._key, chain(folder))


def chain(folder: Path) -> bytes:
    """The certificates that were given for the author key, in PEM; empty without any."""
    path = folder / CHAIN
    return path.read_bytes() if path.exists() else b""


def certify(folder: Path, data: bytes) -> certificates.Identity:
    """Keep an authority's certificates for the author key.

    Args:
        data: PEM, or one in DER; the one for the author's key among them, whatever their order.
    Returns:
        What the certificate says, unchecked: whoever verifies decides which authority to trust.
    Raises:
        BadInput: `author.none`, `author.certificate` where none is for this key, `seal.certificate`. Unavailable: `seal.key-unwritable`.
    """
    mine = known(folder)
    if mine is None:
        raise BadInput("author.none")
    found = certificates.chain(data)
    leaf = next((one for one in found if _same(one, mine)), None)
    if leaf is None:
        raise BadInput("author.certificate")
    ordered = [leaf, *(one for one in found if one != leaf)]
    try:
        files.put(folder / CHAIN, certificates.to_pem(ordered), 0o644)
    except OSError as error:
        raise Unavailable("seal.key-unwritable", path=str(folder), why=error.strerror or "") from error
    named = certificates.fingerprint(leaf)
    return certificates.Identity(leaf.subject.rfc4514_string(), leaf.issuer.rfc4514_string(), named, "")


def _same(one: Any, mine: Person) -> bool:
    try:
        return certificates.holder(one) == mine
    except BadInput:
        return False

"""The ledger's key: made once, kept in a file that only its owner may read.

`ledger.pem` is Ed25519 in PKCS#8 (RFC 8410) under one line of explanatory text (RFC 7468 section 2) with the public half and its name
as a signed-note verifier key; `openssl pkey` reads it as it is. One file, so that no crash can part a key from its name.

Where the system has a keychain, the file is encrypted under 256 random bits that only the keychain holds (PKCS#8 with few rounds is as
good as many then: nobody guesses 256 bits). Elsewhere it is not encrypted: it is used unattended, and a passphrase beside it would be
decoration. Which of the two is said in the ledger and in the report.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from provenance.errors import BadInput, Damaged, Unavailable
from provenance.seal import files, note
from provenance.seal.ed25519 import check_public
from provenance.seal.vault import Vault

__all__ = ["IN_FILE", "IN_KEYCHAIN", "PROTECTION", "Signer", "check_public", "create", "load", "named", "protection", "put", "save"]

PEM = "ledger.pem"
IN_FILE, IN_KEYCHAIN = "file-0600", "keychain"
PROTECTION = IN_FILE
"""How the private key is kept, as `ledger.opened` says it."""

_ENCRYPTED = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"


@dataclass(frozen=True)
class Signer:
    """A key that signs. name: the ledger's origin."""

    name: str
    _key: Ed25519PrivateKey = field(repr=False, compare=False)

    @classmethod
    def of_seed(cls, name: str, seed: bytes) -> Signer:
        """The signer of a 32-byte private key (RFC 8032). Raises BadInput `seal.bad-key` for a name that no key may have."""
        if not note.valid_name(name):
            raise BadInput("seal.bad-key", why="the name is not a key name")
        return cls(name, Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def public(self) -> bytes:
        """The raw public key, 32 bytes."""
        return self._key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the raw public key, hex."""
        return hashlib.sha256(self.public).hexdigest()

    @property
    def verifier(self) -> note.Verifier:
        """The public half."""
        return note.verifier(self.name, self.public)

    @property
    def vkey(self) -> str:
        """The public half as signed-note text."""
        return self.verifier.vkey

    @property
    def pem_public(self) -> bytes:
        """The public half as PEM (SubjectPublicKeyInfo), for `openssl pkeyutl -verify -pubin`."""
        return self._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def sign(self, message: bytes) -> bytes:
        """Ed25519 signature over `message`, 64 bytes (RFC 8032)."""
        return self._key.sign(message)


def create(folder: Path, name: str, vault: Vault | None = None) -> Signer:
    """Make the ledger's key.

    Args:
        folder: made with mode 0700 where it is missing.
        name: the ledger's origin.
        vault: the keychain that is to hold what opens the file; None: the file opens by itself.
    Raises:
        Unavailable: `seal.key-exists` (a key is never overwritten), `seal.key-unwritable`, `seal.keychain`.
        BadInput: `seal.bad-key` for a name that no key may have.
    """
    signer = Signer.of_seed(name, secrets.token_bytes(32))
    save(folder, signer, vault)
    return signer


def save(folder: Path, signer: Signer, vault: Vault | None = None, file: str = PEM) -> None:
    """Keep a key under a name that is not taken yet. Raises as `create`."""
    data = _sealed(signer, vault)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = folder / f"{file}.{os.getpid()}.new"
        fresh.unlink(missing_ok=True)
        files.write(fresh, data)
        # a crash before this line leaves a .new file that nothing reads; after it the whole key stands under its name
        files.publish(fresh, folder / file)
        files.sync_folder(folder)
    except FileExistsError as error:
        raise Unavailable("seal.key-exists", path=str(folder / file)) from error
    except OSError as error:
        raise Unavailable("seal.key-unwritable", path=str(folder), why=error.strerror or "") from error


def put(folder: Path, signer: Signer, vault: Vault | None, file: str = PEM) -> None:
    """Write a key over what stands under that name: another way of keeping the same key, or a step of a rotation that is done again."""
    data = _sealed(signer, vault)
    try:
        files.put(folder / file, data)
    except OSError as error:
        raise Unavailable("seal.key-unwritable", path=str(folder), why=error.strerror or "") from error


def _sealed(signer: Signer, vault: Vault | None) -> bytes:
    """The file's bytes. What opens them is in the keychain first: a crash after that leaves a secret that opens nothing."""
    how: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if vault is not None:
        secret = vault.get(_place(signer.verifier)) or secrets.token_hex(32)  # a file that this one opens already may stand there
        vault.put(_place(signer.verifier), secret)
        how = serialization.BestAvailableEncryption(secret.encode())
    pem = signer._key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how)
    return b"ledger key: " + signer.vkey.encode() + b"\n" + pem


def _place(key: note.Verifier) -> str:
    return f"key {key.name} {hashlib.sha256(key.public).hexdigest()[:16]}"


def named(folder: Path, file: str = PEM) -> note.Verifier | None:
    """The public half that a key file names, without opening the key; None where there is no such file.

    Raises:
        Unavailable: `seal.key-open`, `seal.key-unreadable`. Damaged: `seal.key-damaged`.
    """
    path = folder / file
    return _named(path, files.read_private(path)) if path.exists() else None


def protection(folder: Path, file: str = PEM) -> str:
    """How the key in this file is kept: IN_FILE or IN_KEYCHAIN. Raises as `named`; Unavailable `seal.key-missing`."""
    return IN_KEYCHAIN if _ENCRYPTED in files.read_private(folder / file) else IN_FILE


def load(folder: Path, vault: Vault | None = None, file: str = PEM) -> Signer:
    """Read the ledger's key.

    Raises:
        Unavailable: `seal.key-missing`, `seal.key-unreadable`, `seal.key-open` (others may read it), `seal.keychain` (the keychain does
            not answer), `seal.key-locked` (it does not hold what opens the file).
        Damaged: `seal.key-damaged` when the file is no key, or not the key that its first line names.
    """
    path = folder / file
    data = files.read_private(path)
    public = _named(path, data)
    secret = None
    if _ENCRYPTED in data:
        secret = vault.get(_place(public)) if vault is not None else None
        if secret is None:
            raise Unavailable("seal.key-locked", path=str(path))
    try:
        key = serialization.load_pem_private_key(data, password=secret.encode() if secret is not None else None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Damaged("seal.key-damaged", path=str(path), why=type(error).__name__) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise Damaged("seal.key-damaged", path=str(path), why="not an Ed25519 key")
    signer = Signer(public.name, key)
    if signer.public != public.public:
        raise Damaged("seal.key-damaged", path=str(path), why="the key is not the one its first line names")
    return signer


def _named(path: Path, data: bytes) -> note.Verifier:
    try:
        return note.parse_vkey(data.split(b"\n", 1)[0].removeprefix(b"ledger key: ").decode())
    except (ValueError, BadInput) as error:
        raise Damaged("seal.key-damaged", path=str(path), why=type(error).__name__) from error

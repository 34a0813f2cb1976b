"""The ledger's key: made once, kept in a file that only its owner may read.

`ledger.pem` is Ed25519 in PKCS#8 (RFC 8410) under one line of explanatory text (RFC 7468 section 2) with the public half and its name
as a signed-note verifier key; `openssl pkey` reads it as it is. One file, so that no crash can part a key from its name. It is not
encrypted: it is used unattended, and a passphrase beside it would be decoration. That is said in the ledger and in the report.
"""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from provenance.errors import BadInput, Damaged, Unavailable
from provenance.seal import note
from provenance.seal.ed25519 import check_public

__all__ = ["PROTECTION", "Signer", "check_public", "create", "load"]

PEM = "ledger.pem"
PROTECTION = "file-0600"
"""How the private key is kept, as `ledger.opened` says it."""


@dataclass(frozen=True)
class Signer:
    """A key that signs. name: the ledger's origin."""

    name: str
    _key: Ed25519PrivateKey = field(repr=False, compare=False)

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


def create(folder: Path, name: str) -> Signer:
    """Make the ledger's key.

    Args:
        folder: made with mode 0700 where it is missing.
        name: the ledger's origin.
    Raises:
        Unavailable: `seal.key-exists` (a key is never overwritten), `seal.key-unwritable`.
        BadInput: `seal.bad-key` for a name that no key may have.
    """
    if not note.valid_name(name):
        raise BadInput("seal.bad-key", why="the name is not a key name")
    signer = Signer(name, Ed25519PrivateKey.generate())
    pem = signer._key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = folder / f"{PEM}.{os.getpid()}.new"
        fresh.unlink(missing_ok=True)
        _write(fresh, b"ledger key: " + signer.vkey.encode() + b"\n" + pem, 0o600)
        # a crash before this line leaves a .new file that nothing reads; after it the whole key stands under its name
        _publish(fresh, folder / PEM)
        _sync_folder(folder)
    except FileExistsError as error:
        raise Unavailable("seal.key-exists", path=str(folder / PEM)) from error
    except OSError as error:
        raise Unavailable("seal.key-unwritable", path=str(folder), why=error.strerror or "") from error
    return signer


def load(folder: Path) -> Signer:
    """Read the ledger's key.

    Raises:
        Unavailable: `seal.key-missing`, `seal.key-unreadable`, `seal.key-open` (others may read it).
        Damaged: `seal.key-damaged` when the file is no key, or not the key that its first line names.
    """
    path = folder / PEM
    try:
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise Unavailable("seal.key-open", path=str(path))
        pem = path.read_bytes()
    except FileNotFoundError as error:
        raise Unavailable("seal.key-missing", path=str(path)) from error
    except OSError as error:
        raise Unavailable("seal.key-unreadable", path=str(path), why=error.strerror or "") from error
    try:
        key = serialization.load_pem_private_key(pem, password=None)
        public = note.parse_vkey(pem.split(b"\n", 1)[0].removeprefix(b"ledger key: ").decode())
    except (ValueError, TypeError, UnsupportedAlgorithm, BadInput) as error:
        raise Damaged("seal.key-damaged", path=str(path), why=type(error).__name__) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise Damaged("seal.key-damaged", path=str(path), why="not an Ed25519 key")
    signer = Signer(public.name, key)
    if signer.public != public.public:
        raise Damaged("seal.key-damaged", path=str(path), why="the key is not the one its first line names")
    return signer


def _write(path: Path, data: bytes, mode: int) -> None:
    # O_EXCL with the mode at birth: there is no moment at which others could read the key, or in which a link is followed
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _publish(fresh: Path, path: Path) -> None:
    """Give the finished file its name, without overwriting: FileExistsError when somebody else was first."""
    try:
        os.link(fresh, path)
    except FileExistsError:
        fresh.unlink()
        raise
    except OSError:  # a file system without hard links; the check and the rename are two steps there
        if path.exists():
            raise FileExistsError(str(path)) from None
        fresh.rename(path)
    else:
        fresh.unlink()


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return  # Windows keeps names durable by itself, and a folder cannot be opened there
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

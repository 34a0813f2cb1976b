"""The key of a witness: Ed25519 in a file that only its owner may read, under one line with its public half (RFC 7468 section 2).

Never the key of a ledger: a cosignature does not name the one who signs, so that a key must have one use only (tlog-cosignature).
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from provenance.errors import BadInput, Damaged, Unavailable
from provenance.seal import cosign, files
from provenance.seal.keys import Signer

PEM = "witness.pem"
_LINE = b"witness key: "


def create(folder: Path, name: str) -> Signer:
    """Make a witness's key; the folder is made where it is missing.

    Raises:
        BadInput: `seal.bad-key` for a name that no key may have. Unavailable: `seal.key-exists`, `seal.key-unwritable`.
    """
    signer = Signer.of_seed(name, secrets.token_bytes(32))
    raw = signer._key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    data = _LINE + cosign.witness(name, signer.public).vkey.encode() + b"\n" + raw
    path = folder / PEM
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = folder / f"{PEM}.{os.getpid()}.new"
        fresh.unlink(missing_ok=True)
        files.write(fresh, data)
        # a crash before this line leaves a .new file that nothing reads; after it the whole key stands under its name
        files.publish(fresh, path)
        files.sync_folder(folder)
    except FileExistsError as error:
        raise Unavailable("seal.key-exists", path=str(path)) from error
    except OSError as error:
        raise Unavailable("seal.key-unwritable", path=str(folder), why=error.strerror or "") from error
    return signer


def load(folder: Path) -> Signer:
    """Read it. Raises Unavailable `witness.none`, `seal.key-open`, `seal.key-unreadable`; Damaged `seal.key-damaged`."""
    path = folder / PEM
    if not path.exists():
        raise Unavailable("witness.none", path=str(folder))
    data = files.read_private(path)
    try:
        named = cosign.parse_vkey(data.split(b"\n", 1)[0].removeprefix(_LINE).decode())
        key = serialization.load_pem_private_key(data, None)
    except (ValueError, TypeError, UnsupportedAlgorithm, BadInput) as error:
        raise Damaged("seal.key-damaged", path=str(path), why=type(error).__name__) from error
    if not isinstance(key, Ed25519PrivateKey) or Signer(named.name, key).public != named.public:
        raise Damaged("seal.key-damaged", path=str(path), why="the key is not the one its first line names")
    return Signer(named.name, key)

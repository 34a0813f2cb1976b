"""The files of a home's key folder: the ledger's key, the one that is coming, and the next one's code until a person has stored it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

from provenance import words
from provenance.errors import BadInput, Damaged, Unavailable
from provenance.seal import files, keys, recovery
from provenance.seal.keys import Signer
from provenance.seal.succession import Reign
from provenance.seal.vault import Vault

COMING = "coming.pem"
"""The new key of a rotation that is under way; it takes the place of the ledger's key once the ledger tells of it."""

FRESH = recovery.FILE + ".coming"
AUTO, KEYCHAIN, FILE = "auto", "keychain", "file"


def commitment(folder: Path, name: str, file: str = recovery.FILE) -> str:
    """The hash that commits to the next key, which is made now unless its file is there: SHA-256 of its public half, hex.

    Raises:
        Unavailable: `seal.key-unwritable`. BadInput: `seal.bad-code` where the file holds no code.
    """
    path = folder / file
    if not path.exists():
        seed = secrets.token_bytes(32)
        code = recovery.encode(seed)
        said = [words.say(f"key.recovery.{part}", lang, ledger=name) for lang in words.LANGUAGES for part in ("file", "what", "keep")]
        text = "\n\n".join([*said, code]) + "\n"
        try:
            files.put(path, text.encode())
        except OSError as error:
            raise Unavailable("seal.key-unwritable", path=str(folder), why=error.strerror or "") from error
    return _stored(path, name).fingerprint


def _stored(path: Path, name: str) -> Signer:
    return Signer.of_seed(name, recovery.find(files.read_private(path).decode("utf-8", "replace")))


def open_key(folder: Path, reign: Reign, vault: Callable[[], Vault | None]) -> Signer:
    """The private half of the key that the ledger has now; a rotation that a crash cut short after its entry is finished here.

    Raises:
        Unavailable: as `keys.load`. Damaged: `seal.key-former` where the file holds another key than the ledger's: an old one put back,
            or a foreign one. Nothing is signed with it.
    """
    for file in (keys.PEM, COMING):
        if keys.named(folder, file) == reign.verifier:
            locked = keys.protection(folder, file) == keys.IN_KEYCHAIN
            signer = keys.load(folder, vault() if locked else None, file)
            if file == COMING:
                finish(folder, reign)
            return signer
    if keys.named(folder) is None:
        raise Unavailable("seal.key-missing", path=str(folder / keys.PEM))
    raise Damaged("seal.key-former", path=str(folder / keys.PEM))


def finish(folder: Path, reign: Reign) -> None:
    """The last steps of a rotation that the ledger tells of. Each may be done again: a crash between them is mended by the next call.

    A folder that cannot be written keeps `coming.pem`, which serves as it is.
    """
    try:
        fresh = folder / FRESH
        if fresh.exists() and _stored(fresh, reign.verifier.name).fingerprint == reign.next_key:
            fresh.replace(folder / recovery.FILE)
        # the old private key is overwritten: it has nothing more to sign, and what is not there cannot be stolen
        (folder / COMING).replace(folder / keys.PEM)
        files.sync_folder(folder)
    except (OSError, BadInput):
        return


def wanted(how: str, vault: Vault | None) -> Vault | None:
    """The vault for a new key: `keychain` demands one that works, `file` none, `auto` takes what is there.

    Raises:
        Unavailable: `seal.no-keychain`.
    """
    if how == FILE:
        return None
    from provenance.seal.vault import tried

    found = tried(vault)
    if found is None and how == KEYCHAIN:
        raise Unavailable("seal.no-keychain")
    return found

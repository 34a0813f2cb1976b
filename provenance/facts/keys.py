"""Keys that followed one another, keys that were stolen, and the key of a person. What the first entry says of its key is in running.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from provenance.facts.fact import STATED, Fact, sealed


@dataclass(frozen=True, kw_only=True)
class KeyRotated(Fact):
    """The ledger has another key from here on. `statement`: a signed note of ten lines (docs/ledger-format.md section 10). Keys are named
    by the SHA-256 of their raw bytes, hex; next_key: what this one commits to. That a key is lost is the person's word."""

    KIND: ClassVar[str] = "key.rotated/1"
    event: str  # "rotated", "lost"
    old_key: str
    new_key: str
    next_key: str
    signed_by: str  # "old and new", "new"
    key_protection: str  # of the new key: "file-0600", "keychain"
    statement: str


@dataclass(frozen=True, kw_only=True)
class KeyRevoked(Fact):
    """A person says that the key was in strange hands since `since`; the ledger has another key from here on, signed by that one alone.

    counted: entries before this number were attested by a third party before that time; what the old key alone signed after them does not
    count (0: nothing was attested).
    """

    KIND: ClassVar[str] = "key.revoked/1"
    CLASS: ClassVar[str] = STATED
    since: str
    counted: int
    old_key: str
    new_key: str
    next_key: str
    key_protection: str
    statement: str


@dataclass(frozen=True, kw_only=True)
class AuthorNamed(Fact):
    """A person's own key, opened with a passphrase, signs exports from here on. public_key: SHA-256 of the SubjectPublicKeyInfo, hex.
    certificate: SHA-256 of the certificate that a CA gave for it; None without one."""

    KIND: ClassVar[str] = "author.named/1"
    CLASS: ClassVar[str] = STATED
    public_key: str
    algorithm: str  # "ed25519", "ecdsa-p256", "ecdsa-p384", "rsa"
    certificate: str | None = None
    name: str | None = sealed()

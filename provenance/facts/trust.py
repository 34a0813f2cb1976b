"""Signed heads, copies dropped, bundles made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from provenance.facts.fact import ATTESTED, STATED, Fact, sealed


@dataclass(frozen=True, kw_only=True)
class SnapshotSigned(Fact):
    """A head was signed and written to heads.log. `note` is the whole signed note (C2SP signed-note over tlog-checkpoint)."""

    KIND: ClassVar[str] = "snapshot.signed/1"
    size: int
    root: str  # base64, as in the checkpoint
    why: str  # "start", "stop", "export", "256 entries", "15 minutes", "asked"
    note: str


@dataclass(frozen=True, kw_only=True)
class TimeChosen(Fact):
    """The person chose which time authorities are asked from now on; an empty list: none any more."""

    KIND: ClassVar[str] = "time.chosen/1"
    CLASS: ClassVar[str] = STATED
    authorities: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TimeAttested(Fact):
    """A time authority's word that a signed head existed: entries up to `size` were there before `time`, this entry came after it.

    covers: SHA-256 of the signed note's bytes, which is what the token is over. token: SHA-256 of the answer as received (a blob).
    time: the authority's, RFC 3339 UTC. accuracy_ms: as the token states it. root: SHA-256 of the root certificate it was checked
    against; None where that root is not pinned (then `trusted` is False, and the token proves nothing to anybody who does not trust it).
    """

    KIND: ClassVar[str] = "time.attested/1"
    CLASS: ClassVar[str] = ATTESTED
    authority: str
    form: str  # "rfc3161", "opentimestamps"
    size: int
    covers: str
    token: str
    time: str
    trusted: bool
    accuracy_ms: int | None = None
    serial: str | None = None
    policy: str | None = None
    root: str | None = None


@dataclass(frozen=True, kw_only=True)
class TimePromised(Fact):
    """An OpenTimestamps calendar took a hash made of a signed head's and promised to commit it to Bitcoin. A promise is no time.

    covers: SHA-256 of the signed note's bytes. token: SHA-256 of the proof as it stood then (a detached .ots file, a blob).
    """

    KIND: ClassVar[str] = "time.promised/1"
    CLASS: ClassVar[str] = ATTESTED
    authority: str
    form: str  # "opentimestamps"
    size: int
    covers: str
    token: str


@dataclass(frozen=True, kw_only=True)
class TimeCommitted(Fact):
    """A calendar kept its promise: its proof leads from the signed head to the root of a Bitcoin block.

    That the block of this height has this root was not checked by the recorder, which knows no blocks; the block's time is not known.
    promise: the entry it fulfils. block: the height. merkle_root: hex, as block explorers show it. token: SHA-256 of the whole proof.
    """

    KIND: ClassVar[str] = "time.committed/1"
    CLASS: ClassVar[str] = ATTESTED
    authority: str
    form: str
    size: int
    covers: str
    token: str
    promise: int
    block: int
    merkle_root: str


@dataclass(frozen=True, kw_only=True)
class OriginalDropped(Fact):
    KIND: ClassVar[str] = "original.dropped/1"
    sha256: str
    size: int
    why: str  # "budget"


@dataclass(frozen=True, kw_only=True)
class BundleExported(Fact):
    """A bundle was handed over. pictures: those in it, the chosen ones first, as many as an entry holds with certainty; unlisted: how many
    more there are, which the seal covers like everything in it."""

    KIND: ClassVar[str] = "bundle.exported/1"
    size: int
    snapshot: int
    seal: str  # SHA-256 of tagmanifest-sha256.txt
    bundle: str  # SHA-256 of the zip
    withheld: tuple[str, ...]
    pictures: tuple[str, ...]
    unlisted: int | None = None
    path: Any = sealed()


@dataclass(frozen=True, kw_only=True)
class BundleDisclosed(Fact):
    """A new bundle of the same snapshot was made, which shows more than an earlier one.

    old_seal: SHA-256 of the earlier one's tag manifest; seal, bundle, size, snapshot: of the new one, as of `BundleExported`. shows: what
    was asked for, each `name`, `name@entry`, `picture:<SHA-256>` or "previews".
    """

    KIND: ClassVar[str] = "bundle.disclosed/1"
    old_seal: str
    size: int
    snapshot: int
    seal: str
    bundle: str
    shows: tuple[str, ...]
    path: Any = sealed()

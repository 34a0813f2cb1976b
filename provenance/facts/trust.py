"""Signed heads, copies dropped, bundles made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from provenance.facts.fact import Fact, sealed


@dataclass(frozen=True, kw_only=True)
class SnapshotSigned(Fact):
    """A head was signed and written to heads.log. `note` is the whole signed note (C2SP signed-note over tlog-checkpoint)."""

    KIND: ClassVar[str] = "snapshot.signed/1"
    size: int
    root: str  # base64, as in the checkpoint
    why: str  # "stop", "export", "256 entries", "15 minutes", "asked"
    note: str


@dataclass(frozen=True, kw_only=True)
class OriginalDropped(Fact):
    KIND: ClassVar[str] = "original.dropped/1"
    sha256: str
    size: int
    why: str  # "budget"


@dataclass(frozen=True, kw_only=True)
class BundleExported(Fact):
    KIND: ClassVar[str] = "bundle.exported/1"
    size: int
    snapshot: int
    seal: str  # SHA-256 of tagmanifest-sha256.txt
    bundle: str  # SHA-256 of the zip
    withheld: tuple[str, ...]
    pictures: tuple[str, ...]
    path: Any = sealed()

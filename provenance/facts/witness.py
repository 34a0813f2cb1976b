"""What other people's machines said of the ledger's heads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from provenance.facts.fact import ATTESTED, Fact


@dataclass(frozen=True, kw_only=True)
class HeadWitnessed(Fact):
    """A witness's word (C2SP tlog-cosignature v1): at `time`, by its own clock, the signed head of `size` entries was the largest it had
    seen of this ledger, and it begins with every head that the witness had cosigned before.

    witness: the key's name. vkey: the whole verifier key, key_id in it. covers: SHA-256 of the ledger's own signed note, as in
    snapshot.signed and time.attested. cosigned: SHA-256 of that note with the witness's line under it (a blob). time: RFC 3339 UTC.
    """

    KIND: ClassVar[str] = "head.witnessed/1"
    CLASS: ClassVar[str] = ATTESTED
    witness: str
    key_id: str
    vkey: str
    size: int
    covers: str
    cosigned: str
    time: str

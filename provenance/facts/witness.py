"""What other people's machines said of the ledger's heads, and what they refused to say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from provenance.facts.fact import ATTESTED, OBSERVED, Fact, sealed


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


@dataclass(frozen=True, kw_only=True)
class WitnessRefused(Fact):
    """A machine that was asked as this witness did not put its name under the head of `size` entries. Nobody signed the refusal: it is what
    came back from where the witness was asked.

    witness, key_id, vkey: who was meant, as in `HeadWitnessed`. covers: SHA-256 of the signed note that was shown. refusal: `ahead` (it has
    seen more entries than the head has), `fork` (it saw another history), `unknown-log`, `key` (no key it trusts signed the head), `answer`
    (anything else). status: of the HTTP answer. seen: how many entries it has seen, as it says; None where it says nothing. url: where.
    """

    KIND: ClassVar[str] = "witness.refused/1"
    CLASS: ClassVar[str] = OBSERVED
    witness: str
    key_id: str
    vkey: str
    size: int
    covers: str
    refusal: str
    status: int
    seen: int | None = None
    url: str | None = sealed()

"""A ledger that came back from a backup, and one that begins where a damaged one ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from provenance.facts.fact import Fact


@dataclass(frozen=True, kw_only=True)
class LedgerRestored(Fact):
    """A backup was put back. Without `predecessor` it is this ledger itself that goes on after its first `entries_kept` entries.

    made_at: when the backup was made, by its maker's clock. root: base64, over the entries kept. predecessor: origin of the restored
    ledger where a later head of it is known (later_size, later_root) or its key is not there: then it is closed, kept in the folder
    `predecessor`, and this new ledger only names it. predecessor_key: SHA-256 of the raw key that it was opened with.
    """

    KIND: ClassVar[str] = "ledger.restored/1"
    software: str
    made_at: str
    entries_kept: int
    root: str
    later_size: int | None = None
    later_root: str | None = None
    predecessor: str | None = None
    predecessor_key: str | None = None


@dataclass(frozen=True, kw_only=True)
class LedgerSalvaged(Fact):
    """The longest good beginning of a damaged ledger was kept, closed, in the folder `predecessor`; this new ledger names it.

    entries_kept, root: of that beginning (root in base64). signed_size: the largest signed head that it still has. later_size, later_root:
    the largest head that was signed and that it no longer reaches. first_bad: the first entry that was not carried. why: the code of
    what is wrong there. values_lost: stored values of kept entries that no longer open their digests, and were left out.
    kept_file, damaged_file: SHA-256 of the ledger file as kept, and of the damaged one as it was found.
    """

    KIND: ClassVar[str] = "ledger.salvaged/1"
    software: str
    predecessor: str
    predecessor_key: str | None = None
    entries_kept: int
    root: str
    signed_size: int | None = None
    later_size: int | None = None
    later_root: str | None = None
    first_bad: int | None = None
    why: str
    values_lost: int
    kept_file: str
    damaged_file: str

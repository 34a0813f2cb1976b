"""Litigation holds of an open home."""

from __future__ import annotations

from provenance import facts
from provenance.daemon.house import House
from provenance.errors import BadInput
from provenance.ledger.chain import Entry
from provenance.views import holding
from provenance.views.holding import Hold


def start(house: House, why: str) -> tuple[Entry, Hold | None]:
    """Start a hold; the first one that stands already, where one does. Raises BadInput `hold.no-why`."""
    if not why.strip():
        raise BadInput("hold.no-why")
    before = holding.standing_in(house.ledger)
    (entry,) = house.tell(facts.HoldStarted(why=why.strip()))
    return entry, before[0] if before else None


def end(house: House, seq: int | None, why: str) -> tuple[Entry, int]:
    """End one hold: the only one that stands, or that of entry `seq`. How many are left.

    Raises:
        BadInput: `hold.none`, `hold.several`, `hold.unknown`.
    """
    there = [one.seq for one in holding.standing_in(house.ledger)]
    if not there:
        raise BadInput("hold.none")
    if seq is None and len(there) > 1:
        raise BadInput("hold.several", seqs=", ".join(map(str, there)))
    if seq is not None and seq not in there:
        raise BadInput("hold.unknown", seq=seq)
    (entry,) = house.tell(facts.HoldEnded(hold=there[0] if seq is None else seq, why=why.strip() or None))
    return entry, len(there) - 1

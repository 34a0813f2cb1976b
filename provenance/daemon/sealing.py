"""Signing the head of an open home, in the order that a crash cannot turn into a lie."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from provenance import facts
from provenance.daemon.house import House
from provenance.errors import Damaged
from provenance.seal import heads
from provenance.seal.signing import sign_head

NEWEST = 8  # heads compared at each signing; all of them are when a recorder starts, and when the ledger is verified


@dataclass(frozen=True)
class SignedHead:
    """A signed snapshot. note: the exact bytes. at: when its entry was written. size: entries it covers."""

    note: bytes
    at: str
    size: int


def last_head(house: House) -> SignedHead | None:
    """The newest snapshot that the ledger tells of."""
    stop = house.ledger.size()
    while stop > 0:
        start = max(0, stop - 512)
        found = list(house.ledger.entries(start, stop, kinds=(facts.SnapshotSigned.KIND,)))
        if found:
            return SignedHead(found[-1].open["note"].encode(), found[-1].at, found[-1].open["size"])
        stop = start
    return None


def check_heads(house: House) -> None:
    """That the ledger still begins with every head that was signed: nothing is added to an older copy put back, for that would be a fork.

    Raises:
        Damaged: `heads.inconsistent` with `code` (H001, H002, H004) and `size`; `heads.damaged`.
    """
    last = last_head(house)
    signed = heads.read(house.home.heads, (house.signer.verifier,))
    wrong = heads.disagreements(signed, house.ledger.size(), house.ledger.root_at, (last.note,) if last else ())
    if wrong:
        raise Damaged("heads.inconsistent", code=wrong[0].code, size=wrong[0].size, path=str(house.home.heads))


def sign_now(house: House, why: str) -> SignedHead:
    """Sign the head, or give the last signed one where nothing but snapshots and exports came after it.

    So the same ledger exported twice gives the same bytes. Raises Damaged `heads.inconsistent` when heads.log says otherwise.
    """
    last = last_head(house)
    size = house.ledger.size()
    if last is not None and all(e.kind in facts.BOOKKEEPING for e in house.ledger.entries(last.size, size)):
        check_heads(house)
        return last
    signed = sign_head(size, house.ledger.root_at, house.signer, house.home.heads, recorded=(last.note,) if last else (), newest=NEWEST)
    fact = facts.SnapshotSigned(
        size=size,
        root=base64.b64encode(signed.snapshot.root).decode(),
        why=why,
        note=signed.note.decode("utf-8"),
    )
    (entry,) = house.tell(fact)
    return SignedHead(signed.note, entry.at, size)

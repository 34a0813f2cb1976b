"""Signing the head of an open home, in the order that a crash cannot turn into a lie."""

from __future__ import annotations

import base64
import contextlib
from dataclasses import dataclass

from provenance import facts
from provenance.daemon.house import House
from provenance.errors import Busy, Damaged, Unavailable
from provenance.seal import heads
from provenance.seal.keys import Signer
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
        Damaged: `heads.inconsistent` with `code` (H001, H002, H004, H005, H006) and `size`; `heads.damaged`.
    """
    kept: bytes | None = None
    with contextlib.suppress(Unavailable):  # a keychain that is locked cannot be asked; capturing goes on, and `prov verify` says so
        kept = remembered(house)  # before heads.log is read, which only grows: else a head signed meanwhile would seem to be lost
    last, line = last_head(house), house.line()
    signed = heads.read(house.home.heads, line.verifiers)
    wrong = heads.disagreements(signed, house.ledger.size(), house.ledger.root_at, (last.note,) if last else ())
    wrong += heads.uncounted(signed, line)
    wrong += heads.forgotten(signed, kept, line, house.ledger.size())
    if wrong:
        raise Damaged("heads.inconsistent", code=wrong[0].code, size=wrong[0].size, path=str(house.home.heads))


def remembered(house: House) -> bytes | None:
    """The last head that the keychain was given; None where this home keeps none there. Raises Unavailable `seal.keychain`."""
    vault = house.vault()
    return heads.recall(vault, house.ledger.origin) if vault is not None else None


def _key_for(house: House) -> tuple[int, Signer]:
    """How many entries are to be signed, and the key for so many. Raises Busy `key.changing` where the key changes again and again."""
    for _ in range(5):
        size = house.ledger.size()
        signer = house.signer
        if house.line().at(size) == signer.verifier:  # else another process rotated between the two lines
            return size, signer
    raise Busy("key.changing")


def sign_now(house: House, why: str) -> SignedHead:
    """Sign the head, or give the last signed one where nothing but snapshots and exports came after it.

    So the same ledger exported twice gives the same bytes. Raises Damaged `heads.inconsistent` when heads.log says otherwise.
    """
    last = last_head(house)
    if last is not None and all(e.kind in facts.BOOKKEEPING for e in house.ledger.entries(last.size, house.ledger.size())):
        check_heads(house)
        return last
    size, signer = _key_for(house)
    former = tuple(key for key in house.line().verifiers if key != signer.verifier)
    signed = sign_head(
        size, house.ledger.root_at, signer, house.home.heads, former=former, recorded=(last.note,) if last else (), newest=NEWEST
    )
    vault = house.vault()
    if vault is not None:
        # A crash before this line: the keychain knows an older head, which stays true. If it does not answer, this one is still not lost.
        with contextlib.suppress(Unavailable):
            heads.remember(vault, signed.snapshot, signed.note)
    fact = facts.SnapshotSigned(
        size=size,
        root=base64.b64encode(signed.snapshot.root).decode(),
        why=why,
        note=signed.note.decode("utf-8"),
    )
    (entry,) = house.tell(fact)
    return SignedHead(signed.note, entry.at, size)

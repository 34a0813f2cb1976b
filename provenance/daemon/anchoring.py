"""Signed heads and the times that authorities attested them: what is still to be asked, and how an answer becomes an entry.

Nothing is queued anywhere. What is to be asked follows from the ledger: the newest signed head, where no entry tells of an answer over
it. So weeks without a network end in one request for each authority, and no crash can lose or double a queue.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from provenance import data, facts
from provenance.config import Home, Time
from provenance.daemon.house import House
from provenance.errors import BadInput
from provenance.facts import TimeAttested, TimeCommitted, TimePromised
from provenance.seal import timestamp
from provenance.seal.authorities import Authority, listed, own, roots_for, system_roots


@dataclass(frozen=True)
class Head:
    """A signed head as the ledger tells of it. seq: the entry. size: entries it covers. note: the signed note's exact bytes.
    at: when the entry was written, by this machine's clock."""

    seq: int
    size: int
    note: bytes
    at: str = ""

    @property
    def covers(self) -> str:
        """What a token is over: SHA-256 of the note, hex. The same bytes are `proof/checkpoint.txt` of a bundle."""
        return hashlib.sha256(self.note).hexdigest()


def newest_head(house: House) -> Head | None:
    """The newest signed head."""
    stop = house.ledger.size()
    while stop > 0:
        start = max(0, stop - 512)
        found = list(heads(house, start, stop))
        if found:
            return found[-1]
        stop = start
    return None


def heads(house: House, start: int = 0, stop: int | None = None) -> Iterator[Head]:
    """The signed heads that the ledger tells of, oldest first."""
    for entry in house.ledger.entries(start, stop, kinds=(facts.SnapshotSigned.KIND,)):
        yield Head(entry.seq, entry.open["size"], entry.open["note"].encode("utf-8"), entry.at)


def answered(house: House, head: Head) -> frozenset[str]:
    """The authorities and calendars whose answer over a head the ledger tells of."""
    later = house.ledger.entries(head.seq + 1, None, kinds=(TimeAttested.KIND, TimePromised.KIND))
    return frozenset(entry.open["authority"] for entry in later if entry.open["covers"] == head.covers)


def named(home: Home, settings: Time, name: str) -> Authority:
    """The authority of a name: the user's own, which takes the place of a listed one, or one of the public list.

    Raises:
        BadInput: `time.unknown`, `time.root-file` where a file with a root cannot be read, `time.url`.
    """
    for row in settings.authorities:
        if row["name"] == name:
            return own(row, home.path)
    known = {one.name: one for one in listed(data.read("authorities.json"))}
    if name not in known:
        raise BadInput("time.unknown", name=name, known=", ".join(known))
    return known[name]


def names(settings: Time) -> list[str]:
    """All names that can be chosen: the public list's, then the user's own."""
    listed_ = [one.name for one in listed(data.read("authorities.json"))]
    return list(dict.fromkeys((*listed_, *(str(row["name"]) for row in settings.authorities))))


def attested(authority: Authority, answer: bytes, head: Head, nonce: int | None = None) -> TimeAttested:
    """The fact that an answer makes, checked before anything is written.

    Where none of the authority's roots is pinned, or the bytes of the pinned one are not on this machine, the answer is kept and said to
    be unchecked: imprint and number are right, and no more is known. It can be checked later, by whoever has the root.

    Raises:
        BadInput: `time.malformed`, `time.refused`, `time.imprint`, `time.nonce`, `time.expired`, `time.untrusted`.
    """
    digest = bytes.fromhex(head.covers)
    roots = roots_for(authority, answer, system_roots())
    token = hashlib.sha256(answer).hexdigest()
    try:
        stamp = timestamp.check(answer, digest, roots, nonce=nonce)
    except BadInput as error:
        if error.key != "time.untrusted" or (roots and len(roots) == len(authority.roots)):
            raise
        return TimeAttested(authority=authority.name, form="rfc3161", size=head.size, covers=head.covers, token=token,
                            time=timestamp.time_in(answer), trusted=False)  # fmt: skip
    return TimeAttested(
        authority=authority.name, form="rfc3161", size=head.size, covers=head.covers, token=token, time=stamp.time, trusted=True,
        accuracy_ms=stamp.accuracy_ms, serial=stamp.serial, policy=stamp.policy, root=stamp.root,
    )  # fmt: skip


def write_down(house: House, answer: bytes, fact: TimeAttested | TimePromised | TimeCommitted) -> int:
    """Keep a token and tell of it; durable on return. Returns the entry's number."""
    house.keep([answer])
    # A crash here: a token that no entry tells of. It harms nothing, the head counts as not attested, and its authority is asked again.
    (entry,) = house.append([fact])
    return entry.seq


def say_choice(house: House, use: Sequence[str]) -> bool:
    """Write down who is asked from now on, if that is not what the ledger says already. Returns whether it was written."""
    rows = house.views.ask("SELECT authorities FROM choices ORDER BY seq DESC LIMIT 1")
    before = tuple(name for name in rows[0]["authorities"].split("\n") if name) if rows else ()
    if before == tuple(use):
        return False
    house.append([facts.TimeChosen(authorities=tuple(use))])
    return True

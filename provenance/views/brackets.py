"""Between which two trusted times each entry was written. Pure; no library, so that `prov status` answers at once.

An attested head of `size` entries at time T: entries before `size` were there at T. The entry that tells of the token was written after
T, and so was every entry behind it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from provenance import clock
from provenance.errors import BadInput

RUNNING = ("ledger.", "recorder.", "gap.", "watch.", "clock.", "snapshot.", "time.", "bundle.", "key.", "original.")
"""Beginnings of kinds that tell of the recorder itself: a night between its stop and its start leaves nothing else without a time."""


@dataclass(frozen=True)
class Anchor:
    """A trusted attestation. seq: the entry that tells of it. size: entries of the head. time: the authority's, RFC 3339 UTC."""

    seq: int
    size: int
    time: str


@dataclass(frozen=True)
class Bracket:
    """Entries `first` to before `stop` were written after `after` and before `before`; None where no trusted time bounds them."""

    first: int
    stop: int
    after: str | None
    before: str | None


def brackets(anchors: Iterable[Anchor], size: int) -> list[Bracket]:
    """All entries below `size` in runs that stand between the same two trusted times."""
    known = list(anchors)
    cuts = sorted({0, size} | {cut for a in known for cut in (a.size, a.seq + 1) if 0 < cut < size})
    later = sorted(known, key=lambda a: a.seq)
    earliest: dict[int, str | None] = {}
    by_size, least = sorted(known, key=lambda a: -a.size), None
    at = 0
    for cut in reversed(cuts):  # the earliest time of the heads that reach to this cut
        while at < len(by_size) and by_size[at].size >= cut:
            least = by_size[at].time if least is None else min(least, by_size[at].time)
            at += 1
        earliest[cut] = least
    found: list[Bracket] = []
    at, after = 0, None
    for first, stop in itertools.pairwise(cuts):
        while at < len(later) and later[at].seq < first:
            after = later[at].time if after is None else max(after, later[at].time)
            at += 1
        if found and (found[-1].after, found[-1].before) == (after, earliest[stop]):
            found[-1] = Bracket(found[-1].first, stop, after, earliest[stop])
        else:
            found.append(Bracket(first, stop, after, earliest[stop]))
    return found


@dataclass(frozen=True)
class Longest:
    """The widest bracket that holds more than the running record. seconds: how wide. since, until: its ends, RFC 3339 UTC.
    own_since, own_until: that end is this machine's clock, for no trusted time bounds it there."""

    bracket: Bracket
    seconds: int
    since: str
    until: str
    own_since: bool
    own_until: bool


def longest(found: Iterable[Bracket], born: str, now: str, holds: Callable[[int, int], bool]) -> Longest | None:
    """The widest bracket with something in it; None when there is none.

    Args:
        born: when the first entry was written, by this machine's clock. now: by the same clock.
        holds: whether entries `first` to before `stop` tell of more than the recorder itself.
    """
    sized = [Longest(b, _seconds(b.after or born, b.before or now), b.after or born, b.before or now, b.after is None, b.before is None)
             for b in found]  # fmt: skip
    return next((one for one in sorted(sized, key=lambda one: -one.seconds) if holds(one.bracket.first, one.bracket.stop)), None)


def _seconds(since: str, until: str) -> int:
    try:
        return max(0, round((clock.parse(until) - clock.parse(since)).total_seconds()))
    except BadInput:
        return 0

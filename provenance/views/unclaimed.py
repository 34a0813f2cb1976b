"""Ideas that name no work: they go with the work that alone was worked on in their sitting. A note that names nothing stays at home."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from provenance import clock
from provenance.views.sittings import GAP, Sitting, live, sittings
from provenance.views.store import Views

_SAID = "SELECT seq, at FROM ideas WHERE work IS NULL ORDER BY seq"
_OTHERS = (
    "SELECT 1 FROM versions v JOIN work_items i ON i.sha256 = v.sha256 WHERE i.work != :work AND v.seq >= :first AND v.seq <= :last "
    "AND v.kind != 'file.imported/1' LIMIT 1"
)


def said(views: Views, work: str, chosen: Sequence[str]) -> set[int]:
    """Entries of ideas that name no work and were written in a sitting of this one: after the sitting before it, and until a sitting's
    pause after its last file. None of a sitting in which a picture of another work was made: whose idea it was would be a guess.

    Args:
        chosen: hashes of the work's pictures.
    """
    rows = views.ask(_SAID)
    if not rows:
        return set()
    theirs = live(views, chosen)
    found: set[int] = set()
    for before, one in pairwise((None, *sittings(views))):
        if one is None or not one.has(theirs) or _shared(views, work, one):
            continue
        since = before.last if before is not None else 0
        found |= {row["seq"] for row in rows if since < row["seq"] and (row["seq"] <= one.last or _soon(row["at"], one))}
    return found


def _shared(views: Views, work: str, one: Sitting) -> bool:
    return bool(views.ask(_OTHERS, work=work, first=one.first, last=one.last))


def _soon(at: str, one: Sitting) -> bool:
    return clock.parse(at) - clock.parse(one.until) <= GAP

"""Whether originals are held for a dispute, as the ledger tells it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provenance import facts

if TYPE_CHECKING:
    from provenance.views.store import Views

KINDS = (facts.HoldStarted.KIND, facts.HoldEnded.KIND)
EVER = (
    "SELECT s.seq AS seq, s.at AS at, s.why AS why, "
    "coalesce((SELECT min(e.ended) FROM holds e WHERE e.hold = s.seq AND e.ended != ''), '') AS ended "
    "FROM holds s WHERE s.ended = '' ORDER BY s.seq"
)


@dataclass(frozen=True)
class Hold:
    """seq: the entry that started it. at: when, by the local clock. why: as stated. ended: when it was ended, "" while it stands."""

    seq: int
    at: str
    why: str = ""
    ended: str = ""


def standing(entries: Iterable[tuple[int, str, str, Any]]) -> tuple[Hold, ...]:
    """The holds that are not ended, the first one first.

    Args:
        entries: (number, kind, at, open values) of the entries of KINDS, ascending.
    """
    found: dict[int, Hold] = {}
    for seq, kind, at, opened in entries:
        if kind == facts.HoldStarted.KIND:
            found[seq] = Hold(seq, at)
        else:
            found.pop(opened.get("hold"), None)
    return tuple(found.values())


def standing_in(ledger: Any) -> tuple[Hold, ...]:
    """The same, straight from a ledger: what must not be overlooked because a view lags behind. ledger: `entries(kinds=...)`."""
    return standing((entry.seq, entry.kind, entry.at, entry.open) for entry in ledger.entries(kinds=KINDS))


def ever(views: Views) -> tuple[Hold, ...]:
    """Every hold that was ever started."""
    return tuple(Hold(row["seq"], row["at"], row["why"], row["ended"]) for row in views.ask(EVER))

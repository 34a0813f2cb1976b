"""A stamp for the newest head right before an export: what is handed over should not be older than it must be in anybody else's clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from provenance.daemon import anchoring, patience
from provenance.daemon.house import House
from provenance.daemon.sealing import sign_now
from provenance.daemon.timing import Outcome, Timekeeper
from provenance.errors import ProvError

SECONDS = 10.0


@dataclass(frozen=True)
class Stamped:
    """What came of it. outcomes: of those asked. rested: names of those that were asked so lately that they are left in peace."""

    outcomes: tuple[Outcome, ...] = ()
    rested: tuple[str, ...] = ()

    @property
    def without(self) -> tuple[str, ...]:
        """The authorities whose word is not in what is made now."""
        return (*(one.authority.name for one in self.outcomes if one.error is not None), *self.rested)


def stamp_newest(
    house: House, tell: Callable[[tuple[str, ...]], None], *, keeper: Timekeeper | None = None, seconds: float = SECONDS
) -> Stamped:
    """Sign the newest head and ask the chosen authorities about it, `seconds` at most; nothing where none is chosen.

    Args:
        tell: called with the names before anything is sent. keeper: the network.
    Raises:
        Damaged: `heads.inconsistent`. What authorities fail in is in the result.
    """
    settings = house.config.time
    if not settings.use:
        return Stamped()
    keeper = keeper or Timekeeper(house)
    sign_now(house, "export")
    head = anchoring.newest_head(house)
    wanted = keeper.missing(head, keeper.known(settings)) if head is not None else []
    tried, now = patience.read(house.home.asked), house.clock()
    due = [one for one in wanted if not patience.resting(tried.get(one.name), min(one.rest, 15), now)]
    rested = tuple(one.name for one in wanted if one not in due)
    if head is None or not due:
        return Stamped((), rested)
    tell(tuple(one.name for one in due))
    end = time.monotonic() + seconds
    return Stamped(tuple(keeper.request(head, due, lambda: time.monotonic() >= end)), rested)


def failure(outcome: Outcome) -> ProvError | None:
    """Why an authority did not answer; None where it was only given up for the time that an export waits."""
    return outcome.error if outcome.error is not None and outcome.error.key != "time.halted" else None

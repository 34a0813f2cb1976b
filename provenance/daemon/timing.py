"""Asking time authorities beside the recorder: a thread that never holds up a capture, and holds up a stop by two seconds at most."""

from __future__ import annotations

import queue
import random
import secrets
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from provenance import config
from provenance.config import Time
from provenance.daemon import anchoring, patience
from provenance.daemon.anchoring import Head
from provenance.daemon.house import House
from provenance.errors import BadInput, ProvError
from provenance.facts import TimeAttested
from provenance.seal import asking, timestamp
from provenance.seal.authorities import Authority

LOOK_SECONDS = 60.0  # how often the ledger is looked at for a new head: one short read
STOP_SECONDS = 2.0
Halted = Callable[[], bool]


class Ask(Protocol):
    """How an authority is reached; `seal.asking.ask`, or what a test puts there."""

    def __call__(self, url: str, query: bytes, *, halted: Halted) -> bytes: ...


@dataclass(frozen=True)
class Outcome:
    """What came of a request: the entry's number and fact, or the error."""

    authority: Authority
    head: Head
    fact: TimeAttested | None = None
    seq: int = -1
    error: ProvError | None = None


class Timekeeper:
    """Asks those that are chosen. No thread and no waiting of its own.

    Args:
        house: the open home. ask: the network. chance: 0 to 1, for the jitter.
    """

    def __init__(self, house: House, *, ask: Ask = asking.ask, chance: Callable[[], float] = random.random) -> None:
        self._house, self._ask, self._chance = house, ask, chance

    def settings(self) -> Time:
        """Who is to be asked, read anew each time: switched off is off at once, and a file that cannot be read asks nobody."""
        try:
            return config.load(self._house.home).time
        except ProvError:
            return Time()

    def missing(self, head: Head, chosen: Sequence[Authority]) -> list[Authority]:
        """Those of the chosen that have not answered for a head and can be asked over the network."""
        done = anchoring.answered(self._house, head)
        return [one for one in chosen if one.name not in done and not one.by_hand]

    def step(self, halted: Halted = lambda: False) -> tuple[list[Outcome], float]:
        """Ask whom it is time to ask. Returns what came of it, and the seconds until somebody is due (LOOK_SECONDS at most)."""
        settings = self.settings()
        if not settings.use:
            return [], LOOK_SECONDS
        chosen = self._known(settings)
        head = anchoring.newest_head(self._house)
        missing = self.missing(head, chosen) if head is not None else []
        tried, now = patience.read(self._house.home.asked), self._house.clock()
        waits = {one.name: patience.waiting(tried.get(one.name), now) for one in missing}
        due = [one for one in missing if not waits[one.name]]
        outcomes = self.request(head, due, halted) if head is not None and due else []
        later = [wait for wait in waits.values() if wait]
        return outcomes, max(0.2, min([LOOK_SECONDS, *later]))

    def _known(self, settings: Time) -> list[Authority]:
        """The chosen ones that can be meant. Of another (a name that is not listed, a root file that is gone) the error is remembered
        for `prov time list`; it keeps nobody else from being asked."""
        found = []
        for name in settings.use:
            try:
                found.append(anchoring.named(self._house.home, settings, name))
            except ProvError as error:
                refused = patience.after(None, self._house.clock(), 0, error, lambda: 1.0)
                patience.remember(self._house.home.asked, name, refused)
        return found

    def request(self, head: Head, wanted: Sequence[Authority], halted: Halted = lambda: False) -> list[Outcome]:
        """Ask several authorities at once about a head; each answer is checked, kept and written down as it comes."""
        before, answers = patience.read(self._house.home.asked), queue.SimpleQueue[tuple[Authority, int, bytes | ProvError]]()
        for one in wanted:
            # remembered before it is sent: a recorder that is killed while it waits does not ask again at once
            patience.remember(self._house.home.asked, one.name, patience.begun(before.get(one.name), self._house.clock(), one.rest))
            threading.Thread(target=self._one, args=(one, head, halted, answers), name=f"time {one.name}", daemon=True).start()
        found = []
        for _ in wanted:
            authority, nonce, answer = answers.get()
            found.append(self._take(authority, head, nonce, answer, before.get(authority.name)))
        return found

    def _one(
        self, authority: Authority, head: Head, halted: Halted, answers: queue.SimpleQueue[tuple[Authority, int, bytes | ProvError]]
    ) -> None:
        nonce = secrets.randbits(63) | 1 << 62
        try:
            answers.put((authority, nonce, self._ask(authority.url, timestamp.query(bytes.fromhex(head.covers), nonce), halted=halted)))
        except ProvError as error:
            answers.put((authority, nonce, error))
        except Exception as error:  # a defect below must not leave the one who waits for this answer waiting
            answers.put((authority, nonce, BadInput("time.malformed", why=type(error).__name__)))

    def _take(self, authority: Authority, head: Head, nonce: int, answer: bytes | ProvError, before: patience.Tried | None) -> Outcome:
        fact, seq, wrong = None, -1, answer if isinstance(answer, ProvError) else None
        if not isinstance(answer, ProvError):
            try:
                fact = anchoring.attested(authority, answer, head, nonce)
                seq = anchoring.write_down(self._house, answer, fact)
            except ProvError as error:
                fact, wrong = None, error
        if wrong is None or wrong.key != "time.halted":  # given up by ourselves: no failure of theirs
            tried = patience.after(before, self._house.clock(), authority.rest, wrong, self._chance)
            patience.remember(self._house.home.asked, authority.name, tried)
        return Outcome(authority, head, fact, seq, wrong)


class Timing(threading.Thread):
    """The recorder's thread for it. A failure is remembered beside the authority's name and never ends the recorder."""

    def __init__(self, house: House, *, ask: Ask = asking.ask, chance: Callable[[], float] = random.random) -> None:
        super().__init__(name="timing", daemon=True)
        self._house = house
        self._keeper = Timekeeper(house, ask=ask, chance=chance)
        self._woken = threading.Event()
        self._end: float | None = None  # time.monotonic() until which a last request may take

    def run(self) -> None:
        said = False
        while not self._halted():
            wait = LOOK_SECONDS
            try:
                if not said:
                    anchoring.say_choice(self._house, self._keeper.settings().use)
                    said = True
                _, wait = self._keeper.step(self._halted)
            except ProvError:
                pass  # a full disk, a busy ledger: what is to be asked follows from the ledger, so the next look finds it again
            except Exception:  # a defect here is told in recorder.log, and must not end the asking for good
                traceback.print_exc()
            if self._end is not None:
                if not self._halted():
                    self._last()
                return
            self._woken.wait(wait)
            self._woken.clear()

    def _last(self) -> None:
        """The head that was signed at the stop, while there is time."""
        try:
            self._keeper.step(self._halted)
        except ProvError:
            return

    def wake(self) -> None:
        """A head was signed: look now."""
        self._woken.set()

    def close(self, seconds: float = STOP_SECONDS) -> None:
        """Ask once more, about the last head, for `seconds` at most; then end. What is not answered is asked at the next start."""
        if self.ident is None:
            return
        self._end = time.monotonic() + seconds
        self._woken.set()
        self.join(seconds + 1.0)

    def _halted(self) -> bool:
        return self._end is not None and time.monotonic() >= self._end

"""Asking time authorities and calendars beside the recorder: a thread that never holds up a capture, and a stop by two seconds at most."""

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
from provenance.daemon import anchoring, calendars, patience
from provenance.daemon.anchoring import Head
from provenance.daemon.calendars import Fetch, Kept
from provenance.daemon.house import House
from provenance.errors import BadInput, ProvError
from provenance.facts import TimeAttested, TimePromised
from provenance.seal import asking, timestamp
from provenance.seal.authorities import Authority

LOOK_SECONDS = 60.0  # how often the ledger is looked at for a new head: one short read
STOP_SECONDS = 2.0
Halted = Callable[[], bool]
Answer = tuple[Authority, int | bytes, bytes | ProvError]


class Ask(Protocol):
    """How an authority is reached; `seal.asking.ask`, or what a test puts there."""

    def __call__(self, url: str, query: bytes, *, halted: Halted) -> bytes: ...


@dataclass(frozen=True)
class Outcome:
    """What came of a request: the entry's number and fact, or the error."""

    authority: Authority
    head: Head
    fact: TimeAttested | TimePromised | None = None
    seq: int = -1
    error: ProvError | None = None


class Timekeeper:
    """Asks those that are chosen. No thread and no waiting of its own.

    Args:
        house: the open home. ask, fetch: the network, to authorities and to calendars. chance: 0 to 1, for the jitter.
    """

    def __init__(
        self, house: House, *, ask: Ask = asking.ask, fetch: Fetch = asking.fetch, chance: Callable[[], float] = random.random
    ) -> None:
        self._house, self._ask, self._fetch, self._chance = house, ask, fetch, chance

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
        chosen = self.known(settings)
        head = anchoring.newest_head(self._house)
        missing = self.missing(head, chosen) if head is not None else []
        tried, now = patience.read(self._house.home.asked), self._house.clock()
        waits = {one.name: patience.waiting(tried.get(one.name), now) for one in missing}
        due = [one for one in missing if not waits[one.name]]
        outcomes = self.request(head, due, halted) if head is not None and due else []
        visited = patience.read(self._house.home.asked)  # anew: what was promised this moment is not asked about at once
        self.upgrade([one for one in chosen if one.calendar and not patience.waiting(visited.get(calendars.later(one.name)), now)], halted)
        later = [wait for wait in waits.values() if wait]
        return outcomes, max(0.2, min([LOOK_SECONDS, *later]))

    def upgrade(self, wanted: Sequence[Authority], halted: Halted = lambda: False) -> list[Kept]:
        """Ask these calendars about the promises that are not kept yet; those without any are left in peace."""
        found: list[Kept] = []
        for one in wanted:
            name, now = calendars.later(one.name), self._house.clock()
            before = patience.read(self._house.home.asked).get(name)
            if halted() or not calendars.waiting(self._house, one.name):
                continue
            patience.remember(self._house.home.asked, name, patience.begun(before, now, calendars.POLL_SECONDS))
            visited = calendars.visit(self._house, one, self._fetch, halted, before.failures if before else 0)
            error = calendars.fruitless(visited)
            if error is None or error.key != "time.halted":
                tried = patience.after(before, self._house.clock(), calendars.POLL_SECONDS, error, self._chance)
                patience.remember(self._house.home.asked, name, tried)
            found += visited
        return found

    def known(self, settings: Time) -> list[Authority]:
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
        before, answers = patience.read(self._house.home.asked), queue.SimpleQueue[Answer]()
        for one in wanted:
            # remembered before it is sent: a recorder that is killed while it waits does not ask again at once
            patience.remember(self._house.home.asked, one.name, patience.begun(before.get(one.name), self._house.clock(), one.rest))
            threading.Thread(target=self._one, args=(one, head, halted, answers), name=f"time {one.name}", daemon=True).start()
        found = []
        for _ in wanted:
            authority, nonce, answer = answers.get()
            found.append(self._take(authority, head, nonce, answer, before.get(authority.name)))
        return found

    def _one(self, authority: Authority, head: Head, halted: Halted, answers: queue.SimpleQueue[Answer]) -> None:
        nonce: int | bytes = secrets.token_bytes(calendars.NONCE) if authority.calendar else secrets.randbits(63) | 1 << 62
        try:
            if isinstance(nonce, bytes):
                answer = calendars.submit(authority, head, nonce, self._fetch, halted)
            else:
                answer = self._ask(authority.url, timestamp.query(bytes.fromhex(head.covers), nonce), halted=halted)
            answers.put((authority, nonce, answer))
        except ProvError as error:
            answers.put((authority, nonce, error))
        except Exception as error:  # a defect below must not leave the one who waits for this answer waiting
            answers.put((authority, nonce, BadInput("time.malformed", why=type(error).__name__)))

    def _take(
        self, authority: Authority, head: Head, nonce: int | bytes, answer: bytes | ProvError, before: patience.Tried | None
    ) -> Outcome:
        fact: TimeAttested | TimePromised | None = None
        seq, wrong = -1, answer if isinstance(answer, ProvError) else None
        if not isinstance(answer, ProvError):
            try:
                if isinstance(nonce, bytes):
                    fact, answer = calendars.promised(authority, head, nonce, answer)
                else:
                    fact = anchoring.attested(authority, answer, head, nonce)
                seq = anchoring.write_down(self._house, answer, fact)
                self._expect(fact)
            except ProvError as error:
                fact, wrong = None, error
        if wrong is None or wrong.key != "time.halted":  # given up by ourselves: no failure of theirs
            tried = patience.after(before, self._house.clock(), authority.rest, wrong, self._chance)
            patience.remember(self._house.home.asked, authority.name, tried)
        return Outcome(authority, head, fact, seq, wrong)

    def _expect(self, fact: TimeAttested | TimePromised) -> None:
        """After a first promise nothing can have come of it yet: the calendar is not asked about it at once."""
        if isinstance(fact, TimePromised) and len(calendars.waiting(self._house, fact.authority)) == 1:
            tried = patience.begun(None, self._house.clock(), calendars.POLL_SECONDS)
            patience.remember(self._house.home.asked, calendars.later(fact.authority), tried)


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

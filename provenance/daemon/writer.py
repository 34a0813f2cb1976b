"""The one thread that writes: it commits what has gathered, many facts at once under load, at once when idle."""

from __future__ import annotations

import dataclasses
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from provenance.errors import BadInput, Busy, ProvError, Unavailable
from provenance.facts import Fact, FileFacts, field_class
from provenance.ledger.chain import Entry

Then = Callable[[tuple[Entry, ...]], None]
MOST_JOBS = 256
RETRY_SECONDS = 2.0
LAST_PATIENCE = 20.0  # seconds, once the end is asked for, until a machine that refuses is given up


@dataclass(frozen=True)
class Job:
    """Facts for the ledger, the blobs they name, and what to do once both are durable. `then` runs in the writer's thread."""

    facts: tuple[Fact, ...]
    blobs: tuple[bytes, ...] = ()
    then: Then | None = None


class Sink(Protocol):
    """Where the writer writes: blobs first, then entries, so that no entry ever names bytes that a crash could lose."""

    def keep(self, blobs: Sequence[bytes]) -> None: ...
    def append(self, facts: Sequence[Fact]) -> tuple[Entry, ...]: ...


class Writer(threading.Thread):
    """A queue with a bound, so that a slow disk slows the reading and does not fill the memory.

    Args:
        sink: the ledger and the blobs. after: called with the entries of each commit. trouble: told the error while the machine refuses,
            and None when it is over; the facts wait and are tried again, nothing is dropped. ended: told the error that ended the writer.
        ending: set when the end is asked for; then nobody waits for ever for a machine that refuses.
    """

    def __init__(
        self,
        sink: Sink,
        after: Then,
        trouble: Callable[[ProvError | None], None],
        most: int = 2_000,
        *,
        ended: Callable[[Exception], None] | None = None,
        ending: threading.Event | None = None,
    ) -> None:
        super().__init__(name="writer", daemon=True)
        self._sink, self._after, self._trouble = sink, after, trouble
        self._jobs: queue.Queue[Job | None] = queue.Queue(most)
        self._abandon = threading.Event()
        self._ended, self._ending = ended, ending
        self._refusal: ProvError | None = None
        self._afterwards = False  # what follows a commit was refused; it comes again with a later one
        self.failed: Exception | None = None

    def submit(self, job: Job) -> None:
        """Hand over a job; blocks while the queue is full. Raises the error that ended the writer, or holds it up at the end."""
        end: float | None = None
        while True:
            if self.failed is not None:
                raise self.failed
            try:
                self._jobs.put(job, timeout=1.0)
                return
            except queue.Full:
                if self._refusal is None or self._ending is None or not self._ending.is_set():
                    continue
                end = time.monotonic() + LAST_PATIENCE if end is None else end
                if time.monotonic() >= end:
                    raise self._refusal from None

    @property
    def waiting(self) -> int:
        """Jobs not yet durable, roughly."""
        return self._jobs.qsize()

    def flush(self, patience: float) -> None:
        """Wait until all that was submitted is durable, `patience` seconds at most (a machine that refuses must not hold up the end)."""
        done = threading.Event()
        end = time.monotonic() + patience
        try:
            self._jobs.put(Job((), then=lambda _: done.set()), timeout=patience)
        except queue.Full:
            return
        while not done.wait(0.1) and self.failed is None and time.monotonic() < end:
            pass

    def close(self, *, patience: float | None = None) -> None:
        """Write what is left, then end. `patience`: seconds after which a machine that still refuses is given up."""
        end = None if patience is None else time.monotonic() + patience
        while self.is_alive():
            try:
                self._jobs.put(None, timeout=0.1)
            except queue.Full:
                if end is None or time.monotonic() < end:
                    continue
                self._abandon.set()
            self.join(None if end is None else max(0.0, end - time.monotonic()))
            if self.is_alive():
                self._abandon.set()
                self.join()
        if self.failed is not None:
            raise self.failed

    def run(self) -> None:
        try:
            while True:
                first = self._jobs.get()
                if first is None:
                    return
                batch, last = self._gather(first)
                self._commit(batch)
                if last:
                    return
        except Exception as error:  # told to whoever submits next: a recorder without a writer must not seem alive
            self.failed = error
            if self._ended is not None:
                self._ended(error)

    def _gather(self, first: Job) -> tuple[list[Job], bool]:
        batch = [first]
        while len(batch) < MOST_JOBS:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return batch, False
            if job is None:
                return batch, True
            batch.append(job)
        return batch, False

    def _commit(self, batch: list[Job]) -> None:
        facts = [fact for job in batch for fact in job.facts]
        try:
            entries = self._durable([blob for job in batch for blob in job.blobs], facts)
        except BadInput as error:
            self._one_by_one(batch, error)
            return
        at = 0
        for job in batch:
            mine = entries[at : at + len(job.facts)]
            at += len(job.facts)
            if job.then is not None:
                self._follow(job.then, mine)
        self._follow(self._after, entries)

    def _follow(self, then: Then, entries: tuple[Entry, ...]) -> None:
        """What comes after a commit. A full disk refuses a snapshot, too: that is told, and the next one is tried."""
        try:
            then(entries)
        except (Unavailable, Busy) as error:
            self._afterwards = True
            self._trouble(error)

    def _one_by_one(self, batch: list[Job], error: BadInput) -> None:
        """Something in a batch has no canonical form (hostile metadata): that one is written without its claims, the others as they are."""
        if len(batch) > 1:
            for job in batch:
                self._commit([job])
            return
        (job,) = batch
        said = tuple(plainer(fact, str(error)) for fact in job.facts)
        if said == job.facts:
            raise error
        self._commit([Job(said, (), job.then)])

    def _durable(self, blobs: list[bytes], facts: list[Fact]) -> tuple[Entry, ...]:
        troubled, self._afterwards = self._afterwards, False
        while True:
            try:
                # a crash between the two lines leaves blobs that no entry names: harmless, and the file is found again at the next start
                self._sink.keep(blobs)
                entries = self._sink.append(facts) if facts else ()
            except (Unavailable, Busy) as error:
                troubled, self._refusal = True, error
                self._trouble(error)
                if self._abandon.wait(RETRY_SECONDS):
                    raise
                continue
            self._refusal = None
            if troubled:
                self._trouble(None)
            return entries


def plainer(fact: Fact, why: str) -> Fact:
    """A file fact without what the file claims of itself, and why: it is still recorded by its hash. Other facts as they are."""
    if not isinstance(fact, FileFacts):
        return fact
    claimed = [f.name for f in dataclasses.fields(fact) if field_class(fact.KIND, f.name) == "FILE_CLAIMED"]
    if not any(getattr(fact, name) is not None for name in claimed):
        return fact
    bare: dict[str, Any] = dict.fromkeys(claimed)
    return dataclasses.replace(fact, **bare, parsed="unparsed", problems=(f"claims not written: {why}"[:500],))

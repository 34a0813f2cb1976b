"""The recorder: sightings in, entries out. One loop decides, one thread watches, one writes; slow work waits behind them."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from provenance import canon, facts
from provenance.capture import watch as watching
from provenance.capture.look import digest, look
from provenance.capture.names import names
from provenance.capture.settle import Settler
from provenance.capture.stations import FOUND, GONE, OVERFLOW, ROOT_BACK, ROOT_GONE, TOUCHED, Settled, Sighting
from provenance.clock import Moment
from provenance.daemon import memory, status
from provenance.daemon.chores import Chores
from provenance.daemon.describe import Describer
from provenance.daemon.house import House
from provenance.daemon.known import Known
from provenance.daemon.lock import RecorderLock
from provenance.daemon.modelwork import ModelWorker
from provenance.daemon.originals import Originals
from provenance.daemon.sealing import check_heads
from provenance.daemon.taking import Taken, Taking
from provenance.daemon.timing import Timing
from provenance.daemon.writer import Job, Writer
from provenance.errors import Damaged, ProvError
from provenance.ledger.chain import Entry
from provenance.views.holding import standing_in

TICK_SECONDS = 30.0
WAKE_MS = 2_000
AT_ONCE = 64  # sightings looked at before the first of them is read: more would let a short-lived file slip
Heard = Callable[[Taken, Entry], None]


class Recorder:
    """Records a home's folders until told to stop.

    Args:
        house: the open home. roots: folders to watch. heard: called, in the writer's thread, with each file fact once it is durable.
        ready: called once all folders are watched.
    """

    def __init__(self, house: House, roots: Sequence[str], *, heard: Heard | None = None, ready: Callable[[], None] | None = None) -> None:
        settings = house.config
        self._house = house
        self._roots = tuple(watching.outermost(roots, names(settings.ignore, settings.ignore_folders)))
        self._heard, self._ready = heard, ready
        self._stop = threading.Event()
        self._inbox: queue.SimpleQueue[Sighting | None] = queue.SimpleQueue()  # `put` may interrupt `get`: a signal handler puts
        self._settler = Settler()
        self._backlog: deque[Iterator[str]] = deque()
        self._trouble = ""
        self._failed: Exception | None = None
        self._known = Known(house.views, house.ledger)
        self._originals = Originals(house.blobs, self._known, house.config.originals_gb, lambda: bool(standing_in(house.ledger)))
        self._writer = Writer(house, self._after, self._troubled, ended=self._broke, ending=self._stop)
        self._models = ModelWorker(house, self._known, self._roots, self._writer)
        self._describer = Describer(house.home.path, self._described, self._known, rules=house.config.rules)
        self._taking = Taking(house, self._known, self._originals, self._writer, self._written)
        self._chores = Chores(house, self._known, self._writer, house.clock())
        self._timing = Timing(house)
        self._count, self._begun = 0, False
        self._last: tuple[str, str] = ("", "")
        self._unwatched: tuple[str, ...] = ()
        self._away: dict[str, str] = {}  # roots that vanished, and when

    def stop(self) -> None:
        """Ask the recorder to end; safe from a signal handler and from any thread."""
        self._stop.set()
        self._inbox.put(None)

    def run(self) -> int:
        """Record until `stop`. Returns how many file entries were written.

        Raises:
            Busy: another recorder holds this home. ProvError: what ended the writer.
        """
        lock = RecorderLock(self._house.home.lock)
        lock.acquire()
        self._house.home.stop.unlink(missing_ok=True)
        try:
            check_heads(self._house)
            self._begin()
            self._loop()
        except Exception as error:  # a defect, too: the entry must not say that somebody asked for the end
            self._failed = self._failed or error
        finally:
            try:
                self._end()
            finally:
                lock.release()
        if self._failed is not None:
            raise self._failed
        return self._count

    # --- start and end

    def _begin(self) -> None:
        self._house.tell(*self._chores.opening(self._roots))
        self._chores.alive()
        self._writer.start()
        self._models.start()
        self._originals.start()
        self._timing.start()
        if self._house.config.previews:
            self._describer.start()
        watched = threading.Event()
        threading.Thread(target=self._watch, args=(watched,), name="watch", daemon=True).start()
        # scanning begins when every folder is watched: what appears between the two is seen twice and written once
        while not watched.wait(0.5):
            if self._stop.is_set() or self._failed is not None:
                return
        for root in self._there():  # of a folder that is away nothing is said to be missing; it is compared when it returns
            self._backlog.append(self._taking.compare(root, "start"))
        if self._house.config.previews:
            self._describer.left_over(self._known)
        self._begun = True
        if self._house.config.time.use:  # the first entries of a run then stand close behind a trusted time, and not behind a night
            self._writer.submit(Job((), then=lambda _: self._signed_at_start()))
        self._heartbeat()
        if self._ready is not None:
            self._ready()

    def _watch(self, watched: threading.Event) -> None:
        settings = self._house.config
        try:
            watcher = watching.start(self._roots, ignore=settings.ignore, ignore_folders=settings.ignore_folders, clock=self._house.clock)
            try:
                self._unwatched = tuple(watcher.unwatched())
                watched.set()
                while not self._stop.is_set():
                    for sighting in watcher.take(WAKE_MS):
                        self._inbox.put(sighting)
                    self._unwatched = tuple(watcher.unwatched())
                    if self._house.home.stop.exists():  # `prov stop` asks so where a signal would kill
                        self.stop()
            finally:
                watcher.close()
        except Exception as error:
            self._broke(error)

    def _broke(self, error: Exception) -> None:
        """A thread that the record needs has ended, or nobody hears it: a recorder without it must not seem alive."""
        self._failed = self._failed or error
        self.stop()

    def _end(self) -> None:
        self._stop.set()
        if self._writer.ident is not None:
            try:
                self._originals.close()
                self._writer.flush(20.0)  # what is durable is handed to the slow workers; only then are they asked to finish
                self._models.close()
                self._describer.close(5.0)
                with contextlib.suppress(ProvError):
                    self._writer.close(patience=20.0)  # why it ended is known from `_broke`
                # written here: the writer may be gone, and yet the ledger may be well; to a damaged one nothing is added
                if not (isinstance(self._failed, Damaged) and self._failed.key.startswith("ledger.")):
                    self._chores.read_back()
                    self._house.append([facts.RecorderStopped(reason="error" if self._failed else "asked", captured=self._count)])
                    self._chores.snapshot("stop")
                    self._timing.close()
            except ProvError as error:
                self._failed = self._failed or error
            finally:
                self._timing.close(0.0)
        self._known.fold(now=True)
        if self._begun:  # one that never watched must not look as if it had: `prov start` waits for this sign
            self._heartbeat()

    # --- the loop

    def _loop(self) -> None:
        next_tick = self._monotonic() + TICK_SECONDS
        while not self._stop.is_set():
            self._digest(self._gather(next_tick))
            if self._backlog and self._inbox.empty():
                self._scan_some()
            if self._monotonic() >= next_tick:
                self._tick()
                next_tick = self._monotonic() + TICK_SECONDS
        self._drain()

    def _gather(self, next_tick: float) -> list[Sighting]:
        """What was sighted: at once while a scan waits, else when something comes, a timer runs out or the next tick is due."""
        wait = max(0.0, next_tick - self._monotonic())
        due = self._settler.next_due_ms()
        if due is not None:
            wait = min(wait, max(0.0, (due - self._now().mono_ms) / 1000))
        found: list[Sighting] = []
        try:
            first = self._inbox.get_nowait() if self._backlog or not wait else self._inbox.get(timeout=wait)
            while first is not None:
                found.append(first)
                if len(found) >= AT_ONCE:
                    break
                first = self._inbox.get_nowait()
        except queue.Empty:
            pass
        return found

    def _digest(self, sightings: Sequence[Sighting]) -> None:
        self._taking.announced(sightings)
        for done in digest(self._settler, sightings, lambda: self._now().mono_ms, self._taking.look):
            if isinstance(done, Settled):
                self._taking.settled(done)
            else:
                self._handle(done)
        for path in self._taking.restless():
            now = self._now()
            shape, mark = look(path)
            self._settler.offer(Sighting(TOUCHED, path, now.mono_ms, now.stamp), shape, mark, now.mono_ms)

    def _drain(self) -> None:
        """What was seen before the stop is still taken, as far as its writers are done; the rest is found at the next start."""
        while not self._inbox.empty():
            self._digest(self._gather(self._monotonic()))

    def _handle(self, sighting: Sighting) -> None:
        if sighting.what == OVERFLOW:
            self._submit(facts.GapNoticed(reason="overflow", since=self._chores.looked_before(sighting.at_ms), until=sighting.seen_at))
            self._backlog.append(self._taking.compare(sighting.path, "rescan"))
        elif sighting.what == ROOT_GONE:
            self._away[sighting.path] = sighting.seen_at
            self._submit(facts.WatchRemoved(reason="vanished", path=canon.path(sighting.path)))
        elif sighting.what == ROOT_BACK:
            where, since = canon.path(sighting.path), self._away.pop(sighting.path, None)
            self._submit(
                facts.WatchAdded(reason="returned", path=where),
                facts.GapNoticed(reason="folder away", since=since, until=sighting.seen_at, path=where),
            )
            self._backlog.append(self._taking.compare(sighting.path, "rescan"))
        elif sighting.what == GONE:
            self._taking.gone(sighting)

    def _scan_some(self) -> None:
        """A step of the oldest scan; live sightings come between two steps."""
        unsettled = next(self._backlog[0], None)
        if unsettled is None:
            self._backlog.popleft()
        elif unsettled:
            now = self._now()
            self._digest([Sighting(FOUND, unsettled, now.mono_ms, now.stamp)])

    def _rescan(self) -> None:
        self._backlog.extend(self._taking.compare(root, "rescan") for root in self._there())

    def _there(self) -> list[str]:
        return [root for root in self._roots if Path(root).is_dir()]

    def _tick(self) -> None:
        for fact in self._chores.tick():
            self._submit(fact)
        if self._chores.rescan_due() and not self._backlog:
            self._rescan()
        if self._originals.over():
            drops = tuple(self._originals.drop())
            self._writer.submit(Job(drops, then=self._originals.remove))
        self._known.fold()
        memory.give_back()
        self._heartbeat()

    # --- what the threads report

    def _submit(self, *said: facts.Fact) -> None:
        self._writer.submit(Job(said))

    def _written(self, taken: Taken, entry: Entry) -> None:
        """In the writer's thread, once a file fact is durable."""
        self._count += 1
        self._last = (entry.at, Path(taken.path).name)
        if taken.kind != facts.FileImported.KIND:  # what lies under a model's name now says nothing of a picture that was found later
            self._models.offer(entry.seq, taken)
        if taken.fresh and self._house.config.previews:
            self._describer.offer(taken.sha256, taken.path, taken.media_type)
        if self._heard is not None:
            try:
                self._heard(taken, entry)
            except Exception as error:  # a closed terminal; the entry is durable, and those behind it shall be
                self._broke(error)

    def _after(self, entries: tuple[Entry, ...]) -> None:
        self._chores.count(entries)

    def _signed_at_start(self) -> None:
        self._chores.snapshot("start")
        self._timing.wake()

    def _described(self, said: Sequence[facts.Fact], blobs: Sequence[bytes] = (), then: Callable[[], None] | None = None) -> None:
        self._writer.submit(Job(tuple(said), tuple(blobs), (lambda _: then()) if then is not None else None))

    def _troubled(self, error: ProvError | None) -> None:
        self._trouble = error.key if error else ""
        self._heartbeat()

    def _heartbeat(self) -> None:
        now = self._now().stamp
        status.write(
            self._house.home.status,
            status.State(
                pid=self._chores.pid,
                started=self._chores.started,
                alive_at=now,
                captured=self._count,
                backlog=self._inbox.qsize() + self._writer.waiting + len(self._settler),
                last_capture=self._last[0],
                last_name=self._last[1],
                watcher=watching.watcher_name(),
                roots=self._roots,
                unwatched=self._unwatched,
                models_waiting=self._models.waiting,
                describing=self._describer.waiting,
                describing_paused=self._describer.paused,
                trouble=self._trouble,
                kept_over=self._originals.kept_over(),
            ),
        )

    def _now(self) -> Moment:
        return self._house.clock()

    def _monotonic(self) -> float:
        return self._now().mono_ms / 1000

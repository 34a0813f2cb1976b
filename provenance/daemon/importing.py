"""An old archive into the ledger: hashed by two threads, decided by one, written by one. Resumable, never twice the same."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provenance.capture import scan
from provenance.capture.collect import Changed
from provenance.capture.understand import Understood, understood
from provenance.daemon.house import House
from provenance.daemon.known import Known
from provenance.daemon.taking import Occasion, Taken, Taking, unchanged
from provenance.daemon.writer import Writer
from provenance.errors import ProvError, Unreadable
from provenance.ledger.chain import Entry

THREADS = 2
AHEAD = 16  # files read ahead: bounds the memory


@dataclass(frozen=True)
class Imported:
    """recorded: new entries. known: files that the ledger already says, unread when size and time are unchanged. unreadable: refused."""

    recorded: int
    known: int
    unreadable: int
    stopped: bool


def import_paths(
    house: House,
    paths: Sequence[str],
    *,
    progress: Callable[[int], AbstractContextManager[Any]],
    stop: threading.Event,
) -> Imported:
    """Record files and folders as found now.

    Args:
        paths: absolute. progress: given the number of files, a context with `advance()`. stop: set to end after the file at hand.
    Returns:
        The counts. What was recorded before a stop or a crash is skipped the next time.
    """
    views_known = Known(house.views, house.ledger)
    writer = Writer(house, lambda _: None, _refuse)
    done = _Count()
    taking = Taking(house, views_known, None, writer, done.wrote)
    wanted = list(_wanted(house, views_known, paths, done))
    writer.start()
    try:
        with progress(len(wanted)) as bar, ThreadPoolExecutor(THREADS) as pool:
            for path, future in _ahead(pool, wanted, stop):
                _take(house, taking, path, future, done)
                bar.advance()
    finally:
        writer.close()
        views_known.fold(now=True)
    return Imported(done.recorded, done.known, done.unreadable, stop.is_set())


class _Count:
    def __init__(self) -> None:
        self.recorded = self.known = self.unreadable = 0

    def wrote(self, taken: Taken, entry: Entry) -> None:
        self.recorded += 1


def _wanted(house: House, known: Known, paths: Sequence[str], done: _Count) -> Iterator[str]:
    """The files to read: all below the paths but those whose size and time the ledger already says."""
    for path in paths:
        if not Path(path).is_dir():
            yield path
            continue
        settings = house.config
        for found, shape in scan.walk(
            path, settings.ignore, settings.ignore_folders, refused=lambda *_: done.__setattr__("unreadable", done.unreadable + 1)
        ):
            place = known.place(found)
            if place is not None and place.here and unchanged(shape, place):
                done.known += 1
            else:
                yield found


def _ahead(pool: ThreadPoolExecutor, paths: Sequence[str], stop: threading.Event) -> Iterator[tuple[str, Future[Understood]]]:
    waiting: deque[tuple[str, Future[Understood]]] = deque()
    for path in paths:
        if stop.is_set():
            break
        waiting.append((path, pool.submit(understood, path)))
        if len(waiting) >= AHEAD:
            yield waiting.popleft()
    while waiting:
        yield waiting.popleft()


def _take(house: House, taking: Taking, path: str, future: Future[Understood], done: _Count) -> None:
    try:
        taken = taking.accept(future.result(), Occasion(house.clock().stamp, "import"))
    except (Unreadable, Changed):
        done.unreadable += 1
        return
    if taken is None:
        done.known += 1


def _refuse(error: ProvError | None) -> None:
    """Somebody waits at the keyboard: a disk that is full ends the import instead of being tried for ever."""
    if error is not None:
        raise error

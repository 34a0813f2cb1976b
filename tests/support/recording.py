"""The real recorder in this process, over a folder of its own, and its log as `prov log --json` would print it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from provenance import canon
from provenance.cli.log import line
from provenance.config import Config, Home
from provenance.daemon.house import House, create, open_house
from provenance.daemon.recorder import Recorder

PATIENCE = 30.0
Found = TypeVar("Found")
Row = dict[str, Any]
FILES = ("file.captured/1", "file.changed/1", "file.imported/1")


class Recording:
    """Records `folder/out` (made if it is not there) into `folder/home`, within a `with`; the home is made the first time."""

    def __init__(self, folder: Path, roots: Sequence[Path] = (), **settings: Any) -> None:
        self.out = folder / "out"
        self.out.mkdir(exist_ok=True)
        self.roots = tuple(str(root) for root in roots) or (str(self.out),)
        self.home, self._settings = Home(folder / "home"), {"originals_gb": 0, "previews": False, **settings}
        self.house: House
        self.failed: list[BaseException] = []
        self.count = 0

    def __enter__(self) -> Recording:
        self.house = open_house(self.home) if self.home.ledger.exists() else create(self.home, Config(roots=self.roots, **self._settings))
        ready = threading.Event()
        self.recorder = Recorder(self.house, self.roots, ready=ready.set)
        self.thread = threading.Thread(target=self._run, name="recorder under test")
        self.thread.start()
        while not ready.wait(0.02):
            assert self.thread.is_alive(), self.failed
        # what a test does next is to be seen live, and not by the look around at the start
        self.until(lambda _: not self.recorder._backlog)
        return self

    def _run(self) -> None:
        try:
            self.count = self.recorder.run()
        except BaseException as error:
            self.failed.append(error)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.recorder.stop()
        self.thread.join(PATIENCE * 2)
        stuck = self.thread.is_alive()
        if not stuck:
            self.house.close()
        assert not stuck, "the recorder does not stop"
        if kind is None and self.failed:
            raise self.failed[0]

    def log(self) -> list[Row]:
        """All entries now."""
        return [line(record) for record in self.house.ledger.records()]

    def until(self, enough: Callable[[list[Row]], Found]) -> Found:
        """What `enough` finds in the log, as soon as it finds anything; fails with the log when it never does."""
        end = time.monotonic() + PATIENCE
        while not (found := enough(self.log())):
            assert time.monotonic() < end and not self.failed, (self.failed, brief(self.log()))
            time.sleep(0.01)
        return found

    def hear(self, kind: str, path: Path | str, count: int = 1) -> list[Row]:
        """Wait until `count` entries of a kind tell of a path; these."""
        return self.until(lambda log: found if len(found := of(log, kind, path)) >= count else [])


def of(log: Sequence[Row], kind: str, path: Path | str | None = None) -> list[Row]:
    """The entries of a kind (with or without its version), about a path if given."""
    return [row for row in log if row["kind"].partition("/")[0] == kind.partition("/")[0] and (path is None or where(row) == str(path))]


def where(row: Row) -> str:
    """The path an entry tells of, as the system gives it."""
    return canon.untext(row["sealed"]["path"]) if "path" in row["sealed"] else ""


def brief(log: Sequence[Row]) -> str:
    """The log, for a failure's message."""
    return "\n".join(f"#{row['seq']} {row['kind']} {where(row)} {row['open'].get('reason', '')}" for row in log)


def logged(folder: Path) -> list[Row]:
    """The log of a home where no recorder runs."""
    house = open_house(Home(folder / "home"), read_only=True)
    try:
        return [line(record) for record in house.ledger.records()]
    finally:
        house.close()

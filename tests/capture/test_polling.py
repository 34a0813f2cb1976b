"""watchdog's events, by stand-ins, as sightings: the translation for macOS and Windows. watchdog itself is not needed here."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from support.sightings import Listener

from provenance.capture.names import names
from provenance.capture.polling import PollingWatcher, translate
from provenance.capture.stations import APPEARED, CLOSED, GONE, MOVED, TOUCHED
from provenance.clock import Moment
from provenance.config import IGNORED, IGNORED_FOLDERS
from provenance.errors import Unavailable

CHOSEN = names(IGNORED, IGNORED_FOLDERS)
AT = Moment(datetime(2026, 11, 22, tzinfo=UTC), 5, 5, "b0075eed")


@dataclass
class FakeEvent:
    event_type: str
    src_path: str | bytes
    dest_path: str | bytes = ""
    is_directory: bool = False


def told(event: FakeEvent) -> list[tuple[str, ...]]:
    return [(s.what, s.path, *((s.was,) if s.was else ())) for s in translate(event, CHOSEN, AT)]


@pytest.mark.parametrize(("kind", "what"), [("created", APPEARED), ("modified", TOUCHED), ("closed", CLOSED), ("deleted", GONE)])
def test_file_events(kind: str, what: str) -> None:
    assert told(FakeEvent(kind, "/o/a.png")) == [(what, "/o/a.png")]
    assert told(FakeEvent(kind, "/o/a.tmp")) == []


@pytest.mark.parametrize("kind", ["opened", "closed_no_write", "attrib", "something new"])
def test_events_of_no_interest(kind: str) -> None:
    assert told(FakeEvent(kind, "/o/a.png")) == [] and told(FakeEvent(kind, "/o/sub", is_directory=True)) == []


def test_a_move_between_names() -> None:
    assert told(FakeEvent("moved", "/o/a.png", "/o/b.png")) == [(MOVED, "/o/b.png", "/o/a.png")]
    assert told(FakeEvent("moved", "/o/a.tmp", "/o/b.png")) == [(CLOSED, "/o/b.png")]
    assert told(FakeEvent("moved", "/o/a.png", "/o/b.png~")) == [(GONE, "/o/a.png")]
    assert told(FakeEvent("moved", "/o/a.tmp", "/o/b.tmp")) == []


def test_names_as_bytes() -> None:
    assert told(FakeEvent("created", b"/o/caf\xe9.png")) == [(APPEARED, os.fsdecode(b"/o/caf\xe9.png"))]


def test_a_new_folder_is_walked_and_a_renamed_one_moves_its_files(tmp_path: Path) -> None:
    (tmp_path / "day").mkdir()
    (tmp_path / "day/a.png").write_bytes(b"1")
    day, old = str(tmp_path / "day"), str(tmp_path / "old")
    inside = str(tmp_path / "day/a.png")
    assert told(FakeEvent("created", day, is_directory=True)) == [(APPEARED, inside)]
    assert told(FakeEvent("moved", old, day, is_directory=True)) == [(MOVED, inside, str(tmp_path / "old/a.png"))]
    assert told(FakeEvent("moved", str(tmp_path / ".old"), day, is_directory=True)) == [(APPEARED, inside)]
    assert told(FakeEvent("moved", day, str(tmp_path / ".day"), is_directory=True)) == [(GONE, day + os.sep)]
    assert told(FakeEvent("deleted", day, is_directory=True)) == [(GONE, day + os.sep)]
    assert told(FakeEvent("created", str(tmp_path / ".git"), is_directory=True)) == []


@dataclass
class FakeEmitter:
    watch: object
    alive: bool = True

    def is_alive(self) -> bool:
        return self.alive


@dataclass
class FakeObserver:
    """As much of watchdog's BaseObserver as the watcher uses."""

    alive: bool = False
    emitters: list[FakeEmitter] = field(default_factory=list)
    handler: Any = None
    refuse: Exception | None = None

    def start(self) -> None:
        self.alive = True

    def stop(self) -> None:
        self.alive = False

    def join(self) -> None:
        assert not self.alive

    def is_alive(self) -> bool:
        return self.alive

    def schedule(self, handler: Any, path: str, *, recursive: bool) -> object:
        assert recursive
        if self.refuse:
            raise self.refuse
        watch = object()
        self.handler = handler
        self.emitters.append(FakeEmitter(watch))
        return watch

    def unschedule(self, watch: object) -> None:
        self.emitters = [emitter for emitter in self.emitters if emitter.watch is not watch]


@pytest.fixture
def watched(tmp_path: Path, clock: Callable[[], Moment]) -> Iterator[tuple[PollingWatcher, FakeObserver, Listener]]:
    root = tmp_path / "out"
    root.mkdir()
    observer = FakeObserver()
    watcher = PollingWatcher([str(root)], CHOSEN, clock, observer)
    yield watcher, observer, Listener(watcher, root)
    watcher.close()
    watcher.close()


def test_events_come_out_of_take(watched: tuple[PollingWatcher, FakeObserver, Listener]) -> None:
    watcher, observer, ear = watched
    observer.handler.dispatch(FakeEvent("created", ear.root + "/a.png"))
    assert ear.hear(("appeared", "a.png")) == [("appeared", "a.png")]
    assert watcher.take(0) == []


def test_a_warning_in_watchdogs_log_is_an_overflow(watched: tuple[PollingWatcher, FakeObserver, Listener]) -> None:
    _, _, ear = watched
    logging.getLogger("watchdog.observers.somewhere").warning("events were lost")
    ear.hear(("overflow", "."))


def test_a_root_that_goes_and_comes_is_scheduled_anew(watched: tuple[PollingWatcher, FakeObserver, Listener]) -> None:
    _, observer, ear = watched
    first = observer.emitters[0]
    observer.handler.dispatch(FakeEvent("deleted", ear.root, is_directory=True))
    Path(ear.root).rmdir()
    assert ear.hear(("root gone", ".")) == [("root gone", ".")]
    assert observer.emitters == []
    Path(ear.root).mkdir()
    ear.hear(("root back", "."))
    assert observer.emitters and observer.emitters[0] is not first


def test_an_emitter_that_died_is_replaced(watched: tuple[PollingWatcher, FakeObserver, Listener]) -> None:
    _, observer, ear = watched
    observer.emitters[0].alive = False
    ear.hear(("root gone", "."), ("root back", "."))
    assert observer.emitters[0].alive


def test_a_root_that_watchdog_refuses_is_said(tmp_path: Path, clock: Callable[[], Moment]) -> None:
    observer = FakeObserver(refuse=OSError(28, "inotify watch limit reached"))
    watcher = PollingWatcher([str(tmp_path)], CHOSEN, clock, observer)
    try:
        assert [s.what for s in watcher.take(0)] == ["root gone"]
        assert "limit" in watcher.unwatched()[str(tmp_path)]
        observer.refuse = None
        Listener(watcher, tmp_path).hear(("root back", "."))
        assert watcher.unwatched() == {}
    finally:
        watcher.close()


def test_a_failure_in_watchdogs_thread_is_not_silence(watched: tuple[PollingWatcher, FakeObserver, Listener]) -> None:
    watcher, observer, _ = watched
    observer.handler.dispatch(FakeEvent("created", None))  # type: ignore[arg-type]
    with pytest.raises(Unavailable):
        watcher.take(0)

"""Watcher, settler and collector together: what different writers do, and what is taken of it."""

from __future__ import annotations

import hashlib
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import burst
from support.imagefiles import png

from provenance.capture import watch
from provenance.capture.collect import Changed, Vanished, collect
from provenance.capture.look import digest
from provenance.capture.settle import Settler
from provenance.capture.stations import GONE, Settled
from provenance.clock import Moment, system

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="LOUD: the rules of Linux's events were NOT checked")
PICTURE, EDITED = png({"parameters": "a cat"}), png({"parameters": "a cat"}, seed=1)


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Recorder:
    """The recorder's loop, for one test."""

    def __init__(self, root: Path) -> None:
        self.root, self.watcher, self.settler = root, watch.start([str(root)]), Settler()
        self.taken: list[tuple[str, str, str]] = []

    def until(self, *wanted: tuple[str, str, str]) -> None:
        """Go on until (name, how, SHA-256) of each of `wanted` was taken; fails after 30 s."""
        end = time.monotonic() + 30
        while not set(wanted) <= set(self.taken):
            assert time.monotonic() < end, f"waited in vain; took {self.taken}"
            due = self.settler.next_due_ms()
            wait = 200 if due is None else max(0, min(200, due - system().mono_ms))
            for item in digest(self.settler, self.watcher.take(wait), lambda: system().mono_ms):
                if isinstance(item, Settled):
                    self.take(item)
                elif item.what == GONE:
                    self.taken.append((os.path.relpath(item.path, self.root), "gone", ""))

    def take(self, item: Settled) -> None:
        try:
            specimen, _ = collect(item.path)
        except (Changed, Vanished):
            return
        self.taken.append((os.path.relpath(item.path, self.root), item.how, specimen.sha256))


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Recorder]:
    (tmp_path / "out").mkdir()
    found = Recorder(tmp_path / "out")
    yield found
    found.watcher.close()


def test_a_slow_writer_is_taken_once_and_whole(recorder: Recorder) -> None:
    with (recorder.root / "a.png").open("wb", buffering=0) as file:
        for at in range(0, len(PICTURE), 40):
            file.write(PICTURE[at : at + 40])
            for item in digest(recorder.settler, recorder.watcher.take(5), lambda: 0):
                assert not isinstance(item, Settled)  # time stands still here: only events could settle it
    recorder.until(("a.png", "closed", sha(PICTURE)))
    assert len(recorder.taken) == 1


def test_an_empty_first_close_is_not_the_picture(recorder: Recorder) -> None:
    path = recorder.root / "a.png"
    path.touch()
    assert digest(recorder.settler, recorder.watcher.take(2_000), lambda: 0) == []
    path.write_bytes(PICTURE)
    recorder.until(("a.png", "closed", sha(PICTURE)))
    assert sha(b"") not in {found for _, _, found in recorder.taken}


def test_two_versions_under_one_name(recorder: Recorder) -> None:
    (recorder.root / "a.png").write_bytes(PICTURE)
    recorder.until(("a.png", "closed", sha(PICTURE)))
    (recorder.root / "a.png").write_bytes(EDITED)
    recorder.until(("a.png", "closed", sha(EDITED)))


def test_an_editor_that_replaces_the_file(recorder: Recorder) -> None:
    (recorder.root / "a.png").write_bytes(PICTURE)
    recorder.until(("a.png", "closed", sha(PICTURE)))
    (recorder.root / "a.png_exiftool_tmp").write_bytes(EDITED)
    (recorder.root / "a.png_exiftool_tmp").replace(recorder.root / "a.png")
    recorder.until(("a.png", "closed", sha(EDITED)))


def test_a_link_is_taken_by_its_end_mark(recorder: Recorder, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.png").write_bytes(PICTURE)
    os.link(tmp_path / "elsewhere.png", recorder.root / "a.png")
    recorder.until(("a.png", "end mark", sha(PICTURE)))


def test_a_file_held_open_is_taken_when_it_is_still_and_again_when_it_is_closed(recorder: Recorder) -> None:
    with (recorder.root / "a.log").open("wb", buffering=0) as file:
        file.write(b"1")
        recorder.until(("a.log", "still", sha(b"1")))
        file.write(b"2")
    recorder.until(("a.log", "closed", sha(b"12")))


def test_an_empty_file_and_a_broken_one_are_taken_as_they_are(recorder: Recorder) -> None:
    (recorder.root / "empty.png").touch()
    (recorder.root / "broken.png").write_bytes(PICTURE[:-8])
    recorder.until(("empty.png", "still", sha(b"")), ("broken.png", "still", sha(PICTURE[:-8])))


def test_a_renamed_picture_and_a_deleted_one(recorder: Recorder) -> None:
    (recorder.root / "a.png").write_bytes(PICTURE)
    recorder.until(("a.png", "closed", sha(PICTURE)))
    (recorder.root / "a.png").rename(recorder.root / "b.png")
    recorder.until(("b.png", "renamed", sha(PICTURE)))
    (recorder.root / "b.png").unlink()
    recorder.until(("b.png", "gone", ""))


@pytest.mark.slow
@pytest.mark.parametrize("layout", burst.LAYOUTS)
def test_a_burst_of_20000_files_is_seen_whole(tmp_path: Path, layout: str) -> None:
    outcome = burst.run(tmp_path / "out", layout)
    assert outcome.seen == outcome.written and outcome.wrong == 0, outcome


@pytest.mark.slow
def test_an_overflow_is_healed_by_the_scan_it_asks_for(tmp_path: Path) -> None:
    queue_size = watch.limits().get("max_queued_events", 0)
    if not 0 < queue_size <= 40_000:
        pytest.skip(f"LOUD: a queue of {queue_size} events is too long to overflow here: healing was NOT checked")
    held, stalled = threading.Event(), threading.Event()

    def clock() -> Moment:
        if threading.current_thread().name == "prov-inotify" and stalled.is_set():
            held.wait(60)  # the reading thread stands still
        return system()

    count = queue_size // 2 + 500
    watcher, consumer = watch.start([str(tmp_path)], clock=clock), burst.Consumer(tmp_path, 0.0)
    try:
        stalled.set()
        for number in range(count):
            (tmp_path / f"{number}.bin").write_bytes(b"%d" % number)
        held.set()
        end = time.monotonic() + 60
        while len(consumer.seen) < count and time.monotonic() < end:
            consumer.round(watcher.take(100))
    finally:
        held.set()
        watcher.close()
    assert len(consumer.seen) == count and consumer.overflows >= 1 and consumer.by_scan > 0


@pytest.mark.slow
def test_a_burst_is_seen_whole_by_a_handler_that_holds_the_lock(tmp_path: Path) -> None:
    outcome = burst.run(tmp_path / "out", "dated", count=6_000, hold_s=0.0009)
    assert outcome.seen == outcome.written and outcome.wrong == 0, outcome

"""What a long run meets: hostile names, a writer that dies, others beside it, folders that go away in the middle of a scan."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from support.imagefiles import png
from support.recording import FILES, Recording, logged, of, where

from provenance import facts
from provenance.daemon.house import House, open_house
from provenance.errors import ProvError, Unavailable


def graph(lora: str) -> str:
    """A ComfyUI API graph that names a LoRA."""
    return json.dumps({
        "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "m.safetensors"}},
        "10": {"class_type": "LoraLoader", "inputs": {
            "lora_name": lora, "strength_model": 0.8, "strength_clip": 0.6, "model": ["4", 0], "clip": ["4", 1]}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a cat", "clip": ["10", 1]}},
        "3": {"class_type": "KSampler", "inputs": {
            "seed": 1, "steps": 20, "cfg": 6.5, "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0,
            "model": ["10", 0], "positive": ["6", 0], "negative": ["6", 0]}},
    })


def test_a_hostile_model_name_does_not_end_the_recorder(tmp_path: Path) -> None:
    with Recording(tmp_path) as live:
        (live.out / "hostile.png").write_bytes(png({"prompt": graph("\\ud800 lora").replace("\\\\ud800", "\\ud800")}, seed=1))
        live.hear("file.captured", live.out / "hostile.png")
        (live.out / "good.png").write_bytes(png({"prompt": graph("good")}, seed=2))
        good = live.hear("file.captured", live.out / "good.png")[0]
        live.until(lambda log: [row for row in of(log, "models.bound") if row["open"]["of"] == good["seq"]])


def broken_heads(live: Recording) -> None:
    """heads.log says what the ledger does not: the writer's next snapshot ends it."""
    live.home.heads.write_bytes(b"bm9uc2Vuc2U=\n")


def test_a_writer_that_dies_ends_an_idle_recorder_and_the_end_is_said(tmp_path: Path) -> None:
    with pytest.raises(ProvError), Recording(tmp_path) as live:
        broken_heads(live)
        live.recorder._chores._since_snapshot = 255
        (live.out / "a.png").write_bytes(png(seed=1))
        live.thread.join(20)
        assert not live.thread.is_alive(), "nothing is submitted any more, and yet it must be noticed"
    stopped = of(logged(tmp_path), "recorder.stopped")
    assert [row["open"]["reason"] for row in stopped] == ["error"]


def test_a_defect_in_the_loop_is_not_said_to_be_a_wish(tmp_path: Path) -> None:
    def defect(*_: Any) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), Recording(tmp_path) as live:
        live.recorder._taking.settled = defect  # type: ignore[method-assign]
        (live.out / "a.png").write_bytes(png(seed=1))
        live.thread.join(20)
    assert of(logged(tmp_path), "recorder.stopped")[0]["open"]["reason"] == "error"


def test_a_listener_that_fails_costs_no_capture(tmp_path: Path) -> None:
    def closed(*_: Any) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError), Recording(tmp_path) as live:
        live.recorder._heard = closed
        (live.out / "a.png").write_bytes(png(seed=1))
        live.thread.join(20)
    log = logged(tmp_path)
    assert len(of(log, "file.captured")) == 1 and len(of(log, "recorder.stopped")) == 1 and of(log, "snapshot.signed")


def test_a_snapshot_that_the_disk_refuses_does_not_end_the_recorder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from provenance.daemon import chores

    refused: list[str] = []

    def full(house: House, why: str) -> Any:
        if len(refused) < 2:
            refused.append(why)
            raise Unavailable("heads.disk-full", path="heads.log")
        return real(house, why)

    real = chores.sign_now
    monkeypatch.setattr(chores, "sign_now", full)
    monkeypatch.setattr(chores, "SNAPSHOT_ENTRIES", 1)
    with Recording(tmp_path) as live:
        for n in range(4):
            (live.out / f"{n}.png").write_bytes(png(seed=n))
            live.hear("file.captured", live.out / f"{n}.png")
        live.until(lambda log: of(log, "snapshot.signed"))
        live.until(lambda _: not live.recorder._trouble)
    assert len(refused) == 2 and len(of(logged(tmp_path), "recorder.stopped")) == 1


def test_a_full_queue_before_a_disk_that_refuses_does_not_hold_up_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from provenance.daemon import writer as writing

    class Refuses:
        def keep(self, blobs: Any) -> None:
            return

        def append(self, said: Any) -> Any:
            raise Unavailable("ledger.disk-full", path="x")

    monkeypatch.setattr(writing, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(writing, "LAST_PATIENCE", 0.1)
    ending, started = threading.Event(), threading.Event()
    writer = writing.Writer(Refuses(), lambda _: None, lambda _: started.set(), most=2, ending=ending)
    job = writing.Job((facts.FileVanished(seen_at="x", noticed="live", path="a"),))
    writer.start()
    writer.submit(job)
    assert started.wait(20)
    writer.submit(job)
    writer.submit(job)
    caught: list[BaseException] = []

    def late() -> None:
        try:
            writer.submit(job)
        except ProvError as error:
            caught.append(error)

    waiting = threading.Thread(target=late)
    waiting.start()
    ending.set()
    waiting.join(20)
    assert len(caught) == 1
    writer.flush(0.1)
    with pytest.raises(Unavailable):
        writer.close(patience=0.2)
    assert not writer.is_alive()


def test_a_gap_begins_where_the_recorder_was_last_alive_and_not_where_somebody_else_wrote(tmp_path: Path) -> None:
    with Recording(tmp_path):
        pass
    house = open_house(Recording(tmp_path).home)
    house.home.status.unlink()
    (crashed,) = house.append([facts.RecorderStarted(
        software="x", python="x", system="x", sqlite="x", watcher="x", journal="x")])
    (noted,) = house.append([facts.NoteAdded(text="made while no recorder ran")])
    house.close()
    with Recording(tmp_path) as live:
        gap = of(live.log(), "gap.noticed")[-1]
    assert gap["open"]["reason"] == "crashed"
    assert gap["open"]["since"] == crashed.at < noted.at


def test_a_disk_unplugged_in_the_middle_of_a_scan_is_no_loss_of_its_files(tmp_path: Path) -> None:
    with Recording(tmp_path) as live:
        (live.out / "a").mkdir()
        (live.out / "b").mkdir()
        paths = [live.out / "a" / "1.png", live.out / "b" / "2.png"]
        for n, path in enumerate(paths):
            path.write_bytes(png(seed=n))
            live.hear("file.captured", path)
    house = open_house(live.home)
    try:
        from provenance.daemon.recorder import Recorder

        recorder = Recorder(house, [str(live.out)])
        recorder._writer.start()
        scan = recorder._taking.compare(str(live.out), "rescan")
        (live.out / "a" / "3.png").write_bytes(png(seed=3))
        next(scan)
        live.out.rename(tmp_path / "unplugged")
        assert not [path for path in scan if path]
        recorder._writer.close()
        assert all((place := recorder._known.place(str(path))) is not None and place.here for path in paths)
    finally:
        house.close()
    assert not of(logged(tmp_path), "file.vanished")


def test_only_files_vanish(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old-link.png").symlink_to(tmp_path)
    with Recording(tmp_path) as live:
        (live.out / "link.png").symlink_to(tmp_path / "nowhere.png")
        os.mkfifo(live.out / "pipe.png")
        (live.out / "a.png").write_bytes(png(seed=1))
        live.hear("file.captured", live.out / "a.png")
        for name in ("link.png", "pipe.png", "old-link.png", "a.png"):
            (live.out / name).unlink()
        live.hear("file.vanished", live.out / "a.png")
        assert [where(row) for row in of(live.log(), "file.vanished")] == [str(live.out / "a.png")]


def test_a_file_that_went_between_the_look_and_the_reading_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from provenance.capture import understand
    from provenance.capture.collect import Vanished

    def slow(path: str, **_: Any) -> Any:
        Path(path).unlink() if path.endswith("gone.png") else Path(path).rename(path.replace("old.png", "new.png"))
        monkeypatch.setattr(understand, "collect", real)
        raise Vanished("capture.vanished", path=path)

    real = understand.collect
    with Recording(tmp_path) as live:
        monkeypatch.setattr(understand, "collect", slow)
        (live.out / "gone.png").write_bytes(png(seed=1))
        live.hear("file.vanished", live.out / "gone.png")
        monkeypatch.setattr(understand, "collect", slow)
        (live.out / "old.png").write_bytes(png(seed=2))
        live.hear("file.captured", live.out / "new.png")
        (live.out / "end.png").write_bytes(png(seed=3))
        live.hear("file.captured", live.out / "end.png")
    assert [Path(where(row)).name for row in of(logged(tmp_path), "file.vanished")] == ["gone.png"], "renamed is not gone"


def test_a_gap_of_lost_events_does_not_begin_after_it_was_noticed(tmp_path: Path) -> None:
    from provenance.capture.stations import OVERFLOW, Sighting

    with Recording(tmp_path) as live:
        noticed = live.house.clock()
        list(live.recorder._chores.tick())  # the loop comes to the sighting after its next look at the clocks
        live.recorder._inbox.put(Sighting(OVERFLOW, str(live.out), noticed.mono_ms, noticed.stamp))
        (gap,) = live.until(lambda log: of(log, "gap.noticed"))
    assert gap["open"]["since"] <= gap["open"]["until"]


def test_views_that_are_deleted_while_it_records_are_made_anew(tmp_path: Path) -> None:
    from provenance.views.store import Views

    with Recording(tmp_path) as live:
        path = live.out / "a.png"
        path.write_bytes(png(seed=1))
        first = live.hear("file.captured", path)[0]
        live.recorder._known.fold(now=True)
        live.home.views.unlink()
        again = Views(live.home.views)  # as the next command does
        again.catch_up(live.house.ledger)
        again.close()
        path.write_bytes(png(seed=2))
        second = live.hear("file.changed", path)[0]
        assert second["open"]["was"] == first["open"]["sha256"]
        live.recorder._known.fold(now=True)
        path.write_bytes(png(seed=3))
        assert live.hear("file.changed", path, 2)[1]["open"]["was"] == second["open"]["sha256"], "the deleted file must not answer on"
    assert len([row for row in logged(tmp_path) if row["kind"] in FILES]) == 3


def test_the_views_are_not_emptied_by_others_that_fold_too(tmp_path: Path) -> None:
    from provenance.views.store import Views

    with Recording(tmp_path) as live:
        house = live.house
        house.append([facts.NoteAdded(text="1")])
        other = Views(live.home.views)
        emptied: list[int] = []

        class Late:
            """A ledger that grows, and is folded by somebody else, between two questions."""

            origin = house.ledger.origin
            records, leaves = house.ledger.records, house.ledger.leaves
            asked = 0

            def size(self) -> int:
                size = house.ledger.size()
                self.asked += 1
                if self.asked == 1:
                    house.append([facts.NoteAdded(text="2")])
                    with contextlib.suppress(Exception):
                        quick.catch_up(house.ledger)
                return size

        quick = Views(live.home.views)
        quick._engine = quick._engine.execution_options()
        import sqlalchemy as sa

        @sa.event.listens_for(quick._engine, "connect")
        def _impatient(connection: Any, _record: Any) -> None:
            connection.execute("PRAGMA busy_timeout=50")

        monkey = other._empty
        other._empty = lambda db: (emptied.append(1), monkey(db))[1]  # type: ignore[method-assign]
        other.catch_up(Late())  # type: ignore[arg-type]
        other.close()
        quick.close()
    assert not emptied


def test_the_question_who_records_is_no_recorder(tmp_path: Path) -> None:
    from provenance.daemon.lock import RecorderLock, holder

    lock, stop = RecorderLock(tmp_path / "recorder.lock"), threading.Event()
    lock.acquire()
    lock.release()

    def ask() -> None:
        while not stop.is_set():
            holder(tmp_path / "recorder.lock")

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        for _ in range(200):
            lock.acquire()
            lock.release()
    finally:
        stop.set()
        asking.join()


@pytest.mark.parametrize("line", ["Ledger.create", "Ledger.append", "config.write"])
def test_a_home_half_made_is_finished_by_the_next_try(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    from provenance import config
    from provenance.config import Config, Home
    from provenance.daemon.house import create
    from provenance.ledger.store import Ledger

    def crash(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    owner, name = (config if line.startswith("config") else Ledger), line.split(".")[1]
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, crash)
        with pytest.raises(KeyboardInterrupt):
            create(Home(tmp_path / "home"), Config())
    create(Home(tmp_path / "home"), Config()).close()
    house = open_house(Home(tmp_path / "home"))
    assert [entry.kind for entry in house.ledger.entries()] == ["ledger.opened/1"]
    assert house.signer.name == house.ledger.origin
    house.close()


def test_what_was_not_kept_does_not_count_against_the_budget(tmp_path: Path) -> None:
    from provenance.capture.collect import collect
    from provenance.daemon.originals import Originals
    from provenance.ledger.blobs import Blobs

    path = tmp_path / "a.png"
    path.write_bytes(png(seed=1))
    specimen, _ = collect(str(path))
    path.unlink()  # large, so that its bytes are not at hand, and gone before it was copied
    originals = Originals(Blobs(tmp_path / "blobs"), None, 1)  # type: ignore[arg-type]
    originals.start()
    originals.keep(specimen, None)
    originals.close()
    assert originals._used == 0


def test_waiting_copies_are_bounded_in_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from provenance.capture.collect import collect
    from provenance.daemon import originals as keeping
    from provenance.ledger.blobs import Blobs

    path = tmp_path / "a.png"
    path.write_bytes(png(seed=1))
    specimen, data = collect(str(path))
    assert data is not None
    monkeypatch.setattr(keeping, "MOST_HELD", len(data))
    originals = keeping.Originals(Blobs(tmp_path / "blobs"), None, 1)  # type: ignore[arg-type]
    originals.keep(specimen, data)
    second = threading.Thread(target=originals.keep, args=(specimen, data))
    second.start()
    second.join(0.3)
    assert second.is_alive() and originals._queue.qsize() == 1, "the second waits until the first is copied"
    originals.start()
    second.join(20)
    originals.close()
    assert not second.is_alive() and originals._held == 0


def test_a_picture_that_was_found_later_is_not_bound_to_the_models_of_today(tmp_path: Path) -> None:
    old = tmp_path / "out" / "old.png"
    old.parent.mkdir()
    old.write_bytes(png({"prompt": graph("old")}, seed=1))
    os.utime(old, (1_600_000_000, 1_600_000_000))
    with Recording(tmp_path) as live:
        found = live.hear("file.imported", old)[0]
        (live.out / "new.png").write_bytes(png({"prompt": graph("new")}, seed=2))
        new = live.hear("file.captured", live.out / "new.png")[0]
        bound = live.until(lambda log: of(log, "models.bound"))
    assert found["seq"] < new["seq"] and [row["open"]["of"] for row in of(logged(tmp_path), "models.bound")] == [new["seq"]], bound


def test_names_that_are_not_unicode_are_known_at_the_next_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from provenance.capture import understand

    with Recording(tmp_path) as live:
        stays, goes = (live.out / os.fsdecode(name) for name in (b"st\xe9.png", b"go\xff.png"))
        for n, path in enumerate((stays, goes)):
            path.write_bytes(png(seed=n))
            live.hear("file.captured", path)
    goes.unlink()
    read: list[str] = []
    real = understand.collect
    monkeypatch.setattr(understand, "collect", lambda path: (read.append(path), real(path))[1])
    with Recording(tmp_path) as live:
        assert live.hear("file.vanished", goes)[0]["open"]["noticed"] == "start"
    assert not read, "size and time are what the ledger says: nothing is read again"

"""What a long run meets: hostile names, a writer that dies, others beside it, folders that go away in the middle of a scan."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
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
        "10": {"class_type": "LoraLoader", "inputs": {"lora_name": lora, "strength_model": 0.8, "strength_clip": 0.6, "model": ["4", 0], "clip": ["4", 1]}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a cat", "clip": ["10", 1]}},
        "3": {"class_type": "KSampler", "inputs": {"seed": 1, "steps": 20, "cfg": 6.5, "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0,
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

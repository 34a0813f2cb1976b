"""What happened while nobody watched, or was lost on the way: found at the next look, recorded as later, never as seen."""

from __future__ import annotations

import errno
import hashlib
import os
import queue
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from support.imagefiles import png
from support.recording import FILES, Recording, logged, of, where

from provenance.capture import collect as collecting
from provenance.capture import watch
from provenance.capture.stations import OVERFLOW, Sighting
from provenance.clock import system
from provenance.errors import Unavailable

ONE, TWO, THREE = (png(seed=n) for n in (1, 2, 3))


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def aged(path: Path, data: bytes, seconds: int = 3_600) -> Path:
    """A file whose writer is long done."""
    path.write_bytes(data)
    then = path.stat().st_mtime_ns - seconds * 10**9
    os.utime(path, ns=(then, then))
    return path


def test_what_came_changed_and_went_while_off(tmp_path: Path) -> None:
    with Recording(tmp_path) as first:
        kept, edited, lost, touched = (
            aged(first.out / name, data)
            for name, data in (("kept.png", ONE), ("edited.png", TWO), ("lost.png", THREE), ("touched.png", png(seed=4)))
        )
        for path in (kept, edited, lost, touched):
            first.hear("file.captured", path)
    known = len(logged(tmp_path))
    came = aged(first.out / "came.png", png(seed=5))
    fresh = first.out / "fresh.png"
    fresh.write_bytes(png(seed=6))
    aged(edited, png(seed=7))
    lost.unlink()
    touched.touch()
    with Recording(tmp_path) as second:
        (imported,), (other,) = second.hear("file.imported", came), second.hear("file.imported", edited)
        second.hear("file.imported", fresh)
        (gone,) = second.hear("file.vanished", lost)
    assert imported["open"]["found"] == "start" and imported["class"] == "IMPORTED" and "was" not in imported["open"]
    assert other["open"]["was"] == sha(TWO) and other["open"]["sha256"] == sha(png(seed=7))
    assert gone["open"]["noticed"] == "start" and gone["open"]["sha256"] == sha(THREE)
    since = logged(tmp_path)[known:]
    assert {row["open"]["found"] for row in of(since, "file.imported")} == {"start"}
    (gap,) = of(since, "gap.noticed")
    assert gap["open"]["reason"] == "stopped" and gap["open"]["since"] < gap["open"]["until"]
    stopped = of(logged(tmp_path), "recorder.stopped")[0]
    assert gap["open"]["since"] == stopped["at"]
    assert sorted(Path(where(row)).name for row in since if row["kind"] in FILES) == ["came.png", "edited.png", "fresh.png"]
    known = len(logged(tmp_path))
    with Recording(tmp_path):
        pass
    assert not [row for row in logged(tmp_path)[known:] if row["kind"].startswith("file.")], "the third start finds nothing new"


def test_a_folder_that_vanished_while_off_takes_its_files_along(tmp_path: Path) -> None:
    with Recording(tmp_path) as first:
        (first.out / "deep" / "er").mkdir(parents=True)
        path = aged(first.out / "deep" / "er" / "a.png", ONE)
        first.until(lambda log: [row for row in log if row["kind"] in FILES])
    shutil.rmtree(first.out / "deep")
    with Recording(tmp_path) as second:
        assert second.hear("file.vanished", path)[0]["open"]["noticed"] == "start"


class Fake:
    """A watcher that tells what the test puts into it."""

    def __init__(self) -> None:
        self.told: queue.Queue[Any] = queue.Queue()

    def take(self, timeout_ms: int | None) -> list[Sighting]:
        try:
            item = self.told.get(timeout=0.05)
        except queue.Empty:
            return []
        if isinstance(item, Exception):
            raise item
        return [item]

    def unwatched(self) -> Mapping[str, str]:
        return {}

    def close(self) -> None:
        return


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    made = Fake()
    monkeypatch.setattr(watch, "start", lambda *_, **__: made)
    return made


def test_an_overflow_is_said_and_what_was_lost_is_found(tmp_path: Path, fake: Fake) -> None:
    with Recording(tmp_path) as live:
        lost = [aged(live.out / f"{n:03}.png", png(seed=n)) for n in range(30)]
        now = system()
        fake.told.put(Sighting(OVERFLOW, str(live.out), now.mono_ms, now.stamp))
        live.until(lambda log: len(of(log, "file.imported")) >= len(lost))
        log = live.log()
    (gap,) = of(log, "gap.noticed")
    assert gap["open"]["reason"] == "overflow" and gap["open"]["since"] <= gap["open"]["until"]
    assert {row["open"]["found"] for row in of(log, "file.imported")} == {"rescan"}
    assert sorted(where(row) for row in of(log, "file.imported")) == [str(path) for path in lost]


def test_a_watcher_that_fails_ends_the_recorder_aloud(tmp_path: Path, fake: Fake) -> None:
    with pytest.raises(Unavailable, match=r"capture\.watcher"), Recording(tmp_path) as live:
        fake.told.put(Unavailable("capture.watcher", why="test"))
        live.thread.join(30)
    assert of(logged(tmp_path), "recorder.stopped")[0]["open"]["reason"] == "error"


def test_a_root_that_vanishes_and_returns(tmp_path: Path) -> None:
    with Recording(tmp_path) as live:
        path = aged(live.out / "a.png", ONE)
        live.hear("file.captured", path)
        live.out.rename(tmp_path / "unplugged")
        live.hear("watch.removed", live.out)
        aged(tmp_path / "unplugged" / "meanwhile.png", TWO)
        (tmp_path / "unplugged").rename(live.out)
        live.until(lambda log: [row for row in of(log, "watch.added", live.out) if row["open"]["reason"] == "returned"])
        live.hear("file.imported", live.out / "meanwhile.png")
        (live.out / "after.png").write_bytes(THREE)
        live.hear("file.captured", live.out / "after.png")
        log = live.log()
    (removed,) = of(log, "watch.removed")
    (away,) = of(log, "gap.noticed")
    assert removed["open"]["reason"] == "vanished"
    assert away["open"]["reason"] == "folder away" and away["open"]["since"] <= away["open"]["until"] and where(away) == str(live.out)
    standing = [row for row in log if where(row) == str(path) and row["kind"] in (*FILES, "file.vanished/1")]
    assert standing[-1]["kind"] in FILES or not of(log, "file.vanished", path), "the picture that came back is known to stand there"


def test_a_root_that_is_away_at_the_start_is_no_loss_of_its_files(tmp_path: Path) -> None:
    with Recording(tmp_path) as first:
        path = aged(first.out / "a.png", ONE)
        first.hear("file.captured", path)
    first.out.rename(tmp_path / "unplugged")
    known = len(logged(tmp_path))
    second = Recording(tmp_path)
    second.out.rmdir()
    with second as live:
        live.hear("watch.removed", live.out)
        (tmp_path / "unplugged").rename(live.out)
        live.hear("watch.added", live.out, 2)
        (live.out / "new.png").write_bytes(TWO)
        live.hear("file.captured", live.out / "new.png")
    since = [row for row in logged(tmp_path)[known:] if row["kind"].startswith("file.")]
    assert [Path(where(row)).name for row in since] == ["new.png"], "what came back was known, and is neither lost nor new"


def test_an_unreadable_file_is_said_once_and_taken_when_it_may_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.open

    def denied(path: Any, *rest: Any, **more: Any) -> int:
        if str(path).endswith("secret.png"):
            raise OSError(errno.EACCES, "Permission denied", str(path))
        return real(path, *rest, **more)

    with Recording(tmp_path) as live:
        monkeypatch.setattr(collecting.os, "open", denied)
        path = live.out / "secret.png"
        path.write_bytes(ONE)
        (refused,) = live.hear("file.unreadable", path)
        path.write_bytes(TWO)
        (live.out / "b.png").write_bytes(THREE)
        live.hear("file.captured", live.out / "b.png")
        assert refused["open"]["why"] == "EACCES" and len(of(live.log(), "file.unreadable")) == 1
        monkeypatch.undo()
        path.write_bytes(TWO)
        assert live.hear("file.captured", path)[0]["open"]["sha256"] == sha(TWO)


def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from provenance.daemon import status, writer

    monkeypatch.setattr(writer, "RETRY_SECONDS", 0.05)
    with Recording(tmp_path) as live:
        real, refused = live.house.ledger.append, []

        def full(said: Any) -> Any:
            if len(refused) < 5 and said:
                refused.append(said)
                told = status.read(live.home.status) or {}
                assert len(refused) == 1 or told["trouble"] == "ledger.disk-full"
                raise Unavailable("ledger.disk-full", path="ledger.db")
            return real(said)

        monkeypatch.setattr(live.house.ledger, "append", full)
        for n in range(20):
            (live.out / f"{n}.png").write_bytes(png(seed=n))
        live.until(lambda log: len(of(log, "file.captured")) == 20)
        live.until(lambda _: (status.read(live.home.status) or {}).get("trouble") == "")
    assert len(refused) == 5
    assert len({(where(row), row["open"]["sha256"]) for row in of(logged(tmp_path), "file.captured")}) == 20

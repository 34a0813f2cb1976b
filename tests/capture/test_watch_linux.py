"""The inotify watcher against a real file system."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.sightings import Listener

from provenance.capture import watch
from provenance.capture.names import names
from provenance.clock import Moment, system
from provenance.config import IGNORED, IGNORED_FOLDERS
from provenance.errors import Unavailable

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="LOUD: inotify is Linux's: the watcher was NOT checked here")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def ear(root: Path) -> Iterator[Listener]:
    watcher = watch.start([str(root)])
    yield Listener(watcher, root)
    watcher.close()


def test_a_direct_write_is_closed(root: Path, ear: Listener) -> None:
    (root / "a.png").write_bytes(b"1")
    assert ear.hear(("closed", "a.png")) == [("appeared", "a.png"), ("closed", "a.png")]


def test_a_sighting_carries_the_clock(root: Path, ear: Listener) -> None:
    before = system()
    (root / "a.png").write_bytes(b"1")
    ear.until(lambda told: bool(told and ear.heard[-1].at_ms >= before.mono_ms and ear.heard[-1].seen_at >= before.stamp))


def test_the_same_name_again_with_other_bytes(root: Path, ear: Listener) -> None:
    for body in (b"1", b"22"):
        (root / "a.png").write_bytes(body)
        ear.hear(("closed", "a.png"))


def test_an_edit_in_place(root: Path, ear: Listener) -> None:
    (root / "a.png").write_bytes(b"11")
    ear.hear(("closed", "a.png"))
    with (root / "a.png").open("r+b") as file:
        file.write(b"2")
    assert ear.hear(("closed", "a.png")) == [("closed", "a.png")]


def test_a_temporary_name_that_is_renamed_is_told_once(root: Path, ear: Listener) -> None:
    (root / "a.tmp").write_bytes(b"1")
    (root / "a.tmp").rename(root / "a.png")
    assert ear.hear(("closed", "a.png")) == [("closed", "a.png")]


def test_a_rename_names_both(root: Path, ear: Listener) -> None:
    (root / "a.png").write_bytes(b"1")
    (root / "a.png").rename(root / "b.png")
    assert ear.hear(("moved", "b.png", "a.png"))


def test_a_rename_to_a_name_that_is_passed_over_is_a_going(root: Path, ear: Listener) -> None:
    (root / "a.png").write_bytes(b"1")
    (root / "a.png").rename(root / "a.png~")
    (root / "a.png").write_bytes(b"2")
    told = ear.until(lambda told: told.count(("closed", "a.png")) == 2)
    assert ("gone", "a.png") in told and not any("~" in part for item in told for part in item)
    assert told.index(("gone", "a.png")) < len(told) - 1 - told[::-1].index(("appeared", "a.png"))


def test_a_rename_out_of_the_tree_is_a_going_and_into_it_a_close(root: Path, ear: Listener, tmp_path: Path) -> None:
    (root / "a.png").write_bytes(b"1")
    (root / "a.png").rename(tmp_path / "outside.png")
    ear.hear(("closed", "a.png"), ("gone", "a.png"))
    (tmp_path / "outside.png").rename(root / "b.png")
    assert ear.hear(("closed", "b.png")) == [("closed", "b.png")]


def test_a_name_used_again_after_a_move_out_went_first(root: Path, ear: Listener, tmp_path: Path) -> None:
    (root / "a.png").write_bytes(b"1")
    ear.hear(("closed", "a.png"))
    (root / "a.png").rename(tmp_path / "outside.png")
    (root / "a.png").write_bytes(b"2")
    assert ear.hear(("closed", "a.png")) == [("gone", "a.png"), ("appeared", "a.png"), ("closed", "a.png")]


def test_a_rename_between_two_roots(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    watcher = watch.start([str(tmp_path / "one"), str(tmp_path / "two")])
    try:
        (tmp_path / "one/a.png").write_bytes(b"1")
        (tmp_path / "one/a.png").rename(tmp_path / "two/a.png")
        assert Listener(watcher, tmp_path).hear(("moved", "two/a.png", "one/a.png"))
    finally:
        watcher.close()


def test_a_deletion_and_a_copy(root: Path, ear: Listener) -> None:
    (root / "a.png").write_bytes(b"1")
    shutil.copy2(root / "a.png", root / "b.png")
    (root / "a.png").unlink()
    assert ear.hear(("gone", "a.png"))[-3:] == [("appeared", "b.png"), ("closed", "b.png"), ("gone", "a.png")]


def test_a_link_appears_without_a_close(root: Path, ear: Listener) -> None:
    (root / "a.png").write_bytes(b"1")
    os.link(root / "a.png", root / "b.png")
    assert ("closed", "b.png") not in ear.hear(("appeared", "b.png"))


@pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="LOUD: no O_TMPFILE: Krita's way of saving was NOT checked")
def test_a_nameless_file_that_is_linked_appears(root: Path, ear: Listener) -> None:
    try:
        handle = os.open(root, os.O_TMPFILE | os.O_WRONLY)
    except OSError as error:
        pytest.skip(f"LOUD: this file system has no O_TMPFILE ({error}): Krita's way of saving was NOT checked")
    os.write(handle, b"1")
    slash = os.open("/", os.O_RDONLY)  # with a folder descriptor, os.link calls linkat, which follows the link in /proc
    os.link(f"proc/self/fd/{handle}", root / "a.kra", src_dir_fd=slash, follow_symlinks=True)
    os.close(slash)
    os.close(handle)
    (root / "end.png").write_bytes(b"1")
    told = ear.hear(("appeared", "a.kra"), ("closed", "end.png"))
    assert [item for item in told if item[1] != "end.png"] == [("appeared", "a.kra")]


def test_nested_new_folders_lose_nothing(root: Path, ear: Listener) -> None:
    wanted = []
    for number in range(60):
        folder = root / f"2026-11-{number:02}/x/y"
        folder.mkdir(parents=True)
        (folder / "a.png").write_bytes(b"1")
        wanted.append(str((folder / "a.png").relative_to(root)))
    ear.until(lambda told: {item[1] for item in told} >= set(wanted))


def test_folders_that_are_passed_over_are_not_watched(root: Path) -> None:
    (root / "thumbnails").mkdir()
    watcher = watch.start([str(root)])
    try:
        (root / "thumbnails/a.png").write_bytes(b"1")
        (root / ".cache").mkdir()
        (root / ".cache/b.png").write_bytes(b"1")
        (root / "end.png").write_bytes(b"1")
        assert Listener(watcher, root).hear(("closed", "end.png")) == [("appeared", "end.png"), ("closed", "end.png")]
    finally:
        watcher.close()


def test_a_renamed_folder_moves_each_file_and_stays_watched(root: Path, ear: Listener) -> None:
    (root / "old/sub").mkdir(parents=True)
    (root / "old/a.png").write_bytes(b"1")
    (root / "old/sub/b.png").write_bytes(b"1")
    ear.until(lambda told: {"old/a.png", "old/sub/b.png"} <= {item[1] for item in told})
    (root / "old").rename(root / "new")
    ear.hear(("moved", "new/a.png", "old/a.png"), ("moved", "new/sub/b.png", "old/sub/b.png"))
    (root / "new/sub/c.png").write_bytes(b"1")
    ear.hear(("closed", "new/sub/c.png"))
    (root / "old").mkdir()
    (root / "old/d.png").write_bytes(b"1")
    ear.until(lambda told: "old/d.png" in {item[1] for item in told})


def test_a_folder_that_leaves_is_gone_and_no_longer_heard(root: Path, ear: Listener, tmp_path: Path) -> None:
    (root / "sub").mkdir()
    (root / "sub/a.png").write_bytes(b"1")
    ear.until(lambda told: "sub/a.png" in {item[1] for item in told})
    (root / "sub").rename(tmp_path / "elsewhere")
    ear.hear(("gone", "sub/"))
    (tmp_path / "elsewhere/b.png").write_bytes(b"1")
    (tmp_path / "elsewhere").rename(root / "back")
    told = ear.hear(("appeared", "back/a.png"), ("appeared", "back/b.png"))
    assert not any(item[1].startswith("sub") for item in told)


def test_a_folder_renamed_to_a_name_that_is_passed_over_is_gone(root: Path, ear: Listener) -> None:
    (root / "sub").mkdir()
    (root / "sub").rename(root / ".sub")
    (root / ".sub/a.png").write_bytes(b"1")
    ear.hear(("gone", "sub/"))
    (root / ".sub").rename(root / "sub")
    ear.hear(("appeared", "sub/a.png"))


def test_two_folders_change_places(root: Path, ear: Listener) -> None:
    for name in "ab":
        (root / name).mkdir()
        (root / name / f"in_{name}.png").write_bytes(b"1")
    ear.until(lambda told: {item[1] for item in told} >= {"a/in_a.png", "b/in_b.png"})
    (root / "a").rename(root / "c")
    (root / "b").rename(root / "a")
    (root / "c").rename(root / "b")
    (root / "a/new.png").write_bytes(b"1")
    (root / "b/new.png").write_bytes(b"1")
    ear.hear(("closed", "a/new.png"), ("closed", "b/new.png"))


def test_a_root_that_vanishes_and_returns(root: Path, ear: Listener) -> None:
    (root / "sub").mkdir()
    shutil.rmtree(root)
    ear.hear(("root gone", "."))
    (root / "sub").mkdir(parents=True)
    ear.hear(("root back", "."))
    (root / "sub/a.png").write_bytes(b"1")
    ear.until(lambda told: "sub/a.png" in {item[1] for item in told})  # closed, or only found where `sub` was watched after it


def test_a_root_made_anew_at_once(root: Path, ear: Listener) -> None:
    for _ in range(20):  # ext4 gives the new folder the old one's inode number
        shutil.rmtree(root)
        root.mkdir()
        ear.hear(("root gone", "."), ("root back", "."))
        (root / "a.png").write_bytes(b"1")
        ear.hear(("closed", "a.png"))


def test_a_root_that_is_renamed_away_and_back(root: Path, ear: Listener, tmp_path: Path) -> None:
    root.rename(tmp_path / "away")
    ear.hear(("root gone", "."))
    (tmp_path / "away").rename(root)
    ear.hear(("root back", "."))


def test_an_ancestor_that_is_renamed_takes_the_root_away(tmp_path: Path) -> None:
    root = tmp_path / "disk/tool/out"
    root.mkdir(parents=True)
    watcher = watch.start([str(root)])
    try:
        ear = Listener(watcher, root)
        (tmp_path / "disk").rename(tmp_path / "other")
        ear.hear(("root gone", "."))
        root.mkdir(parents=True)
        ear.hear(("root back", "."))
    finally:
        watcher.close()


def test_a_root_that_is_not_there_yet(tmp_path: Path) -> None:
    root = tmp_path / "not/yet/there"
    watcher = watch.start([str(root)])
    try:
        ear = Listener(watcher, root)
        ear.hear(("root gone", "."))
        root.mkdir(parents=True)
        ear.hear(("root back", "."))
        (root / "a.png").write_bytes(b"1")
        ear.hear(("closed", "a.png"))
    finally:
        watcher.close()


def test_linked_folders_are_not_followed_and_that_is_said(root: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (root / "loop").symlink_to(root)
    (root / "away").symlink_to(tmp_path / "elsewhere")
    watcher = watch.start([str(root)])
    try:
        assert watcher.unwatched() == {str(root / "loop"): "symlink", str(root / "away"): "symlink"}
        (tmp_path / "elsewhere/a.png").write_bytes(b"1")
        (root / "end.png").write_bytes(b"1")
        assert len(Listener(watcher, root).hear(("closed", "end.png"))) == 2
    finally:
        watcher.close()


def test_a_root_that_is_a_link_is_followed(root: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(root)
    watcher = watch.start([str(tmp_path / "link")])
    try:
        (root / "a.png").write_bytes(b"1")
        Listener(watcher, tmp_path).hear(("closed", "link/a.png"))
    finally:
        watcher.close()


@pytest.mark.parametrize("name", ["猫咪 晶钻吊坠.png".encode(), b"caf\xe9 \xff.png", b"line\nbreak.png", "🐈.png".encode()])
def test_any_name_comes_through_as_the_system_gave_it(root: Path, ear: Listener, name: bytes) -> None:
    path = os.fsencode(root) + b"/" + name
    Path(os.fsdecode(path)).write_bytes(b"1")
    told = ear.hear(("closed", os.fsdecode(name)))
    assert os.fsencode(told[-1][1]) == name


@pytest.mark.slow
def test_a_deep_tree_is_watched_to_its_end(root: Path) -> None:
    levels = min(2_000, (4_080 - len(str(root))) // 2)
    path = str(root)
    made = []
    try:
        for _ in range(levels):
            path += "/d"
            Path(path).mkdir()
            made.append(path)
        watcher = watch.start([str(root)])
        try:
            Path(path + "/a.png").write_bytes(b"1")
            Listener(watcher, Path(path)).hear(("closed", "a.png"))
        finally:
            watcher.close()
    finally:
        Path(path + "/a.png").unlink(missing_ok=True)
        for folder in reversed(made):
            Path(folder).rmdir()


@pytest.mark.slow
def test_overflow_is_told_and_everything_is_watched_again(root: Path) -> None:
    queue_size = watch.limits().get("max_queued_events", 0)
    if not 0 < queue_size <= 40_000:
        pytest.skip(f"LOUD: a queue of {queue_size} events is too long to overflow here: overflow was NOT checked against the kernel")
    held, waiting = threading.Event(), threading.Event()

    def clock() -> Moment:
        if threading.current_thread().name == "prov-inotify" and waiting.is_set():
            held.wait(30)  # the reading thread stands still
        return system()

    watcher = watch.start([str(root)], clock=clock)
    try:
        ear = Listener(watcher, root)
        waiting.set()
        for number in range(queue_size // 3 + 1):  # created, closed and deleted
            (root / f"{number % 2}.png").write_bytes(b"1")
            (root / f"{number % 2}.png").unlink()
        (root / "unheard").mkdir()
        held.set()
        ear.hear(("overflow", "."))
        (root / "unheard/a.png").write_bytes(b"1")
        ear.hear(("closed", "unheard/a.png"))
    finally:
        held.set()
        watcher.close()


def test_the_generator_ends_when_it_is_told_to_stop(root: Path) -> None:
    stop, ready = threading.Event(), threading.Event()
    found = []

    def run() -> None:
        for sighting in watch.watch([str(root)], stop, ready=ready.set):
            found.append(sighting.what)
            stop.set()

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(20)
    (root / "a.png").write_bytes(b"1")
    thread.join(20)
    assert not thread.is_alive() and found[0] == "appeared"


def test_a_failure_of_the_reading_thread_is_not_silence(root: Path) -> None:
    def clock() -> Moment:
        if threading.current_thread().name == "prov-inotify":
            raise RuntimeError("broken clock")
        return system()

    watcher = watch.start([str(root)], clock=clock)
    with pytest.raises(Unavailable, match="broken clock"):
        for _ in range(100):
            watcher.take(500)
    watcher.close()
    watcher.close()


def test_roots_within_roots_are_watched_once(tmp_path: Path) -> None:
    chosen = names(IGNORED, IGNORED_FOLDERS)
    (tmp_path / "link").symlink_to(tmp_path / "a")
    a, b, hidden, link = (str(tmp_path / name) for name in ("a", "a/b", "a/.hidden/c", "link"))
    assert watch.outermost([a, b, a + "/", hidden], chosen) == [a, hidden]
    assert watch.outermost([str(tmp_path), link], chosen) == [str(tmp_path)]
    assert watch.outermost([a, a + "b"], chosen) == [a, a + "b"]


def test_limits_are_read_where_there_are_any(tmp_path: Path) -> None:
    (tmp_path / "max_user_watches").write_text("8192\n")
    (tmp_path / "max_queued_events").write_text("many")
    assert watch.limits(str(tmp_path)) == {"max_user_watches": 8192}
    assert watch.watcher_name() == "inotify"

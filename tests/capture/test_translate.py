"""inotify events, made by hand, as sightings: the orders and losses that a real file system shows only by chance."""

from __future__ import annotations

import errno
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

if sys.platform != "linux":
    pytest.skip("LOUD: inotify is Linux's: its translation was NOT checked", allow_module_level=True)

from inotify_simple import Event, flags

from provenance.capture.names import names
from provenance.capture.roots import Roots
from provenance.capture.translate import GRACE_MS, Translator
from provenance.capture.tree import Tree
from provenance.clock import Moment
from provenance.config import IGNORED, IGNORED_FOLDERS

FOLDER = flags.ISDIR


class FakeKernel:
    """Gives each folder (by inode, as the kernel does) a descriptor, up to a limit; can forget."""

    def __init__(self, limit: int = 10_000, refuse: dict[str, int] | None = None) -> None:
        self.limit, self.refuse = limit, refuse or {}
        self.by_inode: dict[tuple[int, int], int] = {}
        self.removed: list[int] = []
        self.next = 1

    def add_watch(self, path: str, mask: int) -> int:
        if path in self.refuse:
            raise OSError(self.refuse[path], "refused")
        if mask & flags.DONT_FOLLOW and Path(path).is_symlink():
            raise OSError(errno.ENOTDIR, "a link")
        found = Path(path).stat()
        key = (found.st_dev, found.st_ino)
        if key not in self.by_inode:
            if len(self.by_inode) >= self.limit:
                raise OSError(errno.ENOSPC, "the limit")
            self.by_inode[key], self.next = self.next, self.next + 1
        return self.by_inode[key]

    def rm_watch(self, descriptor: int) -> None:
        self.removed.append(descriptor)
        self.by_inode = {key: number for key, number in self.by_inode.items() if number != descriptor}


class Room:
    """A tree over a fake kernel."""

    def __init__(self, root: Path, **kernel: Any) -> None:
        self.root = root
        self.kernel = FakeKernel(**kernel)
        chosen = names(IGNORED, IGNORED_FOLDERS)
        self.tree = Tree(self.kernel, chosen)
        self.roots = Roots([str(root)], self.tree, self.kernel)
        self.first = self.roots.start(at(0))
        self.translator = Translator(self.tree, self.roots, chosen)

    def wd(self, folder: str = "") -> int:
        wanted = str(self.root / folder) + "/"
        return next(number for number, prefix in self.tree.prefixes.items() if prefix == wanted)

    def hear(self, *events: Event, ms: int = 0) -> list[tuple[str, ...]]:
        told = self.translator.translate(events, at(ms))
        return [self.short(s.what, s.path, s.was) for s in told]

    def short(self, what: str, path: str, was: str | None) -> tuple[str, ...]:
        cut = [p.removeprefix(str(self.root)).removeprefix("/") for p in (path, was) if p is not None]
        return (what, *cut)


def at(ms: int) -> Moment:
    return Moment(datetime(2026, 11, 22, tzinfo=UTC), ms, ms, "b0075eed")


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def test_a_rename_split_by_a_read_is_still_one(room: Room) -> None:
    assert room.hear(Event(room.wd(), flags.MOVED_FROM, 9, "a.png")) == []
    assert room.translator.unpaired
    assert room.hear(Event(room.wd(), flags.MOVED_TO, 9, "b.png"), ms=GRACE_MS - 1) == [("moved", "b.png", "a.png")]
    assert not room.translator.unpaired


def test_half_a_rename_is_a_going_after_the_grace(room: Room) -> None:
    room.hear(Event(room.wd(), flags.MOVED_FROM, 9, "a.png"))
    assert room.hear(ms=GRACE_MS) == [("gone", "a.png")]
    assert room.hear(Event(room.wd(), flags.MOVED_TO, 9, "b.png"), ms=GRACE_MS + 1) == [("closed", "b.png")]


def test_other_events_between_the_halves_do_not_part_them(room: Room) -> None:
    assert room.hear(
        Event(room.wd(), flags.MOVED_FROM, 9, "a.png"), Event(room.wd(), flags.MOVED_FROM, 10, "c.png"),
        Event(room.wd(), flags.CLOSE_WRITE, 0, "x.png"),
        Event(room.wd(), flags.MOVED_TO, 10, "d.png"), Event(room.wd(), flags.MOVED_TO, 9, "b.png"),
    ) == [("closed", "x.png"), ("moved", "d.png", "c.png"), ("moved", "b.png", "a.png")]


def test_the_old_name_in_use_again_comes_after_its_going(room: Room) -> None:
    assert room.hear(
        Event(room.wd(), flags.MOVED_FROM, 9, "a.png"), Event(room.wd(), flags.CREATE, 0, "a.png"),
        Event(room.wd(), flags.CLOSE_WRITE, 0, "a.png"),
    ) == [("gone", "a.png"), ("appeared", "a.png"), ("closed", "a.png")]


def test_names_that_are_passed_over_make_no_sighting(room: Room) -> None:
    events = [Event(room.wd(), mask, 0, "a.tmp") for mask in (flags.CREATE, flags.CLOSE_WRITE, flags.DELETE)]
    events += [Event(room.wd(), flags.MOVED_FROM, 3, "a.tmp"), Event(room.wd(), flags.MOVED_TO, 3, "b.tmp")]
    events += [Event(room.wd(), flags.MOVED_FROM, 4, "a.tmp")]
    assert room.hear(*events) == [] and room.hear(ms=GRACE_MS) == []


def test_an_event_of_a_watch_that_was_given_back_is_not_taken_for_another_folder(room: Room) -> None:
    assert room.hear(Event(4711, flags.CLOSE_WRITE, 0, "a.png")) == []


def test_files_made_before_the_watch_are_told(tmp_path: Path, room: Room) -> None:
    (tmp_path / "day/x").mkdir(parents=True)
    for name in ("day/a.png", "day/x/b.png", "day/skip.tmp"):
        (tmp_path / name).write_bytes(b"1")
    assert set(room.hear(Event(room.wd(), flags.CREATE | FOLDER, 0, "day"))) == {("appeared", "day/a.png"), ("appeared", "day/x/b.png")}
    assert room.wd("day") and room.wd("day/x")


def test_a_folder_renamed_before_its_making_was_heard_is_new(tmp_path: Path, room: Room) -> None:
    (tmp_path / "e").mkdir()
    (tmp_path / "e/a.png").write_bytes(b"1")
    assert room.hear(
        Event(room.wd(), flags.CREATE | FOLDER, 0, "d"), Event(room.wd(), flags.MOVED_FROM | FOLDER, 5, "d"),
        Event(room.wd(), flags.MOVED_TO | FOLDER, 5, "e"),
    ) == [("appeared", "e/a.png")]


def test_names_that_two_folders_had_one_after_the_other_do_not_mix(tmp_path: Path, room: Room) -> None:
    """Events lag: when the making of the first `d` is heard, it is `e` already, and another `d` stands there."""
    (tmp_path / "e").mkdir()
    (tmp_path / "d").mkdir()
    room.hear(
        Event(room.wd(), flags.CREATE | FOLDER, 0, "d"), Event(room.wd(), flags.MOVED_FROM | FOLDER, 5, "d"),
        Event(room.wd(), flags.MOVED_TO | FOLDER, 5, "e"), Event(room.wd(), flags.CREATE | FOLDER, 0, "d"),
    )
    for name in "de":
        found = (tmp_path / name).stat()
        assert room.tree.prefixes[room.kernel.by_inode[(found.st_dev, found.st_ino)]] == f"{tmp_path}/{name}/"


def test_overflow_watches_what_came_unheard_and_drops_what_left(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    room = Room(tmp_path)
    old = room.wd("old")
    (tmp_path / "old").rename(tmp_path / "renamed")
    (tmp_path / "new").mkdir()
    (tmp_path / "gone").mkdir()
    room.hear(Event(room.wd(), flags.CREATE | FOLDER, 0, "gone"))
    gone = room.wd("gone")
    (tmp_path / "gone").rmdir()
    assert room.hear(Event(-1, flags.Q_OVERFLOW, 0, "")) == [("overflow", "")]
    assert room.wd("renamed") == old and room.wd("new")
    assert room.kernel.removed == [gone]


def test_half_a_rename_before_an_overflow_is_a_going(room: Room) -> None:
    events = (Event(room.wd(), flags.MOVED_FROM, 9, "a.png"), Event(-1, flags.Q_OVERFLOW, 0, ""))
    assert room.hear(*events) == [("gone", "a.png"), ("overflow", "")]


def test_the_watch_limit_is_said_and_files_of_a_new_folder_are_told_once(tmp_path: Path) -> None:
    room = Room(tmp_path, limit=1)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/a.png").write_bytes(b"1")
    assert room.hear(Event(room.wd(), flags.CREATE | FOLDER, 0, "sub")) == [("appeared", "sub/a.png")]
    assert room.tree.unwatched == {str(tmp_path / "sub"): "ENOSPC"}


def test_a_folder_that_may_not_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    room = Room(tmp_path, refuse={str(tmp_path / "sub"): errno.EACCES})
    assert room.tree.unwatched == {str(tmp_path / "sub"): "EACCES"}
    room.kernel.refuse.clear()
    room.hear(Event(-1, flags.Q_OVERFLOW, 0, ""))
    assert room.tree.unwatched == {}


def test_a_root_that_cannot_be_watched_is_a_root_that_is_away(tmp_path: Path) -> None:
    room = Room(tmp_path, limit=0)
    assert [s.what for s in room.first] == ["root gone"] and room.roots.present == []
    room.kernel.limit = 10
    assert [s.what for s in room.roots.check(at(1_000))] == ["root back"]


def test_an_unmounted_root_is_away(tmp_path: Path) -> None:
    root = tmp_path / "disk"
    root.mkdir()
    room = Room(root)
    number = room.wd()
    root.rmdir()
    assert room.hear(Event(number, flags.UNMOUNT, 0, ""), Event(number, flags.IGNORED, 0, "")) == [("root gone", "")]
    assert room.hear(Event(number, flags.IGNORED, 0, "")) == []

"""Walking a tree, and comparing it with what was recorded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.capture.look import shape_of
from provenance.capture.scan import Difference, New, Other, differences, walk
from provenance.capture.stations import Shape


def plant(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(name.encode())


class Book:
    """What was recorded: path -> shape."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.shapes = dict(walk(str(root)))

    def known(self, folder: str) -> Mapping[str, Shape]:
        return {Path(p).name: s for p, s in self.shapes.items() if str(Path(p).parent) == folder}

    def folders(self) -> list[str]:
        return sorted({str(Path(p).parent) for p in self.shapes})

    def changes(self) -> list[tuple[str, str]]:
        return [self.short(d) for d in differences(str(self.root), self.known, folders=self.folders)]

    def short(self, change: Difference) -> tuple[str, str]:
        return type(change).__name__, os.path.relpath(change.path, self.root)


def test_a_walk_tells_each_file_with_its_shape(tmp_path: Path) -> None:
    plant(tmp_path, "b.png", "a.png", "sub/c.png", "sub/deep/d.png", "skip.tmp", ".hidden/e.png", "thumbnails/f.png")
    found = list(walk(str(tmp_path)))
    assert [os.path.relpath(path, tmp_path) for path, _ in found] == ["a.png", "b.png", "sub/c.png", "sub/deep/d.png"]
    assert all(shape == shape_of(os.lstat(path)) for path, shape in found)


def test_links_pipes_and_loops_are_not_followed(tmp_path: Path) -> None:
    plant(tmp_path, "a.png", "sub/b.png")
    (tmp_path / "sub/loop").symlink_to(tmp_path)
    (tmp_path / "link.png").symlink_to(tmp_path / "a.png")
    (tmp_path / "dead.png").symlink_to(tmp_path / "nothing")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.png")
    assert [os.path.relpath(path, tmp_path) for path, _ in walk(str(tmp_path))] == ["a.png", "sub/b.png"]


def test_a_root_that_is_not_there_is_empty(tmp_path: Path) -> None:
    refused: list[tuple[str, str]] = []
    assert list(walk(str(tmp_path / "none"), refused=lambda *told: refused.append(told))) == [] and refused == []


def test_any_name_is_told_as_the_system_gave_it(tmp_path: Path) -> None:
    names = [b"caf\xe9\xff.png", "猫咪.png".encode(), b"line\nbreak.png", b" "]
    for name in names:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(b"1")
    assert {os.fsencode(Path(path).name) for path, _ in walk(str(tmp_path))} == set(names)


def test_an_unreadable_folder_is_told_and_nothing_in_it_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(tmp_path, "a/1.png", "b/2.png", "c/3.png")
    book, refused, real = Book(tmp_path), [], os.scandir

    def scandir(path: str) -> object:
        if path.endswith("/b"):
            raise PermissionError(13, "no", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = list(differences(str(tmp_path), book.known, folders=book.folders, refused=lambda *told: refused.append(told)))
    assert found == [] and refused == [(str(tmp_path / "b"), "EACCES")]


def test_nothing_differs_from_what_was_just_recorded(tmp_path: Path) -> None:
    plant(tmp_path, "a.png", "sub/b.png")
    assert Book(tmp_path).changes() == []


def test_new_other_and_missing_files(tmp_path: Path) -> None:
    plant(tmp_path, "same.png", "edited.png", "deleted.png", "sub/moved.png")
    book = Book(tmp_path)
    (tmp_path / "edited.png").write_bytes(b"other bytes")
    (tmp_path / "deleted.png").unlink()
    (tmp_path / "sub/moved.png").rename(tmp_path / "sub/here.png")
    plant(tmp_path, "day/new.png")
    assert set(book.changes()) == {
        ("Other", "edited.png"), ("Missing", "deleted.png"), ("New", "sub/here.png"), ("Missing", "sub/moved.png"), ("New", "day/new.png"),
    }


def test_same_size_but_another_time_or_inode_is_other(tmp_path: Path) -> None:
    plant(tmp_path, "a.png", "b.png")
    book = Book(tmp_path)
    os.utime(tmp_path / "a.png", ns=(0, 0))
    stamp = (tmp_path / "b.png").stat().st_mtime_ns
    plant(tmp_path, "c.png")
    (tmp_path / "c.png").write_bytes(b"B.png")
    (tmp_path / "c.png").replace(tmp_path / "b.png")
    os.utime(tmp_path / "b.png", ns=(stamp, stamp))
    assert set(book.changes()) == {("Other", "a.png"), ("Other", "b.png")}


def test_all_files_of_a_folder_that_is_gone_are_missing(tmp_path: Path) -> None:
    plant(tmp_path, "sub/a.png", "sub/deep/b.png", "stays.png")
    book = Book(tmp_path)
    shutil.rmtree(tmp_path / "sub")
    assert book.changes() == [("Missing", "sub/a.png"), ("Missing", "sub/deep/b.png")]


def test_a_file_replaced_by_a_link_or_a_folder_is_missing(tmp_path: Path) -> None:
    plant(tmp_path, "a.png", "b.png", "sub/c.png")
    book = Book(tmp_path)
    (tmp_path / "a.png").unlink()
    (tmp_path / "a.png").symlink_to(tmp_path / "b.png")
    (tmp_path / "b.png").unlink()
    (tmp_path / "b.png").mkdir()
    shutil.rmtree(tmp_path / "sub")
    (tmp_path / "sub").symlink_to(tmp_path)
    assert book.changes() == [("Missing", "a.png"), ("Missing", "b.png"), ("Missing", "sub/c.png")]


def test_a_recorded_file_whose_name_is_passed_over_by_now_is_not_missing(tmp_path: Path) -> None:
    plant(tmp_path, "a.png")
    book = Book(tmp_path)
    assert list(differences(str(tmp_path), book.known, folders=book.folders, ignore=("*.png",))) == []


def test_the_caller_says_what_is_the_same(tmp_path: Path) -> None:
    plant(tmp_path, "a.png", "bb.png")
    found = list(differences(str(tmp_path), lambda _: {"a.png": 5, "bb.png": 1}, same=lambda shape, size: shape.size == size))
    assert [(type(d), Path(d.path).name) for d in found] == [(Other, "bb.png")]


def test_memory_holds_one_folder(tmp_path: Path) -> None:
    plant(tmp_path, "a/1.png", "b/2.png", "c/3.png")
    asked: list[str] = []

    def known(folder: str) -> Mapping[str, Shape]:
        asked.append(Path(folder).name)
        return {}

    found = differences(str(tmp_path), known)
    assert isinstance(next(found), New) and "b" not in asked
    assert len(list(found)) == 2


@pytest.mark.slow
def test_a_deep_tree_is_walked_and_what_lies_too_deep_is_told(tmp_path: Path) -> None:
    depth = 2_300  # beyond PATH_MAX, which is 4,096 on Linux
    (tmp_path / "t").mkdir()
    handles = [os.open(tmp_path / "t", os.O_RDONLY)]
    refused: list[tuple[str, str]] = []
    try:
        for _ in range(depth):
            os.mkdir("d", dir_fd=handles[-1])
            deeper = os.open("d", os.O_RDONLY, dir_fd=handles[-1])
            os.close(os.open("f.png", os.O_CREAT | os.O_WRONLY, dir_fd=deeper))
            handles.append(deeper)
            if len(handles) > 2:
                os.close(handles.pop(0))
        found = list(walk(str(tmp_path / "t"), refused=lambda *told: refused.append(told)))
    finally:
        for handle in handles:
            os.close(handle)
        clear(tmp_path / "t", depth)
    assert len(found) > 1_900
    assert {why for _, why in refused} == {"ENAMETOOLONG"}


def clear(top: Path, depth: int) -> None:
    """Remove a chain of folders from the top: what is below is moved up first, so that no path grows too long."""
    for _ in range(depth):
        (top / "d").rename(top / "e")
        (top / "e/f.png").unlink()
        if (top / "e/d").is_dir():
            (top / "e/d").rename(top / "d")
        (top / "e").rmdir()
    top.rmdir()


NAMES = st.sampled_from(["a.png", "b.png", "sub/a.png", "sub/b.png", "sub/deep/c.png"])


@settings(deadline=None, max_examples=40)
@given(st.sets(NAMES), st.sets(NAMES), st.sets(NAMES))
def test_differences_are_exactly_what_was_done(
    tmp_path_factory: pytest.TempPathFactory, before: set[str], removed: set[str], written: set[str],
) -> None:
    root = tmp_path_factory.mktemp("tree")
    plant(root, *before)
    book = Book(root)
    for name in removed & before:
        (root / name).unlink()
    for name in written:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"other bytes, and more of them: " + name.encode())
    assert set(book.changes()) == {("Missing", n) for n in (removed & before) - written} | {
        ("Other" if n in before else "New", n) for n in written
    }

"""The glance at a file, and one round of looking."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.imagefiles import png

from provenance.capture.look import digest, identity, look, shape_of
from provenance.capture.settle import Settler
from provenance.capture.stations import APPEARED, CLOSED, FOUND, GONE, MOVED, OVERFLOW, Settled, Shape, Sighting

SHAPE = Shape(1, 2, 3, 4)


def seen(what: str, path: str, was: str | None = None) -> Sighting:
    return Sighting(what, path, 0, "t", was)


def short(done: list[Settled | Sighting]) -> list[tuple[str, ...]]:
    return [(d.how if isinstance(d, Settled) else d.what, d.path, *((d.was,) if d.was else ())) for d in done]


def one_round(*sightings: Sighting, there: set[str] | None = None) -> tuple[list[tuple[str, ...]], list[str]]:
    looked: list[str] = []

    def at(path: str) -> tuple[Shape | None, bool | None]:
        looked.append(path)
        return (SHAPE, True) if there is None or path in there else (None, None)

    return short(digest(Settler(), sightings, lambda: 0, at)), looked


def test_a_whole_and_a_half_written_picture(tmp_path: Path) -> None:
    whole = png()
    (tmp_path / "a.png").write_bytes(whole)
    (tmp_path / "b.png").write_bytes(whole[:-4])
    (tmp_path / "c.bin").write_bytes(b"no format")
    (tmp_path / "d.png").write_bytes(b"")
    assert [look(str(tmp_path / f"{name}"))[1] for name in ("a.png", "b.png", "c.bin", "d.png")] == [True, False, None, None]
    assert look(str(tmp_path / "a.png"))[0] == shape_of((tmp_path / "a.png").stat())


def test_a_large_picture_is_judged_by_its_ends(tmp_path: Path) -> None:
    whole = png()
    big = whole[:-12] + b"\0" * 300_000 + whole[-12:]
    (tmp_path / "a.png").write_bytes(big)
    (tmp_path / "b.png").write_bytes(big[:-1])
    assert look(str(tmp_path / "a.png"))[1] is True and look(str(tmp_path / "b.png"))[1] is False


def test_what_is_no_regular_file_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"1")
    (tmp_path / "link.png").symlink_to(tmp_path / "a.png")
    (tmp_path / "folder.png").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.png")
    for name in ("link.png", "folder.png", "pipe.png", "nothing.png", "nul\0.png"):
        assert look(f"{tmp_path}/{name}") == (None, None)


def test_a_file_that_may_not_be_opened_still_has_a_shape(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.png").write_bytes(b"1")

    def refuse(*_: object) -> int:
        raise PermissionError(13, "no")

    monkeypatch.setattr(os, "open", refuse)
    shape, mark = look(str(tmp_path / "a.png"))
    assert shape is not None and shape.size == 1 and mark is None


def test_identity_is_a_folders(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    assert identity(str(tmp_path)) == (tmp_path.stat().st_dev, tmp_path.stat().st_ino)
    assert identity(str(tmp_path / "a")) is None and identity(str(tmp_path / "b")) is None


def test_one_look_for_many_sightings_of_a_name() -> None:
    done, looked = one_round(seen(APPEARED, "a"), seen(CLOSED, "b"), seen(CLOSED, "a"), seen(CLOSED, "a"))
    assert done == [("closed", "b"), ("closed", "a")] and looked == ["b", "a"]


def test_a_walk_that_repeats_a_name_does_not_outdo_its_close() -> None:
    assert one_round(seen(CLOSED, "a"), seen(APPEARED, "a"), seen(FOUND, "a"))[0] == [("closed", "a")]


def test_gone_and_come_again_keep_their_order() -> None:
    assert one_round(seen(CLOSED, "a"), seen(GONE, "a"), seen(APPEARED, "a"), seen(CLOSED, "a"))[0] == [("gone", "a"), ("closed", "a")]


def test_a_file_that_was_gone_at_once_is_only_gone() -> None:
    assert one_round(seen(APPEARED, "a"), seen(CLOSED, "a"), seen(GONE, "a"), there=set())[0] == [("gone", "a")]


def test_written_and_renamed_before_anybody_looked() -> None:
    assert one_round(seen(CLOSED, "a"), seen(MOVED, "b", "a"), there={"b"})[0] == [("renamed", "b", "a")]


def test_renamed_twice_before_anybody_looked() -> None:
    done, _ = one_round(seen(MOVED, "b", "a"), seen(MOVED, "c", "b"), there={"c"})
    assert done == [("renamed", "c", "a")]


def test_renamed_and_deleted_before_anybody_looked_names_the_first_path() -> None:
    assert one_round(seen(MOVED, "b", "a"), seen(GONE, "b"), there=set())[0] == [("gone", "b", "a")]


def test_what_is_no_file_passes_in_its_place() -> None:
    assert one_round(seen(CLOSED, "a"), seen(OVERFLOW, "/"), seen(CLOSED, "b"))[0] == [("closed", "a"), ("overflow", "/"), ("closed", "b")]


def test_a_timer_that_ran_out_is_looked_at_in_the_same_round() -> None:
    settler = Settler()
    at = lambda path: (SHAPE, True)  # noqa: E731
    assert digest(settler, [seen(APPEARED, "a")], lambda: 0, at) == []
    assert short(digest(settler, [], lambda: 300, at)) == [("end mark", "a")]

"""What people and tools do with files while the recorder watches: each thing told as what it was, each version once."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.imagefiles import png
from support.recording import FILES, Recording, of, where

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="LOUD: these rely on Linux's events and were NOT checked")
ONE, TWO, THREE = (png({"parameters": f"a cat {n}\nSteps: 20, Sampler: Euler, Seed: {n}"}, seed=n) for n in (1, 2, 3))


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def put(path: Path, data: bytes) -> Path:
    """As careful tools do: a temporary name, then a rename."""
    fresh = path.with_name(path.name + ".tmp")
    fresh.write_bytes(data)
    return fresh.replace(path)


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Recording]:
    with Recording(tmp_path) as recording:
        yield recording


def test_a_direct_write_and_a_rename_into_place(live: Recording) -> None:
    (live.out / "a.png").write_bytes(ONE)
    put(live.out / "b.png", TWO)
    (first,), (second,) = live.hear("file.captured", live.out / "a.png"), live.hear("file.captured", live.out / "b.png")
    assert (first["open"]["sha256"], second["open"]["sha256"]) == (sha(ONE), sha(TWO))
    assert first["sealed"]["seeds"] == ["1"] and first["class"] == "OBSERVED"
    assert not [row for row in live.log() if where(row).endswith(".tmp")], "the temporary name is nobody's file"


def test_a_half_written_file_is_recorded_once_and_whole(live: Recording) -> None:
    with (live.out / "a.png").open("wb", buffering=0) as file:
        file.write(ONE[: len(ONE) // 2])
        put(live.out / "b.png", TWO)
        live.hear("file.captured", live.out / "b.png")
        file.write(ONE[len(ONE) // 2 :])
    (found,) = live.hear("file.captured", live.out / "a.png")
    assert found["open"]["sha256"] == sha(ONE)
    assert len([row for row in live.log() if row["kind"] in FILES]) == 2


def test_the_same_name_used_again_is_a_new_picture(live: Recording) -> None:
    path = live.out / "ComfyUI_00001_.png"
    path.write_bytes(ONE)
    live.hear("file.captured", path)
    path.unlink()
    live.hear("file.vanished", path)
    path.write_bytes(TWO)
    first, second = live.hear("file.captured", path, 2)
    assert (first["open"]["sha256"], second["open"]["sha256"]) == (sha(ONE), sha(TWO))


def test_an_edit_in_place_names_the_bytes_before(live: Recording) -> None:
    path = put(live.out / "a.png", ONE)
    live.hear("file.captured", path)
    put(path, TWO)
    (changed,) = live.hear("file.changed", path)
    assert (changed["open"]["was"], changed["open"]["sha256"]) == (sha(ONE), sha(TWO))
    path.write_bytes(THREE)
    assert live.hear("file.changed", path, 2)[1]["open"]["was"] == sha(TWO)


def test_a_copy_a_move_and_a_delete(live: Recording) -> None:
    path = put(live.out / "a.png", ONE)
    (first,) = live.hear("file.captured", path)
    shutil.copy2(path, live.out / "copy.png")
    (copy,) = live.hear("file.captured", live.out / "copy.png")
    assert copy["open"]["same_bytes_as"] == first["seq"]
    path.rename(live.out / "b.png")
    (moved,) = live.hear("file.renamed", live.out / "b.png")
    assert moved["sealed"]["was_path"] == str(path) and moved["open"]["sha256"] == sha(ONE)
    (live.out / "b.png").unlink()
    (gone,) = live.hear("file.vanished", live.out / "b.png")
    assert gone["open"]["sha256"] == sha(ONE) and gone["open"]["noticed"] == "live"
    assert Counter(row["kind"] for row in live.log() if row["kind"].startswith("file.")) == Counter(
        {"file.captured/1": 2, "file.renamed/1": 1, "file.vanished/1": 1}
    )


def test_a_renamed_folder_renames_each_file_below_it(live: Recording) -> None:
    names = ("a.png", "deep/b.png", "deep/er/c.png")
    for name, data in zip(names, (ONE, TWO, THREE), strict=True):
        (live.out / "old" / name).parent.mkdir(parents=True, exist_ok=True)
        put(live.out / "old" / name, data)
        live.hear("file.captured", live.out / "old" / name)
    (live.out / "old").rename(live.out / "new")
    for name, data in zip(names, (ONE, TWO, THREE), strict=True):
        (moved,) = live.hear("file.renamed", live.out / "new" / name)
        assert (moved["open"]["sha256"], moved["sealed"]["was_path"]) == (sha(data), str(live.out / "old" / name))
    put(live.out / "new" / "deep" / "later.png", png(seed=9))
    live.hear("file.captured", live.out / "new" / "deep" / "later.png")
    assert not of(live.log(), "file.vanished") and len(of(live.log(), "file.captured")) == 4


def test_a_folder_moved_out_of_sight_takes_its_files_along(live: Recording, tmp_path: Path) -> None:
    (live.out / "set").mkdir()
    path = put(live.out / "set" / "a.png", ONE)
    live.hear("file.captured", path)
    (live.out / "set").rename(tmp_path / "elsewhere")
    assert live.hear("file.vanished", path)[0]["open"]["sha256"] == sha(ONE)


def test_a_temporary_folder_removed_and_made_anew_is_watched_again(live: Recording) -> None:
    for round_, data in enumerate((ONE, TWO, THREE), 1):
        (live.out / "temp").mkdir()
        path = put(live.out / "temp" / "ComfyUI_temp_00001_.png", data)
        assert live.hear("file.captured", path, round_)[-1]["open"]["sha256"] == sha(data)
        shutil.rmtree(live.out / "temp")
        live.hear("file.vanished", path, round_)


def test_an_empty_file_is_recorded_as_what_it_is(live: Recording) -> None:
    (live.out / "empty.png").touch()
    (found,) = live.hear("file.captured", live.out / "empty.png")
    assert (found["open"]["size"], found["open"]["sha256"], found["open"]["parsed"]) == (0, sha(b""), "unparsed")


def test_links_loops_and_pipes_hold_nothing_up(live: Recording, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.png").write_bytes(TWO)
    (live.out / "loop").symlink_to(live.out, target_is_directory=True)
    (live.out / "self.png").symlink_to(live.out / "self.png")
    (live.out / "link.png").symlink_to(tmp_path / "elsewhere.png")
    os.mkfifo(live.out / "pipe.png")
    put(live.out / "real.png", ONE)
    live.hear("file.captured", live.out / "real.png")
    assert [Path(where(row)).name for row in live.log() if row["kind"] in FILES] == ["real.png"]


def test_names_that_are_chinese_or_not_unicode(live: Recording) -> None:
    chinese, raw = live.out / "猫咪 晶钻吊坠.png", live.out / os.fsdecode(b"caf\xe9 \xff.png")
    put(chinese, ONE)
    put(raw, TWO)
    assert live.hear("file.captured", chinese)[0]["open"]["sha256"] == sha(ONE)
    (found,) = live.hear("file.captured", raw)
    assert found["sealed"]["path"]["enc"] == "fs" and found["open"]["sha256"] == sha(TWO)
    raw.rename(live.out / os.fsdecode(b"\xfe.png"))
    assert live.hear("file.renamed", live.out / os.fsdecode(b"\xfe.png"))[0]["sealed"]["was_path"]["enc"] == "fs"


def test_a_tree_two_hundred_folders_deep(live: Recording) -> None:
    deep = live.out.joinpath(*(["d"] * 200))
    deep.mkdir(parents=True)
    path = put(deep / "a.png", ONE)
    assert live.hear("file.captured", path)[0]["open"]["sha256"] == sha(ONE)


def test_no_text_file_beside_a_picture_is_lost(live: Recording) -> None:
    """A1111 may write the words beside the picture, after it."""
    put(live.out / "a.png", png(seed=5))
    put(live.out / "a.txt", b"a cat\nSteps: 20, Sampler: Euler, Seed: 7")
    assert live.hear("file.captured", live.out / "a.txt")[0]["open"]["media_type"].startswith("text/")
    live.hear("file.captured", live.out / "a.png")

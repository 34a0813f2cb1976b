"""The one read of a file."""

from __future__ import annotations

import errno
import hashlib
import os
import socket
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.imagefiles import png

from provenance.capture import collect as collecting
from provenance.capture.collect import ENDS, Changed, Vanished, as_sidecar, collect, sidecars_of, with_sidecars
from provenance.capture.look import shape_of
from provenance.capture.understand import understood
from provenance.carriers.sidecar import MAX_SIDECAR
from provenance.errors import Busy, ProvError, Unreadable


def why(error: pytest.ExceptionInfo[Unreadable]) -> object:
    return error.value.params["why"]


def test_a_specimen_is_what_stands_there(tmp_path: Path) -> None:
    path, data = tmp_path / "a.png", png({"parameters": "a cat"}, size=(8, 6))
    path.write_bytes(data)
    specimen, kept = collect(str(path))
    assert specimen.path == str(path) and specimen.sha256 == hashlib.sha256(data).hexdigest() and kept == data
    assert specimen.shape == shape_of(path.stat())
    container = specimen.container
    assert (container.media_type, container.width, container.height, container.complete) == ("image/png", 8, 6, True)
    assert [(c.name, c.text) for c in container.carriers] == [("tEXt:parameters", "a cat")]


def test_an_empty_file_has_the_hash_of_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    specimen, kept = collect(str(tmp_path / "a.png"))
    assert specimen.sha256 == hashlib.sha256(b"").hexdigest() and kept == b"" and specimen.container.container == "empty"


def test_a_half_written_picture_is_collected_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png({"parameters": "a cat"})[:-20])
    specimen, _ = collect(str(tmp_path / "a.png"))
    assert specimen.container.complete is False


@pytest.mark.parametrize("cap", [0, 100, 5_000_000])
def test_a_large_file_is_read_in_blocks_with_the_same_result(tmp_path: Path, cap: int) -> None:
    data = png({"parameters": "a cat"}, after_iend=b"\0" * 3_000_000)
    (tmp_path / "a.png").write_bytes(data)
    specimen, kept = collect(str(tmp_path / "a.png"), memory_cap=cap)
    assert specimen.sha256 == hashlib.sha256(data).hexdigest() and (kept is None) == (cap < len(data))
    assert [c.text for c in specimen.container.carriers] == ["a cat"]


def test_memory_stays_flat_for_a_large_file(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    tracemalloc.start()
    try:
        specimen, kept = collect(str(path), memory_cap=1024)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert kept is None and specimen.shape.size == 200 * 1024 * 1024
    assert peak < 8 * ENDS, f"{peak} bytes at once"


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=300), st.integers(0, 300), st.integers(1, 64), st.integers(1, 64))
def test_blocks_give_the_whole_hash_and_both_ends(data: bytes, cap: int, block: int, ends: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(collecting, "BLOCK", block)
        patch.setattr(collecting, "ENDS", ends)
        opened = memory_file(data)
        try:
            sha, head, tail = collecting._read_blocks(opened, len(data))
        finally:
            os.close(opened)
    assert (sha, head, tail) == (hashlib.sha256(data).hexdigest(), data[:ends], data[-ends:])


def memory_file(data: bytes) -> int:
    read, write = os.pipe()
    os.write(write, data)
    os.close(write)
    return read


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"y")


CHANGES: dict[str, Callable[[Path], object]] = {
    "grown": grow, "cut": lambda path: os.truncate(path, 5), "touched": os.utime,
    "written over": lambda path: path.write_bytes(b"z" * 3_000_000),
}


@pytest.mark.parametrize("cap", [0, 10_000_000])
@pytest.mark.parametrize("change", CHANGES)
def test_a_file_that_changes_while_read_is_no_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cap: int, change: str) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"x" * 3_000_000)
    os.utime(path, ns=(0, 1_000_000_000))
    asked: list[int] = []
    real = os.fstat

    def fstat(opened: int) -> os.stat_result:
        asked.append(opened)
        if len(asked) == 2:  # the second question comes after the reading
            CHANGES[change](path)
        return real(opened)

    monkeypatch.setattr(os, "fstat", fstat)
    with pytest.raises(Changed) as error:
        collect(str(path), memory_cap=cap)
    assert isinstance(error.value, Busy)


def test_a_file_that_never_stops_growing_fills_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"x" * 10)
    real, asked = os.read, []

    def endless(opened: int, count: int) -> bytes:
        real(opened, count)
        asked.append(count)
        with path.open("ab") as file:
            file.write(b"y")
        return b"y" * (count if len(asked) > 1 else 3)

    monkeypatch.setattr(os, "read", endless)
    with pytest.raises(Changed):
        collect(str(path))
    assert sum(asked) <= 2 * collecting.BLOCK


def test_what_is_not_there_has_vanished(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for name in ("a.png", "file/a.png"):
        with pytest.raises(Vanished) as error:
            collect(f"{tmp_path}/{name}")
        assert isinstance(error.value, Unreadable) and error.value.key == "capture.vanished"


def test_a_link_is_refused_and_its_target_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"1")
    (tmp_path / "a.png").symlink_to(tmp_path / "secret")
    (tmp_path / "loop.png").symlink_to(tmp_path / "loop.png")
    for name in ("a.png", "loop.png"):
        with pytest.raises(Unreadable) as error:
            collect(str(tmp_path / name))
        assert why(error) == "ELOOP"


def test_a_link_put_in_the_place_after_the_first_look_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"1")
    before = path.stat()
    path.unlink()
    path.symlink_to(tmp_path)
    monkeypatch.setattr(os, "lstat", lambda _: before)
    with pytest.raises(Unreadable) as error:
        collect(str(path))
    assert why(error) == "ELOOP"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="LOUD: no FIFOs here: they were NOT checked")
def test_a_pipe_is_neither_waited_for_nor_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.png"
    os.mkfifo(path)
    with pytest.raises(Unreadable) as error:
        collect(str(path))
    assert why(error) == "S_IFIFO"
    (tmp_path / "file").touch()
    looks_regular = (tmp_path / "file").stat()
    monkeypatch.setattr(os, "lstat", lambda _: looks_regular)  # it took a file's place after the first look
    with pytest.raises(Unreadable) as again:
        collect(str(path))
    assert why(again) == "S_IFIFO"


def test_folders_and_sockets_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Unreadable) as folder:
        collect(str(tmp_path))
    assert why(folder) == "EISDIR"
    with socket.socket(socket.AF_UNIX) as door:
        door.bind("a.png")  # a relative path: the name of a socket is at most 107 bytes long
        with pytest.raises(Unreadable) as error:
            collect("a.png")
    assert why(error) == "S_IFSOCK"


@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO, errno.ESTALE])
def test_a_refusal_carries_the_systems_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    (tmp_path / "a.png").write_bytes(b"1")

    def refuse(*_: object) -> bytes:
        raise OSError(number, "refused")

    for call in ("read", "open"):
        with monkeypatch.context() as patch:
            patch.setattr(os, call, refuse)
            with pytest.raises(Unreadable) as error:
                collect(str(tmp_path / "a.png"))
            assert why(error) == errno.errorcode[number]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="LOUD: root may read all: a real refusal was NOT checked")
def test_a_file_without_rights_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"1")
    (tmp_path / "a.png").chmod(0)
    with pytest.raises(Unreadable) as error:
        collect(str(tmp_path / "a.png"))
    assert why(error) == "EACCES"


def test_a_name_that_cannot_be_one_is_an_expected_error() -> None:
    with pytest.raises(ProvError):
        collect("nul\0.png")
    with pytest.raises(Unreadable) as error:
        collect("/tmp/" + "x" * 5_000)
    assert why(error) == "ENAMETOOLONG"


@pytest.mark.parametrize("name", [b"caf\xe9 \xff.png", "猫咪.png".encode()])
def test_any_name_can_be_collected(tmp_path: Path, name: bytes) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/" + name)
    Path(path).write_bytes(b"1")
    assert collect(path)[0].path == path


def test_nothing_stays_open(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png())
    opened = Path("/proc/self/fd")
    if not opened.is_dir():
        pytest.skip("LOUD: no /proc: open descriptors were NOT counted")
    before = len(list(opened.iterdir()))
    for _ in range(3):
        collect(str(tmp_path / "a.png"))
        with pytest.raises(Unreadable):
            collect(str(tmp_path))
    assert len(list(opened.iterdir())) == before


def test_a_sidecar_is_read_beside_the_picture(tmp_path: Path) -> None:
    (tmp_path / "a.v2.png").write_bytes(png())
    (tmp_path / "a.v2.txt").write_text("一只猫\nSteps: 20", encoding="utf-8")
    (tmp_path / "a.v2.json").write_text("{}", encoding="utf-8")
    found = sidecars_of(str(tmp_path / "a.v2.png"))
    assert [(one.name, one.text) for one in found] == [("sidecar:txt", "一只猫\nSteps: 20"), ("sidecar:json", "{}")]
    assert sidecars_of(str(tmp_path / "b.png")) == () and sidecars_of(str(tmp_path / "a.v2.txt")) == ()


def test_a_sidecar_that_is_empty_huge_or_no_file_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    (tmp_path / "b.txt").write_bytes(b"x" * (MAX_SIDECAR + 1))
    (tmp_path / "c.txt").mkdir()
    assert [sidecars_of(str(tmp_path / f"{name}.png")) for name in "abc"] == [(), (), ()]
    (tmp_path / "d.txt").write_bytes(b"x" * MAX_SIDECAR)
    assert len(sidecars_of(str(tmp_path / "d.png"))) == 1


def test_only_pictures_films_and_sounds_have_sidecars(tmp_path: Path) -> None:
    for name, body in (("a", png()), ("c", b"no picture")):
        (tmp_path / f"{name}.png").write_bytes(body)
        (tmp_path / f"{name}.txt").write_text("beside", encoding="utf-8")
    texts = [[c.text for c in with_sidecars(collect(str(tmp_path / f"{name}.png"))[0]).container.carriers] for name in "ac"]
    assert texts == [["beside"], []]


INFOTEXT = "a cat\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: {}, Size: 8x8"


def test_a_pictures_own_words_come_first(tmp_path: Path) -> None:
    """What stands beside a picture may be another's: it is asked only where the picture names no generator."""
    for name, body in (("a", png({"parameters": INFOTEXT.format(1)})), ("b", png({"Title": "holiday"}))):
        (tmp_path / f"{name}.png").write_bytes(body)
        (tmp_path / f"{name}.txt").write_text(INFOTEXT.format(2), encoding="utf-8")
    own, beside = (understood(str(tmp_path / f"{name}.png")) for name in "ab")
    assert own.reading is not None and own.reading.seeds == ("1",)
    assert beside.reading is not None and beside.reading.seeds == ("2",)
    assert [c.name for c in beside.specimen.container.carriers] == ["tEXt:Title", "sidecar:txt"]


def test_a_training_caption_is_no_prompt_and_is_not_kept_with_the_picture(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png())
    (tmp_path / "a.txt").write_text("1girl, sitting, a cat", encoding="utf-8")
    (tmp_path / "a.json").write_text('{"caption": "a cat", "prompt": "a cat"}', encoding="utf-8")
    found = understood(str(tmp_path / "a.png"))
    assert found.reading is None and found.specimen.container.carriers == ()


@pytest.mark.parametrize("name", ["a.json", "a.swarm.json"])
def test_a_sidecar_is_read_by_itself(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text('{"sui_image_params": {"prompt": "a cat", "seed": 3}}', encoding="utf-8")
    found = understood(str(tmp_path / name))
    assert found.reading is not None and found.reading.generator == "SwarmUI" and found.reading.prompts == ("a cat",)


def test_a_film_is_told_of_by_its_sidecar(tmp_path: Path) -> None:
    (tmp_path / "a.gif").write_bytes(b"GIF89a\1\0\1\0\0\0\0;")
    (tmp_path / "a.swarm.json").write_text('{"sui_image_params": {"prompt": "a cat", "seed": 3}}', encoding="utf-8")
    found = understood(str(tmp_path / "a.gif"))
    assert found.reading is not None and found.reading.seeds == ("3",)


def test_any_json_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"name": "x", "version": "1.0"}', encoding="utf-8")
    found = understood(str(tmp_path / "package.json"))
    assert found.reading is None and found.specimen.container.carriers == ()
    specimen, data = collect(str(tmp_path / "package.json"))
    assert [c.name for c in as_sidecar(specimen, data).container.carriers] == ["sidecar:json"]

"""The container: what `write_zip` writes is read, everything else is refused, and no byte can be flipped unseen."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import badzips, bundles, verifiers
from support.badzips import BAD, FILES, GOOD, TOP

from provenance.bundle import archive, names, texts
from provenance.errors import BadInput


def refusal(path: Path, data: bytes) -> str:
    """The code of both readers."""
    path.write_bytes(data)
    (word, codes), other = verifiers.package(path), verifiers.alone(path)
    assert (word, codes) == other
    assert word == "REFUSED", (word, codes)
    return next(iter(codes))


def test_what_is_written_is_read() -> None:
    opened = archive.read_zip(io.BytesIO(bundles.zipped(FILES)))
    assert opened.top == TOP
    assert {name: b"".join(opened.chunks(name)) for name in opened.names()} == FILES
    assert opened.read("bagit.txt", 3) == b"one"
    with pytest.raises(BadInput, match="too-large"):
        opened.read("bagit.txt", 2)


@pytest.mark.parametrize("name", BAD)
def test_every_other_zip_is_refused(name: str, tmp_path: Path) -> None:
    assert refusal(tmp_path / "bad.zip", BAD[name]) == name[:4]


def test_a_wrong_checksum_over_right_bytes_is_found(world: bundles.World, tmp_path: Path) -> None:
    path = tmp_path / "crc.zip"
    path.write_bytes(badzips.wrong_checksum(world.files()))
    assert verifiers.both(path) == ("FAILED", {"Z012", "T001"})


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=300), st.integers(0, 400), st.integers(0, 400))
def test_junk_never_ends_in_a_traceback(junk: bytes, start: int, cut: int) -> None:
    data = GOOD[:start] + junk + GOOD[start + cut :]
    try:
        opened = archive.read_zip(io.BytesIO(data))
    except BadInput:
        return
    again = {name: opened.read(name, 1 << 20) for name in opened.names()}
    if all(archive.crc32(content) == opened.checksum(name) for name, content in again.items()):  # else: a finding, Z012 or F001
        assert bundles.zipped(again, opened.top) == data or list(again) != sorted(again)


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=40))
def test_a_good_name_stays_below_its_folder(name: str) -> None:
    if not names.fault(name):
        assert not Path(name).is_absolute() and ".." not in Path(name).parts
        assert name == name.encode().decode()


def words_of(path: Path, stride: int) -> set[str]:
    """What the verifiers say; the slower one is not asked where the steps are small. Stride 1 has been run over all: minutes."""
    return {verifiers.package(path)[0]} | ({verifiers.alone(path)[0]} if stride > 50 else set())


def small(world: bundles.World) -> dict[str, bytes]:
    """The good bundle with the large texts for people cut down, and sealed again: so that each of its bytes can be flipped."""
    files = world.files() | {"verify.html": b"h\n", "VERIFY.txt": b"v\n", "README.txt": b"r\n"}
    files |= dict.fromkeys(texts.PROGRAM, b"#\n")
    bundles.rehash(files)
    bundles.resign(files, world.signer)
    return files


@pytest.mark.parametrize("stride", [127, pytest.param(11, marks=pytest.mark.slow)])
def test_no_byte_of_the_zip_can_be_flipped(stride: int, world: bundles.World, tmp_path: Path) -> None:
    data = bundles.zipped(small(world))
    path = tmp_path / "flipped.zip"
    path.write_bytes(data)
    assert verifiers.both(path)[0] == "INTEGRITY ONLY"
    for place in range(0, len(data), stride):
        path.write_bytes(data[:place] + bytes((data[place] ^ 1 << place % 8,)) + data[place + 1 :])
        said = words_of(path, stride)
        assert len(said) == 1 and said <= {"FAILED", "REFUSED"}, (place, said)


@pytest.mark.parametrize("stride", [97, pytest.param(19, marks=pytest.mark.slow)])
def test_no_byte_of_any_unpacked_file_can_be_flipped(stride: int, world: bundles.World, tmp_path: Path) -> None:
    files = small(world)
    folder = bundles.write_folder(tmp_path / "bundle", files)
    for name, content in files.items():
        for place in range(0, len(content), stride):
            (folder / name).write_bytes(content[:place] + bytes((content[place] ^ 1 << place % 8,)) + content[place + 1 :])
            assert words_of(folder, stride) == {"FAILED"}, (name, place)
        (folder / name).write_bytes(content)
    assert verifiers.both(folder)[0] == "INTEGRITY ONLY"


def test_no_cut_and_no_appended_byte_is_good(world: bundles.World, tmp_path: Path) -> None:
    data = bundles.zipped(small(world))
    path = tmp_path / "cut.zip"
    for length in range(0, len(data), 379):
        assert refusal(path, data[:length]) == "Z001"
    for extra in (b"\0", b"PK\5\6" + bytes(18), data[-22:]):
        assert refusal(path, data + extra) == "Z001"


@pytest.mark.parametrize("make", [lambda p: p.symlink_to("/etc/passwd"), os.mkfifo], ids=["link", "pipe"])
def test_links_and_special_files_of_a_folder_are_refused(make: Callable[[Path], object], world: bundles.World, tmp_path: Path) -> None:
    folder = bundles.write_folder(tmp_path / "bundle", world.files())
    make(folder / "data" / "evil")
    assert verifiers.both(folder) == ("REFUSED", {"Z011"})


def test_a_link_to_a_folder_is_refused_and_twins_are(world: bundles.World, tmp_path: Path) -> None:
    folder = bundles.write_folder(tmp_path / "bundle", world.files())
    (folder / "data" / "more").symlink_to(folder / "proof")
    assert verifiers.both(folder) == ("REFUSED", {"Z011"})
    (folder / "data" / "more").unlink()
    (folder / "README.TXT").write_bytes(b"x")
    if len(list(folder.glob("*"))) == len({p.name.casefold() for p in folder.glob("*")}):
        pytest.skip("LOUD: this file system knows no twins of case: Z009 in a folder was NOT checked")
    assert verifiers.both(folder) == ("REFUSED", {"Z009"})
    (folder / "README.TXT").rename(folder / os.fsdecode(b"\xff.txt"))
    assert verifiers.both(folder) == ("REFUSED", {"Z008"})


def test_zip64_is_written_where_numbers_need_it_and_read_again() -> None:
    limits = archive.Limits(number=40, count=3)
    out = io.BytesIO()
    archive.write_zip(out, [(f"{TOP}/{name}", len(data), bundles.once(data)) for name, data in FILES.items()], limits)
    opened = archive.read_zip(out, limits)
    assert {name: opened.read(name, 1000) for name in opened.names()} == FILES
    with zipfile.ZipFile(out) as other:
        assert other.testzip() is None and other.read(f"{TOP}/data/a.txt") == FILES["data/a.txt"]
    with pytest.raises(BadInput):
        archive.read_zip(out)  # zip64 fields that no number needed


class Sparse(io.RawIOBase):
    """A file on disk that skips blocks of zeros, so that 4 GiB take no place."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("w+b")

    def write(self, data: bytes) -> int:  # type: ignore[override]
        if len(data) > 1000:
            return self.file.seek(len(data), 1) and len(data)
        return self.file.write(data)

    def seek(self, place: int, whence: int = 0) -> int:
        return self.file.seek(place, whence)

    def tell(self) -> int:
        return self.file.tell()


@pytest.mark.slow
def test_a_file_above_4_gib(tmp_path: Path) -> None:
    block, count = bytes(1 << 24), (4 << 30 >> 24) + 1
    sparse = Sparse(tmp_path / "large.zip")
    files = [(f"{TOP}/a", len(block) * count, lambda: iter([block] * count)), (f"{TOP}/b", 3, bundles.once(b"end"))]
    archive.write_zip(sparse, files)  # type: ignore[arg-type]
    sparse.file.close()
    with (tmp_path / "large.zip").open("rb") as file:
        opened = archive.read_zip(file)
        assert opened.size("a") == len(block) * count and opened.read("b", 3) == b"end"
        assert verifiers.STANDALONE.Zip(file).sizes == {"a": len(block) * count, "b": 3}
    with zipfile.ZipFile(tmp_path / "large.zip") as other:
        assert other.read(f"{TOP}/b") == b"end"

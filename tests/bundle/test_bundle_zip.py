"""The container: what `write_zip` writes is read, everything else is refused, and no byte can be flipped unseen."""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import bundles, verifiers

from provenance.bundle import archive, names
from provenance.errors import BadInput

TOP = "EVIDENCE-x-20261122"
FILES = {"bagit.txt": b"one", "data/a.txt": b"two" * 50, "z.txt": b""}


def refusal(path: Path, data: bytes) -> str:
    """The code of both readers."""
    path.write_bytes(data)
    (word, codes), other = verifiers.package(path), verifiers.alone(path)
    assert (word, codes) == other
    assert word == "REFUSED", (word, codes)
    return next(iter(codes))


def raw_zip(*files: tuple[str, bytes], top: str = TOP) -> bytes:
    """Written by our headers without our checks of names."""
    out, members = io.BytesIO(), []
    for name, data in files:
        member = archive.Member(f"{top}/{name}" if top else name, len(data), archive.crc32(data), out.tell())
        out.write(archive._local(member, archive.STANDARD) + data)
        members.append(member)
    start = out.tell()
    for member in members:
        out.write(archive._central(member, archive.STANDARD))
    out.write(archive._end(len(members), out.tell() - start, start, archive.STANDARD))
    return out.getvalue()


def test_what_is_written_is_read() -> None:
    opened = archive.read_zip(io.BytesIO(bundles.zipped(FILES)))
    assert opened.top == TOP
    assert {name: b"".join(opened.chunks(name)) for name in opened.names()} == FILES
    assert opened.read("bagit.txt", 3) == b"one"
    with pytest.raises(BadInput, match="too-large"):
        opened.read("bagit.txt", 2)


def other_writer(**options: object) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", **options) as other:  # type: ignore[arg-type]
        other.writestr(f"{TOP}/bagit.txt", b"one" * 100)
    return out.getvalue()


def with_info(change: Callable[[zipfile.ZipInfo], object]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as other:
        info = zipfile.ZipInfo(f"{TOP}/bagit.txt")
        info.external_attr, info.create_system = 0o100644 << 16, 3
        change(info)
        other.writestr(info, b"one")
    return out.getvalue()


def commented() -> bytes:
    out = io.BytesIO(bundles.zipped(FILES))
    with zipfile.ZipFile(out, "a") as other:
        other.comment = b"hello"
    return out.getvalue()


GOOD = bundles.zipped(FILES)
LINK = with_info(lambda info: setattr(info, "external_attr", (stat.S_IFLNK | 0o777) << 16))
BAD = {
    "Z001_nothing": b"",
    "Z001_text": b"this is no archive at all, only some text",
    "Z001_prefix": b"MZ" + GOOD,
    "Z001_trailer": GOOD + b"\n",
    "Z001_cut": GOOD[:-5],
    "Z001_comment": commented(),
    "Z001_second_archive_behind": GOOD + GOOD,
    "Z002_compressed": other_writer(compression=zipfile.ZIP_DEFLATED),
    "Z002_encrypted": GOOD.replace(b"PK\1\2\x14\3\x14\0\0\x08", b"PK\1\2\x14\3\x14\0\1\x08"),
    "Z003_extra": with_info(lambda info: setattr(info, "extra", struct.pack("<2H4s", 0x7075, 4, b"evil"))),
    "Z003_comment": with_info(lambda info: setattr(info, "comment", b"evil")),
    "Z004_link": LINK,
    "Z004_setuid": with_info(lambda info: setattr(info, "external_attr", 0o104755 << 16)),
    "Z004_from_windows": with_info(lambda info: setattr(info, "create_system", 0)),
    "Z005_local_name_differs": GOOD.replace(f"{TOP}/bagit.txt".encode(), f"{TOP}/bagit.exe".encode(), 1),
    "Z007_another_year": with_info(lambda info: setattr(info, "date_time", (2026, 11, 22, 0, 0, 0))),
    "Z008_climbing": raw_zip(("../evil", b"x")),
    "Z008_backslash": raw_zip(("..\\evil", b"x")),
    "Z008_absolute": raw_zip(("/etc/evil", b"x"), top=""),
    "Z008_drive": raw_zip(("C:evil", b"x"), top=""),
    "Z008_device": raw_zip(("data/nul.txt", b"x")),
    "Z008_direction": raw_zip(("data/gnp\u202e.exe", b"x")),
    "Z008_control": raw_zip(("data/\x1b[2J", b"x")),
    "Z008_trailing_dot": raw_zip(("data./x", b"x")),
    "Z008_not_nfc": raw_zip(("data/e\u0301", b"x")),
    "Z009_twice": raw_zip(("a", b"x"), ("a", b"y")),
    "Z009_case": raw_zip(("data/A", b"x"), ("data/a", b"y")),
    "Z009_case_of_folder": raw_zip(("data/a", b"x"), ("DATA/b", b"y")),
    "Z009_file_and_folder": raw_zip(("data", b"x"), ("data/b", b"y")),
    "Z009_sharp_s": raw_zip(("straße", b"x"), ("STRASSE", b"y")),
    "Z010_no_top": raw_zip(("bagit.txt", b"x"), top=""),
    "Z010_two_tops": raw_zip((f"{TOP}/a", b"x"), ("EVIDENCE-y/b", b"y"), top=""),
    "Z010_another_top": raw_zip(("a", b"x"), top="evidence"),
    "Z010_empty": raw_zip(),
}


@pytest.mark.parametrize("name", BAD)
def test_every_other_zip_is_refused(name: str, tmp_path: Path) -> None:
    assert refusal(tmp_path / "bad.zip", BAD[name]) == name[:4]


def test_gaps_and_overlaps_are_refused(tmp_path: Path) -> None:
    start = GOOD.index(b"PK\1\2")
    header = 30 + len(f"{TOP}/bagit.txt")
    gap = bytearray(GOOD[: header + 3] + b"gap" + GOOD[header + 3 :])
    at = gap.index(b"PK\1\2", start)
    second = gap.index(b"PK\1\2", at + 4)
    third = gap.index(b"PK\1\2", second + 4)
    for record in (second, third):
        offset = struct.unpack_from("<I", gap, record + 42)[0]
        struct.pack_into("<I", gap, record + 42, offset + 3)
    struct.pack_into("<I", gap, len(gap) - 6, at)
    assert refusal(tmp_path / "gap.zip", bytes(gap)) == "Z006"
    overlap = bytearray(GOOD)
    struct.pack_into("<I", overlap, GOOD.index(b"PK\1\2", start + 4) + 42, 0)
    assert refusal(tmp_path / "overlap.zip", bytes(overlap)) == "Z006"


def test_a_wrong_checksum_over_right_bytes_is_found(world: bundles.World, tmp_path: Path) -> None:
    files = world.files()
    data = bundles.zipped(files)
    crc = struct.pack("<I", archive.crc32(files["report.html"]))
    assert data.count(crc) == 2
    path = tmp_path / "crc.zip"
    path.write_bytes(data.replace(crc, b"\0\0\0\0"))
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
    files = world.files() | {"verify.html": b"h\n", "verify.py": b"#\n", "VERIFY.txt": b"v\n", "README.txt": b"r\n"}
    bundles.rehash(files)
    bundles.resign(files, world.signer)
    return files


@pytest.mark.parametrize("stride", [127, pytest.param(3, marks=pytest.mark.slow)])
def test_no_byte_of_the_zip_can_be_flipped(stride: int, world: bundles.World, tmp_path: Path) -> None:
    data = bundles.zipped(small(world))
    path = tmp_path / "flipped.zip"
    path.write_bytes(data)
    assert verifiers.both(path)[0] == "INTEGRITY ONLY"
    for place in range(0, len(data), stride):
        path.write_bytes(data[:place] + bytes((data[place] ^ 1 << place % 8,)) + data[place + 1 :])
        said = words_of(path, stride)
        assert len(said) == 1 and said <= {"FAILED", "REFUSED"}, (place, said)


@pytest.mark.parametrize("stride", [97, pytest.param(7, marks=pytest.mark.slow)])
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

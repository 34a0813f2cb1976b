"""Zips that are refused, one or more for each code of a container; and one whose checksum is wrong. The same bytes each time."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Callable, Mapping

from support import bundles

from provenance.bundle import archive

TOP = "EVIDENCE-x-20261122"
FILES = {"bagit.txt": b"one", "data/a.txt": b"two" * 50, "z.txt": b""}


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


def other_writer() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=0) as other:  # level 0: the same bytes by every zlib
        other.writestr(zipfile.ZipInfo(f"{TOP}/bagit.txt"), b"one" * 100, zipfile.ZIP_DEFLATED, 0)
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


def gap() -> bytes:
    """Three bytes between the first file and the second, and a directory that knows it."""
    start = GOOD.index(b"PK\1\2")
    header = 30 + len(f"{TOP}/bagit.txt")
    made = bytearray(GOOD[: header + 3] + b"gap" + GOOD[header + 3 :])
    at = made.index(b"PK\1\2", start)
    second = made.index(b"PK\1\2", at + 4)
    third = made.index(b"PK\1\2", second + 4)
    for record in (second, third):
        offset = struct.unpack_from("<I", made, record + 42)[0]
        struct.pack_into("<I", made, record + 42, offset + 3)
    struct.pack_into("<I", made, len(made) - 6, at)
    return bytes(made)


def overlap() -> bytes:
    """Two names for the same bytes of the file."""
    made = bytearray(GOOD)
    struct.pack_into("<I", made, GOOD.index(b"PK\1\2", GOOD.index(b"PK\1\2") + 4) + 42, 0)
    return bytes(made)


def wrong_checksum(files: Mapping[str, bytes]) -> bytes:
    """A zip that states another CRC-32 than a listed file has, whose SHA-256 is right."""
    data = bundles.zipped(files)
    crc = struct.pack("<I", archive.crc32(files["report.html"]))
    assert data.count(crc) == 2
    return data.replace(crc, b"\0\0\0\0")


BAD = {
    "Z001_nothing": b"",
    "Z001_text": b"this is no archive at all, only some text",
    "Z001_prefix": b"MZ" + GOOD,
    "Z001_trailer": GOOD + b"\n",
    "Z001_cut": GOOD[:-5],
    "Z001_comment": commented(),
    "Z001_second_archive_behind": GOOD + GOOD,
    "Z002_compressed": other_writer(),
    "Z002_encrypted": GOOD.replace(b"PK\1\2\x14\3\x14\0\0\x08", b"PK\1\2\x14\3\x14\0\1\x08"),
    "Z003_extra": with_info(lambda info: setattr(info, "extra", struct.pack("<2H4s", 0x7075, 4, b"evil"))),
    "Z003_comment": with_info(lambda info: setattr(info, "comment", b"evil")),
    "Z004_link": LINK,
    "Z004_setuid": with_info(lambda info: setattr(info, "external_attr", 0o104755 << 16)),
    "Z004_from_windows": with_info(lambda info: setattr(info, "create_system", 0)),
    "Z005_local_name_differs": GOOD.replace(f"{TOP}/bagit.txt".encode(), f"{TOP}/bagit.exe".encode(), 1),
    "Z006_gap": gap(),
    "Z006_overlap": overlap(),
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

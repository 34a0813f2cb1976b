"""The bundle as one zip file (PKWARE APPNOTE 6.3.10), in the one spelling that this program writes, and its strict reader.

Stored, not compressed; times 1980-01-01; unix mode 0100644; UTF-8 names; no extra fields but the zip64 field where a number needs it;
no comments; members one after the other from the first byte; nothing after the end record. The reader works out from each name, size
and CRC-32 which bytes the headers must be, and refuses any other byte: so there is nothing to hide in, and no reader that sees
another archive than we do. zipfile of the standard library is not used: it accepts prefixes, trailers and duplicates.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO
from zlib import crc32

from provenance.bundle import names as safe
from provenance.errors import BadInput

Opener = Callable[[], Iterator[bytes]]

CHUNK = 1 << 20
_TOP = re.compile(r"EVIDENCE-[^/]+")
_DATE = 0x0021  # 1980-01-01, the earliest that the format can say
_UTF8, _MODE = 0x0800, 0o100644 << 16
_FULL32, _FULL16 = 0xFFFFFFFF, 0xFFFF
_MAX_DIRECTORY = 64 << 20
_LOCAL, _CENTRAL, _END = "<4s5H3I2H", "<4s6H3I5H2I", "<4s4H2IH"


@dataclass(frozen=True)
class Limits:
    """From which value on a number stands in the zip64 field. Only tests, which cannot write 4 GiB each time, use others."""

    number: int = _FULL32
    count: int = _FULL16


STANDARD = Limits()


@dataclass(frozen=True)
class Member:
    """One file of the archive: full name, size in bytes, CRC-32, and where its local header begins."""

    name: str
    size: int
    crc: int
    offset: int


def _local(member: Member, limits: Limits) -> bytes:
    name, size, extra, version = member.name.encode(), member.size, b"", 20
    if size >= limits.number:
        extra, size, version = struct.pack("<2H2Q", 1, 16, size, size), _FULL32, 45
    fixed = struct.pack(_LOCAL, b"PK\3\4", version, _UTF8, 0, 0, _DATE, member.crc, size, size, len(name), len(extra))
    return fixed + name + extra


def _central(member: Member, limits: Limits) -> bytes:
    name, size, offset, wide = member.name.encode(), member.size, member.offset, b""
    if size >= limits.number:
        wide, size = struct.pack("<2Q", size, size), _FULL32
    if offset >= limits.number:
        wide, offset = wide + struct.pack("<Q", offset), _FULL32
    extra = struct.pack("<2H", 1, len(wide)) + wide if wide else b""
    version = 45 if wide else 20
    fixed = struct.pack(
        _CENTRAL, b"PK\1\2", 3 << 8 | version, version, _UTF8, 0, 0, _DATE, member.crc, size, size,
        len(name), len(extra), 0, 0, 0, _MODE, offset,
    )  # fmt: skip
    return fixed + name + extra


def _end(count: int, size: int, offset: int, limits: Limits) -> bytes:
    """The end records of a directory of `size` bytes at `offset`; the zip64 ones before it where a number needs them."""
    wide = b""
    if count >= limits.count or size >= limits.number or offset >= limits.number:
        wide = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 3 << 8 | 45, 45, 0, 0, count, count, size, offset)
        wide += struct.pack("<4sIQI", b"PK\6\7", 0, offset + size, 1)
    if count >= limits.count:
        count = _FULL16
    size, offset = (_FULL32 if value >= limits.number else value for value in (size, offset))
    return wide + struct.pack(_END, b"PK\5\6", 0, 0, count, count, size, offset, 0)


def write_zip(out: BinaryIO, files: Iterable[tuple[str, int, Opener]], limits: Limits = STANDARD) -> None:
    """Write an archive; equal files in equal order give equal bytes.

    Args:
        out: an empty seekable binary file. The caller makes it durable and gives it its name: until then a crash leaves a torn file.
        files: (full name with the top folder, size in bytes, opener of its chunks), in the order of the archive.
    Raises:
        BadInput: `bundle.name` for a name that no reader should accept, `bundle.size` where a file is not as long as was said.
    """
    members: list[Member] = []
    for name, size, opener in files:
        if safe.fault(name):
            raise BadInput("bundle.name", name=name, why=safe.fault(name))
        start = out.tell()
        out.write(_local(Member(name, size, 0, start), limits))
        crc = written = 0
        for chunk in opener():
            out.write(chunk)
            crc, written = crc32(chunk, crc), written + len(chunk)
        if written != size:
            raise BadInput("bundle.size", name=name, expected=size, found=written)
        member = Member(name, size, crc, start)
        end = out.tell()
        out.seek(start)
        out.write(_local(member, limits))  # same length: only the CRC-32, known now, differs
        out.seek(end)
        members.append(member)
    double = safe.twin(member.name for member in members)
    if double is not None:
        raise BadInput("bundle.name", name=double, why="two files of one name")
    start = out.tell()
    for member in members:
        out.write(_central(member, limits))
    out.write(_end(len(members), out.tell() - start, start, limits))


def refuse(code: str, **params: object) -> BadInput:
    """The error for a container that is not opened: `code` is the finding's, params as in data/findings.json."""
    return BadInput("bundle.refused", code=code, **params)


@dataclass(frozen=True)
class ZipFiles:
    """The files of a strict archive that was read by `read_zip`; the open file must outlive it. See verdict.Files."""

    file: BinaryIO
    top: str
    members: dict[str, Member]
    starts: dict[str, int]

    def names(self) -> tuple[str, ...]:
        """Every file below the top folder."""
        return tuple(self.members)

    def size(self, name: str) -> int:
        """Bytes of one file."""
        return self.members[name].size

    def checksum(self, name: str) -> int | None:
        """The CRC-32 that the archive states."""
        return self.members[name].crc

    def chunks(self, name: str) -> Iterator[bytes]:
        """One file's bytes in pieces of at most 1 MiB."""
        at, left = self.starts[name], self.members[name].size
        while left:
            self.file.seek(at)
            chunk = self.file.read(min(CHUNK, left))
            if not chunk:
                raise refuse("Z001", why="shorter than its directory says")
            at, left = at + len(chunk), left - len(chunk)
            yield chunk

    def read(self, name: str, cap: int) -> bytes:
        """One file whole. Raises BadInput `bundle.too-large` above `cap` bytes."""
        if self.size(name) > cap:
            raise BadInput("bundle.too-large", name=name, most=cap)
        return b"".join(self.chunks(name))


def read_zip(file: BinaryIO, limits: Limits = STANDARD) -> ZipFiles:
    """Open an archive, refusing every byte outside the files' contents that `write_zip` would not have written.

    Args:
        file: a seekable binary file, read from its first byte.
    Raises:
        BadInput: `bundle.refused` with `code` Z001 .. Z010 and `why` or `name`.
    """
    total = file.seek(0, 2)
    count, size, offset = _read_end(file, total, limits)
    file.seek(offset)
    members = _read_directory(file.read(size), count, limits)
    place, starts = 0, {}
    for member in members:
        header = _local(member, limits)
        if member.offset != place:
            raise refuse("Z006", name=member.name)
        file.seek(place)
        if place + len(header) + member.size > offset or file.read(len(header)) != header:
            raise refuse("Z005", name=member.name)
        starts[member.name] = place + len(header)
        place += len(header) + member.size
    if place != offset:
        raise refuse("Z006", name="")
    return _below_top(file, members, starts)


def _below_top(file: BinaryIO, members: list[Member], starts: dict[str, int]) -> ZipFiles:
    for member in members:
        why = safe.fault(member.name)
        if why:
            raise refuse("Z008", name=member.name, why=why)
    double = safe.twin(member.name for member in members)
    if double is not None:
        raise refuse("Z009", name=double)
    tops = {member.name.partition("/")[0] for member in members}
    top = min(tops, default="")
    if len(tops) != 1 or not _TOP.fullmatch(top) or any("/" not in member.name for member in members):
        raise refuse("Z010")
    cut = len(top) + 1
    return ZipFiles(file, top, {m.name[cut:]: m for m in members}, {name[cut:]: at for name, at in starts.items()})


def _read_end(file: BinaryIO, total: int, limits: Limits) -> tuple[int, int, int]:
    """Count, size and offset of the directory, from end records that stand exactly at the end of the file."""
    file.seek(max(0, total - 98))
    tail = file.read(98)
    if len(tail) < 22 or tail[-22:-18] != b"PK\5\6":
        raise refuse("Z001", why="no end record at the end of the file")
    _, _, _, _, count, size, offset, _ = struct.unpack(_END, tail[-22:])
    if len(tail) == 98 and tail[-42:-38] == b"PK\6\7" and tail[:4] == b"PK\6\6":
        count, size, offset = struct.unpack("<3Q", tail[32:56])
    end = _end(count, size, offset, limits)
    if not tail.endswith(end) or offset + size + len(end) != total:
        raise refuse("Z001", why="the end record does not fit the file")
    if size > _MAX_DIRECTORY:
        raise refuse("Z013", name="zip directory", most=_MAX_DIRECTORY)
    return count, size, offset


def _read_directory(data: bytes, count: int, limits: Limits) -> list[Member]:
    members: list[Member] = []
    at = 0
    while at < len(data):
        if len(data) - at < 46 or data[at : at + 4] != b"PK\1\2":
            raise refuse("Z001", why="the directory is damaged")
        fields = struct.unpack_from(_CENTRAL, data, at)
        stop = at + 46 + sum(fields[10:13])
        member = _member(data[at + 46 : stop], fields)
        if data[at:stop] != _central(member, limits):
            raise refuse(_what_differs(fields), name=member.name)
        members.append(member)
        at = stop
    if len(members) != count:
        raise refuse("Z001", why="the directory is damaged")
    return members


def _member(rest: bytes, fields: tuple[int, ...]) -> Member:
    try:
        name = rest[: fields[10]].decode()
    except UnicodeDecodeError as error:
        raise refuse("Z008", name=rest[: fields[10]].decode("latin-1"), why="not UTF-8") from error
    extra = rest[fields[10] + 4 : fields[10] + fields[11]]
    wide = list(struct.unpack(f"<{len(extra) // 8}Q", extra[: len(extra) // 8 * 8]))
    size, offset = fields[9], fields[16]
    if size == _FULL32 and len(wide) >= 2:
        size = wide[0]
    if offset == _FULL32 and wide:
        offset = wide[-1]
    return Member(name, size, fields[7], offset)


def _what_differs(fields: tuple[int, ...]) -> str:
    """The code for a directory record that is not ours: the first reason that a person would name."""
    if fields[4] != 0 or fields[3] & 1:
        return "Z002"  # compressed or encrypted
    if fields[15] != _MODE or fields[1] >> 8 != 3:
        return "Z004"  # a link, a device, another mode
    return "Z003" if fields[11] or fields[12] else "Z007"

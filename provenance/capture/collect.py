"""The one read of a file: every byte is hashed, and what the format tells is taken from the same bytes."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from provenance.capture.look import OPEN_FLAGS, shape_of
from provenance.capture.stations import Shape, Specimen
from provenance.carriers.carrier import Carrier, Container
from provenance.carriers.sidecar import LOG, MAX_LOG, MAX_SIDECAR, carriers_of, kind_of, names, sidecar_text
from provenance.errors import Busy, Unreadable

WHOLE = 64 * 1024 * 1024  # bytes; a larger file is never in memory at once
BLOCK = 1024 * 1024
ENDS = 4 * 1024 * 1024  # of a larger file, this much of its head and of its tail is looked into: mp4 writes its index last

_KINDS = {stat.S_IFLNK: "ELOOP", stat.S_IFDIR: "EISDIR", stat.S_IFIFO: "S_IFIFO", stat.S_IFSOCK: "S_IFSOCK", stat.S_IFCHR: "S_IFCHR",
          stat.S_IFBLK: "S_IFBLK"}


class Changed(Busy):
    """The file was written to while it was read: what was read is no version of it. Offer it to the settler again."""


class Vanished(Unreadable):
    """Nothing stands at the path any more."""


def collect(path: str, *, memory_cap: int = WHOLE, deep: bool = False) -> tuple[Specimen, bytes | None]:
    """Read one version of a file, once.

    Args:
        path: as the system gave it. memory_cap: bytes up to which the file is read whole. deep: as `open_container`.
    Returns:
        The specimen, and the file's bytes where it was read whole (None above the cap: memory stays flat at a few MiB).
    Raises:
        Changed: `capture.changed`, it was written to meanwhile. Vanished: `capture.vanished`.
        Unreadable: `capture.unreadable`; params["why"] is the error's name (EACCES, EIO, ELOOP for a symlink) or the file type's
        (S_IFIFO, S_IFSOCK, ...). Nothing but a regular file is ever opened: even opening a FIFO would be felt by its writer.
    """
    try:
        opened, before = _open(path)
        try:
            whole = before.size <= memory_cap
            sha256, head, tail = _read_whole(opened, before.size) if whole else _read_blocks(opened, before.size)
            container = _container(head, before.size, tail, None if whole else partial(_fetch, opened), deep)
            after = shape_of(os.fstat(opened))
        finally:
            os.close(opened)
    except (OSError, ValueError) as error:
        raise _refusal(path, error) from error
    if before != after:
        raise Changed("capture.changed", path=path)
    return Specimen(path, sha256, after, container), head if whole else None


def sidecars_of(path: str) -> tuple[Carrier, ...]:
    """What files beside a picture tell of it: `<stem>.txt`, `.json`, `.swarm.json`, `.xmp`, its entry in `log.html`; empty where none is.

    Each file is read up to 1 MiB, a log up to 8 MiB. A `<stem>.txt` may also be a training caption, which no reader claims.
    """
    folder, name = os.path.split(path)
    found: list[Carrier] = []
    for beside in names(name):
        raw = _small(os.path.join(folder, beside), MAX_LOG if beside == LOG else MAX_SIDECAR)  # noqa: PTH118
        if raw:
            found += carriers_of(raw, beside, name)
    return tuple(found)


def with_sidecars(specimen: Specimen) -> Specimen:
    """A picture, film or sound with what stands beside it as its last carriers; any other file as it is."""
    container = specimen.container
    if not container.media_type.startswith(("image/", "video/", "audio/")):
        return specimen
    found = sidecars_of(specimen.path)
    return replace(specimen, container=replace(container, carriers=(*container.carriers, *found))) if found else specimen


def as_sidecar(specimen: Specimen, data: bytes | None) -> Specimen:
    """A file that is itself a sidecar by its ending, with its text as a carrier: some tools write it after the picture, which is recorded
    by then. A `log.html` tells of many pictures and is left as it is. data: its bytes, where they are at hand."""
    container = specimen.container
    kind = kind_of(specimen.path)
    if kind is None or not data or len(data) > MAX_SIDECAR or container.carriers:
        return specimen
    return replace(specimen, container=replace(container, carriers=(sidecar_text(data, kind),)))


def _open(path: str) -> tuple[int, Shape]:
    """A descriptor of a regular file and its shape. Asks before it opens, and again of what it got."""
    _regular(path, os.lstat(path))
    opened = os.open(path, OPEN_FLAGS)
    try:
        found = os.fstat(opened)
        _regular(path, found)
    except BaseException:
        os.close(opened)
        raise
    return opened, shape_of(found)


def _regular(path: str, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise Unreadable("capture.unreadable", path=path, why=_KINDS.get(stat.S_IFMT(found.st_mode), "ENOTSUP"))


def _read_whole(opened: int, size: int) -> tuple[str, bytes, None]:
    # one byte more than it should have: a file that grew is found out by fstat, and never fills the memory
    data = os.read(opened, size + 1)
    if len(data) < size:  # a signal, a network drive, or the file was cut
        parts = [data]
        while part := os.read(opened, BLOCK):
            parts.append(part)
            if sum(map(len, parts)) > size:
                break
        data = b"".join(parts)
    return hashlib.sha256(data).hexdigest(), data, None


def _read_blocks(opened: int, size: int) -> tuple[str, bytes, bytes]:
    sha, head, tail, done = hashlib.sha256(), bytearray(), bytearray(), 0
    buffer = bytearray(BLOCK)
    view = memoryview(buffer)
    with os.fdopen(opened, "rb", buffering=0, closefd=False) as file:
        while done <= size and (count := file.readinto(buffer)):
            sha.update(view[:count])
            if len(head) < ENDS:
                head += view[:count]
            if done + count > size - ENDS:
                tail += view[:count]
            done += count
    return sha.hexdigest(), bytes(head[:ENDS]), bytes(tail[-ENDS:])


def _container(head: bytes, size: int, tail: bytes | None, fetch: Callable[[int, int], bytes] | None, deep: bool) -> Container:
    from provenance.carriers import open_container

    return open_container(head, size=size, tail=tail, fetch=fetch, deep=deep)


def _fetch(opened: int, offset: int, length: int) -> bytes:
    """Bytes from the middle of a large file, which a container's index points to (a film's boxes, a zip's entries)."""
    os.lseek(opened, offset, os.SEEK_SET)
    return os.read(opened, length)


def _small(path: str, most: int) -> bytes:
    """A file of at most so many bytes; b"" where there is none, or a larger one."""
    try:
        opened, shape = _open(path)
        try:
            raw = os.read(opened, most + 1) if shape.size <= most else b""
        finally:
            os.close(opened)
    except (OSError, ValueError, Unreadable):
        return b""
    return raw if len(raw) <= most else b""


def _refusal(path: str, error: OSError | ValueError) -> Unreadable:
    number = getattr(error, "errno", None)
    if number in (errno.ENOENT, errno.ENOTDIR):
        return Vanished("capture.vanished", path=path)
    return Unreadable("capture.unreadable", path=path, why=errno.errorcode.get(number, "EINVAL") if number else "EINVAL")

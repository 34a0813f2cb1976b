"""Files that appear whole and stay: temporary name, sync, rename, sync of the folder."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import itertools
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

from provenance.errors import BadInput, Unavailable

CHUNK = 1024 * 1024
SYNCS = 8
_FICLONE = 0x40049409  # linux/fs.h: share the other file's blocks


@contextlib.contextmanager
def trouble(folder: Path, room: str = "blobs") -> Iterator[None]:
    """Turn the system's refusals into ours: Unavailable `<room>.disk-full`, `<room>.unwritable`."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise Unavailable(f"{room}.disk-full", path=str(folder)) from error
        raise Unavailable(f"{room}.unwritable", path=str(folder), why=error.strerror or "") from error


def write_all(items: Mapping[Path, bytes], mode: int = 0o666) -> None:
    """Write several files; all durable on return. Raises OSError; a name that appears has all its bytes, before and after a crash.

    mode: at birth, less the process's mask, so that there is no moment at which others could read what is private.
    All bytes are handed to the system first and synced after, so that it can write them together; each folder is synced once.
    """
    born = _folders(path.parent for path in items)
    fresh = {path: _fresh_name(path) for path in items}
    try:
        for path, data in items.items():
            handle = os.open(fresh[path], os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
        # A crash above leaves .new files of any content; they have no name that anybody reads.
        _sync_all(fresh.values())
        # A crash below leaves some names and not others, each whole: its bytes are on the disk before its name.
        for path in items:
            fresh[path].replace(path)
        _sync_all({*born, *(path.parent for path in items)})
    except BaseException:
        for path in fresh.values():
            path.unlink(missing_ok=True)
        raise


def write_whole(target: Path, write: Callable[[BinaryIO, Path], object]) -> tuple[str, int]:
    """Make a file that stands under its name only when it is whole; (SHA-256 in hex, bytes). Raises OSError, and what `write` raises.

    Args:
        write: gets the new file, open for writing and reading, and its name for the time being, which ends like `target`'s.
    """
    fresh = target.with_name(f".{target.stem}.{os.getpid()}.new{target.suffix}")
    try:
        with fresh.open("w+b") as file:
            write(file, fresh)
            file.flush()
            os.fsync(file.fileno())
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            length = file.seek(0, os.SEEK_END)
        # a crash before this line leaves a hidden file, and under the name whatever stood there before
        fresh.replace(target)
        sync(target.parent)
    finally:
        fresh.unlink(missing_ok=True)
    return digest, length


def copy(source: BinaryIO, target: Path, sha: str) -> bool:
    """Copy an open file to `target`, whole and durable, if its SHA-256 is `sha`; say whether it was. Raises OSError."""
    born = _folders([target.parent])
    fresh = _fresh_name(target)
    try:
        with fresh.open("x+b") as file:
            if not _reflink(source, file):
                _copy_bytes(source, file)
            file.flush()
            # hashed from the copy: what was recorded may have been overwritten since, and a blob must be what its name says
            file.seek(0)
            if hashlib.file_digest(file, "sha256").hexdigest() != sha:
                return False
            os.fsync(file.fileno())
        fresh.replace(target)
        for folder in {*born, target.parent}:
            sync(folder)
        return True
    finally:
        fresh.unlink(missing_ok=True)


def _reflink(source: BinaryIO, file: BinaryIO) -> bool:
    try:
        import fcntl
    except ImportError:
        return False
    try:
        fcntl.ioctl(file.fileno(), _FICLONE, source.fileno())
    except OSError:  # another file system, or one that cannot
        return False
    return True


def _copy_bytes(source: BinaryIO, file: BinaryIO) -> None:
    source.seek(0)
    while True:
        try:
            chunk = source.read(CHUNK)
        except OSError as error:
            raise BadInput("blobs.unreadable", why=error.strerror or "") from error
        if not chunk:
            return
        file.write(chunk)


def _folders(wanted: Iterable[Path]) -> set[Path]:
    """Make folders; hand back those whose own new names must be synced: the parents of what was made."""
    touched = set()
    for folder in set(wanted):
        missing = list(itertools.takewhile(lambda one: not one.exists(), (folder, *folder.parents)))
        if missing:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            touched |= {one.parent for one in missing}
    return touched


def _fresh_name(path: Path) -> Path:
    return path.with_name(f"{path.name[:32]}.{os.getpid()}.{secrets.token_hex(4)}.new")


def _sync_all(paths: Iterable[Path]) -> None:
    """Sync several at once: the file system joins those that wait together into one commit of its journal. Raises the first OSError."""
    wanted = list(paths)
    if len(wanted) < SYNCS:
        for path in wanted:
            sync(path)
        return
    with ThreadPoolExecutor(SYNCS, "prov-sync") as pool:
        for _ in pool.map(sync, wanted):
            pass


def sync(path: Path) -> None:
    """Make a file's bytes, or a folder's names, durable. Raises OSError."""
    if os.name != "posix" and path.is_dir():
        return  # Windows keeps names by itself, and a folder cannot be opened there
    handle = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

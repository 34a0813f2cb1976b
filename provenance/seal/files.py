"""Files that only their owner may read, whole or not there at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from provenance.errors import Unavailable


def write(path: Path, data: bytes, mode: int = 0o600) -> None:
    """A new file, durable on return. Raises FileExistsError, OSError."""
    # O_EXCL with the mode at birth: there is no moment at which others could read the key, or in which a link is followed
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def put(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Write a file under its name, replacing what was there: a crash leaves the old one or the new one. Raises OSError."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    fresh.unlink(missing_ok=True)
    write(fresh, data, mode)
    fresh.replace(path)
    sync_folder(path.parent)


def publish(fresh: Path, path: Path) -> None:
    """Give the finished file its name, without overwriting: FileExistsError when somebody else was first."""
    try:
        os.link(fresh, path)
    except FileExistsError:
        fresh.unlink()
        raise
    except OSError:  # a file system without hard links; the check and the rename are two steps there
        if path.exists():
            raise FileExistsError(str(path)) from None
        fresh.rename(path)
    else:
        fresh.unlink()


def read_private(path: Path) -> bytes:
    """A key file's bytes. Raises Unavailable `seal.key-missing`, `seal.key-open` (others may read it), `seal.key-unreadable`."""
    try:
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise Unavailable("seal.key-open", path=str(path))
        return path.read_bytes()
    except FileNotFoundError as error:
        raise Unavailable("seal.key-missing", path=str(path)) from error
    except OSError as error:
        raise Unavailable("seal.key-unreadable", path=str(path), why=error.strerror or "") from error


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable. Raises OSError."""
    if os.name != "posix":
        return  # Windows keeps names durable by itself, and a folder cannot be opened there
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

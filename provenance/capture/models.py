"""A model file's hashes and header, all from one read of the file, at low priority. Edge: the only file here that opens models."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import hashlib
import io
import os
import stat
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provenance.capture import look, safetensors
from provenance.capture.one_read import OneRead
from provenance.capture.stations import Shape
from provenance.errors import ProvError, Unavailable, Unreadable

MAX_LABEL_HEADER = 8 * 1024 * 1024


@dataclass(frozen=True)
class ModelHashes:
    """What one version of a model file is.

    sha256: of all bytes. autov1: SHA-256 of 64 KiB at offset 1 MiB, first 8 digits; None for a file of 1 MiB or less, where tools write
    `e3b0c442`, the hash of nothing, which names no file. autov2: first 10 of sha256. payload_sha256: of the bytes after a safetensors
    header; autov3: its first 12 digits; both None where there is no valid header or nothing behind it. header_sha256: of the header
    with its 8 length bytes. header: what is kept of the file's own metadata (claims). shape: of the file read, equal before and after.
    warnings: codes, e.g. `safetensors.header not JSON`.
    """

    sha256: str
    autov1: str | None
    autov2: str
    autov3: str | None
    payload_sha256: str | None
    header_sha256: str | None
    header: Mapping[str, Any]
    size: int
    shape: Shape
    warnings: tuple[str, ...] = ()


def hash_model(
    path: str,
    *,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
    on_thread: Callable[[], None] | None = None,
) -> ModelHashes:
    """Read a model file once and give all its hashes.

    Args:
        path: a file. progress: told (bytes read, bytes in all) after each block. stop: asked before each block.
        on_thread: called first in each hashing thread, e.g. `lower_priority` (not every system hands a thread's priority down).
    Raises:
        Unreadable: `model.folder` for a directory (diffusers), `model.unreadable` where the system refuses, `model.changed` when the file
            was written to meanwhile: hash it again later.
        Unavailable: `model.stopped` when `stop` said so.
    """
    try:
        with _open(path) as file:
            before = look.shape_of(os.fstat(file.fileno()))
            with OneRead(before.size, on_thread) as run:
                for count in run.blocks(file):
                    if progress is not None:
                        progress(count, before.size)
                    if stop is not None and stop():
                        raise Unavailable("model.stopped", path=path)
            after = look.shape_of(os.fstat(file.fileno()))
    except OSError as error:
        raise _refused(path, error) from error
    if before != after or run.count != before.size:
        raise Unreadable("model.changed", path=path)
    return _result(path, run, before)


def _result(path: str, run: OneRead, shape: Shape) -> ModelHashes:
    header: Mapping[str, Any] = {}
    header_sha256 = payload = None
    warnings: tuple[str, ...] = ()
    if run.payload_at is not None:
        try:
            header = safetensors.keep(safetensors.metadata(bytes(run.head[8:])))
            header_sha256, payload = hashlib.sha256(run.head).hexdigest(), run.payload
        except Unreadable as error:
            warnings = (f"safetensors.header {error.params['why']}",)
    elif path.lower().endswith(safetensors.NAMES):
        warnings = ("safetensors.header absent",)
    return ModelHashes(
        sha256=run.whole,
        autov1=hashlib.sha256(run.window).hexdigest()[:8] if run.window else None,
        autov2=run.whole[:10],
        autov3=payload[:12] if payload else None,
        payload_sha256=payload,
        header_sha256=header_sha256,
        header=header,
        size=shape.size,
        shape=shape,
        warnings=warnings,
    )


def shape_of(path: str) -> Shape | None:
    """The shape of the regular file at `path` now; None where there is none or it cannot be asked."""
    try:
        found = Path(path).stat()
    except (OSError, ValueError):  # ValueError: a NUL in an untrusted name
        return None
    return look.shape_of(found) if stat.S_ISREG(found.st_mode) else None


def probe(path: str) -> Shape:
    """The shape of a model file, for a look into the cache. Raises Unreadable as `hash_model` would, without reading."""
    try:
        found = _status(path)
    except OSError as error:
        raise _refused(path, error) from error
    if not os.access(path, os.R_OK):
        raise Unreadable("model.unreadable", path=path, why="EACCES")
    return look.shape_of(found)


def label_of(path: str) -> str | None:
    """`ss_output_name` of a safetensors file: the alias under which A1111 may write a LoRA.

    Reads the header alone, 8 MiB at most; None for any trouble.
    """
    try:
        with io.BufferedReader(_open(path)) as file:
            n = safetensors.header_length(file.read(9), os.fstat(file.fileno()).st_size)
            if n is None or n > MAX_LABEL_HEADER:
                return None
            file.seek(8)
            label = safetensors.metadata(file.read(n)).get("ss_output_name")
    except (OSError, ProvError):
        return None
    return label if isinstance(label, str) and label else None


def lower_priority() -> None:
    """Let everything else go first: the calling thread's CPU and disk priority, as far as the system knows one. Not to be undone.

    Linux: nice 10 for this thread alone; the kernel derives a low best-effort I/O priority from it. Windows: thread background mode.
    macOS: the thread's background band. A refusal is not an error: the work is then done at usual priority.
    """
    with contextlib.suppress(OSError, AttributeError, ValueError):
        if sys.platform == "win32":
            kernel = ctypes.windll.kernel32
            kernel.GetCurrentThread.restype = ctypes.c_void_p
            kernel.SetThreadPriority(ctypes.c_void_p(kernel.GetCurrentThread()), 0x00010000)  # THREAD_MODE_BACKGROUND_BEGIN
        elif sys.platform == "darwin":
            os.setpriority(3, 0, 0x1000)  # PRIO_DARWIN_THREAD, PRIO_DARWIN_BG; named in Python from 3.12 on
        else:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


def _status(path: str) -> os.stat_result:
    try:
        found = Path(path).stat()
    except ValueError as error:
        raise Unreadable("model.unreadable", path=path, why="EINVAL") from error
    if stat.S_ISDIR(found.st_mode):
        raise Unreadable("model.folder", path=path)
    if not stat.S_ISREG(found.st_mode):  # a pipe or a device would hold the reader for ever
        raise Unreadable("model.unreadable", path=path, why="not a regular file")
    return found


def _refused(path: str, error: OSError) -> Unreadable:
    return Unreadable("model.unreadable", path=path, why=errno.errorcode.get(error.errno or 0, "EIO"))


def _open(path: str) -> io.FileIO:
    _status(path)
    file = io.FileIO(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)))
    if hasattr(os, "posix_fadvise"):
        with contextlib.suppress(OSError):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_SEQUENTIAL)
    return file

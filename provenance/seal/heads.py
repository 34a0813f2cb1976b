"""heads.log: every signed head, outside the database, so that a database put back or rewritten is found out.

One line for each head, in the order of signing: standard base64 of the signed note's bytes, then a newline. A line is written at once and
synced before the head is shown to anybody. A last line without its newline is the trace of a crash: no one ever got that head.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from provenance.errors import BadInput, Damaged, Unavailable
from provenance.seal import note
from provenance.seal.snapshot import Snapshot, open_snapshot

SHORTER, REWRITTEN, DAMAGED, MISSING = "H001", "H002", "H003", "H004"
MAX_LOG = 256 * 1024 * 1024


@dataclass(frozen=True)
class Heads:
    """What heads.log holds. signed: oldest first, each head with its note's bytes. torn: a crash cut the last line. missing: no file."""

    signed: tuple[tuple[Snapshot, bytes], ...] = ()
    torn: bool = False
    missing: bool = False


@dataclass(frozen=True)
class Disagreement:
    """A signed head and the ledger do not fit. code: H001 to H004. size: of the head, -1 where none can be named."""

    code: str
    size: int
    detail: str = ""


def append(path: Path, signed: bytes) -> None:
    """Add a signed note; durable on return. Raises Unavailable `heads.unwritable`, `heads.disk-full`."""
    line = base64.b64encode(signed) + b"\n"
    born = not path.exists()
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
        try:
            with _alone(handle):
                _cut_torn_line(handle)
                # A crash within this write leaves a torn line, which the next append cuts; nobody was told of that head.
                if os.write(handle, line) != len(line):
                    raise Unavailable("heads.disk-full", path=str(path))
                os.fsync(handle)
        finally:
            os.close(handle)
        if born:  # without this a power cut may forget the file's name, and with it all heads
            _sync_folder(path.parent)
    except OSError as error:
        raise Unavailable("heads.unwritable", path=str(path), why=error.strerror or "") from error


def _cut_torn_line(handle: int) -> None:
    size = os.lseek(handle, 0, os.SEEK_END)
    kept = size
    while kept:
        step = min(kept, 4096)
        os.lseek(handle, kept - step, os.SEEK_SET)
        at = os.read(handle, step).rfind(b"\n")
        kept = kept - step + at + 1
        if at >= 0:
            break
    if kept != size:
        os.ftruncate(handle, kept)


class _alone:
    """Hold the file against other processes where the system has advisory locks."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def __enter__(self) -> None:
        if os.name == "posix":
            import fcntl

            fcntl.flock(self._handle, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        """The lock goes when the file is closed."""


def read(path: Path, verifiers: Iterable[note.Verifier], newest: int | None = None) -> Heads:
    """Read heads.log and check its signatures.

    Args:
        verifiers: the keys this ledger has had, oldest first; each head must be signed by one.
        newest: look only at so many of the last heads, and not at all (None), which takes seconds after years.
    Raises:
        Damaged: `heads.damaged` with `line` and `why`. Unavailable: `heads.unreadable`.
    """
    try:
        if path.stat().st_size > MAX_LOG:
            raise Damaged("heads.damaged", path=str(path), line=0, why="too large")
        data = path.read_bytes()
    except FileNotFoundError:
        return Heads(missing=True)
    except OSError as error:
        raise Unavailable("heads.unreadable", path=str(path), why=error.strerror or "") from error
    *lines, rest = data.split(b"\n")
    trusted = tuple(verifiers)
    first = 0 if newest is None else max(0, len(lines) - newest)
    signed = tuple(_open(path, number, line, trusted) for number, line in enumerate(lines[first:], first + 1))
    return Heads(signed, torn=bool(rest))


def _open(path: Path, number: int, line: bytes, trusted: tuple[note.Verifier, ...]) -> tuple[Snapshot, bytes]:
    raw = note.unbase64(line.decode("ascii", "replace"))
    why = "not base64"
    for verifier in trusted if raw is not None else ():
        try:
            return open_snapshot(raw or b"", verifier), raw or b""
        except BadInput as error:
            why = error.key
    raise Damaged("heads.damaged", path=str(path), line=number, why=why)


def disagreements(
    heads: Heads, size: int, root_at: Callable[[int], bytes], recorded: Iterable[bytes] = ()
) -> list[Disagreement]:
    """Compare signed heads with the ledger.

    Args:
        heads: from `read`. size: entries in the ledger. root_at: the Merkle tree hash over its first n entries.
        recorded: the notes of the ledger's own `snapshot.signed` entries. Each was in heads.log before it was in the ledger.
    Returns:
        H001 for each head beyond the ledger's end (an older database was put back, or entries were cut off), H002 for each head with
        another root (history was rewritten), H004 once when heads.log lacks a head that the ledger tells of. Empty when all is well.
    """
    found = []
    for snapshot, _ in heads.signed:
        if snapshot.size > size:
            found.append(Disagreement(SHORTER, snapshot.size, f"the ledger has {size} entries"))
        elif root_at(snapshot.size) != snapshot.root:
            found.append(Disagreement(REWRITTEN, snapshot.size))
    held = {signed for _, signed in heads.signed}
    lost = sum(signed not in held for signed in recorded)
    if lost:
        found.append(Disagreement(MISSING, -1, f"{lost} heads are in the ledger only"))
    return found


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

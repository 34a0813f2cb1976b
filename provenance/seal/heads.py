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
from provenance.seal import files, note, succession
from provenance.seal.snapshot import Snapshot, open_snapshot
from provenance.seal.succession import Line
from provenance.seal.vault import Vault

SHORTER, REWRITTEN, DAMAGED, MISSING, FORGOTTEN, UNCOUNTED = "H001", "H002", "H003", "H004", "H005", "H006"
MAX_LOG = 256 * 1024 * 1024


@dataclass(frozen=True)
class Heads:
    """What heads.log holds. signed: oldest first, each head with its note's bytes. torn: a crash cut the last line. missing: no file."""

    signed: tuple[tuple[Snapshot, bytes], ...] = ()
    torn: bool = False
    missing: bool = False


@dataclass(frozen=True)
class Disagreement:
    """A signed head and the ledger do not fit. code: H001 to H006. size: of the head, -1 where none can be named."""

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
            files.sync_folder(path.parent)
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


def uncounted(heads: Heads, line: Line) -> list[Disagreement]:
    """H006 for each head that a key signed which was not the ledger's at that size: an old key was used after it had been given up."""
    if len(line.reigns) == 1:
        return []  # `read` found that one key signed all of them
    astray = succession.counted(line, [(snapshot.size, raw) for snapshot, raw in heads.signed])
    return [Disagreement(UNCOUNTED, size) for size in astray]


def remember(vault: Vault, snapshot: Snapshot, signed: bytes) -> None:
    """Put a head into the keychain, unless a later one is there. Raises Unavailable `seal.keychain`."""
    before = _size(recall(vault, snapshot.origin))
    if before is None or before <= snapshot.size:
        vault.put(_place(snapshot.origin), signed.decode())


def recall(vault: Vault, origin: str) -> bytes | None:
    """The head that the keychain holds. Raises Unavailable `seal.keychain`."""
    text = vault.get(_place(origin))
    return text.encode() if text is not None else None


def forgotten(heads: Heads, kept: bytes | None, line: Line, size: int) -> list[Disagreement]:
    """H005 where the keychain holds a head that heads.log does not, or that the ledger does not begin with: both were put back.

    Args:
        kept: what the keychain holds; None: nothing. line: the ledger's keys. size: of the ledger.
    """
    if kept is None or any(signed == kept for _, signed in heads.signed):
        return []  # one that heads.log holds was compared with the ledger there
    known = next((found for key in line.verifiers if (found := _opened(kept, key)) is not None), None)
    if known is None:
        return [Disagreement(FORGOTTEN, -1, "the keychain holds a head by a key that this ledger does not know")]
    short = f"the keychain holds a signed head of {known.size} entries"
    return [Disagreement(FORGOTTEN, known.size, f"{short}; the ledger has {size}" if known.size > size else short)]


def _opened(signed: bytes, key: note.Verifier) -> Snapshot | None:
    try:
        return open_snapshot(signed, key)
    except BadInput:
        return None


def _size(signed: bytes | None) -> int | None:
    """The size that a note claims, its signature aside; None where it is none."""
    lines = (signed or b"").split(b"\n")
    return int(lines[1]) if len(lines) > 1 and lines[1].isdigit() else None


def _place(origin: str) -> str:
    return f"head {origin}"

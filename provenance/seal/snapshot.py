"""A ledger's head, signed: a C2SP tlog-checkpoint in a signed note, and `.tlog-proof` files. Pure.

Formats: https://c2sp.org/tlog-checkpoint@v1.0.0 (three lines: origin, size, base64 root; extension lines are not used and refused)
and https://c2sp.org/tlog-proof@v1. Every parser refuses a second spelling of the same thing.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from provenance.errors import BadInput
from provenance.seal import note

PROOF_HEADER = "c2sp.org/tlog-proof@v1"
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True)
class Snapshot:
    """The first `size` entries of the ledger `origin` have the Merkle tree hash `root` (32 raw bytes)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The note text: three lines."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True)
class Proof:
    """An entry's inclusion under a signed head. path: 32 bytes each, the leaf's sibling first. note: the checkpoint's exact bytes."""

    index: int
    path: tuple[bytes, ...]
    note: bytes
    extra: bytes | None = None


def parse(text: str) -> Snapshot:
    """A Snapshot from note text; `parse(text).text() == text`. Raises BadInput `seal.bad-snapshot`."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3]:
        raise BadInput("seal.bad-snapshot", why="not exactly three lines")
    origin, size, encoded = lines[:3]
    root = note.unbase64(encoded)
    if not origin or not _DECIMAL.fullmatch(size) or int(size) >= 2**63 or root is None or len(root) != 32:
        raise BadInput("seal.bad-snapshot", why="malformed origin, size or root")
    return Snapshot(origin, int(size), root)


def sign(snapshot: Snapshot, key: note.Key) -> bytes:
    """The signed note's bytes. The key's name must be the ledger's origin. Raises BadInput `seal.bad-snapshot`."""
    if key.name != snapshot.origin:
        raise BadInput("seal.bad-snapshot", why="the key is of another ledger")
    return note.sign(parse(snapshot.text()).text(), [key])


def open_snapshot(data: bytes, verifier: note.Verifier) -> Snapshot:
    """The head in a signed note.

    Args:
        data: the note's exact bytes.
        verifier: the trusted key; its name is the origin that is expected.
    Raises:
        BadInput: `seal.bad-note`, `seal.bad-signature`, `seal.unsigned`, `seal.bad-snapshot`.
    """
    found = parse(note.open_note(data, [verifier]).text)
    if found.origin != verifier.name:
        raise BadInput("seal.bad-snapshot", why="the origin is not the key's name")
    return found


def tlog_proof(index: int, path: Sequence[bytes], signed: bytes, extra: bytes | None = None) -> str:
    """The text of a `.tlog-proof` file: header, `extra` if given, index, path, empty line, checkpoint."""
    lines = [PROOF_HEADER]
    if extra is not None:
        lines.append(f"extra {base64.b64encode(extra).decode()}")
    lines.append(f"index {index}")
    lines += [base64.b64encode(item).decode() for item in path]
    return "\n".join(lines) + "\n\n" + signed.decode()


def parse_tlog_proof(text: str) -> Proof:
    """A `.tlog-proof` file's parts; nothing is verified. Raises BadInput `seal.bad-proof`."""
    head, gap, signed = text.partition("\n\n")
    lines = head.split("\n")
    extra = None
    if not gap or lines.pop(0) != PROOF_HEADER:
        raise BadInput("seal.bad-proof", why="not a tlog-proof of version 1")
    if lines and lines[0].startswith("extra "):
        extra = note.unbase64(lines.pop(0).removeprefix("extra "))
        if extra is None:
            raise BadInput("seal.bad-proof", why="malformed extra line")
    index = lines.pop(0).removeprefix("index ") if lines and lines[0].startswith("index ") else ""
    if not _DECIMAL.fullmatch(index) or len(lines) > 63:
        raise BadInput("seal.bad-proof", why="malformed index, or a path too long")
    path = tuple(item for item in map(note.unbase64, lines) if item is not None and len(item) == 32)
    if len(path) != len(lines):
        raise BadInput("seal.bad-proof", why="malformed path")
    return Proof(int(index), path, signed.encode(), extra)

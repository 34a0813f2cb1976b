"""Step 13 of the verification: other people's words under heads of this ledger, C2SP tlog-cosignature v1 with Ed25519. Pure.

A cosignature says that, by the witness's own clock, this was the largest head of this ledger that the witness had seen, and that it began
with each head the witness had cosigned before. A consistency proof says that the ledger shown here begins with that head. Both together: up
to there this history is the one that the witness saw. It counts for whoever trusts that witness beforehand, and only where the witness is
somebody else: a key that is the ledger's own, or the author's, is no other person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from provenance import clock
from provenance.bundle import author
from provenance.bundle.anchored import SMALL, Known, past, runs
from provenance.bundle.contents import take
from provenance.bundle.verdict import Files, Finding, Trust, Witnessed
from provenance.errors import BadInput
from provenance.seal import cosign, ed25519, note, person
from provenance.seal.note import Signature

KIND = "head.witnessed/"
_OWN = {"ledger.opened/": ("public_key", "next_key"), "key.rotated/": ("old_key", "new_key", "next_key"),
        "key.revoked/": ("old_key", "new_key", "next_key"), author.KIND: ("public_key",)}  # fmt: skip
_NOTE = re.compile(r"proof/witnessed-([1-9][0-9]{0,15})\.txt")
_PROOF = re.compile(r"proof/witnessed-([1-9][0-9]{0,15})\.consistency")


@dataclass(frozen=True)
class _Head:
    """A head of this ledger as a file holds it. own: the ledger's note alone, whose SHA-256 entries name. lines: others', under it."""

    file: str
    size: int
    text: str
    own: bytes
    lines: tuple[Signature, ...]

    def with_line(self, line: Signature) -> str:
        """SHA-256 of the ledger's note with this one line under it, as `head.witnessed` names it."""
        return sha256(self.own + note.signature_line(line.name, line.key_id, line.data).encode()).hexdigest()


def names(size: int) -> tuple[str, str]:
    """Where a cosigned head and its consistency proof lie."""
    return f"proof/witnessed-{size}.txt", f"proof/witnessed-{size}.consistency"


def present(files: Files) -> bool:
    """Whether a bundle has anything of this."""
    return any(_NOTE.fullmatch(name) or _PROOF.fullmatch(name) for name in files.names())


def witnessed(files: Files, known: Known, trust: Trust, found: list[Finding]) -> tuple[Witnessed, ...]:
    """Check every cosigned head.

    Returns:
        The good words of witnesses that are trusted and are somebody else, the largest head first.
    """
    if known.head is None or known.key is None:
        return ()
    sizes = {int(match[1]) for name in known.names if (match := _NOTE.fullmatch(name))}
    for name in sorted(known.names):
        match = _PROOF.fullmatch(name)
        if match and int(match[1]) not in sizes and names(int(match[1]))[0] not in known.missing:
            found.append(Finding("W002", {"name": name}))
    own = frozenset(_own(files, known))
    good: list[Witnessed] = []
    for size in sorted(sizes, reverse=True):
        head = _head(files, known, size, found)
        if head is not None:
            good += [one for line in head.lines if (one := _word(head, line, known, trust, own, found)) is not None]
            _told(known, head, found)
    _beyond(known, trust, good, found)
    return tuple(good)


def _beyond(known: Known, trust: Trust, good: list[Witnessed], found: list[Finding]) -> None:
    """W007 where nobody who is trusted said anything, W008 for what the largest head that one of them saw does not reach."""
    if trust.witnesses and not good:
        found.append(Finding("W007"))
    later = [seq for seq in sorted(known.entries) if good and seq >= good[0].size]
    if later:
        found.append(Finding("W008", {"entries": ", ".join(runs(later)), "size": str(good[0].size)}))


def _own(files: Files, known: Known) -> Iterator[str]:
    """Fingerprints of every key of the ledger and its author that is named here: SHA-256 of 32 raw bytes, or of a SubjectPublicKeyInfo."""
    if known.key is not None:
        yield sha256(known.key.public).hexdigest()
    for entry in known.entries.values():
        for prefix, fields in _OWN.items():
            if entry.kind.startswith(prefix):
                yield from (value for name in fields if isinstance(value := entry.open.get(name), str))
    try:
        yield person.parse(files.read(author.PEM, SMALL)).fingerprint
    except (KeyError, BadInput):
        return  # none, or one that step 12 speaks of


def _head(files: Files, known: Known, size: int, found: list[Finding]) -> _Head | None:
    """The head in a file, where it is this ledger's and the beginning of what the snapshot covers."""
    name, _ = at = names(size)
    key = known.line.at(size) if known.line is not None else known.key
    data = take(files, name, SMALL, found)
    if data is None or known.head is None or key is None:
        return None
    try:
        text, lines = note.parse(data)
    except BadInput:
        text, lines = "", ()
    if not lines or (lines[0].name, lines[0].key_id) != (key.name, key.key_id):
        found.append(Finding("W002", {"name": name}))
        return None
    if past(files, known, at, size, data, ("W002", "W003"), found) is None:
        return None
    own = f"{text}\n{note.signature_line(lines[0].name, lines[0].key_id, lines[0].data)}".encode()
    return _Head(name, size, text, own, lines[1:])


def _word(head: _Head, line: Signature, known: Known, trust: Trust, own: frozenset[str], found: list[Finding]) -> Witnessed | None:
    """The good word of a trusted witness who is somebody else, or a finding."""
    where = {"name": head.file, "witness": line.name, "key_id": line.key_id.hex()}
    mine = [one for one in trust.witnesses if (one.name, one.key_id) == (line.name, line.key_id)]
    if not mine:
        found.append(Finding("W001", where))
        return None
    said = [(one, at) for one in mine if (at := cosign.time_said(one, line, head.text)) is not None]
    if not said:
        found.append(Finding("W004", where))
        return None
    by, at = said[0]
    if own & {sha256(by.public).hexdigest(), sha256(ed25519.spki(by.public)).hexdigest()}:
        found.append(Finding("W006", where))
        return None
    under = sum(seq < head.size for seq in known.entries)
    return Witnessed(head.size, _stamp(at), by.name, by.vkey, head.file, under, len(known.entries))


def _stamp(at: int) -> str:
    return clock.stamp(datetime.fromtimestamp(at, UTC))


def _told(known: Known, head: _Head, found: list[Finding]) -> None:
    """W005: what the ledger says of a line that is here, against the line."""
    lines = {head.with_line(line): line for line in head.lines}
    for seq, entry in sorted(known.entries.items()):
        line = lines.get(str(entry.open.get("cosigned")))
        if entry.kind.startswith(KIND) and line is not None and not _agrees(entry.open, head, line):
            found.append(Finding("W005", {"seq": str(seq), "name": head.file}))


def _agrees(said: Any, head: _Head, line: Signature) -> bool:
    try:
        by = cosign.parse_vkey(str(said.get("vkey")))
    except BadInput:
        return False
    at = cosign.time_said(by, line, head.text)
    if at is None or type(said.get("size")) is not int:
        return False
    told = tuple(said.get(name) for name in ("witness", "key_id", "size", "covers", "time"))
    return told == (line.name, line.key_id.hex(), head.size, sha256(head.own).hexdigest(), _stamp(at))

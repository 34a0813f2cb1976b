"""Step 11 of the verification: third parties' times over heads of this ledger. Pure.

A token says that a signed note existed at its time; a consistency proof says that the ledger shown here begins with the entries of that
note. Both together: these entries existed by then. A token that leads to no root which the person who checks trusts beforehand is noted
and proves nothing to them; one that does not fit what it lies beside is a failure, whoever made it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from provenance.bundle import proven
from provenance.bundle.contents import take
from provenance.bundle.verdict import Anchor, Files, Finding, Trust
from provenance.errors import BadInput
from provenance.ledger import chain, merkle
from provenance.seal import note, snapshot, timestamp, token
from provenance.seal.snapshot import Snapshot
from provenance.seal.succession import Line
from provenance.seal.token import Token

SMALL = 1 << 16
ATTESTED = "time.attested/"
_NOTE = re.compile(r"proof/anchor-([1-9][0-9]{0,15})\.txt")
_PART = re.compile(r"proof/anchor-([1-9][0-9]{0,15})(\.consistency|\.ots|-[1-9][0-9]{0,3}\.tsr)")


@dataclass(frozen=True)
class Known:
    """What the steps before found: names there, names listed and missing, the entries, the head, its key, and the ledger's keys."""

    names: frozenset[str]
    missing: frozenset[str]
    entries: Mapping[int, chain.Entry]
    head: Snapshot | None
    key: note.Verifier | None
    line: Line | None


def names(size: int) -> tuple[str, str]:
    """Where the note of a head and its consistency proof lie."""
    return f"proof/anchor-{size}.txt", f"proof/anchor-{size}.consistency"


def token_name(size: int, number: int) -> str:
    """Where the head's token of this number (1, 2, ...) lies."""
    return f"proof/anchor-{size}-{number}.tsr"


def encode_proof(path: tuple[bytes, ...]) -> bytes:
    """A consistency proof as a file: one hash a line."""
    import base64

    return b"".join(base64.b64encode(item) + b"\n" for item in path)


def decode_proof(data: bytes) -> tuple[bytes, ...] | None:
    """What `encode_proof` wrote; None for anything else."""
    try:
        lines = data.decode("ascii").split("\n")
    except UnicodeDecodeError:
        return None
    found = tuple(item for line in lines[:-1] if (item := note.unbase64(line)) is not None and len(item) == 32)
    return found if encode_proof(found) == data else None


def anchors(files: Files, known: Known, trust: Trust, found: list[Finding]) -> tuple[Anchor, ...]:
    """Check every anchor.

    Returns:
        All tokens that are sound, trusted or not, the largest head first.
    """
    if known.head is None or known.key is None:  # there is nothing that a time could be of
        found.append(Finding("T001"))
        return ()
    sizes = {int(match[1]) for name in known.names if (match := _NOTE.fullmatch(name))}
    for name in sorted(known.names):
        match = _PART.fullmatch(name)
        if match and int(match[1]) not in sizes and names(int(match[1]))[0] not in known.missing:
            found.append(Finding("T002", {"name": name}))
    sound = [one for size in sorted(sizes, reverse=True) for one in _anchor(files, known, size, trust, found)]
    _said(known, sound, found)
    _beyond(known, [one.anchor for one in sound if one.anchor.trusted], found)
    return tuple(one.anchor for one in sound)


@dataclass(frozen=True)
class _Sound:
    anchor: Anchor
    covers: str
    digest: str


def _anchor(files: Files, known: Known, size: int, trust: Trust, found: list[Finding]) -> list[_Sound]:
    """The sound tokens over one head; without a good head none is looked at."""
    data = take(files, names(size)[0], SMALL, found)
    if data is None or past(files, known, names(size), size, data, ("T002", "T003"), found) is None:
        return []
    _proven(files, known, size, data, found)
    tokens = sorted((m[2] for n in known.names if (m := _PART.fullmatch(n)) and int(m[1]) == size and m[2].endswith(".tsr")), key=_number)
    return [one for part in tokens if (one := _token(files, f"proof/anchor-{size}{part}", size, data, trust, found)) is not None]


def _proven(files: Files, known: Known, size: int, data: bytes, found: list[Finding]) -> None:
    file, covers = proven.name(size), sha256(data).hexdigest()
    raw = take(files, file, SMALL, found) if file in known.names else None
    named = proven.check(raw, file, covers, found) if raw is not None else None
    if named is not None:
        proven.said(known.entries, covers, size, file, named, found)


def _number(part: str) -> int:
    return int(part[1:].partition(".")[0])


def past(
    files: Files, known: Known, at: tuple[str, str], size: int, data: bytes, codes: tuple[str, str], found: list[Finding]
) -> Snapshot | None:
    """A head of this ledger that is the beginning of what the snapshot covers.

    Args:
        at: where its note and its consistency proof lie. data: the note's bytes. codes: for a note that is not this ledger's of that size,
            and for one that is not its past.
    """
    name, proof = at
    now, key = known.head, known.line.at(size) if known.line is not None else known.key
    assert now is not None and key is not None
    try:
        head = snapshot.open_snapshot(data, key)
    except BadInput:
        head = None
    if head is None or head.size != size:
        found.append(Finding(codes[0], {"name": name}))
        return None
    raw = take(files, proof, SMALL, found)
    if raw is None and proof in known.missing:
        return None  # said already, as B004
    path = decode_proof(raw) if raw is not None else None
    if path is None or not merkle.verify_consistency(size, now.size, path, head.root, now.root):
        found.append(Finding(codes[1], {"name": name}))
        return None
    return head


def _token(files: Files, name: str, size: int, data: bytes, trust: Trust, found: list[Finding]) -> _Sound | None:
    answer = take(files, name, SMALL, found)
    if answer is None:
        return None
    digest = sha256(data).digest()
    try:
        read = token.parse(answer)
    except BadInput:
        found.append(Finding("T004", {"name": name}))
        return None
    if read.imprint != ("sha256", digest):
        found.append(Finding("T005", {"name": name}))
        return None
    if not token.signed(read):
        found.append(Finding("T006", {"name": name}))
        return None
    root = _root(read, trust)
    if root is None:
        found.append(Finding("T007", {"name": name, "authority": read.authority, "time": read.stamp}))
    return _Sound(
        Anchor(
            size=size, time=read.stamp, authority=read.authority, accuracy_ms=read.accuracy_ms, serial=read.serial, file=name,
            root=sha256(root).hexdigest() if root else None,
        ),
        digest.hex(), sha256(answer).hexdigest(),
    )  # fmt: skip


def _root(read: Token, trust: Trust) -> bytes | None:
    """The root in the end: one that was handed over as trusted, or any certificate, wherever it came from, whose fingerprint is pinned."""
    carried = timestamp.pinned(token.carried(read), trust.time_pinned)
    return token.root_of(read, tuple(dict.fromkeys((*trust.time_roots, *carried))))


def _said(known: Known, sound: list[_Sound], found: list[Finding]) -> None:
    """T008: what the ledger says of a token that is here, against the token."""
    for seq, entry in sorted(known.entries.items()):
        if not entry.kind.startswith(ATTESTED):
            continue
        said = tuple(entry.open.get(name) for name in ("time", "covers", "size"))
        mine = [one for one in sound if one.digest == entry.open.get("token")]
        wrong = [one.anchor.file for one in mine if said != (one.anchor.time, one.covers, one.anchor.size)]
        found += [Finding("T008", {"seq": str(seq), "name": name}) for name in wrong]


def _beyond(known: Known, trusted: list[Anchor], found: list[Finding]) -> None:
    """T001 without a trusted time, T009 for what the largest head under one does not reach."""
    if not trusted:
        found.append(Finding("T001"))
        return
    size = max(one.size for one in trusted)
    later = [seq for seq in sorted(known.entries) if seq >= size]
    if later:
        found.append(Finding("T009", {"entries": ", ".join(runs(later)), "size": str(size)}))


def runs(seqs: list[int]) -> Iterator[str]:
    """Ascending numbers as runs: 3 4 5 9 as 3-5, 9."""
    start = last = seqs[0]
    for seq in (*seqs[1:], None):
        if seq is not None and seq == last + 1:
            last = seq
            continue
        yield f"{start}-{last}" if last > start else str(start)
        if seq is not None:
            start = last = seq

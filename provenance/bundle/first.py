"""Step 10 of the verification: from the key that opened the ledger to the one that signed. Pure.

Entry 0 names the first key; each `key.rotated` and `key.revoked` entry that is here gives the ledger another one, by a statement that the
keys themselves signed. Without such entries the first key must be the signer's.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from provenance.bundle.verdict import Finding
from provenance.errors import BadInput
from provenance.ledger import chain
from provenance.seal import note, succession
from provenance.seal.snapshot import Snapshot
from provenance.seal.succession import Line

OPENED = "data/entries/00000000.json"


def first(
    entries: Mapping[int, chain.Entry], key: note.Verifier | None, head: Snapshot | None, *, absent: bool, found: list[Finding]
) -> Line | None:
    """The ledger's keys as far as the entries tell of them; None where not even the first is known.

    Args:
        key: the signer's. head: what it signed. absent: entry 0 is neither here nor listed.
    """
    entry = entries.get(0)
    if entry is None:
        if absent:
            found.append(Finding("K005"))
        return None
    if not entry.kind.startswith("ledger.opened/"):
        found.append(Finding("K005"))
        return None
    try:
        line = succession.begin(entry.open)
    except BadInput:
        found.append(Finding("K006"))
        return None
    line = _followed(line, entries, found)
    if key is not None and key != (line.at(head.size) if head is not None else line.current.verifier):
        found.append(Finding("K006"))
    return line


def _followed(line: Line, entries: Mapping[int, chain.Entry], found: list[Finding]) -> Line:
    for seq, entry in sorted(entries.items()):
        if not entry.kind.startswith(succession.PREFIXES):
            continue
        try:
            line = succession.follow(line, seq, entry.kind, entry.open)
        except BadInput as error:
            found.append(Finding("K007", {"seq": str(seq), "why": str(error.params.get("why", "not signed by the keys that must sign"))}))
            break  # whoever comes after a key that never reigned does not reign either
        said = line.current.statement
        if not line.current.committed:
            found.append(Finding("K008", {"seq": str(seq)}))
        if said is not None and said.event == succession.LOST:
            found.append(Finding("K009", {"seq": str(seq)}))
        if said is not None and said.event == succession.REVOKED:
            counted = entry.open.get("counted")
            found.append(Finding("K010", {"seq": str(seq), "since": said.since, "counted": str(counted if type(counted) is int else 0)}))
    return line


def expected(fingerprint: str | None, key: note.Verifier | None, line: Line | None) -> list[Finding]:
    """K004 where a key is demanded and is neither the signer's nor one that led to it.

    Args:
        fingerprint: SHA-256 of the raw key, 64 hex digits; None: nothing is demanded.
    """
    if fingerprint is None or key is None:
        return []
    led = line.verifiers if line is not None and key in line.verifiers else ()
    mine = sha256(key.public).hexdigest()
    if fingerprint in {mine, *(succession.fingerprint(one.public) for one in led)}:
        return []
    return [Finding("K004", {"expected": fingerprint, "found": mine})]

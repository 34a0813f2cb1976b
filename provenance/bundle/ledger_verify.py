"""Verify the recorder's own ledger, with the Verdict of a bundle.

 1 chain   the entries follow one another unchanged: counting, hashes, links, columns, form, and each stored value against its digest
 2 heads   the ledger begins with every head that was signed and kept in heads.log, and heads.log holds every head the ledger tells of
 3 keys    one key followed another by statements that they signed, and each head was signed by the key that was to sign it
 4 time    what is known of the time: nothing but this machine's own clock
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from provenance import clock, facts
from provenance.bundle.beyond import beyond
from provenance.bundle.first import first
from provenance.bundle.verdict import Done, Finding, Verdict, conclude
from provenance.errors import BadInput, Damaged
from provenance.ledger import check
from provenance.ledger.chain import Entry
from provenance.ledger.store import Ledger
from provenance.seal import heads, note, succession
from provenance.seal.succession import Line


def verify_ledger(
    ledger: Path, log: Path, verifiers: Sequence[note.Verifier] = (), *,
    depth: Literal["full", "quick"] = "full", progress: Callable[[int, int], None] | None = None,
    kept: bytes | None = None, locked: bool = False,
) -> Verdict:
    """Check a ledger file and its heads.log.

    Args:
        ledger, log: the files `ledger.db` and `heads.log`.
        verifiers: keys that are trusted to have signed heads, from the key folder; the key that entry 0 names is always among them.
        depth: `quick` leaves out the stored values. progress: told (entries done, entries in all).
        kept: the head that the keychain holds. locked: it should hold one and could not be asked.
    Raises:
        Unavailable: a file that is not there or cannot be read. Busy: `ledger.busy`.
    """
    told = _told(ledger)
    recorded, size, line = told.recorded, told.size, told.line
    known = tuple(dict.fromkeys((*verifiers, *(line.verifiers if line else ()))))
    broken: list[Finding] = [Finding("H007")] if locked else []
    signed = heads.Heads()
    try:
        signed = heads.read(log, known)
    except Damaged as error:
        broken.append(Finding(heads.DAMAGED, {"detail": f"line {error.params.get('line', '?')}: {error.params.get('why', '')}"}))
    roots = {said.size: said.root for said in succession.spoken(line)} if line else {}
    roots |= {snapshot.size: snapshot.root for snapshot, _ in signed.signed}
    held = {raw for _, raw in signed.signed}
    lost = sum(raw not in held for raw in recorded)
    if lost and not any(finding.code == heads.DAMAGED for finding in broken):
        broken.append(Finding(heads.MISSING, {"detail": str(lost)}))
    if line is not None:
        wrong = [*heads.uncounted(signed, line), *heads.forgotten(signed, kept, line, size)]
        broken += [Finding(one.code, {"size": str(one.size), "detail": one.detail}) for one in wrong]
    chain: list[Finding] = []
    for fault in check.check(ledger, depth=depth, progress=progress, heads=roots):
        (broken if fault.code.startswith("H") else chain).append(Finding(fault.code, {"seq": str(fault.seq), "detail": fault.detail}))
    broken += beyond(log)
    done = [Done("chain", chain), Done("heads", broken), Done("keys", told.keys), Done("time", [Finding("T001")])]
    return conclude(done, counts={"entries": size, "heads": len(signed.signed)})


@dataclass(frozen=True)
class _Told:
    """What the entries say. recorded: the signed heads they tell of. line: the keys, None where entry 0 names none.
    keys: findings there."""

    recorded: list[bytes]
    size: int
    line: Line | None
    keys: list[Finding]


def _told(path: Path) -> _Told:
    """What cannot be read is `check`'s to report."""
    recorded: list[bytes] = []
    entries: dict[int, Entry] = {}
    size = 0
    try:
        with Ledger.open(path, clock.system, read_only=True) as ledger:
            size = ledger.size()
            entries |= {entry.seq: entry for entry in ledger.entries(0, 1)}
            for entry in ledger.entries(kinds=(facts.SnapshotSigned.KIND, *succession.KINDS)):
                if entry.kind == facts.SnapshotSigned.KIND:
                    recorded.append(str(entry.open.get("note", "")).encode())
                else:
                    entries[entry.seq] = entry
    except (BadInput, Damaged):
        pass  # the same fault is found, and named by its entry, in the walk over every row
    found: list[Finding] = []
    line = first(entries, None, None, absent=False, found=found)
    return _Told(recorded, size, line, found)

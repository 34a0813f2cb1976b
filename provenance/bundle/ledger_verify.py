"""Verify the recorder's own ledger, with the Verdict of a bundle.

 1 chain   the entries follow one another unchanged: counting, hashes, links, columns, form, and each stored value against its digest
 2 heads   the ledger begins with every head that was signed and kept in heads.log, and heads.log holds every head the ledger tells of
 3 time    what is known of the time: nothing but this machine's own clock
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from provenance import clock, facts
from provenance.bundle.verdict import Done, Finding, Verdict, conclude
from provenance.errors import BadInput, Damaged
from provenance.ledger import check
from provenance.ledger.store import Ledger
from provenance.seal import heads, note


def verify_ledger(
    ledger: Path, log: Path, verifiers: Sequence[note.Verifier] = (), *,
    depth: Literal["full", "quick"] = "full", progress: Callable[[int, int], None] | None = None,
) -> Verdict:
    """Check a ledger file and its heads.log.

    Args:
        ledger, log: the files `ledger.db` and `heads.log`.
        verifiers: keys that are trusted to have signed heads, from the key folder; the key that entry 0 names is always among them.
        depth: `quick` leaves out the form of entries and the stored values. progress: told (entries done, entries in all).
    Raises:
        Unavailable: a file that is not there or cannot be read. Busy: `ledger.busy`.
    """
    opened, recorded, size = _told(ledger)
    known = tuple(dict.fromkeys((*verifiers, *opened)))
    broken: list[Finding] = []
    signed = heads.Heads()
    try:
        signed = heads.read(log, known)
    except Damaged as error:
        broken.append(Finding(heads.DAMAGED, {"detail": f"line {error.params.get('line', '?')}: {error.params.get('why', '')}"}))
    roots = {snapshot.size: snapshot.root for snapshot, _ in signed.signed}
    held = {raw for _, raw in signed.signed}
    lost = sum(raw not in held for raw in recorded)
    if lost and not broken:
        broken.append(Finding(heads.MISSING, {"detail": str(lost)}))
    chain: list[Finding] = []
    for fault in check.check(ledger, depth=depth, progress=progress, heads=roots):
        (broken if fault.code.startswith("H") else chain).append(Finding(fault.code, {"seq": str(fault.seq), "detail": fault.detail}))
    done = [Done("chain", chain), Done("heads", broken), Done("time", [Finding("T001")])]
    return conclude(done, counts={"entries": size, "heads": len(signed.signed)})


def _told(path: Path) -> tuple[list[note.Verifier], list[bytes], int]:
    """The key that entry 0 names, the signed heads that entries tell of, and the size; what cannot be read is `check`'s to report."""
    found: list[note.Verifier] = []
    recorded: list[bytes] = []
    size = 0
    try:
        with Ledger.open(path, clock.system, read_only=True) as ledger:
            size = ledger.size()
            recorded += [str(entry.open.get("note", "")).encode() for entry in ledger.entries(kinds=(facts.SnapshotSigned.KIND,))]
            found += [note.parse_vkey(str(entry.open.get("vkey", ""))) for entry in ledger.entries(0, 1)]
    except (BadInput, Damaged):
        pass  # the same fault is found, and named by its entry, in the walk over every row
    return found, recorded, size

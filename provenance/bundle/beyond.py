"""Signed heads that a closed ledger does not reach: noted beside its heads.log, and said by every verification."""

from __future__ import annotations

from pathlib import Path

from provenance.bundle.verdict import Finding
from provenance.seal import note

BEYOND = "heads.beyond.log"
"""Beside the heads.log of a closed ledger, in the same form."""


def beyond(log: Path) -> list[Finding]:
    """L013 where this is the closed beginning of a longer ledger. A note: nothing that is there is wrong."""
    try:
        lines = log.with_name(BEYOND).read_bytes().splitlines()
    except OSError:
        return []
    notes = [note.unbase64(line.decode("ascii", "replace")) or b"" for line in lines]
    sizes = sorted({int(size) for one in notes if len(parts := one.split(b"\n")) > 2 and (size := parts[1]).isdigit() and len(size) < 17})
    return [Finding("L013", {"detail": ", ".join(map(str, sizes[-5:]))})]

"""Verify a backup where it lies, with the Verdict of a ledger.

 1 files   every file that the manifest and the list name is there with its bytes
 2 chain   3 heads   4 time: as the ledger itself, deep
 5 blobs   what the home did not hold when the backup was made
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from provenance.bundle import backup_format as form
from provenance.bundle.backup_format import Manifest
from provenance.bundle.home_check import joined
from provenance.bundle.ledger_verify import verify_ledger
from provenance.bundle.verdict import Done, Finding, Verdict
from provenance.errors import BadInput

GONE, OTHER, LACKED = "R020", "R021", "R010"


def verify_backup(folder: Path, progress: Callable[[int, int], None] | None = None) -> tuple[Manifest, Verdict]:
    """Read every byte of a backup and verify its ledger. Nothing is written.

    Raises:
        BadInput: `backup.none` where there is no backup, `backup.bad-manifest`.
    """
    manifest = form.read(folder)
    if manifest is None:
        raise BadInput("backup.none", path=str(folder))
    files = [(one.name, one.sha256, one.size) for one in manifest.files]
    files += [(name, sha, size) for name, (sha, size) in form.read_list(folder, manifest).items()]
    found = []
    for number, (name, sha, size) in enumerate(files, 1):
        code = compared(folder / name, sha, size)
        if code:
            found.append(Finding(code, {"detail": name}))
        if progress is not None:
            progress(number, len(files))
    ledger, log = manifest.item("ledger.db"), manifest.item("heads.log")
    if ledger is None or log is None or not (folder / ledger.name).is_file():
        missing = [Finding(GONE, {"detail": "ledger.db, heads.log"})]
        return manifest, joined([Done("backup.files", [*found, *missing]), Done("chain", [], checked=False)])
    verdict = verify_ledger(folder / ledger.name, folder / log.name, progress=progress)
    if verdict.counts.get("entries") != manifest.size:
        found.append(Finding(OTHER, {"detail": f"{form.MANIFEST}: {manifest.size} entries"}))
    lacked = [Finding(LACKED, {"seq": "?", "detail": sha}) for sha in sorted({*manifest.missing, *manifest.damaged})]
    return manifest, joined([Done("backup.files", found)], verdict, [Done("blobs", lacked)])


def compared(path: Path, sha256: str, size: int) -> str:
    """The code of what is wrong with one file, or an empty text."""
    try:
        if path.is_symlink() or path.stat().st_size != size:
            return OTHER
        with path.open("rb") as file:
            return "" if hashlib.file_digest(file, "sha256").hexdigest() == sha256 else OTHER
    except FileNotFoundError:
        return GONE
    except OSError:
        return OTHER

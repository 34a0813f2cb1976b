"""A backup put back into an empty home. Never a fork: docs/decisions/0009-recovery.md.

A restored ledger is an older ledger. Where nothing is known that was signed after it, it goes on, and its next entry says that it was
restored. Where a later head is known, another entry under the next number would be a second history: the old ledger is closed for ever,
kept in the folder `predecessor`, and a new one with a key of its own names it.
"""

from __future__ import annotations

import base64
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from provenance import clock as clocks
from provenance import config, facts
from provenance.bundle import backup_format as form
from provenance.bundle.backup_format import Manifest
from provenance.bundle.backup_verify import verify_backup
from provenance.bundle.beyond import BEYOND
from provenance.bundle.home_check import PREDECESSORS
from provenance.bundle.verdict import FAIL
from provenance.clock import Clock
from provenance.config import Config, Home
from provenance.daemon import kin
from provenance.daemon.arrival import arriving, finished, require_empty
from provenance.daemon.house import SOFTWARE, create, open_house
from provenance.daemon.kin import Known
from provenance.daemon.sealing import sign_now
from provenance.errors import Damaged, ProvError, Unavailable
from provenance.ledger import copying, files
from provenance.ledger.store import Head, Ledger
from provenance.seal.vault import Vault
from provenance.seal.vault import keychain as system_keychain

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Restored:
    """What was done. manifest: None when a move that a crash had cut off was only finished. lacking: files and blobs that the backup did
    not hold. predecessor: the closed ledger's origin, where a new ledger was begun. later: size of the largest later head known."""

    manifest: Manifest | None
    lacking: tuple[str, ...] = ()
    predecessor: str | None = None
    later: int | None = None
    key: bool = True


def restore(
    source: Path, home: Home, clock: Clock = clocks.system, *, heads: Sequence[Path] = (), new_ledger: bool = False,
    keychain: Callable[[], Vault | None] = system_keychain, step: Progress | None = None,
) -> Restored:
    """Put a backup back.

    Args:
        source: the backup's folder. home: must be empty. heads: files with heads of this ledger that somebody else kept (a bundle, a
            checkpoint, a heads.log).
        keychain: may hold a later head than any file.
        new_ledger: close the restored ledger and begin a new one that names it; needed where a later head is known.
    Raises:
        BadInput: `restore.not-empty`, `backup.none`, `restore.no-head`. Damaged: `restore.bad-backup` with the first `code`,
            `restore.older` with the sizes, `restore.fork`. Unavailable: `restore.unwritable`, `restore.disk-full`.
    """
    if finished(home):
        return Restored(None)
    require_empty(home)
    manifest, verdict = verify_backup(source, step)
    bad = next((one for one in verdict.findings if one.severity == FAIL), None)
    if bad is not None:
        raise Damaged("restore.bad-backup", path=str(source), code=bad.code, detail=str(bad.params.get("detail", "")))
    lacking = tuple(sorted({str(one.params["detail"]) for one in verdict.findings if one.code in ("R010", "R020")}))
    ledger = manifest.item("ledger.db")
    if ledger is None or not (source / ledger.name).is_file():
        raise Damaged("restore.bad-backup", path=str(source), code="R020", detail="ledger.db")
    with Ledger.open(source / ledger.name, clock, read_only=True) as old:
        head, opened = old.head(), next(old.entries(0, 1), None)
        known = [one for path in heads for one in kin.heads_in(path, manifest.log, kin.verifiers(old))]
        known += kin.remembered(old, keychain)
        later = _later(known, old, head)
    if later and not new_ledger:
        raise Damaged("restore.older", size=head.size, later=later[-1].snapshot.size)
    with arriving(home) as stage:
        if new_ledger:
            where = Home(stage.path / PREDECESSORS / slug(manifest.log))
            _unpack(source, manifest, where, step)
            seclude(where, later)
            begin_after(stage, where, clock, _fact(manifest, head, later, opened.open.get("public_key") if opened else None))
        else:
            _unpack(source, manifest, stage, step)
            _go_on(stage, clock, _fact(manifest, head, later, None), keychain, keys=manifest.keys)
    return Restored(
        manifest, lacking, manifest.log if new_ledger else None, later[-1].snapshot.size if later else None, manifest.keys or new_ledger
    )


def _later(known: Sequence[Known], ledger: Ledger, head: Head) -> list[Known]:
    """The heads beyond the restored ledger, by size. Raises Damaged `restore.fork` for one that this ledger contradicts."""
    for one in known:
        if one.snapshot.size <= head.size and one.checked and ledger.root_at(one.snapshot.size) != one.snapshot.root:
            raise Damaged("restore.fork", size=one.snapshot.size)
    return sorted((one for one in known if one.snapshot.size > head.size), key=lambda one: one.snapshot.size)


def _fact(manifest: Manifest, head: Head, later: Sequence[Known], predecessor_key: str | None) -> facts.LedgerRestored:
    beyond = later[-1].snapshot if later else None
    return facts.LedgerRestored(
        software=SOFTWARE,
        made_at=manifest.made_at,
        entries_kept=head.size,
        root=base64.b64encode(head.root).decode(),
        later_size=beyond.size if beyond else None,
        later_root=base64.b64encode(beyond.root).decode() if beyond else None,
        predecessor=manifest.log if predecessor_key else None,
        predecessor_key=predecessor_key,
    )


def _unpack(source: Path, manifest: Manifest, target: Home, step: Progress | None) -> None:
    """Copy a verified backup; each file is hashed once more as it arrives."""
    wanted = [(one.name, one.home, one.sha256) for one in manifest.files if one.home != form.LIST]
    wanted += [(name, name, sha) for name, (sha, _) in form.read_list(source, manifest).items()]
    target.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number, (name, home, sha) in enumerate(wanted, 1):
        try:
            with (source / name).open("rb") as file:
                if not files.copy(file, target.path / home, sha):
                    raise Damaged("restore.bad-backup", path=str(source), code="R021", detail=name)
        except FileNotFoundError:
            continue  # named in what is lacking
        if home.startswith("keys/") or home == "ledger.db":
            (target.path / home).chmod(0o600)
        if step is not None:
            step(number, len(wanted))
    if not target.config.exists():
        config.write(target, Config())


def _go_on(home: Home, clock: Clock, fact: facts.Fact, keychain: Callable[[], Vault | None], *, keys: bool) -> None:
    """The restored ledger goes on: its next entry says so, and is signed where the key is there."""
    house = open_house(home, clock)
    house.keychain = keychain
    try:
        house.tell(fact)
        if keys:
            try:
                sign_now(house, "restored")
            except (Damaged, Unavailable):
                # a key that needs another machine's keychain, or a damaged one: said when the recorder starts; the record is here
                return
    finally:
        house.close()


def slug(origin: str) -> str:
    """A folder's name for a ledger."""
    return re.sub(r"[^A-Za-z0-9]+", "-", origin).strip("-")[:80] or "ledger"


def seclude(home: Home, later: Sequence[Known], *, already: bool = False) -> None:
    """Close a ledger for ever (unless it is `already`) and note, beside it, the heads that it no longer reaches."""
    if not already:
        copying.close(home.ledger)
    if later:
        files.write_all({home.path / BEYOND: kin.lines(later)})


def begin_after(stage: Home, old: Home, clock: Clock, *said: facts.Fact) -> None:
    """A new ledger with a key of its own, whose second entry names the old one; signed at once. Watched folders stay as they were."""
    try:
        settings = config.load(old)
    except ProvError:
        settings = Config()
    house = create(stage, settings, clock)
    try:
        house.tell(*said)
        sign_now(house, "restored")
    finally:
        house.close()


def copy_tree(source: Path, target: Path) -> None:
    """Copy a folder of plain files; what cannot be read is an OSError. Links are left out."""
    for path in sorted(source.rglob("*")):
        if path.is_file() and not path.is_symlink():
            place = target / path.relative_to(source)
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copyfile(path, place)



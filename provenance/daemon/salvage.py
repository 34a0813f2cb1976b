"""The longest good beginning of a damaged ledger, kept closed beside a new ledger that names it. The damaged home is only read."""

from __future__ import annotations

import base64
import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from provenance import clock as clocks
from provenance import facts
from provenance.bundle.home_check import PREDECESSORS
from provenance.clock import Clock
from provenance.config import Home
from provenance.daemon import kin, lock
from provenance.daemon.arrival import arriving, finished, require_empty
from provenance.daemon.house import SOFTWARE
from provenance.daemon.kin import Known
from provenance.daemon.restore import begin_after, copy_tree, seclude, slug
from provenance.errors import BadInput, Busy, Damaged, ProvError
from provenance.ledger import check, copying, files
from provenance.ledger import salvage as good
from provenance.ledger.salvage import Prefix

Progress = Callable[[int, int], None]
SMALL = ("prov.toml",)


@dataclass(frozen=True)
class Salvaged:
    """What was kept. fact: as it stands in the new ledger; None when a move that a crash had cut off was only finished."""

    fact: facts.LedgerSalvaged | None
    folder: Path | None = None


def salvage(old: Path, home: Home, clock: Clock = clocks.system, *, step: Progress | None = None) -> Salvaged:
    """Keep what can be vouched for of a damaged ledger, in a new home.

    Args:
        old: the damaged home, or its ledger.db. Only read, every byte of it stays as it is. home: the new home; must be empty.
    Raises:
        BadInput: `salvage.sound` where nothing is damaged, `restore.not-empty`. Busy: `recorder.busy` while a recorder runs there.
        Damaged: `salvage.nothing` where not even the first entry can be read. Unavailable: `ledger.missing`, `restore.*`.
    """
    if finished(home):
        return Salvaged(None)
    ledger = old / "ledger.db" if old.is_dir() else old
    source = Home(ledger.parent)
    pid = lock.holder(source.lock)
    if pid is not None:
        raise Busy("recorder.busy", pid=pid)
    require_empty(home)
    copying.require(ledger)
    with arriving(home) as stage:
        work = stage.path / "work"
        work.mkdir()
        copy = _copied(ledger, work)
        damaged = _digest(copy)  # before SQLite rolls a journal back in it
        found = _heads(source, copy)
        prefix = good.measure(copy, {one.snapshot.size: one.snapshot.root for one in found if one.checked}, step)
        lost = _must_help(copy, prefix, ledger)
        fact, where = _keep(source, copy, stage, prefix, found, damaged, only_values=lost, step=step)
        shutil.rmtree(work)
        begin_after(stage, where, clock, fact)
    return Salvaged(fact, home.path / where.path.relative_to(stage.path))


def _copied(ledger: Path, work: Path) -> Path:
    """The ledger and the journal that belongs to it, as they lie there: SQLite's roll-back then works on the copy."""
    for suffix in ("", "-journal", "-wal"):
        path = ledger.with_name(ledger.name + suffix)
        if path.is_file():
            shutil.copyfile(path, work / f"ledger.db{suffix}")
    return work / "ledger.db"


def _heads(source: Home, copy: Path) -> list[Known]:
    """The signed heads that lie beside the damaged ledger, as far as its good entries tell the keys."""
    first = good.measure(copy, {})
    if first.opened is None:
        return []
    keys = kin.verifiers_in(good.entries(copy, first.size))
    try:
        return kin.heads_in(source.heads, first.origin, keys)
    except ProvError:
        return []


def _must_help(copy: Path, prefix: Prefix, ledger: Path) -> bool:
    """Whether stored values alone are damaged. Raises BadInput `salvage.sound`, Damaged `salvage.nothing`."""
    if not prefix.size:
        raise Damaged("salvage.nothing", path=str(ledger), why=prefix.detail or prefix.code)
    if prefix.code:
        return False
    faults = [fault for fault in check.check(copy) if fault.code not in check.WARNINGS]
    if not faults:
        raise BadInput("salvage.sound", path=str(ledger), size=prefix.size)
    return True


def _keep(  # noqa: PLR0913 - what was found, in one place
    source: Home, copy: Path, stage: Home, prefix: Prefix, found: list[Known], damaged: str, *, only_values: bool, step: Progress | None
) -> tuple[facts.LedgerSalvaged, Home]:
    """The good beginning as a home of its own under `predecessor`: readable, exportable, never to be added to."""
    where = Home(stage.path / PREDECESSORS / slug(prefix.origin))
    where.path.mkdir(mode=0o700, parents=True)
    lost = good.write(copy, where.ledger, prefix, step)
    within = [one for one in found if one.checked and one.snapshot.size <= prefix.size]
    beyond = [one for one in found if one.snapshot.size > prefix.size or not one.checked]
    files.write_all({where.heads: kin.lines(within)})
    for name in SMALL:
        if (source.path / name).is_file():
            shutil.copyfile(source.path / name, where.path / name)
    copy_tree(source.blobs, where.blobs)
    _keys(source, where)
    seclude(where, beyond, already=True)  # `good.write` has closed the file
    last = kin.largest(beyond)
    fact = facts.LedgerSalvaged(
        software=SOFTWARE,
        predecessor=prefix.origin,
        predecessor_key=str(prefix.opened.open.get("public_key")) if prefix.opened and prefix.opened.open.get("public_key") else None,
        entries_kept=prefix.size,
        root=base64.b64encode(prefix.root).decode(),
        signed_size=max((one.snapshot.size for one in within), default=None),
        later_size=last.snapshot.size if last else None,
        later_root=base64.b64encode(last.snapshot.root).decode() if last else None,
        first_bad=None if only_values else prefix.size,
        why=prefix.code or check.DIGEST,
        values_lost=lost,
        kept_file=_digest(where.ledger),
        damaged_file=damaged,
    )
    return fact, where


def _keys(source: Home, where: Home) -> None:
    """The old key goes along: exports of the old records are sealed with it. It signs nothing else: the ledger is closed."""
    for path in sorted(source.keys.iterdir()) if source.keys.is_dir() else ():
        if path.is_file() and not path.is_symlink():
            files.write_all({where.keys / path.name: path.read_bytes()}, mode=0o600)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""A backup of a home while the recorder runs: whole, checked, and at every moment either the old one or the new one.

Each run writes its files under names of its own, makes them durable, and only then replaces `backup.json`, which names them. Blobs never
change, so they are only added. A crash before that replacement leaves files that nothing names; the next run clears them away.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from provenance import clock as clocks
from provenance.bundle import backup_format as form
from provenance.bundle.backup_format import Item, Manifest
from provenance.bundle.beyond import BEYOND
from provenance.bundle.home_check import PREDECESSORS
from provenance.bundle.ledger_verify import verify_ledger
from provenance.bundle.verdict import FAIL
from provenance.clock import Clock
from provenance.config import Home
from provenance.daemon.house import SOFTWARE
from provenance.daemon.lock import RecorderLock
from provenance.errors import BadInput, Busy, Damaged, Unavailable
from provenance.ledger import copying, files, stock
from provenance.ledger.blobs import Blobs
from provenance.ledger.store import Ledger

LARGE = 8 * 1024 * 1024
BATCH_FILES, BATCH_BYTES = 64, 32 * 1024 * 1024
_OURS = re.compile(r"(ledger|heads|beyond|settings|list|key)-[0-9]{8,}-[0-9a-f]{8}(\.[A-Za-z0-9_.-]+)?")
APART = ("next-key.txt",)  # the code of the next key: whoever holds it together with the key could name an heir
_PASSING = re.compile(r".*(\.new|-journal|-wal|-shm)")
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class BackedUp:
    """What a run did. before: entries that the earlier backup held (None: there was none). copied, copied_bytes: blobs that were not
    there yet. key_gone: the earlier backup held the key and this one does not. key_locked: the key in it opens only with this machine's
    keychain."""

    manifest: Manifest
    before: int | None
    copied: int
    copied_bytes: int
    blobs: int
    key_gone: bool
    key_locked: bool


@dataclass
class _Copies:
    """Blobs on their way: what is there, and what was wrong."""

    listed: dict[str, tuple[str, int]] = field(default_factory=dict)
    damaged: list[str] = field(default_factory=list)
    held: set[str] = field(default_factory=set)
    count: int = 0
    size: int = 0


def back_up(
    home: Home, target: Path, clock: Clock = clocks.system, *, keys: bool = False, originals: bool = True, step: Progress | None = None
) -> BackedUp:
    """Back a home up into a folder, made if it is not there; what an earlier backup of the same ledger holds is not copied again.

    Raises:
        Unavailable: `home.no-ledger`, `backup.unwritable`, `backup.disk-full`, `backup.inside`.
        BadInput: `backup.other` where another ledger's backup lies there, `backup.foreign` where other files do.
        Damaged: `backup.source-bad` with the first `code`; `backup.newer`, `backup.fork` where the backup there is ahead of this ledger.
            The earlier backup stands then, untouched.
        Busy: `backup.busy`.
    """
    if not home.ledger.is_file():
        raise Unavailable("home.no-ledger", home=str(home.path))
    if target.resolve() == home.path.resolve() or home.path.resolve() in target.resolve().parents:
        raise Unavailable("backup.inside", path=str(target))
    with trouble(target):
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        old = form.read(target)
        if old is None and any(not _passing(path) for path in target.iterdir()):
            raise BadInput("backup.foreign", path=str(target))
        lock = RecorderLock(target / "backup.lock")
        try:
            lock.acquire()
        except Busy as error:
            raise Busy("backup.busy", path=str(target)) from error
        try:
            return _run(home, target, old, clock, keys=keys, originals=originals, step=step)
        finally:
            lock.release()


def _run(
    home: Home, target: Path, old: Manifest | None, clock: Clock, *, keys: bool, originals: bool, step: Progress | None
) -> BackedUp:
    mark = secrets.token_hex(4)
    fresh = target / f"ledger-{0:08}-{mark}.db"
    try:
        before = _lines(home.heads)
        copying.copy_online(home.ledger, fresh, step)
        with Ledger.open(fresh, clock, read_only=True) as copy:
            origin, head = copy.origin, copy.head()
            _agrees(old, copy, target)
        heads = _heads(before, _lines(home.heads), head.size)
        small = {"heads.log": ("heads", ".log", heads)} | _small(home, keys=keys)
        items = _write_small(target, f"{head.size:08}-{mark}", small)
        _sound(fresh, target / next(one.name for one in items if one.home == "heads.log"), step)
        copies = _blobs(home, target, old, originals=originals, step=step)
        lacking = _lacking(fresh, old, copies)
        items.append(_renamed(fresh, target / f"ledger-{head.size:08}-{mark}.db"))
        items += _write_small(target, f"{head.size:08}-{mark}", {form.LIST: ("list", ".txt", form.encode_list(copies.listed))})
        damaged = tuple(sorted(copies.damaged))
        manifest = Manifest(
            origin, clock().stamp, SOFTWARE, head.size, head.root.hex(), keys, originals, tuple(items), lacking, damaged
        )
        # Everything that the new manifest names is durable. A crash before the next line: the old backup, whole; after it: the new one.
        files.write_all({target / form.MANIFEST: form.encode(manifest)})
    except BaseException:
        _withdraw(target, mark)
        raise
    _clear(target, manifest)
    gone = old is not None and old.keys and not keys
    return BackedUp(manifest, old.size if old else None, copies.count, copies.size, len(copies.listed), gone, _locked(small))


def _agrees(old: Manifest | None, copy: Ledger, target: Path) -> None:
    """That the backup that lies there is a beginning of this ledger: an older ledger must never take a newer one's place."""
    if old is None:
        return
    if old.log != copy.origin:
        raise BadInput("backup.other", path=str(target), log=old.log)
    size = copy.size()
    if old.size > size:
        raise Damaged("backup.newer", path=str(target), there=old.size, here=size)
    if copy.root_at(old.size).hex() != old.root:
        raise Damaged("backup.fork", path=str(target), there=old.size)


def _sound(ledger: Path, heads: Path, step: Progress | None) -> None:
    """The copy is checked before it may replace an earlier one. Raises Damaged `backup.source-bad`."""
    verdict = verify_ledger(ledger, heads, depth="quick", progress=step)
    bad = next((one for one in verdict.findings if one.severity == FAIL), None)
    if bad is not None:
        raise Damaged("backup.source-bad", code=bad.code, detail=str(bad.params.get("detail", "")))


def _lines(heads: Path) -> list[bytes]:
    """The whole lines of heads.log; a torn last one is no head."""
    try:
        return heads.read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return []


def _heads(before: list[bytes], after: list[bytes], size: int) -> bytes:
    """The lines that belong to a copy of `size` entries.

    A head is in heads.log before its entry is in the ledger: so the file is read again after the copy, or a head that the copy tells of
    could be missing. What was signed meanwhile over more entries is left to the next backup; but a line that stood there before the copy
    stays whatever it says, for it may be what betrays an older ledger put back.
    """
    old = set(before)
    kept = [line for line in after if line in old or _size(line) <= size]
    return b"".join(line + b"\n" for line in kept)


def _size(line: bytes) -> int:
    try:
        return int(base64.b64decode(line, validate=True).split(b"\n")[1])
    except (ValueError, IndexError):
        return 0  # damage is kept, so that the check names it


def _small(home: Home, *, keys: bool) -> dict[str, tuple[str, str, bytes]]:
    """Small files by their place in a home: role, ending and bytes."""
    found: dict[str, tuple[str, str, bytes]] = {}
    if home.config.is_file():
        found["prov.toml"] = ("settings", ".toml", home.config.read_bytes())
    beyond = home.path / BEYOND
    if beyond.is_file():  # a closed ledger stays one that says what it does not reach
        found[BEYOND] = ("beyond", ".log", beyond.read_bytes())
    for path in sorted(home.keys.iterdir()) if keys and home.keys.is_dir() else ():
        if path.is_file() and not path.is_symlink() and path.name not in APART and not _PASSING.fullmatch(path.name):
            found[f"keys/{path.name}"] = ("key", f".{path.name}", path.read_bytes())
    return found


def _locked(small: Mapping[str, tuple[str, str, bytes]]) -> bool:
    return any(home.startswith("keys/") and b"ENCRYPTED PRIVATE KEY" in data for home, (_, _, data) in small.items())


def _write_small(target: Path, mark: str, small: Mapping[str, tuple[str, str, bytes]]) -> list[Item]:
    items = []
    for home, (role, ending, data) in small.items():
        name = f"{role}-{mark}{ending}"
        files.write_all({target / name: data}, mode=0o600)
        items.append(Item(name, home, hashlib.sha256(data).hexdigest(), len(data)))
    return items


def _renamed(fresh: Path, path: Path) -> Item:
    if fresh != path:
        fresh.rename(path)
    files.sync(path.parent)
    with path.open("rb") as file:
        return Item(path.name, "ledger.db", hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size)


# --- blobs


def _blobs(home: Home, target: Path, old: Manifest | None, *, originals: bool, step: Progress | None) -> _Copies:
    """Copy what is not there yet. What an earlier backup holds stays, also originals that the home has dropped since."""
    copies = _Copies(form.read_list(target, old) if old else {})
    keeper = Blobs(home.blobs)
    wanted = [one for one in stock.kept(home.blobs) if originals or not one.original]
    batch: dict[Path, bytes] = {}
    for number, one in enumerate(wanted, 1):
        name = f"blobs/{one.name}"
        copies.held.add(one.sha256)
        doubtful = old is not None and one.sha256 in old.damaged
        if doubtful or not _there(target / name, name, one.size, copies):
            sound = stock.sound(keeper, one)
            if not sound:
                copies.damaged.append(one.sha256)
            # a packed blob may itself be whole, and only its dictionary rotten; an earlier backup may hold that one
            if (sound or one.path.suffix == ".zst") and one.path.exists():
                _copy(one.path, target / name, name, one.size, copies, batch)
        if step is not None:
            step(number, len(wanted))
    for path in _predecessors(home):
        name = path.relative_to(home.path).as_posix()
        if form.safe(name) and not _there(target / name, name, path.stat().st_size, copies):
            _copy(path, target / name, name, path.stat().st_size, copies, batch)
    files.write_all(batch)
    return copies


def _there(path: Path, name: str, size: int, copies: _Copies) -> bool:
    """Whether the backup holds this file already. One that a run cut off left behind is read once, to be listed."""
    if not path.is_file() or path.stat().st_size != size:
        copies.listed.pop(name, None)
        return False
    return name in copies.listed


def _copy(source: Path, target: Path, name: str, size: int, copies: _Copies, batch: dict[Path, bytes]) -> None:
    try:
        if size > LARGE:
            with source.open("rb") as file:
                sha = hashlib.file_digest(file, "sha256").hexdigest()
                if not files.copy(file, target, sha):
                    raise Damaged("backup.source-bad", code="R021", detail=name)
        else:
            data = source.read_bytes()
            sha, size = hashlib.sha256(data).hexdigest(), len(data)
            batch[target] = data
    except FileNotFoundError:
        return  # an original that the recorder dropped this moment, as an entry says
    copies.listed[name] = (sha, size)
    copies.count += 1
    copies.size += size
    if len(batch) >= BATCH_FILES or sum(map(len, batch.values())) >= BATCH_BYTES:
        files.write_all(batch)
        batch.clear()


def _predecessors(home: Home) -> Iterator[Path]:
    """The files of closed ledgers that this one goes on from: they never change."""
    base = home.path / PREDECESSORS
    for path in sorted(base.rglob("*")) if base.is_dir() else ():
        if path.is_file() and not path.is_symlink() and not path.name.startswith("views.db") and not _PASSING.fullmatch(path.name):
            yield path


def _lacking(ledger: Path, old: Manifest | None, copies: _Copies) -> tuple[str, ...]:
    """Blobs that entries name and neither the home nor the backup holds. Older entries were looked at by the earlier run."""
    there = copies.held | {name.removeprefix("blobs/").removeprefix("originals/").removesuffix(".zst").replace("/", "")
                           for name in copies.listed if name.startswith("blobs/")}
    named = {sha for _, sha in stock.named(ledger, old.size if old else 0)} | set(old.missing if old else ())
    return tuple(sorted(named - there))


def _withdraw(target: Path, mark: str) -> None:
    """Remove what a run that failed has written; unless its manifest stands already, and only the sync after it failed."""
    now = form.read(target)
    named = {one.name for one in now.files} if now is not None else set()
    for path in target.glob(f"*-{mark}*"):
        if path.name not in named:
            path.unlink(missing_ok=True)


def _clear(target: Path, manifest: Manifest) -> None:
    """Remove what earlier runs and crashes left and no manifest names any more."""
    named = {one.name for one in manifest.files}
    for path in target.iterdir():
        if path.is_file() and path.name not in named and (_OURS.fullmatch(path.name) or path.name.endswith(".new")):
            path.unlink(missing_ok=True)
    for path in (target / "blobs").rglob("*.new"):
        path.unlink(missing_ok=True)


def _passing(path: Path) -> bool:
    """Whether a file in a folder without a manifest is what a first run that was cut off leaves behind, or the system's own."""
    known = {"backup.lock", "blobs", PREDECESSORS, "lost+found", "System Volume Information", ".DS_Store", ".Trashes", ".fseventsd"}
    return path.name in known or _OURS.fullmatch(path.name) is not None or _PASSING.fullmatch(path.name) is not None


def trouble(folder: Path) -> contextlib.AbstractContextManager[None]:
    """The system's refusals as ours: Unavailable `backup.disk-full`, `backup.unwritable`."""
    return files.trouble(folder, room="backup")

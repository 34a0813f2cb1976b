"""What is known of a ledger's signed heads, from its own heads.log and from what others hold."""

from __future__ import annotations

import base64
import binascii
import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from provenance.errors import BadInput, Damaged, Unavailable
from provenance.ledger.chain import Entry
from provenance.ledger.store import Ledger
from provenance.seal import keys as signing_keys
from provenance.seal import snapshot, succession
from provenance.seal.heads import recall
from provenance.seal.note import Verifier
from provenance.seal.snapshot import Snapshot
from provenance.seal.vault import Vault

MOST = 256 * 1024 * 1024


@dataclass(frozen=True)
class Known:
    """A signed head. raw: the note's bytes. checked: a key that the ledger names has signed it."""

    snapshot: Snapshot
    raw: bytes
    checked: bool


def verifiers(ledger: Ledger) -> tuple[Verifier, ...]:
    """The keys that a ledger names: of its first entry, and those that followed; as far as they can be read."""
    return verifiers_in(chain(ledger.entries(0, 1), ledger.entries(kinds=succession.KINDS)))


def verifiers_in(entries: Iterable[Entry]) -> tuple[Verifier, ...]:
    """The keys that entries name: entry 0 first, then any; as far as they follow one another."""
    following = iter(entries)
    first = next(following, None)
    if first is None:
        return ()
    with contextlib.suppress(BadInput, Damaged):
        line = succession.begin(first.open)
        with contextlib.suppress(BadInput, Damaged):
            for entry in following:
                if entry.kind in succession.KINDS:
                    line = succession.follow(line, entry.seq, entry.kind, entry.open)
        return tuple(line.verifiers)
    return ()


def heads_in(path: Path, origin: str, keys: Sequence[Verifier]) -> list[Known]:
    """The heads of a ledger in a file: a checkpoint as a bundle holds it, a heads.log, or a bundle's zip or folder.

    Args:
        origin: of the ledger; heads of others are left out. keys: those known. A head by an unknown key counts as unchecked: it may have
            been signed after a rotation that the ledger at hand does not tell of.
    Raises:
        BadInput: `restore.no-head` where there is no head in it. Unavailable: `backup.unreadable`.
    """
    try:
        raws = list(_raws(path))
    except OSError as error:
        raise Unavailable("backup.unreadable", path=str(path), why=error.strerror or "") from error
    found = [known for raw in raws if (known := _known(raw, origin, keys)) is not None]
    if not found:
        raise BadInput("restore.no-head", path=str(path), log=origin)
    return found


def remembered(ledger: Ledger, keychain: Callable[[], Vault | None]) -> list[Known]:
    """The head that this machine's keychain holds of a ledger, where one of its keys was kept with it; else the keychain is not asked."""
    said = chain(ledger.entries(0, 1), ledger.entries(kinds=succession.KINDS))
    if not any(entry.open.get("key_protection") == signing_keys.IN_KEYCHAIN for entry in said):
        return []
    with contextlib.suppress(Unavailable):  # locked: `--head` is left, and the recorder asks again before it writes anything
        vault = keychain()
        raw = recall(vault, ledger.origin) if vault is not None else None
        known = _known(raw, ledger.origin, verifiers(ledger)) if raw is not None else None
        return [known] if known is not None else []
    return []


def _raws(path: Path) -> Iterator[bytes]:
    if path.is_dir():
        yield (path / "proof" / "checkpoint.txt").read_bytes()
        return
    with path.open("rb") as file:
        data = file.read(MOST)
    if data.startswith(b"PK"):
        yield from _zipped(path)
    elif b"\n\n" in data:
        yield data
    else:
        for line in data.split(b"\n"):
            with contextlib.suppress(binascii.Error, ValueError):
                yield base64.b64decode(line, validate=True)


def _zipped(path: Path) -> Iterator[bytes]:
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith("proof/checkpoint.txt") and archive.getinfo(name).file_size <= 1024 * 1024:
                    yield archive.read(name)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
        return


def _known(raw: bytes, origin: str, keys: Sequence[Verifier]) -> Known | None:
    for key in keys:
        with contextlib.suppress(BadInput):
            return Known(snapshot.open_snapshot(raw, key), raw, True)
    try:
        claimed = snapshot.parse(raw.decode("utf-8").partition("\n\n")[0] + "\n")
    except (UnicodeDecodeError, BadInput):
        return None
    return Known(claimed, raw, False) if claimed.origin == origin else None


def largest(heads: Sequence[Known]) -> Known | None:
    """The head of the most entries."""
    return max(heads, key=lambda one: one.snapshot.size, default=None)


def lines(heads: Sequence[Known]) -> bytes:
    """Heads as the lines of a heads.log, each once."""
    return b"".join(base64.b64encode(raw) + b"\n" for raw in dict.fromkeys(one.raw for one in heads))



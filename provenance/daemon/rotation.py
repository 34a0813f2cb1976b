"""Another key for the ledger: rotated, lost, or stolen. In the one order in which a crash anywhere leaves a ledger with exactly one key.

 1 the key that comes after the new one is made, its code in `next-key.txt.coming`
 2 the new key lies in `coming.pem`
 3 the entry with the statement is written: from here on the new key is the ledger's
 4 both files take the place of the old ones

A crash before 3 leaves files that nobody reads and the next rotation makes anew; a crash after it is mended when the key is next opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from provenance import facts
from provenance.daemon import keyfiles
from provenance.daemon.house import House
from provenance.daemon.lock import RecorderLock
from provenance.errors import BadInput, ProvError
from provenance.ledger.chain import Entry
from provenance.seal import keys, recovery, succession
from provenance.seal.keys import Signer
from provenance.seal.succession import LOST, REVOKED, ROTATED, Line, Statement
from provenance.seal.vault import Vault


@dataclass(frozen=True)
class Rotated:
    """entry: the one that tells of it. line: the ledger's keys with it. prepared: whether an entry before had committed to the new key."""

    entry: Entry
    line: Line
    prepared: bool


def rotate(house: House, event: str, seed: bytes | None, *, since: str = "") -> Rotated:
    """Give the ledger its next key.

    Args:
        event: ROTATED (both keys sign), LOST or REVOKED (the new one alone).
        seed: the private key that was committed to; None where it is read from `next-key.txt`, or where a ledger of the first version has
            none, whose rotation then makes one.
        since: for REVOKED, the stamp from which the old key counts as stolen.
    Raises:
        BadInput: `key.no-next`, `key.not-next`, `key.cannot` (lost or stolen, and nothing had been committed to).
        Damaged, Unavailable: of the key files, the ledger, the keychain. Busy: `recorder.busy` where another rotation is under way.
    """
    with _alone(house):
        line = house.line()
        new = _heir(house, line, event, seed)
        folder = house.home.keys
        vault = _vault(house)
        signers = [new] if event != ROTATED else [house.signer, new]
        (folder / keyfiles.FRESH).unlink(missing_ok=True)  # of a rotation that did not come to its entry
        next_key = keyfiles.commitment(folder, new.name, keyfiles.FRESH)
        keys.put(folder, new, vault, keyfiles.COMING)
        head = house.ledger.head()
        statement = Statement(
            new.name, event, line.current.verifier, new.verifier, next_key, head.size, head.root, house.clock().stamp, since
        )
        signed = succession.sign(statement, signers).decode()
        (entry,) = house.tell(_fact(house, statement, signed, keys.IN_KEYCHAIN if vault else keys.IN_FILE))
        after = house.line()
        keyfiles.finish(folder, after.current)
        return Rotated(entry, after, after.current.committed)


@contextmanager
def _alone(house: House) -> Iterator[None]:
    """Two rotations at once would write two statements of one old key, and the second would stand wrong in the ledger for ever."""
    house.home.keys.mkdir(mode=0o700, parents=True, exist_ok=True)  # a folder that was lost whole is a lost key
    lock = RecorderLock(house.home.keys / "rotation.lock")
    lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _heir(house: House, line: Line, event: str, seed: bytes | None) -> Signer:
    name, committed = line.current.verifier.name, line.current.next_key
    if not committed:
        if event != ROTATED:
            raise BadInput("key.cannot")
        keyfiles.commitment(house.home.keys, name)  # made now, and used at once
    if seed is None:
        path = house.home.keys / recovery.FILE
        if not path.exists():
            raise BadInput("key.no-next", path=str(path))
        seed = recovery.find(path.read_text(encoding="utf-8", errors="replace"))
    new = Signer.of_seed(name, seed)
    if committed and new.fingerprint != committed:
        raise BadInput("key.not-next")
    return new


def _vault(house: House) -> Vault | None:
    """Where the new key is kept: as the old one was; where that is gone, as `prov init` would."""
    try:
        kept = keys.protection(house.home.keys)
    except ProvError:
        return keyfiles.wanted(keyfiles.AUTO, house.keychain())
    return house.keychain() if kept == keys.IN_KEYCHAIN else None


def _fact(house: House, said: Statement, signed: str, protection: str) -> facts.Fact:
    old, new = succession.fingerprint(said.old.public), succession.fingerprint(said.new.public)
    if said.event == REVOKED:
        return facts.KeyRevoked(
            since=said.since, counted=attested_before(house, said.since), old_key=old, new_key=new, next_key=said.next_key,
            key_protection=protection, statement=signed,
        )
    return facts.KeyRotated(
        event=said.event, old_key=old, new_key=new, next_key=said.next_key, signed_by="new" if said.event == LOST else "old and new",
        key_protection=protection, statement=signed,
    )


def attested_before(house: House, since: str) -> int:
    """How many entries a third party attested, under a root that is trusted, before `since`; 0 where none."""
    told = (entry.open for entry in house.ledger.entries(kinds=(facts.TimeAttested.KIND,)))
    return max((int(said["size"]) for said in told if said.get("trusted") and str(said["time"]) < since), default=0)


def keep(house: House, how: str) -> str:
    """Keep the same key another way: in the keychain, or in the file alone. Returns the protection it has now.

    Raises:
        Unavailable: `seal.no-keychain`, and as `keys.load`.
    """
    with _alone(house):
        signer = house.signer
        vault = keyfiles.wanted(how, house.keychain())
        keys.put(house.home.keys, signer, vault)
        return keys.protection(house.home.keys)

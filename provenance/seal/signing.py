"""Sign the ledger's head, in the one order in which a crash anywhere does no harm.

The ledger comes as values and callables: this room does not know how it is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from provenance.errors import Damaged
from provenance.seal import heads, note
from provenance.seal.snapshot import Snapshot, sign


@dataclass(frozen=True)
class Signed:
    """A signed head: what `snapshot.signed` is made of. note: the exact bytes."""

    snapshot: Snapshot
    note: bytes


def sign_head(
    size: int, root_at: Callable[[int], bytes], signer: note.Key, log: Path, *,
    former: Iterable[note.Verifier] = (), recorded: Iterable[bytes] = (), newest: int | None = None,
) -> Signed:
    """Sign the first `size` entries.

    The caller then appends the `snapshot.signed` fact. Nothing is signed that does not agree with every head signed before.

    Args:
        size: entries that are durable in the ledger. root_at: the Merkle tree hash over its first n entries.
        signer: its name is the ledger's origin. log: heads.log. former: keys that were used before this one.
        recorded: notes of the ledger's `snapshot.signed` entries, to notice a heads.log that was taken away.
        newest: compare only with so many of the last heads; those before were compared when the recorder started.
    Raises:
        Damaged: `heads.inconsistent` with `code` (H001, H002, H004) and `size`; `heads.damaged` (H003).
        Unavailable: `heads.unreadable`, `heads.unwritable`.
    """
    public = note.verifier(signer.name, signer.public)
    before = heads.read(log, (*former, public), newest)
    wrong = heads.disagreements(before, size, root_at, recorded)
    if wrong:
        raise Damaged("heads.inconsistent", code=wrong[0].code, size=wrong[0].size, path=str(log))
    snapshot = Snapshot(signer.name, size, root_at(size))
    signed = sign(snapshot, signer)
    # A crash here: a signature that nobody has seen; the same head will be signed again, with the same bytes.
    if signed not in {known for _, known in before.signed}:
        heads.append(log, signed)
    # A crash here: a head in heads.log that no entry tells of. It stays true, for the ledger only grows; the next one joins it.
    return Signed(snapshot, signed)

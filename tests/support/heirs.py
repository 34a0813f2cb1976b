"""Bundles of a ledger whose key changed, and bundles that an author signed: the small ledger of bundles.py, with more entries."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from support import bundles
from support.bundles import ORIGIN, World
from support.signed import Says

from provenance import facts
from provenance.bundle.assemble import Proven, Signing, assemble
from provenance.ledger.store import Ledger
from provenance.seal import snapshot, succession
from provenance.seal.author import Author
from provenance.seal.keys import Signer
from provenance.seal.succession import LOST, REVOKED, ROTATED, Statement

KEYS = [Signer.of_seed(ORIGIN, bytes([n]) * 32) for n in range(1, 6)]
AT = "2026-11-22T02:30:00.000000Z"


def change(event: str, old: int, new: int, size: int, root: bytes, *, signers: Sequence[int] = (), heir: int | None = None) -> facts.Fact:
    """The fact of a key change, by the keys that must sign or by others."""
    next_key = KEYS[new + 1 if heir is None else heir].fingerprint
    said = Statement(ORIGIN, event, KEYS[old].verifier, KEYS[new].verifier, next_key, size, root, AT, AT if event == REVOKED else "")
    who = [KEYS[n] for n in signers or ((old, new) if event == ROTATED else (new,))]
    signed = succession.note.sign(said.text(), who).decode()
    if event == REVOKED:
        return facts.KeyRevoked(since=AT, counted=3, old_key=KEYS[old].fingerprint, new_key=KEYS[new].fingerprint, next_key=next_key,
                                key_protection="file-0600", statement=signed)
    return facts.KeyRotated(event=event, old_key=KEYS[old].fingerprint, new_key=KEYS[new].fingerprint, next_key=next_key,
                            signed_by="new" if event == LOST else "old and new", key_protection="file-0600", statement=signed)


def world(folder: Path, changes: Sequence[tuple[str, int, int]], *, signer: int, committed: bool = True, signers: Sequence[int] = (),
          author: Author | None = None, named: bool = True, says: Says | None = None) -> World:
    """A ledger opened with KEYS[0] whose key changed so often, and in which `says` wrote more; the bundle shows every entry and is sealed
    by KEYS[signer]."""
    folder.mkdir(parents=True, exist_ok=True)
    with Ledger.create(folder / "ledger.db", ORIGIN, bundles.ticking()) as ledger:
        said = bundles.sitting(KEYS[0])
        ledger.append([dataclasses.replace(said[0], next_key=KEYS[1].fingerprint if committed else None), *said[1:]])
        for event, old, new in changes:
            head = ledger.head()
            ledger.append([change(event, old, new, head.size, head.root, signers=signers)])
        if author is not None and named:
            ledger.append([facts.AuthorNamed(public_key=author.person.fingerprint, algorithm=author.person.algorithm, name="Mei")])
        for fact in says(ledger) if says else ():
            ledger.append([fact])
        head = ledger.head()
        note = snapshot.sign(snapshot.Snapshot(ORIGIN, head.size, head.root), KEYS[signer])
        proven, raws = [], []
        for record in ledger.records():
            raws.append(record.entry.raw)
            shown = tuple((record.salts[n], n, v) for n, v in sorted(record.values.items()) if n not in bundles.WITHHELD)
            proven.append(Proven(record.entry.seq, record.entry.raw, tuple(ledger.inclusion(record.entry.seq, head.size)), shown))
    good = bundles.make(folder / "plain").content
    content = dataclasses.replace(good, note=note, pem=KEYS[signer].pem_public, vkey=KEYS[signer].vkey, entries=tuple(proven))
    return World(folder, KEYS[signer], content, tuple(raws))


def files(made: World, author: Author | None = None) -> dict[str, bytes]:
    """The bundle's files, signed by the author too where one is given."""
    signing = Signing(author.person.pem, author.chain, author.sign) if author else None
    built = assemble(made.content, made.signer.sign, signing)
    return {name.partition("/")[2]: b"".join(opener()) for name, _, opener in built.files}

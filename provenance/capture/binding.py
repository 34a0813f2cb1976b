"""Which model files made a picture: the names and hashes it claims, held against the files that lie there. Pure; look-ups are passed in."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provenance import canon, clock, facts
from provenance.capture import hash_claims
from provenance.capture.models import ModelHashes
from provenance.errors import Unreadable
from provenance.readers.reading import Lora, Model, Reading

BY_NAME, BY_HASH, NOT_FOUND, PENDING = "by name", "by hash", "not found", "pending"
NOT_HASHED, UNREADABLE, REMOTE = "not hashed", "unreadable", "remote"
DIFFUSERS = "diffusers folder"

Find = Callable[[str, str | None], Sequence[str]]
"""(name, kind) -> paths, the likeliest first: `ModelIndex.find_all`."""
HashesOf = Callable[[str], ModelHashes | None]
"""path -> its hashes, None while they are being worked out. May raise Unreadable."""
ByHash = Callable[[str], Sequence[tuple[str, ModelHashes]]]
"""A claimed hash -> files that it fits: `ModelIndex.candidates_by_hash`."""


@dataclass(frozen=True)
class Binding:
    """One model a picture names, and the file it is bound to.

    how: BY_NAME, BY_HASH (no file of the name fits the claimed hash, another one does), NOT_FOUND, PENDING (found, being hashed),
    NOT_HASHED (found, a diffusers folder: a folder has no one hash), UNREADABLE, REMOTE (kind `api`: it runs on
    another machine). agrees: whether a hash claimed by the picture fits the
    bytes; None where none was claimed, or none that can be compared. notes: codes:
    `ambiguous` (several files bear the name; the first is bound), `header label` (the claim only repeats what the file's header says of
    itself), `other file under this name` (bound by hash), `claims differ` (the picture's own claims contradict each other).
    """

    name: str
    kind: str
    how: str
    path: str | None = None
    hashes: ModelHashes | None = None
    agrees: bool | None = None
    notes: tuple[str, ...] = ()


def bind(reading: Reading, find: Find, hashes_of: HashesOf, by_hash: ByHash = lambda claim: ()) -> tuple[Binding, ...]:
    """Bind every model and LoRA of a reading, in its order, each (kind, name) once.

    A file found by name whose bytes contradict the claimed hash is bound all the same, with `agrees` False, unless another known file
    fits the claim: then that one is bound, BY_HASH.
    """
    bound: dict[tuple[str, str], Binding] = {}
    items: tuple[Model | Lora, ...] = (*reading.models, *reading.loras)
    for item in items:
        kind = item.kind if isinstance(item, Model) else "lora"
        if (kind, item.name) not in bound:
            bound[kind, item.name] = _bind(item.name, kind, _claims(item, kind, reading), find, hashes_of, by_hash)
    return tuple(bound.values())


def waits(bindings: Sequence[Binding]) -> tuple[str, ...]:
    """Paths that must be hashed before the bindings are complete."""
    return tuple(b.path for b in bindings if b.how == PENDING and b.path is not None)


def seen(hashes: ModelHashes, *, kind: str, name: str, path: str, was: str | None = None) -> facts.ModelSeen:
    """The fact that a model file was read. was: the SHA-256 recorded before for this path, where it is another one."""
    return facts.ModelSeen(
        sha256=hashes.sha256, size=hashes.size, autov1=hashes.autov1, autov2=hashes.autov2, autov3=hashes.autov3,
        payload_sha256=hashes.payload_sha256, header_sha256=hashes.header_sha256, mtime=clock.stamp_ns(hashes.shape.mtime_ns),
        was=was if was != hashes.sha256 else None, model_kind=kind, name=name, path=canon.path(path), header=hashes.header or None,
    )


def bound(bindings: Sequence[Binding], *, of: int, sha256: str, seqs: Mapping[str, int]) -> facts.ModelsBound:
    """The fact of what a picture is bound to.

    Args:
        of, sha256: seq of the picture's file entry, and the picture. seqs: a bound file's path -> seq of its newest model.seen entry.
    Returns:
        `found` counts what is bound to hashed bytes, `missing` what is not found; other rows are neither, and their `how` says why.
    """
    return facts.ModelsBound(
        of=of,
        sha256=sha256,
        found=sum(b.hashes is not None for b in bindings),
        missing=sum(b.how == NOT_FOUND for b in bindings),
        bindings=tuple(_row(b, seqs) for b in bindings),
    )


def _row(binding: Binding, seqs: Mapping[str, int]) -> Mapping[str, Any]:
    row: dict[str, Any] = {"name": binding.name, "kind": binding.kind, "how": binding.how}
    if binding.hashes is not None:
        known = binding.hashes
        row |= {"sha256": known.sha256, "autov2": known.autov2, "autov3": known.autov3, "seen": seqs.get(binding.path or "")}
    row |= {"agrees": binding.agrees, "notes": list(binding.notes) or None}
    return {name: value for name, value in row.items() if value is not None}


def _claims(item: Model | Lora, kind: str, reading: Reading) -> tuple[str, ...]:
    """The hashes a picture claims for one model, comparable ones alone, each once."""
    found = [item.claimed_hash or ""]
    if kind == "checkpoint" and sum(m.kind == "checkpoint" for m in reading.models) == 1:
        found.append(reading.hashes.get("model", ""))
    elif kind == "vae":
        found.append(reading.hashes.get("vae", ""))
    elif kind in ("lora", "embedding"):
        found.append(reading.hashes.get(f"{'embed' if kind == 'embedding' else 'lora'}:{item.name}", ""))
    return tuple(dict.fromkeys(text for claim in found if (text := hash_claims.normal(claim)) is not None))


def _bind(name: str, kind: str, claims: Sequence[str], find: Find, hashes_of: HashesOf, by_hash: ByHash) -> Binding:
    if kind == "api":
        return Binding(name, kind, REMOTE)
    named = find(name, kind)
    looked = [_look(name, kind, path, claims, hashes_of) for path in (named if claims else named[:1])]
    for binding in looked:
        if binding.agrees:
            return binding
    for binding in looked:
        if binding.how == PENDING:  # it may be the one that agrees
            return binding
    first = looked[0] if looked else None
    if claims and (first is None or first.agrees is False or first.how == UNREADABLE):
        for path, hashes in _fitting(claims, by_hash):
            return Binding(name, kind, BY_HASH, path, hashes, True, () if first is None else ("other file under this name",))
    if first is None:
        return Binding(name, kind, NOT_FOUND)
    return dataclasses.replace(first, notes=(*first.notes, "ambiguous")) if len(named) > 1 else first


def _look(name: str, kind: str, path: str, claims: Sequence[str], hashes_of: HashesOf) -> Binding:
    try:
        hashes = hashes_of(path)
    except Unreadable as error:
        folder = error.key == "model.folder"
        return Binding(name, DIFFUSERS if folder else kind, NOT_HASHED if folder else UNREADABLE, path)
    if hashes is None:
        return Binding(name, kind, PENDING, path)
    fits = [hash_claims.fits(claim, hashes) for claim in claims]
    by_bytes = [fit is not None for fit in fits if fit != hash_claims.LABEL]
    notes: tuple[str, ...] = (hash_claims.LABEL,) if hash_claims.LABEL in fits else ()
    if len(set(by_bytes)) > 1:
        notes += ("claims differ",)
    return Binding(name, kind, BY_NAME, path, hashes, all(by_bytes) if by_bytes else None, notes)


def _fitting(claims: Sequence[str], by_hash: ByHash) -> Iterator[tuple[str, ModelHashes]]:
    """Known files that every claim fits by its bytes."""
    for path, hashes in by_hash(claims[0]):
        if all(hash_claims.fits(claim, hashes) not in (None, hash_claims.LABEL) for claim in claims):
            yield path, hashes

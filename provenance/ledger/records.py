"""Between facts and rows: facts become entries with salted digests, stored rows become entries and records again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provenance import canon
from provenance.canon import Json
from provenance.clock import Moment
from provenance.errors import Damaged
from provenance.facts import Sentence
from provenance.ledger import chain
from provenance.ledger.chain import Entry

SALT = 16


@dataclass(frozen=True)
class Record:
    """An entry with the values of its sealed fields, each checked against its digest. salts: hex, needed to disclose a field."""

    entry: Entry
    values: Mapping[str, Json]
    salts: Mapping[str, str]


@dataclass(frozen=True)
class Disclosure:
    """One sealed field's value as it is stored: salt hex, canonical bytes."""

    seq: int
    name: str
    salt: str
    value: bytes


def build(
    sentences: Sequence[Sentence], origin: str, seq: int, prev: str, moment: Moment
) -> tuple[list[Entry], list[Disclosure]]:
    """Chain sentences onto the head.

    Args:
        seq, prev: of the first new entry. moment: the recorder's clocks, the same for all: they are written down at once.
    Returns:
        The entries in order, and their sealed values with fresh random salts.
    Raises:
        BadInput: `canon.value`, `chain.too-large`, `chain.bad-entry`.
    """
    entries: list[Entry] = []
    values: list[Disclosure] = []
    clock = {"mono_ms": moment.mono_ms, "boot": moment.boot}
    salts = _salts(sum(1 + len(sentence.sealed) for sentence in sentences))
    for sentence in sentences:
        fresh = [_disclose(seq, name, next(salts), value) for name, value in sentence.sealed.items()]
        entry = chain.build(
            seq=seq, at=moment.stamp, kind=sentence.kind, log=origin, prev=prev, salt=next(salts),
            open={**sentence.open, "clock": clock},
            sealed={one.name: chain.sealed_digest_of_bytes(one.salt, one.name, one.value) for one in fresh},
        )
        entries.append(entry)
        values += fresh
        seq, prev = seq + 1, entry.leaf.hex()
    return entries, values


def _salts(count: int) -> Iterator[str]:
    """Fresh random salts, hex, asked of the system all at once: each asking lets other threads in, and waits until they let it on."""
    fresh = os.urandom(SALT * count)
    return (fresh[at : at + SALT].hex() for at in range(0, len(fresh), SALT))


def _disclose(seq: int, name: str, salt: str, value: Json) -> Disclosure:
    # encoded as a list of one: the digest is over [salt, name, value], so that is the depth that has to pass
    return Disclosure(seq, name, salt, canon.encode([value])[1:-1])


def entry(seq: int, leaf: bytes, raw: bytes) -> Entry:
    """A stored row as an Entry; its hash is checked first.

    Canonical form is not checked again here (`check` does): these bytes hash to the leaf under which this program wrote them.

    Raises:
        Damaged: `ledger.entry`, `chain.entry`.
    """
    if type(raw) is not bytes or chain.leaf(raw) != leaf:  # a rotten page can turn a column's type, STRICT or not
        raise Damaged("ledger.entry", seq=seq)
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Damaged("ledger.entry", seq=seq) from error
    found = chain.shape(value, raw, leaf)
    if found.seq != seq:
        raise Damaged("ledger.entry", seq=seq)
    return found


def record(found: Entry, stored: Iterable[Disclosure]) -> Record:
    """An entry and its stored values as a Record. Raises Damaged `ledger.disclosure` for a value that is not the one sealed."""
    values: dict[str, Json] = {}
    salts: dict[str, str] = {}
    for one in stored:
        if not fits(found.sealed, one):
            raise Damaged("ledger.disclosure", seq=found.seq, name=str(one.name))
        values[one.name] = _value(found.seq, one)
        salts[one.name] = one.salt
    return Record(found, values, salts)


def fits(sealed: Mapping[str, str], one: Disclosure) -> bool:
    """Whether a stored value is the one that an entry's `sealed` holds the digest of. Believes no type: a rotten page can turn them."""
    if type(one.name) is not str or type(one.salt) is not str or type(one.value) is not bytes:
        return False
    committed = sealed.get(one.name)
    if committed is None or not chain.well_formed_salt(one.salt):
        return False
    return chain.sealed_digest_of_bytes(one.salt, one.name, one.value) == committed


def _value(seq: int, one: Disclosure) -> Any:
    try:
        return json.loads(one.value)
    except (ValueError, RecursionError) as error:
        raise Damaged("ledger.disclosure", seq=seq, name=one.name) from error

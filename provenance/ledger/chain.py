"""One entry of the ledger: its exact bytes, its leaf hash and its link to the entry before. Pure.

The format is docs/ledger-format.md. Bytes are hashed first and parsed after: nothing is believed that the hash does not cover.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, cast

from provenance import canon
from provenance.errors import BadInput, Damaged

GENESIS = "0" * 64
"""`prev` of the first entry."""

KEYS = frozenset(("v", "log", "seq", "at", "kind", "prev", "salt", "open", "sealed"))
_AT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_KIND = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+/[1-9][0-9]{0,3}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_HEX64 = re.compile(r"[0-9a-f]{64}")
_HEX32 = re.compile(r"[0-9a-f]{32}")
_ORIGIN = re.compile(r"[!-*,-~]{1,255}")


@dataclass(frozen=True)
class Entry:
    """One entry. seq: from 0 without a hole. at: RFC 3339 UTC, six decimals, as the recorder's wall clock said. kind: `name/version`.

    log: the ledger's origin. prev: leaf hash of the entry before, hex. salt: 32 hex digits that keep a leaf hash in a proof from being
    guessed. open: shown whenever the entry is. sealed: field name -> digest, hex. raw: the exact bytes. leaf: SHA-256(0x00 || raw).
    """

    seq: int
    at: str
    kind: str
    log: str
    prev: str
    salt: str
    open: Mapping[str, Any]
    sealed: Mapping[str, str]
    raw: bytes
    leaf: bytes


def sealed_digest(salt_hex: str, name: str, value: canon.Json) -> str:
    """What an entry says of a sealed field: SHA-256 over the canonical bytes of `[salt, name, value]`, hex.

    The salt is the field's own (docs/decisions/0003-salts.md). Raises BadInput `canon.value` for a value that has no canonical form.
    """
    return sha256(canon.encode([salt_hex, name, value])).hexdigest()


def sealed_digest_of_bytes(salt_hex: str, name: str, value: bytes) -> str:
    """`sealed_digest` where the value's canonical bytes are already there. `salt_hex` and `name` must be well formed."""
    return sha256(b'["%b","%b",%b]' % (salt_hex.encode(), name.encode(), value)).hexdigest()


def well_formed_name(name: str) -> bool:
    """Whether a sealed field may have this name: `[a-z][a-z0-9_]*`, 64 characters at most."""
    return _NAME.fullmatch(name) is not None


def well_formed_salt(salt: str) -> bool:
    """Whether this is a salt: 32 lower-case hex digits, 16 bytes."""
    return _HEX32.fullmatch(salt) is not None


def well_formed_origin(origin: str) -> bool:
    """Whether a ledger may have this origin: printable ASCII without space, plus and quotes' escapes (C2SP signed-note key name)."""
    return _ORIGIN.fullmatch(origin) is not None and not set(origin) & {'"', "\\"}


def build(  # noqa: PLR0913 - the format has these fields
    *, seq: int, at: str, kind: str, log: str, prev: str, salt: str, open: Mapping[str, Any], sealed: Mapping[str, str],  # noqa: A002
) -> Entry:
    """An entry from its parts, as bytes and leaf hash.

    Raises:
        BadInput: `canon.value` for a value without canonical form, `chain.too-large` above 65,535 bytes, `chain.bad-entry` for a part
            that the format does not allow.
    """
    value = {"v": 1, "log": log, "seq": seq, "at": at, "kind": kind, "prev": prev, "salt": salt, "open": open, "sealed": sealed}
    wrong = _wrong(value)
    if wrong:
        raise BadInput("chain.bad-entry", why=wrong)
    raw = canon.encode(value)
    if len(raw) > canon.MAX_ENTRY:
        raise BadInput("chain.too-large", size=len(raw), most=canon.MAX_ENTRY)
    return Entry(seq, at, kind, log, prev, salt, open, sealed, raw, leaf(raw))


def leaf(raw: bytes) -> bytes:
    """SHA-256(0x00 || raw): the entry's leaf hash in the tree, and the next entry's `prev`."""
    return sha256(b"\x00" + raw).digest()


def parse(raw: bytes) -> Entry:
    """An entry from its exact bytes, every second spelling refused.

    Raises:
        Damaged: `chain.entry` with `seq` (-1 where it cannot be told) and `why`.
    """
    digest = leaf(raw)
    if len(raw) > canon.MAX_ENTRY:
        raise Damaged("chain.entry", seq=-1, why=f"{len(raw)} bytes, more than {canon.MAX_ENTRY}")
    try:
        value = canon.decode(raw)
    except BadInput as error:
        raise Damaged("chain.entry", seq=-1, why=str(error.params.get("why", error))) from error
    return shape(value, raw, digest)


def shape(value: canon.Json, raw: bytes, digest: bytes) -> Entry:
    """A parsed value as an Entry: exact keys, types and lengths. Raises Damaged `chain.entry`."""
    wrong = _wrong(value)
    if wrong:
        seq = value.get("seq") if isinstance(value, Mapping) else None
        raise Damaged("chain.entry", seq=seq if type(seq) is int else -1, why=wrong)
    v = cast("Mapping[str, Any]", value)
    return Entry(v["seq"], v["at"], v["kind"], v["log"], v["prev"], v["salt"], v["open"], v["sealed"], raw, digest)


def _wrong(value: canon.Json) -> str:
    """Why this is not an entry's value, or an empty text."""
    if not isinstance(value, Mapping) or value.keys() != KEYS:
        return "not exactly the keys of an entry"
    if type(value["v"]) is not int or value["v"] != 1:
        return "not version 1"
    if type(value["seq"]) is not int or value["seq"] < 0:
        return "seq is not a count"
    texts = {"at": _AT, "kind": _KIND, "prev": _HEX64, "salt": _HEX32, "log": _ORIGIN}
    for name, pattern in texts.items():
        if type(value[name]) is not str or not pattern.fullmatch(value[name]):
            return f"{name} is malformed"
    if not well_formed_origin(value["log"]) or not _is_date(value["at"]):
        return "log or at is malformed"
    return _wrong_fields(value["open"], value["sealed"])


def _wrong_fields(opened: Any, sealed: Any) -> str:
    if not isinstance(opened, Mapping) or type(opened.get("class")) is not str:
        return "open is not an object with a class"
    if not isinstance(sealed, Mapping):
        return "sealed is not an object"
    for name, digest in sealed.items():
        if not _NAME.fullmatch(name) or type(digest) is not str or not _HEX64.fullmatch(digest):
            return "a sealed field is malformed"
        if name in opened:
            return "a field is both open and sealed"
    return ""


def _is_date(at: str) -> bool:
    try:
        datetime.fromisoformat(at)
    except ValueError:
        return False
    return True


def check_link(previous: Entry | None, entry: Entry) -> None:
    """That `entry` follows `previous` (None: that it is the first).

    Raises:
        Damaged: `chain.link` with `seq` and `why`, for a hole or a step back, another ledger's entry, or a `prev` that is not the leaf
            hash of the entry before.
    """
    seq, prev, log = (0, GENESIS, entry.log) if previous is None else (previous.seq + 1, previous.leaf.hex(), previous.log)
    if entry.seq != seq:
        raise Damaged("chain.link", seq=entry.seq, why=f"seq {seq} expected")
    if entry.log != log:
        raise Damaged("chain.link", seq=entry.seq, why="of another ledger")
    if entry.prev != prev:
        raise Damaged("chain.link", seq=entry.seq, why="prev is not the leaf hash of the entry before")

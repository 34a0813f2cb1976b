"""What is inside one stored entry, and whether the values beside it are the ones it sealed: the slow half of `check`, made quick. Pure.

`chain.parse` decides what an entry is. Most of its time goes into `sealed`, whose shape is so narrow that a regular expression can vouch
for it; then only `open` is parsed and encoded again. Whatever the short way does not vouch for goes the long way.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from provenance import canon
from provenance.errors import BadInput
from provenance.ledger import chain

_HEAD = re.compile(
    rb'\{"at":"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z)",'
    rb'"kind":"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+/[1-9][0-9]{0,3}","log":"[!#-*,-\[\]-~]{1,255}","open":'
)
_FIELD = rb'"[a-z][a-z0-9_]{0,63}":"[0-9a-f]{64}"'
_TAIL = re.compile(
    rb',"prev":"[0-9a-f]{64}","salt":"[0-9a-f]{32}","sealed":\{((?:%b(?:,%b)*+)?)\},"seq":(?:0|[1-9][0-9]{0,14}),"v":1\}' % (_FIELD, _FIELD)
)
_SALT = re.compile(rb"[0-9a-f]{32}")
_STRING = rb'"[ !#-\[\]-~]*+"'  # ASCII with nothing to escape: canonical as it stands
_PLAIN = re.compile(rb"%b|\[(?:%b(?:,%b)*+)?\]" % (_STRING, _STRING, _STRING))


def sealed(raw: bytes) -> Mapping[bytes, bytes]:
    """The sealed fields of an entry: name -> digest, hex. Raises Damaged `chain.entry` for bytes that are not a canonical entry."""
    quick = _sealed(raw)
    if quick is not None:
        return quick
    return {name.encode(): digest.encode() for name, digest in chain.parse(raw).sealed.items()}


def _sealed(raw: bytes) -> dict[bytes, bytes] | None:
    """The short way; None where it cannot vouch for the bytes."""
    head = _HEAD.match(raw)
    cut = raw.rfind(b"{") - 126
    if head is None or cut < head.end() or len(raw) > canon.MAX_ENTRY:
        return None
    tail = _TAIL.fullmatch(raw, cut)
    if tail is None:
        return None
    try:
        datetime.fromisoformat(head[1].decode())
        opened = canon.decode(b"[" + raw[head.end() : cut] + b"]")  # in a list, for it stands one level deep in the entry too
    except (ValueError, BadInput):
        return None
    # name, colon, digest and comma lie in a fixed grid of quotes: "name":"digest","name":"digest"
    parts = tail[1].split(b'"')
    names, digests = parts[1::4], parts[3::4]
    if not isinstance(opened, list) or len(opened) != 1 or not isinstance(opened[0], dict) or type(opened[0].get("class")) is not str:
        return None
    if any(a >= b for a, b in itertools.pairwise(names)) or any(name.decode() in opened[0] for name in names):
        return None
    return dict(zip(names, digests, strict=True))


def fits(committed: bytes, salt: object, name: bytes, value: object) -> bool:
    """Whether a stored salt and value give the digest that an entry holds. Believes no type: a rotten page can turn them."""
    if type(salt) is not bytes or type(value) is not bytes or not _SALT.fullmatch(salt):
        return False
    return sha256(b'["' + salt + b'","' + name + b'",' + value + b"]").hexdigest().encode() == committed


def canonical(value: bytes) -> bool:
    """Whether a value's bytes are canonical."""
    if _PLAIN.fullmatch(value):
        return True
    try:
        canon.decode(value)
    except BadInput:
        return False
    return True

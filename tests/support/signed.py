"""Entries that a person's key signed: fixed keys, signatures that do not depend on chance, and what is wrong with some."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from support import authors

from provenance import facts
from provenance.ledger.store import Ledger
from provenance.seal import person, statement

WORK = "5ad0f00d5ad0f00d"
TEXT = "我先画了草图，再让程序上色。\nThe ears were mine from the first sketch on."
P256, P384 = (ec.derive_private_key(0xA5A5, curve) for curve in (ec.SECP256R1(), ec.SECP384R1()))
Says = Callable[[Ledger], Iterator[facts.Fact]]


def signature(origin: str, of: int, leaf: str, key: Any = None) -> facts.StatementSigned:
    """The fact of a signature by a private key over an entry, the same bytes each time."""
    key = key or authors.key(0)
    who, message = person.person(key.public_key()), statement.message(origin, of, leaf)
    if isinstance(key, ed25519.Ed25519PrivateKey):
        raw = key.sign(message)
    elif isinstance(key, ec.EllipticCurvePrivateKey):
        raw = key.sign(message, ec.ECDSA(person.digest(who.algorithm), deterministic_signing=True))
    else:
        from cryptography.hazmat.primitives.asymmetric import padding

        raw = key.sign(message, padding.PKCS1v15(), person.digest(who.algorithm))
    return facts.StatementSigned(
        of=of, leaf=leaf, public_key=who.fingerprint, algorithm=who.algorithm, key=statement.coded(who),
        signature=base64.b64encode(raw).decode(),
    )  # fmt: skip


def says(key: Any = None, /, *, of: int | None = None, named: bool = True, **wrong: Any) -> Says:
    """What is added to a ledger: the author's key, a statement, and a signature over it.

    Args:
        of: the entry whose leaf hash is signed under the statement's number. named: whether the key is named first. wrong: values of the
            signing entry in place of the right ones, or functions of those.
    """

    def facts_of(ledger: Ledger) -> Iterator[facts.Fact]:
        if named:
            who = person.person((key or authors.key(0)).public_key())
            yield facts.AuthorNamed(public_key=who.fingerprint, algorithm=who.algorithm, name="Mei")
        yield facts.StatementMade(work=WORK, lang="zh", way="typed", text=TEXT)
        last = list(ledger.entries())[-1]
        over = last if of is None else next(ledger.entries(of, of + 1))
        right = signature(last.log, last.seq, over.leaf.hex(), key)
        yield dataclasses.replace(right, **{name: to(getattr(right, name)) if callable(to) else to for name, to in wrong.items()})

    return facts_of


def other_message(origin: str = "prov.test/another") -> str:
    """A good signature's base64, over other bytes."""
    return signature(origin, 1, "0" * 64).signature

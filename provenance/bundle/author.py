"""The author's own signature over a bundle, where there is one, and whose key that is. Pure.

`author.sig` is over the bytes of tagmanifest-sha256.txt, like seal.sig, by the key in `proof/author.pem` (kinds: seal/person.py), which an
entry of the ledger names. `proof/author-chain.pem` are certificates for it, the leaf first: they count only under an authority that whoever
verifies trusts beforehand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from provenance import canon, clock
from provenance.bundle import bag
from provenance.bundle.contents import VALUES_CAP, take
from provenance.bundle.verdict import Files, Finding
from provenance.errors import BadInput
from provenance.ledger import chain
from provenance.seal import certificates, person
from provenance.seal.person import Person

SIGNATURE, PEM, CHAIN = "author.sig", "proof/author.pem", "proof/author-chain.pem"
SMALL = 1 << 16
KIND = "author.named/"


def present(files: Files) -> bool:
    """Whether a bundle has anything of this."""
    return any(name in (SIGNATURE, PEM, CHAIN) for name in files.names())


def missing(names: frozenset[str]) -> list[str]:
    """Which of the two parts of a signature is not there although the other is."""
    pair = {SIGNATURE, PEM}
    return sorted(pair - names) if names & {*pair, CHAIN} else []


def author(files: Files, entries: Mapping[int, chain.Entry], trusted: Sequence[bytes], found: list[Finding]) -> tuple[str, ...]:
    """Check the author's signature.

    Args:
        entries: those of the bundle. trusted: certificates of authorities, each file's bytes, from elsewhere.
    Returns:
        ("IDENTIFIED",) where a trusted authority says whose key it is.
    """
    who = _key(files, found)
    signature, manifest = take(files, SIGNATURE, SMALL, found), take(files, bag.TAGMANIFEST, VALUES_CAP, found)
    if who is None or signature is None or manifest is None:
        return ()
    if not who.verify(manifest, signature):
        found.append(Finding("A002"))
        return ()
    named = [entry.open.get("public_key") for entry in entries.values() if entry.kind.startswith(KIND)]
    if who.fingerprint not in named:
        found.append(Finding("A003", {"fingerprint": who.fingerprint}))
        return ()
    found.append(Finding("A004", {"fingerprint": who.fingerprint, "algorithm": who.algorithm}))
    return _identity(files, who, trusted, found)


def _key(files: Files, found: list[Finding]) -> Person | None:
    pem = take(files, PEM, SMALL, found)
    if pem is None:
        return None
    try:
        return person.parse(pem)
    except BadInput as error:
        found.append(Finding("A001", {"why": str(error.params.get("why", ""))}))
        return None


def _identity(files: Files, who: Person, trusted: Sequence[bytes], found: list[Finding]) -> tuple[str, ...]:
    """The certificates must be valid when the bundle was made, as its author's clock says: a stamped head is older than this signature,
    and says nothing of when it was made."""
    data = take(files, CHAIN, SMALL, found)
    if data is None:
        return ()
    try:
        handed = certificates.chain(data)
        if certificates.to_pem(handed) != data or certificates.holder(handed[0]) != who:
            raise BadInput("seal.certificate", why="the first one is not for the author's key, or the file is not in its one form")
    except BadInput as error:
        found.append(Finding("A005", {"why": str(error.params.get("why", ""))}))
        return ()
    told = {"name": handed[0].subject.rfc4514_string(), "issuer": handed[0].issuer.rfc4514_string()}
    when = _made_at(files)
    try:
        roots = [one for data in trusted for one in certificates.chain(data)]
        certificates.identify(handed, roots, clock.parse(when))
    except BadInput as error:
        why = str(error.params.get("why", "")) if trusted else "no authority was named as trusted"
        found.append(Finding("A006", {**told, "why": why}))
        return ()
    found.append(Finding("A007", {**told, "at": when}))
    return ("IDENTIFIED",)


def _made_at(files: Files) -> str:
    try:
        about = canon.decode(files.read("data/bundle.json", VALUES_CAP))
    except (BadInput, KeyError):
        return ""
    return str(about.get("made_at", "")) if isinstance(about, dict) else ""

"""The author's own signatures, over a bundle and over single entries, where there are any, and whose key that is. Pure.

`author.sig` is over the bytes of tagmanifest-sha256.txt, like seal.sig, by the key in `proof/author.pem` (kinds: seal/person.py), which an
entry of the ledger names. `proof/author-chain.pem` are certificates for it, the leaf first: they count only under an authority that whoever
verifies trusts beforehand. An entry `statement.signed` is a signature over another entry (seal/statement.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from provenance import canon, clock
from provenance.bundle import bag
from provenance.bundle.contents import VALUES_CAP, take
from provenance.bundle.verdict import Files, Finding
from provenance.errors import BadInput
from provenance.ledger import chain
from provenance.seal import certificates, person, statement
from provenance.seal.person import Person

SIGNATURE, PEM, CHAIN = "author.sig", "proof/author.pem", "proof/author-chain.pem"
SMALL = 1 << 16
KIND, SIGNED = "author.named/", "statement.signed/"


def present(files: Files) -> bool:
    """Whether a bundle has a signature of its author's, or a part of one."""
    return any(name in (SIGNATURE, PEM, CHAIN) for name in files.names())


def stated(entries: Mapping[int, chain.Entry]) -> bool:
    """Whether entries shown are signatures over other entries."""
    return any(entry.kind.startswith(SIGNED) for entry in entries.values())


def statements(entries: Mapping[int, chain.Entry], found: list[Finding]) -> None:
    """Check each signature over another entry: good by itself (A008), over that entry as it is here (A009), by a key that is named here."""
    named = _named(entries)
    for seq, entry in sorted(entries.items()):
        if not entry.kind.startswith(SIGNED):
            continue
        who = statement.signer(entry.log, entry.open)
        if who is None:
            found.append(Finding("A008", {"seq": str(seq)}))
            continue
        where = {"seq": str(seq), "of": str(entry.open["of"])}
        over = entries.get(entry.open["of"])
        if over is not None and over.leaf.hex() != entry.open["leaf"]:
            found.append(Finding("A009", where))
            continue
        if over is None:
            found.append(Finding("A010", where))
        if who.fingerprint not in named:
            found.append(Finding("A011", {"seq": str(seq), "fingerprint": who.fingerprint}))
        elif over is not None:
            found.append(Finding("A012", where | {"fingerprint": who.fingerprint, "algorithm": who.algorithm}))


def _named(entries: Mapping[int, chain.Entry]) -> list[object]:
    """Fingerprints of the keys that entries shown here name as the author's."""
    return [entry.open.get("public_key") for entry in entries.values() if entry.kind.startswith(KIND)]


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
    if who.fingerprint not in _named(entries):
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

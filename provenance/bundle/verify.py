"""Verify a bundle: bytes in, findings out. Pure; the smallest door (canon, errors, chain, merkle, note, snapshot and `cryptography`).

The procedure. The stand-alone `verify.py` in each bundle does the same steps under the same numbers, and docs/bundle-format.md lists
them for a third implementation. Before it, a zip is opened by its strict reader, or refused (codes Z001 to Z011).

 1 names     the bag is whole: BagIt's four files are in form, each file is listed, each listed or required file is there
 2 hashes    the SHA-256 of each file is the listed one, and the CRC-32 that a zip states fits
 3 key       signer.pem and signer.vkey hold one Ed25519 key, which is neither of small order nor oddly encoded, nor another than expected
 4 seal      seal.sig is that key's signature over the bytes of tagmanifest-sha256.txt
 5 snapshot  checkpoint.txt is a checkpoint signed by that key; checkpoint.body and checkpoint.sig are its parts
 6 entries   each entry is canonical and in form, under its own number, of this ledger, within the snapshot
 7 proofs    each entry is in the tree of the snapshot; neighbours are linked by `prev`
 8 sealed    each disclosed value opens a commitment of its entry, once
 9 contents  originals and blobs are the bytes they are named by; bundle.json agrees with all that is here and all that is withheld
10 first     entry 0 names this key, or one from which signed rotations lead to it
11 time      heads of this ledger that a time authority stamped: each is a beginning of the snapshot, each token is sound; who trusts it
12 author    only where the author signed, too: author.sig is the author's, and whose key that is; entries that the author signed
13 witness   only where somebody cosigned a head, or a witness is trusted: each is a beginning of the snapshot, and whose word it is
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from zlib import crc32

from provenance.bundle import author, bag, contents, witnessed
from provenance.bundle.anchored import Known, anchors
from provenance.bundle.contents import Seen
from provenance.bundle.first import OPENED, expected, first
from provenance.bundle.verdict import Done, Files, Finding, Trust, Verdict, Witnessed, conclude, refused
from provenance.canon import MAX_ENTRY
from provenance.errors import BadInput, Damaged
from provenance.ledger import chain, merkle
from provenance.seal import ed25519, note, snapshot

SEAL, BUNDLE = "seal.sig", "data/bundle.json"
CHECKPOINT, BODY, SIGNATURE = "proof/checkpoint.txt", "proof/checkpoint.body", "proof/checkpoint.sig"
PEM, VKEY = "proof/signer.pem", "proof/signer.vkey"
REQUIRED = (bag.BAGIT, bag.BAG_INFO, bag.MANIFEST, bag.TAGMANIFEST, SEAL, BUNDLE, CHECKPOINT, BODY, SIGNATURE, PEM, VKEY)
SIGNATURES = (SEAL, author.SIGNATURE)
"""What lies beside the list of files that it signs."""

DROPPINGS = frozenset((".DS_Store", "Thumbs.db", "desktop.ini"))
"""What file managers leave in a folder that somebody looked into. Not evidence; noted, never read."""

SMALL, MANIFEST_CAP, VALUES_CAP = 1 << 16, 64 << 20, contents.VALUES_CAP
_ENTRY = re.compile(r"data/entries/([0-9]{8,16})\.json")
_PROOF = re.compile(r"proof/([0-9]{8,16})\.tlog-proof")
_PEM = re.compile(rb"-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/]{59}=\n-----END PUBLIC KEY-----\n")
ANYBODY = Trust()


@dataclass(frozen=True)
class Bag:
    """Step 1's outcome. listed: name -> SHA-256, of both manifests. missing: listed and not there, so nobody's lie."""

    names: frozenset[str]
    listed: Mapping[str, str]
    missing: frozenset[str]


def verify(files: Files, trust: Trust = ANYBODY) -> Verdict:
    """Check a bundle.

    Args:
        files: the bundle's files, from `archive.read_zip`, `folder.read_folder` or anywhere else.
        trust: what is known from elsewhere; without it the key is only compared with itself and the ledger's first entry.
    Returns:
        The verdict. Bytes that are wrong are findings, never exceptions.
    Raises:
        BadInput: `bundle.unreadable`, `bundle.refused` where the files cannot be read to their end.
    """
    if bag.BAGIT not in files.names() and BUNDLE not in files.names():
        return refused("B000", {})
    found = [list[Finding]() for _ in range(12)]  # found[n]: of step n
    held = _bag(files, found[1])
    hashes = _hashes(files, held, found[2])
    key = _key(files, found[3])
    sealed = _seal(files, key, found[4])
    head, signed = _snapshot(files, key, found[5])
    entries = _entries(files, head, found[6])
    _proofs(files, held, entries, head, signed, found[7])
    seen = Seen(held.names, held.missing, hashes, entries)
    disclosed = contents.disclosures(files, seen, found[8])
    counts, withheld = contents.bundle(files, seen, disclosed, head, found[9])
    line = first(entries, key, head, absent=OPENED not in held.names | held.missing, found=found[10])
    found[3] += expected(trust.fingerprint, key, line)
    known = Known(held.names, held.missing, entries, head, key, line)
    times = anchors(files, known, trust, found[11])
    done = [True, True, key is not None, sealed, head is not None, True, head is not None, True, BUNDLE in held.names, 0 in entries, True]
    steps = ("names", "hashes", "key", "seal", "snapshot", "entries", "proofs", "sealed", "contents", "first", "time")
    results = [Done(*step) for step in zip(steps, found[1:], done, strict=True)]
    added, seen_by = _persons(files, known, trust, results)
    counts |= {"anchors": sum(time.trusted for time in times), "witnesses": len({one.vkey for one in seen_by})}
    return conclude(results, withheld, counts, added, times, seen_by)


def _persons(files: Files, known: Known, trust: Trust, results: list[Done]) -> tuple[tuple[str, ...], tuple[Witnessed, ...]]:
    """Steps 12 and 13, which not every bundle has: what they add to a good word, and who saw the ledger's heads."""
    identified: tuple[str, ...] = ()
    seen_by: tuple[Witnessed, ...] = ()
    if author.present(files) or author.stated(known.entries):
        signed: list[Finding] = []
        identified = author.author(files, known.entries, trust.authorities, signed)
        author.statements(known.entries, signed)
        results.append(Done("author", signed, number=12))
    if trust.witnesses or witnessed.present(files):
        said: list[Finding] = []
        seen_by = witnessed.witnessed(files, known, trust, said)
        results.append(Done("witness", said, known.head is not None, number=13))
    return (*(["WITNESSED"] if seen_by else []), *identified), seen_by


def _bag(files: Files, found: list[Finding]) -> Bag:
    """Step 1."""
    names = frozenset(name for name in files.names() if not _dropping(files, name))
    found += [Finding("B007", {"name": name}) for name in sorted(set(files.names()) - names)]
    declared = contents.take(files, bag.BAGIT, SMALL, found)
    if declared not in (None, bag.DECLARATION):
        found.append(Finding("B001"))
    listed: dict[str, str] = {}
    for manifest in (bag.MANIFEST, bag.TAGMANIFEST):
        payload = manifest == bag.MANIFEST
        rows = _manifest(files, manifest, payload, found)
        outside = set() if payload else {bag.TAGMANIFEST, *SIGNATURES}
        if rows is not None:
            unlisted = {name for name in names if name.startswith("data/") == payload} - rows.keys() - outside
            found += [Finding("B003", {"name": name}) for name in sorted(unlisted)]
            listed |= rows
    missing = frozenset(listed) - names
    found += [Finding("B004", {"name": name}) for name in sorted(missing)]
    found += [Finding("B005", {"name": name}) for name in (*REQUIRED, *author.missing(names | missing)) if name not in names | missing]
    _bag_info(files, [files.size(name) for name in names if name.startswith("data/")], missing, found)
    return Bag(names, listed, missing)


def _dropping(files: Files, name: str) -> bool:
    return name.rpartition("/")[2] in DROPPINGS and files.checksum(name) is None


def _manifest(files: Files, name: str, payload: bool, found: list[Finding]) -> dict[str, str] | None:
    data = contents.take(files, name, MANIFEST_CAP, found)
    if data is None:
        return None
    try:
        rows = bag.parse_manifest(data)
    except BadInput as error:
        found.append(Finding("B002", {"name": name, "line": str(error.params["line"])}))
        return None
    astray = [row for row in rows if row.startswith("data/") != payload or row in (bag.TAGMANIFEST, *SIGNATURES)]
    if astray:
        found.append(Finding("B002", {"name": name, "line": astray[0]}))
        return None
    return rows


def _bag_info(files: Files, sizes: list[int], missing: frozenset[str], found: list[Finding]) -> None:
    data = contents.take(files, bag.BAG_INFO, SMALL, found)
    if data is None:
        return
    try:
        oxum = bag.parse_bag_info(data).get("Payload-Oxum")
    except BadInput as error:
        found.append(Finding("B006", {"line": str(error.params["line"])}))
        return
    if oxum != bag.payload_oxum(sizes) and not any(name.startswith("data/") for name in missing):
        found.append(Finding("B006", {"line": f"Payload-Oxum: {oxum}"}))


def _hashes(files: Files, held: Bag, found: list[Finding]) -> dict[str, str]:
    """Step 2. Every file is read once, piece by piece, whatever its size."""
    hashes: dict[str, str] = {}
    for name in sorted(held.names):
        digest, crc = sha256(), 0
        for chunk in files.chunks(name):
            digest.update(chunk)
            crc = crc32(chunk, crc)
        hashes[name] = digest.hexdigest()
        if held.listed.get(name, hashes[name]) != hashes[name]:
            found.append(Finding("F001", {"name": name}))
        elif files.checksum(name) not in (None, crc):
            found.append(Finding("Z012", {"name": name}))
    return hashes


def _key(files: Files, found: list[Finding]) -> note.Verifier | None:
    """Step 3. A small-order key would let one signature stand for every message (RFC 8032 section 5.1.7 does not refuse it)."""
    pem, vkey = contents.take(files, PEM, SMALL, found), contents.take(files, VKEY, SMALL, found)
    if pem is None or vkey is None:
        return None
    try:
        key = note.parse_vkey(vkey.decode("ascii").removesuffix("\n"))
    except (BadInput, UnicodeDecodeError) as error:
        weak = isinstance(error, BadInput) and error.key == "seal.weak-key"
        found.append(Finding("K003" if weak else "K001", {} if weak else {"name": VKEY}))
        return None
    if vkey != key.vkey.encode() + b"\n":
        found.append(Finding("K001", {"name": VKEY}))
    if pem != ed25519.pem(key.public):
        found.append(Finding("K002") if _PEM.fullmatch(pem) else Finding("K001", {"name": PEM}))
    return key


def _seal(files: Files, key: note.Verifier | None, found: list[Finding]) -> bool:
    """Step 4. Whether it could be done."""
    seal, manifest = contents.take(files, SEAL, SMALL, found), contents.take(files, bag.TAGMANIFEST, MANIFEST_CAP, found)
    if key is None or seal is None or manifest is None:
        return False
    if len(seal) != 64 or not key.verify(manifest, seal):
        found.append(Finding("S001"))
    return True


def _snapshot(files: Files, key: note.Verifier | None, found: list[Finding]) -> tuple[snapshot.Snapshot | None, bytes]:
    """Step 5. The snapshot and the exact bytes of its note."""
    data = contents.take(files, CHECKPOINT, SMALL, found)
    if key is None or data is None:
        return None, data or b""
    try:
        opened = note.open_note(data, [key])
        head = snapshot.parse(opened.text)
    except BadInput as error:
        unsigned = error.key in ("seal.bad-signature", "seal.unsigned")
        found.append(Finding("S003" if unsigned else "S002"))
        return None, data
    if head.origin != key.name:
        found.append(Finding("S002"))
        return None, data
    for name, part in ((BODY, opened.text.encode()), (SIGNATURE, opened.verified[0].data)):
        if contents.take(files, name, SMALL, found) not in (None, part):
            found.append(Finding("S004", {"name": name}))
    return head, data


def _entries(files: Files, head: snapshot.Snapshot | None, found: list[Finding]) -> dict[int, chain.Entry]:
    """Step 6."""
    entries: dict[int, chain.Entry] = {}
    for name in sorted(files.names()):
        match = _ENTRY.fullmatch(name)
        raw = contents.take(files, name, MAX_ENTRY, found) if match else None
        if match is None or raw is None:
            continue
        try:
            entry = chain.parse(raw)
        except Damaged as error:
            found.append(Finding("E001", {"name": name, "why": str(error.params["why"])}))
            continue
        if match[1] != f"{entry.seq:08d}":
            found.append(Finding("E002", {"name": name, "seq": str(entry.seq)}))
            continue
        if head is not None and entry.log != head.origin:
            found.append(Finding("E003", {"name": name, "log": entry.log}))
        if head is not None and entry.seq >= head.size:
            found.append(Finding("E004", {"name": name, "size": str(head.size)}))
        entries[entry.seq] = entry
    return entries


def _proofs(
    files: Files, held: Bag, entries: dict[int, chain.Entry], head: snapshot.Snapshot | None, signed: bytes, found: list[Finding]
) -> None:
    """Step 7."""
    for seq, entry in sorted(entries.items()):
        before = entries.get(seq - 1)
        if (seq == 0 and entry.prev != chain.GENESIS) or (before is not None and entry.prev != before.leaf.hex()):
            found.append(Finding("E005", {"seq": str(seq)}))
        name = f"proof/{seq:08d}.tlog-proof"
        data = contents.take(files, name, SMALL, found)
        if data is None and name not in held.names | held.missing:
            found.append(Finding("B005", {"name": name}))
        if data is None or head is None:
            continue
        try:
            proof = snapshot.parse_tlog_proof(data.decode())
        except (BadInput, UnicodeDecodeError):
            found.append(Finding("P001", {"name": name}))
            continue
        if proof.extra is not None or proof.note != signed:
            found.append(Finding("P002", {"name": name}))
        if proof.index != seq or not merkle.verify_inclusion(seq, head.size, entry.leaf, proof.path, head.root):
            found.append(Finding("P003", {"name": name}))
    for name in sorted(held.names):
        match = _PROOF.fullmatch(name)
        if match and f"data/entries/{match[1]}.json" not in held.names | held.missing:
            found.append(Finding("P004", {"name": name}))

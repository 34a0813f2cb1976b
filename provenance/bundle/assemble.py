"""Put a bundle together: parts in, the list of its files out. Pure given its inputs; large files stay openers and are never held.

Everything but the originals and blobs is in memory; their hashes are known from the ledger, so the manifests need no second reading,
and each is compared with its bytes while they stream past: a bundle that tells an untruth about a file is never finished.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from provenance import canon
from provenance.bundle import bag, page, texts
from provenance.bundle.anchors import Anchor
from provenance.bundle.archive import Opener
from provenance.bundle.contents import FORMAT, ROLES
from provenance.bundle.witnesses import Cosigned
from provenance.errors import BadInput, Damaged
from provenance.seal import note, snapshot

EXTENSIONS = {
    "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/avif": "avif", "image/gif": "gif", "image/svg+xml": "svg",
    "video/mp4": "mp4", "video/webm": "webm", "audio/flac": "flac", "audio/mpeg": "mp3",
}  # fmt: skip

FIRST = ("report.pdf", "report.html", "README.txt", "VERIFY.txt", "verify.html")


@dataclass(frozen=True)
class Proven:
    """One entry: its exact bytes, its inclusion path under the snapshot, and (salt, name, value) of each field to disclose."""

    seq: int
    raw: bytes
    path: tuple[bytes, ...]
    disclosed: tuple[tuple[str, str, canon.Json], ...] = ()


@dataclass(frozen=True)
class Blob:
    """Bytes that are known by their SHA-256 (64 hex digits): size in bytes, and an opener of the chunks."""

    sha256: str
    size: int
    opener: Opener


@dataclass(frozen=True)
class Picture:
    """A picture of the work. original: None where its bytes are not handed over, then `why_absent` says why.

    role: chosen, ancestor, rejected or input. preview: SHA-256 of a blob. entries: the entries that recorded it, ascending.
    blurred: SHA-256 of a blurred copy of its preview, which no entry names, in place of that.
    """

    sha256: str
    role: str
    media_type: str
    entries: tuple[int, ...]
    original: Blob | None = None
    why_absent: str = ""
    preview: str | None = None
    blurred: str | None = None

    @property
    def file(self) -> str:
        """Where the original lies in the bundle."""
        return f"data/originals/{self.sha256[:16]}.{EXTENSIONS.get(self.media_type, 'bin')}"

    def row(self) -> dict[str, Any]:
        """The picture as bundle.json has it."""
        found: dict[str, Any] = {"sha256": self.sha256, "role": self.role, "media_type": self.media_type, "entries": list(self.entries)}
        found |= {"file": self.file} if self.original else {"file": None, "why_absent": self.why_absent}
        found |= {"preview": self.preview} if self.preview else {}
        return found | ({"preview_blurred": self.blurred} if self.blurred else {})

    @property
    def blurred_file(self) -> str:
        """Where a blurred preview lies."""
        return f"previews/{self.sha256[:16]}.png"


@dataclass(frozen=True)
class Content:
    """All that a bundle says. note: the signed checkpoint's exact bytes, its key named as the ledger's origin.

    made_at: a stamp (clock.stamp). slug: for the folder's name. pem, vkey: the public key. withheld: names of sealed fields that are
    not disclosed anywhere; withheld_why: in a person's words. more: further values for bundle.json, for readers of later versions.
    anchors: heads that a time authority stamped. witnessed: heads that others cosigned. beside: name -> what else is for people: papers,
    annexes, indexes, schemas. copies: name -> blobs under names that a person can open.
    """

    title: str
    slug: str
    made_at: str
    software: str
    note: bytes
    pem: bytes
    vkey: str
    entries: tuple[Proven, ...]
    pictures: tuple[Picture, ...]
    blobs: tuple[Blob, ...]
    models: tuple[Mapping[str, Any], ...]
    withheld: tuple[str, ...]
    withheld_why: str
    report_html: bytes
    more: Mapping[str, Any]
    anchors: tuple[Anchor, ...] = ()
    witnessed: tuple[Cosigned, ...] = ()
    beside: Mapping[str, bytes] = field(default_factory=dict)
    copies: Mapping[str, Blob] = field(default_factory=dict)

    @property
    def top(self) -> str:
        """The bundle's folder: EVIDENCE-<slug>-<YYYYMMDD>."""
        return f"EVIDENCE-{self.slug}-{self.made_at[:10].replace('-', '')}"


@dataclass(frozen=True)
class Signing:
    """Who signs beside the ledger. pem: their public key. chain: their certificates in PEM, may be empty. sign: over the tag manifest."""

    pem: bytes
    chain: bytes
    sign: Callable[[bytes], bytes]


@dataclass(frozen=True)
class Bundle:
    """A bundle ready to be written. files: (full name, size, opener) for `archive.write_zip`. seal: SHA-256 of the tag manifest."""

    top: str
    files: tuple[tuple[str, int, Opener], ...]
    seal: str


def assemble(content: Content, sign: Callable[[bytes], bytes], author: Signing | None = None) -> Bundle:
    """The files of a bundle, those for people first.

    Args:
        content: what to show.
        sign: Ed25519 by the ledger's key; used once, over the tag manifest. author: signs the same bytes, too, where given.
    Raises:
        BadInput: `bundle.content` for parts that do not fit each other; `seal.*` for a checkpoint that the key did not sign.
        Damaged: `bundle.changed`, later, while the files are read: bytes that are not what the ledger recorded.
    """
    _check(content)
    small = _payload(content)
    large = _large(content)
    hashes = {name: sha256(data).hexdigest() for name, data in small.items()} | {name: blob.sha256 for name, blob in large.items()}
    sizes = [len(data) for data in small.values()] + [blob.size for blob in large.values()]
    tags = _tags(content, bag.payload_oxum(sizes)) | {bag.MANIFEST: bag.manifest(hashes)}
    if author is not None:
        tags |= {"proof/author.pem": author.pem} | ({"proof/author-chain.pem": author.chain} if author.chain else {})
    listed = {name: blob.sha256 for name, blob in content.copies.items()}
    tagmanifest = bag.manifest({name: sha256(data).hexdigest() for name, data in tags.items()} | listed)
    tags |= {bag.TAGMANIFEST: tagmanifest, "seal.sig": sign(tagmanifest)} | ({"author.sig": author.sign(tagmanifest)} if author else {})
    files = {name: (len(data), _opener(data)) for name, data in (tags | small).items()}
    files |= {name: (blob.size, _checked(name, blob)) for name, blob in {**large, **content.copies}.items()}
    order: list[str] = [name for name in (*FIRST, *texts.PROGRAM) if name in files]
    order += sorted(files.keys() - set(order))
    return Bundle(content.top, tuple((f"{content.top}/{name}", *files[name]) for name in order), sha256(tagmanifest).hexdigest())


def _check(content: Content) -> None:
    """Refuse what a verifier would refuse and a caller could get wrong."""
    seqs = [entry.seq for entry in content.entries]
    wrong = ""
    if not seqs or seqs[0] != 0 or seqs != sorted(set(seqs)):
        wrong = "entries must ascend from entry 0"
    for picture in content.pictures:
        if picture.role not in ROLES or not set(picture.entries) <= set(seqs) or list(picture.entries) != sorted(set(picture.entries)):
            wrong = f"picture {picture.sha256}: role or entries"
        if picture.original is not None and picture.original.sha256 != picture.sha256:
            wrong = f"picture {picture.sha256}: another original"
    disclosed = {name for entry in content.entries for _, name, _ in entry.disclosed}
    if disclosed & set(content.withheld):
        wrong = f"disclosed and withheld: {', '.join(sorted(disclosed & set(content.withheld)))}"
    if wrong:
        raise BadInput("bundle.content", why=wrong)


def _payload(content: Content) -> dict[str, bytes]:
    head = snapshot.open_snapshot(content.note, note.parse_vkey(content.vkey))
    about = {
        **content.more, "format": FORMAT, "log": head.origin, "made_at": content.made_at, "software": content.software,
        "snapshot": {"size": head.size, "root": base64.b64encode(head.root).decode()}, "title": content.title,
        "entries": [entry.seq for entry in content.entries], "pictures": [picture.row() for picture in content.pictures],
        "models": list(content.models), "withheld": list(content.withheld), "withheld_why": content.withheld_why,
    }  # fmt: skip
    files = {"data/bundle.json": canon.encode(canon.clean(about))}
    for entry in content.entries:
        files[f"data/entries/{entry.seq:08d}.json"] = entry.raw
        if entry.disclosed:
            files[f"data/disclosures/{entry.seq:08d}.json"] = canon.encode([list(row) for row in entry.disclosed])
    return files


def _large(content: Content) -> dict[str, Blob]:
    originals = {picture.file: picture.original for picture in content.pictures if picture.original is not None}
    return originals | {f"data/blobs/{blob.sha256}": blob for blob in content.blobs}


def _tags(content: Content, oxum: str) -> dict[str, bytes]:
    verifier = note.parse_vkey(content.vkey)
    opened = note.open_note(content.note, [verifier])
    info: Sequence[tuple[str, str]] = (
        ("Bag-Software-Agent", content.software), ("Bagging-Date", content.made_at[:10]), ("External-Description", content.title),
        ("External-Identifier", f"{content.top} of ledger {verifier.name}"), ("Payload-Oxum", oxum),
    )  # fmt: skip
    tags = {
        "report.html": content.report_html, "README.txt": texts.readme(), "VERIFY.txt": texts.instructions(),
        "verify.html": page.page(), **texts.verifier(),
        bag.BAGIT: bag.DECLARATION, bag.BAG_INFO: bag.bag_info([row for row in info if row[1].split()]),
        "proof/checkpoint.txt": content.note, "proof/checkpoint.body": opened.text.encode(),
        "proof/checkpoint.sig": opened.verified[0].data, "proof/signer.pem": content.pem,
        "proof/signer.vkey": content.vkey.encode() + b"\n",
    }  # fmt: skip
    for entry in content.entries:
        proof = snapshot.tlog_proof(entry.seq, entry.path, content.note)
        tags[f"proof/{entry.seq:08d}.tlog-proof"] = proof.encode()
    for anchor in content.anchors:
        tags |= anchor.files()
    for head in content.witnessed:
        tags |= head.files()
    return tags | dict(content.beside)


def _opener(data: bytes) -> Opener:
    return lambda: iter((data,))


def _checked(name: str, blob: Blob) -> Opener:
    """The blob's chunks, and an error after the last one if they were not the bytes that were recorded."""

    def chunks() -> Iterator[bytes]:
        digest = sha256()
        for chunk in blob.opener():
            digest.update(chunk)
            yield chunk
        if digest.hexdigest() != blob.sha256:
            raise Damaged("bundle.changed", name=name)

    return chunks

"""A small real ledger and a good bundle of it, as names and bytes, with the means to break it and to sign it again."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from provenance import facts
from provenance.bundle import archive, bag
from provenance.bundle.assemble import Blob, Bundle, Content, Picture, Proven, assemble
from provenance.clock import Moment
from provenance.ledger import chain, merkle
from provenance.ledger.store import Ledger
from provenance.seal import keys, snapshot

ORIGIN = "prov.test/b0b"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 3 + b"not a real picture, and nobody decodes it here"
WORKFLOW = b'{"prompt":{"3":{"class_type":"KSampler"}}}'
PREVIEW = b"\xff\xd8\xff small preview"
WITHHELD = ("host", "path", "roots")


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def ticking() -> Callable[[], Moment]:
    ticks = itertools.count()

    def read() -> Moment:
        n = next(ticks)
        return Moment(datetime(2026, 11, 22, tzinfo=UTC) + timedelta(seconds=n), 1_000_000 + n * 1000, 1_000_000 + n * 1000, "b0075eed")

    return read


def sitting(signer: keys.Signer) -> list[facts.Fact]:
    """What happened: one picture captured with its prompt, described, put in a work, kept with a reason."""
    sha = digest(PICTURE)
    carrier = {"name": "png:tEXt:prompt", "sha256": digest(WORKFLOW), "size": str(len(WORKFLOW))}
    return [
        facts.LedgerOpened(software="prov 0", public_key=signer.fingerprint, vkey=signer.vkey, key_protection="file-0600"),
        facts.RecorderStarted(
            software="prov 0", python="3.11", system="test", sqlite="3", watcher="scan", journal="delete",
            host="studio-seven", roots=("/home/a",),
        ),
        facts.FileCaptured(
            sha256=sha, size=len(PICTURE), media_type="image/png", container="png", parsed="read", mtime="2026-11-22T00:00:00.000000Z",
            seen_at="2026-11-22T00:00:01.000000Z", path="/home/a/out/1.png", carriers=(carrier,), generator="ComfyUI",
            prompts=("一只猫, crystal pendant \U0001f48e \u202e",), seeds=("18446744073709551615",),
        ),
        facts.FileDescribedFirst(of=sha, width=1, height=1, pixels="0" * 64, dhash="0" * 16, preview=digest(PREVIEW)),
        facts.RecorderStopped(reason="asked", captured=1),
        facts.WorkNamed(work="00" * 8, name="水晶猫"),
        facts.WorkFiled(work="00" * 8, pictures=(sha,)),
        facts.DecisionMade(decision="kept", pictures=(sha,), why="the light falls as I meant it"),
    ]


@dataclass(frozen=True)
class World:
    """A ledger folder, its key, the content that was exported, and every entry's exact bytes."""

    folder: Path
    signer: keys.Signer
    content: Content
    raws: tuple[bytes, ...]

    def bundle(self) -> Bundle:
        return assemble(self.content, self.signer.sign)

    def files(self) -> dict[str, bytes]:
        """The good bundle, names below the top folder -> bytes."""
        return {name.partition("/")[2]: b"".join(opener()) for name, _, opener in self.bundle().files}


def once(data: bytes) -> Callable[[], Iterator[bytes]]:
    return lambda: iter((data[:100], data[100:]))


def blob(data: bytes) -> Blob:
    return Blob(digest(data), len(data), once(data))


def make(folder: Path, signer: keys.Signer | None = None) -> World:
    """Record, sign and prepare: entries 4 (the recorder's stop) and later bookkeeping stay out of the bundle."""
    folder.mkdir(parents=True, exist_ok=True)
    signer = signer or keys.create(folder / "keys", ORIGIN)
    with Ledger.create(folder / "ledger.db", ORIGIN, ticking()) as ledger:
        ledger.append(sitting(signer))
        head = ledger.head()
        note = snapshot.sign(snapshot.Snapshot(ORIGIN, head.size, head.root), signer)
        proven, raws = [], []
        for record in ledger.records():
            raws.append(record.entry.raw)
            shown = tuple((record.salts[n], n, v) for n, v in sorted(record.values.items()) if n not in WITHHELD)
            if record.entry.seq != 4:
                proven.append(Proven(record.entry.seq, record.entry.raw, tuple(ledger.inclusion(record.entry.seq, head.size)), shown))
    picture = Picture(digest(PICTURE), "chosen", "image/png", (2,), blob(PICTURE), preview=digest(PREVIEW))
    content = Content(
        title="水晶猫 Crystal cat", slug="crystal-cat", made_at="2026-11-22T02:00:00.000000Z", software="prov 0", note=note,
        pem=signer.pem_public, vkey=signer.vkey, entries=tuple(proven), pictures=(picture,), blobs=(blob(WORKFLOW), blob(PREVIEW)),
        models=(), withheld=WITHHELD, withheld_why="where the files lie is nobody's business", report_html=b"<!doctype html>\n", more={},
    )
    return World(folder, signer, content, tuple(raws))


# --- breaking and mending --------------------------------------------------------------------------------------------------------


def rehash(files: dict[str, bytes]) -> None:
    """Write both manifests and the Payload-Oxum again, as anybody can. bag-info.txt is left alone where it is not in form."""
    data = {name: content for name, content in files.items() if name.startswith("data/")}
    try:
        info = bag.parse_bag_info(files["bag-info.txt"])
        files["bag-info.txt"] = bag.bag_info(list((info | {"Payload-Oxum": bag.payload_oxum(map(len, data.values()))}).items()))
    except Exception:
        pass
    files[bag.MANIFEST] = bag.manifest({name: digest(content) for name, content in data.items()})
    relist(files)


def relist(files: dict[str, bytes]) -> None:
    """Write the tag manifest again."""
    outside = {bag.TAGMANIFEST, "seal.sig", "author.sig"}
    files[bag.TAGMANIFEST] = bag.manifest(
        {name: digest(content) for name, content in files.items() if not name.startswith("data/") and name not in outside}
    )


def resign(files: dict[str, bytes], signer: keys.Signer) -> None:
    """Seal again, as only the holder of the key can."""
    files["seal.sig"] = signer.sign(files[bag.TAGMANIFEST])


def rewrite(files: dict[str, bytes], signer: keys.Signer, raws: Sequence[bytes]) -> None:
    """A whole new ledger of these entry bytes under the bundle: tree, checkpoint and proofs, as only the holder of the key can."""
    leaves = [chain.leaf(raw) for raw in raws]
    note = snapshot.sign(snapshot.Snapshot(ORIGIN, len(raws), merkle.root(leaves)), signer)
    checkpoint(files, note)
    for seq in range(len(raws)):
        if f"data/entries/{seq:08d}.json" in files:
            files[f"data/entries/{seq:08d}.json"] = raws[seq]
            files[f"proof/{seq:08d}.tlog-proof"] = snapshot.tlog_proof(seq, merkle.inclusion_proof(leaves, seq), note).encode()


def checkpoint(files: dict[str, bytes], note: bytes) -> None:
    """Put this signed note in, with its parts, and name its root in bundle.json by text."""
    import base64
    import re

    text, _, line = note.decode().partition("\n\n")
    _, size, root = text.split("\n")
    files["proof/checkpoint.txt"], files["proof/checkpoint.body"] = note, (text + "\n").encode()
    files["proof/checkpoint.sig"] = base64.b64decode(line.split(" ")[2])[4:]
    named = f'"snapshot":{{"root":"{root}","size":{size}}}'
    files["data/bundle.json"] = re.sub(r'"snapshot":\{[^}]*\}', named, files["data/bundle.json"].decode()).encode()


def write_folder(folder: Path, files: Mapping[str, bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def zipped(files: Mapping[str, bytes], top: str = "EVIDENCE-x-20261122") -> bytes:
    out = io.BytesIO()
    archive.write_zip(out, [(f"{top}/{name}", len(content), once(content)) for name, content in sorted(files.items())])
    return out.getvalue()

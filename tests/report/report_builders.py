"""A made-up sitting for the report's tests: real facts, made-up pictures. Nothing here comes from a real person or tool."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from PIL import Image, ImageDraw

from provenance import canon, facts
from provenance.report.dossier import Meta, Picture

MADE = (
    "generator", "prompts", "negative_prompts", "seeds", "steps", "cfgs", "samplers", "schedulers", "denoises", "sizes", "models", "loras",
    "rest",
)
KEY = hashlib.sha256(b"a made-up key").hexdigest()


@dataclass(frozen=True)
class Entry:
    seq: int
    at: str
    kind: str
    open: dict[str, Any]
    sealed: dict[str, str]
    leaf: bytes


@dataclass(frozen=True)
class Record:
    entry: Entry
    values: Mapping[str, Any]


@dataclass
class Book:
    """Writes entries one after the other, a minute apart. `hide` names the sealed fields that are withheld."""

    hide: Collection[str] = ()
    records: list[Record] = field(default_factory=list)

    def raw(self, kind: str, opened: Mapping[str, Any], sealed: Mapping[str, Any] | None = None) -> int:
        seq, sealed = len(self.records), dict(sealed or {})
        digests = {name: hashlib.sha256(canon.encode([f"salt{seq}", name, value])).hexdigest() for name, value in sealed.items()}
        leaf = hashlib.sha256(b"leaf%d" % seq).digest()
        at = f"2026-03-{2 + seq // 600:02}T{8 + seq // 60 % 10:02}:{seq % 60:02}:07.250000Z"
        entry = Entry(seq, at, kind, {**opened, "clock": {"boot": "0a1b2c3d", "mono_ms": 1000 * seq}}, digests, leaf)
        self.records.append(Record(entry, {name: value for name, value in sealed.items() if name not in self.hide}))
        return seq

    def write(self, fact: facts.Fact) -> int:
        said = facts.split(fact)
        return self.raw(said.kind, said.open, said.sealed)


def sha(name: str) -> str:
    """The made-up hash of a made-up file."""
    return hashlib.sha256(name.encode()).hexdigest()


def preview(name: str) -> bytes:
    """A small picture that differs by name."""
    colours = hashlib.sha256(name.encode()).digest()
    image = Image.new("RGB", (192, 128 + colours[7] % 100), tuple(colours[:3]))
    ImageDraw.Draw(image).ellipse((30, 20, 150, 110), fill=tuple(colours[3:6]))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def file_fact(name: str, cls: Callable[..., facts.Fact] = facts.FileCaptured, **more: Any) -> facts.Fact:
    """A file entry with what a picture usually tells; `more` overrides."""
    claims: dict[str, Any] = {
        "sha256": sha(name), "size": 1_481_223, "media_type": "image/png", "container": "png", "parsed": "read",
        "mtime": "2026-03-02T08:03:05.000000Z", "seen_at": "2026-03-02T08:03:06.000000Z", "width": 1024, "height": 1536,
        "path": f"/home/mei/ComfyUI/output/{name}.png", "generator": "comfyui",
        "prompts": ("a crystal cat pendant, (soft light:1.1), silver chain, dark velvet",),
        "negative_prompts": ("blurry, text, watermark",),
        "seeds": ("18446744073709551615",), "steps": ("28",), "cfgs": ("6.5",), "samplers": ("dpmpp_2m",), "schedulers": ("karras",),
        "denoises": ("1.0",), "sizes": ("1024x1536",),
        "models": ({"name": "atelier_v4.safetensors", "kind": "checkpoint", "claimed_hash": None},),
        "loras": ({"name": "glasswork", "weight": "0.7", "weight_te": "0.7", "claimed_hash": None},),
        "rest": {"clip_skip": "2", "workflow": {"nodes": 14}},
        "carriers": ({"name": "tEXt:prompt", "sha256": sha(name + "prompt"), "size": 4811},),
    }
    return cls(**{**claims, **more})


def picture(book: Book, name: str, cls: Callable[..., facts.Fact] = facts.FileCaptured, **more: Any) -> Picture:
    """A file entry and its description; the role is taken out of the name: `chosen-3`."""
    first = book.write(file_fact(name, cls, **more))
    blob = hashlib.sha256(preview(name)).hexdigest()
    described = facts.FileDescribed(
        of=sha(name), width=1024, height=1536, pixels=sha(name + "px"), dhash="00ff00ff00ff00ff", phash="0" * 16, form="rgb8",
        decoder="pillow/11", preview=blob,
    )
    book.write(described)
    return Picture(sha(name), name.partition("-")[0], (first, first + 1))


def sitting(hide: Collection[str] = ()) -> tuple[Book, tuple[Picture, ...]]:
    """A rich sitting: concept, versions, an input, an import, decisions, models, a gap, a clock jump."""
    book = Book(hide)
    book.write(facts.LedgerOpened(software="prov 0.1.0", public_key=KEY, vkey="mei+1234abcd+AAAA", key_protection="file-0600"))
    book.write(facts.RecorderStarted(
        software="prov 0.1.0", python="3.11.9", system="Linux 6.8", sqlite="3.51.3", watcher="inotify", journal="wal",
        host="studio-pc-7", roots=("/home/mei/ComfyUI/output",),
    ))
    book.write(facts.WatchAdded(tool="comfyui", reason="asked", path="/home/mei/ComfyUI/output"))
    book.write(facts.WorkNamed(work="00112233445566aa", name="猫咪晶钻吊坠 · Crystal Cat"))
    book.write(facts.NoteAdded(work="00112233445566aa", text="先画草图，猫的耳朵要像切割过的水晶。\nThe ears as cut crystal."))
    pictures = [picture(book, "input-sketch", parsed="plain", **dict.fromkeys(MADE))]
    pictures.append(picture(book, "ancestor-1"))
    bound = book.write(facts.ModelsBound(of=7, sha256=sha("ancestor-1"), found=1, missing=1, bindings=(
        {"name": "atelier_v4.safetensors", "kind": "checkpoint", "how": "by name", "sha256": sha("model"), "autov2": sha("model")[:10],
         "autov3": "0123456789ab", "seen": 10, "agrees": None},
        {"name": "glasswork", "kind": "lora", "how": "not found", "sha256": None, "autov2": None, "autov3": None, "agrees": None},
    )))
    assert bound == 9
    book.write(facts.ModelSeen(
        sha256=sha("model"), size=6_938_040_682, autov2=sha("model")[:10], autov3="0123456789ab", payload_sha256="0123456789ab" + "0" * 52,
        mtime="2026-01-05T10:00:00.000000Z", model_kind="checkpoint", name="atelier_v4.safetensors",
        path="/home/mei/models/atelier_v4.safetensors",
        header={"ss_base_model": "sdxl"},
    ))
    pictures.append(picture(book, "rejected-2", seeds=("42",)))
    book.write(facts.GapNoticed(reason="suspended", since="2026-03-02T08:15:00.000000Z", until="2026-03-02T08:40:00.000000Z"))
    book.write(facts.ClockJumped(wall_before="2026-03-02T08:40:01.000000Z", wall_after="2026-03-02T08:39:01.000000Z", by_ms=-60000))
    pictures.append(picture(
        book, "chosen-3",
        prompts=("dark velvet, a crystal cat pendant with cut ears, (soft light:1.3), thin silver chain, <lora:glasswork:0.9>",),
        seeds=("42",), steps=("36",), width=2048, height=3072, inputs=({"name": "ancestor-1.png", "role": "image"},),
        loras=({"name": "glasswork", "weight": "0.9", "weight_te": "0.7", "claimed_hash": None}, {"name": "velvet_bg", "weight": "0.4"}),
    ))
    pictures.append(picture(book, "ancestor-0", facts.FileImported, found="import", mtime="2025-12-24T09:00:00.000000Z"))
    book.write(facts.DecisionMade(decision="rejected", pictures=(sha("rejected-2"),), why="耳朵太圆。"))
    book.write(facts.DecisionMade(
        decision="kept", pictures=(sha("chosen-3"), sha("elsewhere")), why="耳朵有切面了。The facets read."))
    book.write(facts.LinkStated(parent=sha("ancestor-1"), child=sha("chosen-3"), how="img2img", why="used as input"))
    book.write(facts.WorkFiled(work="00112233445566aa", pictures=tuple(p.sha256 for p in pictures)))
    book.write(facts.SnapshotSigned(size=22, root="q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=", why="export", note="note"))
    return book, tuple(pictures)


def meta(book: Book, **more: Any) -> Meta:
    """The exporter's own data for a book."""
    values: dict[str, Any] = {
        "title": "猫咪晶钻吊坠 · Crystal Cat", "work": "00112233445566aa", "log": "atelier.example/ledger/7f3a",
        "made_at": "2026-03-02T18:00:00.000000Z", "snapshot_size": len(book.records), "snapshot_at": "2026-03-02T17:59:58.000000Z",
        "key_fingerprint": KEY, "key_protection": "file-0600", "software": "prov 0.1.0", "verdict": "INTEGRITY ONLY",
        "total_entries": len(book.records) + 310, "withheld": tuple(sorted(book.hide)),
    }
    return Meta(**{**values, **more})


def previews(names: Sequence[str] = ("input-sketch", "ancestor-1", "rejected-2", "chosen-3", "ancestor-0")) -> dict[str, tuple[str, bytes]]:
    """Previews by picture hash."""
    return {sha(name): ("image/png", preview(name)) for name in names}

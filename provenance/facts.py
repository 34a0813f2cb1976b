"""The sentences the ledger can hold: past tense, versioned, one frozen dataclass each.

A field is `open` (shown whenever the entry is) unless it is declared `sealed()`: then the entry holds a salted digest and the value
stands beside it, to be disclosed field by field. What nothing was observed of stays None and is not written. A fact written once is
never changed: a new shape is a new version, and old ones are upcast when they are read.

Classes (who says so): OBSERVED by the recorder, FILE_CLAIMED inside a file, STATED by a person, ATTESTED by a third party,
IMPORTED later than it happened. An entry's class is its kind's; sealed fields made from what a file says are FILE_CLAIMED.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from provenance import canon

OBSERVED, FILE_CLAIMED, STATED, ATTESTED, IMPORTED = "OBSERVED", "FILE_CLAIMED", "STATED", "ATTESTED", "IMPORTED"
CLASSES = (OBSERVED, FILE_CLAIMED, STATED, ATTESTED, IMPORTED)

Rows = tuple[Mapping[str, Any], ...]


def sealed(*, claimed: bool = False, default: Any = None) -> Any:
    """Declare a sealed field; `claimed` marks what a file says of itself (class FILE_CLAIMED)."""
    return dataclasses.field(default=default, metadata={"sealed": True, "claimed": claimed})


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One sentence. Subclasses give KIND (`name/version`) and CLASS."""

    KIND: ClassVar[str]
    CLASS: ClassVar[str] = OBSERVED


@dataclass(frozen=True)
class Sentence:
    """A fact split for writing: canonical-ready open values and sealed values."""

    kind: str
    open: dict[str, Any]
    sealed: dict[str, Any]


def split(fact: Fact) -> Sentence:
    """A fact as kind, open and sealed values. `open` begins with its class; None fields are left out; text is cleaned."""
    opened: dict[str, Any] = {"class": fact.CLASS}
    hidden: dict[str, Any] = {}
    for field in dataclasses.fields(fact):
        value = getattr(fact, field.name)
        if value is not None:
            (hidden if field.metadata.get("sealed") else opened)[field.name] = canon.clean(value)
    return Sentence(fact.KIND, opened, hidden)


# --- the ledger and the recorder -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class LedgerOpened(Fact):
    KIND: ClassVar[str] = "ledger.opened/1"
    software: str
    public_key: str  # SHA-256 of the raw Ed25519 key, hex
    vkey: str  # signed-note verifier key
    key_protection: str  # "file-0600", said plainly in the report


@dataclass(frozen=True, kw_only=True)
class RecorderStarted(Fact):
    KIND: ClassVar[str] = "recorder.started/1"
    software: str
    python: str
    system: str
    sqlite: str
    watcher: str  # "inotify", "watchdog", "scan"
    journal: str
    host: str | None = sealed()
    roots: tuple[Any, ...] | None = sealed()


@dataclass(frozen=True, kw_only=True)
class RecorderStopped(Fact):
    KIND: ClassVar[str] = "recorder.stopped/1"
    reason: str
    captured: int


@dataclass(frozen=True, kw_only=True)
class WatchAdded(Fact):
    KIND: ClassVar[str] = "watch.added/1"
    tool: str | None = None
    reason: str  # "asked", "returned"
    path: Any = sealed()


@dataclass(frozen=True, kw_only=True)
class WatchRemoved(Fact):
    KIND: ClassVar[str] = "watch.removed/1"
    reason: str  # "asked", "vanished", "unreadable"
    path: Any = sealed()


@dataclass(frozen=True, kw_only=True)
class GapNoticed(Fact):
    """A time in which nothing was watched. `since` and `until` are this machine's wall clock."""

    KIND: ClassVar[str] = "gap.noticed/1"
    reason: str  # "stopped", "crashed", "suspended", "overflow", "folder away"
    since: str | None = None
    until: str
    path: Any = sealed()


@dataclass(frozen=True, kw_only=True)
class ClockJumped(Fact):
    KIND: ClassVar[str] = "clock.jumped/1"
    wall_before: str
    wall_after: str
    by_ms: int


# --- files -----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class FileFacts(Fact):
    """What was observed of one version of a file, and beside it, sealed, what the file says of its own making.

    sha256: of the whole file, 64 hex. size: bytes. mtime: the file system's time, which anybody can set. seen_at: when the watcher
    was told. parsed: "read" (a generator's data), "plain" (a known container without it), "unparsed". carriers: what the file's
    texts and blobs are, each `{name, sha256, size}` with the bytes kept under that hash.
    """

    sha256: str
    size: int
    media_type: str
    container: str
    parsed: str
    mtime: str
    seen_at: str
    width: int | None = None
    height: int | None = None
    same_bytes_as: int | None = None  # seq of an earlier entry with these bytes, where one was known
    path: Any = sealed()
    problems: tuple[str, ...] | None = sealed()
    carriers: Rows | None = sealed(claimed=True)
    generator: str | None = sealed(claimed=True)
    tool_version: str | None = sealed(claimed=True)
    prompts: tuple[str, ...] | None = sealed(claimed=True)
    negative_prompts: tuple[str, ...] | None = sealed(claimed=True)
    seeds: tuple[str, ...] | None = sealed(claimed=True)
    steps: tuple[str, ...] | None = sealed(claimed=True)
    cfgs: tuple[str, ...] | None = sealed(claimed=True)
    samplers: tuple[str, ...] | None = sealed(claimed=True)
    schedulers: tuple[str, ...] | None = sealed(claimed=True)
    denoises: tuple[str, ...] | None = sealed(claimed=True)
    sizes: tuple[str, ...] | None = sealed(claimed=True)
    passes: Rows | None = sealed(claimed=True)
    models: Rows | None = sealed(claimed=True)
    loras: Rows | None = sealed(claimed=True)
    hashes: Mapping[str, str] | None = sealed(claimed=True)
    inputs: Rows | None = sealed(claimed=True)
    rest: Mapping[str, Any] | None = sealed(claimed=True)
    also_claimed: tuple[str, ...] | None = sealed(claimed=True)


@dataclass(frozen=True, kw_only=True)
class FileCaptured(FileFacts):
    """Seen live: the recorder was watching when the file was completed."""

    KIND: ClassVar[str] = "file.captured/1"


@dataclass(frozen=True, kw_only=True)
class FileChanged(FileFacts):
    """Seen live: other bytes under a name that was already recorded. `was` is the SHA-256 of the bytes before."""

    KIND: ClassVar[str] = "file.changed/1"
    was: str


@dataclass(frozen=True, kw_only=True)
class FileImported(FileFacts):
    """Found later, not seen being made. `found`: "start", "rescan", "import". `was`: bytes recorded before under this name."""

    KIND: ClassVar[str] = "file.imported/1"
    CLASS: ClassVar[str] = IMPORTED
    found: str
    was: str | None = None


@dataclass(frozen=True, kw_only=True)
class FileDescribed(Fact):
    """What the pixels are, worked out after the capture. `of`: the file's SHA-256. `preview`: blob of a small picture.

    pixels: SHA-256 over width, height (4 bytes each, big endian) and the RGBA bytes row by row. dhash: 64-bit difference hash, hex.
    """

    KIND: ClassVar[str] = "file.described/1"
    of: str
    width: int
    height: int
    pixels: str
    dhash: str
    preview: str


@dataclass(frozen=True, kw_only=True)
class FileRenamed(Fact):
    """The same bytes, read again, now stand under another name."""

    KIND: ClassVar[str] = "file.renamed/1"
    sha256: str
    size: int
    mtime: str
    seen_at: str
    path: Any = sealed()
    was_path: Any = sealed()


@dataclass(frozen=True, kw_only=True)
class FileVanished(Fact):
    """A recorded file is gone, or a file was announced and gone before it could be read (`sha256` absent).

    noticed: "live", or "start"/"rescan" when it happened while nobody watched.
    """

    KIND: ClassVar[str] = "file.vanished/1"
    sha256: str | None = None
    seen_at: str
    noticed: str
    path: Any = sealed()


@dataclass(frozen=True, kw_only=True)
class FileUnreadable(Fact):
    """A file was seen and could not be read; `why` is the system's error name, e.g. EACCES."""

    KIND: ClassVar[str] = "file.unreadable/1"
    why: str
    seen_at: str
    path: Any = sealed()


# --- models ----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ModelSeen(Fact):
    """A model file was read whole. Hash names as in docs/ledger-format.md; autov1 is absent up to 1 MiB: tools hash nothing there.

    was: the SHA-256 recorded before for this path, when the file was swapped under the same name.
    """

    KIND: ClassVar[str] = "model.seen/1"
    sha256: str
    size: int
    autov1: str | None = None
    autov2: str
    autov3: str | None = None  # first 12 of payload_sha256
    payload_sha256: str | None = None  # safetensors: the bytes after the header
    header_sha256: str | None = None
    mtime: str
    was: str | None = None
    model_kind: str  # checkpoint, lora, vae, embedding, controlnet, upscaler, ...
    name: str | None = sealed()
    path: Any = sealed()
    header: Mapping[str, Any] | None = sealed(claimed=True)


@dataclass(frozen=True, kw_only=True)
class ModelsBound(Fact):
    """Which model files lay under the names a picture gives, at the moment of its capture.

    of: seq of the file entry; sha256: the picture. bindings, each: `{name, kind, how, sha256, autov2, autov3, seen, agrees}`; how is
    "by name", "by hash", "not found", or why a file that was found has no hash: "not hashed" (a folder), "unreadable", "pending"; "remote"
    for a model that runs elsewhere. agrees tells whether a hash claimed by the picture fits the bytes (absent where none was claimed that
    can be compared). notes: codes, e.g. "ambiguous", "header label". found: bound to hashed bytes; missing: "not found".
    """

    KIND: ClassVar[str] = "models.bound/1"
    of: int
    sha256: str
    found: int
    missing: int
    bindings: Rows = sealed(default=())


# --- the person ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class NoteAdded(Fact):
    KIND: ClassVar[str] = "note.added/1"
    CLASS: ClassVar[str] = STATED
    about: tuple[str, ...] | None = None  # SHA-256 of pictures
    work: str | None = None
    text: str = sealed()


@dataclass(frozen=True, kw_only=True)
class WorkNamed(Fact):
    KIND: ClassVar[str] = "work.named/1"
    CLASS: ClassVar[str] = STATED
    work: str  # 16 hex digits, made once
    name: str = sealed()


@dataclass(frozen=True, kw_only=True)
class WorkFiled(Fact):
    KIND: ClassVar[str] = "work.filed/1"
    CLASS: ClassVar[str] = STATED
    work: str
    pictures: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DecisionMade(Fact):
    KIND: ClassVar[str] = "decision.made/1"
    CLASS: ClassVar[str] = STATED
    decision: str  # "kept", "rejected"
    pictures: tuple[str, ...]
    why: str | None = sealed()


@dataclass(frozen=True, kw_only=True)
class LinkStated(Fact):
    KIND: ClassVar[str] = "link.stated/1"
    CLASS: ClassVar[str] = STATED
    parent: str
    child: str
    how: str
    why: str | None = sealed()


# --- trust and hand-over ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class SnapshotSigned(Fact):
    """A head was signed and written to heads.log. `note` is the whole signed note (C2SP signed-note over tlog-checkpoint)."""

    KIND: ClassVar[str] = "snapshot.signed/1"
    size: int
    root: str  # base64, as in the checkpoint
    why: str  # "stop", "export", "256 entries", "15 minutes", "asked"
    note: str


@dataclass(frozen=True, kw_only=True)
class OriginalDropped(Fact):
    KIND: ClassVar[str] = "original.dropped/1"
    sha256: str
    size: int
    why: str  # "budget"


@dataclass(frozen=True, kw_only=True)
class BundleExported(Fact):
    KIND: ClassVar[str] = "bundle.exported/1"
    size: int
    snapshot: int
    seal: str  # SHA-256 of tagmanifest-sha256.txt
    bundle: str  # SHA-256 of the zip
    withheld: tuple[str, ...]
    pictures: tuple[str, ...]
    path: Any = sealed()


KINDS: dict[str, type[Fact]] = {
    fact.KIND: fact
    for fact in (
        LedgerOpened, RecorderStarted, RecorderStopped, WatchAdded, WatchRemoved, GapNoticed, ClockJumped,
        FileCaptured, FileChanged, FileImported, FileDescribed, FileRenamed, FileVanished, FileUnreadable,
        ModelSeen, ModelsBound, NoteAdded, WorkNamed, WorkFiled, DecisionMade, LinkStated,
        SnapshotSigned, OriginalDropped, BundleExported,
    )
}
FILE_KINDS = (FileCaptured.KIND, FileChanged.KIND, FileImported.KIND)
BOOKKEEPING = (SnapshotSigned.KIND, BundleExported.KIND)


def field_class(kind: str, field: str) -> str:
    """The class of one field of an entry: FILE_CLAIMED for what a file says of itself, else the entry's own.

    An unknown kind (written by a newer version) is OBSERVED only in name: its own `class` value counts; callers show that.
    """
    fact = KINDS.get(kind)
    if fact is None:
        return OBSERVED
    claimed = {f.name for f in dataclasses.fields(fact) if f.metadata.get("claimed")}
    return FILE_CLAIMED if field in claimed else fact.CLASS

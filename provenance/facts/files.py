"""Versions of files: what was observed, and beside it what the file says of its own making."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from provenance.facts.fact import IMPORTED, Fact, Rows, sealed


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
    settled: str | None = None  # live only, how its writer was known to be done: "closed", "renamed", "end mark", "still"
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
    texts: Rows | None = sealed(claimed=True)  # role, text, origin TYPED / EXPANDED / UNKNOWABLE, where
    parts: Rows | None = sealed(claimed=True)
    controls: Rows | None = sealed(claimed=True)
    edits: Rows | None = sealed(claimed=True)
    dialect: str | None = sealed(claimed=True)
    aigc: Mapping[str, str] | None = sealed(claimed=True)
    c2pa: Mapping[str, Any] | None = sealed(claimed=True)
    attestations: Rows | None = sealed(claimed=True)
    rest: Mapping[str, Any] | None = sealed(claimed=True)
    also_claimed: tuple[str, ...] | None = sealed(claimed=True)


@dataclass(frozen=True, kw_only=True)
class FileCaptured(FileFacts):
    """Seen live: a file came to stand under this name while the recorder watched. Moved in from elsewhere, it may be older: see `mtime`."""

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
class FileDescribedFirst(Fact):
    """The first form of `FileDescribed`, as old ledgers hold it; no longer written.

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
class FileDescribed(Fact):
    """What the pixels are, worked out after the capture. `of`: the file's SHA-256. `preview`: blob of a small picture, upright.

    width, height: as stored. form: what a pixel is, e.g. rgb8. orientation: EXIF, where it is not 1. animated: True where only the first of
    several frames is described. pixels, visible: digests of the samples (docs/ledger-format.md, section 8). dhash, phash: 64-bit hashes for
    likeness, hex. decoder: library and version.
    """

    KIND: ClassVar[str] = "file.described/2"
    of: str
    width: int
    height: int
    form: str
    pixels: str
    dhash: str
    phash: str
    preview: str
    decoder: str
    orientation: int | None = None
    animated: bool | None = None
    visible: str | None = None


@dataclass(frozen=True, kw_only=True)
class FileUndescribed(Fact):
    """A recorded picture of which the pixels could not be described, and is not tried again. `of`: the file's SHA-256.

    why: "not decoded", "too large", "decoder died" (the process that decoded it was ended by it) or "too long".
    """

    KIND: ClassVar[str] = "file.undescribed/1"
    of: str
    why: str


@dataclass(frozen=True, kw_only=True)
class LikenessFound(Fact):
    """A picture was compared with those recorded before it, and one of them agrees. child, parent: SHA-256; the parent was recorded
    earlier.

    how: "same pixels" (equal digests) or "looks alike" (measured; no proof of descent). method: name and version. inliers: matched local
    features that agree on one transform (0: the proportions alone suggested it). agreeing, compared: blocks whose texture agrees, of
    those with
    any. share: of the two, three decimals. transform: how the parent lies in the child. rate: id of the table of measured error rates.
    """

    KIND: ClassVar[str] = "likeness.found/1"
    child: str
    parent: str
    how: str
    method: str
    inliers: int | None = None
    agreeing: int | None = None
    compared: int | None = None
    share: str | None = None
    transform: str | None = None
    rate: str | None = None


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

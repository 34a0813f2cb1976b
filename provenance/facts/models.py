"""Model files, and which of them a picture is bound to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from provenance.facts.fact import FILE_CLAIMED, Fact, Rows, sealed


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


@dataclass(frozen=True, kw_only=True)
class ModelNoted(Fact):
    """What a small file beside a model file says of it: a download tool wrote it, after the model's page or from its own defaults.

    model: SHA-256 of the model file it lay beside. sha256, size, mtime: of the small file, of which no copy is kept. form: "civitai.info"
    or "metadata.json". agrees: whether the hash that it claims is the model file's; left out where it claims none. permissions: the flags
    of the model's page by their own names, as text; several values of one have `,` between them. ids: `model`, `version`, as text.
    """

    KIND: ClassVar[str] = "model.noted/1"
    CLASS: ClassVar[str] = FILE_CLAIMED
    model: str
    sha256: str
    size: int
    mtime: str
    form: str
    agrees: bool | None = None
    permissions: Mapping[str, str] | None = sealed(claimed=True)
    ids: Mapping[str, str] | None = sealed(claimed=True)
    title: str | None = sealed(claimed=True)
    creator: str | None = sealed(claimed=True)
    base: str | None = sealed(claimed=True)
    path: Any = sealed()

"""Model files, and which of them a picture is bound to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from provenance.facts.fact import Fact, Rows, sealed


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

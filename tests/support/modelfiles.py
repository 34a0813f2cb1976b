"""Model files and tool folders, made for tests."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path

from provenance.capture.models import ModelHashes
from provenance.capture.stations import Shape


def safetensors(tensors: Mapping[str, bytes], metadata: Mapping[str, object] | None = None) -> bytes:
    """A valid safetensors file of U8 tensors."""
    header: dict[str, object] = {} if metadata is None else {"__metadata__": dict(metadata)}
    at = 0
    for name, data in tensors.items():
        header[name] = {"dtype": "U8", "shape": [len(data)], "data_offsets": [at, at + len(data)]}
        at += len(data)
    return framed(json.dumps(header).encode(), b"".join(tensors.values()))


def framed(header: bytes, payload: bytes = b"payload", length: int | None = None) -> bytes:
    """A header, good or bad, with its length (or a lie) before it and a payload behind it."""
    return struct.pack("<Q", len(header) if length is None else length) + header + payload


def hashes(sha256: str = "a" * 64, **values: object) -> ModelHashes:
    """Hashes as a value, without a file."""
    given: dict[str, object] = {
        "sha256": sha256, "autov1": None, "autov2": sha256[:10], "autov3": None, "payload_sha256": None, "header_sha256": None,
        "header": {}, "size": 3, "shape": Shape(1, 2, 3, 4), **values,
    }
    payload = given["payload_sha256"]
    if isinstance(payload, str):
        given["autov3"] = payload[:12]
    return ModelHashes(**given)  # type: ignore[arg-type]


def tree(base: Path, *names: str) -> Path:
    """Folders (names that end in a slash) and empty files below `base`."""
    for name in names:
        path = base / name
        if name.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"")
    return base

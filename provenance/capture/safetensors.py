"""The header of a safetensors file: how long it is, and what of its metadata is kept. Pure; the header is hostile text.

Format: 8 bytes little-endian length n, then n bytes of UTF-8 JSON beginning with `{`, then the tensors (the payload). The reference
implementation (safetensors 0.4, Rust) refuses headers above 100,000,000 bytes; so does this.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from provenance.errors import Unreadable

MAX_HEADER = 100_000_000
MAX_VALUE = 4096  # bytes of one kept value
MAX_KEPT = 32_768  # bytes of all kept values together
MAX_KEYS = 256
_MAX_PARTS = 4_000_000  # list and object items in one header: beyond it, parsing costs gigabytes
_KEPT = ("ss_", "sshs_", "modelspec.")
_GRAPHS = ("prompt", "workflow")
_PERSONAL = frozenset({"ss_tag_frequency", "ss_dataset_dirs", "ss_datasets", "ss_reg_dataset_dirs"})
NAMES = (".safetensors", ".sft")


def header_length(first: bytes, size: int) -> int | None:
    """n of a file that can be safetensors, else None.

    Args:
        first: the file's first bytes, nine at least. size: of the whole file, in bytes.
    """
    if len(first) < 9 or first[8:9] != b"{":
        return None
    n = int.from_bytes(first[:8], "little")
    return n if n <= MAX_HEADER and 8 + n <= size else None


def metadata(header: bytes) -> Mapping[str, Any]:
    """`__metadata__` of a header, everything in it unchecked.

    Args:
        header: the n bytes after the length.
    Raises:
        Unreadable: `model.header` when it is not a JSON object in UTF-8, too deep, or of too many parts.
    """
    if header.count(b"{") + header.count(b"[") + header.count(b",") > _MAX_PARTS:
        raise Unreadable("model.header", why="too many parts")
    try:
        found = json.loads(header.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Unreadable("model.header", why="not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise Unreadable("model.header", why="not JSON") from error
    if not isinstance(found, dict):
        raise Unreadable("model.header", why="not an object")
    inner = found.get("__metadata__", {})
    if not isinstance(inner, dict):
        raise Unreadable("model.header", why="__metadata__ is not an object")
    return inner


def keep(inner: Mapping[str, Any]) -> dict[str, Any]:
    """What of the metadata goes into the ledger: ss_*, sshs_*, modelspec.* as text, in the order of their names.

    Large values, graphs (`prompt`, `workflow`) and what may name people (training tags and folders) stand as `{"sha256", "size"}` of
    their UTF-8 bytes. At most MAX_KEYS names; the header's own hash covers the rest.
    """
    kept: dict[str, Any] = {}
    room = MAX_KEPT
    for name in sorted(inner):
        if not (name.startswith(_KEPT) or name in _GRAPHS) or len(name) > 200:
            continue
        if len(kept) == MAX_KEYS:
            break
        value = inner[name] if isinstance(inner[name], str) else json.dumps(inner[name], ensure_ascii=False)
        raw = value.encode("utf-8", "surrogatepass")
        if name in _PERSONAL or name in _GRAPHS or len(raw) > min(MAX_VALUE, room):
            kept[name] = {"sha256": hashlib.sha256(raw).hexdigest(), "size": len(raw)}
        else:
            kept[name] = value
            room -= len(raw)
    return kept

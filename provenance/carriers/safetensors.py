"""safetensors (huggingface/safetensors, format description): the texts under `__metadata__` in the JSON header."""

from __future__ import annotations

import json
import re

from provenance.carriers.carrier import Container
from provenance.carriers.finds import Finds
from provenance.carriers.taker import Taker
from provenance.carriers.window import REACH, Window

MAX_HEADER = 100_000_000  # the format's own limit
MAX_TENSORS = 200_000
MAX_KEYS = 1_500
_QUOTED = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_KEY = re.compile(rb"\s*+,?\s*+(" + _QUOTED + rb")\s*+:\s*+", re.DOTALL)
_STRING = re.compile(_QUOTED, re.DOTALL)
_FLAT = re.compile(rb'\{[^{}"]*+(?:' + _QUOTED + rb'[^{}"]*+)*+\}|[^\s,{}"\[\]]++', re.DOTALL)  # one tensor's entry, or a bare value


def walk(window: Window) -> Container:
    """Read the metadata of a safetensors file: a latent or model that ComfyUI saved, a LoRA with its training notes.

    Returns:
        Container with carriers `safetensors:key`, one for each text; complete where the header lies within the file. At most
        32 MB of the header are looked at; tensors are never touched. A header that is no such JSON is a warning.
    """
    taker = Taker(window, Finds())
    length = int.from_bytes(window.get(0, 8), "little")
    if length > MAX_HEADER or 8 + length > window.size:
        taker.finds.warn("safetensors.header")
        length = min(length, max(0, window.size - 8))
    at_hand, end = (window.head, min(8 + length, len(window.head))) if len(window.head) > 8 else (b"", 0)
    if end < 8 + length and not _metadata_ends(at_hand, end):
        more = window.get(0, min(8 + length, REACH - 65_536))
        at_hand, end = (more, len(more)) if more else (at_hand, end)
    _header(taker, at_hand, end)
    return Container("application/x-safetensors", "safetensors", None, None, None, tuple(taker.finds.carriers), taker.finds.warnings)


def _metadata_ends(data: bytes, end: int) -> bool:
    """Whether the metadata, which writers put first, lies within the bytes at hand: its values are strings, so that it is flat."""
    first = _KEY.match(data, 9, end)
    return first is not None and first[1] == b'"__metadata__"' and _FLAT.match(data, first.end(), end) is not None


def _header(taker: Taker, data: bytes, end: int) -> None:
    """Find `__metadata__` among the members of the header, which starts at offset 8 with a brace."""
    pos = 9
    for _ in range(MAX_TENSORS):
        key = _KEY.match(data, pos, end)
        if key is None:
            if data[pos:end].strip()[:1] != b"}":
                taker.finds.warn("safetensors.json")
            return
        if key[1] == b'"__metadata__"':
            _metadata(taker, data, key.end(), end)
            return
        skipped = _FLAT.match(data, key.end(), end)
        if skipped is None:
            taker.finds.warn("safetensors.json")
            return
        pos = skipped.end()
    taker.finds.warn("safetensors.too-many")


def _metadata(taker: Taker, data: bytes, pos: int, end: int) -> None:
    if data[pos : pos + 1] != b"{":
        if data[pos : pos + 4] != b"null":
            taker.finds.warn("safetensors.json")
        return
    pos += 1
    for _ in range(MAX_KEYS):
        key = _KEY.match(data, pos, end)
        value = _STRING.match(data, key.end(), end) if key else None
        if key is None or value is None:
            if key is not None or data[pos:end].strip()[:1] != b"}":
                taker.finds.warn("safetensors.json")  # the format allows texts only
            return
        if len(key[1]) < 4_096:
            _text(taker, key[1], value[0])
        pos = value.end()
    taker.finds.warn("safetensors.too-many")


def _text(taker: Taker, key: bytes, value: bytes) -> None:
    try:
        name, text = json.loads(key, strict=False), json.loads(value, strict=False)
    except ValueError:  # also UnicodeDecodeError
        taker.finds.warn("safetensors.json")
        return
    taker.text(f"safetensors:{name}", text.encode("utf-8", "surrogatepass"), text)

"""What stands inside a prompt: `<lora:...>` tags of the A1111 family, `embedding:name` of ComfyUI. The prompt itself is never changed."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_TAG = 1000  # characters; a longer one is text
_TAG = re.compile(r"<([^<>:]*+):([^<>]*+)>")  # a tag holds no other: no character is looked at for two of them
_STOPS = frozenset(" \t\r\n,()[]{}:|<>\"")


@dataclass(frozen=True)
class Tag:
    """One `<kind:name:...>`. positional: what stands after the name; named: `te=0.5`. text: the tag as written."""

    kind: str
    name: str
    positional: tuple[str, ...]
    named: tuple[tuple[str, str], ...]
    text: str

    @property
    def weight_te(self) -> str:
        """Weight on the text encoder: `te=`, else the first number, else 1 (webui extra_networks_lora.py)."""
        return dict(self.named).get("te") or (self.positional[0] if self.positional else "1")

    @property
    def weight(self) -> str:
        """Weight on the model: `unet=`, else the second number, else the same as on the text encoder."""
        named = dict(self.named)
        return named.get("unet") or (self.positional[1] if len(self.positional) > 1 else self.weight_te)


def tags(prompt: str, kinds: tuple[str, ...] = ("lora", "lyco", "hypernet")) -> tuple[Tag, ...]:
    """Every `<kind:name:...>` of the kinds asked for, in order. Linear in the length of the prompt."""
    if "<" not in prompt:
        return ()
    whole = (found for found in _TAG.finditer(prompt) if len(found[0]) <= MAX_TAG and found[1] in kinds)
    return tuple(tag for found in whole if (tag := _tag(found[1], found[2], found[0])) is not None)


def _tag(kind: str, body: str, text: str) -> Tag | None:
    name, *arguments = body.split(":")
    if not name.strip():
        return None
    named = tuple((key.strip(), value.strip()) for key, equals, value in (item.partition("=") for item in arguments) if equals)
    positional = tuple(item.strip() for item in arguments if "=" not in item and item.strip())
    return Tag(kind, name.strip(), positional, named, text)


def embeddings(prompt: str) -> tuple[str, ...]:
    """Names after `embedding:` (ComfyUI sd1_clip.py), each once, in order; without the weight, brackets and commas around them."""
    found: dict[str, None] = {}
    at = prompt.find("embedding:")
    while at >= 0:
        start = end = at + len("embedding:")
        while end < len(prompt) and prompt[end] not in _STOPS:
            end += 1
        if end > start:
            found[prompt[start:end]] = None
        at = prompt.find("embedding:", end)
    return tuple(found)

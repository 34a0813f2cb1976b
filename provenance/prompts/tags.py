"""What stands inside a prompt: `<lora:...>` tags of the A1111 family, `embedding:name` of ComfyUI. The prompt itself is never changed."""

from __future__ import annotations

from dataclasses import dataclass

MAX_TAG = 1000  # characters; a longer one is text
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
    found: list[Tag] = []
    at = prompt.find("<")
    while at >= 0:
        end = prompt.find(">", at + 1, at + MAX_TAG)
        tag = _tag(prompt[at : end + 1], kinds) if end > 0 else None
        if tag is not None:
            found.append(tag)
        at = prompt.find("<", end if tag is not None else at + 1)
    return tuple(found)


def _tag(text: str, kinds: tuple[str, ...]) -> Tag | None:
    kind, colon, body = text[1:-1].partition(":")
    name, *arguments = body.split(":")
    if kind not in kinds or not colon or not name.strip() or "<" in body:
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

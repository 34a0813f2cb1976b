"""Where ComfyUI's two JSON texts sit in a file: `prompt` (what ran) and `workflow` (the canvas)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from provenance.errors import Unreadable
from provenance.readers.comfyui.jsonint import parse
from provenance.readers.jsontext import plain
from provenance.readers.reading import Texts
from provenance.readers.texts import key_of

_LABEL = re.compile(r"\s{0,16}(prompt|workflow)\s{0,16}:\s{0,16}(?=\{)", re.IGNORECASE)
"""WebP: `prompt:{...}` in Model; savers: `Prompt: {...}`."""
_LONG = 4096  # characters, from which looking for words costs more than asking where the text stands
_BRACES = frozenset("{[<")  # how most texts begin, and no label does
KEYS = frozenset({
    "prompt", "workflow", "comment", "usercomment", "imagedescription", "description", "metadata", "parameters", "make", "model",
    "documentname", "xpcomment", "copyright", "artist", "©cmt", "com", "icmt", "json", "software",
})
_ELSEWHERE = frozenset({"comment", "usercomment", "imagedescription", "description", "metadata", "parameters", "©cmt", "icmt", "json"})


@dataclass(frozen=True)
class Documents:
    """prompt: node id -> node, or None. workflow: the canvas, or None. extra: what stood beside the nodes. warnings: codes."""

    prompt: dict[str, Any] | None = None
    workflow: dict[str, Any] | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def claimed(texts: Texts) -> bool:
    """Whether one of the texts has the marks of either document. Looks for words, parses nothing."""
    for name, text in texts:
        if len(text) > _LONG and not _role(name, text):
            continue
        if ("class_type" in text or ('"nodes"' in text and '"links"' in text)) and _role(name, text):
            return True
    return False


def find(texts: Texts) -> Documents:
    """The first prompt and the first workflow that can be parsed. Several different ones are a warning, never a choice in silence."""
    prompts: list[dict[str, Any]] = []
    workflows: list[dict[str, Any]] = []
    extra: dict[str, Any] = {}
    warnings: list[str] = []
    seen: set[str] = set()
    for name, text in texts:
        role = _role(name, text)
        if not role or text in seen:
            continue
        seen.add(text)
        try:
            value = parse(text, match.end() if text[:1] != "{" and (match := _LABEL.match(text)) else 0)
        except Unreadable as error:
            if role != "either":
                warnings.append(f"unreadable {role} {error.params.get('why', '')}".rstrip())
            continue
        _sort(value, role, prompts, workflows, extra)
    for role, found in (("prompt", prompts), ("workflow", workflows)):
        if any(other != found[0] for other in found[1:]):
            warnings.append(f"several {role} texts")
    return Documents(prompts[0] if prompts else None, workflows[0] if workflows else None, extra, tuple(warnings))


def _role(name: str, text: str) -> str:
    """`prompt`, `workflow`, `either` (a JSON text that may hold both), or "" where neither is to be looked for."""
    if text[:1] not in _BRACES and (match := _LABEL.match(text)) is not None:
        return match[1].lower()
    key = key_of(name)
    if key in ("prompt", "workflow"):
        return key
    return "either" if key in _ELSEWHERE and text[:64].lstrip("\ufeff\0 \t\r\n").startswith("{") else ""


def _sort(value: Any, role: str, prompts: list[dict[str, Any]], workflows: list[dict[str, Any]], extra: dict[str, Any]) -> None:
    """Put a parsed value where it belongs, by its own shape and not by its label."""
    if isinstance(value, str):  # an older VideoHelperSuite wrote JSON inside a JSON string
        value = _again(value)
    if not isinstance(value, dict):
        return
    if is_graph(value):
        prompts.append(value)
        for key, item in value.items():
            if type(item) is not dict or not isinstance(item.get("class_type"), str):
                extra[key] = plain(item)
    elif is_canvas(value):
        workflows.append(value)
    elif role == "either" or "prompt" in value or "workflow" in value:
        for key in ("prompt", "workflow"):
            if key in value and not isinstance(value[key], list):
                inner = _again(value[key])
                if isinstance(inner, dict) and (is_graph(inner) or is_canvas(inner)):
                    _sort(inner, key, prompts, workflows, extra)


def _again(value: Any) -> Any:
    if not isinstance(value, str) or not value.lstrip().startswith(("{", '"')):
        return value
    try:
        inner = parse(value)
        return parse(inner) if isinstance(inner, str) else inner
    except Unreadable:
        return None


def is_graph(value: dict[str, Any]) -> bool:
    """Whether a value is an API graph: at least one node among its members."""
    for item in value.values():  # noqa: SIM110 - a canvas is asked too, and `any` asks for a call for each of its members
        if type(item) is dict and isinstance(item.get("class_type"), str):
            return True
    return False


def is_canvas(value: dict[str, Any]) -> bool:
    """Whether a value is a LiteGraph canvas."""
    return isinstance(value.get("nodes"), list) and any(isinstance(node, dict) and "type" in node for node in value["nodes"])

"""A prompt as the pieces its tool makes of it: words with their weights, networks, breaks, choices, schedules, flags."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import MappingProxyType

from provenance.prompts.comfy import comfy
from provenance.prompts.compel import compel
from provenance.prompts.midjourney import midjourney
from provenance.prompts.novelai import novelai
from provenance.prompts.piece import MAX_CHARACTERS, MAX_TOGETHER, TEXT, Draft, Piece
from provenance.prompts.webui import webui

__all__ = ["DIALECTS", "Piece", "structure", "structures"]

DIALECTS: MappingProxyType[str, Callable[[Draft], None]] = MappingProxyType({
    "a1111": webui, "comfyui": comfy, "novelai": novelai, "invokeai": compel, "midjourney": midjourney,
})  # fmt: skip


def structure(text: str, dialect: str | None) -> tuple[Piece, ...]:
    """The pieces of a prompt.

    Args:
        text: the prompt as the file gives it. dialect: a Reading's; `plain`, None and unknown ones give the text as one piece.
    Returns:
        Pieces in order; their spans follow each other without a gap, so that joined they are the text. () for "". Never raises. Beyond
        MAX_CHARACTERS or MAX_PIECES the rest is one piece of text.
    """
    if not text:
        return ()
    read = DIALECTS.get(dialect or "")
    if read is None:
        return (Piece(TEXT, text, 0, len(text)),)
    draft = Draft(text[:MAX_CHARACTERS])
    read(draft)
    pieces = draft.finished()
    left = len(draft.text)
    return pieces if left == len(text) else (*pieces, Piece(TEXT, text[left:], left, len(text)))


def structures(texts: Iterable[str], dialect: str | None) -> tuple[tuple[Piece, ...], ...]:
    """The pieces of each of a file's prompts. When MAX_TOGETHER characters were looked into, the prompts that follow stay whole: a
    hostile graph may hold thousands."""
    found: list[tuple[Piece, ...]] = []
    left = MAX_TOGETHER
    for text in texts:
        found.append(structure(text, dialect if left > 0 else None))
        left -= min(len(text), MAX_CHARACTERS)
    return tuple(found)

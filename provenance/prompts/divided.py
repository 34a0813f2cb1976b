"""Prompts that hold several: `AND` of the webui, the words of Regional Prompter. Only what divides; weights inside are not looked at."""

from __future__ import annotations

import re

MAX_PIECES = 64

_AND = re.compile(r"\bAND\b")
_WORDS = re.compile(r"\b(ADDCOMM|ADDBASE|ADDCOL|ADDROW|BREAK)\b")
_NUMBER = frozenset("0123456789.-+")


def composed(prompt: str) -> tuple[tuple[str, str | None], ...]:
    """The sub-prompts that an upper-case `AND` divides, each with the weight after its last colon (webui prompt_parser.py).

    Returns:
        (text, weight or None) in order; empty where the prompt has no `AND`.
    """
    if "AND" not in prompt:
        return ()
    pieces = _AND.split(prompt, MAX_PIECES)
    return tuple(_weighted(piece) for piece in pieces) if len(pieces) > 1 else ()


def regional(prompt: str) -> tuple[tuple[str, str | None], ...]:
    """The pieces of a prompt for sd-webui-regional-prompter, each with the word that ENDS it (None for the last)."""
    pieces = _WORDS.split(prompt, MAX_PIECES)
    ends = [*pieces[1::2], None]
    return tuple((text.strip(), end) for text, end in zip(pieces[0::2], ends, strict=False))


def _weighted(piece: str) -> tuple[str, str | None]:
    text, colon, weight = piece.rpartition(":")
    number = weight.strip()
    if colon and number and set(number) <= _NUMBER and any(char.isdigit() for char in number):
        return text.strip(), number
    return piece.strip(), None

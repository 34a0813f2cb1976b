"""A prompt as phrases with weights, in the notation that generators share: commas, `(x:1.2)`, `[x]`, `{x}`, `<lora:name:0.8>`.

`phrases` leaves the weights as written: tools read the same brackets differently, and where the tool is not known nothing is chosen.
`weighed` reads them as one tool does. Linear in the prompt's length; unbalanced brackets are text, and so are brackets nested deeper
than any tool's user writes them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from provenance.prompts.brackets import CLOSERS, pairs
from provenance.prompts.piece import NETWORK, TEXT, Piece
from provenance.prompts.structure import structure

MAX_NESTING = 16  # the mark of a phrase repeats its brackets: without a bound a hostile prompt would make it quadratic
_SEPARATORS = frozenset(",;\r\n\uff0c\u3001\uff1b\u3002")  # with the full-width comma, 、 ; and 。
_CUT = re.compile(r"\\.|(?P<cut>[,;\r\n\uff0c\u3001\uff1b\u3002]|\.(?=\s))", re.DOTALL)
_TAG = re.compile(r"<(\w{1,20}):([^<>:\n]{1,300})(?::([^<>\n]{0,60}))?>")
_WEIGHT = re.compile(r":\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*$")
_WEIGHT_SPAN = 24


@dataclass(frozen=True)
class Phrase:
    """One phrase. mark: its weight as written, `(…:1.2)`, `[…]`, for a tag `0.8`, or as a tool reads it, `1.2`; "" without. tag: `lora`
    of `<lora:name:0.8>`, or the kind of a piece that is no plain words."""

    text: str
    mark: str = ""
    tag: str = ""


def phrases(prompt: str) -> tuple[Phrase, ...]:
    """Split a prompt at commas, sentence ends, brackets and tags; blanks inside a phrase count once.

    Args:
        prompt: any text; a backslash keeps the next character literal, as in A1111's notation.
    Returns:
        The phrases in order, empty ones left out.
    """
    found: list[Phrase] = []
    paired = pairs(prompt)
    stack: list[tuple[str, str, int]] = []  # opener, weight as written, where it closes
    start = position = 0

    def flush(end: int) -> None:
        words = " ".join(prompt[start:end].split())
        if words:
            found.append(Phrase(words, _mark(stack)))

    while position < len(prompt):
        char, step = prompt[position], 1
        if char == "\\":
            position += 2
            continue
        if char == "<" and (tag := _TAG.match(prompt, position)):
            flush(position)
            found.append(Phrase(tag[2].strip(), tag[3] or "", tag[1]))
            step = tag.end() - position
        elif char in _SEPARATORS or (char == "." and prompt[position + 1 : position + 2].isspace()):
            flush(position)
        elif position in paired and len(stack) < MAX_NESTING:
            flush(position)
            stack.append((char, _weight(prompt, position, paired[position]), paired[position]))
        elif stack and stack[-1][2] == position:
            flush(_content_end(prompt, position, stack[-1][1]))
            stack.pop()
        else:
            position += 1
            continue
        position += step
        start = position
    flush(len(prompt))
    return tuple(found)


def weighed(prompt: str, dialect: str) -> tuple[Phrase, ...]:
    """The phrases of a prompt with the weights that its tool gives them: `((a))` and `(a:1.21)` weigh the same for the webui.

    Args:
        prompt: any text. dialect: one of `structure.DIALECTS`; others have no weights.
    """
    return tuple(phrase for piece in structure(prompt, dialect) for phrase in _of_piece(piece))


def _of_piece(piece: Piece) -> list[Phrase]:
    if piece.kind == TEXT:
        return [Phrase(phrase, piece.weight or "") for phrase in _cut(piece.text)]
    if piece.kind == NETWORK:
        return [Phrase(piece.values[1], ":".join(piece.values[2:]), piece.values[0])]
    return [Phrase(" ".join(piece.text.split()), piece.weight or "", piece.kind)]


def _cut(text: str) -> list[str]:
    """Words cut at separators and sentence ends; blanks count once."""
    found, start = [], 0
    for match in _CUT.finditer(text):
        if match["cut"]:
            found.append(text[start : match.start()])
            start = match.end()
    return [words for part in (*found, text[start:]) if (words := " ".join(part.split()))]


def _weight(prompt: str, opener: int, close: int) -> str:
    if prompt[opener] != "(":
        return ""
    found = _WEIGHT.search(prompt[max(opener + 1, close - _WEIGHT_SPAN) : close])
    return found[1] if found else ""


def _content_end(prompt: str, close: int, weight: str) -> int:
    return prompt.rindex(":", 0, close) if weight else close


def _mark(stack: list[tuple[str, str, int]]) -> str:
    if not stack:
        return ""
    closing = "".join((f":{weight}" if weight else "") + CLOSERS[opener] for opener, weight, _ in reversed(stack))
    return "".join(opener for opener, _, _ in stack) + "…" + closing

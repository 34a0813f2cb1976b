"""A prompt as phrases with weights, in the notation that generators share: commas, `(x:1.2)`, `[x]`, `{x}`, `<lora:name:0.8>`.

The weights stay as written: tools read the same brackets differently, and the report does not choose between them. Linear in the
prompt's length; unbalanced brackets are text, and so are brackets nested deeper than any tool's user writes them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_NESTING = 16  # the mark of a phrase repeats its brackets: without a bound a hostile prompt would make it quadratic
_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_OPENERS = {close: opener for opener, close in _CLOSERS.items()}
_SEPARATORS = frozenset(",;\r\n\uff0c\u3001\uff1b\u3002")  # with the full-width comma, 、 ; and 。
_TAG = re.compile(r"<(\w{1,20}):([^<>:\n]{1,300})(?::([^<>\n]{0,60}))?>")
_WEIGHT = re.compile(r":\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*$")
_WEIGHT_SPAN = 24


@dataclass(frozen=True)
class Phrase:
    """One phrase. mark: its weight as written, `(…:1.2)`, `[…]`, for a tag `0.8`; "" without. tag: `lora` of `<lora:name:0.8>`."""

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
    pairs = _pairs(prompt)
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
        elif position in pairs and len(stack) < MAX_NESTING:
            flush(position)
            stack.append((char, _weight(prompt, position, pairs[position]), pairs[position]))
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


def _pairs(prompt: str) -> dict[int, int]:
    """Where each bracket that is closed closes. An opener left open inside a closed pair is text."""
    pairs: dict[int, int] = {}
    waiting: list[int] = []
    open_now = dict.fromkeys(_CLOSERS, 0)
    skip = False
    for position, char in enumerate(prompt):
        if skip or char == "\\":
            skip = not skip
        elif char in _CLOSERS:
            waiting.append(position)
            open_now[char] += 1
        elif char in _OPENERS and open_now[_OPENERS[char]]:
            while True:  # each opener is popped once: linear over the whole prompt
                opener = waiting.pop()
                open_now[prompt[opener]] -= 1
                if prompt[opener] == _OPENERS[char]:
                    break
            pairs[opener] = position
    return pairs


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
    closing = "".join((f":{weight}" if weight else "") + _CLOSERS[opener] for opener, weight, _ in reversed(stack))
    return "".join(opener for opener, _, _ in stack) + "…" + closing

"""Which brackets belong together, and what stands in a tag, a choice or a wildcard. Linear in the text's length."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from types import MappingProxyType

from provenance.prompts.piece import CHOICE, EMBEDDING, NETWORK, WILDCARD, Atom, between

CLOSERS = MappingProxyType({"(": ")", "[": "]", "{": "}"})
_OPENERS = MappingProxyType({close: opener for opener, close in CLOSERS.items()})
_BRACKETS = re.compile(r"\\.|[()\[\]{}]", re.DOTALL)
_INLINE = re.compile(
    r"\\."
    r"|<(?P<kind>lora|lyco|hypernet):(?P<body>[^<>\n]{1,300})>"
    r"|__(?!_)(?P<wild>[\w*\-/.]{1,100}?)__(?!_)"
    r"|\bembedding:(?P<name>[^\s,()\[\]{}:|<>\"]{1,300})"
    r"|\{",
    re.DOTALL,
)


def pairs(text: str) -> dict[int, int]:
    """Where each bracket that is closed closes. An opener left open inside a closed pair is text; a backslash hides what follows it."""
    found: dict[int, int] = {}
    waiting: list[int] = []
    open_now = dict.fromkeys(CLOSERS, 0)
    for match in _BRACKETS.finditer(text):
        char, position = match[0], match.start()
        if char in CLOSERS:
            waiting.append(position)
            open_now[char] += 1
        elif char in _OPENERS and open_now[_OPENERS[char]]:
            while True:  # each opener is popped once: linear over the whole text
                opener = waiting.pop()
                open_now[text[opener]] -= 1
                if text[opener] == _OPENERS[char]:
                    break
            found[opener] = position
    return found


def split_inside(text: str, start: int, end: int, marks: str, paired: dict[int, int]) -> tuple[int, ...]:
    """Where one of the marks stands between start and end, outside of the brackets in there."""
    found, at = [], start
    while at < end:
        if text[at] == "\\":
            at += 1
        elif at in paired:
            at = paired[at]
        elif text[at] in marks:
            found.append(at)
        at += 1
    return tuple(found)


def atoms(text: str, paired: dict[int, int], *, choices: bool = True, embeddings: bool = False) -> tuple[Atom, ...]:
    """Networks' tags, wildcards, choices (`{a|b}`, the outermost) and, if asked, `embedding:name`, in order."""
    return tuple(_atoms(text, paired, choices, embeddings))


def _atoms(text: str, paired: dict[int, int], choices: bool, embeddings: bool) -> Iterator[Atom]:
    behind = 0
    for match in _INLINE.finditer(text):
        start, end = match.span()
        if start < behind:
            continue
        if match["kind"]:
            name, *rest = match["body"].split(":")
            yield Atom(start, end, NETWORK, (match["kind"], name.strip(), *(item.strip() for item in rest)))
        elif match["wild"]:
            yield Atom(start, end, WILDCARD, (match["wild"],))
        elif match["name"] and embeddings:
            yield Atom(start, end, EMBEDDING, (match["name"],))
        elif choices and text[start] == "{" and start in paired:
            end = paired[start] + 1
            bars = split_inside(text, start + 1, end - 1, "|", paired)
            if not bars:
                continue
            yield Atom(start, end, CHOICE, options(text, start + 1, end - 1, bars))
        else:
            continue
        behind = end


def options(text: str, start: int, end: int, bars: tuple[int, ...]) -> tuple[str, ...]:
    """The texts between separators, as written."""
    edges = (start - 1, *bars, end)
    return tuple(text[one + 1 : other] for one, other in pairwise(edges))


def tokens(text: str, start: int, end: int, found: Sequence[Atom], pattern: re.Pattern[str]) -> Iterator[Atom | re.Match[str]]:
    """The atoms between start and end, and what the pattern finds outside of them, in order."""
    at = start
    for atom in between(found, start, end):
        yield from pattern.finditer(text, at, atom.start)
        yield atom
        at = atom.end
    yield from pattern.finditer(text, at, end)

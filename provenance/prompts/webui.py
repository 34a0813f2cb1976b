"""The notation of AUTOMATIC1111's webui and its forks, with the choices and wildcards of the Dynamic Prompts extension.

Source: stable-diffusion-webui 1.10.1 modules/prompt_parser.py (attention, schedules, AND) and extra_networks.py. Round and square
brackets are counted apart; an opener that is never closed weighs all that follows; a closer without an opener is text. A weight before
AND (`a :1.2 AND b :0.8`) is the weight of the `and` piece that ends the part.
"""

from __future__ import annotations

import re
from types import MappingProxyType

from provenance.prompts import brackets
from provenance.prompts.piece import ALTERNATION, AND, BREAK, MAX_NESTING, SCHEDULE, Around, Atom, Draft

_AND = re.compile(r"\\.|(\bAND\b(?!_PERP|_SALT|_TOPK))", re.DOTALL)
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)"
_WEIGHT = re.compile(rf":\s*({_NUMBER})\s*$")
_WHEN = re.compile(rf"\s*{_NUMBER}\s*")
_LOOK_BACK = 24
_TOKEN = re.compile(r"\\.|[()\[\]]|\bBREAK\b", re.DOTALL)
_FACTORS = MappingProxyType({"(": "1.1", "[": "/1.1"})


def webui(draft: Draft) -> None:
    """Lay the notation over the draft's text."""
    text, at = draft.text, 0
    paired = brackets.pairs(text)
    found = _squares(text, brackets.atoms(text, paired), paired)
    ends = [m.span() for m in brackets.tokens(text, 0, len(text), found, _AND) if isinstance(m, re.Match) and m[1]]
    for start, end in (*ends, (len(text), len(text))):
        weight = _weight(text, at, start) if ends else None
        stop = weight[1] if weight else start
        _part(draft, at, stop, found)
        if draft.full:
            return
        if stop < end:
            draft.add(AND, stop, end, (Around(weight[0]),) if weight else ())
        at = end


def _weight(text: str, start: int, end: int) -> tuple[str, int] | None:
    """A weight that stands right before `end`, and where its colon is."""
    first = max(start, end - _LOOK_BACK)
    match = _WEIGHT.search(text[first:end])
    return (match[1], first + match.start()) if match else None


def _squares(text: str, inline: tuple[Atom, ...], paired: dict[int, int]) -> tuple[Atom, ...]:
    """The atoms, and the square brackets that alternate or come in at a step; those hold other atoms inside."""
    over = paired | {atom.start: atom.end - 1 for atom in inline}
    squares: list[Atom] = []
    for at in sorted(place for place in paired if text[place] == "["):
        if squares and at < squares[-1].end:
            continue
        end = paired[at]
        marks = brackets.split_inside(text, at + 1, end, "|:", over)
        bars = tuple(mark for mark in marks if text[mark] == "|")
        values = brackets.options(text, at + 1, end, bars or marks)
        if bars:
            squares.append(Atom(at, end + 1, ALTERNATION, values))
        elif marks and len(marks) <= 2 and _WHEN.fullmatch(values[-1][:_LOOK_BACK]) and len(values[-1]) <= _LOOK_BACK:
            squares.append(Atom(at, end + 1, SCHEDULE, values if len(values) == 3 else ("", *values)))
    return _outermost([*inline, *squares])


def _outermost(found: list[Atom]) -> tuple[Atom, ...]:
    kept: list[Atom] = []
    for atom in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or atom.start >= kept[-1].end:
            kept.append(atom)
    return tuple(kept)


def _part(draft: Draft, start: int, end: int, found: tuple[Atom, ...]) -> None:
    """One part of the prompt: the weights of a part end with it."""
    steps = list(brackets.tokens(draft.text, start, end, found, _TOKEN))
    openers, closers = _meant(draft.text, start, steps)
    around: dict[int, Around] = {}
    for step in steps:
        at, stop = (step.start, step.end) if isinstance(step, Atom) else step.span()
        now = tuple(around.values())
        if draft.full:
            return
        if isinstance(step, Atom):
            draft.words(start, at, now)
            draft.add(step.kind, at, stop, now, step.values)
        elif step[0] == "BREAK":
            draft.words(start, at, now)
            draft.add(BREAK, at, stop, now)
        elif at in openers:
            draft.words(start, at, now)
            draft.opened(at)
            around[at] = openers[at]
        elif at in closers:
            opener, content = closers[at]
            draft.words(start, content, now)
            draft.closed(stop)
            del around[opener]
        else:
            continue
        start = stop
    draft.words(start, end, tuple(around.values()))


def _meant(text: str, start: int, steps: list[Atom | re.Match[str]]) -> tuple[dict[int, Around], dict[int, tuple[int, int]]]:
    """What each bracket means: openers by place, closers as (their opener, where the words before it end)."""
    openers: dict[int, Around] = {}
    closers: dict[int, tuple[int, int]] = {}
    waiting: dict[str, list[int]] = {"(": [], "[": []}
    for step in steps:
        if isinstance(step, Atom):
            start = step.end
            continue
        char, at = step[0], step.start()
        opener = {")": "(", "]": "["}.get(char, "")
        if char in waiting:
            waiting[char].append(at)
            if sum(map(len, waiting.values())) <= MAX_NESTING:  # deeper ones wait too, so that their closers are text as well
                openers[at] = Around(_FACTORS[char], char)
        elif opener and waiting[opener]:
            first = waiting[opener].pop()
            weight = _weight(text, max(start, first + 1), at) if opener == "(" else None
            if first in openers:
                factor, content = weight or (_FACTORS[opener], at)
                openers[first] = Around(factor, opener, text[content : at + 1].strip())
                closers[at] = first, content
        start = step.end()
    return openers, closers

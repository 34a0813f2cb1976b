"""NovelAI's notation: each `{}` weighs 1.05 times, each `[]` a 1.05th; `1.3::text::` weighs 1.3; `||a|b||` chooses.

Source: NovelAI's documentation of its image generator (strengthening and weakening, numerical emphasis of V4 and later, randomizer). It
is not published how the site reads brackets or colons that are never closed: those are text here.
"""

from __future__ import annotations

import re
from types import MappingProxyType

from provenance.prompts import brackets
from provenance.prompts.piece import CHOICE, MAX_NESTING, Around, Atom, Draft

_CHOICE = re.compile(r"\|\|([^|\n]{0,2000}(?:\|[^|\n]{0,2000}){1,100})\|\|")
_TOKEN = re.compile(r"(?P<weight>(?<![\w.])-?(?:\d+\.?\d*|\.\d+))::|::|[{}\[\]]")
_FACTORS = MappingProxyType({"{": "1.05", "[": "/1.05"})
_CLOSERS = MappingProxyType({"{": "}", "[": "]"})


def novelai(draft: Draft) -> None:
    """Lay the notation over the draft's text."""
    text, start = draft.text, 0
    found = tuple(Atom(m.start(), m.end(), CHOICE, tuple(m[1].split("|"))) for m in _CHOICE.finditer(text))
    steps = list(brackets.tokens(text, 0, len(text), found, _TOKEN))
    openers, closers = _meant(steps)
    around: dict[int, Around] = {}
    for step in steps:
        at, stop = (step.start, step.end) if isinstance(step, Atom) else step.span()
        if draft.full:
            return
        if not isinstance(step, Atom) and at not in openers and at not in closers:
            continue
        draft.words(start, at, tuple(around.values()))
        if isinstance(step, Atom):
            draft.add(step.kind, at, stop, tuple(around.values()), step.values)
        elif at in openers:
            draft.opened(at)
            around[at] = openers[at]
        else:
            draft.closed(stop)
            del around[closers[at]]
        start = stop
    draft.words(start, len(text), tuple(around.values()))


def _meant(steps: list[Atom | re.Match[str]]) -> tuple[dict[int, Around], dict[int, int]]:
    """What each opener means, and which opener each closer ends. Brackets and colons nest; what crosses or stays open is text."""
    openers: dict[int, Around] = {}
    closers: dict[int, int] = {}
    waiting: list[tuple[str, int, Around]] = []
    open_now = {"}": 0, "]": 0, "::": 0}
    for step in steps:
        if isinstance(step, Atom):
            continue
        mark, at = step[0], step.start()
        if step["weight"] or mark in _FACTORS:
            closer = "::" if step["weight"] else _CLOSERS[mark]
            waiting.append((closer, at, Around(step["weight"] or _FACTORS[mark], mark, closer)))
            open_now[closer] += 1
            continue
        while open_now[mark]:
            closer, opener, pair = waiting.pop()
            open_now[closer] -= 1
            if closer == mark:
                if len(waiting) < MAX_NESTING:
                    openers[opener], closers[at] = pair, opener
                break
    return openers, closers

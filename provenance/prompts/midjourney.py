"""Midjourney's notation: parts weighed by `::2`, parameters `--ar 3:2` at the end, permutations `{a, b}`.

Source: Midjourney's documentation (multi prompts and weights, parameter list, permutations). A weight stands behind its part.
"""

from __future__ import annotations

import re
from itertools import pairwise

from provenance.prompts import brackets
from provenance.prompts.piece import CHOICE, FLAG, Around, Atom, Draft, filled

_FLAG = re.compile(r"(?:(?<=\s)|^)(?:--|\u2014)(?=[A-Za-z])")  # phones make one long dash of two hyphens
_WEIGHT = re.compile(r"::(-?(?:\d+\.?\d*|\.\d+))?")


def midjourney(draft: Draft) -> None:
    """Lay the notation over the draft's text."""
    text, at = draft.text, 0
    flags = [match.start() for match in _FLAG.finditer(text)]
    stop = flags[0] if flags else len(text)
    found = _permutations(text[:stop])
    for match in _WEIGHT.finditer(text, 0, stop):
        if draft.full:
            return
        filled(draft, at, match.start(), found, (Around(match[1] or "", "", match[0]),))
        draft.closed(match.end())
        at = match.end()
    filled(draft, at, stop, found)
    for start, end in pairwise([*flags, len(text)]):
        if draft.full:
            return
        name, _, value = text[start:end].lstrip("-\u2014").partition(" ")
        draft.add(FLAG, start, end, (), (name.strip(), value.strip()) if value.strip() else (name.strip(),))


def _permutations(text: str) -> tuple[Atom, ...]:
    paired = brackets.pairs(text)
    found: list[Atom] = []
    for start in sorted(place for place in paired if text[place] == "{"):
        if not found or start >= found[-1].end:
            commas = brackets.split_inside(text, start + 1, paired[start], ",", paired)
            if commas:
                found.append(Atom(start, paired[start] + 1, CHOICE, brackets.options(text, start + 1, paired[start], commas)))
    return tuple(found)

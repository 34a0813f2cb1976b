"""ComfyUI's notation: `(x)` weighs 1.1 times what is around it, `(x:1.2)` weighs 1.2 whatever is around it; square brackets are text.

Source: ComfyUI comfy/sd1_clip.py (parse_parentheses, token_weights, escape_important) and its front end for `{a|b}`. As there, a bracket
that is never closed makes text of what follows it, and so does a closer too many.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from provenance.prompts import brackets
from provenance.prompts.piece import MAX_NESTING, Around, Atom, Draft, between, filled

_PARENTHESIS = re.compile(r"(?<!\\)[()]")
_WEIGHT = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,2})?)\s*")
_LOOK_BACK = 40


def comfy(draft: Draft) -> None:
    """Lay the notation over the draft's text."""
    found = brackets.atoms(draft.text, brackets.pairs(draft.text), embeddings=True)
    _weigh(draft, 0, len(draft.text), found, ())


def _weigh(draft: Draft, start: int, end: int, found: Sequence[Atom], around: tuple[Around, ...]) -> None:
    text = draft.text
    within = between(found, start, end)
    for first, last, grouped in _items(text, start, end, within):
        if draft.full:
            return
        if not grouped or len(around) >= MAX_NESTING:
            filled(draft, first, last, within, around)
            continue
        colon = text.rfind(":", first + 1, last - 1)
        weight = _WEIGHT.fullmatch(text, colon + 1, last - 1) if colon > first + 1 and last - colon < _LOOK_BACK else None
        stop = colon if weight else last - 1
        pair = Around(weight[1] if weight else "1.1", "(", text[stop:last] if weight else ")", sets=weight is not None)
        draft.opened(first)
        _weigh(draft, first + 1, stop, within, (*around, pair))
        draft.closed(last)


def _items(text: str, start: int, end: int, within: Sequence[Atom]) -> Iterator[tuple[int, int, bool]]:
    """(start, end, whether in parentheses) of what stands side by side, as the tool cuts it."""
    level, first = 0, start
    for step in brackets.tokens(text, start, end, within, _PARENTHESIS):
        if isinstance(step, Atom):
            continue
        at = step.start()
        if step[0] == "(":
            if level == 0:
                if at > first:
                    yield first, at, False
                first = at
            level += 1
        else:
            level -= 1
            if level == 0:
                yield first, at + 1, _grouped(text, first, at + 1)
                first = at + 1
    if end > first:
        yield first, end, _grouped(text, first, end)


def _grouped(text: str, first: int, last: int) -> bool:
    return last - first >= 2 and text[first] == "(" and text[last - 1] == ")" and text[last - 2] != "\\"

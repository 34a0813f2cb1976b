"""InvokeAI's notation (compel): `word++`, `word-`, `(two words)1.3`, `(two words)+`, and `.and()`, `.blend()`, `.swap()` behind a group.

Source: compel 2.0 prompt_parser.py: each plus weighs 1.1 times, each minus 0.9 times, a number behind a bracket its value; nested weights
multiply, brackets alone weigh nothing.
"""

from __future__ import annotations

import re
from types import MappingProxyType

from provenance.prompts import brackets
from provenance.prompts.piece import AND, BLEND, MAX_NESTING, SWAP, Around, Atom, Draft

_TOKEN = re.compile(
    r"\\."
    r"|(?P<call>\.(?P<name>and|blend|swap)\((?P<given>[^()]{0,300})\))"
    r"|(?P<word>(?<![^\s(,\"])[^\s()+,.\"\\-][^\s()+,\"\\]{0,100}?)(?P<signs>\+{1,20}|-{1,20})(?=[\s),.\"]|$)"
    r"|[()]",
    re.DOTALL,
)
_WEIGHT = re.compile(r"(?P<signs>\+{1,20}|-{1,20})|(?P<number>[+-]?(?:\d+\.?\d*|\.\d+))")
_CALLS = MappingProxyType({"and": AND, "blend": BLEND, "swap": SWAP})


def compel(draft: Draft) -> None:
    """Lay the notation over the draft's text."""
    text, start = draft.text, 0
    found = brackets.atoms(text, {}, choices=False)
    paired = {one: other for one, other in brackets.pairs(text).items() if text[one] == "("}
    ends = {close: opener for opener, close in paired.items()}
    around: dict[int, tuple[Around, ...]] = {}
    for step in brackets.tokens(text, 0, len(text), found, _TOKEN):
        at, stop = (step.start, step.end) if isinstance(step, Atom) else step.span()
        if draft.full:
            return
        if at < start:
            continue
        now = tuple(pair for pairs in around.values() for pair in pairs)
        if isinstance(step, Atom):
            draft.words(start, at, now)
            draft.add(step.kind, at, stop, now, step.values)
        elif step["call"]:
            draft.words(start, at, now)
            draft.add(_CALLS[step["name"]], at, stop, now, tuple(item.strip() for item in step["given"].split(",")))
        elif step["word"]:
            draft.words(start, at, now)
            draft.words(at, step.end("word"), (*now, *_signs(step["signs"])))
            draft.closed(stop)
        elif at in paired and len(around) < MAX_NESTING:
            draft.words(start, at, now)
            draft.opened(at)
            around[at] = _group(text, paired[at] + 1)[0]
        elif at in ends and ends[at] in around:
            draft.words(start, at, now)
            stop = _group(text, at + 1)[1]
            draft.closed(stop)
            del around[ends[at]]
        else:
            continue
        start = stop
    draft.words(start, len(text), tuple(pair for pairs in around.values() for pair in pairs))


def _group(text: str, behind: int) -> tuple[tuple[Around, ...], int]:
    """What a group that closes before `behind` weighs, and where its weight ends."""
    match = _WEIGHT.match(text, behind, behind + 24)
    if match is None:
        return (Around("", "(", ")"),), behind
    if match["number"]:
        return (Around(match["number"], "(", ")" + match[0]),), match.end()
    first, *rest = _signs(match["signs"])
    return (Around(first.factor, "(", ")" + match[0]), *(Around(one.factor) for one in rest)), match.end()


def _signs(signs: str) -> tuple[Around, ...]:
    factor = "1.1" if signs[0] == "+" else "0.9"
    return (Around(factor, "", signs), *(Around(factor) for _ in signs[1:]))

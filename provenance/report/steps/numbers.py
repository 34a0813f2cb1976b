"""What changed in seeds, settings and sampling passes. Pure. Numbers stay the tool's own text; `7` and `7.0` are the same setting."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any

from provenance.report.steps.delta import NOTED, PARAMETER, PASS, SEED, Delta, Values, joined, rows, same, short, texts
from provenance.report.values import plain

LISTS = (
    ("steps", "steps"), ("cfg", "cfgs"), ("sampler", "samplers"), ("scheduler", "schedulers"), ("denoise", "denoises"), ("size", "sizes"),
)
MOST_PASSES = 64
_NO_SETTING = frozenset({  # of `rest`: what was left on the canvas; and templates, which are compared as texts
    "canvas", "templates", "Template", "Negative Template", "Wildcard prompt", "Wildcard negative prompt", "Original prompt",
    "Original negative",
})
_WRITTEN_ANEW = re.compile(  # names of what tools write anew with each picture: a time, an id, a sum over the file
    r"(?i)(^|[\s_.-])(dates?|times?|timestamps?|created(_at)?|duration|seconds|hash(es)?|uuid|guid|id|job|signature|batch pos|index|"
    r"gen(eration)?_?time|prep_?time|stray)($|[\s_.-])|_(id|at|hash|time)$"
)


def differences(old: Values, new: Values) -> list[Delta]:
    """Seeds, then settings of the first pass, then the other passes, then what the file says beside."""
    passes = rows(old.get("passes"))[:MOST_PASSES], rows(new.get("passes"))[:MOST_PASSES]
    found = list(_passes(*passes)) if all(passes) else list(_lists(old, new))
    return [*found, *_rest(old.get("rest"), new.get("rest"))]


def _lists(old: Values, new: Values) -> Iterator[Delta]:
    seeds = joined(texts(old.get("seeds"))), joined(texts(new.get("seeds")))
    if seeds[0] != seeds[1]:
        yield Delta(SEED, "changed", before=seeds[0], after=seeds[1])
    for name, field in LISTS:
        before, after = texts(old.get(field)), texts(new.get(field))
        if len(before) != len(after) or not all(same(one, other) for one, other in zip(before, after, strict=True)):
            yield Delta(PARAMETER, "changed", name, joined(before), joined(after))


def _passes(old: list[Mapping[str, Any]], new: list[Mapping[str, Any]]) -> Iterator[Delta]:
    """Passes of the same role side by side, in the order they ran; what has no partner came or went."""
    left = list(old)
    pairs: list[tuple[Mapping[str, Any] | None, Mapping[str, Any]]] = []
    for after in new:
        partner = next((before for before in left if before.get("role") == after.get("role")), None)
        if partner is not None:
            left.remove(partner)
        pairs.append((partner, after))
    if len(old) == len(new) == 1 and left:  # one pass before, one after, whatever the reader called them
        pairs, left = [(old[0], new[0])], []
    many = len(old) > 1 or len(new) > 1
    for before, after in pairs:
        if before is not None:
            yield from _within(before, after, plain(after.get("role")) if many and after is not new[0] else "")
    for before, after in pairs:
        if before is None:
            yield Delta(PASS, "added", plain(after.get("role")), after=settings(after))
    for gone in left:
        yield Delta(PASS, "removed", plain(gone.get("role")), before=settings(gone))


def _within(old: Mapping[str, Any], new: Mapping[str, Any], role: str) -> Iterator[Delta]:
    if plain(old.get("seed")) != plain(new.get("seed")):
        yield Delta(SEED, "changed", before=plain(old.get("seed")), after=plain(new.get("seed")), of=role)
    for name, _ in LISTS:
        if not same(old.get(name), new.get(name)):
            yield Delta(PARAMETER, "changed", name, plain(old.get(name)), plain(new.get(name)), of=role)


def settings(one: Mapping[str, Any]) -> str:
    """A pass's settings on one line, as the tool's own words: `seed 4002, steps 2, denoise 0.5, size 128x128`."""
    names = ("seed", *(name for name, _ in LISTS))
    return ", ".join(f"{name} {plain(one[name])}" for name in names if one.get(name))


def _rest(old: Any, new: Any) -> Iterator[Delta]:
    """Settings that have no field of their own (Clip skip, Hires upscaler, ...), by the names that the tool gives them."""
    before, after = (side if isinstance(side, Mapping) else {} for side in (old, new))
    for name in dict.fromkeys(itertools.chain(before, after)):
        one, other = before.get(name), after.get(name)
        if name not in _NO_SETTING and not same(one, other):
            topic = NOTED if _WRITTEN_ANEW.search(name) else PARAMETER
            yield Delta(topic, "changed", short(name), short(one), short(other))

"""Two runs of a generator side by side: everything that differs, in words and structure. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from provenance.report.steps import materials, numbers, wiring, words
from provenance.report.steps.delta import BESIDE, GENERATOR, SEED, TOPICS, Delta, Values, rows, texts
from provenance.report.steps.graph import Graph, masks
from provenance.report.steps.materials import AreaOf
from provenance.report.values import plain

_RANK = {topic: rank for rank, topic in enumerate(TOPICS)}
_NODE_LISTS = ("prompts", "negative_prompts")


@dataclass(frozen=True)
class Made:
    """What the files of a run say of its making. values: one file's claimed fields, `seeds` of all its files. graph: ComfyUI's."""

    values: Values = field(default_factory=dict)
    graph: Graph | None = None


def differences(old: Made, new: Made, area_of: AreaOf = materials.unknown) -> tuple[Delta, ...]:
    """What differs from one run to another.

    Args:
        area_of: how much a mask covers, None where its bytes are not at hand.
    Returns:
        Differences in the order of TOPICS. Labels and credentials (`aigc`, `c2pa`, ...) are about the file and are not compared.
    """
    masked = tuple(masks(side.graph) if side.graph is not None else () for side in (old, new))
    found = [
        *_generator(old.values, new.values),
        *words.differences(old.values, new.values),
        *numbers.differences(old.values, new.values),
        *materials.differences(old.values, new.values, (masked[0], masked[1]), area_of),
    ]
    if old.graph is not None and new.graph is not None:
        found += wiring.differences(old.graph, new.graph, partial(_told, old.values, new.values, tuple(found)))
    return tuple(sorted(found, key=lambda delta: _RANK[delta.topic]))


def _generator(old: Values, new: Values) -> Iterator[Delta]:
    for what, name in (("changed", "generator"), ("version", "tool_version")):
        before, after = plain(old.get(name)), plain(new.get(name))
        if before != after:
            yield Delta(GENERATOR, what, before=before, after=after)


def _told(old: Values, new: Values, found: Iterable[Delta]) -> Iterator[tuple[str, str]]:
    """What a node's value may say once more: the pairs of the differences, and the texts that were compared phrase by phrase."""
    for delta in found:
        yield delta.before, delta.after
        if delta.topic == "parameter" and delta.name == "size":
            yield from zip(delta.before.split("x"), delta.after.split("x"), strict=False)
    said = [
        {text for name in _NODE_LISTS for text in texts(side.get(name))[: words.MOST_TEXTS]}
        | {plain(row.get("text")) for row in rows(side.get("texts"))[: words.MOST_TEXTS]}
        for side in (old, new)
    ]
    yield from itertools.product(*said)


def reroll(found: Sequence[Delta]) -> bool:
    """Whether the seed is all that differs, apart from where the file went and what a tool writes anew each time."""
    rest = [delta for delta in found if delta.topic not in BESIDE]
    return bool(rest) and all(delta.topic == SEED and delta.before and delta.after for delta in rest)

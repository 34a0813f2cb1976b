"""Which links of a node count: all of them, but of a switch only what it selects, where the file holds the choice."""

from __future__ import annotations

import re
from typing import Any

from provenance.readers.comfyui.graph import Graph, Link, Node
from provenance.readers.jsontext import Num

_SWITCH = re.compile(r"switch|branch|select|mux|if ?else|index|router|pick")
_CHOOSES = re.compile(r"switch|if ?else|mux|branch")
_STATES = (
    "switch", "boolean", "cond", "condition", "select", "index", "input", "Input", "value", "boolean_value", "selected", "select_input",
    "bool", "state", "use_first", "choice",
)
_TRUE = ("on_true", "tt_value", "if_true", "true", "true_value", "when_true")
_FALSE = ("on_false", "ff_value", "if_false", "false", "false_value", "when_false")
_EITHER = re.compile(r"true|false|tt_|ff_|_[ab]$")
Pairs = tuple[tuple[str, Link], ...]


def links(node: Node, graph: Graph) -> Pairs:
    """The links of a node that count at run time."""
    if node.live is None:
        found = tuple(node.links.items())
        node.live = found
        if len(found) > 1 and _SWITCH.search(node.low):
            chosen = _selected(node, graph, found)
            node.live = found if chosen is None else chosen
    return node.live


def undecided(node: Node, graph: Graph) -> bool:
    """Whether a node picks one of several inputs and the file does not tell which."""
    return len(node.links) > 1 and _CHOOSES.search(node.low) is not None and _selected(node, graph, tuple(node.links.items())) is None


def _selected(node: Node, graph: Graph, found: Pairs) -> Pairs | None:
    low = node.low
    if "any switch" in low or "context switch" in low:
        return found[:1]  # rgthree: the first input that is there; muted ones are not in the graph
    state = next((constant(node.inputs[key], graph) for key in _STATES if key in node.inputs), None)
    if isinstance(state, bool):
        hit = tuple(pair for pair in found if pair[0].lower() in (_TRUE if state else _FALSE))
        if not hit:
            ends = ("true", "_a") if state else ("false", "_b")  # the second: WAS suite's `Text Input Switch` and its kin
            hit = tuple(pair for pair in found if pair[0].lower().endswith(ends))
        rest = tuple(pair for pair in found if pair[0] not in _STATES and not _EITHER.search(pair[0].lower()))
        return hit + rest if hit else None
    if isinstance(state, Num) and state.isdigit():
        return tuple(pair for pair in found if _number_of(pair[0]) == state) or None
    if isinstance(state, str):
        return tuple(pair for pair in found if pair[0] == state) or None
    return None


def _number_of(name: str) -> str | None:
    stem = name.rstrip("0123456789")
    return name[len(stem) :] or None


def constant(value: Any, graph: Graph) -> Any:
    """A literal, also through up to eight nodes that only hold or hand on a value; None where it is not in the file."""
    for _ in range(8):
        if not isinstance(value, Link):
            return value
        node = graph.get(value.node)
        if node is None:
            return None
        value = node.inputs.get("value", next(iter(node.inputs.values())) if len(node.inputs) == 1 else None)
    return None

"""ComfyUI's API graph: nodes, links, and the way upstream. Every walk is bounded, visits a node once and survives cycles."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from provenance.readers.jsontext import Num

MAX_WALK = 20_000  # nodes visited in one walk; a canvas of a thousand nodes is already rare


_STATES = ("switch", "boolean", "cond", "condition", "select", "index", "input", "Input", "value", "boolean_value", "selected")


class Link(NamedTuple):
    """Another node's output: its id as in the file (`"6"`, `"30:6"`) and the output's number."""

    node: str
    slot: int


@dataclass(frozen=True)
class Node:
    """One node. cls: its class_type. inputs: literals (numbers as Num) and Links, in the file's order. title: if the person gave one."""

    id: str
    cls: str
    inputs: Mapping[str, Any]
    title: str | None = None
    is_changed: Any = None
    low: str = field(init=False, repr=False, compare=False)  # the class in lower case, for families of names

    def __post_init__(self) -> None:
        object.__setattr__(self, "low", self.cls.lower())


Graph = Mapping[str, Node]
Follow = Callable[[Node], Iterable[tuple[str, Link]]]


def parse(document: Mapping[str, Any]) -> dict[str, Node]:
    """Nodes of an API graph (`prompt`); members that are no nodes are left out. Links to nodes that are not there stay links."""
    graph: dict[str, Node] = {}
    for key, value in document.items():
        if not isinstance(value, dict) or not isinstance(value.get("class_type"), str):
            continue
        raw = value.get("inputs")
        inputs = {str(name): _value(item) for name, item in raw.items()} if isinstance(raw, dict) else {}
        meta = value.get("_meta")
        title = meta.get("title") if isinstance(meta, dict) else None
        title = str(title) if isinstance(title, str) else None
        graph[str(key)] = Node(str(key), str(value["class_type"]), inputs, title, value.get("is_changed"))
    return graph


def _value(item: Any) -> Any:
    """`["4", 0]` is a link; every other list stays what it is."""
    if isinstance(item, list) and len(item) == 2 and isinstance(item[0], str) and isinstance(item[1], Num) and item[1].isdigit():
        return Link(str(item[0]), int(item[1][:9]))
    return item


def links(node: Node, graph: Graph) -> Iterator[tuple[str, Link]]:
    """The links that count at run time: all of them, but of a switch only what it selects, where that is written in the graph."""
    found = [(name, value) for name, value in node.inputs.items() if isinstance(value, Link)]
    chosen = _selected(node, graph, found) if len(found) > 1 else None
    yield from found if chosen is None else chosen


def _selected(node: Node, graph: Graph, found: list[tuple[str, Link]]) -> list[tuple[str, Link]] | None:
    low = node.low
    if not any(word in low for word in ("switch", "branch", "select", "mux", "ifelse", "if else", "index")):
        return None
    names = [name for name, _ in found]
    state = next((_constant(node.inputs[key], graph) for key in _STATES if key in node.inputs), None)
    if any("any switch" in low and name.startswith("any_") for name in names):
        return found[:1]  # rgthree: the first input that is there; muted ones are not in the graph
    if isinstance(state, bool):
        wanted = ("on_true", "tt_value", "if_true", "true") if state else ("on_false", "ff_value", "if_false", "false")
        hit = [pair for pair in found if pair[0].lower() in wanted or pair[0].lower().endswith(wanted[-1])]
        either = ("true", "false", "tt_", "ff_")
        rest = [pair for pair in found if pair[0] not in _STATES and not any(word in pair[0].lower() for word in either)]
        return hit + rest if hit else None
    if isinstance(state, Num) and state.isdigit():
        hit = [pair for pair in found if pair[0].rstrip("0123456789") != pair[0] and pair[0][len(pair[0].rstrip("0123456789")) :] == state]
        return hit or None
    return None


def _constant(value: Any, graph: Graph) -> Any:
    """A literal, also through up to eight nodes that only hold or hand on a value."""
    for _ in range(8):
        if not isinstance(value, Link):
            return value
        node = graph.get(value.node)
        if node is None:
            return None
        value = node.inputs.get("value", next(iter(node.inputs.values())) if len(node.inputs) == 1 else None)
    return None


def order(graph: Graph, starts: Iterable[str], follow: Follow, stop: Collection[str] = (), limit: int = MAX_WALK) -> list[str]:
    """Ids of all nodes upstream of `starts`, those included, each after everything it takes in (a depth-first post-order).

    Args:
        follow: which links of a node to go along. stop: ids that are listed but not gone beyond. limit: nodes at most.
    """
    seen: set[str] = set()
    done: list[str] = []
    for start in starts:
        stack: list[tuple[str, Iterator[str]]] = []
        _open(graph, start, follow, stop, seen, stack)
        while stack:
            key, ahead = stack[-1]
            deeper = next(ahead, None)
            if deeper is None:
                done.append(key)
                stack.pop()
            elif len(seen) < limit:
                _open(graph, deeper, follow, stop, seen, stack)
    return done


def _open(graph: Graph, key: str, follow: Follow, stop: Collection[str], seen: set[str], stack: list[tuple[str, Iterator[str]]]) -> None:
    node = graph.get(key)
    if node is None or key in seen:
        return
    seen.add(key)
    ahead = iter(()) if key in stop else iter([link.node for _, link in follow(node)])
    stack.append((key, ahead))

"""ComfyUI's API graph: nodes, links, and the way upstream. Every walk is bounded, visits a node once and survives cycles."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from provenance.readers.comfyui.jsonint import spelled
from provenance.readers.jsontext import Num

MAX_WALK = 20_000  # nodes visited in one walk; a canvas of a thousand nodes is already rare
UNNAMED = "widgets_values."  # before the place of a canvas value that has no name
SENTENCE = 12  # characters from which a text of several words counts as something a person wrote


class Link(NamedTuple):
    """Another node's output: its id as in the file (`"6"`, `"30:6"`) and the output's number."""

    node: str
    slot: int


_link, _num = tuple.__new__, str.__new__  # what calling the class comes to, at a third of its price: a graph has a hundred of each


class Node:
    """One node. cls: its class_type; low: that in lower case, for families of names. inputs: literals (numbers as Num) and Links, in the
    file's order; links: the Links alone. title: if the person gave one. outs: names of its outputs where a canvas lists them. live, rank:
    found out once by whoever asks first (`switches`, `savers`); a node belongs to one reading, which is why it is no frozen dataclass: a
    picture has dozens and making one must be cheap."""

    __slots__ = ("cls", "id", "inputs", "is_changed", "links", "live", "low", "outs", "rank", "title")

    def __init__(self, key: str, cls: str, raw: Mapping[str, Any], title: str | None = None, is_changed: Any = None) -> None:
        self.id = key
        self.cls = cls
        self.low = cls.lower()
        self.title = title
        self.is_changed = is_changed
        self.live: tuple[tuple[str, Link], ...] | None = None
        self.rank = -1
        self.outs: tuple[str, ...] = ()
        inputs: dict[str, Any] = dict(raw)  # texts stay as they are, and so do their places
        links: dict[str, Link] = {}
        self.inputs, self.links = inputs, links
        for name, item in raw.items():
            kind = type(item)
            if kind is str:
                continue
            if kind is int:
                inputs[name] = _num(Num, item)
            elif kind is Link:
                links[name] = item
            elif kind is list and len(item) == 2 and type(item[1]) is int and isinstance(item[0], str):
                inputs[name] = links[name] = _link(Link, item)
            elif kind is list or kind is dict:
                chosen = item.get("content") if kind is dict else None  # Custom-Scripts' loaders: {"content": name, "image": preview}
                inputs[name] = chosen if type(chosen) is str else spelled(item)


Graph = Mapping[str, Node]


class Among(NamedTuple):
    """What some nodes have among them: most questions are answered for all of them at once, because none has what is asked for.

    names: of all their inputs. inputs: the same as one text. classes: all in lower case, as one text.
    """

    names: frozenset[str]
    inputs: str
    classes: str


def among(nodes: Collection[Node]) -> Among:
    """All that `nodes` have among them."""
    names = frozenset().union(*[node.inputs for node in nodes])
    return Among(names, "\n".join(names), "\n".join([node.low for node in nodes]))


Follow = Callable[[Node], Iterable[tuple[str, Link]]]


def parse(document: Mapping[str, Any]) -> dict[str, Node]:
    """Nodes of an API graph (`prompt`); members that are no nodes are left out. Links to nodes that are not there stay links."""
    graph: dict[str, Node] = {}
    for key, value in document.items():
        if type(value) is not dict or not isinstance(cls := value.get("class_type"), str):
            continue
        raw, meta = value.get("inputs"), value.get("_meta")
        title = meta.get("title") if type(meta) is dict else None
        graph[key] = Node(key, str(cls), raw if type(raw) is dict else {}, title if type(title) is str else None, value.get("is_changed"))
    return graph


def order(graph: Graph, starts: Iterable[str], follow: Follow, stop: Collection[str] = (), limit: int = MAX_WALK) -> list[str]:
    """Ids of all nodes upstream of `starts`, those included, each after everything it takes in (a depth-first post-order).

    Args:
        follow: which links of a node to go along. stop: ids that are listed but not gone beyond. limit: nodes at most.
    """
    seen: set[str] = set()
    done: list[str] = []
    nothing: tuple[tuple[str, Link], ...] = ()
    stack: list[tuple[str, Iterator[tuple[str, Link]]]] = []
    for start in starts:
        if start in seen or start not in graph or len(seen) >= limit:
            continue
        seen.add(start)
        key, ahead = start, iter(nothing if start in stop else follow(graph[start]))
        while True:
            for _, (deeper, _) in ahead:
                if deeper not in seen and deeper in graph and len(seen) < limit:
                    seen.add(deeper)
                    found = nothing if deeper in stop else follow(graph[deeper])
                    if found == nothing:  # a loader: nothing lies behind it, and a third of all nodes are such
                        done.append(deeper)
                        continue
                    stack.append((key, ahead))
                    key, ahead = deeper, iter(found)
                    break
            else:
                done.append(key)
                if not stack:
                    break
                key, ahead = stack.pop()
    return done

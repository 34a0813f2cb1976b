"""What was rewired between two graphs: nodes in, out, switched off; wires; and values that no field of a reading tells. Pure.

Nodes are paired by what they are and what they feed, ids last: a canvas that was renumbered or moved gives no difference. A wire that
differs only because a node came in between or went is told by that node.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any

from provenance.report.steps.delta import GRAPH, PARAMETER, SAVING, Delta, number, same, short
from provenance.report.steps.graph import BYPASSED, Graph, Link, Node, consumers

_SAVED_AS = frozenset({"filename_prefix", "save_prefix", "output_path", "filename", "subfolder"})
_SETTINGS = frozenset({"batch_size"})
_MACHINE = frozenset({"control_after_generate", "control_before_generate"})
_SAID = frozenset({  # numbers that readings tell; another number that changed alike (`start_at_step`) is told by itself
    "seed", "noise_seed", "steps", "cfg", "denoise", "width", "height", "strength_model", "strength_clip", "strength", "weight", "value",
    "guidance", "start_percent", "end_percent",
})
MAX_TOLD = 200

Key = Callable[[Node], Hashable]


def differences(old: Graph, new: Graph, told: Callable[[], Iterable[tuple[str, str]]]) -> list[Delta]:
    """The differences of two graphs.

    Args:
        told: gives (before, after) of what the readings already tell: a value of a node that says the same is not told again. Asked only
            where a value differs.
    Returns:
        Nodes that went, nodes that came, wires, values; at most MAX_TOLD.
    """
    if old.digest == new.digest:
        return []
    partner = paired(old, new)
    back = {after: before for before, after in partner.items()}
    found = [*_gone(old, new, partner), *_came(old, new, back), *_wires(old, new, partner), *_values(old, new, partner, told)]
    return found[:MAX_TOLD]


def paired(old: Graph, new: Graph) -> dict[str, str]:
    """Ids of the old graph with those of the same node in the new one."""
    found: dict[str, str] = {}
    left, come = list(old.nodes.values()), list(new.nodes.values())
    if _ids_kept(old, new):
        found = {node.id: node.id for node in left if node.id in new.nodes and new.nodes[node.id].cls == node.cls}
        left, come = [node for node in left if node.id not in found], [node for node in come if node.id not in found]
    if not (left and come):
        return found
    for before, after in zip(_keys(old), _keys(new), strict=True):
        waiting: defaultdict[Hashable, list[Node]] = defaultdict(list)
        for node in reversed(come):
            waiting[after(node)].append(node)
        for node in left:
            if waiting[before(node)]:
                found[node.id] = waiting[before(node)].pop().id
        taken = set(found.values())
        left, come = [node for node in left if node.id not in found], [node for node in come if node.id not in taken]
    return found


def _keys(graph: Graph) -> tuple[Key, ...]:
    """By what nodes are known again, the surest first."""
    into, whole = consumers(graph), _deep(graph)
    return (
        lambda n: (whole[n.id], n.id),
        lambda n: whole[n.id],
        lambda n: (n.cls, _own(n)),
        lambda n: (n.cls, _names(n), *into[n.id]),
        lambda n: (n.cls, n.title, *into[n.id]),
        lambda n: (n.cls, *into[n.id]),
        lambda n: (n.cls, n.title),
        lambda n: n.cls,
    )


def _ids_kept(old: Graph, new: Graph) -> bool:
    """Whether ids name the same nodes in both: of those that both have, nearly all stand for the same class."""
    common = old.nodes.keys() & new.nodes.keys()
    agree = sum(old.nodes[key].cls == new.nodes[key].cls for key in common)
    return 2 * len(common) >= min(len(old.nodes), len(new.nodes)) and 5 * agree >= 4 * len(common)


def _names(node: Node) -> str:
    """The files and words that stand in a node: what it loads says more of which one it is than what it feeds."""
    return json.dumps(sorted(value for value in node.literals.values() if isinstance(value, str) and not number(value)))


def _own(node: Node) -> str:
    return json.dumps(node.literals, sort_keys=True, default=str)


def _deep(graph: Graph) -> dict[str, str]:
    """For each node a name of its class, its values and all that flows into it. A circle ends where it closes."""
    found: dict[str, str] = {}
    for start in graph.nodes:
        stack = [start]
        open_: set[str] = set()
        while stack:
            key = stack[-1]
            node = graph.nodes[key]
            open_.add(key)
            waits = [link.node for link in node.links.values() if link.node not in found and link.node not in open_]
            if key not in found and waits:
                stack += waits
                continue
            stack.pop()
            if key not in found:
                parts = [node.cls, _own(node), *sorted((n, found.get(li.node, ""), li.slot) for n, li in node.links.items())]
                found[key] = hashlib.sha256(json.dumps(parts).encode("utf-8", "backslashreplace")).hexdigest()
    return found


def named(node: Node) -> str:
    """A node for people: its class, and its title where it has another one."""
    return f"{node.cls} “{short(node.title, 60)}”" if node.title and node.title != node.cls else node.cls


def _gone(old: Graph, new: Graph, partner: Mapping[str, str]) -> Iterator[Delta]:
    for node in old.nodes.values():
        if node.id not in partner:
            mode = new.canvas.off.get(node.id) if node.id not in new.nodes else None
            what = "out" if mode is None else "bypassed" if mode == BYPASSED else "muted"
            yield Delta(GRAPH, what, named(node))


def _came(old: Graph, new: Graph, back: Mapping[str, str]) -> Iterator[Delta]:
    for node in new.nodes.values():
        if node.id not in back:
            yield Delta(GRAPH, "back" if node.id in old.canvas.off and node.id not in old.nodes else "in", named(node))


def _wires(old: Graph, new: Graph, partner: Mapping[str, str]) -> Iterator[Delta]:
    """Wires between nodes that both graphs have."""
    there = set(partner.values())
    for before, after in ((old.nodes[one], new.nodes[two]) for one, two in partner.items()):
        for name in dict.fromkeys((*before.links, *after.links)):
            was, now = before.links.get(name), after.links.get(name)
            if was is not None and now is not None:
                if was.node in partner and now.node in there and (partner[was.node], was.slot) != (now.node, now.slot):
                    one, two = _source(old, was), _source(new, now)
                    yield Delta(GRAPH, "rewired", name, one, two, of=named(after))
            elif now is not None and now.node in there:
                yield Delta(GRAPH, "wired", name, short(before.literals.get(name)), named(new.nodes[now.node]), of=named(after))
            elif was is not None and was.node in partner:
                yield Delta(GRAPH, "unwired", name, named(old.nodes[was.node]), short(after.literals.get(name)), of=named(after))


def _source(graph: Graph, link: Link) -> str:
    return f"{named(graph.nodes[link.node])} [{link.slot}]"


def _values(old: Graph, new: Graph, partner: Mapping[str, str], tell: Callable[[], Iterable[tuple[str, str]]]) -> Iterator[Delta]:
    """Values of nodes that both graphs have and that the readings do not tell."""
    pairs = [(old.nodes[one], new.nodes[two]) for one, two in partner.items() if old.nodes[one].literals != new.nodes[two].literals]
    told = set(tell()) if pairs else set()
    for before, after in pairs:
        for name in dict.fromkeys((*before.literals, *after.literals)):
            if name in _MACHINE or name in before.links or name in after.links:
                continue
            one, other = before.literals.get(name), after.literals.get(name)
            if same(one, other) or ((_text(one), _text(other)) in told and (name in _SAID or not (number(one) and number(other)))):
                continue
            topic = SAVING if name in _SAVED_AS else PARAMETER if name in _SETTINGS else GRAPH
            yield Delta(topic, "value" if topic == GRAPH else "changed", name, short(one), short(other), of=named(after))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else short(value)

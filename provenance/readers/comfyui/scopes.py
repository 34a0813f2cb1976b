"""A canvas laid out for looking things up: one scope for the canvas itself and one for each place where a subgraph stands.

Format: LiteGraph serialisation as ComfyUI's frontend writes it (0.4 with links as lists, 1.0 with links as objects), subgraphs under
`definitions.subgraphs`, where -10 and -20 are a subgraph's own input and output nodes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

MUTED, BYPASSED = 2, 4
NOTES = ("Note", "MarkdownNote", "Note Plus (mtb)", "workflowNote", "Label (rgthree)")
MAX_SCOPES = 1_000
MAX_NODES = 100_000  # of all scopes together
MAX_NESTING = 12
_WRITES_BACK = ("ShowText|pysssss", "easy showAnything")
End = tuple[str, int, str, int]  # from node, from slot, to node, to slot


class Plan:
    """One canvas or subgraph as the file defines it, however often it stands somewhere. What links need (`links`, `declared`, ...) is made
    when it is first asked for: where the file holds what ran, nobody asks."""

    def __init__(self, source: Mapping[str, Any]) -> None:
        self.nodes: dict[str, Mapping[str, Any]] = {
            str(node["id"]): node for node in as_list(source.get("nodes")) if type(node) is dict and "id" in node
        }
        self._source = source
        self._linked: dict[str, Mapping[str, str]] = {}

    def linked(self, key: str) -> Mapping[str, str]:
        """A node's first plugged input of each type: its link by the type; by "" that of the first of all."""
        found = self._linked.get(key)
        if found is None:
            made: dict[str, str] = {}
            for item in sockets(self.nodes.get(key, {})):
                if item.get("link") is not None:
                    made.setdefault(str(item.get("type")), str(item["link"]))
                    made.setdefault("", str(item["link"]))
            found = self._linked[key] = made
        return found

    @cached_property
    def links(self) -> Mapping[str, End]:
        """Both ends of each link by its id."""
        found: dict[str, End] = {}
        for link in as_list(self._source.get("links")):
            if isinstance(link, list) and len(link) >= 5:
                found[str(link[0])] = (str(link[1]), as_int(link[2]), str(link[3]), as_int(link[4]))
            elif isinstance(link, dict):
                start, end = str(link.get("origin_id")), str(link.get("target_id"))
                found[str(link.get("id"))] = (start, as_int(link.get("origin_slot")), end, as_int(link.get("target_slot")))
        return found

    @cached_property
    def declared(self) -> tuple[str, ...]:
        """Names of a subgraph's inputs."""
        return tuple(str(as_dict(item).get("name", "")) for item in as_list(self._source.get("inputs")))

    @cached_property
    def names(self) -> frozenset[str]:
        """The same, to look names up in."""
        return frozenset(self.declared)

    @cached_property
    def promotes(self) -> tuple[str, ...]:
        """Those of a subgraph's inputs that lead to a widget inside: its instance shows them as widgets of its own, in this order."""
        leading: set[int] = set()
        for origin, slot, target, place in self.links.values():
            if origin == "-10":
                plugs = as_list(self.nodes.get(target, {}).get("inputs"))
                if place < len(plugs) and as_dict(plugs[place]).get("widget"):
                    leading.add(slot)
        return tuple(name for slot, name in enumerate(self.declared) if slot in leading)

    @cached_property
    def outs(self) -> Mapping[int, str]:
        """A subgraph's outputs: their links by slot."""
        return {link[3]: key for key, link in self.links.items() if link[2] == "-20"}

    @cached_property
    def sets(self) -> Mapping[str, str]:
        """SetNodes' ids by name."""
        setting = ((key, node) for key, node in self.nodes.items() if kind_of(node) == "SetNode")
        return {str(name): key for key, node in setting for name in as_list(node.get("widgets_values"))[:1]}

    @cached_property
    def casters(self) -> tuple[Mapping[str, Any], ...]:
        """Nodes that feed unplugged inputs (cg-use-everywhere)."""
        return tuple(node for node in self.nodes.values() if "Everywhere" in kind_of(node) and mode(node) not in (MUTED, BYPASSED))[:20]


class Scope:
    """A plan at one place. prefix: of its nodes' ids (`30:`). outer, instance: where it stands. known: what its links were found to bring,
    filled by `workflow.origin`; given, plugs: what its instance sets and has plugged in on the outside, by the subgraph's input; listed:
    those plugs in order; cast: what broadcasting nodes give to a type of input. All are filled by `workflow` when first asked for."""

    __slots__ = ("cast", "given", "instance", "known", "listed", "nodes", "outer", "plan", "plugs", "prefix")

    def __init__(self, prefix: str, plan: Plan, outer: str | None = None, instance: str = "") -> None:
        self.prefix = prefix
        self.plan = plan
        self.nodes = plan.nodes
        self.outer = outer
        self.instance = instance
        self.known: dict[str, Any] = {}
        self.given: Mapping[str, Any] = {}
        self.plugs: Mapping[str, Mapping[str, Any]] | None = None
        self.listed: list[Mapping[str, Any]] = []
        self.cast: dict[tuple[str, bool], Any] = {}


def scopes(canvas: Mapping[str, Any]) -> dict[str, Scope]:
    """All scopes of a canvas by prefix, the canvas itself under "". Nesting and number are bounded: a subgraph may hold itself."""
    defined = as_list(as_dict(canvas.get("definitions")).get("subgraphs"))
    inner = {str(item["id"]): Plan(item) for item in defined if isinstance(item, dict) and "id" in item}
    found: dict[str, Scope] = {}
    ahead: list[tuple[str, Plan, str | None, str]] = [("", Plan(canvas), None, "")]
    room = MAX_NODES
    while ahead and len(found) < MAX_SCOPES and room > 0:
        prefix, plan, outer, instance = ahead.pop()
        scope = Scope(prefix, plan, outer, instance)
        found[prefix] = scope
        room -= len(scope.nodes)
        if inner and prefix.count(":") < MAX_NESTING:
            ahead.extend(
                (f"{prefix}{key}:", inner[kind_of(node)], prefix, key)
                for key, node in scope.nodes.items()
                if kind_of(node) in inner and mode(node) not in (MUTED, BYPASSED)
            )
    return found


def shown(places: Mapping[str, Scope]) -> dict[str, str]:
    """Texts that Show Text nodes wrote into the canvas while the prompt ran, by node id; only where it is one text."""
    found: dict[str, str] = {}
    for scope in places.values():
        for key, node in scope.nodes.items():
            kind = node.get("type")
            if type(kind) is str and kind.startswith(_WRITES_BACK):
                values = as_list(node.get("widgets_values"))
                values = values[0] if len(values) == 1 and isinstance(values[0], list) else values
                if len(values) == 1 and type(values[0]) is str and values[0]:
                    found[scope.prefix + key] = values[0]
    return found


def kind_of(node: Mapping[str, Any]) -> str:
    """A canvas node's type."""
    return str(node.get("type", ""))


def mode(node: Mapping[str, Any]) -> int:
    """A canvas node's mode: 0 runs, MUTED, BYPASSED."""
    found = node.get("mode")
    return found if type(found) is int else 0


def sockets(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """A canvas node's inputs."""
    return [item for item in as_list(node.get("inputs")) if isinstance(item, dict)]


def as_int(value: Any) -> int:
    """A whole number from 0 up, 0 for anything else."""
    return value if type(value) is int and value >= 0 else 0


def as_list(value: Any) -> list[Any]:
    """A list as it is, anything else as an empty one."""
    return value if isinstance(value, list) else []


def as_dict(value: Any) -> Mapping[str, Any]:
    """A dict as it is, anything else as an empty one."""
    return value if isinstance(value, dict) else {}

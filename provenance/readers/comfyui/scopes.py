"""A canvas laid out for looking things up: one scope for the canvas itself and one for each place where a subgraph stands.

Format: LiteGraph serialisation as ComfyUI's frontend writes it (0.4 with links as lists, 1.0 with links as objects), subgraphs under
`definitions.subgraphs`, where -10 and -20 are a subgraph's own input and output nodes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provenance.readers.jsontext import Num

MUTED, BYPASSED = ("2", "4")
NOTES = ("Note", "MarkdownNote", "Note Plus (mtb)", "workflowNote", "Label (rgthree)")
MAX_SCOPES = 1_000
MAX_NESTING = 12
End = tuple[str, int, str, int]  # from node, from slot, to node, to slot


@dataclass(frozen=True)
class Scope:
    """One canvas, or the inside of a subgraph. prefix: of its nodes' ids (`30:`). declared: names of the subgraph's inputs. outs: its
    outputs' links by slot. outer, instance: where it stands. sets: SetNodes by name. casters: nodes that feed unplugged inputs."""

    prefix: str
    nodes: Mapping[str, Mapping[str, Any]]
    links: Mapping[str, End]
    declared: tuple[str, ...] = ()
    outs: Mapping[int, str] | None = None
    outer: str | None = None
    instance: str = ""
    sets: Mapping[str, Mapping[str, Any]] | None = None
    casters: tuple[Mapping[str, Any], ...] = ()


def scopes(canvas: Mapping[str, Any]) -> dict[str, Scope]:
    """All scopes of a canvas by prefix, the canvas itself under "". Nesting and number are bounded: a subgraph may hold itself."""
    defined = as_list(as_dict(canvas.get("definitions")).get("subgraphs"))
    inner = {str(item["id"]): item for item in defined if isinstance(item, dict) and "id" in item}
    found: dict[str, Scope] = {}
    ahead: list[tuple[str, Mapping[str, Any], str | None, str]] = [("", canvas, None, "")]
    while ahead and len(found) < MAX_SCOPES:
        prefix, source, outer, instance = ahead.pop()
        scope = _scope(prefix, source, outer, instance)
        found[prefix] = scope
        if prefix.count(":") < MAX_NESTING:
            ahead.extend(
                (f"{prefix}{key}:", inner[kind_of(node)], prefix, key)
                for key, node in scope.nodes.items()
                if kind_of(node) in inner and mode(node) not in (MUTED, BYPASSED)
            )
    return found


def _scope(prefix: str, source: Mapping[str, Any], outer: str | None, instance: str) -> Scope:
    nodes = {str(node["id"]): node for node in as_list(source.get("nodes")) if isinstance(node, dict) and "id" in node}
    links: dict[str, End] = {}
    for link in as_list(source.get("links")):
        if isinstance(link, list) and len(link) >= 5:
            links[str(link[0])] = (str(link[1]), as_int(link[2]), str(link[3]), as_int(link[4]))
        elif isinstance(link, dict):
            start, end = str(link.get("origin_id")), str(link.get("target_id"))
            links[str(link.get("id"))] = (start, as_int(link.get("origin_slot")), end, as_int(link.get("target_slot")))
    sets = {str(name): node for node in nodes.values() if kind_of(node) == "SetNode" for name in as_list(node.get("widgets_values"))[:1]}
    casters = tuple(node for node in nodes.values() if "Everywhere" in kind_of(node) and mode(node) not in (MUTED, BYPASSED))
    declared = tuple(str(as_dict(item).get("name", "")) for item in as_list(source.get("inputs"))) if outer is not None else ()
    outs = {link[3]: key for key, link in links.items() if link[2] == "-20"}
    return Scope(prefix, nodes, links, declared, outs, outer, instance, sets, casters[:20])


def kind_of(node: Mapping[str, Any]) -> str:
    """A canvas node's type."""
    return str(node.get("type", ""))


def mode(node: Mapping[str, Any]) -> str:
    """A canvas node's mode: "0" runs, MUTED, BYPASSED."""
    found = node.get("mode")
    return str(found) if isinstance(found, Num) else "0"


def sockets(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """A canvas node's inputs."""
    return [item for item in as_list(node.get("inputs")) if isinstance(item, dict)]


def as_int(value: Any) -> int:
    """A number's text as an int, 0 for anything else."""
    return int(value[:9]) if isinstance(value, Num) and value.isdigit() else 0


def as_list(value: Any) -> list[Any]:
    """A list as it is, anything else as an empty one."""
    return value if isinstance(value, list) else []


def as_dict(value: Any) -> Mapping[str, Any]:
    """A dict as it is, anything else as an empty one."""
    return value if isinstance(value, dict) else {}

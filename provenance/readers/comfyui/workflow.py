"""The canvas (`workflow`) as a graph: bypassed and muted nodes, subgraphs, Get/Set and broadcasting nodes resolved as the browser does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provenance.readers.comfyui.graph import Link, Node
from provenance.readers.comfyui.scopes import BYPASSED, MUTED, NOTES, Scope, as_list, kind_of, mode, sockets
from provenance.readers.comfyui.widgets import named

MAX_NODES = 100_000
MAX_HOPS = 64
_CAST = ("MODEL", "CLIP", "VAE", "CONDITIONING", "LATENT", "IMAGE")


def to_graph(places: Mapping[str, Scope]) -> dict[str, Node]:
    """The nodes of a canvas that would run, named as ComfyUI names them (`6`, inside subgraphs `30:6`), with links and named values.

    Args:
        places: the canvas's scopes by prefix.
    """
    graph: dict[str, Node] = {}
    for scope in places.values():
        for key, node in scope.nodes.items():
            stands_for_more = f"{scope.prefix}{key}:" in places
            if len(graph) < MAX_NODES and mode(node) not in (MUTED, BYPASSED) and kind_of(node) not in NOTES and not stands_for_more:
                graph[scope.prefix + key] = _node(places, scope, key, node)
    return graph


def _node(places: Mapping[str, Scope], scope: Scope, key: str, node: Mapping[str, Any]) -> Node:
    plugs = sockets(node)
    widgets = tuple(str(item["name"]) for item in plugs if isinstance(item.get("widget"), dict) and "name" in item)
    kind = kind_of(node)
    inputs: dict[str, Any] = dict(named(kind, node.get("widgets_values"), widgets))
    for item in plugs:
        if item.get("link") is not None:
            value = origin(places, scope, str(item["link"]))
        else:
            value = _cast(places, scope, kind, item)
        if value is not None:
            inputs[str(item.get("name", ""))] = value
    title = node.get("title")
    return Node(scope.prefix + key, kind, inputs, str(title) if isinstance(title, str) else None)


def origin(places: Mapping[str, Scope], scope: Scope, link: str) -> Any:
    """What a link brings: a Link to the node that runs, a value promoted to a subgraph's outside, or None."""
    for _ in range(MAX_HOPS):
        if link not in scope.links:
            return None
        source, slot, _, _ = scope.links[link]
        if source == "-10" and scope.outer is not None:
            found = _outside(places[scope.outer], scope, slot)
            if not isinstance(found, Link):
                return found
            scope, link = places[scope.outer], found.node
            continue
        node = scope.nodes.get(source)
        if node is None:
            return None
        inside = places.get(f"{scope.prefix}{source}:")
        if inside is not None:
            scope, onward = inside, (inside.outs or {}).get(slot)
        elif mode(node) == MUTED:
            return None
        elif mode(node) == BYPASSED or kind_of(node) == "GetNode":
            onward = _past(scope, node, slot)
        else:
            return Link(scope.prefix + source, slot)
        if onward is None:
            return None
        link = onward
    return None


def _outside(outer: Scope, scope: Scope, slot: int) -> Any:
    """What is plugged into a subgraph's instance: Link(the outer link's id, 0), or the value of a widget promoted to the outside."""
    instance = outer.nodes.get(scope.instance, {})
    plugs = sockets(instance)
    name = scope.declared[slot] if slot < len(scope.declared) else ""
    plug = next((item for item in plugs if item.get("name") == name), plugs[slot] if slot < len(plugs) else {})
    if plug.get("link") is not None:
        return Link(str(plug["link"]), 0)
    widgets = [str(item.get("name", "")) for item in plugs if isinstance(item.get("widget"), dict)]
    values = as_list(instance.get("widgets_values"))
    value = values[widgets.index(name)] if name in widgets and widgets.index(name) < len(values) else None
    return value if isinstance(value, str | bool) else None


def _past(scope: Scope, node: Mapping[str, Any], slot: int) -> str | None:
    """The link behind a bypassed node (its first input of the output's type) or behind a GetNode (its SetNode's input)."""
    if mode(node) == BYPASSED:
        outputs = as_list(node.get("outputs"))
        kind = outputs[slot].get("type") if slot < len(outputs) and isinstance(outputs[slot], dict) else None
        return next((str(item["link"]) for item in sockets(node) if item.get("type") == kind and item.get("link") is not None), None)
    name = next(iter(as_list(node.get("widgets_values"))), None)
    behind = (scope.sets or {}).get(str(name), {})
    return next((str(item["link"]) for item in sockets(behind) if item.get("link") is not None), None)


def _cast(places: Mapping[str, Scope], scope: Scope, kind: str, plug: Mapping[str, Any]) -> Any:
    """What an unplugged input gets from an Anything or Prompts Everywhere node (cg-use-everywhere), by type and by name."""
    wanted = plug.get("type")
    if not scope.casters or wanted not in _CAST or "Everywhere" in kind:
        return None
    for caster in scope.casters:
        plugged = sockets(caster)
        if kind_of(caster) == "Prompts Everywhere":
            place = 1 if str(plug.get("name", "")).startswith("neg") else 0
            plugged = plugged[place : place + 1]
        for item in plugged:
            if item.get("link") is not None and item.get("name") == wanted:
                return origin(places, scope, str(item["link"]))
    return None

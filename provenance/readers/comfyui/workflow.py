"""The canvas (`workflow`) as a graph: bypassed and muted nodes, subgraphs, Get/Set and broadcasting nodes resolved as the browser does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from provenance.readers.comfyui.graph import SENTENCE, UNNAMED, Link, Node
from provenance.readers.comfyui.scopes import BYPASSED, MUTED, NOTES, Scope, as_dict, as_list, kind_of, mode, sockets
from provenance.readers.comfyui.widgets import named, widget_names

MAX_NODES = 20_000
MAX_HOPS = 64
MAX_VALUES = 100
_CAST = ("MODEL", "CLIP", "VAE", "CONDITIONING", "LATENT", "IMAGE")


def to_graph(places: Mapping[str, Scope]) -> dict[str, Node]:
    """The nodes of a canvas that would run, named as ComfyUI names them (`6`, inside subgraphs `30:6`), with links and named values.

    Args:
        places: the canvas's scopes by prefix.
    """
    graph: dict[str, Node] = {}
    for scope in places.values():
        for key, node in scope.nodes.items():
            if mode(node) in (MUTED, BYPASSED) or kind_of(node) in NOTES or f"{scope.prefix}{key}:" in places:
                continue
            if len(graph) < MAX_NODES:
                title = node.get("title")
                name = scope.prefix + key
                made = Node(name, kind_of(node), _inputs(places, scope, node), title if type(title) is str else None)
                made.outs = tuple(str(as_dict(item).get("name", "")).lower() for item in as_list(node.get("outputs")))
                graph[name] = made
    return graph


def _inputs(places: Mapping[str, Scope], scope: Scope, node: Mapping[str, Any]) -> dict[str, Any]:
    plugs = sockets(node)
    kind = kind_of(node)
    inputs = named(kind, node.get("widgets_values"), plugs, node.get("widgets_values_named"))
    if not inputs or inputs.keys() == {"seed"}:
        inputs |= _sentences(node)
    for item in plugs:
        if item.get("link") is not None:
            value = origin(places, scope, str(item["link"]))
        else:
            value = _cast(places, scope, kind, item)
        if value is not None:
            inputs[str(item.get("name", ""))] = value
    return inputs


def _sentences(node: Mapping[str, Any]) -> dict[str, str]:
    """Texts a person may have written among values that nobody can name, by their place: kept as typed, never taken for the prompt."""
    return {
        f"{UNNAMED}{place}": value
        for place, value in enumerate(as_list(node.get("widgets_values"))[:MAX_VALUES])
        if type(value) is str and len(value) >= SENTENCE and value.strip().count(" ") > 1
    }


def widgets(places: Mapping[str, Scope], scope: Scope, node: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a canvas node by name, without those that come in by a link; a value promoted to a subgraph's outside is looked up."""
    plugs = sockets(node)
    found = named(kind_of(node), node.get("widgets_values"), plugs, node.get("widgets_values_named"))
    for item in plugs:
        name = item.get("name")
        if item.get("link") is not None and name in found:
            value = origin(places, scope, str(item["link"])) if scope.prefix else None
            if value is None or type(value) is Link:
                del found[name]
            else:
                found[name] = value
    return found


class _Onward(NamedTuple):
    scope: Scope
    link: str


def origin(places: Mapping[str, Scope], scope: Scope, link: str) -> Any:
    """What a link brings: a Link to the node that runs, a value promoted to a subgraph's outside, or None."""
    passed: list[tuple[Scope, str]] = []
    found: Any = None
    for _ in range(MAX_HOPS):
        if link in scope.known:
            found = scope.known[link]
            break
        passed.append((scope, link))
        found = _step(places, scope, link)
        if type(found) is not _Onward:
            break
        scope, link = found
    found = None if type(found) is _Onward else found
    for place, at in passed:
        place.known[at] = found
    return found


def _step(places: Mapping[str, Scope], scope: Scope, link: str) -> Any:
    """What stands directly behind a link: a Link or a value where it ends, `_Onward` where it goes on, None where there is nothing."""
    if link not in scope.plan.links:
        return None
    source, slot, _, _ = scope.plan.links[link]
    if source == "-10" and scope.outer is not None:
        found = _outside(places[scope.outer], scope, slot)
        return _Onward(places[scope.outer], found.node) if isinstance(found, Link) else found
    node = scope.nodes.get(source)
    if node is None or mode(node) == MUTED:
        return None
    inside = places.get(f"{scope.prefix}{source}:")
    if inside is not None:
        scope, onward = inside, inside.plan.outs.get(slot)
    elif mode(node) == BYPASSED or kind_of(node) == "GetNode":
        onward = _past(scope, node, slot)
    else:
        return Link(scope.prefix + source, slot)
    return _Onward(scope, onward) if onward is not None else None


def _outside(outer: Scope, scope: Scope, slot: int) -> Any:
    """What is plugged into a subgraph's instance: Link(the outer link's id, 0), or the value of a widget promoted to the outside."""
    if scope.plugs is None:
        instance = outer.nodes.get(scope.instance, {})
        scope.listed = sockets(instance)
        scope.plugs = {str(item.get("name")): item for item in reversed(scope.listed)}
        scope.given = _promoted(scope, instance, scope.listed)
    declared = scope.plan.declared
    name = declared[slot] if slot < len(declared) else ""
    plug = scope.plugs.get(name)
    if plug is None:  # renamed on the outside: by its place, if that is nobody else's
        there = slot < len(scope.listed) and str(scope.listed[slot].get("name")) not in scope.plan.names
        plug = scope.listed[slot] if there else {}
    if plug.get("link") is not None:
        return Link(str(plug["link"]), 0)
    value = scope.given.get(name) if name else None
    return value if isinstance(value, str | bool | int) else None


def _promoted(scope: Scope, instance: Mapping[str, Any], plugs: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Values of a subgraph's own widgets, which override those inside, by the subgraph's input."""
    by_name, values = instance.get("widgets_values_named"), as_list(instance.get("widgets_values"))
    if isinstance(by_name, dict) and by_name:
        return dict(by_name)
    if not values:
        return {}
    proxies = as_list(as_dict(instance.get("properties")).get("proxyWidgets"))
    if proxies:  # [[node, widget], ...] in the order of the values; -1 stands for the subgraph's own inputs
        order = [str(item[1]) if isinstance(item, list) and len(item) == 2 and str(item[0]) == "-1" else "" for item in proxies]
    elif len(values) == len(scope.plan.promotes):
        order = list(scope.plan.promotes)
    else:
        order = list(widget_names(plugs))
    return {name: value for name, value in zip(order, values, strict=False) if name}


def _past(scope: Scope, node: Mapping[str, Any], slot: int) -> str | None:
    """The link behind a bypassed node (its first input of the output's type) or behind a GetNode (its SetNode's input)."""
    if mode(node) == BYPASSED:
        outputs = as_list(node.get("outputs"))
        kind = outputs[slot].get("type") if slot < len(outputs) and isinstance(outputs[slot], dict) else None
        return scope.plan.linked(str(node.get("id"))).get(str(kind))
    name = next(iter(as_list(node.get("widgets_values"))), None)
    behind = scope.plan.sets.get(str(name))
    return scope.plan.linked(behind).get("") if behind is not None else None


def _cast(places: Mapping[str, Scope], scope: Scope, kind: str, plug: Mapping[str, Any]) -> Any:
    """What an unplugged input gets from an Anything or Prompts Everywhere node (cg-use-everywhere), by type and by name."""
    wanted = plug.get("type")
    if not scope.plan.casters or wanted not in _CAST or "Everywhere" in kind:
        return None
    key = (str(wanted), str(plug.get("name", "")).startswith("neg"))
    if key not in scope.cast:
        scope.cast[key] = _from_casters(places, scope, *key)
    return scope.cast[key]


def _from_casters(places: Mapping[str, Scope], scope: Scope, wanted: str, negative: bool) -> Any:
    for caster in scope.plan.casters:
        plugged = sockets(caster)
        if kind_of(caster) == "Prompts Everywhere":
            plugged = plugged[1:2] if negative else plugged[:1]
        for item in plugged:
            if item.get("link") is not None and item.get("name") == wanted:
                return origin(places, scope, str(item["link"]))
    return None

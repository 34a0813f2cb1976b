"""What the person left on the canvas: titles, notes, groups, what was switched off; and where canvas and `prompt` say different things."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from provenance.readers.comfyui.graph import Graph, Node
from provenance.readers.comfyui.scopes import BYPASSED, MUTED, NOTES, Scope, as_dict, as_list, kind_of
from provenance.readers.comfyui.widget_orders import ORDERS
from provenance.readers.comfyui.widgets import is_control
from provenance.readers.comfyui.workflow import widgets
from provenance.readers.jsontext import Num, same_number

MAX_ITEMS = 500
MAX_COMPARED = 2_000
MAX_SPARE = 50
_COMPARED = frozenset({
    "text", "seed", "noise_seed", "steps", "cfg", "sampler_name", "scheduler", "denoise", "ckpt_name", "unet_name", "vae_name",
    "lora_name", "strength_model", "strength_clip", "width", "height", "image", "text_g", "text_l", "clip_l", "t5xxl", "prompt",
    "positive", "negative", "guidance", "control_net_name", "strength", "wildcard_text", "value",
})
_TEXTS = frozenset({"text", "text_g", "text_l", "clip_l", "t5xxl", "prompt", "positive", "negative", "wildcard_text", "value"})
_COMPARABLE = frozenset(
    cls for cls, names in ORDERS.items() if not _COMPARED.isdisjoint(names) and not cls.startswith("Primitive")
)
_AT = MappingProxyType({
    cls: tuple((place, name) for name, place in {name: at for at, name in enumerate(ORDERS[cls])}.items() if name in _COMPARED)
    for cls in _COMPARABLE
})
"""Where a class's compared values stand in its `widgets_values`, where they fit its order one by one."""
Typed = tuple[str, str, str]


def human_annotations(canvas: Mapping[str, Any], places: Mapping[str, Scope]) -> dict[str, Any]:
    """Human annotations and switches of a canvas and its scopes: titles [{node, title}], notes [{node, text}], groups [title], bypassed
    and muted [node], subgraphs [name], and `frontend`, the browser part's version. Empty ones are left out; at most 500 of each."""
    found: dict[str, list[Any]] = {"titles": [], "notes": [], "groups": [], "bypassed": [], "muted": [], "subgraphs": []}
    for scope in places.values():
        for key, node in scope.nodes.items():
            title, mode, kind = node.get("title"), node.get("mode"), node.get("type")
            if mode == 0 and kind not in NOTES and (title is None or title == kind):
                continue  # as most are
            if kind in NOTES:
                text = "\n".join(item for item in as_list(node.get("widgets_values")) if type(item) is str)
                found["notes"].append({"node": scope.prefix + key, "text": text} | ({"title": title} if type(title) is str else {}))
            elif title and title != kind and type(title) is str:
                found["titles"].append({"node": scope.prefix + key, "title": title})
            if mode in (BYPASSED, MUTED):
                found["bypassed" if mode == BYPASSED else "muted"].append(scope.prefix + key)
    inner = [as_dict(item) for item in as_list(as_dict(canvas.get("definitions")).get("subgraphs"))]
    for source in (canvas, *inner):
        if source.get("groups"):
            found["groups"].extend(title for group in as_list(source["groups"]) if _is(title := as_dict(group).get("title")))
    found["subgraphs"].extend(item["name"] for item in inner if _is(item.get("name")))
    result: dict[str, Any] = {key: items[:MAX_ITEMS] for key, items in found.items() if items}
    version = as_dict(canvas.get("extra")).get("frontendVersion")
    return result | ({"frontend": version} if _is(version) else {})


def disagreements(ran: Graph, places: Mapping[str, Scope], used: Sequence[str]) -> tuple[list[str], list[Typed]]:
    """Where the graph that ran and the canvas beside it differ, over the nodes that led to the file.

    Nodes are paired by id and class; where a client numbered them anew, by class and equal values.

    Returns:
        Warnings `disagreement prompt/workflow <input> <node>` (`nodes` where the canvas has no such node at all), and typed texts
        (node, input, text) that the browser changed before queueing (`{a|b}`, comments), which are no disagreement.
    """
    warnings: list[str] = []
    typed: list[Typed] = []
    missing: list[str] = []
    for node, beside in _pairs(ran, places, used[:MAX_COMPARED]):
        if beside is None:
            missing.append(node.id)
            continue
        for name in _differing(node, beside):
            if name in _TEXTS and _expanded(beside[name]):
                typed.append((node.id, name, beside[name]))
            else:
                warnings.append(f"disagreement prompt/workflow {name} {node.id}")
    if missing:
        warnings.append(f"disagreement prompt/workflow nodes {','.join(missing[:10])}")
    return warnings, typed


def _pairs(ran: Graph, places: Mapping[str, Scope], used: Sequence[str]) -> Iterator[tuple[Node, Mapping[str, Any] | None]]:
    """Each node that ran with the values of its counterpart on the canvas."""
    wanted = [node for key in used if (node := ran[key]).cls in _COMPARABLE]
    apart: list[Node] = []
    for node in wanted:
        prefix, _, key = node.id.rpartition(":")
        scope = places.get(f"{prefix}:" if prefix else "")
        beside = scope.nodes.get(key) if scope is not None else None
        if beside is None and prefix:  # ids with a colon that stand on the canvas itself
            scope = places.get("")
            beside = scope.nodes.get(node.id) if scope is not None else None
        if scope is not None and beside is not None and beside.get("type") == node.cls:
            if scope.prefix or not _same(node, beside):
                yield node, widgets(places, scope, beside)
        elif not _in_group_node(places, prefix or key):
            apart.append(node)
    if apart:
        yield from _renumbered(ran, places, apart)


def _same(node: Node, beside: Mapping[str, Any]) -> bool:
    """Whether the compared values of a canvas node, as they lie in the list, are those of the node that ran. It holds for nine nodes of
    ten, and naming all values to find that none differs would take longer than any other question that is asked of a canvas. False where
    it does not hold or needs a closer look."""
    values, order = beside.get("widgets_values"), ORDERS[node.cls]
    if type(values) is not list or len(values) != len(order) or beside.get("widgets_values_named"):
        return False
    if "*" in order and not is_control(values[order.index("*")]):
        return False
    inputs = node.inputs
    for place, name in _AT[node.cls]:
        one, other = inputs.get(name), values[place]
        if one != other and (type(one) is str or (type(one) is Num and not (type(other) is int and one == str(other)))):
            return False
    return True


def _renumbered(ran: Graph, places: Mapping[str, Scope], apart: Sequence[Node]) -> Iterator[tuple[Node, Mapping[str, Any] | None]]:
    classes = {node.cls for node in apart}
    spare: dict[str, list[Mapping[str, Any]]] = {}
    for scope in places.values():
        for key, node in scope.nodes.items():
            kind = kind_of(node)
            taken = ran.get(scope.prefix + key)
            if kind not in classes or node.get("mode") in (MUTED, BYPASSED) or (taken is not None and taken.cls == kind):
                continue
            if len(waiting := spare.setdefault(kind, [])) < MAX_SPARE:
                waiting.append(widgets(places, scope, node))
    for item in apart:
        ahead = spare.get(item.cls, [])
        beside = next((other for other in ahead if not _differing(item, other)), ahead[0] if ahead else None)
        if beside is not None:
            ahead.remove(beside)
        yield item, beside


def _in_group_node(places: Mapping[str, Scope], key: str) -> bool:
    """Whether a node stands inside a group node of older canvases, whose values are kept elsewhere."""
    outer = places[""].nodes.get(key.split(":", 1)[0]) if "" in places else None
    return outer is not None and kind_of(outer).startswith(("workflow/", "workflow>"))


def _differing(node: Node, beside: Mapping[str, Any]) -> list[str]:
    return [name for name, other in beside.items() if name in _COMPARED and _differ(node.inputs.get(name), other)]


def _expanded(typed: Any) -> bool:
    """Whether the browser changes this text before it queues it: choices `{a|b}` are drawn, comments taken out."""
    return type(typed) is str and (("{" in typed and "}" in typed) or "/*" in typed or "//" in typed)


def _differ(one: Any, other: Any) -> bool:
    kind = type(other)
    if type(one) is str:
        return kind is str and one != other
    if type(one) is not Num or (kind is not int and kind is not Num):
        return False
    text = str(other)
    if one == text or one == text + ".0":  # the browser has no `7.0`
        return False
    return not text.startswith("-") and not same_number(one, text) and not _nearly(one, text)


def _nearly(one: str, other: str) -> bool:
    """The browser and the server spell one float differently (1.1500000000000001, 1.15); integers must be equal to the digit."""
    if "." not in one + other:
        return False
    try:
        return abs(float(one) - float(other)) < 1e-9
    except ValueError:
        return False


def _is(value: Any) -> bool:
    return type(value) is str and bool(value)

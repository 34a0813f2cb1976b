"""What the person left on the canvas: titles, notes, groups, what was switched off; and where canvas and `prompt` say different things."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from provenance.readers.comfyui.graph import Graph, Link, Node
from provenance.readers.comfyui.scopes import BYPASSED, MUTED, NOTES, Scope, as_dict, as_list, kind_of, mode
from provenance.readers.comfyui.widgets import ORDERS
from provenance.readers.jsontext import Num, same_number

MAX_ITEMS = 500
MAX_COMPARED = 2_000
MAX_SPARE = 50
_COMPARED = ("text", "seed", "noise_seed", "steps", "cfg", "sampler_name", "scheduler", "denoise", "ckpt_name", "unet_name", "vae_name",
             "lora_name", "strength_model", "strength_clip", "width", "height", "image", "text_g", "text_l", "clip_l", "t5xxl")


def human_annotations(canvas: Mapping[str, Any], places: Mapping[str, Scope]) -> dict[str, Any]:
    """Human annotations and switches of a canvas and its scopes: titles [{node, title}], notes [{node, text}], groups [title], bypassed
    and muted [node], subgraphs [name], and `frontend`, the browser part's version. Empty ones are left out; at most 500 of each."""
    found: dict[str, list[Any]] = {"titles": [], "notes": [], "groups": [], "bypassed": [], "muted": [], "subgraphs": []}
    for scope in places.values():
        for key, node in scope.nodes.items():
            node_id, title = scope.prefix + key, node.get("title")
            if isinstance(title, str) and title and title != kind_of(node) and kind_of(node) not in NOTES:
                found["titles"].append({"node": node_id, "title": str(title)})
            if kind_of(node) in NOTES:
                text = "\n".join(str(item) for item in as_list(node.get("widgets_values")) if isinstance(item, str))
                found["notes"].append({"node": node_id, "text": text} | ({"title": str(title)} if isinstance(title, str) else {}))
            if mode(node) in (BYPASSED, MUTED):
                found["bypassed" if mode(node) == BYPASSED else "muted"].append(node_id)
    inner = [as_dict(item) for item in as_list(as_dict(canvas.get("definitions")).get("subgraphs"))]
    for source in (canvas, *inner):
        titles = [as_dict(group).get("title") for group in as_list(source.get("groups"))]
        found["groups"].extend(str(title) for title in titles if _is(title))
    found["subgraphs"].extend(str(item["name"]) for item in inner if _is(item.get("name")))
    result: dict[str, Any] = {key: items[:MAX_ITEMS] for key, items in found.items() if items}
    version = as_dict(canvas.get("extra")).get("frontendVersion")
    return result | ({"frontend": str(version)} if isinstance(version, str) else {})


def disagreements(ran: Graph, canvas: Graph, used: Sequence[str]) -> tuple[list[str], list[dict[str, str]]]:
    """Where the graph that ran and the canvas beside it differ, over the nodes that led to the file.

    Nodes are paired by id and class; where a client numbered them anew, by class and equal values.

    Returns:
        Warnings `disagreement prompt/workflow <input> <node>` (`nodes` where the canvas has no such node at all), and typed texts that
        the browser changed before queueing (`{a|b}`, comments), which are no disagreement.
    """
    warnings: list[str] = []
    typed: list[dict[str, str]] = []
    missing: list[str] = []
    for node, beside in _pairs(ran, canvas, used[:MAX_COMPARED]):
        if beside is None:
            missing.append(node.id)
            continue
        for name in _differing(node, beside):
            other = beside.inputs[name]
            if _expanded(other):
                typed.append({"node": node.id, "input": name, "text": str(other)})
            else:
                warnings.append(f"disagreement prompt/workflow {name} {node.id}")
    if missing:
        warnings.append(f"disagreement prompt/workflow nodes {','.join(missing[:10])}")
    return warnings, typed


def _pairs(ran: Graph, canvas: Graph, used: Sequence[str]) -> Iterator[tuple[Node, Node | None]]:
    grouped = {key for key, node in canvas.items() if node.cls.startswith(("workflow/", "workflow>"))}  # group nodes of older canvases
    same = {key for key in used if key in canvas and canvas[key].cls == ran[key].cls}
    spare: dict[str, list[Node]] = {}
    for key, node in canvas.items():
        if key not in same:
            spare.setdefault(node.cls, []).append(node)
    for key in used:
        node = ran[key]
        if node.cls not in ORDERS or node.cls.startswith("Primitive") or key.split(":")[0] in grouped:
            continue
        if key in same:
            yield node, canvas[key]
            continue
        ahead = spare.get(node.cls, [])[:MAX_SPARE]
        beside = next((other for other in ahead if not _differing(node, other)), ahead[0] if ahead else None)
        if beside is not None:
            spare[node.cls].remove(beside)
        yield node, beside


def _differing(node: Node, beside: Node) -> list[str]:
    return [name for name in _COMPARED if _differ(node.inputs.get(name), beside.inputs.get(name))]


def _expanded(typed: Any) -> bool:
    """Whether the browser changes this text before it queues it: choices `{a|b}` are drawn, comments taken out."""
    return not isinstance(typed, Num) and (("{" in typed and "}" in typed) or "/*" in typed or "//" in typed)


def _differ(one: Any, other: Any) -> bool:
    if isinstance(one, Link | None) or isinstance(other, Link | None) or not isinstance(one, str) or not isinstance(other, str):
        return False
    if isinstance(one, Num) and isinstance(other, Num):
        return not other.startswith("-") and not same_number(one, other) and not _nearly(one, other)
    return type(one) is type(other) and one != other


def _nearly(one: str, other: str) -> bool:
    """The browser and the server spell one float differently (1.1500000000000001, 1.15); integers must be equal to the digit."""
    if "." not in one + other:
        return False
    try:
        return abs(float(one) - float(other)) < 1e-9
    except ValueError:
        return False


def _is(value: Any) -> bool:
    return isinstance(value, str) and bool(value)

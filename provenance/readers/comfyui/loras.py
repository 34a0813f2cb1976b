"""LoRAs of one node: single loaders, numbered stacks, rgthree's Power Lora Loader, lists of LoRA Manager."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from provenance.prompts.tags import tags
from provenance.readers.comfyui.graph import Among, Link, Node
from provenance.readers.comfyui.numbers import number
from provenance.readers.comfyui.savers import is_saver
from provenance.readers.comfyui.strings import name_of
from provenance.readers.comfyui.walk import Walk
from provenance.readers.jsontext import Num
from provenance.readers.reading import Lora

_NUMBERED = re.compile(r"(lora_name_|lora_|lora)([0-9]{1,3})(_name)?")
_MODEL = ("strength_model", "lora_model_strength", "model_strength", "strength", "lora_strength", "weight", "lora_weight", "lora_wt")
_TEXT = ("strength_clip", "lora_clip_strength", "clip_strength", "weight_clip")
_LOADS = frozenset((*_MODEL, *_TEXT, "model", "clip", "prev_lora", "lora_stack"))
"""Inputs one of which every loader has; a node without them only picks a name."""
_NONE = ("None", "none", "disabled", "CHOOSE")
_OFF = ("off", "false", "disable", "disabled")


def loras(walk: Walk, node: Node) -> tuple[Lora, ...]:
    """LoRAs a node applies or stacks, in its own order. What is switched off or has no strength goes to `rest["loras_off"]`."""
    known = walk.loras.get(node.id)
    if known is None:
        known = walk.loras[node.id] = tuple(_on(walk, node)) if _has_some(node) else ()
    return known


def all_loras(walk: Walk, nodes: Sequence[Node], met: Among) -> list[Lora]:
    """Those of all `nodes`; met: what they have among them."""
    some = "lora" in met.classes or "populated_text" in met.names or "power prompt" in met.classes or "lora" in met.inputs.lower()
    return [lora for node in nodes for lora in loras(walk, node)] if some else []


def _has_some(node: Node) -> bool:
    """Whether to look closer. Savers repeat names for their metadata and apply nothing."""
    return (
        "lora" in node.low or "populated_text" in node.inputs or "power prompt" in node.low or "lora" in "|".join(node.inputs).lower()
    ) and not is_saver(node)


def _on(walk: Walk, node: Node) -> Iterator[Lora]:
    for lora, is_on in _all(walk, node):
        if not lora.name or lora.name in _NONE:
            continue
        if is_on and not (_zero(lora.weight) and (lora.weight_te is None or _zero(lora.weight_te))):
            yield lora
        else:
            walk.keep("loras_off", {"name": lora.name, "weight": lora.weight, "weight_te": lora.weight_te, "node": node.id})


def _all(walk: Walk, node: Node) -> Iterator[tuple[Lora, bool]]:
    values = node.inputs
    key = next((key for key in ("lora_name", "lora") if type(values.get(key)) in (str, Link)), None)
    if key is not None and (key == "lora_name" or type(values[key]) is str) and not _LOADS.isdisjoint(values):
        name = name_of(walk, values[key], key)
        if name is None:
            walk.unresolved(node.id, key)
        else:
            yield Lora(name, number(walk, node, *_MODEL), number(walk, node, *_TEXT)), True
    yield from _tagged(node)
    yield from _numbered(walk, node)
    for value in values.values():
        if isinstance(value, dict) and isinstance(value.get("lora"), str):
            yield _power(value)
        elif isinstance(value, dict | list) and "lora" in node.low:
            yield from _listed(value)


def _tagged(node: Node) -> Iterator[tuple[Lora, bool]]:
    """Nodes that apply the `<lora:...>` tags of their text: Impact's and Inspire's wildcard encoders, rgthree's Power Prompt where model
    and clip run through it, tag loaders. LoRA Manager's loader has a list beside its text, which counts."""
    values = node.inputs
    if "populated_text" in values:
        found = values["populated_text"]
    elif "power prompt" in node.low and "opt_model" in node.links and "opt_clip" in node.links:
        found = values.get("prompt")
    elif "lora" in node.low and "tag" in node.low:
        found = values.get("text")
    else:
        return
    for tag in tags(found, ("lora",)) if type(found) is str else ():
        yield Lora(tag.name, tag.weight, tag.weight_te), True


def _power(value: Mapping[str, Any]) -> tuple[Lora, bool]:
    """rgthree: {"on": true, "lora": name, "strength": 0.8, "strengthTwo": null}; without the second, one strength for both."""
    weight = _text(value.get("strength"))
    return Lora(str(value["lora"]), weight, _text(value.get("strengthTwo")) or weight), value.get("on") is not False


def _listed(value: Any) -> Iterator[tuple[Lora, bool]]:
    """LoRA Manager: {"__value__": [{"name", "strength", "clipStrength", "active"}]} or the list alone."""
    items = value.get("__value__") if isinstance(value, dict) else value
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict) and isinstance(item.get("name"), str):
            weight = _text(item.get("strength"))
            yield Lora(str(item["name"]), weight, _text(item.get("clipStrength")) or weight), item.get("active") is not False


def _numbered(walk: Walk, node: Node) -> Iterator[tuple[Lora, bool]]:
    """lora_name_1/lora_wt_1, lora_01/strength_01, lora_1_name/lora_1_strength, switch_1 and the like (Efficiency, Comfyroll, rgthree)."""
    last = number(walk, node, "lora_count", "num_loras")
    limit = int(last) if last and last.isdigit() and len(last) < 4 else None
    mode = node.inputs.get("input_mode", node.inputs.get("mode"))
    simple = mode == "simple" if isinstance(mode, str) else None
    for key, value in node.inputs.items():
        match = _NUMBERED.fullmatch(key)
        if match is None or not isinstance(value, str) or isinstance(value, Num):
            continue
        place = match[2]
        both = _first(node, f"lora_wt_{place}", f"strength_{place}", f"lora_{place}_strength", f"lora_strength_{place}", f"weight_{place}")
        weight = _first(node, f"model_weight_{place}", f"model_str_{place}", f"lora_{place}_model_strength", f"model_strength_{place}")
        clip = _first(node, f"clip_weight_{place}", f"clip_str_{place}", f"lora_{place}_clip_strength", f"clip_strength_{place}")
        if simple or weight is None:
            weight, clip = both, both
        state = node.inputs.get(f"switch_{place}", node.inputs.get(f"lora_{place}_on", node.inputs.get(f"enabled_{place}")))
        off = state is False or (isinstance(state, str) and state.lower() in _OFF)
        yield Lora(str(value), weight, clip), not off and (limit is None or int(place) <= limit)


def _first(node: Node, *names: str) -> str | None:
    return next((str(value) for name in names if isinstance(value := node.inputs.get(name), str) and not isinstance(value, Link)), None)


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, str) else None


def _zero(text: str | None) -> bool:
    return text is not None and bool(text.strip("-+0.eE") == "" and "0" in text)

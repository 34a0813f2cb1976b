"""A canvas keeps a node's values without names (`widgets_values`): which value is whose.

Newer browsers list every widget among the node's inputs; for older canvases the order of a class is taken from `widget_orders`. Where the
values do not fit the names (another version of the class), none is named: a number in the wrong place would be a wrong fact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from provenance.readers.comfyui.widget_orders import ORDERS
from provenance.readers.jsontext import Num

_CONTROLS = ("fixed", "randomize", "increment", "decrement")
_NUMBERS = frozenset({
    "seed", "noise_seed", "steps", "cfg", "cfg_scale", "denoise", "width", "height", "strength", "strength_model", "strength_clip",
    "guidance", "weight", "start_percent", "end_percent", "start_at", "end_at",
})
_WORDS = frozenset({
    "text", "prompt", "prompt_text", "positive", "negative", "negative_prompt", "sampler_name", "scheduler", "ckpt_name", "unet_name",
    "vae_name", "lora_name", "wildcard_text", "populated_text", "clip_l", "t5xxl", "text_g", "text_l", "tags", "lyrics", "image",
})


def named(cls: str, values: Any, plugs: Sequence[Mapping[str, Any]], by_name: Any = None) -> dict[str, Any]:
    """Widget values by name.

    Args:
        cls: the node's type. values: `widgets_values`, a list or (some packs) already an object. plugs: the node's inputs.
        by_name: `widgets_values_named`, which browsers write beside the list since 2026; it needs no further knowledge.
    Returns:
        What could be named; a single unnamed value is called `value`.
    """
    if isinstance(by_name, dict) and by_name:
        return {name: value for name, value in by_name.items() if name.partition("#")[0] != "control_after_generate"}
    if isinstance(values, dict):
        return dict(values)
    if not isinstance(values, list) or not values:
        return {}
    order = ORDERS.get(cls)
    fitted = _fitted(order, values) if order is not None else ()
    sockets = widget_names(plugs) if len(fitted) != len(values) else ()
    found = _by_sockets(sockets, values) if sockets else None
    if found is not None and _fits(found):
        return found
    if order is None:
        return _unnamed(cls, values)
    if "*" not in order and len(order) < len(values):
        return _seeded({name: value for name, value in zip(order, values, strict=False) if name != "-"}, values)
    found = dict(zip(fitted, values, strict=False))
    found.pop("*", None)
    found.pop("-", None)
    return found if _fits(found) else {}


def _unnamed(cls: str, values: list[Any]) -> dict[str, Any]:
    """A class nobody described: what its values are called cannot be known, but for one alone and for a seed."""
    if "(rgthree)" in cls or any(isinstance(value, dict) for value in values):
        return {f"widget_{number}": value for number, value in enumerate(values)}
    return {"value": values[0]} if len(values) == 1 else _seeded({}, values)


def _seeded(found: dict[str, Any], values: list[Any]) -> dict[str, Any]:
    """With the seed, where only the browser's own value after it tells which number it is."""
    places = [place for place, value in enumerate(values) if place and value in _CONTROLS and type(values[place - 1]) is int]
    if len(places) == 1 and "seed" not in found and _fits(found):
        return found | {"seed": values[places[0] - 1]}
    return found if _fits(found) else {}


def widget_names(plugs: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Names of widgets that newer browsers list among a node's inputs, in order."""
    return tuple(str(item["name"]) for item in plugs if isinstance(item.get("widget"), dict) and "name" in item)


def _fits(found: dict[str, Any]) -> bool:
    """Whether numbers stand where numbers belong, and words where words do."""
    for name, value in found.items():
        if name in _NUMBERS:
            if type(value) is str:
                return False
        elif name in _WORDS and (type(value) is int or type(value) is Num or type(value) is bool):
            return False
    return True


def _fitted(order: tuple[str, ...], values: list[Any]) -> tuple[str, ...]:
    """Some canvases lack the browser's own value after a seed; the oldest have true or false there, some packs null."""
    if "*" not in order:
        return order
    place = order.index("*")
    if place >= len(values) or is_control(values[place]):
        return order
    return tuple(name for name in order if name != "*")


def is_control(value: Any) -> bool:
    """Whether a value is the browser's own beside a seed."""
    return value is None or value is True or value is False or (type(value) is str and value in _CONTROLS)


def _by_sockets(sockets: tuple[str, ...], values: list[Any]) -> dict[str, Any] | None:
    """The values by the widgets among a node's inputs; None where they are not as many: then only some widgets are listed (older browsers
    list those that were made inputs), and which values are theirs is not to be seen."""
    found: dict[str, Any] = {}
    at = 0
    for name in sockets:
        if at >= len(values):
            return None
        found[name] = values[at]
        at += 1
        if type(found[name]) in (int, Num) and at < len(values) and type(values[at]) is str and values[at] in _CONTROLS:
            at += 1
    return found if all(value is None or value == "" for value in values[at:]) else None

"""What a number or a name was: literal, or through primitives, pipes, contexts and reroutes back to a literal."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Any

from provenance.readers.comfyui.graph import UNNAMED, Link, Node
from provenance.readers.comfyui.switches import links, undecided
from provenance.readers.comfyui.walk import Walk

MAX_HOPS = 40
PIPES = ("basic_pipe", "pipe", "context", "ctx", "base_ctx", "sdxl_pipe", "detailer_pipe", "opt_pipe", "bus", "ctx_01")
_NUMBERS = ("value", "seed", "noise_seed", "int", "float", "number", "Value", "INT", "FLOAT", "a", "Number")
_COMPUTES = re.compile("math|expression|calc|operation|multiple|random|formula|aspect ?ratio|image ?size|evaluate")
_SEEDS = ("seed", "noise_seed", "seed_num")
_NUMERIC = frozenset({
    "seed", "noise_seed", "seed_num", "steps", "cfg", "cfg_scale", "denoise", "width", "height", "guidance", "strength_model",
    "strength_clip", "strength", "start_percent", "end_percent", "weight", "start_at", "end_at",
})
_CONTEXT = (
    "", "model", "clip", "vae", "positive", "negative", "latent", "images", "seed", "steps", "step_refiner", "cfg", "ckpt_name", "sampler",
    "scheduler", "clip_width", "clip_height", "text_pos_g", "text_pos_l", "text_neg_g", "text_neg_l", "mask", "control_net",
)
OUTPUTS = MappingProxyType({
    "KSampler Config (rgthree)": ("steps_total", "refiner_step", "cfg", "sampler_name", "scheduler"),
    "Context (rgthree)": _CONTEXT, "Context Big (rgthree)": _CONTEXT, "Context Switch (rgthree)": _CONTEXT,
    "Context Switch Big (rgthree)": _CONTEXT, "Context Merge (rgthree)": _CONTEXT, "Context Merge Big (rgthree)": _CONTEXT,
    "CustomCombo": ("choice", "index"),
    "SDParameterGenerator": (
        "ckpt_name", "vae_name", "", "", "", "seed", "steps", "refiner_start", "cfg", "sampler_name", "scheduler", "positive_ascore",
        "negative_ascore", "width", "height", "batch_size",
    ),
})
"""Which input a node's output hands on, by the output's number, where that cannot be seen from names (rgthree-comfy, prompt-reader,
ComfyUI itself)."""


def number(walk: Walk, node: Node, *keys: str) -> str | None:
    """The first of the inputs that is there, as the tool wrote it; through links where they lead to a literal."""
    for key in keys:
        if key in node.inputs:
            value = node.inputs[key]
            if type(value) is not Link:
                return literal(value)
            found = follow(walk, value, key, MAX_HOPS)
            if found is not None and ((key in _NUMERIC and not _is_number(found)) or (key in _SEEDS and found.startswith("-"))):
                found = None  # a picture's name is no width, and a seed of -1 was drawn by the run
            if found is None:
                walk.unresolved(node.id, key)
            return found
    return None


def literal(value: Any) -> str | None:
    """A number or a name as the tool wrote it; None for anything else and for an empty text."""
    return str(value) if isinstance(value, str) and value != "" else None


def _is_number(text: str) -> bool:
    return text.lstrip("-+")[:1].isdigit() or text in ("NaN", "Infinity", "-Infinity")


def follow(walk: Walk, link: Link, key: str, hops: int) -> str | None:
    """What a link brings to an input called `key`, where it is a literal somewhere upstream."""
    node = walk.node(link)
    if node is None or hops <= 0:
        return None
    for name in _names(walk, node, link.slot, key):
        value = node.inputs[name]
        if type(value) is Link and (name in PIPES or name.startswith("ctx")) and node.cls in OUTPUTS:
            value, name = Link(value.node, link.slot), key  # contexts share one order of outputs
        found = follow(walk, value, name, hops - 1) if type(value) is Link else literal(value)
        if found is not None:
            return found
    return None


def _names(walk: Walk, node: Node, slot: int, key: str) -> list[str]:
    """Inputs of a node in which the value handed on may stand."""
    values = node.inputs
    handed = OUTPUTS.get(node.cls)
    called = node.outs[slot] if 0 <= slot < len(node.outs) else ""
    if called in values and len(node.outs) > 1:
        return [called]
    if handed is not None:
        name = handed[slot] if 0 <= slot < len(handed) else ""
        if name in values:
            return [name]
        return [name for name, _ in links(node, walk.graph) if name in PIPES or name.startswith("ctx")][:1]
    if _COMPUTES.search(node.low) or undecided(node, walk.graph):
        return []
    live = [name for name, _ in links(node, walk.graph)]
    names = [name for name in (key, *_NUMBERS) if name in values and (name in live or name not in node.links)]
    if names and not _own(node, names[0], key):
        return []
    if names:
        return names
    plain = [name for name, value in values.items() if isinstance(value, str) and not name.startswith(UNNAMED)]
    if len(plain) == 1 and not live:
        return plain
    return live[:1] if len(live) == 1 or (live and "switch" in node.low) else []


def _own(node: Node, name: str, key: str) -> bool:
    """Whether a node's input of another name may be taken: a text node's `seed` is no width."""
    return name == key or name.lower() in ("value", "int", "float", "number", "a") or "seed" in key


def field(walk: Walk, node: Node, *keys: str) -> str | None:
    """Like `number`, but where the node has none of the inputs, look in the pipe it is fed from."""
    for _ in range(MAX_HOPS):
        for key in keys:
            if key in node.inputs:
                value = node.inputs[key]
                return literal(value) if type(value) is not Link else number(walk, node, key)
        pipe = next((node.links[name] for name in PIPES if name in node.links), None) if node.links else None
        behind = walk.node(pipe) if pipe is not None else None
        if behind is None:
            return None
        node = behind
    return None

"""Which nodes make pictures: samplers by signature, and nodes that ask somebody's server."""

from __future__ import annotations

from collections.abc import Sequence

from provenance.readers.comfyui.graph import Link, Node
from provenance.readers.comfyui.savers import is_saver
from provenance.readers.comfyui.strings import PIPES

PICTURE = ("image", "video", "pixels", "frames", "audio", "mask", "samples", "latent")
_GUIDES = ("positive", "guider", "conditioning", "text_embeds", "hyvid_embeds", "positive_embeds", "base_positive", *PIPES)
_DRIVES = ("seed", "noise_seed", "noise", "steps", "sigmas")
_WORKS_ON = ("model", "guider", "latent_image", "latent", "samples", "image", "image_embeds", "base_model", *PIPES)
_NOT_SAMPLERS = (
    "context", "ctx", "topipe", "frompipe", "pipein", "pipe in", "tobasicpipe", "editpipe", "loader", "parameters", "guider",
    "conditioning",
)


def samples(node: Node) -> bool:
    """Whether a node is a sampler: by signature, so that classes nobody knows count too."""
    if is_saver(node):
        return False
    if "sampler" not in node.low and any(word in node.low for word in _NOT_SAMPLERS):
        return False
    linked = {name for name, value in node.inputs.items() if isinstance(value, Link)}
    return any(k in linked for k in _GUIDES) and any(k in node.inputs for k in _DRIVES) and any(k in linked for k in _WORKS_ON)


def makes(nodes: Sequence[Node]) -> list[Node]:
    """Nodes that make pictures without a sampler, on somebody's server: a prompt on the node itself, a picture coming out of it."""
    shown = {
        value.node for node in nodes for name, value in node.inputs.items()
        if isinstance(value, Link) and any(word in name.lower() for word in PICTURE)
    }
    found = []
    for node in nodes:
        has_text = any(name in node.inputs for name in ("prompt", "text_prompt", "prompt_text", "positive_prompt"))
        loaded = any(isinstance(node.inputs.get(name), Link) for name in ("clip", "model", "positive", "conditioning"))
        if has_text and not loaded and node.id in shown and not samples(node) and not is_saver(node) and "encode" not in node.low:
            found.append(node)
    return found

"""Which nodes are samplers: by signature."""

from __future__ import annotations

import re

from provenance.readers.comfyui.graph import Node
from provenance.readers.comfyui.numbers import PIPES
from provenance.readers.comfyui.savers import is_saver

PICTURE = re.compile("image|video|pixels|frames|audio|mask|samples|latent|svg|mesh|model_task|model_file|first_frame")
_GUIDES = frozenset({"positive", "guider", "conditioning", "text_embeds", "hyvid_embeds", "positive_embeds", "base_positive", *PIPES})
_DRIVES = frozenset({"seed", "noise_seed", "noise", "steps", "sigmas"})
_WORKS_ON = frozenset({"model", "guider", "latent_image", "latent", "samples", "image", "image_embeds", "base_model", *PIPES})
_NOT_SAMPLERS = re.compile(
    "context|ctx|topipe|frompipe|pipein|pipe in|tobasicpipe|editpipe|loader|parameters|guider|conditioning|config"
)


def samples(node: Node) -> bool:
    """Whether a node is a sampler: by signature, so that classes nobody knows count too."""
    if _DRIVES.isdisjoint(node.inputs) or _GUIDES.isdisjoint(node.links) or _WORKS_ON.isdisjoint(node.links):
        return False
    return not is_saver(node) and ("sampler" in node.low or not _NOT_SAMPLERS.search(node.low))

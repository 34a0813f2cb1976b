"""Files that went in: LoadImage and its kin, what for, and the hash ComfyUI wrote beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from provenance.readers.comfyui.graph import Among, Link, Node, order
from provenance.readers.comfyui.switches import links
from provenance.readers.comfyui.walk import Walk
from provenance.readers.reading import InputFile

_KEYS = (
    ("image", "image"), ("image_path", "image"), ("mask", "mask"), ("video", "video"), ("file", "video"), ("audio", "audio"),
    ("path", "image"), ("latent", "latent"), ("model_file", "mesh"), ("video_path", "video"), ("audio_file", "audio"),
    ("directory", "image"),
)
_NAMES = frozenset(key for key, _ in _KEYS)
_MODEL_LOADERS = re.compile("model|lora|checkpoint|vae|clip|unet|control|upscale")
_HEX = frozenset("0123456789abcdef")


def inputs(walk: Walk, starts: Sequence[str], nodes: Sequence[Node], met: Among) -> tuple[InputFile, ...]:
    """Input files among `nodes`, upstream-first, each name and role once.

    met: what all those of `nodes` have among them that may load a file.
    claimed_sha256: ComfyUI adds `is_changed: [sha256 of the file]` to LoadImage and LoadImageMask when it runs them.
    """
    if "load" not in met.classes or _NAMES.isdisjoint(met.names):
        return ()
    loaders = [(node, named) for node in nodes if (named := file_of(node)) is not None]
    if not loaders:
        return ()
    steered = any("control_net" in node.links or "controlnet" in node.low for node in nodes)
    plain = set(order(walk.graph, starts, lambda node: _not_control(walk, node))) if steered else None
    slots: dict[str, set[int]] = {}
    for node in nodes:
        for _, link in links(node, walk.graph):
            slots.setdefault(link.node, set()).add(link.slot)
    found: dict[tuple[str, str], InputFile] = {}
    for node, (name, role) in loaders:
        if role == "image" and ("mask" in node.low or slots.get(node.id) == {1}):
            role = "mask"
        elif role == "image" and plain is not None and node.id not in plain:
            role = "control"
        found.setdefault((name, role), InputFile(name, role, _claimed(node)))
    return tuple(found.values())


def _not_control(walk: Walk, node: Node) -> Iterator[tuple[str, Link]]:
    steers = "control_net" in node.inputs or "controlnet" in node.low
    for name, link in links(node, walk.graph):
        if not (steers and name in ("image", "control_image")):
            yield name, link


def file_of(node: Node) -> tuple[str, str] | None:
    """The file a loader names, and what kind of thing it is. Models have loaders of their own and are not meant here."""
    low = node.low
    if "load" not in low or _NAMES.isdisjoint(node.inputs) or _MODEL_LOADERS.search(low):
        return None
    for key, role in _KEYS:
        value = node.inputs.get(key)
        if type(value) is str and value:
            if key in ("file", "path", "image_path", "directory"):
                role = next((kind for kind in ("video", "audio", "image") if kind in low), role)
            return value, role
    return None


def _claimed(node: Node) -> str | None:
    value = node.is_changed
    value = value[0] if isinstance(value, list) and len(value) == 1 else value
    if isinstance(value, str) and len(value) == 64 and set(value) <= _HEX:
        return str(value)
    return None

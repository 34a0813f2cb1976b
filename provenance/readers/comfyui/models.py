"""Model files of a graph: along the model chain of a pass, and the others (VAE, text encoders, ControlNets, upscalers, ...)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import MappingProxyType

from provenance.prompts.tags import embeddings
from provenance.readers.comfyui.graph import Link, Node, links, order
from provenance.readers.comfyui.loras import loras
from provenance.readers.comfyui.savers import is_saver
from provenance.readers.comfyui.strings import PIPES, resolve
from provenance.readers.comfyui.walk import Walk
from provenance.readers.jsontext import Num
from provenance.readers.reading import Lora, Model

_KINDS = MappingProxyType({
    "ckpt_name": "checkpoint", "base_ckpt_name": "checkpoint", "refiner_ckpt_name": "checkpoint", "checkpoint_name": "checkpoint",
    "ckpt": "checkpoint", "unet_name": "diffusion", "gguf_name": "diffusion", "diffusion_model_name": "diffusion",
    "vae_name": "vae", "clip_name": "text_encoder", "clip_name1": "text_encoder", "clip_name2": "text_encoder",
    "clip_name3": "text_encoder", "clip_name4": "text_encoder", "text_encoder_name": "text_encoder", "control_net_name": "controlnet",
    "controlnet_name": "controlnet", "cnet": "controlnet", "style_model_name": "style_model", "gligen_name": "gligen",
    "hypernetwork_name": "hypernetwork", "ipadapter_file": "ipadapter", "upscale_model": "upscaler", "photomaker_model_name": "photomaker",
    "audio_encoder_name": "audio_encoder", "instantid_file": "instantid", "pulid_file": "pulid", "animatediff_model": "motion",
})
_CLASSES = (
    (("upscale",), "upscaler"), (("detector", "ultralytics", "bbox", "sam"), "detector"), (("vae",), "vae"),
    (("motion", "animatediff"), "motion"), (("controlnet",), "controlnet"), (("patch",), "model_patch"),
    (("t5", "textencoder", "clip"), "text_encoder"), (("lora",), "lora"), (("checkpoint",), "checkpoint"),
)
_FILES = (".safetensors", ".sft", ".ckpt", ".gguf", ".pt", ".pth", ".bin", ".onnx")
_NONE = ("", "None", "none", "Baked VAE", "baked", "Automatic", "Default", "pixel_space", "disabled")
MAIN = ("checkpoint", "diffusion")


def chain(walk: Walk, start: Link) -> tuple[list[Model], list[Lora]]:
    """Models and LoRAs upstream of a sampler's or guider's model input; LoRAs in the order they were applied."""

    def follow(node: Node) -> Iterator[tuple[str, Link]]:
        for name, link in links(node, walk.graph):
            if name in PIPES or name.startswith(("model", "unet", "lora", "optional_lora", "prev_lora")) or _passes_on(node, name):
                yield name, link

    found: list[Model] = []
    applied: list[Lora] = []
    for key in order(walk.graph, [start.node], follow, limit=5_000):
        found.extend(model for model in models(walk, walk.graph[key]) if model.kind in MAIN)
        applied.extend(loras(walk, walk.graph[key]))
    return found, applied


def _passes_on(node: Node, name: str) -> bool:
    """Reroutes and switches: whatever their inputs are called, they hand on what they get."""
    return "reroute" in node.low or "switch" in node.low or name.startswith(("any", "input", "value", "on_true", "on_false"))


def models(walk: Walk, node: Node) -> Iterator[Model]:
    """Model files a node names in its inputs."""
    if is_saver(node):
        return  # savers repeat names as text for their metadata
    for key, value in node.inputs.items():
        kind = _kind(node, key, value)
        if kind is None:
            continue
        name = resolve(walk, value, "positive", 8)
        if name is None:
            walk.unresolved(node.id, key)
        elif name not in _NONE:
            yield Model(name, kind)


def _kind(node: Node, key: str, value: object) -> str | None:
    if isinstance(value, Num) or not isinstance(value, str | Link):
        return None
    if key in _KINDS:
        if isinstance(value, Link) and key in ("upscale_model", "ckpt", "cnet"):
            return None  # a link by that name carries the loaded model, not its name
        return "clip_vision" if _KINDS[key] == "text_encoder" and "vision" in node.low else _KINDS[key]
    if not isinstance(value, str) or not value.lower().endswith(_FILES) or "lora" in key.lower():
        return None
    if key in ("model_name", "model", "model_path", "name", "file", "ckpt_path"):
        return _by_class(node.low)
    return None


def _by_class(low: str) -> str:
    """What a loader loads whose input is only called `model_name` or `model`."""
    return next((kind for words, kind in _CLASSES if any(word in low for word in words)), "diffusion")


def in_prompts(prompts: Sequence[str]) -> Iterator[Model]:
    """Embeddings named in the prompts."""
    for prompt in prompts:
        yield from (Model(name, "embedding") for name in embeddings(prompt))


def controls(walk: Walk, nodes: Sequence[Node]) -> None:
    """Keep each applied ControlNet with its strength and range in `rest["controlnets"]`."""
    for node in nodes:
        net = node.inputs.get("control_net")
        if isinstance(net, Link) and "strength" in node.inputs:
            loaders = order(walk.graph, [net.node], lambda step: links(step, walk.graph), limit=50)
            names = [model.name for key in loaders for model in models(walk, walk.graph[key]) if model.kind == "controlnet"]
            numbers = {key: str(value) for key, value in node.inputs.items() if isinstance(value, Num)}
            walk.keep("controlnets", {"node": node.id, "name": names[0] if names else None, **numbers})

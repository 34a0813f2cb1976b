"""Model files of a graph: along the model chain of a pass, and the others (VAE, text encoders, ControlNets, upscalers, ...)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import MappingProxyType

from provenance.prompts.tags import embeddings
from provenance.readers.comfyui.graph import Among, Link, Node, order
from provenance.readers.comfyui.loras import loras
from provenance.readers.comfyui.numbers import PIPES
from provenance.readers.comfyui.savers import is_saver
from provenance.readers.comfyui.strings import name_of
from provenance.readers.comfyui.switches import links
from provenance.readers.comfyui.walk import Walk
from provenance.readers.reading import Lora, Model

_KINDS = MappingProxyType({
    "ckpt_name": "checkpoint", "base_ckpt_name": "checkpoint", "refiner_ckpt_name": "checkpoint", "checkpoint_name": "checkpoint",
    "ckpt": "checkpoint", "unet_name": "diffusion", "gguf_name": "diffusion", "diffusion_model_name": "diffusion",
    "vae_name": "vae", "clip_name": "text_encoder", "clip_name1": "text_encoder", "clip_name2": "text_encoder",
    "clip_name3": "text_encoder", "clip_name4": "text_encoder", "text_encoder_name": "text_encoder", "control_net_name": "controlnet",
    "controlnet_name": "controlnet", "cnet": "controlnet", "style_model_name": "style_model", "gligen_name": "gligen",
    "hypernetwork_name": "hypernetwork", "ipadapter_file": "ipadapter", "upscale_model": "upscaler", "photomaker_model_name": "photomaker",
    "audio_encoder_name": "audio_encoder", "instantid_file": "instantid", "pulid_file": "pulid", "unet": "diffusion",
    "clip_vision_name": "clip_vision",
    "diffusion_name": "diffusion", "t5_name": "text_encoder", "llm_name": "text_encoder", "style_model": "style_model",
    "base_model": "checkpoint", "vae": "vae", "high_noise_model": "diffusion", "low_noise_model": "diffusion", "sam_model_name": "detector",
    "bbox_detector_name": "detector", "animatediff_model": "motion",
})
_CLASSES = (
    (("upscale",), "upscaler"), (("detector", "ultralytics", "bbox", "sam"), "detector"), (("vae",), "vae"),
    (("motion", "animatediff"), "motion"), (("controlnet",), "controlnet"), (("patch",), "model_patch"),
    (("t5", "textencoder", "clip"), "text_encoder"), (("lora",), "lora"), (("checkpoint",), "checkpoint"),
)
_FILES = (".safetensors", ".sft", ".ckpt", ".gguf", ".pt", ".pth", ".bin", ".onnx")
_NONE = ("", "None", "none", "Baked VAE", "baked VAE", "baked", "Automatic", "Default", "pixel_space", "disabled")
_LOOSE = frozenset({"model_name", "model", "model_path", "name", "file", "ckpt_path"})
_ALL = _LOOSE.union(_KINDS)
_CHAIN = ("model", "unet", "lora", "optional_lora", "prev_lora", "opt_model", "any", "input", "value", "on_true", "on_false")
_LOADED = ("upscale_model", "ckpt", "cnet", "unet", "vae", "style_model", "base_model", "high_noise_model", "low_noise_model")
MAIN = ("checkpoint", "diffusion")


def chain(walk: Walk, start: Link) -> tuple[list[Model], list[Lora]]:
    """Models and LoRAs upstream of a sampler's or guider's model input; LoRAs in the order they were applied."""

    def follow(node: Node) -> Iterator[tuple[str, Link]]:
        for pair in links(node, walk.graph):
            if pair[0].startswith(_CHAIN) or pair[0] in PIPES or "reroute" in node.low or "switch" in node.low:
                yield pair

    if start.node in walk.chains:
        return walk.chains[start.node]
    found: list[Model] = []
    applied: list[Lora] = []
    walk.chains[start.node] = found, applied
    for key in order(walk.graph, [start.node], follow, limit=2_000):
        node = walk.graph[key]
        found += [model for model in models(walk, node) if model.kind in MAIN]
        applied += loras(walk, node)
    return found, applied


def models(walk: Walk, node: Node) -> tuple[Model, ...]:
    """Model files a node names in its inputs."""
    known = walk.models.get(node.id)
    if known is None:
        known = walk.models[node.id] = () if _ALL.isdisjoint(node.inputs) or is_saver(node) else tuple(_models(walk, node))
    return known


def all_models(walk: Walk, nodes: Sequence[Node], met: Among) -> list[Model]:
    """Those of all `nodes`; met: what they have among them."""
    if _ALL.isdisjoint(met.names):
        return []
    return [model for node in nodes if not _ALL.isdisjoint(node.inputs) for model in models(walk, node)]


def _models(walk: Walk, node: Node) -> Iterator[Model]:
    for key, value in node.inputs.items():
        kind = _kind(node, key, value) if key in _ALL else None
        if kind is None:
            continue
        name = name_of(walk, value, key)
        if name is None:
            walk.unresolved(node.id, key)
        elif name not in _NONE:
            yield Model(name, kind)


def _kind(node: Node, key: str, value: object) -> str | None:
    if type(value) is not str and type(value) is not Link:
        return None
    kind = _KINDS.get(key)
    if kind is not None:
        if type(value) is Link and key in _LOADED:
            return None  # a link by that name carries the loaded model, not its name
        return "clip_vision" if kind == "text_encoder" and "vision" in node.low else kind
    if type(value) is not str or not value.lower().endswith(_FILES) or "lora" in node.low:
        return None
    return _by_class(node.low)


def _by_class(low: str) -> str:
    """What a loader loads whose input is only called `model_name` or `model`."""
    return next((kind for words, kind in _CLASSES if any(word in low for word in words)), "diffusion")


def in_prompts(prompts: Sequence[str]) -> Iterator[Model]:
    """Embeddings named in the prompts."""
    for prompt in prompts:
        if "embedding:" in prompt:
            yield from (Model(name, "embedding") for name in embeddings(prompt))

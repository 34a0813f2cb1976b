"""Sampling passes: in what order, with which numbers and texts, and what role each pass has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from provenance.readers.comfyui.conditioning import read_texts
from provenance.readers.comfyui.graph import Link, Node, links, order
from provenance.readers.comfyui.models import chain
from provenance.readers.comfyui.samplers import PICTURE, samples
from provenance.readers.comfyui.strings import PIPES, field, number, texts
from provenance.readers.comfyui.walk import Walk
from provenance.readers.reading import Lora, Model, Pass

MAX_PASSES = 64
_POSITIVES = ("positive", "conditioning", "cond1", "text_embeds", "hyvid_embeds", "positive_embeds", "base_positive", "conds")
_NEGATIVES = ("negative", "neg_conditioning", "neg_cond", "negative_embeds", "base_negative", "text_embeds")
_LATENTS = ("latent_image", "latent", "samples", "optional_latent", "image", "pixels", "image_embeds", "init_latent")
_DIMENSIONS = re.compile(r"\s*([0-9]{2,5})\s*[x×]\s*([0-9]{2,5})\b")


def read_pass(walk: Walk, node: Node, passes: dict[str, Pass]) -> tuple[Pass, list[Model], list[Lora]]:
    """One pass, with the models and LoRAs on its model chain; its texts are added to the walk's and pointed at.

    Args:
        passes: those before it, by node.
    """
    guider = _behind(walk, node, "guider") or node
    noise, sampler, sigmas = _behind(walk, node, "noise"), _behind(walk, node, "sampler"), _sigmas(walk, node)
    start = _first_link(guider, "model", "model1", "base_model", *PIPES)
    found, applied = chain(walk, start) if start else ([], [])
    result = Pass(
        role=_role(walk, node, passes),
        seed=field(walk, noise or node, "noise_seed", "seed", "seed_num") or field(walk, node, "seed", "noise_seed"),
        steps=field(walk, node, "steps") or (field(walk, sigmas, "steps") if sigmas else None),
        cfg=field(walk, guider, "cfg", "cfg_scale", "cfg_conds", "true_gs") or (field(walk, node, "cfg") if guider is not node else None),
        sampler=_sampler(walk, node, sampler),
        scheduler=field(walk, node, "scheduler") or _scheduler(walk, sigmas),
        denoise=field(walk, node, "denoise", "denoise_strength") or (field(walk, sigmas, "denoise") if sigmas else None),
        size=_size(walk, node),
        model=found[0].name if found else None,
        prompts=_place(_texts(walk, guider, "positive"), walk.prompts),
        negatives=_place(_texts(walk, guider, "negative"), walk.negatives),
        node=node.id,
    )
    return result, found, applied


def read_made(walk: Walk, node: Node) -> tuple[Pass, list[Model]]:
    """The pass of a node of `makes`: prompt, seed and model name as they stand on it."""
    model = number(walk, node, "model_name", "model", "version")
    walk.keep("api_nodes", {"node": node.id, "class": node.cls})
    negative = texts(walk, node, "negative") if any("negative" in name for name in node.inputs) else []
    result = Pass(
        role="base",
        seed=number(walk, node, "seed"),
        steps=number(walk, node, "steps"),
        cfg=number(walk, node, "cfg_scale", "guidance", "cfg"),
        size=_own_size(walk, node),
        model=model,
        prompts=_place(texts(walk, node, "positive"), walk.prompts),
        negatives=_place(negative, walk.negatives),
        node=node.id,
    )
    return result, [Model(model, "api")] if model else []


def _behind(walk: Walk, node: Node, name: str) -> Node | None:
    link = node.inputs.get(name)
    return walk.node(link) if isinstance(link, Link) else None


def _first_link(node: Node, *names: str) -> Link | None:
    return next((value for name in names if isinstance(value := node.inputs.get(name), Link)), None)


def _sigmas(walk: Walk, node: Node) -> Node | None:
    """The scheduler node behind `sigmas`, through nodes that split, flip or join sigmas."""
    link = node.inputs.get("sigmas")
    for _ in range(20):
        behind = walk.node(link) if isinstance(link, Link) else None
        if behind is None or "steps" in behind.inputs:
            return behind
        ahead = dict(links(behind, walk.graph))
        link = next((ahead[name] for name in ("sigmas", "sigmas_1") if name in ahead), next(iter(ahead.values()), None))
    return None


def _sampler(walk: Walk, node: Node, behind: Node | None) -> str | None:
    if behind is not None and "sampler_name" not in behind.inputs and "value" not in behind.inputs:
        return behind.cls  # SamplerLMS and the like: the class is the sampler's name
    if behind is not None:
        return number(walk, behind, "sampler_name", "value")
    return field(walk, node, "sampler_name", "sampler")


def _scheduler(walk: Walk, sigmas: Node | None) -> str | None:
    if sigmas is None:
        return None
    return number(walk, sigmas, "scheduler") or sigmas.cls


def _texts(walk: Walk, guider: Node, way: str) -> list[str]:
    names = _POSITIVES if way == "positive" else _NEGATIVES
    found: list[str] = []
    links_of = [value for name in names if isinstance(value := guider.inputs.get(name), Link)][:1]
    if way == "positive" and isinstance(second := guider.inputs.get("cond2"), Link):
        links_of.append(second)
    for link in links_of or [value for name in PIPES if isinstance(value := guider.inputs.get(name), Link)][:1]:
        found.extend(read_texts(walk, link, way))
    return found


def _place(texts_found: Sequence[str], into: list[str]) -> tuple[int, ...]:
    into.extend(text for text in dict.fromkeys(texts_found) if text not in into)
    return tuple(dict.fromkeys(into.index(text) for text in texts_found))


def _role(walk: Walk, node: Node, passes: dict[str, Pass]) -> str:
    """base; detailer by class; hires where an upscale lies between this pass and an earlier one; else refiner."""
    if "detail" in node.low:
        return "detailer"
    path = _way_of_pictures(walk, node, frozenset(passes))
    earlier = [key for key in path if key in passes]
    if "upscale" in node.low:
        return "hires"
    if not earlier:
        return "base"
    scaled = any("upscale" in walk.graph[key].low or "scale" in walk.graph[key].low for key in path)
    return "hires" if scaled else "refiner"


def _way_of_pictures(walk: Walk, node: Node, stop: frozenset[str]) -> list[str]:
    """Nodes that the latent or picture came through on its way to this sampler, back to earlier samplers."""

    def follow(step: Node) -> Iterator[tuple[str, Link]]:
        for name, link in links(step, walk.graph):
            if any(word in name.lower() for word in PICTURE) or name in PIPES:
                yield name, link

    start = _first_link(node, *_LATENTS, *PIPES)
    return order(walk.graph, [start.node], follow, stop, limit=2_000) if start else []


def _size(walk: Walk, node: Node) -> str | None:
    """Width x height of the nearest node on the latent's way that says it; not beyond a node that scales by a factor."""
    link = _first_link(node, *_LATENTS)
    for _ in range(60):
        behind = walk.node(link) if link is not None else None
        if behind is None or samples(behind) or any(name in behind.inputs for name in ("upscale_by", "scale_by", "megapixels")):
            return None
        if found := _own_size(walk, behind):
            return found
        ahead = dict(links(behind, walk.graph))
        link = next((ahead[name] for name in (*_LATENTS, "samples_to", "samples1", "latents", "images") if name in ahead), None)
    return None


def _own_size(walk: Walk, node: Node) -> str | None:
    if "width" in node.inputs and "height" in node.inputs:
        width, height = number(walk, node, "width"), number(walk, node, "height")
        return f"{width}x{height}" if width and height and width != "0" and height != "0" else None
    picked = next((value for name in ("dimensions", "resolution", "size") if isinstance(value := node.inputs.get(name), str)), "")
    match = _DIMENSIONS.match(picked)
    return f"{match[1]}x{match[2]}" if match else None

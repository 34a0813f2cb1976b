"""Sampling passes: in what order, with which numbers and texts, and what role each pass has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from provenance.readers.comfyui.conditioning import read_texts, side_of
from provenance.readers.comfyui.graph import Link, Node, order
from provenance.readers.comfyui.models import MAIN, chain, models
from provenance.readers.comfyui.numbers import PIPES, field, number
from provenance.readers.comfyui.samplers import PICTURE, samples
from provenance.readers.comfyui.switches import links
from provenance.readers.comfyui.walk import Said, Walk
from provenance.readers.reading import Lora, Model, Pass

MAX_PASSES = 64
_POSITIVES = ("positive", "conditioning", "cond1", "text_embeds", "hyvid_embeds", "positive_embeds", "base_positive", "conds")
_NEGATIVES = ("negative", "neg_conditioning", "neg_cond", "negative_embeds", "base_negative", "text_embeds")
_LATENTS = ("latent_image", "latent", "samples", "optional_latent", "image", "pixels", "image_embeds", "init_latent")
_AHEAD = (*_LATENTS, "samples_to", "samples1", "latents", "images", "video_latent", *PIPES)
_SIZES = (("width", "height"), ("empty_latent_width", "empty_latent_height"))
_SAYS_SIZE = frozenset({"dimensions", "resolution", "size", *(pair[0] for pair in _SIZES)})
_BY_FACTOR = frozenset({"upscale_by", "scale_by", "megapixels"})
_DIMENSIONS = re.compile(r"\s*([0-9]{2,5})\s*[x×*]\s*([0-9]{2,5})\b")


def read_pass(walk: Walk, node: Node, passes: dict[str, Pass]) -> tuple[Pass, list[Model], list[Lora]]:
    """One pass, with the models and LoRAs on its model chain; its texts are added to the walk's and pointed at.

    Args:
        passes: those before it, by node.
    """
    guider = _behind(walk, node, "guider") or node
    noise, sampler, sigmas = _behind(walk, node, "noise"), _behind(walk, node, "sampler"), _sigmas(walk, node)
    start = _first_link(guider, "model", "model1", "base_model", *PIPES)
    found, applied = chain(walk, start) if start else ([], [])
    own = [model for model in models(walk, guider) if model.kind in MAIN] if not found else []
    result = Pass(
        role=_role(walk, node, passes),
        seed=field(walk, noise or node, "noise_seed", "seed", "seed_num") or (field(walk, node, "seed", "noise_seed") if noise else None),
        steps=field(walk, node, "steps", "steps_total") or (field(walk, sigmas, "steps") if sigmas else None),
        cfg=field(walk, guider, "cfg", "cfg_scale", "cfg_conds", "true_gs") or (field(walk, node, "cfg") if guider is not node else None),
        sampler=_sampler(walk, node, sampler),
        scheduler=field(walk, node, "scheduler") or _scheduler(walk, sigmas),
        denoise=field(walk, node, "denoise", "denoise_strength") or (field(walk, sigmas, "denoise") if sigmas else None),
        size=_size(walk, node),
        model=next((model.name for model in (*found, *own)), None),
        prompts=place(walk, _texts(walk, guider, "positive"), "prompt"),
        negatives=place(walk, _texts(walk, guider, "negative"), "negative"),
        node=node.id,
    )
    return result, [*found, *own], applied


def _behind(walk: Walk, node: Node, name: str) -> Node | None:
    """The node behind an input, past reroutes and switches."""
    link = node.links.get(name)
    if link is None:
        return None
    for _ in range(10):
        behind = walk.node(link) if link is not None else None
        if behind is None or ("reroute" not in behind.low and "switch" not in behind.low):
            return behind
        link = next((value for _, value in links(behind, walk.graph)), None)
    return None


def _first_link(node: Node, *names: str) -> Link | None:
    for name in names:
        if name in node.links:
            return node.links[name]
    return None


def _sigmas(walk: Walk, node: Node) -> Node | None:
    """The scheduler node behind `sigmas`, through nodes that split, flip or join sigmas."""
    link = node.links.get("sigmas")
    if link is None:
        return None
    for _ in range(20):
        behind = walk.node(link) if link is not None else None
        if behind is None or "steps" in behind.inputs or type(behind.inputs.get("sigmas")) is str:  # the last: ManualSigmas
            return behind
        ahead = dict(links(behind, walk.graph))
        link = next((ahead[name] for name in ("sigmas", "sigmas_1") if name in ahead), next(iter(ahead.values()), None))
    return None


def _sampler(walk: Walk, node: Node, behind: Node | None) -> str | None:
    if behind is None:
        return field(walk, node, "sampler_name", "sampler")
    if "sampler_name" in behind.inputs or "value" in behind.inputs:
        return number(walk, behind, "sampler_name", "value")
    return behind.cls  # SamplerLMS and the like: the class is the sampler's name


def _scheduler(walk: Walk, sigmas: Node | None) -> str | None:
    if sigmas is None:
        return None
    return number(walk, sigmas, "scheduler") or sigmas.cls


def _texts(walk: Walk, guider: Node, way: str) -> list[Said]:
    start = _first_link(guider, *(_POSITIVES if way == "positive" else _NEGATIVES)) or _first_link(guider, *PIPES)
    found = read_texts(walk, start, way) if start else []
    second = guider.links.get("cond2")  # of a guider for editing models: a second prompt, or what an edit node calls negative
    if start and second and way == side_of(walk, second):
        found = found + [said for said in read_texts(walk, second, way) if said not in found]
    return found


def place(walk: Walk, said: Sequence[Said], role: str) -> tuple[int, ...]:
    """Add texts to the walk's. role: prompt or negative. Returns their places in that list."""
    into = walk.prompts if role == "prompt" else walk.negatives
    for item in said:
        walk.write(role, item.text, item.origin, item.where)
        if item.text not in into:
            into.append(item.text)
    return tuple(dict.fromkeys(into.index(item.text) for item in said))


def _role(walk: Walk, node: Node, passes: dict[str, Pass]) -> str:
    """base; detailer by class; hires where an upscale lies between this pass and an earlier one; else refiner."""
    if "detail" in node.low:
        return "detailer"
    if "upscale" in node.low:
        return "hires"
    if not passes:
        return "base"
    path = _way_of_pictures(walk, node, frozenset(passes))
    if not any(key in passes for key in path):
        return "base"
    return "hires" if any("scale" in walk.graph[key].low or "upsampl" in walk.graph[key].low for key in path) else "refiner"


def _way_of_pictures(walk: Walk, node: Node, stop: frozenset[str]) -> list[str]:
    """Nodes that the latent or picture came through on its way to this sampler, back to earlier samplers."""

    def follow(step: Node) -> Iterator[tuple[str, Link]]:
        if "imagesize" in step.low or step.low.startswith("empty"):  # only a picture's size goes on from here
            return
        for name, link in links(step, walk.graph):
            if PICTURE.search(name.lower()) or name in PIPES:
                yield name, link

    start = _first_link(node, *_LATENTS, *PIPES)
    return order(walk.graph, [start.node], follow, stop, limit=2_000) if start else []


def _size(walk: Walk, node: Node) -> str | None:
    """Width x height of the nearest node on the latent's way that says it; not beyond a node that scales by a factor."""
    link = _first_link(node, *_LATENTS, *PIPES)
    for _ in range(60):
        behind = walk.node(link) if link is not None else None
        if behind is None or samples(behind) or not _BY_FACTOR.isdisjoint(behind.inputs):
            return None
        if found := own_size(walk, behind):
            return found
        if not behind.links:
            return None
        ahead = dict(links(behind, walk.graph))
        link = next((ahead[name] for name in _AHEAD if name in ahead), None)
    return None


def own_size(walk: Walk, node: Node) -> str | None:
    """Width x height as the node itself says it, in two inputs or in one text; None where it says neither, or leaves them at 0."""
    if _SAYS_SIZE.isdisjoint(node.inputs):
        return None
    picked = next((value for name in ("dimensions", "resolution", "size") if type(value := node.inputs.get(name)) is str), "")
    match = _DIMENSIONS.match(picked)
    if match and "width" not in node.inputs:  # Easy-Use has the size picked beside a size of its own that only counts if none is
        return f"{match[1]}x{match[2]}"
    names = next((pair for pair in _SIZES if pair[0] in node.inputs and pair[1] in node.inputs), None)
    if names:
        width, height = number(walk, node, names[0]), number(walk, node, names[1])
        return f"{width}x{height}" if width and height and width != "0" and height != "0" else None
    return f"{match[1]}x{match[2]}" if match else None

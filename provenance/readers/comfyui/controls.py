"""What steered a picture besides words: ControlNets, IP-Adapters, style models, reference pictures; and prompts tied to a mask."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from provenance.readers.comfyui.conditioning import read_texts
from provenance.readers.comfyui.graph import Among, Link, Node, order
from provenance.readers.comfyui.inputs import file_of
from provenance.readers.comfyui.models import models
from provenance.readers.comfyui.numbers import literal, number
from provenance.readers.comfyui.strings import texts
from provenance.readers.comfyui.switches import links
from provenance.readers.comfyui.walk import Said, Walk
from provenance.readers.jsontext import Num
from provenance.readers.reading import TYPED, Control, Part

MAX_BEHIND = 60
MAX_CONTROLS = 100
_LINKS = (  # the input that carries the loaded model -> what it is
    ("control_net", "controlnet"), ("controlnet", "controlnet"), ("model_patch", "controlnet"), ("ipadapter", "ip_adapter"),
    ("ipadapter_flux", "ip_adapter"), ("ip_adapter_flux", "ip_adapter"), ("instantid", "instantid"), ("pulid", "pulid"),
    ("pulid_flux", "pulid"), ("style_model", "style"),
)
_LINK_NAMES = frozenset(name for name, _ in _LINKS)
_WEIGHTS = ("strength", "weight", "strength_model", "weight_style", "conditioning_strength")
_STARTS = ("start_percent", "start_at", "start")
_ENDS = ("end_percent", "end_at", "end")
_IMAGES = ("image", "control_image", "pose_image", "image_style", "clip_vision_output", "latent", "pixels", "control_video")
_REFERENCES = re.compile(r"^(?:referencelatent|textencodeqwenimageedit|unclipconditioning|textencodeomnigen|usoreference)")
_STEERS = re.compile(f"controlnet|control net|ipadapterapply|{_REFERENCES.pattern}", re.MULTILINE)
_PREPARES = re.compile(r"preprocessor|^canny$|controlnetaux|_pre$")
_STACK = re.compile(r"(controlnet|cnet|control_net)_?(?:name_)?([0-9]{1,2})")
_NONE = ("None", "none", "")


def controls(walk: Walk, nodes: Sequence[Node], met: Among) -> tuple[Control, ...]:
    """Everything among `nodes` that steered the picture, in graph order. met: what they have among them."""
    if _LINK_NAMES.isdisjoint(met.names) and _STEERS.search(met.classes) is None:
        return ()
    found: list[Control] = []
    for node in nodes:
        low = node.low
        if not _LINK_NAMES.isdisjoint(node.links):
            found.extend(_applied(walk, node))
        elif "controlnet" in low or "control net" in low or "ipadapterapply" in low:
            found.extend(_stacked(walk, node))
        elif _REFERENCES.search(low):
            found.extend(_references(walk, node))
        if len(found) >= MAX_CONTROLS:
            walk.warn(f"more than {MAX_CONTROLS} controls")
            break
    return tuple(dict.fromkeys(found[:MAX_CONTROLS]))


def _applied(walk: Walk, node: Node) -> Iterator[Control]:
    """A node that applies a loaded model. Loaders that only pass one on have no strength."""
    weight = number(walk, node, *_WEIGHTS)
    shown = next((node.links[name] for name in _IMAGES if name in node.links), None)
    if weight is None and shown is None:
        return
    for name, kind in _LINKS:
        if name in node.links and not (name == "control_net" and "instantid" in node.links):
            if name == "model_patch" and "control" not in node.low:
                kind = "style" if "style" in node.low else "reference"
            model = _model(walk, node.links[name])
            kind = "t2i_adapter" if kind == "controlnet" and model and "t2i" in model.lower().replace("-", "") else kind
            start, end = number(walk, node, *_STARTS), number(walk, node, *_ENDS)
            yield Control(kind, model, weight, start, end, _preprocessor(walk, shown), _image(walk, shown))


def _model(walk: Walk, link: Link) -> str | None:
    """The name of the model behind a link: of its file, or the preset of a loader that picks the file itself."""
    for key in reversed(order(walk.graph, [link.node], lambda step: links(step, walk.graph), limit=MAX_BEHIND)):
        node = walk.graph[key]
        named = next((item.name for item in models(walk, node) if item.kind not in ("checkpoint", "diffusion", "vae", "clip_vision")), None)
        if named is not None:
            return named
        if "ipadapter" in node.low and (preset := literal(node.inputs.get("preset"))):
            return preset
    return None


def _image(walk: Walk, link: Link | None) -> str | None:
    """The file that a picture came from, if it was loaded."""
    if link is None:
        return None
    found = (file_of(walk.graph[key]) for key in order(walk.graph, [link.node], lambda step: _pictures(walk, step), limit=MAX_BEHIND))
    return next((named[0] for named in found if named is not None), None)


def _pictures(walk: Walk, node: Node) -> Iterator[tuple[str, Link]]:
    return (pair for pair in links(node, walk.graph) if pair[0] not in ("model", "vae", "clip", "clip_vision", "mask"))


def _preprocessor(walk: Walk, link: Link | None) -> str | None:
    """The class of the node that made the control picture, as the tool names it."""
    if link is None:
        return None
    for key in reversed(order(walk.graph, [link.node], lambda step: _pictures(walk, step), limit=MAX_BEHIND)):
        node = walk.graph[key]
        if _PREPARES.search(node.low):
            return literal(node.inputs.get("preprocessor")) or node.cls
    return None


def _stacked(walk: Walk, node: Node) -> Iterator[Control]:
    """Nodes that load and apply by name: Comfyroll's numbered stack, Easy-Use's controlnet and IP-Adapter nodes."""
    for key, value in node.inputs.items():
        match = _STACK.fullmatch(key)
        if match is None or type(value) is not str or value in _NONE:
            continue
        place = match[2]
        if str(node.inputs.get(f"switch_{place}", "On")).lower() in ("off", "false"):
            continue
        shown = node.links.get(f"image_{place}") or node.links.get(f"image{place}")
        weight, start, end = (
            next((literal(node.inputs.get(f"{name}_{place}")) for name in names if f"{name}_{place}" in node.inputs), None)
            for names in (("controlnet_strength", *_WEIGHTS), _STARTS, _ENDS)
        )
        yield Control("controlnet", value, weight, start, end, _preprocessor(walk, shown), _image(walk, shown))
    adapter = "ipadapter" in node.low
    name = node.inputs.get("preset" if adapter else "control_net_name")
    if type(name) is str and name not in _NONE and ("image" in node.links):
        shown = node.links["image"]
        weights = number(walk, node, *_WEIGHTS), number(walk, node, *_STARTS), number(walk, node, *_ENDS)
        yield Control("ip_adapter" if adapter else "controlnet", name, *weights, _preprocessor(walk, shown), _image(walk, shown))


def _references(walk: Walk, node: Node) -> Iterator[Control]:
    """Pictures that an editing model was shown (Flux Kontext, Qwen Image Edit, unCLIP)."""
    for name, link in links(node, walk.graph):
        if name.startswith(("image", "latent", "pixels", "clip_vision_output")):
            yield Control("reference", weight=number(walk, node, "strength"), image=_image(walk, link))


def regions(walk: Walk, nodes: Sequence[Node], met: Among) -> tuple[Part, ...]:
    """Prompts for a part of the picture: those met on the samplers' conditioning, and those that reach the model another way (Dense
    Diffusion, attention couple, regional prompts); the latter's texts are added to the walk's prompts."""
    for node in nodes if any(word in met.classes for word in ("densediffusionadd", "couple", "regional")) else ():
        if "densediffusionadd" in node.low and (link := node.links.get("conditioning")):
            _tie(walk, read_texts(walk, link, "positive"), node.links.get("mask"), number(walk, node, "strength"))
        elif "couple" in node.low:
            for name, link in node.links.items():
                if name.startswith(("cond_", "positive_")):
                    strength = node.inputs.get(name.replace("cond", "strength"))
                    masked = node.links.get(name.replace("cond", "mask"))
                    _tie(walk, read_texts(walk, link, "positive"), masked, str(strength) if isinstance(strength, Num) else None)
        elif "regional" in node.low and "mask" in node.links and ("prompt" in node.inputs or "wildcard_prompt" in node.inputs):
            key = "prompt" if "prompt" in node.inputs else "wildcard_prompt"
            said = texts(walk, node, "positive") if key == "prompt" else _own(node, key)
            _tie(walk, said, node.links["mask"], number(walk, node, "strength"))
    return tuple(walk.parts)


def _own(node: Node, key: str) -> list[Said]:
    value = node.inputs[key]
    return [Said(value, TYPED, f"{node.id}.{key}")] if type(value) is str and value.strip() else []


def _tie(walk: Walk, said: Sequence[Said], mask: Link | None, weight: str | None) -> None:
    for item in said:
        walk.part(Part("region", item.text, place=f"mask {mask.node}" if mask else None, weight=weight))
        walk.write("prompt", item.text, item.origin, item.where)
        if item.text not in walk.prompts:
            walk.prompts.append(item.text)

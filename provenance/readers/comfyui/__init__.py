"""ComfyUI: `prompt` is what ran, `workflow` the canvas. The way goes upstream from the node that wrote the file; dead branches drop out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import islice
from typing import Any

from provenance.errors import Unreadable
from provenance.readers.comfyui import documents
from provenance.readers.comfyui.canvas import disagreements, human_annotations
from provenance.readers.comfyui.controls import controls, regions
from provenance.readers.comfyui.documents import Documents
from provenance.readers.comfyui.graph import Among, Graph, Node, among, order, parse
from provenance.readers.comfyui.inputs import inputs
from provenance.readers.comfyui.loras import all_loras
from provenance.readers.comfyui.models import all_models, in_prompts
from provenance.readers.comfyui.partners import answers, makes, read_made
from provenance.readers.comfyui.passes import MAX_PASSES, read_pass
from provenance.readers.comfyui.samplers import samples
from provenance.readers.comfyui.savers import savers
from provenance.readers.comfyui.scopes import Scope, scopes
from provenance.readers.comfyui.switches import links
from provenance.readers.comfyui.walk import Walk
from provenance.readers.comfyui.workflow import to_graph
from provenance.readers.flat import lists_of
from provenance.readers.jsontext import Num
from provenance.readers.reading import EXPANDED, TYPED, About, Lora, Model, Pass, Reading, Texts

NAME = "ComfyUI"
KEYS = documents.KEYS
ABOUT = About(
    where="PNG, APNG, WebP, JPEG, SVG, MP4, WebM, FLAC, MP3, Opus, latents, merged models: `prompt` and `workflow`, or one text of both",
    reads="what ran, upstream from the node that saved: passes, texts and who made them, models, LoRAs, what steered, prompts for a part "
    "of the picture, inputs; notes and titles of a canvas; where canvas and prompt disagree",
    leaves="texts a node made at run time and did not write back (named as unresolved); the version of ComfyUI: no file tells it",
    source="ComfyUI 0.3.64 nodes.py, comfy_extras; VideoHelperSuite 4ee72c0; workflow templates 0.1.95; packs and savers as found in files",
    tried="real and own files",
)
MAX_NODES = 20_000
_PLAIN = frozenset({
    "KSampler", "KSamplerAdvanced", "CLIPTextEncode", "VAEDecode", "VAEEncode", "EmptyLatentImage", "EmptySD3LatentImage", "SaveImage",
    "PreviewImage", "LatentUpscale", "LatentUpscaleBy", "ConditioningZeroOut",
})
"""Half of all nodes: they name no model, LoRA or file and steer nothing, so nothing but the passes asks for them."""
_SETTINGS = (("guidance", "guidance"), ("stop_at_clip_layer", "clip_skip"), ("clip_skip", "clip_skip"))


def claims(texts: Texts) -> bool:
    """Whether a text has the marks of an API graph or of a canvas."""
    return documents.claimed(texts)


def read(texts: Texts, file_name: str = "") -> Reading:
    """Read what ran, or the canvas where only that was kept.

    Args:
        texts: of the file's carriers. file_name: chooses among several savers by their filename_prefix; "" if unknown.
    Raises:
        Unreadable: `reader.comfyui` where neither document can be parsed.
    """
    found = documents.find(texts)
    places = scopes(found.workflow) if found.workflow is not None else {}
    graph = parse(found.prompt) if found.prompt is not None else to_graph(places)
    if not graph and found.workflow is None:
        raise Unreadable("reader.comfyui")
    return _read(found, graph, places, file_name)


def _read(found: Documents, graph: Graph, places: Mapping[str, Scope], file_name: str) -> Reading:
    walk = Walk(graph, places)
    starts, several = savers(graph, file_name)
    used = order(graph, starts, partial(links, graph=graph), limit=MAX_NODES)
    nodes = [graph[key] for key in used]
    if len(used) >= MAX_NODES:
        walk.warn(f"cut at {MAX_NODES} nodes")
    if several and len({_sampled(graph, start) for start in starts[:20]}) > 1:
        walk.warn(f"ambiguous savers {','.join(starts[:10])}")
    others = [node for node in nodes if node.cls not in _PLAIN]
    met = among(others)
    made = makes(nodes, others, met)
    passes, main, applied = _passes(walk, nodes, made)
    answers(walk, others, made, met)
    steered, parts = controls(walk, others, met), regions(walk, others, met)
    _settings(walk, others, met)
    named = [*main, *all_models(walk, others, met), *in_prompts([*walk.prompts, *walk.negatives])]
    stacked = [*applied, *all_loras(walk, others, met)]
    files = inputs(walk, starts, nodes, met)
    _compare(walk, found, places, used)
    return Reading(
        generator=NAME,
        prompts=tuple(walk.prompts),
        negative_prompts=tuple(walk.negatives),
        models=tuple(dict.fromkeys(named)),
        loras=tuple(dict.fromkeys(stacked)),
        inputs=files,
        passes=tuple(passes),
        texts=walk.texts(),
        parts=parts,
        controls=steered,
        dialect="comfyui" if walk.prompts or walk.negatives else None,
        rest=_beside(walk, found, places),
        warnings=(*found.warnings, *walk.warnings),
        **lists_of(passes),
    )


def _passes(walk: Walk, nodes: list[Node], making: set[str]) -> tuple[list[Pass], list[Model], list[Lora]]:
    """Passes upstream-first; picture-making nodes without a sampler stand where they are in that order."""
    passes: dict[str, Pass] = {}
    main: list[Model] = []
    applied: list[Lora] = []
    for node in nodes:
        is_sampler = samples(node)
        if not is_sampler and node.id not in making:
            continue
        if len(passes) >= MAX_PASSES:
            walk.warn(f"more than {MAX_PASSES} passes")
            break
        if is_sampler:
            passes[node.id], found, chained = read_pass(walk, node, passes)
            applied.extend(chained)
        else:
            passes[node.id], found = read_made(walk, node)
        main.extend(found)
    return list(passes.values()), main, applied


def _sampled(graph: Graph, start: str) -> frozenset[str]:
    reached = order(graph, [start], partial(links, graph=graph), limit=MAX_NODES)
    return frozenset(key for key in reached if samples(graph[key]))


def _settings(walk: Walk, nodes: list[Node], met: Among) -> None:
    """Numbers that have no field of their own: distilled guidance, clip skip."""
    asked = [(name, key) for name, key in _SETTINGS if name in met.names]
    for node in nodes if asked else ():
        for name, key in asked:
            if name in node.inputs and type(node.inputs[name]) is Num:
                walk.keep(key, str(node.inputs[name]))


def _compare(walk: Walk, found: Documents, places: Mapping[str, Scope], used: list[str]) -> None:
    """Say where what ran and the canvas differ. A text that the browser expanded is noted as such, and the typed one beside it."""
    if found.prompt is None:
        walk.warn("workflow only")
    elif found.workflow is not None:
        warnings, typed = disagreements(walk.graph, places, used)
        for warning in warnings:
            walk.warn(warning)
        for node, name, text in typed:
            where = f"{node}.{name}"
            roles = {record[0] for record in walk.written if record[3] == where}
            walk.written = {
                (role, ran, EXPANDED if place == where and origin == TYPED else origin, place): None
                for role, ran, origin, place in walk.written
            }
            walk.typed(node, name, text, "negative_template" if roles == {"negative"} else "template")


def _beside(walk: Walk, found: Documents, places: Mapping[str, Scope]) -> dict[str, Any]:
    """`rest`: what else stood beside the nodes, and what the person left on the canvas."""
    rest: dict[str, Any] = dict(walk.rest)
    if found.extra:
        rest["extra"] = dict(islice(found.extra.items(), 100))
    if found.workflow is not None and (notes := human_annotations(found.workflow, places)):
        rest["canvas"] = notes
    return rest

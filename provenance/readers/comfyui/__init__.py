"""ComfyUI: `prompt` is what ran, `workflow` the canvas. The way goes upstream from the node that wrote the file; dead branches drop out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from provenance.errors import Unreadable
from provenance.readers.comfyui import documents, samplers
from provenance.readers.comfyui.canvas import disagreements, human_annotations
from provenance.readers.comfyui.documents import Documents
from provenance.readers.comfyui.graph import Graph, Node, links, order, parse
from provenance.readers.comfyui.inputs import inputs
from provenance.readers.comfyui.loras import loras
from provenance.readers.comfyui.models import controls, in_prompts, models
from provenance.readers.comfyui.passes import MAX_PASSES, read_made, read_pass
from provenance.readers.comfyui.savers import savers
from provenance.readers.comfyui.scopes import scopes
from provenance.readers.comfyui.walk import Walk
from provenance.readers.comfyui.workflow import to_graph
from provenance.readers.jsontext import Num
from provenance.readers.reading import About, Lora, Model, Pass, Reading, Texts

NAME = "ComfyUI"
KEYS = documents.KEYS
ABOUT = About(
    where="PNG, APNG, WebP, JPEG, SVG, MP4, WebM, FLAC, MP3, Opus, latents, merged models: `prompt` and `workflow`, or one text of both",
    reads="what ran, upstream from the node that saved: passes, prompts, models, LoRAs, inputs; notes and titles of a canvas",
    leaves="texts a node made at run time and did not write back (named as unresolved); the version of ComfyUI: no file tells it",
    source="ComfyUI 0.3.64 nodes.py, comfy_extras; VideoHelperSuite 4ee72c0; savers as found in files",
    tried="real and own files",
)
MAX_NODES = 20_000


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
    canvas = to_graph(places)
    graph = parse(found.prompt) if found.prompt is not None else canvas
    if not graph and found.workflow is None:
        raise Unreadable("reader.comfyui")
    reading = _read(found, graph, canvas, file_name)
    notes = human_annotations(found.workflow, places) if found.workflow is not None else {}
    return replace(reading, rest={**reading.rest, "canvas": notes}) if notes else reading


def _read(found: Documents, graph: Graph, canvas: Graph, file_name: str) -> Reading:
    walk = Walk(graph)
    starts, several = savers(graph, file_name)
    used = order(graph, starts, lambda node: links(node, graph), limit=MAX_NODES)
    nodes = [graph[key] for key in used]
    if len(used) >= MAX_NODES:
        walk.warn(f"cut at {MAX_NODES} nodes")
    if several and len({_sampled(graph, start) for start in starts[:20]}) > 1:
        walk.warn(f"ambiguous savers {','.join(starts[:10])}")
    passes, main, applied = _passes(walk, nodes)
    controls(walk, nodes)
    _settings(walk, nodes)
    all_models = [*main, *(model for node in nodes for model in models(walk, node)), *in_prompts([*walk.prompts, *walk.negatives])]
    all_loras = [*applied, *(lora for node in nodes for lora in loras(walk, node))]
    files = inputs(walk, starts, nodes)
    rest = _beside(walk, found, graph, canvas, used)
    return Reading(
        generator=NAME,
        prompts=tuple(walk.prompts),
        negative_prompts=tuple(walk.negatives),
        models=tuple(dict.fromkeys(all_models)),
        loras=tuple(dict.fromkeys(all_loras)),
        inputs=files,
        passes=tuple(passes),
        rest=rest,
        warnings=(*found.warnings, *walk.warnings),
        **_lists(passes),
    )


def _lists(passes: list[Pass]) -> dict[str, Any]:
    """Each different value once, in pass order, by the Reading's field."""
    fields = ("seed", "steps", "cfg", "sampler", "scheduler", "denoise", "size")
    return {name.removesuffix("s") + "s": _each(getattr(item, name) for item in passes) for name in fields}


def _passes(walk: Walk, nodes: list[Node]) -> tuple[list[Pass], list[Model], list[Lora]]:
    """Passes upstream-first; picture-making nodes without a sampler stand where they are in that order."""
    sampling = {node.id for node in nodes if samplers.samples(node)}
    making = {node.id for node in samplers.makes(nodes)}
    passes: dict[str, Pass] = {}
    main: list[Model] = []
    applied: list[Lora] = []
    for node in nodes:
        if len(passes) >= MAX_PASSES:
            walk.warn(f"more than {MAX_PASSES} passes")
            break
        if node.id in sampling:
            passes[node.id], found, chained = read_pass(walk, node, passes)
            main.extend(found)
            applied.extend(chained)
        elif node.id in making:
            passes[node.id], found = read_made(walk, node)
            main.extend(found)
    return list(passes.values()), main, applied


def _sampled(graph: Graph, start: str) -> frozenset[str]:
    reached = order(graph, [start], lambda node: links(node, graph), limit=MAX_NODES)
    return frozenset(key for key in reached if samplers.samples(graph[key]))


def _settings(walk: Walk, nodes: list[Node]) -> None:
    """Numbers that have no field of their own: distilled guidance, clip skip."""
    for node in nodes:
        for name, key in (("guidance", "guidance"), ("stop_at_clip_layer", "clip_skip")):
            if isinstance(node.inputs.get(name), Num):
                walk.keep(key, str(node.inputs[name]))


def _beside(walk: Walk, found: Documents, graph: Graph, canvas: Graph, used: list[str]) -> dict[str, Any]:
    """`rest`: typed and expanded texts, what else stood beside the nodes; adds the warnings that come with it."""
    if found.workflow is not None and found.prompt is not None:
        warnings, typed = disagreements(graph, canvas, used)
        for warning in warnings:
            walk.warn(warning)
        for item in typed:
            walk.keep("typed", item)
    elif found.prompt is None:
        walk.warn("workflow only")
    rest: dict[str, Any] = dict(walk.rest)
    if found.extra:
        rest["extra"] = _small(found.extra)
    return rest


def _small(extra: Mapping[str, Any]) -> dict[str, Any]:
    return dict(list(extra.items())[:100])


def _each(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value is not None))

"""Nodes that make pictures, films, sound or shapes without a sampler: they ask somebody's server. And those that only answer with words.

Known by what they are, not by a list: they take a prompt as text, no loaded model, and give out something to look at or listen to.
Newer ones have a choice of models whose own settings hang on it (`model`, `model.prompt`, `model.seed`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from provenance.readers.comfyui.graph import UNNAMED, Among, Link, Node
from provenance.readers.comfyui.numbers import literal, number
from provenance.readers.comfyui.passes import own_size, place
from provenance.readers.comfyui.samplers import samples
from provenance.readers.comfyui.savers import is_saver
from provenance.readers.comfyui.strings import NEGATIVE, instructions, is_text, texts
from provenance.readers.comfyui.walk import Said, Walk
from provenance.readers.reading import Model, Pass

_ASKS = frozenset({
    "prompt", "text_prompt", "prompt_text", "positive_prompt", "lyrics", "texture_prompt", "text_style_prompt", "motion_prompt",
    "instruction",
})
_SAYS = frozenset({"text", "script", "dialogue"})  # a text to be spoken; elsewhere it may be one to be drawn or compared
_SPEAKS = re.compile("speech|voice|dialog|tts|talking|avatar|eleven|sound|music|audio")
_NUMBERED = re.compile("(?:storyboard|shot|scene|segment)_?[0-9]{1,2}_prompt")
_LOADED = frozenset({"clip", "model", "positive", "conditioning"})
_SEEDS = frozenset({"seed", "noise_seed", "model.seed"})
_SHOWN = re.compile("image|video|audio|svg|mesh|model_task|model_file|model_3d|file_3d|frame|glb|music|voice")
_ANSWERS = re.compile("chat|llm|gemininode|claude|inputfiles|ollama|caption|florence|text ?gen|promptgen")
_CODE = re.compile("shader|code|script|python|math|regex")
_LOOKS = re.compile("segment|detect|dino|mask|sam[23]|rembg|tracker|yolo|encode")  # their prompt says what to look for
_SETTING = 200  # characters of a setting that is kept beside the fields
MAX_SETTINGS = 40


def makes(nodes: Sequence[Node], candidates: Sequence[Node], met: Among) -> set[str]:
    """Ids of the `candidates` among `nodes` that make something by themselves: a prompt on the node, something to look at or listen to
    coming out of it. met: what the candidates have among them."""
    if _ASKS.isdisjoint(met.names) and _SAYS.isdisjoint(met.names) and "." not in met.inputs:
        return set()
    asking = [node for node in candidates if _asks(node) and not samples(node) and not is_saver(node) and not _ANSWERS.search(node.low)]
    if not asking:
        return set()
    shown = {link.node for node in nodes for name, link in node.links.items() if _SHOWN.search(name.lower())}
    return {node.id for node in asking if node.id in shown or any(_SHOWN.search(name) for name in node.outs)}


def _asks(node: Node) -> bool:
    inputs = node.inputs
    if _ASKS.isdisjoint(inputs) and _SAYS.isdisjoint(inputs) and not any("." in name for name in inputs):
        return False
    if _LOOKS.search(node.low) or not _LOADED.isdisjoint(node.links):
        return False
    if _SEEDS.isdisjoint(inputs) and any(name.endswith("_model") for name in node.links):  # a loaded model, and nothing is drawn by lot
        return False
    return bool(_prompts(node))


def _prompts(node: Node) -> list[str]:
    """Names of the inputs that hold what was asked for."""
    wanted = _ASKS | _SAYS if _SPEAKS.search(node.low) else _ASKS
    return [
        name
        for name, value in node.inputs.items()
        if ((bare := name.rpartition(".")[2].rstrip("0123456789")) in wanted or _NUMBERED.fullmatch(bare)) and is_text(value)
    ]


def read_made(walk: Walk, node: Node) -> tuple[Pass, list[Model]]:
    """The pass of a node of `makes`: prompt, seed and model name as they stand on it; its class where it names no model. All its settings
    are kept under `rest["api_nodes"]`."""
    asked = _prompts(node)
    against = [name for name, value in node.inputs.items() if name.rpartition(".")[2] in NEGATIVE and is_text(value)]
    own = _flat(node)
    model = number(walk, own, "model_name", "model", "version", "model_version") or node.cls
    said = frozenset(("seed", *asked, *against))
    settings = ((name, _setting(value)) for name, value in node.inputs.items() if name not in said)
    kept = dict(islice(((name, text) for name, text in settings if text is not None), MAX_SETTINGS))
    walk.keep("api_nodes", {"node": node.id, "class": node.cls} | kept)
    result = Pass(
        role="base",
        seed=number(walk, own, "seed", "noise_seed", "model_seed", "Seed"),
        steps=number(walk, own, "steps"),
        cfg=number(walk, own, "cfg_scale", "guidance", "guidance_scale", "prompt_adherence", "cfg"),
        size=own_size(walk, own),
        model=model,
        prompts=place(walk, _filled(texts(walk, node, "positive", asked)), "prompt"),
        negatives=place(walk, _filled(texts(walk, node, "negative", against)), "negative"),
        node=node.id,
    )
    return result, [Model(model, "api")]


def _filled(found: Sequence[Said]) -> list[Said]:
    return [said for said in found if said.text.strip()]


def _flat(node: Node) -> Node:
    """The node with settings of its choices by their bare names (`model.seed` -> `seed`) where those are free."""
    bare = {name.rpartition(".")[2]: value for name, value in node.inputs.items() if "." in name}
    return Node(node.id, node.cls, bare | node.inputs) if bare else node


def _setting(value: object) -> str | None:
    if type(value) is bool:
        return "true" if value else "false"
    found = literal(value) if type(value) is not Link else None
    return found if found is not None and len(found) <= _SETTING else None


def answers(walk: Walk, nodes: Sequence[Node], made: set[str], met: Among) -> None:
    """What was typed into language models among the nodes: a picture may be made of their words, which the file does not hold. And
    sentences among a canvas's values that cannot be named."""
    if UNNAMED not in met.inputs and _ANSWERS.search(met.classes) is None:
        return
    for node in nodes:
        if node.id not in made and _ANSWERS.search(node.low) and not is_saver(node):
            instructions(walk, node)
        for name in node.inputs:
            if name.startswith(UNNAMED) and not _CODE.search(node.low):
                walk.typed(node.id, name, node.inputs[name])

"""From a sampler's positive or negative input to the texts behind it: the slot asked for, through whatever lies between."""

from __future__ import annotations

import re

from provenance.readers.comfyui.graph import Link, Node
from provenance.readers.comfyui.numbers import PIPES, number
from provenance.readers.comfyui.strings import text_keys, texts
from provenance.readers.comfyui.switches import links
from provenance.readers.comfyui.walk import Said, Walk
from provenance.readers.reading import TYPED, Part

MAX_VISITS = 5_000
_NOT_TEXT = frozenset({
    "model", "clip", "vae", "image", "control_net", "latent", "samples", "mask", "clip_vision", "clip_vision_output", "pixels", "noise",
    "style_model", "gligen_textbox_model", "stage_c", "init_image", "start_image", "end_image", "camera_conditions", "sigmas",
})
_PICTURES = frozenset({"clip_vision", "clip_vision_output", "init_image", "image", "start_image", "pixels", "images", "video"})
_LOADER = re.compile("^load|loader$")
_PIPE = re.compile("pipe|context|ctx|bus")
_ENCODES = re.compile("encode|prompt|textbox|gligen|conditioning")
_BY_WAY = ("neg_conditioning", "negative_conditioning", "cond_neg", "negative_prompt_conds")
_SIDES = ("positive", "negative")
_Step = tuple[Link, str, str, tuple[str, str | None] | None]


def read_texts(walk: Walk, start: Link, way: str) -> list[Said]:
    """Texts upstream of a conditioning input, in the order they were combined, each once; those for a part of the picture are also noted
    as parts of the walk.

    Args:
        start: the link; its slot decides where a node gives out both ways. way: "positive" or "negative".
    Returns:
        Empty for ConditioningZeroOut: the tool was given nothing there.
    """
    plain = _plain(walk, start)
    if plain is not None:
        return plain
    found: dict[str, Said] = {}
    seen: set[tuple[str, int, str, str]] = set()
    ahead: list[_Step] = [(start, way, "", None)]
    while ahead and len(seen) < MAX_VISITS:
        link, side, source, place = ahead.pop()
        visit = (link.node, link.slot, side, place[0] if place else "")
        if visit in seen:
            continue
        seen.add(visit)
        node = walk.node(link)
        if node is None:
            walk.unknown(link.node, source or way, way)
            continue
        if "zeroout" in node.low:
            continue
        keys = text_keys(node, side)
        if keys and 0 <= link.slot < len(node.outs) and node.outs[link.slot] == "negative" and not any("neg" in key for key in keys):
            keys = []  # the node's only text is for its other output
        onward = [] if keys and len(node.links) == 1 and "clip" in node.links else _onward(walk, node, link.slot, side, keys)
        if keys and _encodes(node, keys):
            said = texts(walk, node, side, keys)
            for item in said:
                found.setdefault(item.text, item)
            if here := _region(walk, node) or place:
                _part(walk, said, way, here)
        elif not onward and not _wordless(node):
            walk.unknown(node.id, side, way)
        if onward:  # a text box holds its own text; what passes through it is not in the box
            within = (None if "gligen" in node.low else _region(walk, node)) or place
            ahead.extend((*step, within) for step in reversed(onward))
    filled = [said for said in found.values() if said.text.strip()]
    return filled or list(found.values())[:1]


def _plain(walk: Walk, start: Link) -> list[Said] | None:
    """What stands in a text encoder that the link leads to straight, as most do: the same as by the long way. None for all else."""
    node = walk.graph.get(start.node)
    if node is None or node.cls != "CLIPTextEncode" or len(node.inputs) != 2 or "clip" not in node.links or "negative" in node.outs:
        return None
    text = node.inputs.get("text")
    if type(text) is not str or walk.node(start) is None:
        return None
    return [Said(text, TYPED, f"{node.id}.text")] if walk.spend(text) else []


def _wordless(node: Node) -> bool:
    """Whether a conditioning begins at a node without words: a picture, a model file. Lotus brings fixed embeddings of its own."""
    low = node.low
    return not _PICTURES.isdisjoint(node.links) or "lotus" in low or (_LOADER.search(low) is not None and "conditioning" not in low)


def _region(walk: Walk, node: Node) -> tuple[str, str | None] | None:
    """Where in the picture a conditioning holds (ConditioningSetArea and its kin, GLIGEN, masks), and how strongly."""
    values = node.inputs
    if "x" in values and "width" in values and "height" in values:
        x, y, width, height = (number(walk, node, name) for name in ("x", "y", "width", "height"))
        return f"x {x} y {y} {width}x{height}", number(walk, node, "strength")
    masked = node.links.get("mask") or node.links.get("color_mask")
    if masked is not None and "inpaint" not in node.low and ("conditioning" in node.low or "regional" in node.low):
        return f"mask {masked.node}", number(walk, node, "strength")
    return None


def _part(walk: Walk, said: list[Said], way: str, place: tuple[str, str | None]) -> None:
    for item in said:
        if item.text.strip():
            text = {"negative": item.text} if way == "negative" else {"prompt": item.text}
            walk.part(Part("region", place=place[0], weight=place[1], **text))


def _encodes(node: Node, keys: list[str]) -> bool:
    """Whether a node with text inputs turns them into conditioning: it has a clip, a literal text or a name that says so."""
    only_links = all(key in node.links for key in keys)
    if only_links and keys in (["positive"], ["negative"]):
        return False
    return "clip" in node.inputs or not only_links or _ENCODES.search(node.low) is not None


def _onward(walk: Walk, node: Node, slot: int, way: str, keys: list[str]) -> list[tuple[Link, str, str]]:
    """Conditioning inputs to go on with."""
    chosen = dict(links(node, walk.graph))
    pair = [name for name in ("positive", "negative") if name in chosen]
    if pair and not (way not in chosen and any(name.startswith("conditioning") for name in chosen)):
        side = _side(node, slot, way) if len(pair) == 2 else way
        return [(chosen[side], side, side)] if side in chosen else _pipes(chosen, way)
    by_way = _BY_WAY if way == "negative" else ()
    named = [name for name in chosen if name in by_way]
    named = named or [name for name in chosen if name.startswith(("cond", "text_embeds")) and name not in by_way and "neg" not in name]
    if named:
        return [(chosen[name], way, name) for name in named]
    if not chosen or keys:
        return []
    return _pipes(chosen, way) or [(link, way, name) for name, link in chosen.items() if name not in _NOT_TEXT]


def _side(node: Node, slot: int, way: str) -> str:
    """Which of its two conditionings a node gives out at `slot`: the output's name tells where a canvas has it. Without names, nodes that
    patch the model too give that out first (InstantID, BrushNet, InfiniteTalk): there the way asked for has to do."""
    called = node.outs[slot] if 0 <= slot < len(node.outs) else ""
    if called in _SIDES:
        return called
    return way if slot not in (0, 1) or "model" in node.links or _PIPE.search(node.low) else _SIDES[slot]


def side_of(walk: Walk, link: Link) -> str:
    """Whether a link comes from the negative output of a node that has both; "positive" for all others."""
    node = walk.node(link)
    both = node is not None and "positive" in node.links and "negative" in node.links
    return _side(node, link.slot, "positive") if node is not None and both else "positive"


def _pipes(chosen: dict[str, Link], way: str) -> list[tuple[Link, str, str]]:
    return [(chosen[name], way, name) for name in PIPES if name in chosen]

"""From a sampler's positive or negative input to the texts behind it: the slot asked for, through whatever lies between."""

from __future__ import annotations

from provenance.readers.comfyui.graph import Link, Node, links
from provenance.readers.comfyui.strings import PIPES, text_keys, texts
from provenance.readers.comfyui.walk import Walk

MAX_VISITS = 5_000
_NOT_TEXT = frozenset({
    "model", "clip", "vae", "image", "control_net", "latent", "samples", "mask", "clip_vision", "clip_vision_output", "pixels", "noise",
    "style_model", "gligen_textbox_model", "stage_c", "init_image", "start_image", "end_image", "camera_conditions", "sigmas",
})
_PIPE_WORDS = ("pipe", "context", "ctx", "bus")
_ENCODES = ("encode", "prompt", "textbox", "gligen", "conditioning")


def read_texts(walk: Walk, start: Link, way: str) -> list[str]:
    """Texts upstream of a conditioning input, in the order they were combined, each once.

    Args:
        start: the link; its slot decides where a node gives out both ways. way: "positive" or "negative".
    Returns:
        Empty for ConditioningZeroOut: the tool was given nothing there.
    """
    found: dict[str, None] = {}
    seen: set[tuple[str, int, str]] = set()
    ahead: list[tuple[Link, str, str]] = [(start, way, "")]
    while ahead and len(seen) < MAX_VISITS:
        link, side, source = ahead.pop()
        if (link.node, link.slot, side) in seen:
            continue
        seen.add((link.node, link.slot, side))
        node = walk.node(link)
        if node is None:
            walk.unresolved(link.node, source or way)
            continue
        if "zeroout" in node.low:
            continue
        onward = _onward(walk, node, link.slot, side)
        if _encodes(node, side):
            found.update(dict.fromkeys(texts(walk, node, side)))
        elif not onward and not _from_pictures(node):
            walk.unresolved(node.id, side)
        ahead.extend(reversed(onward))
    filled = [text for text in found if text.strip()]
    return filled or list(found)[:1]


def _from_pictures(node: Node) -> bool:
    """Conditioning made of a picture alone (Stable Video, Zero123): there is no text to look for."""
    pictures = ("clip_vision", "clip_vision_output", "init_image", "image", "start_image")
    return any(isinstance(node.inputs.get(name), Link) for name in pictures)


def _encodes(node: Node, way: str) -> bool:
    """Whether a node turns text into conditioning: it has a text input, and a clip or a name that says so."""
    keys = text_keys(node, way)
    if not keys or ("positive" in node.inputs and keys == ["positive"] and isinstance(node.inputs["positive"], Link)):
        return False
    only_links = all(isinstance(node.inputs[key], Link) for key in keys)
    if only_links and keys in (["positive"], ["negative"]):
        return False
    return "clip" in node.inputs or any(word in node.low for word in _ENCODES) or not only_links


def _onward(walk: Walk, node: Node, slot: int, way: str) -> list[tuple[Link, str, str]]:
    """Conditioning inputs to go on with."""
    chosen = dict(links(node, walk.graph))
    pair = [name for name in ("positive", "negative") if name in chosen]
    if pair and not (way not in chosen and any(name.startswith("conditioning") for name in chosen)):
        pipe = any(word in node.low for word in _PIPE_WORDS)
        side = ("positive", "negative")[slot] if len(pair) == 2 and slot in (0, 1) and not pipe else way
        return [(chosen[side], side, side)] if side in chosen else _pipes(chosen, way)
    by_way = ("neg_conditioning", "negative_conditioning", "cond_neg", "negative_prompt_conds") if way == "negative" else ()
    named = [name for name in chosen if name in by_way]
    named = named or [name for name in chosen if name.startswith(("cond", "text_embeds")) and name not in by_way and "neg" not in name]
    if named:
        return [(chosen[name], way, name) for name in named]
    if node.inputs and text_keys(node, way):
        return []
    return _pipes(chosen, way) or [(link, way, name) for name, link in chosen.items() if name not in _NOT_TEXT]


def _pipes(chosen: dict[str, Link], way: str) -> list[tuple[Link, str, str]]:
    return [(chosen[name], way, name) for name in PIPES if name in chosen]

"""A ComfyUI API graph as values: nodes by class and wiring. Ids name nothing, titles are shown and not compared, the canvas does not count.

Source: ComfyUI 0.3.64 execution.py and nodes.py: `{id: {"class_type", "inputs": {name: literal or [id, slot]}, "_meta": {"title"},
"is_changed"}}`; comfy-frontend's workflow JSON: `nodes[].mode` 2 is muted, 4 is bypassed. Pure; never raises.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from provenance.report.steps.materials import Mask

MAX_BYTES = 4 * 1024 * 1024
MAX_NODES = 3_000
MAX_INPUTS = 400
MOST_PLACES = 8  # of one file
MUTED, BYPASSED = 2, 4
_LABEL = re.compile(r"\s{0,16}(prompt|workflow)\s{0,16}:\s{0,16}(?=\{)", re.IGNORECASE)
_NAMES = frozenset({"prompt", "workflow"})
_PLACES = _NAMES | {"make", "model", "imagedescription", "description", "usercomment", "comment"}
"""Where ComfyUI and its savers put the texts: chunks of these names in PNG and film, labelled in EXIF fields of WebP."""
_LOADERS = frozenset({"LoadImage", "LoadImageMask"})
_ALPHA = 1  # LoadImage's second output is its mask: 1 - alpha


@dataclass(frozen=True)
class Link:
    """Where an input comes from: a node and the number of its output."""

    node: str
    slot: str


@dataclass(frozen=True)
class Node:
    """A node. literals: the values that stand in it, numbers as the tool wrote them. links: what is wired into it. read: SHA-256 of the
    file it read, as ComfyUI says in `is_changed`, "" without."""

    id: str
    cls: str
    title: str = ""
    literals: Mapping[str, Any] = field(default_factory=dict)
    links: Mapping[str, Link] = field(default_factory=dict)
    read: str = ""


@dataclass(frozen=True)
class Canvas:
    """What of a workflow counts. id: its own, "" without. off: ids of the nodes that are muted or bypassed, with which."""

    id: str = ""
    off: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Graph:
    """nodes: by id. canvas: of the workflow that stood beside it. digest: of the text that ran."""

    nodes: Mapping[str, Node]
    canvas: Canvas = field(default_factory=Canvas)
    digest: str = ""

    @cached_property
    def shape(self) -> tuple[Any, ...]:
        """Classes and wiring, whatever the ids and values: equal for graphs that differ in nothing else."""
        nodes = self.nodes
        return tuple(sorted(
            (node.cls, tuple(sorted((name, nodes[link.node].cls, link.slot) for name, link in node.links.items())))
            for node in nodes.values()
        ))  # fmt: skip


def canvas(workflow: bytes | None) -> Canvas | None:
    """What counts of a `workflow` text; None for a text that is none."""
    raw, _ = _loaded(workflow, "workflow")
    if "nodes" not in raw:
        return None
    own, listed = raw.get("id"), raw["nodes"]
    off = {
        str(node.get("id")): int(node["mode"])
        for node in (listed if isinstance(listed, list) else [])
        if isinstance(node, dict) and node.get("mode") in (str(MUTED), str(BYPASSED))
    }
    return Canvas(own if isinstance(own, str) else "", off)


def parse(prompt: bytes | None, beside: Canvas | None = None) -> Graph | None:
    """The graph of a `prompt` text. beside: what its `workflow` text says.

    Returns:
        None where there is no API graph, or one too large to compare (MAX_BYTES, MAX_NODES).
    """
    raw, text = _loaded(prompt, "prompt")
    if not raw or len(raw) > MAX_NODES or not all(isinstance(node, dict) and "class_type" in node for node in raw.values()):
        return None
    nodes = {key: _node(key, node, raw) for key, node in raw.items()}
    return Graph(nodes, beside or Canvas(), hashlib.sha256(text.encode("utf-8", "replace")).hexdigest())


def _text(raw: bytes, role: str) -> str:
    """The JSON text without a label before it; "" where the label names another role."""
    text = raw.decode("utf-8", "replace")
    label = _LABEL.match(text)
    if label is None:
        return text.lstrip()
    return text[label.end() :] if label[1].lower() == role else ""


def _loaded(raw: bytes | None, role: str) -> tuple[dict[str, Any], str]:
    """The object that a text holds, and that text without what follows (an EXIF field ends with a NUL); ({}, "") for anything else."""
    if not raw or len(raw) > MAX_BYTES:
        return {}, ""
    text = _text(raw, role)
    try:
        value, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return {}, ""
    return (value, text[:end]) if isinstance(value, dict) else ({}, "")


_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str, strict=False)


def _node(key: str, node: Mapping[str, Any], raw: Mapping[str, Any]) -> Node:
    inputs = node.get("inputs")
    literals: dict[str, Any] = {}
    links: dict[str, Link] = {}
    for name, value in list(inputs.items())[:MAX_INPUTS] if isinstance(inputs, dict) else ():
        if isinstance(value, list) and len(value) == 2 and str(value[0]) in raw and str(value[1]).isdigit():
            links[name] = Link(str(value[0]), str(value[1]))
        else:
            literals[name] = value
    meta = node.get("_meta")
    title = meta.get("title") if isinstance(meta, dict) else ""
    changed = node.get("is_changed")
    read = changed[0] if isinstance(changed, list) and len(changed) == 1 else changed
    return Node(
        key, str(node["class_type"]), title if isinstance(title, str) else "", literals, links,
        read if isinstance(read, str) and len(read) == 64 else "",
    )


def consumers(graph: Graph) -> dict[str, list[tuple[str, str]]]:
    """For each node the (class, input) pairs that it feeds, sorted."""
    found: dict[str, list[tuple[str, str]]] = {key: [] for key in graph.nodes}
    for node in graph.nodes.values():
        for name, link in node.links.items():
            found[link.node].append((node.cls, name))
    return {key: sorted(uses) for key, uses in found.items()}


def masks(graph: Graph) -> tuple[Mask, ...]:
    """The masks that files gave: a LoadImageMask's channel, and the alpha of a LoadImage where something is wired to its second output."""
    loaders = [node for node in graph.nodes.values() if node.cls in _LOADERS and isinstance(node.literals.get("image"), str)]
    if not loaders:
        return ()
    wired = {(link.node, link.slot) for node in graph.nodes.values() for link in node.links.values()}
    found = []
    for node in loaders:
        name = str(node.literals["image"])
        if node.cls == "LoadImageMask":
            found.append(Mask(name, node.read, str(node.literals.get("channel", ""))))
        elif (node.id, str(_ALPHA)) in wired:
            found.append(Mask(name, node.read, "alpha"))
    return tuple(found)


def documents(carriers: Iterable[Mapping[str, Any]]) -> tuple[list[str], list[str]]:
    """Which of a file's carriers may hold the `prompt` and which the `workflow` text.

    Args:
        carriers: rows of `name` (`tEXt:prompt`, `exif:IFD0.Model`) and `sha256`.
    Returns:
        (prompt, workflow): SHA-256 of carriers, the likeliest first. A text in an EXIF field says by its label what it is: `parse` and
        `canvas` find nothing in one that is the other.
    """
    named: dict[str, list[str]] = {name: [] for name in _NAMES}
    elsewhere: list[str] = []
    for row in carriers:
        name, sha = row.get("name"), row.get("sha256")
        if not isinstance(name, str) or not isinstance(sha, str) or name.startswith("sidecar:"):
            continue
        key = name[name.rfind(":") + 1 :].rpartition(".")[2].lower()
        if key in _NAMES:
            named[key].append(sha)
        elif key in _PLACES:
            elsewhere.append(sha)
    return [*named["prompt"], *elsewhere][:MOST_PLACES], [*named["workflow"], *elsewhere][:MOST_PLACES]

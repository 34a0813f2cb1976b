"""Which node wrote this file: the output nodes of a graph, and the one whose filename_prefix fits the file's name."""

from __future__ import annotations

import re

from provenance.readers.comfyui.graph import Graph, Node

_NOT_OUTPUT = re.compile("preset|latentsaver|loadsave")
_SHOWS = ("preview", "compar", "viewer")
_OUTPUT = re.compile("save|videocombine|imagesend|exportgltf|sendimage|" + "|".join(_SHOWS))
_LOOSE = 2
_NEVER = frozenset({
    "KSampler", "KSamplerAdvanced", "CLIPTextEncode", "VAEDecode", "VAEEncode", "EmptyLatentImage", "CheckpointLoaderSimple", "LoraLoader",
    "VAELoader", "CLIPLoader", "DualCLIPLoader", "UNETLoader", "LoadImage", "ConditioningZeroOut", "ControlNetApply", "LatentUpscale",
})
"""Half of all nodes: neither a saver nor a viewer by name, as the search would find at five times the price."""


def savers(graph: Graph, file_name: str) -> tuple[tuple[str, ...], bool]:
    """The nodes to start from, and whether the choice is ambiguous.

    Args:
        file_name: the bare name, or "" if unknown.
    Returns:
        Ids; savers before previews before loose ends. Several ids with False: all have the same claim and nothing tells them apart.
    """
    taken = {link[0] for node in graph.values() if node.links for link in node.links.values()}
    ranked: tuple[list[str], list[str], list[str]] = ([], [], [])
    for node in graph.values():
        if node.links and ((place := rank(node)) < _LOOSE or node.id not in taken):
            ranked[place].append(node.id)
    fitting = [key for key in (*ranked[0], *ranked[1]) if fits(graph[key], file_name)] if file_name else []
    if fitting:
        longest = max(len(_prefix(graph[key])) for key in fitting)
        best = [key for key in fitting if len(_prefix(graph[key])) == longest]
        return tuple(best), len(best) > 1
    for found in ranked:
        if found:
            return tuple(found), len(found) > 1
    return tuple(graph), True


def is_saver(node: Node) -> bool:
    """Whether a node writes or shows the result."""
    return rank(node) < _LOOSE


def rank(node: Node) -> int:
    """0 for a node that saves, 1 for one that shows, 2 for any other."""
    if node.rank < 0:
        node.rank = _LOOSE
        if not node.links:
            return _LOOSE
        if node.cls in _NEVER and "filename_prefix" not in node.inputs:
            return _LOOSE
        named = _OUTPUT.search(node.low)
        if (named or "filename_prefix" in node.inputs) and not _NOT_OUTPUT.search(node.low):
            shows = named is not None and named[0] in _SHOWS and "filename_prefix" not in node.inputs and "save" not in node.low
            node.rank = 1 if shows else 0
    return node.rank


def _prefix(node: Node) -> str:
    """The last part of a saver's file name pattern; a preview's is ComfyUI's own."""
    found = node.inputs.get("filename_prefix", node.inputs.get("filename", ""))
    if not isinstance(found, str) or (not found and "preview" in node.low):
        found = "ComfyUI_temp_" if "preview" in node.low else ""
    return found.replace("\\", "/").rsplit("/", 1)[-1]


def fits(node: Node, file_name: str) -> bool:
    """Whether `file_name` can come from this saver: `{prefix}_{counter}...`, with `%...%` standing for anything."""
    prefix = _prefix(node)
    if not prefix or not file_name:
        return False
    pieces = prefix.split("%")
    if len(pieces) == 1:
        rest = file_name[len(prefix) :].lstrip("_")
        temp = prefix.endswith("temp_")
        return file_name.startswith(prefix) and (temp or (len(rest) < len(file_name) - len(prefix) and rest[:1].isdigit()))
    at = 0
    for number, piece in enumerate(pieces[::2]):
        found = file_name.find(piece, at)
        if found < 0 or (number == 0 and found != 0):
            return False
        at = found + len(piece)
    return any(pieces[::2])

"""Which node wrote this file: the output nodes of a graph, and the one whose filename_prefix fits the file's name."""

from __future__ import annotations

from provenance.readers.comfyui.graph import Graph, Link, Node

_NOT_OUTPUT = ("preset", "latentsaver")


def savers(graph: Graph, file_name: str) -> tuple[tuple[str, ...], bool]:
    """The nodes to start from, and whether the choice is ambiguous.

    Args:
        file_name: the bare name, or "" if unknown.
    Returns:
        Ids; savers before previews before loose ends. Several ids with False: all have the same claim and nothing tells them apart.
    """
    ranked: dict[int, list[str]] = {}
    taken = {value.node for node in graph.values() for value in node.inputs.values() if isinstance(value, Link)}
    for node in graph.values():
        rank = _rank(node, node.id in taken)
        if rank is not None:
            ranked.setdefault(rank, []).append(node.id)
    fitting = [key for rank in (0, 1) for key in ranked.get(rank, []) if fits(graph[key], file_name)]
    if fitting:
        longest = max(len(_prefix(graph[key])) for key in fitting)
        best = [key for key in fitting if len(_prefix(graph[key])) == longest]
        return tuple(best), len(best) > 1
    for rank in (0, 1, 2):
        if ranked.get(rank):
            return tuple(ranked[rank]), len(ranked[rank]) > 1
    return tuple(graph), True


def is_saver(node: Node) -> bool:
    """Whether a node writes or shows the result."""
    return _rank(node, False) in (0, 1)


def _rank(node: Node, is_taken: bool) -> int | None:
    low = node.low
    has_input = any(isinstance(value, Link) for value in node.inputs.values())
    if has_input and not any(word in low for word in _NOT_OUTPUT):
        if "save" in low or "videocombine" in low or "filename_prefix" in node.inputs or "imagesend" in low:
            return 0
        if "preview" in low or "compar" in low or "viewer" in low:
            return 1
    return 2 if has_input and not is_taken else None


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

"""InvokeAI's graph (what its session ran) or workflow (what its editor holds), where a file has no metadata: the same keys out of nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provenance.errors import Unreadable
from provenance.readers.flat import items, mapping, said

_CORE = "core_metadata"
_STEPS = 12  # links followed to a value: more than any graph of the program itself has


class _Graph:
    """Nodes by id as (type, fields), and for each input the output that feeds it. Lives for one reading."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.nodes: dict[str, tuple[str, Mapping[str, Any]]] = {}
        self.feeds: dict[tuple[str, str], list[tuple[str, str]]] = {}
        found = document.get("nodes")
        for name, node in found.items() if isinstance(found, dict) else ((None, one) for one in items(found)):
            self._node(name, mapping(node))
        for edge in map(mapping, items(document.get("edges"))):
            source, target = mapping(edge.get("source")), mapping(edge.get("destination"))
            pair = (said(source.get("node_id")), said(source.get("field")), said(target.get("node_id")), said(target.get("field")))
            if not source:  # a workflow's edge
                pair = (said(edge.get("source")), said(edge.get("sourceHandle")), said(edge.get("target")), said(edge.get("targetHandle")))
            if all(pair):
                self.feeds.setdefault((str(pair[2]), str(pair[3])), []).append((str(pair[0]), str(pair[1])))

    def _node(self, name: str | None, node: Mapping[str, Any]) -> None:
        data = mapping(node.get("data"))
        if data:  # a workflow's node: its values stand under data.inputs
            fields = {key: mapping(value).get("value") for key, value in mapping(data.get("inputs")).items()}
            kind = said(data.get("type"))
        else:
            fields, kind = dict(node), said(node.get("type"))
        if kind and (found := name or said(node.get("id"))):
            self.nodes.setdefault(found, (kind, fields))

    def value(self, name: str, field: str) -> Any:
        """What an input was given: the value at the other end of its links, else its own.

        An output has the name of the field it passes on, or its node keeps the value under `value`.
        """
        for _ in range(_STEPS):
            fed = self.feeds.get((name, field))
            if not fed:
                return self.nodes.get(name, ("", {}))[1].get(field)
            name, field = fed[0]
            own = self.nodes.get(name, ("", {}))[1]
            if (name, field) not in self.feeds and own.get(field) is None:
                field = "value"
        return None

    def sources(self, name: str, field: str) -> list[str]:
        return [source for source, _ in self.feeds.get((name, field), ())]


def metadata_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of `invokeai_metadata`, from the node that gathers them, else from the nodes that do the work.

    Raises:
        Unreadable: `reader.invokeai`, there is neither.
    """
    graph = _Graph(document)
    core = next((name for name, (kind, _) in graph.nodes.items() if kind == _CORE), None)
    found: dict[str, Any] = {}
    for key, value in _gathered(graph, core) if core else _worked(graph):
        found.setdefault(key, value)
    if not found:
        raise Unreadable("reader.invokeai")
    return found


def _gathered(graph: _Graph, core: str) -> Iterator[tuple[str, Any]]:
    fields = graph.nodes[core][1]
    keys = dict.fromkeys((*fields, *(field for name, field in graph.feeds if name == core)))
    for key in keys:
        if key not in ("id", "type", "is_intermediate", "use_cache", "metadata") and (value := graph.value(core, key)) is not None:
            yield key, value


def _worked(graph: _Graph) -> Iterator[tuple[str, Any]]:
    """From the first node that denoises back to what it was given."""
    main = next((name for name, (kind, _) in graph.nodes.items() if "denoise" in kind), None)
    if main is None:
        return
    for key, field in (("steps", "steps"), ("steps", "num_steps"), ("cfg_scale", "cfg_scale"), ("scheduler", "scheduler")):
        if (value := graph.value(main, field)) is not None and said(value):
            yield key, value
    for key, field in (("positive_prompt", "positive"), ("negative_prompt", "negative")):
        if text := _prompt(graph, main, (f"{field}_conditioning", f"{field}_text_conditioning")):
            yield key, text
    yield from _noise(graph, main)
    loaders = [name for name, (kind, _) in graph.nodes.items() if kind.endswith("model_loader") and "lora" not in kind]
    if loaders and (found := graph.value(loaders[0], "model")) is not None:
        yield "model", found
    loras = [
        {"lora": graph.value(name, "lora"), "weight": graph.value(name, "weight")}
        for name, (kind, _) in graph.nodes.items()
        if kind in ("lora_loader", "sdxl_lora_loader", "flux_lora_loader", "lora_selector")
    ]
    if loras:
        yield "loras", loras


def _prompt(graph: _Graph, main: str, fields: tuple[str, ...]) -> str | None:
    todo = [source for field in fields for source in graph.sources(main, field)]
    seen: set[str] = set()
    while todo and len(seen) < _STEPS:
        name = todo.pop(0)
        if name in seen:
            continue
        seen.add(name)
        if text := said(graph.value(name, "prompt")):
            return text
        todo += [*graph.sources(name, "item"), *graph.sources(name, "collection")]
    return None


def _noise(graph: _Graph, main: str) -> Iterator[tuple[str, Any]]:
    for name in (*graph.sources(main, "noise"), main):
        for key in ("seed", "width", "height"):
            if (value := graph.value(name, key)) is not None and said(value):
                yield key, value

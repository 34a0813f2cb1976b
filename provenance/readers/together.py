"""A graph and an infotext in one file: the graph is what ran and wins; the infotext stays beside it, and every difference is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from provenance.readers.jsontext import same_number
from provenance.readers.reading import EXPANDED, TYPED, UNKNOWABLE, Model, Reading, Written

_FIELDS = (
    ("prompt", "prompts"), ("negative", "negative_prompts"), ("seed", "seeds"), ("steps", "steps"), ("cfg", "cfgs"),
    ("sampler", "samplers"), ("scheduler", "schedulers"), ("size", "sizes"), ("model", "models"),
)
_QUIET = ("scheduler", "size")  # savers write them in too many ways to call a difference a disagreement


def with_parameters(graph: Reading, infotext: Reading, text: str) -> Reading:
    """The graph's Reading, with the infotext verbatim and parsed under `rest["parameters"]`.

    Args:
        graph: what ran. infotext: what a saver wrote about it. text: the infotext as it stands in the file.
    Returns:
        Fields the graph could not resolve are filled from the infotext (warning `from parameters <field>`); where both speak and none of
        the infotext's values is among the graph's, the warning is `disagreement parameters/prompt <field>`. Nothing is overruled.
    """
    warnings: list[str] = []
    filled: dict[str, Any] = {}
    for name, attribute in _FIELDS:
        ours, theirs = getattr(graph, attribute), getattr(infotext, attribute)
        if attribute == "models":
            ours = tuple(model for model in ours if model.kind in ("checkpoint", "diffusion", "api"))
            theirs = tuple(model for model in theirs if model.kind == "checkpoint")
        if theirs and not ours:
            filled[attribute] = (*theirs, *graph.models) if attribute == "models" else theirs
            warnings.append(f"from parameters {name}")
        elif theirs and name not in _QUIET and not any(_same(name)(one, other) for one in ours for other in theirs):
            warnings.append(f"disagreement parameters/prompt {name}")
    hashes = {**infotext.hashes, **graph.hashes}
    beside = {"text": text, "version": infotext.version, "fields": _fields(infotext), "rest": dict(infotext.rest)}
    rest = {**graph.rest, "parameters": beside}
    texts = (*graph.texts, *_written(graph, filled))
    return replace(graph, **filled, hashes=hashes, texts=texts, rest=rest, warnings=(*graph.warnings, *warnings))


def _written(graph: Reading, filled: dict[str, Any]) -> Iterator[Written]:
    """Texts that only the infotext holds: where the graph says that one was made at run time, the saver wrote down what it was."""
    for role, attribute in (("prompt", "prompts"), ("negative", "negative_prompts")):
        made = any(text.origin == UNKNOWABLE and text.role == role for text in graph.texts)
        yield from (Written(role, text, EXPANDED if made else TYPED, "parameters") for text in filled.get(attribute, ()) if text)


def _fields(reading: Reading) -> dict[str, Any]:
    found: dict[str, Any] = {attribute: list(getattr(reading, attribute)) for _, attribute in _FIELDS if attribute != "models"}
    found["models"] = [model.name for model in reading.models]
    found["loras"] = [lora.name for lora in reading.loras]
    return {key: value for key, value in found.items() if value}


def _same(name: str) -> Callable[[Any, Any], bool]:
    if name in ("seed", "steps", "cfg"):
        return same_number
    if name == "sampler":
        return lambda one, other: _sampler(other).startswith(_sampler(one))
    if name == "model":
        return _same_model
    return lambda one, other: " ".join(one.split()) in (" ".join(other.split()), "")


def _sampler(name: str) -> str:
    """One spelling for `Euler a`, `euler_ancestral` and `Euler a Karras` (webui's and ComfyUI's names of the same samplers)."""
    low = name.lower().replace("++", "pp").replace("_ancestral", " a").replace(" ancestral", " a").replace("_", " ")
    return "".join(char for char in low if char.isalnum())


def _same_model(one: Model, other: Model) -> bool:
    return _stem(one.name) == _stem(other.name)


def _stem(name: str) -> str:
    """A model's name without folder and ending: savers leave them out."""
    bare = name.replace("\\", "/").rsplit("/", 1)[-1].lower()
    return next((bare.removesuffix(end) for end in (".safetensors", ".ckpt", ".gguf", ".sft", ".pt") if bare.endswith(end)), bare)

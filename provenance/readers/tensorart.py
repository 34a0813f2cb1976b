"""TensorArt: the site's `generation_data` beside the ComfyUI graph it ran. What was asked for and what ran are both kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from provenance.errors import Unreadable
from provenance.readers import comfyui
from provenance.readers.flat import lists_of
from provenance.readers.jsontext import loads, plain, same_number
from provenance.readers.reading import EXPANDED, TYPED, About, Lora, Model, Pass, Reading, Texts, Written
from provenance.readers.texts import all_by_key, by_key

NAME = "TensorArt"
KEYS = frozenset({"generation_data"})
ABOUT = About(
    where="PNG tEXt `generation_data` (JSON, often with a NUL after it) and `prompt` (the graph, nodes `ECHO...`)",
    reads="prompt, negative, seed that ran, steps, cfg, sampler, schedule, size, base model and LoRAs with names, weights and hashes",
    leaves="which name of the site belongs to which `EMS-<id>-EMS` file of the graph: the file does not tell, both are listed",
    source="files of tensor.art of 2025 and 2026; the site's program is not public",
    tried="real and own files",
)

_MARKS = ('"baseModel"', '"ksamplerName"', '"cfgScale"', '"workEngine"', '"samplerName"')
_LIFTED = frozenset({"prompt", "negativePrompt", "steps", "cfgScale", "ksamplerName", "samplerName", "schedule", "width", "height"})
_COMPARED = (("steps", "steps"), ("cfgScale", "cfgs"))


def claims(texts: Texts) -> bool:
    """Whether `generation_data` is the site's JSON."""
    return any(text.lstrip("\0 \ufeff").startswith("{") and any(mark in text for mark in _MARKS) for text in all_by_key(texts, *KEYS))


def read(texts: Texts, file_name: str = "") -> Reading:
    """The request and the graph together. Raises Unreadable `reader.json`, `reader.tensorart`."""
    data = loads(by_key(texts, *KEYS) or "")
    if not isinstance(data, dict):
        raise Unreadable("reader.tensorart")
    asked = _asked(data)
    if not comfyui.claims(texts):
        return asked
    try:
        ran = comfyui.read(texts, file_name)
    except Unreadable:
        return replace(asked, warnings=("tensorart.graph unreadable",))
    return _together(asked, ran, data)


def _asked(data: Mapping[str, Any]) -> Reading:
    """What the site says it was asked for. A seed of -1 asks for any, and is none."""
    prompt, negative, seed = _string(data, "prompt"), _string(data, "negativePrompt"), _string(data, "seed")
    width, height = _string(data, "width"), _string(data, "height")
    models = tuple(_models(data))
    one = Pass(
        role="base",
        seed=None if seed is None or seed.startswith("-") else seed,
        steps=_string(data, "steps"),
        cfg=_string(data, "cfgScale"),
        sampler=_string(data, "ksamplerName") or _string(data, "samplerName"),
        scheduler=_string(data, "schedule"),
        denoise=_string(data, "denoisingStrength") if data.get("enablePix2pix") is True else None,
        size=f"{width}x{height}" if width and height else None,
        model=models[0].name if models else None,
        prompts=() if prompt is None else (0,),
        negatives=() if negative is None else (0,),
    )
    hashes = {"model" if model.kind == "checkpoint" else f"{model.kind}:{model.name}": model.claimed_hash for model in models}
    loras = tuple(_loras(data))
    hashes |= {f"lora:{lora.name}": lora.claimed_hash for lora in loras}
    return Reading(
        generator=NAME,
        prompts=_one(prompt),
        negative_prompts=_one(negative),
        models=models,
        loras=loras,
        hashes={name: value for name, value in hashes.items() if value},
        passes=(one,),
        texts=tuple(Written(role, text, TYPED, "generation_data") for role, text in (("prompt", prompt), ("negative", negative)) if text),
        dialect="comfyui",
        rest={str(key): plain(value) for key, value in data.items() if key not in _LIFTED},
        **lists_of((one,)),
    )


def _together(asked: Reading, ran: Reading, data: Mapping[str, Any]) -> Reading:
    """The site's own words first, then what of the graph differs; passes, seeds and inputs are the graph's."""
    prompts, negatives = _union(asked.prompts, ran.prompts), _union(asked.negative_prompts, ran.negative_prompts)
    warnings = list(ran.warnings)
    for key, attribute in _COMPARED:
        mine, theirs = getattr(asked, attribute), getattr(ran, attribute)
        if mine and theirs and not any(same_number(one, other) for one in mine for other in theirs):
            warnings.append(f"disagreement generation_data/prompt {key}")
    if asked.seeds and ran.seeds and not set(asked.seeds) & set(ran.seeds):
        warnings.append("disagreement generation_data/prompt seed")
    expanded = (
        *(Written("prompt", text, EXPANDED, "prompt") for text in ran.prompts if text not in asked.prompts),
        *(Written("negative", text, EXPANDED, "prompt") for text in ran.negative_prompts if text not in asked.negative_prompts),
    )
    return replace(
        ran,
        generator=NAME,
        version=None,
        prompts=prompts,
        negative_prompts=negatives,
        seeds=ran.seeds or asked.seeds,
        steps=_numbers(asked.steps, ran.steps),
        cfgs=_numbers(asked.cfgs, ran.cfgs),
        samplers=_union(asked.samplers, ran.samplers),
        schedulers=_union(asked.schedulers, ran.schedulers),
        sizes=_union(asked.sizes, ran.sizes),
        models=(*asked.models, *(model for model in ran.models if model not in asked.models)),
        loras=(*asked.loras, *(lora for lora in ran.loras if lora.name not in {mine.name for mine in asked.loras})),
        hashes={**ran.hashes, **asked.hashes},
        passes=tuple(_moved(item, ran, prompts, negatives) for item in ran.passes),
        texts=(*asked.texts, *(text for text in ran.texts if text.origin != TYPED), *expanded) if asked.texts else ran.texts,
        rest={**ran.rest, "generation_data": dict(asked.rest)},
        warnings=tuple(warnings),
    )


def _moved(item: Pass, ran: Reading, prompts: tuple[str, ...], negatives: tuple[str, ...]) -> Pass:
    """A pass of the graph whose indices point into the joined lists."""
    return replace(
        item,
        prompts=tuple(prompts.index(ran.prompts[place]) for place in item.prompts),
        negatives=tuple(negatives.index(ran.negative_prompts[place]) for place in item.negatives),
    )


def _models(data: Mapping[str, Any]) -> Iterator[Model]:
    for key, kind in (("baseModel", "checkpoint"), ("vae", "vae")):
        item = data.get(key)
        if isinstance(item, dict) and (name := _name(item)):
            yield Model(name, kind, _string(item, "hash"))
    for item in _objects(data, "embeddingModels", "embeddings"):
        if name := _name(item):
            yield Model(name, "embedding", _string(item, "hash"))


def _loras(data: Mapping[str, Any]) -> Iterator[Lora]:
    for item in _objects(data, "models", "loras"):
        if name := _name(item):
            weight = _string(item, "weight")
            yield Lora(name, weight, weight, _string(item, "hash"))


def _name(item: Mapping[str, Any]) -> str | None:
    return _string(item, "modelFileName") or _string(item, "label") or _string(item, "modelId")


def _objects(data: Mapping[str, Any], *keys: str) -> Iterator[Mapping[str, Any]]:
    for key in keys:
        found = data.get(key)
        yield from (item for item in found if isinstance(item, dict)) if isinstance(found, list) else ()


def _string(data: Mapping[str, Any], key: str) -> str | None:
    value = data.get(key)
    return str(value) if isinstance(value, str) and value else None


def _one(value: str | None) -> tuple[str, ...]:
    return () if value is None else (value,)


def _union(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def _numbers(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    """Both, without a number that is there already in another spelling (`7`, `7.0`)."""
    return (*first, *(item for item in second if not any(same_number(item, mine) for mine in first)))

"""InvokeAI: `invokeai_metadata` of 3 to 6, its graph or workflow alone, and the two older forms (invokeai_old)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provenance.errors import Unreadable
from provenance.readers.flat import from_passes, hashes_of, items, mapping, number, object_of, rest_of, said, size
from provenance.readers.invokeai_graph import metadata_of
from provenance.readers.invokeai_old import read_dream, read_metadata
from provenance.readers.invokeai_steering import controls, inputs, model, parts
from provenance.readers.reading import TYPED, About, Lora, Model, Pass, Reading, Texts, Written
from provenance.readers.texts import by_key, under

NAME = "InvokeAI"
KEYS = frozenset({"invokeai_metadata", "invokeai_graph", "invokeai_workflow", "sd-metadata", "dream"})
ABOUT = About(
    where="PNG tEXt/iTXt `invokeai_metadata`, `invokeai_graph`, `invokeai_workflow` (3 to 6), `sd-metadata` (2), `Dream` (1, 2)",
    reads="prompts with style prompts and `[negatives]`, all passes (refiner, high resolution fix), models with `blake3:` hashes, LoRAs, "
    "ControlNet, IP and T2I adapters, reference images, regional prompts, initial images; a graph or workflow without metadata",
    leaves="where on the canvas a region lies: the file keeps its strokes, which stay in rest",
    source="InvokeAI 1.14 to 6.10: ldm/invoke/args.py, invocations/metadata.py, the web client's features/metadata",
    tried="real and own files",
)

_MODELS = (
    ("model", "checkpoint"), ("refiner_model", "checkpoint"), ("vae", "vae"), ("t5_encoder", "text_encoder"),
    ("clip_embed_model", "text_encoder"), ("qwen3_encoder", "text_encoder"), ("upscale_model", "upscaler"),
    ("hrf_upscale_model", "upscaler"),
)  # fmt: skip
_LIFTED = frozenset({
    "app_version", "positive_prompt", "negative_prompt", "positive_style_prompt", "negative_style_prompt", "width", "height", "seed",
    "steps", "cfg_scale", "scheduler", "loras", "controlnets", "ipAdapters", "t2iAdapters", "ref_images", "strength", "init_image",
    "refiner_steps", "refiner_cfg_scale", "refiner_scheduler", "hrf_strength",
})  # fmt: skip


def claims(texts: Texts) -> bool:
    """Its own keys; `Dream` only where it is a command line of that program."""
    for name, text in under(texts, KEYS):
        key = name.rsplit(":", 1)[-1].lower()
        if key in KEYS and (key != "dream" or " -s" in text):
            return True
    return False


def read(texts: Texts, file_name: str = "") -> Reading:
    """The newest form the file has. Raises Unreadable `reader.invokeai` where it holds none, `reader.json` where it is broken."""
    newest = by_key(texts, "invokeai_metadata")
    graph, dream, old = by_key(texts, "invokeai_graph", "invokeai_workflow"), by_key(texts, "dream"), by_key(texts, "sd-metadata")
    if newest is not None:
        values = object_of(newest, "reader.invokeai")
        if "positive_prompt" in values or "model" in values or "seed" in values or graph is None:
            return _reading(values, "invokeai_metadata")
    if graph is not None:
        return _reading(metadata_of(object_of(graph, "reader.invokeai")), "invokeai_graph")
    if old is not None:
        return read_metadata(object_of(old, "reader.invokeai"), dream)
    if dream is not None:
        return read_dream(dream)
    raise Unreadable("reader.invokeai")


def _reading(values: Mapping[str, Any], where: str) -> Reading:
    prompts, positive = _texts(values, "positive", "prompt", where)
    negatives, against = _texts(values, "negative", "negative", where)
    models, loras = tuple(_models(values)), tuple(_loras(values))
    hashes = hashes_of(models, loras)
    used = {key for key, _ in _MODELS if model(values.get(key), "") is not None}
    reading = Reading(
        generator=NAME,
        version=said(values.get("app_version")),
        prompts=prompts,
        negative_prompts=negatives,
        models=models,
        loras=loras,
        hashes=hashes,
        inputs=tuple(dict.fromkeys(inputs(values))),
        texts=(*positive, *against),
        parts=tuple(dict.fromkeys(parts(values))),
        controls=tuple(dict.fromkeys(controls(values))),
        dialect="invokeai",
        rest=rest_of(values, _LIFTED | used - {"upscale_model"}),
    )
    every, minus = tuple(range(len(prompts))), tuple(range(len(negatives)))
    return from_passes(reading, tuple(_passes(values, every, minus)))


def _texts(values: Mapping[str, Any], side: str, role: str, where: str) -> tuple[tuple[str, ...], tuple[Written, ...]]:
    """The prompt of a side and its SDXL style prompt, where that differs."""
    found: dict[str, str] = {}
    for key in (f"{side}_prompt", f"{side}_style_prompt"):
        if (text := said(values.get(key))) and text.strip():
            found.setdefault(text, key)
    return tuple(found), tuple(Written(role, text, TYPED, f"{where} {key}") for text, key in found.items())


def _passes(values: Mapping[str, Any], prompts: tuple[int, ...], negatives: tuple[int, ...]) -> Iterator[Pass]:
    whole = size(values.get("width"), values.get("height"))
    hires = values.get("hrf_enabled") is True
    final = hires and "hrf_scale" in values  # where it writes the scale, width and height are those of the finished picture
    main, refiner = model(values.get("model"), ""), model(values.get("refiner_model"), "")
    yield Pass(
        role="base",
        seed=number(values.get("seed")),
        steps=number(values.get("steps")),
        cfg=number(values.get("cfg_scale")),
        sampler=said(values.get("scheduler")),
        denoise=number(values.get("strength")),
        size=None if final else whole,
        model=main.name if main else None,
        prompts=prompts,
        negatives=negatives,
    )
    if refiner:
        yield Pass(
            role="refiner",
            steps=number(values.get("refiner_steps")),
            cfg=number(values.get("refiner_cfg_scale")),
            sampler=said(values.get("refiner_scheduler")),
            model=refiner.name,
            prompts=prompts,
            negatives=negatives,
        )
    if hires:
        denoise = number(values.get("hrf_strength"))
        yield Pass(role="hires", denoise=denoise, size=whole if final else None, prompts=prompts, negatives=negatives)


def _models(values: Mapping[str, Any]) -> Iterator[Model]:
    for key, kind in _MODELS:
        if found := model(values.get(key), kind):
            yield found


def _loras(values: Mapping[str, Any]) -> Iterator[Lora]:
    for item in map(mapping, items(values.get("loras"))):
        if found := model(item.get("model") or item.get("lora"), "lora"):
            yield Lora(found.name, number(item.get("weight")), None, found.claimed_hash)



"""RuinedFooocus: flat JSON in PNG `parameters`, and under `metadata` in its videos."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provenance.readers.flat import chosen, each, from_passes, hashes_of, items, json_with, mapping, number, object_of, rest_of, said, size
from provenance.readers.reading import EXPANDED, About, Lora, Model, Pass, Reading, Texts, Written

NAME = "RuinedFooocus"
KEYS = frozenset({"parameters", "metadata"})
ABOUT = About(
    where="PNG tEXt `parameters`; MP4 `metadata`",
    reads="prompts, settings, base and refiner model, LoRAs with weights and hashes in all four forms it wrote",
    leaves="the prompt as typed: the program writes it with styles and wildcards already filled in",
    source="RuinedFooocus modules/async_worker.py, modules/sdxl_pipeline.py, modules/ltx2_video_pipeline.py",
    tried="real and own files",
)

_LIFTED = frozenset({
    "Prompt", "prompt", "Negative", "steps", "cfg", "width", "height", "seed", "sampler_name", "scheduler", "base_model_name",
    "base_model_hash", "refiner_model_name", "loras", "denoise",
})  # fmt: skip


def claims(texts: Texts) -> bool:
    """JSON that names the program, or (before it did) has its three capital and model keys."""
    return _text(texts) is not None


def _text(texts: Texts) -> str | None:
    return json_with(texts, KEYS, '"RuinedFooocus"') or json_with(texts, KEYS, '"Prompt"', '"Negative"', '"base_model_name"')


def read(texts: Texts, file_name: str = "") -> Reading:
    """Raises Unreadable `reader.ruined_fooocus` where it is no object, `reader.json` where it is broken."""
    values = object_of(_text(texts), "reader.ruined_fooocus")
    prompt, negative = said(values.get("Prompt")) or said(values.get("prompt")), said(values.get("Negative"))
    models, loras = tuple(_models(values)), tuple(_loras(values.get("loras")))
    base = Pass(
        role="base",
        seed=number(values.get("seed")),
        steps=number(values.get("steps")),
        cfg=number(values.get("cfg")),
        sampler=said(values.get("sampler_name")),
        scheduler=said(values.get("scheduler")),
        denoise=number(values.get("denoise")),
        size=size(values.get("width"), values.get("height")),
        model=chosen(values.get("base_model_name")),
        prompts=(0,) if prompt else (),
        negatives=(0,) if negative else (),
    )
    refiner = chosen(values.get("refiner_model_name"))
    second = (Pass(role="refiner", model=refiner, prompts=base.prompts, negatives=base.negatives),) if refiner else ()
    reading = Reading(
        generator=NAME,
        prompts=each([prompt]),
        negative_prompts=each([negative]),
        models=models,
        loras=loras,
        hashes=hashes_of(models, loras),
        texts=tuple(_texts(prompt, negative)),
        dialect="comfyui",
        rest=rest_of(values, _LIFTED),
    )
    return from_passes(reading, (base, *second))


def _texts(prompt: str | None, negative: str | None) -> Iterator[Written]:
    if prompt:
        yield Written("prompt", prompt, EXPANDED, "Prompt")
    if negative:
        yield Written("negative", negative, EXPANDED, "Negative")


def _models(values: Mapping[str, Any]) -> Iterator[Model]:
    if name := chosen(values.get("base_model_name")):
        yield Model(name, "checkpoint", said(values.get("base_model_hash")))
    if name := chosen(values.get("refiner_model_name")):
        yield Model(name, "checkpoint")


def _loras(value: Any) -> Iterator[Lora]:
    """`<name:weight>,...` with or without `Loras:` before it; lists of [hash, "weight - name"]; lists of objects."""
    if text := said(value):
        for piece in text.split("<")[1:]:
            name, colon, weight = piece.partition(">")[0].rpartition(":")
            if colon and chosen(name):
                yield Lora(name, weight)
        return
    for item in items(value):
        one = items(item)
        if len(one) == 2 and (text := said(one[1])):
            weight, between, name = text.partition(" - ")
            if between and chosen(name):
                yield Lora(name, weight, None, chosen(one[0]))
        elif name := chosen(mapping(item).get("name")) or "":
            yield Lora(name, number(mapping(item).get("weight")), None, chosen(mapping(item).get("hash")))

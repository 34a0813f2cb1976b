"""Fooocus-MRE: JSON in PNG `Comment` and JPEG COM, or in a `.json` beside the picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provenance.readers.flat import chosen, each, from_passes, items, json_with, number, object_of, rest_of, said, size
from provenance.readers.reading import EXPANDED, TYPED, About, Control, InputFile, Lora, Model, Pass, Reading, Texts, Written

NAME = "Fooocus-MRE"
KEYS = frozenset({"comment", "com", "usercomment", "json"})
ABOUT = About(
    where="PNG tEXt `Comment`, JPEG comment, EXIF UserComment, `<stem>.json` beside the picture",
    reads="the prompt as typed and what styles made of it, settings, base and refiner model, LoRAs, Control-LoRAs, input images",
    leaves="which words the prompt expansion added: the file keeps the whole only",
    source="Fooocus-MRE 1.0 to 2.0.78 modules/async_worker.py",
    tried="own files",
)

_LIFTED = frozenset({
    "prompt", "negative_prompt", "real_prompt", "real_negative_prompt", "p_txt", "n_txt", "seed", "steps", "cfg", "sampler", "sampler_name",
    "scheduler", "width", "height", "resolution", "denoise", "base_model", "base_model_name", "refiner_model", "refiner_model_name",
    "loras", "software", "input_image", "revision_images", *(f"{letter}{place}" for letter in "lw" for place in range(1, 6)),
})  # fmt: skip


def claims(texts: Texts) -> bool:
    """JSON whose `software` begins `Fooocus`, in the places this fork writes to."""
    return _text(texts) is not None


def _text(texts: Texts) -> str | None:
    return json_with(texts, KEYS, '"software": "Fooocus', '"seed"') or json_with(texts, KEYS, '"software":"Fooocus', '"seed"')


def read(texts: Texts, file_name: str = "") -> Reading:
    """Raises Unreadable `reader.fooocus_mre` where it is no object, `reader.json` where it is broken."""
    values = object_of(_text(texts), "reader.fooocus_mre")
    prompts, positive = _texts(values, "prompt", "p_txt")
    negatives, against = _texts(values, "negative_prompt", "n_txt")
    resolution = items(values.get("resolution"))
    width, height = resolution if len(resolution) == 2 else (values.get("width"), values.get("height"))
    models = tuple(_models(values))
    base = Pass(
        role="base",
        seed=number(values.get("seed")),
        steps=number(values.get("steps")),
        cfg=number(values.get("cfg")),
        sampler=said(values.get("sampler")) or said(values.get("sampler_name")),
        scheduler=said(values.get("scheduler")),
        denoise=number(values.get("denoise")),
        size=size(width, height),
        model=models[0].name if models else None,
        prompts=(0,) if prompts else (),
        negatives=(0,) if negatives else (),
    )
    refiner = chosen(values.get("refiner_model")) or chosen(values.get("refiner_model_name"))
    second = (Pass(role="refiner", model=refiner, prompts=base.prompts, negatives=base.negatives),) if refiner else ()
    reading = Reading(
        generator=NAME,
        version=said(values.get("software")),
        prompts=prompts,
        negative_prompts=negatives,
        models=models,
        loras=tuple(_loras(values)),
        inputs=tuple(dict.fromkeys(_inputs(values))),
        texts=(*positive, *against),
        controls=tuple(_controls(values)),
        dialect="comfyui",
        rest=rest_of(values, _LIFTED),
    )
    return from_passes(reading, (base, *second))


def _texts(values: Mapping[str, Any], key: str, styled: str) -> tuple[tuple[str, ...], tuple[Written, ...]]:
    """The typed text, and what was sent: a list of pieces in 2.0, one text (`p_txt`, `n_txt`) in 1.0."""
    typed = said(values.get(key))
    pieces = values.get(f"real_{key}")
    whole = ", ".join(str(one) for one in pieces if said(one)) if isinstance(pieces, list) else said(pieces) or said(values.get(styled))
    role = "prompt" if key == "prompt" else "negative"
    found = [Written(role, typed, TYPED, key)] if typed else []
    if whole and whole != typed:
        found.append(Written(role, whole, EXPANDED, f"real_{key}" if pieces else styled))
    return each([typed]), tuple(found)


def _models(values: Mapping[str, Any]) -> Iterator[Model]:
    for key in ("base_model", "refiner_model"):
        if name := chosen(values.get(key)) or chosen(values.get(f"{key}_name")):
            yield Model(name, "checkpoint")


def _loras(values: Mapping[str, Any]) -> Iterator[Lora]:
    """`l1` to `l5` with `w1` to `w5`, or a list of [name, weight]."""
    for place in range(1, 6):
        if name := chosen(values.get(f"l{place}")):
            yield Lora(name, number(values.get(f"w{place}")))
    for one in map(items, items(values.get("loras"))):
        if len(one) >= 2 and (name := chosen(one[0])):
            yield Lora(name, number(one[1]))


def _controls(values: Mapping[str, Any]) -> Iterator[Control]:
    for kind in ("canny", "depth"):
        if values.get(f"control_lora_{kind}") is True:
            image = chosen(values.get(f"{kind}_input"))
            strength, start, stop = (number(values.get(f"{kind}_{key}")) for key in ("strength", "start", "stop"))
            yield Control("controlnet", chosen(values.get(f"{kind}_model")), strength, start, stop, kind, image)


def _inputs(values: Mapping[str, Any]) -> Iterator[InputFile]:
    if name := chosen(values.get("input_image")):
        yield InputFile(name, "image")
    yield from (InputFile(name, "image") for one in items(values.get("revision_images")) if (name := chosen(one)))
    yield from (InputFile(one.image, "control") for one in _controls(values) if one.image)

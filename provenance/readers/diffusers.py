"""Spaces on Hugging Face that write the arguments of a diffusers pipeline as JSON (Animagine and those made after it)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provenance.errors import Unreadable
from provenance.readers.jsontext import Num, loads, plain
from provenance.readers.reading import EXPANDED, TYPED, About, Lora, Model, Pass, Reading, Texts, Written
from provenance.readers.texts import under

NAME = "HF Space (diffusers)"
KEYS = frozenset({"parameters", "metadata"})
ABOUT = About(
    where="PNG tEXt `parameters` or `metadata`: JSON with `num_inference_steps` and `guidance_scale`",
    reads="prompt, negative, seed, steps, guidance, sampler, size, model and hash, LoRA with weight, the upscaling pass",
    leaves="the prompt as typed where the Space filled in a style or quality tags: it keeps the filled one only; an `hf-job-id` alone",
    source="cagliostrolab Animagine XL 3.0 and 3.1 (app.py) and a file of a Space built on them; diffusers itself writes nothing",
    tried="real and own files",
)

_LIFTED = frozenset({
    "prompt", "negative_prompt", "num_inference_steps", "guidance_scale", "seed", "sampler", "scheduler", "resolution", "width", "height",
})
_OTHERS = ("use_stable_diffusion_model", "sui_image_params", "software", "class_type", "app_version", "base_model_name")


def claims(texts: Texts) -> bool:
    """Whether a JSON object has a prompt and both argument names of a diffusers pipeline, and no other program's mark."""
    return any(_speaks(text) for _, text in under(texts, KEYS))


def read(texts: Texts, file_name: str = "") -> Reading:
    """Read the first such object. Raises Unreadable `reader.json`, `reader.diffusers`."""
    data = next((loads(text) for _, text in under(texts, KEYS) if _speaks(text)), None)
    if not isinstance(data, dict):
        raise Unreadable("reader.diffusers")
    prompt, negative = _string(data, "prompt"), _string(data, "negative_prompt")
    passes = tuple(_passes(data, prompt is not None, negative is not None))
    model, claimed = _model(data)
    return Reading(
        generator=NAME,
        prompts=() if prompt is None else (prompt,),
        negative_prompts=() if negative is None else (negative,),
        seeds=_one(passes[0].seed),
        steps=_each(item.steps for item in passes),
        cfgs=_one(passes[0].cfg),
        samplers=_one(passes[0].sampler),
        schedulers=_one(passes[0].scheduler),
        denoises=_each(item.denoise for item in passes),
        sizes=_each(item.size for item in passes),
        models=(Model(model, "checkpoint", claimed),) if model else (),
        loras=tuple(_loras(data)),
        hashes={"model": claimed} if claimed else {},
        passes=passes,
        texts=tuple(_texts(data, prompt, negative)),
        rest={str(key): plain(value) for key, value in data.items() if key not in _LIFTED or not isinstance(value, str)},
    )


def _speaks(text: str) -> bool:
    if '"num_inference_steps"' not in text or '"guidance_scale"' not in text:
        return False
    if not text.lstrip("\ufeff\0 \t\r\n").startswith("{") or any(f'"{other}"' in text for other in _OTHERS):
        return False
    try:
        data = loads(text)
    except Unreadable:
        return False
    return isinstance(data, dict) and isinstance(data.get("prompt"), str) and "num_inference_steps" in data and "guidance_scale" in data


def _passes(data: Mapping[str, Any], has_prompt: bool, has_negative: bool) -> Iterator[Pass]:
    words: tuple[tuple[int, ...], tuple[int, ...]] = ((0,) if has_prompt else (), (0,) if has_negative else ())
    width, height = _string(data, "width"), _string(data, "height")
    yield Pass(
        role="base",
        seed=_string(data, "seed"),
        steps=_string(data, "num_inference_steps"),
        cfg=_string(data, "guidance_scale"),
        sampler=_string(data, "sampler"),
        scheduler=_string(data, "scheduler"),
        denoise=_string(data, "strength"),
        size=f"{width}x{height}" if width and height else _size(_string(data, "resolution")),
        model=_model(data)[0],
        prompts=words[0],
        negatives=words[1],
    )
    upscaler = data.get("use_upscaler")
    if isinstance(upscaler, dict):
        yield Pass(
            role="hires",
            steps=_string(upscaler, "upscale_steps"),
            denoise=_string(upscaler, "upscaler_strength"),
            size=_size(_string(upscaler, "new_resolution")),
            prompts=words[0],
            negatives=words[1],
        )


def _model(data: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Name and hash, beside the arguments or in an object of their own (Animagine XL 3.1)."""
    inside = data.get("Model")
    where = inside if isinstance(inside, dict) else data
    return _string(where, "Model", "model", "model_name"), _string(where, "Model hash", "model_hash")


def _size(resolution: str | None) -> str | None:
    """`1024 x 1536` as `1024x1536`; None for anything else (`Custom`)."""
    width, times, height = (resolution or "").replace(" ", "").lower().partition("x")
    return f"{width}x{height}" if times and width.isdigit() and height.isdigit() else None


def _loras(data: Mapping[str, Any]) -> Iterator[Lora]:
    used = data.get("use_lora")
    if isinstance(used, dict) and (name := _string(used, "selected_lora")):
        weight = _string(used, "multiplier")
        yield Lora(name, weight, weight)  # these Spaces apply one number to the model and the text encoders


def _texts(data: Mapping[str, Any], prompt: str | None, negative: str | None) -> Iterator[Written]:
    filled = data.get("add_quality_tags") is True or _string(data, "sdxl_style", "style") not in (None, "(None)", "None")
    origin = EXPANDED if filled else TYPED
    if prompt is not None:
        yield Written("prompt", prompt, origin)
    if negative is not None:
        yield Written("negative", negative, origin)


def _string(data: Mapping[str, Any], *keys: str) -> str | None:
    """The first of the keys that holds text or a number, as text; JSON's `true` and objects are neither."""
    for key in keys:
        value = data.get(key)
        if isinstance(value, str) and (value or not isinstance(value, Num)):
            return str(value)
    return None


def _one(value: str | None) -> tuple[str, ...]:
    return () if value is None else (value,)


def _each(values: Iterator[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value is not None))

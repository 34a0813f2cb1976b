"""Easy Diffusion: one PNG text per setting, JSON in EXIF, or a `.txt` or `.json` beside the picture."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from provenance.errors import Unreadable
from provenance.readers.flat import chosen, each, from_passes, json_with, number, object_of, rest_of, said, size, stem
from provenance.readers.reading import TYPED, About, Control, Lora, Model, Pass, Reading, Texts, Written
from provenance.readers.texts import key_of, under

NAME = "Easy Diffusion"
KEYS = frozenset({"use_stable_diffusion_model", "stable diffusion model", "usercomment", "txt", "json"})
ABOUT = About(
    where="PNG tEXt, one for each setting; EXIF UserComment JSON in JPEG and WebP; `<stem>.txt`, `<stem>.json` beside the picture",
    reads="prompts, settings, models (path and ending left out as its own window does), LoRAs, ControlNet, upscaler, embeddings",
    leaves="what stood in braces before the window chose one: the file keeps the chosen prompt only",
    source="Easy Diffusion 2.4 to 3.5 easydiffusion/utils/save_utils.py, sdkit utils/file_utils.py, ui/media/js/dnd.js",
    tried="own files",
)

_TITLES = MappingProxyType({
    "prompt": "prompt", "negative prompt": "negative_prompt", "seed": "seed", "stable diffusion model": "use_stable_diffusion_model",
    "clip skip": "clip_skip", "controlnet model": "use_controlnet_model", "controlnet filter": "control_filter_to_apply",
    "controlnet strength": "control_alpha", "vae model": "use_vae_model", "sampler": "sampler_name", "scheduler": "scheduler_name",
    "width": "width", "height": "height", "steps": "num_inference_steps", "guidance scale": "guidance_scale",
    "distilled guidance scale": "distilled_guidance_scale", "prompt strength": "prompt_strength", "lora model": "use_lora_model",
    "lora strength": "lora_alpha", "hypernetwork model": "use_hypernetwork_model", "hypernetwork strength": "hypernetwork_strength",
    "embedding models": "use_embedding_models", "text encoder model": "use_text_encoder_model", "seamless tiling": "tiling",
    "use face correction": "use_face_correction", "use upscaling": "use_upscale", "upscale by": "upscale_amount",
    "latent upscaler steps": "latent_upscaler_steps",
})  # fmt: skip
_KEYED = ("use_stable_diffusion_model", "stable diffusion model")
_NAMES = frozenset(_TITLES.values())
_LIFTED = frozenset({
    "prompt", "negative_prompt", "seed", "num_inference_steps", "guidance_scale", "sampler_name", "sampler", "scheduler_name", "width",
    "height", "prompt_strength", "use_lora_model", "lora_alpha", "use_controlnet_model", "control_filter_to_apply", "control_alpha",
})  # fmt: skip
_ITEM = re.compile(r"'((?:[^'\\]|\\.)*+)'|\"((?:[^\"\\]|\\.)*+)\"|([^,\s\[\]'\"][^,\[\]]*+)")
_PLACES = ("models/stable-diffusion/", "models/vae/", "models/lora/", "models/controlnet/", "models/hypernetwork/", "models/embeddings/")


def claims(texts: Texts) -> bool:
    """Its own setting's name as a key or in JSON, or the titles that its text files have on lines of their own."""
    return _keyed(texts) or _json(texts) is not None or _sidecar(texts) is not None


def read(texts: Texts, file_name: str = "") -> Reading:
    """Raises Unreadable `reader.easy_diffusion` where it holds none of its forms, `reader.json` where that is broken."""
    if _keyed(texts):
        found: dict[str, Any] = {}
        for name, text in texts:
            found.setdefault(_key(name.rsplit(":", 1)[-1]), text)
        return _reading({key: value for key, value in found.items() if key in _NAMES or key in ("sampler", "active_tags", "inactive_tags")})
    if (whole := _json(texts)) is not None:
        return _reading({_key(key): value for key, value in object_of(whole, "reader.easy_diffusion").items()})
    if (whole := _sidecar(texts)) is not None:
        return _reading(_lines(whole))
    raise Unreadable("reader.easy_diffusion")


def _key(name: str) -> str:
    return _TITLES.get(name.lower(), name)


def _keyed(texts: Texts) -> bool:
    if not under(texts, _KEYED):
        return False
    keys = {_key(key_of(name)) for name, _ in texts if name.startswith(("tEXt:", "iTXt:", "zTXt:"))}
    return "use_stable_diffusion_model" in keys and "num_inference_steps" in keys


def _json(texts: Texts) -> str | None:
    holders = ("usercomment", "json")
    return json_with(texts, holders, '"use_stable_diffusion_model"', '"num_inference_steps"') or json_with(
        texts, holders, '"Stable Diffusion model"', '"Guidance Scale"'
    )


def _sidecar(texts: Texts) -> str | None:
    """`Steps: 25` alone on its line, with guidance and model or sampler on theirs; an infotext has them on one line."""
    for name, text in texts:
        lines = all(title in text for title in ("\nSteps: ", "\nGuidance Scale: ")) if name == "sidecar:txt" else False
        if lines and ("\nStable Diffusion model: " in text or "\nSampler: " in text):
            return text
    return None


def _lines(text: str) -> dict[str, Any]:
    """`Title: value` lines; what follows a prompt without a title belongs to it, and a first line without one begins the prompt."""
    found: dict[str, str] = {}
    key = "prompt"
    for line in text.replace("\r\n", "\n").split("\n"):
        title, colon, value = line.partition(":")
        named = _TITLES.get(title.lower()) if colon and title[:1].isupper() else None
        if named and named not in found:
            key, found[named] = named, value.strip(" ")
        elif key in ("prompt", "negative_prompt"):
            found[key] = f"{found[key]}\n{line}" if key in found else line
    return {key: value.strip("\n") if key.endswith("prompt") else value for key, value in found.items()}


def _reading(values: Mapping[str, Any]) -> Reading:
    prompt, negative = said(values.get("prompt")), said(values.get("negative_prompt"))
    models = tuple(_models(values))
    base = Pass(
        role="base",
        seed=number(values.get("seed")),
        steps=number(values.get("num_inference_steps")),
        cfg=number(values.get("guidance_scale")),
        sampler=chosen(values.get("sampler_name")) or chosen(values.get("sampler")),
        scheduler=chosen(values.get("scheduler_name")),
        denoise=number(values.get("prompt_strength")),
        size=size(values.get("width"), values.get("height")),
        model=next((one.name for one in models if one.kind == "checkpoint"), None),
        prompts=(0,) if prompt else (),
        negatives=(0,) if negative else (),
    )
    latent = values.get("use_upscale") == "latent_upscaler"
    steps = number(values.get("latent_upscaler_steps"))
    hires = (Pass(role="hires", steps=steps, prompts=base.prompts, negatives=base.negatives),) if latent else ()
    reading = Reading(
        generator=NAME,
        prompts=each([prompt]),
        negative_prompts=each([negative]),
        models=models,
        loras=tuple(_loras(values)),
        texts=tuple(Written(role, text, TYPED, where) for role, text, where in _texts(prompt, negative)),
        controls=tuple(_controls(values)),
        rest=rest_of(values, _LIFTED),
    )
    return from_passes(reading, (base, *hires))


def _texts(prompt: str | None, negative: str | None) -> Iterator[tuple[str, str, str]]:
    if prompt:
        yield "prompt", prompt, "prompt"
    if negative:
        yield "negative", negative, "negative_prompt"


def _models(values: Mapping[str, Any]) -> Iterator[Model]:
    for key, kind in (
        ("use_stable_diffusion_model", "checkpoint"), ("use_vae_model", "vae"), ("use_hypernetwork_model", "hypernetwork"),
        ("use_text_encoder_model", "text_encoder"), ("use_controlnet_model", "controlnet"), ("use_embedding_models", "embedding"),
    ):  # fmt: skip
        for name in listed(values.get(key)):
            yield Model(_bare(name), kind)
    upscaler = chosen(values.get("use_upscale"))
    if upscaler and upscaler not in ("latent_upscaler", "False"):
        yield Model(_bare(upscaler), "upscaler")


def _loras(values: Mapping[str, Any]) -> Iterator[Lora]:
    weights = listed(values.get("lora_alpha"))
    for place, name in enumerate(listed(values.get("use_lora_model"))):
        yield Lora(_bare(name), weights[place] if place < len(weights) else None)


def _controls(values: Mapping[str, Any]) -> Iterator[Control]:
    for name in listed(values.get("use_controlnet_model")):
        weight = number(values.get("control_alpha"))
        yield Control("controlnet", _bare(name), weight, preprocessor=chosen(values.get("control_filter_to_apply")))


def _bare(name: str) -> str:
    """A model as the program's window shows it: below its kind's folder, without the file's ending."""
    path = name.replace("\\", "/")
    place = next((one for one in _PLACES if one in path), None)
    return stem(path.partition(place)[2] if place else path.rpartition("/")[2])


def listed(value: Any) -> tuple[str, ...]:
    """A JSON list, a list as Python prints it (`['a', 'b']`, `[0.5]`), or `a, b`; empty for `None`."""
    if isinstance(value, list):
        return tuple(str(one) for one in value if chosen(one))
    text = chosen(value)
    if text is None:
        return ()
    if not text.startswith("["):
        return tuple(piece.strip() for piece in text.split(", ") if chosen(piece))
    found = ((one[1] if one[1] is not None else one[2], one[3]) for one in _ITEM.finditer(text[1:]))
    read = (_unquoted(quoted) if quoted is not None else str(bare).strip() for quoted, bare in found)
    return tuple(one for one in read if chosen(one))


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)

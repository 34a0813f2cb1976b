"""Models, LoRAs and hashes that an infotext names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from provenance.prompts.tags import tags
from provenance.readers.reading import Lora, Model

_HASH_DIGITS = frozenset("0123456789abcdefABCDEFx")


def models_of(settings: Mapping[str, Any]) -> Iterator[Model]:
    """Every model file the settings name, the checkpoint first; each (name, kind) once.

    `Model` and `Model hash`; else the name inside `Hashes` (`Model:name`) or the checkpoint among `Civitai resources`.
    """
    seen: set[tuple[str, str]] = set()
    for model in _named_models(settings):
        if model.name and (model.name, model.kind) not in seen:
            seen.add((model.name, model.kind))
            yield model


def _named_models(settings: Mapping[str, Any]) -> Iterator[Model]:
    hashes = hashes_of(settings)
    checkpoint = _text(settings, "Model") or _text(settings, "Base model")
    if checkpoint:
        yield Model(checkpoint, "checkpoint", hashes.get("model"))
    else:
        yield from (Model(key[6:], "checkpoint", value) for key, value in hashes.items() if key.startswith("Model:"))
        yield from (Model(_civitai_name(item), "checkpoint") for item in civitai(settings) if item.get("type") == "checkpoint")
    if refiner := _text(settings, "Refiner"):
        name, claimed = _bracketed(refiner)
        yield Model(name, "checkpoint", claimed)
    if (hires := _text(settings, "Hires checkpoint")) and not hires.startswith("Use same"):
        yield Model(*_model_pair(hires, "checkpoint"))
    if vae := _text(settings, "VAE"):
        yield Model(vae, "vae", hashes.get("vae"))
    for key, value in settings.items():
        if isinstance(value, str) and value:
            yield from _by_key(key, value)
    for name, claimed in pairs(_text(settings, "TI hashes")):
        yield Model(name, "embedding", claimed)
    for key, claimed in hashes.items():
        if key.startswith("embed:"):
            yield Model(key[6:], "embedding", claimed)


def _by_key(key: str, value: str) -> Iterator[Model]:
    """Models of extensions and second passes, by the key they stand under."""
    if key.startswith("Module ") and key[7:].isdigit():
        yield Model(value, "module")  # Forge: VAE or text encoder, it does not say which
    elif key in ("Hires upscaler", "Postprocess upscaler") and not value.startswith(("Latent", "None")):
        yield Model(value, "upscaler")
    elif key.startswith("ADetailer model"):
        yield Model(value, "detector")
    elif key.startswith("ControlNet"):
        name = value if key.endswith(" Model") else next((v for k, v in _module(value) if k.lower() == "model"), "")
        if name and name != "None":
            yield Model(*_model_pair(name, "controlnet"))


def _module(value: str) -> Iterator[tuple[str, str]]:
    """`Module: canny, Model: x [hash], Weight: 1` inside one quoted value."""
    for item in value.split(", "):
        key, colon, text = item.partition(": ")
        if colon:
            yield key.strip(), text.strip()


def _model_pair(name: str, kind: str) -> tuple[str, str, str | None]:
    bare, claimed = _bracketed(name)
    return bare, kind, claimed


def _bracketed(name: str) -> tuple[str, str | None]:
    """`sd_xl_refiner_1.0 [7440042bbd]` as name and hash."""
    for left, right in ((" [", "]"), ("(", ")")):
        bare, opening, inside = name.rpartition(left)
        digits = inside.removesuffix(right)
        if opening and inside.endswith(right) and len(digits) >= 8 and set(digits) <= _HASH_DIGITS:
            return bare.strip(), digits
    return name, None


def loras_of(prompts: Sequence[str], settings: Mapping[str, Any]) -> tuple[Lora, ...]:
    """LoRAs in the order of their tags, then those that only hashes or Civitai's resources name; each (name, weights) once."""
    claimed = dict(pairs(_text(settings, "Lora hashes")))
    claimed |= {key[5:]: value for key, value in hashes_of(settings).items() if key.startswith("lora:") and key[5:] not in claimed}
    found: dict[tuple[str, str | None, str | None], Lora] = {}
    for prompt in prompts:
        for tag in tags(prompt, ("lora", "lyco")):
            lora = Lora(tag.name, tag.weight, tag.weight_te, claimed.get(tag.name) or claimed.get(tag.name.rsplit("/", 1)[-1]))
            found.setdefault((lora.name, lora.weight, lora.weight_te), lora)
    for item in civitai(settings):
        if item.get("type") in ("lora", "lycoris", "locon", "dora"):
            weight = item.get("weight")
            lora = Lora(_civitai_name(item), *(2 * (str(weight) if isinstance(weight, str) else None,)))
            found.setdefault((lora.name, lora.weight, lora.weight_te), lora)
    named = {lora.name for lora in found.values()} | {lora.name.rsplit("/", 1)[-1] for lora in found.values()}
    only_hashed = tuple(Lora(name, claimed_hash=value) for name, value in claimed.items() if name not in named)
    return (*found.values(), *only_hashed)


def hashes_of(settings: Mapping[str, Any]) -> dict[str, str]:
    """All hashes the text claims: `model`, `vae`, `lora:name`, `embed:name`, and the keys of `Hashes` as written there."""
    found: dict[str, str] = {}
    whole = settings.get("Hashes")
    if isinstance(whole, dict):
        found.update({str(key): str(value) for key, value in whole.items() if isinstance(value, str)})
    for key, name in (("Model hash", "model"), ("VAE hash", "vae"), ("Init image hash", "init_image")):
        if value := _text(settings, key):
            found.setdefault(name, value)
    for name, value in pairs(_text(settings, "Lora hashes")):
        found.setdefault(f"lora:{name}", value)
    for name, value in pairs(_text(settings, "TI hashes")):
        found.setdefault(f"embed:{name}", value)
    return found


def pairs(value: str | None) -> Iterator[tuple[str, str]]:
    """`a: h1, b: h2` split at commas and at the LAST colon of each item, because names may hold colons."""
    for item in (value or "").split(","):
        name, colon, claimed = item.rpartition(":")
        if colon and name.strip() and claimed.strip():
            yield name.strip(), claimed.strip()


def civitai(settings: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The objects inside `Civitai resources`."""
    found = settings.get("Civitai resources")
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _civitai_name(item: Mapping[str, Any]) -> str:
    for key in ("modelName", "air", "modelVersionId"):
        if isinstance(item.get(key), str) and item[key]:
            return str(item[key])
    return ""


def _text(settings: Mapping[str, Any], key: str) -> str:
    value = settings.get(key)
    return str(value) if isinstance(value, str) else ""

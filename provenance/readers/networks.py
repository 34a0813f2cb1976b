"""Models, LoRAs and hashes that an infotext names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from provenance.prompts.tags import tags
from provenance.readers.jsontext import plain
from provenance.readers.reading import Control, Lora, Model, Reading
from provenance.readers.steering import bracketed

_NO_MODEL = ("Latent", "None", "Nearest", "Lanczos")  # arithmetic of the webui, no file
_UPSCALERS = ("Hires upscaler", "HiRes upscaler", "Postprocess upscaler", "Postprocess upscaler 2")
_MODEL_KEYS = frozenset((*_UPSCALERS, "Detailer", "Hypernet", "Hypernetwork", "TE", "UNet", "Unet"))
_MODEL_STARTS = ("Module ", "ADetailer model")
_CIVITAI_KINDS = {"vae": "vae", "embed": "embedding", "embedding": "embedding", "textualinversion": "embedding"}.get
_CONTROL_KINDS = ("controlnet", "ip_adapter", "t2i_adapter")


def models_of(
    settings: Mapping[str, Any], hashes: Mapping[str, str], prompts: Sequence[str], steered: Sequence[tuple[Control, str | None]]
) -> Iterator[Model]:
    """Every model file the settings and the tags of the prompts name, the checkpoint first; each (name, kind) once.

    Args:
        hashes: as `hashes_of` gives them. prompts: whose tags count. steered: units as `steering.units` gives them.

    `Model` and `Model hash`; else the name inside `Hashes` (`Model:name`) or the checkpoint among `Civitai resources`.
    """
    seen: set[tuple[str, str]] = set()
    tagged = (Model(tag.name, "hypernetwork") for prompt in prompts if "<hypernet:" in prompt for tag in tags(prompt, ("hypernet",)))
    for model in (*_named_models(settings, hashes, steered), *tagged):
        if model.name and (model.name, model.kind) not in seen:
            seen.add((model.name, model.kind))
            yield model


def _named_models(
    settings: Mapping[str, Any], hashes: Mapping[str, str], steered: Sequence[tuple[Control, str | None]]
) -> Iterator[Model]:
    checkpoint = _text(settings, "Model") or _text(settings, "Base model")
    if checkpoint:
        yield Model(checkpoint, "checkpoint", hashes.get("model"))
    else:
        yield from (Model(key[6:], "checkpoint", value) for key, value in hashes.items() if key.startswith("Model:"))
        yield from (Model(_civitai_name(item), "checkpoint") for item in civitai(settings) if item.get("type") == "checkpoint")
    if refiner := _text(settings, "Refiner"):
        name, claimed = bracketed(refiner)
        yield Model(name, "checkpoint", claimed)
    if (hires := _text(settings, "Hires checkpoint")) and not hires.startswith("Use same"):
        name, claimed = bracketed(hires)
        yield Model(name, "checkpoint", claimed)
    if (vae := _text(settings, "VAE")) and vae not in ("None", "Automatic", "Default"):
        yield Model(vae, "vae", hashes.get("vae"))
    for key, value in settings.items():
        if (key in _MODEL_KEYS or key.startswith(_MODEL_STARTS)) and isinstance(value, str) and value:
            yield from _by_key(key, value)
    for control, claimed in steered:
        if control.model:
            yield Model(control.model, control.kind if control.kind in _CONTROL_KINDS else "controlnet", claimed)
    yield from _embeddings(settings, hashes)


def _embeddings(settings: Mapping[str, Any], hashes: Mapping[str, str]) -> Iterator[Model]:
    """Embeddings, and other small files that Civitai's resources name."""
    if "TI hashes" in settings:
        yield from (Model(name, "embedding", claimed) for name, claimed in pairs(_text(settings, "TI hashes")))
    if "Embeddings" in settings:
        yield from (Model(name.strip(), "embedding") for name in _text(settings, "Embeddings").split(",") if name.strip())
    for item in civitai(settings):
        if kind := _CIVITAI_KINDS(str(item.get("type")).lower()):
            yield Model(_civitai_name(item), kind)
    for key, claimed in hashes.items():
        if key.startswith("embed:"):
            yield Model(key[6:], "embedding", claimed)


def _by_key(key: str, value: str) -> Iterator[Model]:
    """Models of extensions and second passes, by the key they stand under."""
    if key.startswith("Module ") and key[7:].isdigit():
        yield Model(value, "module")  # Forge: VAE or text encoder, it does not say which
    elif key in _UPSCALERS and not value.startswith(_NO_MODEL):
        yield Model(value, "upscaler")
    elif key.startswith(_MODEL_STARTS[1]):
        yield Model(value, "detector")
    elif key == "Detailer":
        yield from (Model(name.strip(), "detector") for name in value.split(",") if name.strip())
    elif key in ("Hypernet", "Hypernetwork"):
        yield Model(value, "hypernetwork")
    elif key in ("TE", "UNet", "Unet"):
        yield Model(value, "text_encoder" if key == "TE" else "diffusion")


def postprocessed(found: Reading, settings: Mapping[str, Any]) -> Reading:
    """A Reading with what the extras tab did to the picture afterwards: `Postprocess upscaler` and the like."""
    known = {(model.name, model.kind) for model in found.models}
    more = tuple(model for key, value in settings.items() if isinstance(value, str) for model in _by_key(key, str(value)))
    new = tuple(model for model in more if (model.name, model.kind) not in known)
    return replace(found, models=(*found.models, *new), rest={**found.rest, "postprocessing": plain(settings)})


def loras_of(prompts: Sequence[str], settings: Mapping[str, Any], hashes: Mapping[str, str] | None = None) -> tuple[Lora, ...]:
    """LoRAs in the order of their tags, then those that only hashes or Civitai's resources name; each (name, weights) once.

    Args:
        prompts: whose tags count. settings: of the infotext. hashes: as `hashes_of` gives them, found here if None.
    """
    claimed = dict(pairs(_text(settings, "Lora hashes")))
    others = hashes_of(settings) if hashes is None else hashes
    claimed |= {key[5:]: value for key, value in others.items() if key.startswith("lora:") and key[5:] not in claimed}
    found: dict[tuple[str, str | None, str | None], Lora] = {}
    for prompt in prompts:
        if "<" not in prompt:
            continue
        for tag in tags(prompt, ("lora", "lyco")):
            lora = Lora(tag.name, tag.weight, tag.weight_te, claimed.get(tag.name) or claimed.get(tag.name.rsplit("/", 1)[-1]))
            found.setdefault((lora.name, lora.weight, lora.weight_te), lora)
    for item in civitai(settings):
        if item.get("type") in ("lora", "lycoris", "locon", "dora"):
            weight = item.get("weight")
            lora = Lora(_civitai_name(item), *(2 * (str(weight) if isinstance(weight, str) else None,)))
            found.setdefault((lora.name, lora.weight, lora.weight_te), lora)
    for lora in _additional(settings):
        found.setdefault((lora.name, lora.weight, lora.weight_te), lora)
    named = {lora.name for lora in found.values()} | {lora.name.rsplit("/", 1)[-1] for lora in found.values()}
    only_hashed = tuple(Lora(name, claimed_hash=value) for name, value in claimed.items() if name not in named)
    named |= set(claimed)
    loaded = (name.strip() for name in _text(settings, "LoRA networks").split(","))  # SD.Next, also for networks given without a tag
    return (*found.values(), *only_hashed, *(Lora(name) for name in dict.fromkeys(loaded) if name and name not in named))


def _additional(settings: Mapping[str, Any]) -> Iterator[Lora]:
    """kohya-ss/sd-webui-additional-networks: `AddNet Model 1: name(hash)`, `Weight A` on the model, `Weight B` on the text encoder."""
    for number in range(1, 6) if _text(settings, "AddNet Enabled") == "True" else ():
        model = _text(settings, f"AddNet Model {number}")
        if model and model != "None":
            name, claimed = bracketed(model)
            both = _text(settings, f"AddNet Weight {number}")
            weight, weight_te = (_text(settings, f"AddNet Weight {side} {number}") or both or None for side in "AB")
            yield Lora(name, weight, weight_te, claimed)


def hashes_of(settings: Mapping[str, Any]) -> dict[str, str]:
    """All hashes the text claims: `model`, `vae`, `lora:name`, `embed:name`, and the keys of `Hashes` as written there."""
    found: dict[str, str] = {}
    whole = settings.get("Hashes")
    if isinstance(whole, dict):
        found.update({str(key): str(value) for key, value in whole.items() if isinstance(value, str)})
    for key, name in (("Model hash", "model"), ("VAE hash", "vae"), ("Init image hash", "init_image")):
        if value := _text(settings, key):
            found.setdefault(name, value)
    for key, kind in (("Lora hashes", "lora"), ("TI hashes", "embed")):
        if key in settings:
            for name, value in pairs(_text(settings, key)):
                found.setdefault(f"{kind}:{name}", value)
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

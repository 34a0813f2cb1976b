"""Fooocus: its two metadata schemes in PNG, JPEG and WebP, and the day's log.html beside a picture that carries none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from provenance.errors import Unreadable
from provenance.readers import infotext
from provenance.readers.flat import MAX_JSON, chosen, each, from_passes, hashes_of, items, json_with, number, object_of, rest_of, said, size
from provenance.readers.fooocus_log import fields_of_log
from provenance.readers.reading import EXPANDED, TYPED, About, Lora, Model, Pass, Reading, Texts, Written
from provenance.readers.texts import under

NAME = "Fooocus"
KEYS = frozenset({"parameters", "usercomment", "log"})
ABOUT = About(
    where="PNG `parameters` with `fooocus_scheme`; JPEG, WebP EXIF IFD0 UserComment with the scheme in MakerNote; the picture's entry in "
    "log.html beside it",
    reads="the prompt as typed and what styles and the expansion made of it, settings, base and refiner model, LoRAs, hashes",
    leaves="whether a wildcard stood in the prompt: the program writes the chosen words only. A log.html by itself: ask for its pictures",
    source="Fooocus 2.5.5 modules/meta_parser.py, modules/private_logger.py, and the log of 2.0",
    tried="own files",
)

_HOLDERS = frozenset({"parameters", "usercomment"})
_LABELS = MappingProxyType({
    "Prompt": "prompt", "Negative Prompt": "negative_prompt", "Fooocus V2 Expansion": "prompt_expansion", "Styles": "styles",
    "Performance": "performance", "Steps": "steps", "Resolution": "resolution", "Guidance Scale": "guidance_scale",
    "Sharpness": "sharpness", "ADM Guidance": "adm_guidance", "Base Model": "base_model", "Refiner Model": "refiner_model",
    "Refiner Switch": "refiner_switch", "Sampler": "sampler", "Scheduler": "scheduler", "Seed": "seed", "VAE": "vae",
    "Version": "version", "Raw prompt": "prompt", "Raw negative prompt": "negative_prompt", "CFG scale": "guidance_scale",
    "Size": "resolution", "Model": "base_model", "Model hash": "base_model_hash", "Refiner": "refiner_model",
    "Refiner hash": "refiner_model_hash",
})  # fmt: skip
_LIFTED = frozenset({
    "prompt", "negative_prompt", "prompt_expansion", "full_prompt", "full_negative_prompt", "steps", "resolution", "guidance_scale",
    "base_model", "base_model_hash", "refiner_model", "refiner_model_hash", "sampler", "scheduler", "seed", "vae", "version", "loras",
    "Lora hashes", "Lora weights",
})  # fmt: skip


def claims(texts: Texts) -> bool:
    """JSON or an infotext that names the program or its scheme, or the log's entry for this picture."""
    return _json(texts) is not None or _infotext(texts) is not None or _log(texts) is not None


def read(texts: Texts, file_name: str = "") -> Reading:
    """Raises Unreadable `reader.fooocus` where it holds none of its forms, `reader.json` where that is broken."""
    if (found := _json(texts)) is not None:
        return _reading(object_of(found, "reader.fooocus"))
    if (found := _infotext(texts)) is not None:
        return _reading(_of_infotext(found))
    if (found := _log(texts)) is not None:
        return _reading({_LABELS.get(key, key): value for key, value in fields_of_log(found).items()})
    raise Unreadable("reader.fooocus")


def _json(texts: Texts) -> str | None:
    found = json_with(texts, _HOLDERS, '"base_model"', '"prompt"')
    if found is None:
        return None
    named = ('"metadata_scheme"' in found or '"Fooocus v' in found or '"adm_guidance"' in found)
    return found if named or _schemed(texts) else None


def _infotext(texts: Texts) -> str | None:
    for _, text in under(texts, _HOLDERS):
        if text[:1] == "{" or len(text) > MAX_JSON:
            continue
        if (", Version: Fooocus" in text or _schemed(texts)) and infotext.looks_like(text):
            return text
    return None


def _schemed(texts: Texts) -> bool:
    """Whether the file names one of its two schemes: its own key in a PNG, MakerNote of the first directory elsewhere."""
    for name, text in texts:  # noqa: SIM110 - asked of every infotext; `any` takes three times as long
        if text in ("fooocus", "a1111") and ("fooocus_scheme" in name or name.startswith("exif:IFD0.")):
            return True
    return False


def _log(texts: Texts) -> str | None:
    return next((text for name, text in under(texts, ("log",)) if name == "sidecar:log"), None)


def _of_infotext(text: str) -> dict[str, Any]:
    """The a1111 scheme with the other scheme's keys: what stands before the settings is what was made of the raw prompt."""
    info = infotext.parse(text)
    found: dict[str, Any] = {_LABELS.get(str(key), str(key)): value for key, value in info.settings.items()}
    for key, whole in (("prompt", info.positive), ("negative_prompt", info.negative)):
        if whole and key in found:
            found[f"full_{key}"] = whole
        elif whole is not None:
            found[key] = whole
    return found


def _reading(values: Mapping[str, Any]) -> Reading:
    prompts, positive = _texts(values, "prompt")
    negatives, against = _texts(values, "negative_prompt")
    expansion = said(values.get("prompt_expansion"))
    grown = (Written("prompt", expansion, EXPANDED, "prompt_expansion"),) if expansion else ()
    models, loras = tuple(_models(values)), tuple(_loras(values))
    width, height = _pair(values.get("resolution"))
    base = Pass(
        role="base",
        seed=number(values.get("seed")),
        steps=number(values.get("steps")),
        cfg=number(values.get("guidance_scale")),
        sampler=said(values.get("sampler")),
        scheduler=said(values.get("scheduler")),
        size=size(width, height),
        model=chosen(values.get("base_model")),
        prompts=(0,) if prompts else (),
        negatives=(0,) if negatives else (),
    )
    refiner = chosen(values.get("refiner_model"))
    second = (Pass(role="refiner", model=refiner, prompts=base.prompts, negatives=base.negatives),) if refiner else ()
    taken = {key for key in values if key.startswith(("lora_combined_", "LoRA "))}
    reading = Reading(
        generator=NAME,
        version=said(values.get("version")) or said(values.get("Version")),
        prompts=prompts,
        negative_prompts=negatives,
        models=models,
        loras=loras,
        hashes=hashes_of(models, loras),
        texts=(*positive, *grown, *against),
        dialect="comfyui",
        rest=rest_of(values, _LIFTED | taken),
    )
    return from_passes(reading, (base, *second))


def _texts(values: Mapping[str, Any], key: str) -> tuple[tuple[str, ...], tuple[Written, ...]]:
    """The typed text, and the whole that styles and expansion made of it: a list of pieces, which the program joins by commas."""
    typed = said(values.get(key))
    pieces = values.get(f"full_{key}")
    whole = ", ".join(str(one) for one in pieces if said(one)) if isinstance(pieces, list) else said(pieces)
    role = "prompt" if key == "prompt" else "negative"
    found = [Written(role, typed, TYPED, key)] if typed else []
    if whole and whole != typed:
        found.append(Written(role, whole, EXPANDED, f"full_{key}"))
    return each([typed or None]), tuple(found)


def _models(values: Mapping[str, Any]) -> Iterator[Model]:
    for key in ("base_model", "refiner_model"):
        if name := chosen(values.get(key)):
            yield Model(name, "checkpoint", said(values.get(f"{key}_hash")))
    vae = chosen(values.get("vae"))
    if vae and not vae.startswith("Default"):  # `Default (model)`: the one inside the checkpoint
        yield Model(vae, "vae")


def _loras(values: Mapping[str, Any]) -> Iterator[Lora]:
    """`loras` is a list of [name, weight, hash]; `lora_combined_1` and the log's `LoRA 1` are `name : weight`; the a1111 scheme has two
    lists of pairs."""
    listed = [one for one in map(items, items(values.get("loras"))) if len(one) >= 2 and chosen(one[0])]
    if listed:
        yield from (Lora(str(one[0]), number(one[1]), None, said(one[2]) if len(one) > 2 else None) for one in listed)
        return
    weights, claimed = _pairs(values.get("Lora weights")), _pairs(values.get("Lora hashes"))
    if weights or claimed:
        yield from (Lora(name, weights.get(name), None, claimed.get(name)) for name in dict.fromkeys((*weights, *claimed)))
        return
    for key, value in values.items():
        text = said(value)
        if key.startswith("LoRA [") and key.endswith("] weight") and text:
            yield Lora(key[6:-8], text)
        elif key.startswith(("lora_combined_", "LoRA ")) and text:
            name, _, weight = text.rpartition(" : ")
            on, between, bare = name.partition(" : ")  # a third part in front says whether it is enabled
            if chosen(name) and not (between and on == "False"):
                yield Lora(bare if between and on == "True" else name, weight)


def _pairs(value: Any) -> dict[str, str]:
    """`a: 0.5, b: 1` as the program splits it; a name may hold a colon, what follows it may not."""
    found = (item.rpartition(": ") for item in (said(value) or "").split(", "))
    return {name: text for name, colon, text in found if colon and name}


def _pair(value: Any) -> tuple[Any, Any]:
    """`(1024, 1024)`, `('1024', '1024')`, `1024x1024` or a list of two."""
    if isinstance(value, list):
        return (value[0], value[1]) if len(value) == 2 else (None, None)
    text = (said(value) or "").replace("x", ",").replace("×", ",").strip("() ")
    pieces = [piece.strip(" '\"") for piece in text.split(",")]
    return (pieces[0], pieces[1]) if len(pieces) == 2 and all(piece.isascii() and piece.isdigit() for piece in pieces) else (None, None)

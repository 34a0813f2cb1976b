"""AUTOMATIC1111, Forge, reForge, Forge Classic and Neo, EasyReforge, SD.Next, and savers that write the same infotext."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from provenance.errors import Unreadable
from provenance.readers import infotext
from provenance.readers.jsontext import plain
from provenance.readers.networks import hashes_of, loras_of, models_of
from provenance.readers.reading import About, Pass, Reading, Texts

NAME = "A1111"
KEYS = frozenset({"parameters", "usercomment", "com", "comment", "txt"})
ABOUT = About(
    where="PNG tEXt/iTXt `parameters`; EXIF UserComment in JPEG, WebP, AVIF; GIF comment; stealth LSB; `<stem>.txt` beside the picture",
    reads="prompts and negatives of base, hires and ADetailer passes, all settings, models, LoRAs with both weights, hashes, templates",
    leaves="whether wildcards were chosen by an extension that kept no template: the file does not tell",
    source="stable-diffusion-webui 1.10.1 processing.create_infotext and its forks; SD.Next modules/processing_info.py",
    tried="real and own files",
)

_UNITS = ("", " 2nd", " 3rd", " 4th", " 5th", " 6th", " 7th", " 8th", " 9th", " 10th")  # ADetailer's own suffixes
_LIFTED = frozenset({
    "Steps", "Sampler", "Schedule type", "Scheduler", "CFG scale", "CFG Scale", "Seed", "Size", "Model", "Model hash", "VAE", "VAE hash",
    "Denoising strength", "Version", "App", "Lora hashes", "TI hashes", "Hashes",
})
_SIZE = re.compile(r"[0-9]{1,9}x[0-9]{1,9}")


def claims(texts: Texts) -> bool:
    """Whether a carrier that infotext is written to holds one. JSON under the same key belongs to other readers."""
    return any(_speaks(name, text) for name, text in texts)


def read(texts: Texts, file_name: str = "") -> Reading:
    """Read the first infotext. Raises Unreadable `reader.infotext` where there is none."""
    text = next((text for name, text in texts if _speaks(name, text)), None)
    if text is None:
        raise Unreadable("reader.infotext")
    return read_infotext(text)


def read_infotext(text: str) -> Reading:
    """One infotext as a Reading. Raises Unreadable `reader.infotext`."""
    info = infotext.parse(text)
    settings = info.settings
    prompts, negatives = _texts(info, "prompt"), _texts(info, "negative prompt")
    passes = tuple(_passes(settings, prompts, negatives))
    models = tuple(models_of(settings))
    return Reading(
        generator=generator(settings),
        version=_text(settings, "Version"),
        prompts=tuple(prompts),
        negative_prompts=tuple(negatives),
        seeds=_each(p.seed for p in passes),
        steps=_each(p.steps for p in passes),
        cfgs=_each(p.cfg for p in passes),
        samplers=_each(p.sampler for p in passes),
        schedulers=_each(p.scheduler for p in passes),
        denoises=_each(p.denoise for p in passes),
        sizes=_each(p.size for p in passes),
        models=models,
        loras=loras_of([*prompts, *negatives], settings),
        hashes=hashes_of(settings),
        passes=passes,
        rest=_rest(info),
    )


def generator(settings: Mapping[str, Any]) -> str:
    """Which fork wrote it, by `App` and the exact key `Version` (`ADetailer version` and the like do not count)."""
    app, version = _text(settings, "App") or "", _text(settings, "Version") or ""
    if app.lower().replace(".", "") == "sdnext":
        return "SD.Next"
    if version.lower().startswith("comfyui"):
        return "ComfyUI"
    if version.startswith("Fooocus"):
        return "Fooocus"
    if version == "classic" or version.startswith("classic-"):
        return "Forge Classic"
    if version == "neo" or version.startswith("neo-"):
        return "Forge Neo"
    if not version and ("Civitai resources" in settings or "Civitai metadata" in settings):
        return "Civitai"
    return _fork(version)


def _fork(version: str) -> str:
    """`f2.0.1v1.10.1-...` is Forge, `f1.0.0v2-v1.10.1RC-...` reForge, `f1.3.0-v1.10.1RC-...` EasyReforge (as found in files of each)."""
    if not version.startswith("f") or not version[1:2].isdigit():
        return NAME
    own = version[1:].lstrip("0123456789.")
    if own.startswith("-v"):
        return "EasyReforge"
    number, dash, webui = own.removeprefix("v").partition("-")
    return "reForge" if own.startswith("v") and dash and webui.startswith("v") and "." not in number else "Forge"


def _speaks(name: str, text: str) -> bool:
    key = name.rsplit(":", 1)[-1].rsplit(".", 1)[-1].lower()
    if name.startswith("sidecar:"):  # Easy Diffusion's sidecars have a `Steps: 25` line too, alone on its line
        return key == "txt" and infotext.looks_like(text) and "," in text[text.rfind("Steps:") :]
    return key in ("parameters", "usercomment", "com", "comment") and infotext.looks_like(text)


def _texts(info: infotext.Infotext, kind: str) -> list[str]:
    """The base prompt first, then what hires and the detailers were given instead; each text once."""
    base = info.positive if kind == "prompt" else info.negative
    found = [] if base is None else [base]
    for key in (f"Hires {kind}", *(f"ADetailer {kind}{unit}" for unit in _UNITS)):
        other = _text(info.settings, key)
        if other and other not in found:
            found.append(other)
    return found


def _passes(settings: Mapping[str, Any], prompts: list[str], negatives: list[str]) -> Iterator[Pass]:
    hires = any(key in settings for key in ("Hires upscale", "Hires upscaler", "Hires resize", "Hires scale", "HiRes mode"))
    yield Pass(
        role="base",
        seed=_text(settings, "Seed"),
        steps=_text(settings, "Steps"),
        cfg=_text(settings, "CFG scale", "CFG Scale"),
        sampler=_text(settings, "Sampler"),
        scheduler=_text(settings, "Schedule type", "Scheduler"),
        denoise=None if hires else _text(settings, "Denoising strength"),
        size=_text(settings, "Size"),
        model=_text(settings, "Model"),
        prompts=(0,) if prompts else (),
        negatives=(0,) if negatives else (),
    )
    if _text(settings, "Refiner"):
        yield Pass(role="refiner", model=_text(settings, "Refiner"), prompts=(0,) if prompts else (), negatives=(0,) if negatives else ())
    if hires:
        yield _hires(settings, prompts, negatives)
    for unit in _UNITS:
        if _text(settings, f"ADetailer model{unit}"):
            yield _detailer(settings, unit, prompts, negatives)


def _hires(settings: Mapping[str, Any], prompts: list[str], negatives: list[str]) -> Pass:
    size = _text(settings, "Hires size", "Hires resize")
    return Pass(
        role="hires",
        steps=_positive(_text(settings, "Hires steps")),
        cfg=_text(settings, "Hires CFG Scale", "Hires CFG scale"),
        sampler=_named(_text(settings, "Hires sampler")),
        scheduler=_named(_text(settings, "Hires schedule type")),
        denoise=_text(settings, "Denoising strength", "Hires strength"),
        size=size if size and _SIZE.fullmatch(size) else None,
        model=_named(_text(settings, "Hires checkpoint")),
        prompts=_index(prompts, _text(settings, "Hires prompt")),
        negatives=_index(negatives, _text(settings, "Hires negative prompt")),
    )


def _detailer(settings: Mapping[str, Any], unit: str, prompts: list[str], negatives: list[str]) -> Pass:
    def own(field: str) -> str | None:
        return _text(settings, f"ADetailer {field}{unit}")

    return Pass(
        role="detailer",
        steps=own("steps"),
        cfg=own("CFG scale"),
        sampler=_named(own("sampler")),
        scheduler=_named(own("scheduler")),
        denoise=own("denoising strength"),
        model=_named(own("checkpoint")),
        prompts=_index(prompts, own("prompt")),
        negatives=_index(negatives, own("negative prompt")),
    )


def _index(found: list[str], text: str | None) -> tuple[int, ...]:
    return (found.index(text),) if text in found else ((0,) if found else ())


def _named(value: str | None) -> str | None:
    return None if value is None or value.startswith("Use same") else value


def _positive(steps: str | None) -> str | None:
    return None if steps == "0" else steps  # webui: 0 means as many as the base pass


def _text(settings: Mapping[str, Any], *keys: str) -> str | None:
    """The first of the keys that has a value: plain text, also where it stood in quotes."""
    return next((str(value) for key in keys if isinstance(value := settings.get(key), str) and value), None)


def _rest(info: infotext.Infotext) -> dict[str, Any]:
    rest = {str(key): plain(value) for key, value in info.settings.items() if key not in _LIFTED or not isinstance(value, str | dict)}
    if info.templates:
        rest["templates"] = dict(info.templates)
    if info.stray:
        rest["stray"] = list(info.stray)
    return rest


def _each(values: Iterator[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value is not None))

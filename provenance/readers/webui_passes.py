"""Sampling passes of an infotext: base, refiner, hires, detailers, as the webui, its forks, ADetailer and SD.Next write them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from provenance.readers.reading import Pass
from provenance.readers.steering import bracketed

UNITS = ("", " 2nd", " 3rd", " 4th", " 5th", " 6th", " 7th", " 8th", " 9th", " 10th")  # ADetailer's own suffixes
_SIZE = re.compile(r"[0-9]{1,9}x[0-9]{1,9}")
_HIRES = ("Hires upscale", "Hires upscaler", "Hires resize", "Hires scale", "HiRes mode", "Hires mode", "HiRes scale", "HiRes upscaler")


def texts_of(settings: Mapping[str, Any], base: str | None, kind: str) -> list[tuple[str, str]]:
    """The base text first, then what the refiner, hires and the detailers were given instead; each text once.

    Args:
        base: the text above the settings, None where there is none. kind: `prompt` or `negative prompt`.
    Returns:
        (text, key it stood under, "" for the base).
    """
    found = {} if base is None else {base: ""}
    keys = "\n".join(settings)  # one search in all of them, because most infotexts have none of these
    if kind not in keys and "negative" not in keys and " prompt " not in keys:
        return list(found.items())
    short = "negative" if kind.startswith("negative") else kind  # SD.Next
    others = (
        f"Refiner {short}", f"Hires {kind}", f"HiRes {kind}", *(f"ADetailer {kind}{unit}" for unit in UNITS), f"Detailer {short}",
    )
    for key in others:
        if other := text(settings, key):
            found.setdefault(other, key)
    return list(found.items())


def passes(settings: Mapping[str, Any], prompts: list[str], negatives: list[str]) -> Iterator[Pass]:
    """Every sampling pass in the order it ran; indices point into `prompts` and `negatives`."""
    hires = any(key in settings for key in _HIRES)
    yield Pass(
        role="base",
        seed=text(settings, "Seed"),
        steps=text(settings, "Steps"),
        cfg=text(settings, "CFG scale", "CFG Scale"),
        sampler=text(settings, "Sampler"),
        scheduler=text(settings, "Schedule type", "Scheduler"),
        denoise=None if hires else text(settings, "Denoising strength"),
        size=text(settings, "Size"),
        model=text(settings, "Model"),
        prompts=(0,) if prompts else (),
        negatives=(0,) if negatives else (),
    )
    if text(settings, "Refiner"):
        yield Pass(
            role="refiner",
            steps=_positive(text(settings, "Refiner steps")),
            model=bracketed(text(settings, "Refiner") or "")[0],
            prompts=_index(prompts, text(settings, "Refiner prompt")),
            negatives=_index(negatives, text(settings, "Refiner negative")),
        )
    if hires:
        yield _hires(settings, prompts, negatives)
    for unit in UNITS if "ADetailer model" in settings else ():
        if text(settings, f"ADetailer model{unit}"):
            yield _adetailer(settings, unit, prompts, negatives)
    if text(settings, "Detailer"):
        yield _detailer(settings, prompts, negatives)


def text(settings: Mapping[str, Any], *keys: str) -> str | None:
    """The first of the keys that has a value: plain text, also where it stood in quotes."""
    for key in keys:  # a plain loop: it runs fifty times for a picture
        value = settings.get(key)
        if isinstance(value, str) and value:
            return str(value)
    return None


def _hires(settings: Mapping[str, Any], prompts: list[str], negatives: list[str]) -> Pass:
    """SD.Next calls it `upscale` among its operations where no second sampling ran; then only the size is a fact of it."""
    size = text(settings, "Hires size", "HiRes size", "Hires resize", "Hires fixed")
    size = size if size and _SIZE.fullmatch(size) else None
    operations = text(settings, "Operations")
    if operations is not None and "upscale" in operations and "hires" not in operations and "refine" not in operations:
        return Pass(role="upscale", size=size)
    return Pass(
        role="hires",
        steps=_positive(text(settings, "Hires steps", "HiRes steps")),
        cfg=text(settings, "Hires CFG Scale", "Hires CFG scale", "HiRes CFG scale"),
        sampler=_named(text(settings, "Hires sampler", "HiRes sampler")),
        scheduler=_named(text(settings, "Hires schedule type")),
        denoise=text(settings, "Denoising strength", "Hires strength", "HiRes strength"),
        size=size,
        model=_checkpoint(text(settings, "Hires checkpoint")),
        prompts=_index(prompts, text(settings, "Hires prompt", "HiRes prompt")),
        negatives=_index(negatives, text(settings, "Hires negative prompt", "HiRes negative prompt")),
    )


def _adetailer(settings: Mapping[str, Any], unit: str, prompts: list[str], negatives: list[str]) -> Pass:
    def own(field: str) -> str | None:
        return text(settings, f"ADetailer {field}{unit}")

    return Pass(
        role="detailer",
        steps=own("steps"),
        cfg=own("CFG scale"),
        sampler=_named(own("sampler")),
        scheduler=_named(own("scheduler")),
        denoise=own("denoising strength"),
        model=_checkpoint(own("checkpoint")),
        prompts=_index(prompts, own("prompt")),
        negatives=_index(negatives, own("negative prompt")),
    )


def _detailer(settings: Mapping[str, Any], prompts: list[str], negatives: list[str]) -> Pass:
    return Pass(
        role="detailer",
        steps=_positive(text(settings, "Detailer steps")),
        denoise=text(settings, "Detailer strength"),
        prompts=_index(prompts, text(settings, "Detailer prompt")),
        negatives=_index(negatives, text(settings, "Detailer negative")),
    )


def _index(found: list[str], words: str | None) -> tuple[int, ...]:
    return (found.index(words),) if words in found else ((0,) if found else ())


def _named(value: str | None) -> str | None:
    return None if value is None or value.startswith("Use same") else value


def _checkpoint(value: str | None) -> str | None:
    """Its name without the hash, which is among the models."""
    named = _named(value)
    return None if named is None else bracketed(named)[0]


def _positive(steps: str | None) -> str | None:
    return None if steps == "0" else steps  # webui: 0 means as many as the base pass

"""AUTOMATIC1111, Forge, reForge, Forge Classic and Neo, EasyReforge, SD.Next, and savers that write the same infotext."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provenance.errors import Unreadable
from provenance.readers import infotext
from provenance.readers.flat import lists_of
from provenance.readers.jsontext import plain
from provenance.readers.networks import hashes_of, loras_of, models_of, postprocessed
from provenance.readers.reading import About, InputFile, Reading, Texts
from provenance.readers.regional import parts_of
from provenance.readers.steering import units
from provenance.readers.texts import Keyed, by_key, key_of, under
from provenance.readers.webui_passes import passes as passes_of
from provenance.readers.webui_passes import text as _text
from provenance.readers.webui_passes import texts_of
from provenance.readers.webui_texts import written_of

NAME = "A1111"
KEYS = frozenset({"parameters", "usercomment", "com", "comment", "txt"})
ABOUT = About(
    where="PNG tEXt/iTXt `parameters`; EXIF UserComment in JPEG, WebP, AVIF; GIF comment; stealth LSB; `<stem>.txt` beside the picture",
    reads="prompts and negatives of base, refiner, hires and detailer passes, all settings, models, LoRAs with both weights, hashes, "
    "ControlNet and adapter units, regions, typed templates apart from what ran",
    leaves="whether wildcards were chosen by an extension that kept no template, and the names of pictures that went in: not told",
    source="stable-diffusion-webui 1.10.1 processing.create_infotext and its forks; SD.Next processing_info.py and infotext.py; extensions "
    "ControlNet, ADetailer, Dynamic Prompts, Regional Prompter, Forge Couple, Tiled Diffusion, Additional Networks",
    tried="real and own files",
)

_BY_VERSION = (
    ("comfyui", "ComfyUI"), ("fooocus", "Fooocus"), ("classic", "Forge Classic"), ("neo", "Forge Neo"),
    ("stable-diffusion.cpp", "stable-diffusion.cpp"),
)
_LIFTED = frozenset({
    "Steps", "Sampler", "Schedule type", "Scheduler", "CFG scale", "CFG Scale", "Seed", "Size", "Model", "Model hash", "VAE", "VAE hash",
    "Denoising strength", "Version", "App", "Lora hashes", "TI hashes", "Hashes",
})


def claims(texts: Texts) -> bool:
    """Whether a carrier that infotext is written to holds one. JSON under the same key belongs to other readers."""
    return _first(texts) is not None


def read(texts: Texts, file_name: str = "") -> Reading:
    """Read the first infotext. Raises Unreadable `reader.infotext` where there is none."""
    text = _first(texts)
    if text is None:
        raise Unreadable("reader.infotext")
    found = read_infotext(text)
    after = by_key(texts, "postprocessing", "extras")  # the webui's extras tab keeps the infotext and adds its own line
    return postprocessed(found, infotext.pairs(after)) if after else found


def read_infotext(text: str) -> Reading:
    """One infotext as a Reading. Raises Unreadable `reader.infotext`."""
    info = infotext.parse(text)
    settings, name = info.settings, generator(info.settings)
    positives, negatives = texts_of(settings, info.positive, "prompt"), texts_of(settings, info.negative, "negative prompt")
    prompts, refused = [words for words, _ in positives], [words for words, _ in negatives]
    hashes, tagged, steered = hashes_of(settings), [*prompts, *refused], units(settings)
    passes = tuple(passes_of(settings, prompts, refused))
    image = _text(settings, "Init image hash")
    return Reading(
        generator=name,
        version=None if name == "stable-diffusion.cpp" else _text(settings, "Version"),  # it writes its name there
        prompts=tuple(prompts),
        negative_prompts=tuple(refused),
        models=tuple(models_of(settings, hashes, tagged, steered)),
        loras=loras_of(tagged, settings, hashes),
        hashes=hashes,
        inputs=(InputFile(image, "image"),) if image else (),  # its name is not told, only an MD5 of its pixels
        passes=passes,
        texts=tuple(written_of(settings, info.templates, positives, negatives)),
        parts=parts_of(settings, info.positive, name),
        controls=tuple(control for control, _ in steered),
        dialect="comfyui" if name == "ComfyUI" else "a1111",
        rest=_rest(info),
        **lists_of(passes),
    )


def generator(settings: Mapping[str, Any]) -> str:
    """Which fork wrote it, by `App` and the exact key `Version` (`ADetailer version` and the like do not count)."""
    app, version = _text(settings, "App") or "", _text(settings, "Version") or ""
    if app.lower().replace(".", "") == "sdnext":
        return "SD.Next"
    if not app and "Operations" in settings and ("Backend" in settings or "Parser" in settings):
        return "SD.Next"  # of 2023, before it wrote `App`
    for start, name in _BY_VERSION:
        if version.lower().startswith(start) and not version[len(start) : len(start) + 1].isalnum():
            return name
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


def _first(texts: Texts) -> str | None:
    """The first infotext, None where there is none; looked for once in a file."""
    if isinstance(texts, Keyed) and NAME in texts.understood:
        known: str | None = texts.understood[NAME]
        return known
    found = next((text for name, text in under(texts, KEYS) if _speaks(name, text)), None)
    if isinstance(texts, Keyed):
        texts.understood[NAME] = found
    return found


def _speaks(name: str, text: str) -> bool:
    """Whether a text under one of KEYS is an infotext."""
    if name.startswith("sidecar:"):  # Easy Diffusion's sidecars have a `Steps: 25` line too, alone on its line
        return key_of(name) == "txt" and infotext.looks_like(text) and "," in text[text.rfind("Steps:") :]
    return infotext.looks_like(text) and key_of(name) != "txt"


def _rest(info: infotext.Infotext) -> dict[str, Any]:
    rest = {
        str(key): value if type(value) is str else plain(value)
        for key, value in info.settings.items()
        if key not in _LIFTED or not isinstance(value, str | dict)
    }
    if info.templates:
        rest["templates"] = dict(info.templates)
    if info.stray:
        rest["stray"] = list(info.stray)
    return rest

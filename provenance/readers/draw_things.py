"""Draw Things (iOS, macOS): JSON in EXIF UserComment, in XMP for PNG; the same as words in ImageDescription and dc:description."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from provenance.errors import Unreadable
from provenance.readers.flat import chosen, each, from_passes, items, json_with, mapping, number, object_of, rest_of, said, size
from provenance.readers.reading import TYPED, About, Control, Lora, Model, Pass, Reading, Texts, Written
from provenance.readers.texts import under

NAME = "Draw Things"
KEYS = frozenset({"usercomment", "imagedescription", "description"})
ABOUT = About(
    where="PNG XMP exif:UserComment and dc:description; JPEG EXIF UserComment, ImageDescription",
    reads="prompts, settings, base and refiner model, LoRAs, controls, upscaler, the two passes of its high resolution fix",
    leaves="names of images that went in: the app does not write them. JPEG UserComment holds `?` for every character outside ASCII: "
    "the wording of ImageDescription is given beside it",
    source="files of Draw Things; draw-things-community Libraries/Scripting JSGenerationConfiguration",
    tried="real and own files",
)

_LIFTED = frozenset({"c", "uc", "model", "sampler", "scale", "seed", "steps", "size", "strength", "v2", "lora", "loras"})
_V2 = frozenset({
    "model", "seed", "steps", "guidanceScale", "strength", "width", "height", "loras", "controls", "refinerModel", "upscaler", "hiresFix",
    "hiresFixWidth", "hiresFixHeight", "hiresFixStrength", "clipLText", "openClipGText", "t5Text",
})  # fmt: skip
_SETTINGS = ("Steps: ", ", Guidance Scale: ")
_LOSSY = re.compile(r"[^\x20-\x7e\n\t?]++|\?++")


def claims(texts: Texts) -> bool:
    """JSON with its two short keys, or its name as the software and its line of settings."""
    return _json(texts) is not None or _words(texts) is not None


def read(texts: Texts, file_name: str = "") -> Reading:
    """Raises Unreadable `reader.draw_things` where it holds neither form, `reader.json` where that is broken."""
    words = _words(texts)
    described = _described(words) if words else {}
    if (found := _json(texts)) is not None:
        return _reading(object_of(found, "reader.draw_things"), described)
    if words:
        return _reading(_as_json(described), {})
    raise Unreadable("reader.draw_things")


def _json(texts: Texts) -> str | None:
    return json_with(texts, ("usercomment",), '"c"', '"uc"', '"seed"', '"steps"')


def _words(texts: Texts) -> str | None:
    """The description, where the software is named. Its last line is the settings."""
    if not any(text.strip("\0 ") == NAME for _, text in under(texts, ("software", "creatortool"))):
        return None
    for _, text in under(texts, ("imagedescription", "description")):
        last = text[text.rfind("\n") + 1 :]
        if last.startswith(_SETTINGS[0]) and _SETTINGS[1] in last:
            return text
    return None


def _described(text: str) -> dict[str, str]:
    """`prompt`, `-negative` on lines of its own, and the settings line, by its own titles."""
    head, _, last = text.rpartition("\n")
    found = {key.strip(): value for key, colon, value in (item.partition(": ") for item in last.strip("\0 ").split(", ")) if colon}
    found.pop("", None)
    prompt, between, negative = head.partition("\n-")
    if head.startswith("-"):
        prompt, between, negative = "", "-", head[1:]
    return found | {"": prompt} | ({"-": negative} if between else {})


def _as_json(found: Mapping[str, str]) -> dict[str, Any]:
    names = (
        ("", "c"), ("-", "uc"), ("Steps", "steps"), ("Sampler", "sampler"), ("Guidance Scale", "scale"), ("Seed", "seed"),
        ("Size", "size"), ("Model", "model"), ("Strength", "strength"),
    )  # fmt: skip
    values: dict[str, Any] = {name: found[title] for title, name in names if title in found}
    return values | {title: value for title, value in found.items() if title not in dict(names)}


def _reading(values: Mapping[str, Any], described: Mapping[str, str]) -> Reading:
    more = mapping(values.get("v2"))
    prompts, positive, lost = _wording(said(values.get("c")), described.get(""), "prompt", "c")
    negatives, against, also = _wording(said(values.get("uc")), described.get("-"), "negative", "uc")
    models = tuple(_models(values, more))
    reading = Reading(
        generator=NAME,
        prompts=prompts,
        negative_prompts=negatives,
        models=models,
        loras=tuple(_loras(values, more)),
        texts=(*positive, *_encoders(more), *against),
        controls=tuple(_controls(more)),
        rest=rest_of(values, _LIFTED) | ({"v2": rest_of(more, _V2)} if more else {}),
        warnings=("draw_things.ascii UserComment",) if lost or also else (),
    )
    return from_passes(reading, tuple(_passes(values, more, (0,) if prompts else (), (0,) if negatives else ())))


def _wording(stored: str | None, shown: str | None, role: str, key: str) -> tuple[tuple[str, ...], tuple[Written, ...], bool]:
    """The text of the JSON; before it the description's, where both are the same but for the characters that ASCII has not."""
    lost = bool(stored and shown and shown != stored and _LOSSY.sub("?", shown.strip()) == _LOSSY.sub("?", stored.strip()))
    exact = shown if lost else None
    found = [Written(role, exact, TYPED, "ImageDescription")] if exact else []
    if stored:
        found.append(Written(role, stored, TYPED, key))
    return each([exact, stored]), tuple(found), lost


def _encoders(more: Mapping[str, Any]) -> Iterator[Written]:
    """Prompts of their own for single text encoders, where they are switched on."""
    for key, switch in (("clipLText", "separateClipL"), ("openClipGText", "separateOpenClipG"), ("t5Text", "separateT5")):
        if more.get(switch) is True and (text := said(more.get(key))):
            yield Written("prompt", text, TYPED, f"v2.{key}")


def _passes(values: Mapping[str, Any], more: Mapping[str, Any], prompts: tuple[int, ...], negatives: tuple[int, ...]) -> Iterator[Pass]:
    whole = said(values.get("size")) or size(more.get("width"), more.get("height"))
    hires = more.get("hiresFix") is True
    yield Pass(
        role="base",
        seed=number(values.get("seed")),
        steps=number(values.get("steps")),
        cfg=number(values.get("scale")),
        sampler=said(values.get("sampler")),
        denoise=number(values.get("strength")),
        size=size(more.get("hiresFixWidth"), more.get("hiresFixHeight")) if hires else whole,
        model=chosen(values.get("model")),
        prompts=prompts,
        negatives=negatives,
    )
    if refiner := chosen(more.get("refinerModel")):
        yield Pass(role="refiner", model=refiner, prompts=prompts, negatives=negatives)
    if hires:
        yield Pass(role="hires", denoise=number(more.get("hiresFixStrength")), size=whole, prompts=prompts, negatives=negatives)


def _models(values: Mapping[str, Any], more: Mapping[str, Any]) -> Iterator[Model]:
    found = (
        (values.get("model"), "checkpoint"), (more.get("refinerModel"), "checkpoint"),
        (more.get("upscaler") or values.get("upscaler"), "upscaler"),
        *((mapping(one).get("file"), "controlnet") for one in items(more.get("controls"))),
    )  # fmt: skip
    yield from dict.fromkeys(Model(name, kind) for value, kind in found if (name := chosen(value)))


def _loras(values: Mapping[str, Any], more: Mapping[str, Any]) -> Iterator[Lora]:
    for one in map(mapping, items(more.get("loras")) or items(values.get("lora")) or items(values.get("loras"))):
        if name := chosen(one.get("file")) or chosen(one.get("model")):
            yield Lora(name, number(one.get("weight")))


def _controls(more: Mapping[str, Any]) -> Iterator[Control]:
    for one in map(mapping, items(more.get("controls"))):
        weight, start, end = (number(one.get(key)) for key in ("weight", "guidanceStart", "guidanceEnd"))
        yield Control("controlnet", chosen(one.get("file")), weight, start, end, chosen(one.get("inputOverride")))

"""SwarmUI: one JSON object `sui_image_params` with what was set, beside it what happened and the models' hashes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provenance.prompts.swarm import Section, sections
from provenance.prompts.tags import tags
from provenance.readers.flat import chosen, from_passes, hashes_of, items, json_with, mapping, number, object_of, rest_of, said, size, stem
from provenance.readers.jsontext import plain
from provenance.readers.reading import EXPANDED, TYPED, About, Control, Lora, Model, Part, Pass, Reading, Texts, Written

NAME = "SwarmUI"
KEYS = frozenset({"parameters", "usercomment", "model", "swarm", "json", "comment", "metadata"})
ABOUT = About(
    where="PNG `parameters`; EXIF UserComment in JPEG and WebP, before that EXIF Model; `<stem>.swarm.json` beside videos and pictures",
    reads="prompts as typed and with wildcards chosen, refiner and upscale passes, `<segment>` passes, `<region>` and `<object>` parts, "
    "models with hashes, LoRAs with both weights, ControlNet, IP-Adapter",
    leaves="names of initial and mask images: the program does not write them",
    source="SwarmUI 0.6 to 0.9.7 src/Text2Image/T2IParamInput.cs, T2IParamTypes.cs, docs/Image Metadata Format.md",
    tried="real and own files",
)

_MODELS = (
    ("model", "checkpoint"), ("refinermodel", "checkpoint"), ("segmentmodel", "checkpoint"), ("videomodel", "diffusion"),
    ("videoswapmodel", "diffusion"), ("vae", "vae"), ("refinervae", "vae"), ("clipmodel", "text_encoder"), ("clipgmodel", "text_encoder"),
    ("cliplmodel", "text_encoder"), ("txxlmodel", "text_encoder"), ("t5xxlmodel", "text_encoder"), ("llamamodel", "text_encoder"),
    ("llavamodel", "text_encoder"), ("qwenmodel", "text_encoder"), ("gemmamodel", "text_encoder"), ("mistralmodel", "text_encoder"),
    ("clipvisionmodel", "clip_vision"),
)  # fmt: skip
_LIFTED = frozenset({
    "prompt", "negativeprompt", "original_prompt", "original_negativeprompt", "seed", "steps", "cfgscale", "sampler", "scheduler",
    "comfyuisampler", "comfyuischeduler", "width", "height", "loras", "loraweights", "loratencweights", "swarm_version", "refinersteps",
    "refinercfgscale", "refinersampler", "refinerscheduler", *(key for key, _ in _MODELS),
})  # fmt: skip
_EXTRA = frozenset({"original_prompt", "original_negativeprompt"})


def claims(texts: Texts) -> bool:
    """JSON that holds the program's own key."""
    return _text(texts) is not None


def _text(texts: Texts) -> str | None:
    return json_with(texts, KEYS, '"sui_image_params"')


def read(texts: Texts, file_name: str = "") -> Reading:
    """Raises Unreadable `reader.swarmui` where it is no object, `reader.json` where it is broken."""
    root = object_of(_text(texts), "reader.swarmui")
    values, extra = mapping(root.get("sui_image_params")), mapping(root.get("sui_extra_data"))
    claimed = tuple(_claimed(root.get("sui_models")))
    models, loras = tuple(_models(values, extra, claimed)), tuple(_loras(values, claimed))
    prompt, negative = said(values.get("prompt")), said(values.get("negativeprompt"))
    prompts = list(filter(None, [prompt]))
    parts, passes = _passes(values, prompts, bool(negative))
    rest = rest_of(values, _LIFTED) | {str(key): plain(root[key]) for key in root if key not in ("sui_image_params", "sui_extra_data")}
    if kept := rest_of(extra, _EXTRA):
        rest["sui_extra_data"] = kept
    reading = Reading(
        generator=said(mapping(root.get("mooshie_extra")).get("software")) or NAME,  # a relative that writes the same and says who it is
        version=said(values.get("swarm_version")) or said(values.get("mooshie_version")),
        prompts=tuple(dict.fromkeys(prompts)),
        negative_prompts=(negative,) if negative else (),
        models=models,
        loras=loras,
        hashes=hashes_of(models, loras),
        texts=(*_texts(values, extra, "prompt", "prompt"), *_texts(values, extra, "negativeprompt", "negative")),
        parts=parts,
        controls=tuple(_controls(values)),
        dialect="comfyui",
        rest=rest,
    )
    return from_passes(reading, passes)


def _texts(values: Mapping[str, Any], extra: Mapping[str, Any], key: str, role: str) -> Iterator[Written]:
    """`original_prompt` is there where wildcards and the like made another text of it (before 0.9.2 among the parameters)."""
    ran = said(values.get(key))
    typed = said(extra.get(f"original_{key}")) or said(values.get(f"original_{key}"))
    if typed and typed != ran:
        yield Written("template" if role == "prompt" else "negative_template", typed, TYPED, f"original_{key}")
    if ran:
        yield Written(role, ran, EXPANDED if typed and typed != ran else TYPED, key)


def _passes(values: Mapping[str, Any], prompts: list[str], negative: bool) -> tuple[tuple[Part, ...], tuple[Pass, ...]]:
    """The parts and passes; what a section says by itself is added to `prompts` behind the whole."""
    found = sections(prompts[0])[1:] if prompts else ()
    against = (0,) if negative else ()
    creativity = number(values.get("initimagecreativity"))
    base = Pass(
        role="base",
        seed=number(values.get("seed")),
        steps=number(values.get("steps")),
        cfg=number(values.get("cfgscale")),
        sampler=said(values.get("sampler")) or said(values.get("comfyuisampler")),
        scheduler=said(values.get("scheduler")) or said(values.get("comfyuischeduler")),
        denoise=creativity if creativity and creativity.strip("0.") else None,  # 0 is also written where no image went in
        size=size(values.get("width"), values.get("height")),
        model=chosen(values.get("model")),
        prompts=(0,) if prompts else (),
        negatives=against,
    )
    refined = tuple(_refiner(values, [_place(prompts, one.words) for one in found if one.kind == "refiner"], base, against))
    detailed = tuple(
        Pass(role="detailer", denoise=_denoise(one), prompts=_place(prompts, one.words) or base.prompts, negatives=against, node=one.tag)
        for one in found
        if one.kind in ("segment", "object")
    )
    return tuple(_part(one) for one in found if one.kind in ("region", "object")), (base, *refined, *detailed)


def _refiner(values: Mapping[str, Any], places: list[tuple[int, ...]], base: Pass, against: tuple[int, ...]) -> Iterator[Pass]:
    model, share, upscale = (values.get(key) for key in ("refinermodel", "refinercontrolpercentage", "refinerupscale"))
    if not chosen(model) and number(share) is None:
        return
    grows = number(upscale) not in (None, "1", "1.0")
    own = "StepSwap" not in str(values.get("refinermethod"))  # there the share is the step at which the model is changed
    yield Pass(
        role="hires" if grows else "refiner",
        steps=number(values.get("refinersteps")),
        cfg=number(values.get("refinercfgscale")),
        sampler=chosen(values.get("refinersampler")),
        scheduler=chosen(values.get("refinerscheduler")),
        denoise=number(share) if own else None,
        model=chosen(model),
        prompts=next(filter(None, places), base.prompts),
        negatives=against,
    )


def _place(prompts: list[str], words: str) -> tuple[int, ...]:
    if not words:
        return ()
    if words not in prompts:
        prompts.append(words)
    return (prompts.index(words),)


def _denoise(section: Section) -> str | None:
    """`<segment:face,0.6,0.5>`: the second from the right is the creativity where two numbers end it, else the last."""
    pieces = [piece.strip() for piece in section.arguments.split(",")]
    if section.kind == "object":
        return number(pieces[5]) if len(pieces) > 5 else None
    numbers = 0
    while numbers < 2 and numbers < len(pieces) - 1 and pieces[-1 - numbers].replace(".", "", 1).isdecimal():
        numbers += 1
    return pieces[-numbers] if numbers else None


def _part(section: Section) -> Part:
    """`x,y,width,height,strength`, or `background` for what no other region covers."""
    pieces = [piece.strip() for piece in section.arguments.split(",")]
    return Part("region", section.words or None, None, ",".join(pieces[:4]), pieces[4] if len(pieces) > 4 else None)


def _claimed(value: Any) -> Iterator[tuple[str, str, str]]:
    for one in map(mapping, items(value)):
        name, param, claimed = said(one.get("name")), said(one.get("param")), said(one.get("hash"))
        if name and claimed:
            yield param or "", stem(name), claimed


def _models(values: Mapping[str, Any], extra: Mapping[str, Any], claimed: tuple[tuple[str, str, str], ...]) -> Iterator[Model]:
    for key, kind in _MODELS:
        if (name := chosen(values.get(key))) and name != "Automatic":
            yield Model(name, kind, next((one[2] for one in claimed if one[0] == key and one[1] == stem(name)), None))
    method = said(values.get("refinerupscalemethod")) or ""
    if method.startswith(("model-", "latentmodel-")):
        yield Model(method.partition("-")[2], "upscaler")
    for suffix in ("", "two", "three"):
        if name := chosen(values.get(f"controlnet{suffix}model")):
            yield Model(name, "controlnet")
    for name in _listed(extra.get("used_embeddings") or values.get("used_embeddings")):
        yield Model(name, "embedding", next((one[2] for one in claimed if one[1] == stem(name)), None))


def _loras(values: Mapping[str, Any], claimed: tuple[tuple[str, str, str], ...]) -> Iterator[Lora]:
    """The lists; in prompts that still hold `<lora:name:model:text encoder>` tags, and no list, the tags."""
    names, weights, tenc = (_listed(values.get(key)) for key in ("loras", "loraweights", "loratencweights"))
    for place, name in enumerate(names):
        weight = weights[place] if place < len(weights) else None
        te = tenc[place] if place < len(tenc) else None
        yield Lora(name, weight, te, next((one[2] for one in claimed if one[0] == "loras" and one[1] == stem(name)), None))
    prompt = said(values.get("prompt")) or ""
    if not names and "<lora:" in prompt:
        for tag in tags(prompt, ("lora",)):
            yield Lora(tag.name, tag.positional[0] if tag.positional else None, tag.positional[1] if len(tag.positional) > 1 else None)


def _listed(value: Any) -> list[str]:
    """A list, or `a,b` in one text; a single number is a list of one."""
    if isinstance(value, list):
        return [str(one) for one in value if said(one)]
    return [piece.strip() for piece in (said(value) or "").split(",") if piece.strip()]


def _controls(values: Mapping[str, Any]) -> Iterator[Control]:
    for suffix in ("", "two", "three"):
        if name := chosen(values.get(f"controlnet{suffix}model")):
            weight, start, end = (number(values.get(f"controlnet{suffix}{key}")) for key in ("strength", "start", "end"))
            yield Control("controlnet", name, weight, start, end, chosen(values.get(f"controlnet{suffix}preprocessor")))
    if name := chosen(values.get("useipadapter")) or chosen(values.get("useipadapterforrevision")):
        weight, start, end = (number(values.get(f"ipadapter{key}")) for key in ("weight", "start", "end"))
        yield Control("ip_adapter", name, weight, start, end)
    if name := chosen(values.get("usestylemodel")):
        yield Control("style", name, number(values.get("stylemodelmultiplystrength")))

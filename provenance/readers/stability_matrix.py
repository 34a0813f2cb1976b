"""Stability Matrix (Inference): an infotext, the same as JSON, the project, and the ComfyUI graph it ran, in one file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from provenance.errors import Unreadable
from provenance.readers import a1111, comfyui
from provenance.readers.flat import lists_of
from provenance.readers.jsontext import Num, loads, plain
from provenance.readers.networks import loras_of
from provenance.readers.reading import EXPANDED, TYPED, About, Model, Pass, Reading, Texts, Written
from provenance.readers.texts import all_by_key, by_key
from provenance.readers.together import with_parameters

NAME = "Stability Matrix"
KEYS = frozenset({"parameters-json", "smproj"})
ABOUT = About(
    where="PNG tEXt `parameters`, `parameters-json`, `smproj` (the project) and `prompt` (the graph)",
    reads="prompt as typed and as it ran (without comments and networks), seed, steps, cfg, sampler in both spellings, sizes, model, hash",
    leaves="the version of the program: the file holds the version of the project format only",
    source="StabilityMatrix.Core GenerationParameters.cs, StabilityMatrix.Avalonia PngDataHelper.cs and Inference/Prompt.cs",
    tried="real and own files",
)

_JSON_FIELDS = frozenset({
    "PositivePrompt", "NegativePrompt", "Steps", "Sampler", "CfgScale", "Seed", "Height", "Width", "ModelHash", "ModelName",
})


def claims(texts: Texts) -> bool:
    """Whether one of the program's own keys holds its own JSON."""
    return any('"PositivePrompt"' in text for text in all_by_key(texts, "parameters-json")) or any(
        '"ProjectType"' in text for text in all_by_key(texts, "smproj")
    )


def read(texts: Texts, file_name: str = "") -> Reading:
    """All four together. Raises Unreadable `reader.stability_matrix` where none of them can be read."""
    infotext = by_key(texts, "parameters")
    written = a1111.read_infotext(infotext) if infotext is not None and a1111.claims((("tEXt:parameters", infotext),)) else None
    fields = _object(by_key(texts, "parameters-json"))
    project = _object(by_key(texts, "smproj"))
    said = _from_json(fields) or written or _from_project(project)  # the JSON keeps line ends that an infotext cannot
    ran = comfyui.read(texts, file_name) if comfyui.claims(texts) else None
    if ran is None and said is None:
        raise Unreadable("reader.stability_matrix")
    if ran is None or said is None:
        found = said or ran or Reading(generator=NAME)
    else:
        found = _together(ran, said, infotext or "")
    rest = {**found.rest, **_rest(fields, project)}
    return replace(found, generator=NAME, version=None, rest=rest, dialect="comfyui", texts=found.texts or tuple(_typed(found)))


def _together(ran: Reading, said: Reading, infotext: str) -> Reading:
    """The prompt as typed first, then what ran; the rest is the graph's, with the infotext's second spellings after it."""
    joined = with_parameters(ran, said, infotext)
    prompts = _union(said.prompts, ran.prompts)
    negatives = _union(said.negative_prompts, ran.negative_prompts)
    quiet = set()
    if _processed(said.prompts, ran.prompts):
        quiet.add("disagreement parameters/prompt prompt")
    if _processed(said.negative_prompts, ran.negative_prompts):
        quiet.add("disagreement parameters/prompt negative")
    passes = tuple(
        replace(
            item,
            prompts=tuple(prompts.index(ran.prompts[place]) for place in item.prompts),
            negatives=tuple(negatives.index(ran.negative_prompts[place]) for place in item.negatives),
        )
        for item in ran.passes
    )
    hashed = {model.name: model.claimed_hash for model in said.models}
    return replace(
        joined,
        prompts=prompts,
        negative_prompts=negatives,
        samplers=_union(ran.samplers, said.samplers),
        sizes=_union(ran.sizes, said.sizes),
        models=tuple(replace(model, claimed_hash=model.claimed_hash or hashed.get(model.name)) for model in joined.models),
        passes=passes,
        texts=(*_typed(said), *_expanded("prompt", prompts, said.prompts), *_expanded("negative", negatives, said.negative_prompts)),
        warnings=tuple(warning for warning in joined.warnings if warning not in quiet),
    )


def _processed(typed: tuple[str, ...], ran: tuple[str, ...]) -> bool:
    """Whether each text that ran is a typed one without its comments (`#` to the end of the line) and networks (`<lora:...>`)."""
    bare = {_bare(text) for text in typed}
    return bool(ran) and all(_bare(text) in bare for text in ran)


def _bare(text: str) -> str:
    lines = (line.partition("#")[0] for line in text.splitlines())
    pieces: list[str] = []
    for at, piece in enumerate("\n".join(lines).split("<")):
        name, closing, after = piece.partition(">")
        pieces.append(after if at and closing and ":" in name else piece)
    return " ".join("".join(pieces).split())


def _typed(said: Reading) -> Iterator[Written]:
    yield from (Written("prompt", text, TYPED) for text in said.prompts)
    yield from (Written("negative", text, TYPED) for text in said.negative_prompts)


def _expanded(role: str, texts: tuple[str, ...], typed: tuple[str, ...]) -> Iterator[Written]:
    yield from (Written(role, text, EXPANDED, "prompt") for text in texts if text not in typed)


def _from_json(fields: Mapping[str, Any]) -> Reading | None:
    """`parameters-json` alone: the names of GenerationParameters.cs."""
    if not fields:
        return None
    width, height = _string(fields, "Width"), _string(fields, "Height")
    size = f"{width}x{height}" if width and height else None
    return _reading(
        _string(fields, "PositivePrompt"),
        _string(fields, "NegativePrompt"),
        Pass(
            role="base",
            seed=_string(fields, "Seed"),
            steps=_string(fields, "Steps"),
            cfg=_string(fields, "CfgScale"),
            sampler=_string(fields, "Sampler"),
            size=size,
            model=_string(fields, "ModelName"),
        ),
        _string(fields, "ModelHash"),
    )


def _from_project(project: Mapping[str, Any]) -> Reading | None:
    """The project alone: the cards of the form as they stood when the picture was made."""
    state = _inside(project, "State")
    prompt, sampler = _inside(state, "Prompt"), _inside(state, "Sampler")
    if not prompt:
        return None
    width, height = _string(sampler, "Width"), _string(sampler, "Height")
    one = Pass(
        role="base",
        seed=_string(_inside(state, "Seed"), "Seed"),
        steps=_string(sampler, "Steps"),
        cfg=_string(sampler, "CfgScale"),
        sampler=_string(_inside(sampler, "SelectedSampler"), "Name"),
        scheduler=_string(_inside(sampler, "SelectedScheduler"), "Name"),
        size=f"{width}x{height}" if width and height else None,
        model=_string(_inside(state, "Model"), "SelectedModelName"),
    )
    return _reading(_string(prompt, "Prompt"), _string(prompt, "NegativePrompt"), one, None)


def _reading(prompt: str | None, negative: str | None, one: Pass, claimed: str | None) -> Reading:
    one = replace(one, prompts=(0,) if prompt else (), negatives=(0,) if negative else ())
    return Reading(
        generator=NAME,
        prompts=_one(prompt),
        negative_prompts=_one(negative),
        models=(Model(one.model, "checkpoint", claimed),) if one.model else (),
        loras=loras_of([text for text in (prompt, negative) if text], {}),
        hashes={"model": claimed} if claimed else {},
        passes=(one,),
        **lists_of((one,)),
    )


def _rest(fields: Mapping[str, Any], project: Mapping[str, Any]) -> dict[str, Any]:
    rest: dict[str, Any] = {}
    more = {key: plain(value) for key, value in fields.items() if key not in _JSON_FIELDS and value not in (None, False, "0")}
    if more:
        rest["parameters-json"] = more
    if project:
        rest["smproj"] = {key: plain(project[key]) for key in ("Version", "ProjectType") if key in project}
        modules = _inside(_inside(project, "State"), "Modules").get("$values")
        enabled = [plain(item["$type"]) for item in modules if _is_on(item)] if isinstance(modules, list) else []
        if enabled:
            rest["smproj"]["modules_enabled"] = enabled
        if clip_skip := _clip_skip(_inside(_inside(project, "State"), "Model")):
            rest["smproj"]["ClipSkip"] = clip_skip
    return rest


def _is_on(item: Any) -> bool:
    return isinstance(item, dict) and item.get("IsEnabled") is True and isinstance(item.get("$type"), str)


def _clip_skip(model: Mapping[str, Any]) -> str | None:
    return _string(model, "ClipSkip") if model.get("IsClipSkipEnabled") is True else None


def _object(text: str | None) -> Mapping[str, Any]:
    """The JSON object of a text; empty where it is none, because the other three texts may still be whole."""
    try:
        found = loads(text) if text else {}
    except Unreadable:
        return {}
    return found if isinstance(found, dict) else {}


def _inside(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = data.get(key)
    return found if isinstance(found, dict) else {}


def _string(data: Mapping[str, Any], key: str) -> str | None:
    value = data.get(key)
    return str(value) if isinstance(value, str) and (value or not isinstance(value, Num)) else None


def _one(value: str | None) -> tuple[str, ...]:
    return () if value is None else (value,)


def _union(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))

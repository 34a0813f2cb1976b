"""krita-ai-diffusion: the history of generations that it keeps inside a Krita document, and the infotext of pictures it saves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from provenance.errors import Unreadable
from provenance.readers import a1111, infotext
from provenance.readers.jsontext import Num, loads, plain
from provenance.readers.reading import EXPANDED, TYPED, About, Control, Lora, Model, Part, Pass, Reading, Texts, Written
from provenance.readers.texts import by_key, key_of

NAME = "Krita AI Diffusion"
KEYS = frozenset({"parameters", "json", "xml", "mimetype"})
ABOUT = About(
    where=".kra: annotation `ai_diffusion/ui.json`; PNG iTXt `parameters` with `Model hash: unknown`",
    reads="every generation of the history in order: prompts typed and as run, seed, steps, guidance, strength, area, model, LoRAs, "
    "regions, control layers; which results the artist used",
    leaves="generations that the history dropped (it is bounded), the pictures themselves, names of layers behind their ids",
    source="Acly/krita-ai-diffusion persistence.py, jobs.py, workflow.prepare_prompts, text.create_img_metadata (versions 1.14 to 1.40)",
    tried="own files",
)

MAX_JOBS = 500
_ANNOTATION = ("annotations/ai_diffusion/ui.json", "annotations/ai_diffusion/ui")
_ORDER = ("Steps", "Sampler", "CFG scale", "Seed", "Size", "Model hash", "Model")
_PLAIN = ("reference", "style")
_CONTROLS = {"reference": "reference", "style": "style", "composition": "ip_adapter", "face": "ip_adapter"}.get
_NETWORKS = frozenset({
    "inpaint", "universal", "scribble", "line art", "soft edge", "canny edge", "depth", "normal", "pose", "segmentation", "unblur",
    "stencil", "hands",
})
"""Names as the plug-in shows them in English; in another language the kind of a layer is not told."""


def claims(texts: Texts) -> bool:
    """Whether a document has a history or a prompt of the plug-in, or an infotext is exactly as the plug-in writes it."""
    return _state(texts) is not None or _saved(texts) is not None


def read(texts: Texts, file_name: str = "") -> Reading:
    """Read the document's history, else the infotext. Raises Unreadable `reader.krita_ai`."""
    state = _state(texts)
    if state is not None:
        return _document(state)
    text = _saved(texts)
    if text is None:
        raise Unreadable("reader.krita_ai")
    found = a1111.read_infotext(text)
    hashes = {name: value for name, value in found.hashes.items() if value != "unknown"}
    models = tuple(replace(model, claimed_hash=None) if model.claimed_hash == "unknown" else model for model in found.models)
    source = by_key(texts, "digitalsourcetype")
    rest = {**found.rest, "digital_source_type": source} if source else found.rest
    return replace(found, generator=NAME, hashes=hashes, models=models, rest=rest)


def _saved(texts: Texts) -> str | None:
    """The infotext as text.py writes it: an iTXt chunk, these keys in this order, the hash `unknown`, no version, no graph beside it."""
    found = None
    for name, text in texts:
        if key_of(name) in ("prompt", "workflow"):
            return None
        if name == "iTXt:parameters" and "Model hash: unknown, Model: " in text:
            found = text
    if found is None or not infotext.looks_like(found):
        return None
    info = infotext.parse(found)
    keys = tuple(info.settings)
    whole = keys in (_ORDER, (*_ORDER, "Denoising strength"))
    return found if whole and info.negative is not None and not info.stray else None


def _state(texts: Texts) -> Mapping[str, Any] | None:
    """The plug-in's state, where it tells of a generation or a prompt. Every document opened with the plug-in has an empty one."""
    for name, text in texts:
        if name.startswith("kra:") and name.endswith(_ANNOTATION):
            try:
                state = loads(text)
            except Unreadable:
                return None
            if isinstance(state, dict) and (_jobs(state) or any(_string(_inside(state, "root"), key) for key in ("positive", "negative"))):
                return state
    return None


@dataclass(frozen=True)
class _Job:
    """One generation of the history. typed, ran: (prompt, negative); ran is what was sent, None where the version kept no such text."""

    one: Pass
    typed: tuple[str | None, str | None]
    ran: tuple[str | None, str | None]
    item: Mapping[str, Any]
    metadata: Mapping[str, Any]
    params: Mapping[str, Any]


def _document(state: Mapping[str, Any]) -> Reading:
    jobs = [_job(item) for item in _jobs(state)]
    root = _inside(state, "root")
    if not jobs:
        return _typed_only(state, root)
    prompts = _each(job.ran[0] or job.typed[0] for job in jobs)
    negatives = _each(job.ran[1] or job.typed[1] for job in jobs)
    passes = tuple(_placed(job, prompts, negatives) for job in jobs)
    return Reading(
        generator=NAME,
        prompts=prompts,
        negative_prompts=negatives,
        seeds=_each(item.seed for item in passes),
        steps=_each(item.steps for item in passes),
        cfgs=_each(item.cfg for item in passes),
        samplers=_each(item.sampler for item in passes),
        denoises=_each(item.denoise for item in passes),
        sizes=_each(item.size for item in passes),
        models=tuple(Model(name, "checkpoint") for name in _each(item.model for item in passes)),
        loras=tuple(dict.fromkeys(lora for job in jobs for lora in _loras(job.metadata))),
        passes=passes,
        texts=tuple(dict.fromkeys(text for job in jobs for text in _texts(job))),
        parts=tuple(dict.fromkeys(part for job in jobs for part in _regions(job))),
        controls=tuple(dict.fromkeys(control for job in jobs for control in _controls(job.metadata.get("control")))),
        dialect="a1111",
        rest=_rest(state, jobs),
        warnings=("krita.history cut",) if len(_list(state, "history")) > MAX_JOBS else (),
    )


def _typed_only(state: Mapping[str, Any], root: Mapping[str, Any]) -> Reading:
    """No generation is kept: what stood in the fields, which is not known to have run."""
    prompt, negative = _string(root, "positive"), _string(root, "negative")
    regions = [item for item in _list(state, "regions") if isinstance(item, dict) and _string(item, "positive")]
    return Reading(
        generator=NAME,
        prompts=(prompt,) if prompt else (),
        negative_prompts=(negative,) if negative else (),
        texts=tuple(Written(role, text, TYPED, "root") for role, text in (("prompt", prompt), ("negative", negative)) if text),
        parts=tuple(Part("region", _string(item, "positive"), place=_string(item, "layer_ids")) for item in regions),
        dialect="a1111",
        rest=_rest(state, []),
        warnings=("krita.history none",),
    )


def _job(item: Mapping[str, Any]) -> _Job:
    """Before version 1.26 the texts stood beside the seed, since then under `metadata`."""
    params = _inside(item, "params")
    metadata = _inside(params, "metadata") or params
    bounds = [str(number) for number in _list(params, "bounds") if isinstance(number, str)]
    loose = _list(metadata, "loras")
    one = Pass(
        role="base",
        seed=_string(params, "seed"),
        steps=_string(metadata, "steps"),
        cfg=_string(metadata, "guidance"),
        sampler=_string(metadata, "sampler"),
        denoise=_string(metadata, "strength"),
        size=f"{bounds[2]}x{bounds[3]}" if len(bounds) == 4 else None,
        model=_string(metadata, "checkpoint"),
        node=_string(item, "id"),
    )
    ran = _string(metadata, "prompt_final") or _string(metadata, "prompt_eval")
    ran_negative = _string(metadata, "negative_prompt_final") or _string(metadata, "negative_prompt_eval")
    typed = (_string(metadata, "prompt"), _string(metadata, "negative_prompt"))
    return _Job(one, typed, (ran, ran_negative), item, {**metadata, "loras": loose}, params)


def _placed(job: _Job, prompts: tuple[str, ...], negatives: tuple[str, ...]) -> Pass:
    prompt, negative = (ran or typed for ran, typed in zip(job.ran, job.typed, strict=True))
    return replace(
        job.one,
        prompts=(prompts.index(prompt),) if prompt is not None else (),
        negatives=(negatives.index(negative),) if negative is not None else (),
    )


def _texts(job: _Job) -> Iterator[Written]:
    """What was typed; and what the plug-in made of it (wildcards, style), where it kept that."""
    for role, typed, ran in zip(("prompt", "negative"), job.typed, job.ran, strict=True):
        if ran and typed and ran != typed:
            yield Written("template" if role == "prompt" else "negative_template", typed, TYPED, job.one.node)
            yield Written(role, ran, EXPANDED, job.one.node)
        elif words := typed or ran:
            yield Written(role, words, TYPED if typed else EXPANDED, job.one.node)


def _regions(job: _Job) -> Iterator[Part]:
    for item in (*_list(job.params, "regions"), *_list(job.metadata, "regions")):
        if not isinstance(item, dict):
            continue
        if words := _string(item, "prompt_final") or _string(item, "prompt_eval") or _string(item, "prompt"):
            numbers = [str(number) for number in _list(item, "bounds") if isinstance(number, str)]
            place = "x {} y {} {}x{}".format(*numbers) if len(numbers) == 4 else None
            yield Part("region", words, place=place)


def _controls(found: Any) -> Iterator[Control]:
    for item in found if isinstance(found, list) else ():
        mode = _string(item, "mode") if isinstance(item, dict) else None
        if mode:
            kind = _CONTROLS(mode.lower()) or ("controlnet" if mode.lower() in _NETWORKS else "control_layer")
            weight, start, end = _string(item, "strength"), _string(item, "start"), _string(item, "end")
            yield Control(kind, None, weight, start, end, None if mode.lower() in _PLAIN else mode, _string(item, "image"))


def _loras(metadata: Mapping[str, Any]) -> Iterator[Lora]:
    for item in _list(metadata, "loras"):
        if isinstance(item, dict) and (name := _string(item, "name")):
            weight = _string(item, "weight") or _string(item, "strength")
            yield Lora(name, weight, weight)
        elif isinstance(item, list) and len(item) >= 2 and isinstance(item[0], str) and isinstance(item[1], str):
            yield Lora(str(item[0]), str(item[1]), str(item[1]))


def _rest(state: Mapping[str, Any], jobs: list[_Job]) -> dict[str, Any]:
    """The jobs with what was used of each: choosing among results is the artist's."""
    history: list[dict[str, Any]] = []
    for job in jobs:
        used = [key for key, value in _inside(job.item, "in_use").items() if value is True]
        offsets = _list(job.item, "offsets")
        more = {key: job.params[key] for key in ("name", "has_mask", "inpaint_mode", "frame", "animation_id") if job.params.get(key)}
        style = _string(job.metadata, "style")
        row = {"id": job.one.node, "in_use": used, "results": str(len(offsets)), "kind": job.item.get("kind"), "style": style, **more}
        history.append({key: plain(value) for key, value in row.items() if value is not None})
    fields = ("version", "workspace", "style", "strength", "seed", "fixed_seed")
    document = {key: plain(state[key]) for key in fields if state.get(key) is not None}
    root = {key: value for key in ("positive", "negative") if (value := _string(_inside(state, "root"), key))}
    rest: dict[str, Any] = {"history": history, "document": {**document, **({"root": root} if root else {})}}
    regions = [plain(item) for item in _list(state, "regions")[:MAX_JOBS] if isinstance(item, dict)]
    return rest | ({"regions": regions} if regions else {})


def _jobs(state: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [item for item in _list(state, "history")[:MAX_JOBS] if isinstance(item, dict) and isinstance(item.get("params"), dict)]


def _inside(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = data.get(key)
    return found if isinstance(found, dict) else {}


def _list(data: Mapping[str, Any], key: str) -> list[Any]:
    found = data.get(key)
    return found if isinstance(found, list) else []


def _string(data: Mapping[str, Any], key: str) -> str | None:
    value = data.get(key)
    return str(value) if isinstance(value, str) and (value or isinstance(value, Num)) else None


def _each(values: Iterator[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value is not None))

"""Civitai's own generator: an infotext with its resources, or the ComfyUI graph that its orchestration ran."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from provenance.errors import Unreadable
from provenance.readers import a1111, comfyui, infotext
from provenance.readers.jsontext import loads, plain, same_number
from provenance.readers.reading import TYPED, About, InputFile, Model, Reading, Texts, Written
from provenance.readers.texts import key_of, under

NAME = "Civitai"
KEYS = frozenset({"usercomment", "parameters", "prompt"})
ABOUT = About(
    where="EXIF UserComment (JPEG, WebP): infotext with `Civitai resources`, or a graph with `extra.airs`; PNG `prompt`: the graph",
    reads="prompt, negative, seed, steps, cfg, sampler as written (also 0, -1, `Undefined`), size, models by name or AIR, input pictures",
    leaves="file hashes: the site names models by version ids and AIRs",
    source="civitai src/utils/metadata (automatic, comfy) and files of the site of 2025 and 2026",
    tried="real and own files",
)

_RESOURCES, _METADATA = "Civitai resources: [", "Civitai metadata: {"
_SAMPLER_FIELDS = (("seed", "seeds"), ("steps", "steps"), ("cfgScale", "cfgs"))


def claims(texts: Texts) -> bool:
    """Whether an infotext with the site's marks and no program's version stands alone, or a graph has the site's additions."""
    for name, text in under(texts, KEYS):  # a plain loop: it is asked of seven files in ten
        if _is_graph(name, text):
            return True
    return _infotext(texts) is not None


def read(texts: Texts, file_name: str = "") -> Reading:
    """Read the graph, else the infotext. Raises Unreadable `reader.json`, `reader.civitai`."""
    for name, text in texts:
        if _is_graph(name, text):
            return _graph(text, file_name)
    alone = _infotext(texts)
    if alone is None:
        raise Unreadable("reader.civitai")
    found = a1111.read_infotext(alone)
    inputs = (*found.inputs, *_pictures(found.rest.get("Civitai metadata")))
    return replace(found, generator=NAME, inputs=inputs)


def _is_graph(name: str, text: str) -> bool:
    if '"class_type"' not in text or key_of(name) not in KEYS:
        return False
    return '"extraMetadata"' in text or ('"airs"' in text and "urn:air:" in text)


def _infotext(texts: Texts) -> str | None:
    """The site's infotext. Beside a graph it is a saver's, and with a `Version` another program's: extensions add the same keys."""
    marked = [text for _, text in under(texts, KEYS) if text[:1] != "{" and (_RESOURCES in text or _METADATA in text)]
    if not marked or under(texts, ("prompt", "workflow")):
        return None
    found = next((text for text in marked if infotext.looks_like(text)), None)
    if found is None:
        return None
    settings = found[found.rfind("Steps:") :]
    return found if ", Version: " not in settings and ", App: " not in settings else None


def _graph(text: str, file_name: str) -> Reading:
    """The graph is what ran; `extraMetadata` is what the site says of it."""
    whole = loads(text)
    if not isinstance(whole, dict):
        raise Unreadable("reader.civitai")
    ran = comfyui.read((("tEXt:prompt", text),), file_name)
    said = _said(whole.get("extraMetadata"))
    airs = whole["extra"].get("airs") if isinstance(whole.get("extra"), dict) else None
    own = {key: value for key, value in ran.rest.items() if key != "extra"}  # the graph reader keeps the site's additions there
    rest = {**own, **{key: plain(value) for key, value in (("extraMetadata", said), ("airs", airs)) if value}}
    filled: dict[str, Any] = {
        attribute: (str(said[key]),)
        for key, attribute in (*_SAMPLER_FIELDS, ("prompt", "prompts"), ("negativePrompt", "negative_prompts"), ("sampler", "samplers"))
        if isinstance(said.get(key), str) and said[key] and not getattr(ran, attribute)
    }
    found = replace(ran, **filled, generator=NAME, version=None, rest=rest)
    warnings = (*ran.warnings, *(f"from extraMetadata {name}" for name in filled), *_disagreements(ran, said))
    texts = ran.texts or tuple(
        Written(role, item, TYPED) for role, items in (("prompt", found.prompts), ("negative", found.negative_prompts)) for item in items
    )
    named = {model.name for model in ran.models} | {lora.name for lora in ran.loras}
    more = tuple(model for model in _models(airs) if model.name not in named)
    return replace(found, warnings=warnings, texts=texts, models=(*ran.models, *more), inputs=(*ran.inputs, *_pictures(said, ran)))


def _said(value: Any) -> Mapping[str, Any]:
    """`extraMetadata` is JSON inside a string; an object is taken as well."""
    if isinstance(value, str):
        try:
            value = loads(value)
        except Unreadable:
            return {}
    return value if isinstance(value, dict) else {}


def _disagreements(ran: Reading, said: Mapping[str, Any]) -> Iterator[str]:
    for key, attribute in _SAMPLER_FIELDS:
        value, theirs = said.get(key), getattr(ran, attribute)
        if isinstance(value, str) and theirs and not any(same_number(value, other) for other in theirs):
            yield f"disagreement extraMetadata/prompt {key}"
    for key, texts in (("prompt", ran.prompts), ("negativePrompt", ran.negative_prompts)):
        value = said.get(key)
        if isinstance(value, str) and value.strip() and texts and " ".join(value.split()) not in {" ".join(text.split()) for text in texts}:
            yield f"disagreement extraMetadata/prompt {key}"


def _models(airs: Any) -> Iterator[Model]:
    """`urn:air:<ecosystem>:<type>:<source>:<id>@<version>`; LoRAs are left to the graph, which has their weights."""
    for air in airs if isinstance(airs, list) else ():
        parts = air.split(":") if isinstance(air, str) else []
        if len(parts) >= 6 and parts[:2] == ["urn", "air"] and parts[3] in ("checkpoint", "vae", "upscaler", "embedding", "controlnet"):
            yield Model(str(air), parts[3])


def _pictures(said: Any, ran: Reading | None = None) -> Iterator[InputFile]:
    """Pictures that went in, by the address as written."""
    known = {item.name for item in ran.inputs} if ran is not None else set()
    images = said.get("images") if isinstance(said, Mapping) else None
    for item in images if isinstance(images, list) else ():
        address = item.get("url") if isinstance(item, Mapping) else item
        if isinstance(address, str) and address.startswith(("https://", "http://")) and address not in known:
            yield InputFile(str(address), "image")

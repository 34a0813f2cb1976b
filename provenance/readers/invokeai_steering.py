"""What steered an InvokeAI picture besides words: adapters, reference images, layers of the canvas, regions, initial images."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from provenance.readers.flat import items, mapping, number, said
from provenance.readers.reading import Control, InputFile, Model, Part

_LISTS = (
    ("controlnets", "controlnet", "control_model", "control_weight"),
    ("ipAdapters", "ip_adapter", "ip_adapter_model", "weight"),
    ("t2iAdapters", "t2i_adapter", "t2i_adapter_model", "weight"),
)
_KINDS = MappingProxyType({"flux_redux": "style", "ip_adapter": "ip_adapter", "controlnet": "controlnet", "t2i_adapter": "t2i_adapter"})


def model(value: Any, kind: str) -> Model | None:
    """A model as any version wrote it: `{"name", "hash", "key"}`, `{"model_name"}`, `{"model": {...}}`, a bare name; None for null."""
    if isinstance(value, str):
        return Model(str(value), kind) if value else None
    inner = mapping(value)
    name = said(inner.get("name")) or said(inner.get("model_name")) or said(inner.get("key"))
    if name:
        return Model(name, kind, said(inner.get("hash")))
    return model(inner.get("model"), kind) if isinstance(inner.get("model"), dict) else None


def image_name(value: Any, depth: int = 4) -> str | None:
    """The name of an image, in any of its wrappings: `"x.png"`, `{"image_name"}`, `{"image": {...}}`, `{"original": {"image": ...}}`."""
    if isinstance(value, str):
        return said(value)
    if isinstance(value, list):
        return image_name(value[0], depth - 1) if value and depth else None
    if not isinstance(value, dict):  # as most are: three ways four levels deep would be gone for nothing
        return None
    inner = mapping(value)
    name = next((said(inner[key]) for key in ("image_name", "imageName", "name") if said(inner.get(key))), None)
    if name or not depth:
        return name
    return next((found for key in ("image", "original", "crop") if (found := image_name(inner.get(key), depth - 1))), None)


def controls(values: Mapping[str, Any]) -> Iterator[Control]:
    """Adapters of 3 and 4, reference images of 6, control layers of the canvas (5) and of the control layers tab (4.2)."""
    for key, kind, named, weight in _LISTS:
        for item in map(mapping, items(values.get(key))):
            begin, end = number(item.get("begin_step_percent")), number(item.get("end_step_percent"))
            found = model(item.get(named), kind)
            yield Control(kind, _name(found), number(item.get(weight)), begin, end, None, image_name(item.get("image")))
    for item in map(mapping, items(values.get("ref_images"))):
        if item.get("isEnabled") is not False:
            yield from _adapter(mapping(item.get("config")), "reference")
    canvas, layers = mapping(values.get("canvas_v2_metadata")), mapping(values.get("control_layers"))
    for item in map(mapping, (*items(canvas.get("controlLayers")), *items(canvas.get("referenceImages")), *items(layers.get("layers")))):
        if item.get("isEnabled") is not False:
            yield from _adapter(mapping(item.get("controlAdapter") or item.get("ipAdapter")), "controlnet")


def _adapter(item: Mapping[str, Any], unnamed: str) -> Iterator[Control]:
    if not item:
        return
    span = items(item.get("beginEndStepPct"))
    begin, end = (number(span[0]), number(span[1])) if len(span) == 2 else (None, None)
    kind = _KINDS.get(str(item.get("type")), "reference" if "reference" in str(item.get("type")) else unnamed)
    yield Control(kind, _name(model(item.get("model"), kind)), number(item.get("weight")), begin, end, None, image_name(item.get("image")))


def _name(found: Model | None) -> str | None:
    return found.name if found else None


def parts(values: Mapping[str, Any]) -> Iterator[Part]:
    """Regional guidance: `regions` are those that were used, else the enabled ones of the canvas or of the control layers tab."""
    canvas, layers = mapping(values.get("canvas_v2_metadata")), mapping(values.get("control_layers"))
    regions = items(values.get("regions")) or items(canvas.get("regionalGuidance")) or items(layers.get("layers"))
    for item in map(mapping, regions):
        prompt, negative = said(item.get("positivePrompt")), said(item.get("negativePrompt"))
        if item.get("isEnabled") is not False and (prompt or negative):
            yield Part("region", prompt, negative, said(item.get("name")))


def inputs(values: Mapping[str, Any]) -> Iterator[InputFile]:
    """Images that went in: the initial image, what an upscale began with, images of adapters and of the canvas."""
    for key in ("init_image", "upscale_initial_image"):
        if name := image_name(values.get(key)):
            yield InputFile(name, "image")
    layers = items(mapping(values.get("control_layers")).get("layers"))
    for layer in map(mapping, layers):
        if layer.get("type") == "initial_image_layer" and (name := image_name(layer.get("image"))):
            yield InputFile(name, "image")
    canvas = mapping(values.get("canvas_v2_metadata"))
    for key, role in (("rasterLayers", "image"), ("inpaintMasks", "mask")):
        for layer in map(mapping, items(canvas.get(key))):
            if layer.get("isEnabled") is not False:
                yield from (InputFile(name, role) for name in map(image_name, _images(layer)) if name)
    yield from (InputFile(one.image, "control") for one in controls(values) if one.image)


def _images(layer: Mapping[str, Any]) -> Iterator[Any]:
    """The objects of a layer that are images; strokes and shapes are none."""
    return (mapping(one).get("image") for one in items(layer.get("objects")) if mapping(one).get("type") == "image")

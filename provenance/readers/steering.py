"""What steered a picture besides words, as infotexts name it: ControlNet units of three generations, adapters, SD.Next's control."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provenance.readers.reading import Control

MAX_UNITS = 32
_HASH_DIGITS = frozenset("0123456789abcdefABCDEFx")

_FLAT = (("Module", "preprocessor"), ("Preprocessor", "preprocessor"), ("Model", "model"), ("Weight", "weight"))
_SPAN = (("Guidance Start", "start"), ("Guidance End", "end"))


def units(settings: Mapping[str, Any]) -> tuple[tuple[Control, str | None], ...]:
    """Every unit the settings name, in order, each with the hash that stood behind its model's name.

    Formats: sd-webui-controlnet and Forge `ControlNet 0: "Module: canny, Model: ..., Weight: 1, ..."` and its lower-case spelling of
    2023 (`preprocessor: ..., starting/ending: (0, 1)`); the flat keys before it (`ControlNet-0 Module`, `ControlNet Module`); SD.Next's
    `Control type`, `Control model`, `IP Adapter`.
    """
    keys = "\n".join(settings)
    if "Control" not in keys and "IP Adapter" not in keys:
        return ()
    found = [*_quoted(settings), *_flat(settings), *((control, None) for control in _sdnext(settings))]
    return tuple(found[:MAX_UNITS])


def bracketed(name: str) -> tuple[str, str | None]:
    """`sd_xl_refiner_1.0 [7440042bbd]` or `control_sd15_canny(fef5e48e)` as name and hash."""
    for left, right in ((" [", "]"), ("(", ")")):
        bare, opening, inside = name.rpartition(left)
        digits = inside.removesuffix(right)
        if opening and inside.endswith(right) and len(digits) >= 8 and set(digits) <= _HASH_DIGITS:
            return bare.strip(), digits
    return name, None


def kind_of(model: str | None, preprocessor: str | None) -> str:
    """What a unit is, by its model's name, or by its preprocessor where it has no model (`reference_only`)."""
    has_model = bool(model) and model != "None"
    name = (model if has_model else preprocessor or "") or ""
    low = name.lower().replace("_", "-")
    if "ip-adapter" in low or "ipadapter" in low:
        return "ip_adapter"
    if "t2ia" in low or "t2i-adapter" in low:
        return "t2i_adapter"
    return "reference" if not has_model and low.startswith(("reference", "revision")) else "controlnet"


def unit_pairs(value: str) -> Iterator[tuple[str, str]]:
    """`Module: canny, Model: x [hash], starting/ending: (0, 1)` inside one value; a piece without a key belongs to the one before."""
    key, parts = "", [""]
    for item in value.split(", "):
        name, colon, text = item.partition(": ")
        if colon:
            if key:
                yield key, ", ".join(parts)
            key, parts = name.strip(), [text.strip()]
        elif key:
            parts.append(item)
    if key:
        yield key, ", ".join(parts)


def _quoted(settings: Mapping[str, Any]) -> Iterator[tuple[Control, str | None]]:
    for key, value in settings.items():
        if key.startswith("ControlNet ") and key[11:].isdigit() and isinstance(value, str):
            unit = {name.lower(): text for name, text in unit_pairs(value)}
            start, end = unit.get("guidance start"), unit.get("guidance end")
            if span := unit.get("starting/ending"):
                start, _, end = (item.strip() for item in span.strip("()").partition(","))
            yield _control(unit.get("model"), unit.get("module") or unit.get("preprocessor"), unit.get("weight"), start, end)


def _flat(settings: Mapping[str, Any]) -> Iterator[tuple[Control, str | None]]:
    for prefix in ("ControlNet", *(f"ControlNet-{number}" for number in range(10))):
        if f"{prefix} Model" not in settings and f"{prefix} Module" not in settings and f"{prefix} Preprocessor" not in settings:
            continue
        if _text(settings, f"{prefix} Enabled") == "False":
            continue
        unit = {field: value for name, field in (*_FLAT, *_SPAN) if (value := _text(settings, f"{prefix} {name}"))}
        yield _control(unit.get("model"), unit.get("preprocessor"), unit.get("weight"), unit.get("start"), unit.get("end"))


def _sdnext(settings: Mapping[str, Any]) -> Iterator[Control]:
    """SD.Next joins the values of its units by semicolons."""
    kind = (_text(settings, "Control type") or _text(settings, "Control mode") or "controlnet").lower()
    names = (_text(settings, "Control model") or "").split(";")
    columns = [(_text(settings, f"Control {key}") or "").split(";") for key in ("conditioning", "start", "end", "process")]
    for place, name in enumerate(names):
        if name.strip():
            weight, start, end, process = (column[place].strip() or None if place < len(column) else None for column in columns)
            adapter = "t2i_adapter" if "adapter" in kind else "reference" if "reference" in kind else "controlnet"
            yield Control(adapter, name.strip(), weight, start, end, process)
    for item in (_text(settings, "IP Adapter") or "").split(";"):
        name, *numbers = item.strip().split(":")  # name:scale, since 2024 name:scale:start:end[:crop]
        if name:
            weight, start, end = (*numbers, None, None, None)[:3]
            yield Control("ip_adapter", name, weight, start, end)


def _control(
    model: str | None, preprocessor: str | None, weight: str | None, start: str | None, end: str | None
) -> tuple[Control, str | None]:
    kind = kind_of(model, preprocessor)
    name, claimed = bracketed(model) if model and model != "None" else (None, None)
    return Control(kind, name, weight, start, end, None if (preprocessor or "none").lower() == "none" else preprocessor), claimed


def _text(settings: Mapping[str, Any], key: str) -> str | None:
    value = settings.get(key)
    return str(value) if isinstance(value, str) and value else None

"""What readers of flat key-value data share: values as text, and a Reading's lists out of its passes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from provenance.errors import Unreadable
from provenance.readers.jsontext import loads, plain
from provenance.readers.reading import Lora, Model, Pass, Reading, Texts, changed
from provenance.readers.texts import under

MAX_JSON = 2 * 1024 * 1024  # characters; settings are a few thousand, a canvas with its strokes some hundred thousand
_LISTED = (
    ("seed", "seeds"), ("steps", "steps"), ("cfg", "cfgs"), ("sampler", "samplers"), ("scheduler", "schedulers"), ("denoise", "denoises"),
    ("size", "sizes"),
)  # fmt: skip


def said(value: Any) -> str | None:
    """A text or number as plain text; None for "", for null, true, false, and for what holds other values."""
    return str(value) if isinstance(value, str) and value else None


def chosen(value: Any) -> str | None:
    """The same for a choice: `None` is what many programs write where nothing was chosen."""
    found = said(value)
    return None if found is None or found.strip().lower() in ("", "none") else found


def number(value: Any) -> str | None:
    """A number's text, also where it stands in quotes; None for anything else."""
    found = said(value)
    return found if found is not None and found.strip()[:1] in tuple("0123456789-+.") else None


def size(width: Any, height: Any) -> str | None:
    """`512x768` where both are numbers."""
    first, second = number(width), number(height)
    return f"{first}x{second}" if first and second else None


def mapping(value: Any) -> Mapping[str, Any]:
    """The value where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """The value where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def json_with(texts: Texts, keys: Collection[str], *marks: str) -> str | None:
    """The first text under one of the keys that begins like a JSON object and holds every mark; a cheap look, nothing is parsed."""
    for _, text in under(texts, keys):
        if text[:1] == "{" or text[:64].lstrip("\ufeff\0 \t\r\n")[:1] == "{":
            for mark in marks:  # a plain loop: it runs five times for a file, and mostly once
                if mark not in text:
                    break
            else:
                return text
    return None


def object_of(text: str | None, code: str) -> dict[str, Any]:
    """The JSON object in `text`. Raises Unreadable `code` where there is none, `reader.json` where it is broken or over MAX_JSON."""
    if text is not None and len(text) > MAX_JSON:
        raise Unreadable("reader.json", why="too long")
    found = loads(text) if text is not None else None
    if not isinstance(found, dict):
        raise Unreadable(code)
    return found


def rest_of(values: Mapping[str, Any], lifted: Iterable[str]) -> dict[str, Any]:
    """What was not lifted, verbatim."""
    taken = frozenset(lifted)
    return {str(key): value if type(value) is str else plain(value) for key, value in values.items() if key not in taken}


def each(values: Iterable[str | None]) -> tuple[str, ...]:
    """The different values in order."""
    return tuple(dict.fromkeys(value for value in values if value is not None))


def lists_of(passes: Sequence[Pass]) -> dict[str, Any]:
    """The passes' values as a Reading's lists, by its fields: each different value once, in the order of the passes."""
    if len(passes) == 1:  # as most are
        one = passes[0].__dict__
        return {field: () if one[name] is None else (one[name],) for name, field in _LISTED}
    return {field: each(getattr(one, name) for one in passes) for name, field in _LISTED}


def from_passes(reading: Reading, passes: tuple[Pass, ...]) -> Reading:
    """The Reading with its passes, and their values as its lists."""
    return changed(reading, {"passes": passes, **lists_of(passes)})


def hashes_of(models: Iterable[Model], loras: Iterable[Lora]) -> dict[str, str]:
    """The hashes that models and LoRAs claim: `model` for the first checkpoint, `lora:name`, `kind:name` for others."""
    found: dict[str, str] = {}
    first = True
    for model in models:
        key = "model" if first and model.kind in ("checkpoint", "diffusion") else f"{model.kind}:{model.name}"
        first = first and key != "model"
        if model.claimed_hash:
            found.setdefault(key, model.claimed_hash)
    for lora in loras:
        if lora.claimed_hash:
            found.setdefault(f"lora:{lora.name}", lora.claimed_hash)
    return found


def stem(name: str) -> str:
    """A model's name without the ending of its file."""
    low = name.lower()
    ending = next((end for end in (".safetensors", ".ckpt", ".sft", ".gguf", ".pth", ".pt", ".bin") if low.endswith(end)), "")
    return name[: len(name) - len(ending)]

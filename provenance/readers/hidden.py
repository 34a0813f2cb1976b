"""Texts hidden in the pixels beside the same keys in the file: where they differ, one of them was changed later, and both are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provenance.readers.reading import About, Texts
from provenance.readers.texts import key_of

NAME = "hidden text"
KEYS = frozenset({"parameters", "comment", "description", "source"})
ABOUT = About(
    where="stealth LSB of PNG and lossless WebP, beside text chunks or EXIF of the same keys",
    reads="that a hidden text differs from the open one, and the hidden text itself under `rest.hidden`",
    leaves="which of the two is the older: the file does not tell. A recorder looks for hidden texts only in files without other texts;"
    " `prov read` always",
    source="sd-webui-stealth-pnginfo ba36de6; NovelAI/novelai-image-metadata 3d9c7b7",
    tried="real and own files",
)
_PLACE = "stealth:"


def label(texts: Texts) -> Mapping[str, Any]:
    """Warnings `disagreement stealth/<carrier> <key>`, and the hidden texts; {} where nothing differs."""
    hidden = {name.removeprefix(_PLACE): text for name, text in texts if name.startswith(_PLACE)}
    if not hidden:
        return {}
    differing: dict[str, str] = {}
    warnings: list[str] = []
    for name, text in texts:
        key = next((key for key in hidden if key.lower() == key_of(name)), None)
        if key is not None and not name.startswith(_PLACE) and hidden[key].split() != text.split():
            differing[key] = hidden[key]
            warnings.append(f"disagreement stealth/{name.partition(':')[0]} {key}")
    return {"warnings": tuple(warnings), "rest": {"hidden": differing}} if differing else {}

"""Where the texts of an infotext came from: typed, or made by wildcards and styles out of a template that the file may hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provenance.readers.reading import EXPANDED, TYPED, Written

_TEMPLATES = {
    "prompt": ("Template", "Wildcard prompt", "Original prompt"),
    "negative": ("Negative Template", "Wildcard negative prompt", "Original negative"),
}.get
_STYLES = ("Styles", "Style")  # SD.Next: their texts are filled in, the file keeps the names


def written_of(
    settings: Mapping[str, Any],
    templates: Mapping[str, str],
    prompts: list[tuple[str, str]],
    negatives: list[tuple[str, str]],
) -> Iterator[Written]:
    """Every text with its origin.

    Args:
        templates: `Template:` and `Negative Template:` lines (sd-dynamic-prompts, SD.Next) by their key. prompts, negatives: (text, key it
            stood under, "" for the base).
    Returns:
        Templates as TYPED; a base text as EXPANDED where a template of another wording or a style stands beside it, else as TYPED.
    """
    styled = any(isinstance(settings.get(key), str) and settings[key] for key in _STYLES)
    for role, texts in (("prompt", prompts), ("negative", negatives)):
        typed = _template(settings, templates, role)
        if typed is not None:
            role_of = "template" if role == "prompt" else "negative_template"
            yield Written(role_of, typed[1], TYPED, typed[0])
        for words, key in texts:
            other = typed is not None and " ".join(typed[1].split()) != " ".join(words.split())
            expanded = not key and (other or (styled and typed is None and bool(words)))
            if words:
                yield Written(role, words, EXPANDED if expanded else TYPED, key or None)


def _template(settings: Mapping[str, Any], templates: Mapping[str, str], role: str) -> tuple[str, str] | None:
    for key in _TEMPLATES(role, ()):
        found = templates.get(key) or settings.get(key)
        if isinstance(found, str) and found.strip():
            return key, str(found)
    return None

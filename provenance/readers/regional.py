"""Prompts for parts of a picture, as infotexts tell of them: Regional Prompter, Forge Couple, Tiled Diffusion, Latent Couple, `AND`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from provenance.errors import Unreadable
from provenance.prompts.divided import MAX_PIECES, composed, regional
from provenance.readers.jsontext import loads
from provenance.readers.reading import Part

_WEBUI = frozenset({"A1111", "Forge", "reForge", "EasyReforge", "Forge Classic", "Forge Neo"})


def parts_of(settings: Mapping[str, Any], prompt: str, generator: str) -> tuple[Part, ...]:
    """The parts that the settings say the prompt was divided into; empty where no such extension was on.

    Args:
        settings: of the infotext, values parsed. prompt: the base prompt. generator: `AND` divides in the webui and its forks only.
    """
    if _text(settings, "RP Active") == "True":
        return tuple(_regional_prompter(settings, prompt))
    if _text(settings, "forge_couple") == "True" or "forge_couple_mode" in settings:
        return tuple(_forge_couple(settings, prompt))
    tiled = settings.get("Tiled Diffusion")
    if isinstance(tiled, dict) and isinstance(tiled.get("Region control"), dict):
        return tuple(_tiled(tiled["Region control"]))
    return tuple(_composed(settings, prompt)) if generator in _WEBUI and "AND" in prompt else ()


def _regional_prompter(settings: Mapping[str, Any], prompt: str) -> Iterator[Part]:
    """hako-mikan/sd-webui-regional-prompter: the word ends its piece; `Use Common`, `Use Base` name the first ones without a word."""
    pieces = regional(prompt)
    implied = [
        name
        for name, key, word in (("common", "RP Use Common", "ADDCOMM"), ("base", "RP Use Base", "ADDBASE"))
        if _text(settings, key) == "True" and all(end != word for _, end in pieces)
    ]
    mode = _text(settings, "RP Divide mode") or ""
    submode = _text(settings, f"RP {mode} submode") or mode
    ratios, number = _text(settings, "RP Ratios"), 0
    for text, end in pieces:
        if end in ("ADDCOMM", "ADDBASE"):
            yield Part("region", text, place="common" if end == "ADDCOMM" else "base")
        elif implied:
            yield Part("region", text, place=implied.pop(0))
        else:
            number += 1
            yield Part("region", text, place=f"{submode} {ratios or ''}".strip() + f": {number}" if submode else str(number))


def _forge_couple(settings: Mapping[str, Any], prompt: str) -> Iterator[Part]:
    """Haoming02/sd-forge-couple: one line, or one piece between separators, for each region."""
    separator = (_text(settings, "forge_couple_separator") or "").replace("\\n", "\n").strip(" ") or "\n"
    lines = [line.strip() for line in prompt.split(separator, MAX_PIECES) if line.strip()]
    mode = _text(settings, "forge_couple_mode")
    mapping = _mapping(settings.get("forge_couple_mapping")) if mode == "Advanced" else []
    background = {"First Line": 0, "Last Line": len(lines) - 1}.get(_text(settings, "forge_couple_background") or "", -1)
    direction, number = _text(settings, "forge_couple_direction") or ("Horizontal" if mode == "Basic" else None), 0
    for place, line in enumerate(lines):
        if place == background:
            yield Part("region", line, place="background", weight=_text(settings, "forge_couple_background_weight"))
        elif len(mapping) == len(lines):
            left, right, top, bottom, weight = mapping[place]
            yield Part("region", line, place=f"x {left}-{right} y {top}-{bottom}", weight=weight)
        else:
            number += 1
            yield Part("region", line, place=f"{direction}: {number}" if direction else None)


def _mapping(value: Any) -> list[list[str]]:
    """`[[x1, x2, y1, y2, weight], ...]` as texts; empty for anything else."""
    if isinstance(value, str):
        try:
            value = loads(value)
        except Unreadable:
            return []
    rows = value if isinstance(value, list) else []
    good = [[str(item) for item in row] for row in rows if isinstance(row, list) and len(row) == 5 and all(isinstance(i, str) for i in row)]
    return good if len(good) == len(rows) else []


def _tiled(regions: Mapping[str, Any]) -> Iterator[Part]:
    """pkuliyi2015/multidiffusion-upscaler-for-automatic1111: its regions, those that were on."""
    for region in regions.values():
        if isinstance(region, dict) and region.get("enable") is True:
            place = " ".join(f"{key} {region[key]}" for key in ("x", "y", "w", "h") if isinstance(region.get(key), str))
            yield Part("region", _text(region, "prompt"), _text(region, "neg_prompt"), place or None)


def _composed(settings: Mapping[str, Any], prompt: str) -> Iterator[Part]:
    """`AND`; where Latent Couple was on, the area of each piece by its number."""
    columns = dict(item.split("=", 1) for item in (_text(settings, "Latent Couple") or "").split() if "=" in item)
    divisions, positions, weights = (columns.get(key, "").split(",") for key in ("divisions", "positions", "weights"))
    pieces = composed(prompt)
    whole = bool(columns) and len(divisions) == len(positions) == len(pieces)
    for place, (text, weight) in enumerate(pieces):
        area = f"division {divisions[place]} position {positions[place]}" if whole else None
        own = weights[place] if whole and len(weights) == len(pieces) else weight
        yield Part("region" if whole else "composed", text, place=area, weight=own)


def _text(settings: Mapping[str, Any], key: str) -> str | None:
    value = settings.get(key)
    if isinstance(value, bool):  # JSON's true and false of quoted values
        return json.dumps(value).capitalize()
    return str(value) if isinstance(value, str) and value else None

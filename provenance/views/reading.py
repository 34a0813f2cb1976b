"""A file entry's sealed values as the object that `prov read --json` prints: the same names, whoever asks. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ROWS = ("texts", "parts", "controls", "edits", "attestations")
LISTS = ("prompts", "negative_prompts", "seeds", "steps", "cfgs", "samplers", "schedulers", "denoises", "sizes")


def from_values(values: Mapping[str, Any], container: str, file: str) -> dict[str, Any]:
    """What the ledger holds of a file's reading.

    Args:
        values: the sealed values of a file entry (all of them: the owner's own ledger). container, file: from the same entry.
    Returns:
        file, generator (None where nothing was read), version, container, prompts, negative_prompts, seeds, steps, cfgs, samplers,
        schedulers, denoises, models, sizes, loras, hashes, aigc, c2pa, texts, parts, controls, edits, attestations, dialect, inputs,
        warnings, passes, rest, also_claimed.
    """
    return {
        "file": file,
        "generator": values.get("generator"),
        "version": values.get("tool_version"),
        "container": container,
        **{name: list(values.get(name) or ()) for name in LISTS},
        "models": [item["name"] for item in values.get("models") or ()],
        "loras": [{"name": i["name"], "weight": i.get("weight"), "weight_te": i.get("weight_te")} for i in values.get("loras") or ()],
        "hashes": dict(values.get("hashes") or {}),
        "aigc": values.get("aigc"),
        "c2pa": values.get("c2pa"),
        **{name: [dict(item) for item in values.get(name) or ()] for name in ROWS},
        "dialect": values.get("dialect"),
        "inputs": [dict(item) for item in values.get("inputs") or ()],
        "warnings": list(values.get("problems") or ()),
        "passes": [dict(item) for item in values.get("passes") or ()],
        "rest": dict(values.get("rest") or {}),
        "also_claimed": list(values.get("also_claimed") or ()),
    }

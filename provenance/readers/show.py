"""A Reading as the object of `prov read --json`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from provenance.prompts.structure import structures
from provenance.readers.reading import Reading


def as_record(reading: Reading | None, container: str, file: str) -> dict[str, Any]:
    """The record of one file: every key always there, `generator` null and lists empty where nothing was read.

    Args:
        container: short name of the file's format. file: the name to show.
    """
    found = reading if reading is not None else Reading(generator=None)
    return {
        "file": file,
        "generator": found.generator,
        "version": found.version,
        "container": container,
        "prompts": list(found.prompts),
        "negative_prompts": list(found.negative_prompts),
        "seeds": list(found.seeds),
        "steps": list(found.steps),
        "cfgs": list(found.cfgs),
        "samplers": list(found.samplers),
        "schedulers": list(found.schedulers),
        "denoises": list(found.denoises),
        "sizes": list(found.sizes),
        "models": list(dict.fromkeys(model.name for model in found.models)),
        "resources": [{"name": model.name, "kind": model.kind, "hash": model.claimed_hash} for model in found.models],
        "loras": [
            {"name": lora.name, "weight": lora.weight, "weight_te": lora.weight_te, "hash": lora.claimed_hash} for lora in found.loras
        ],
        "hashes": dict(found.hashes),
        "aigc": None if found.aigc is None else dict(found.aigc),
        "c2pa": None if found.c2pa is None else dict(found.c2pa),
        "inputs": [{"name": item.name, "role": item.role, "sha256": item.claimed_sha256} for item in found.inputs],
        "passes": [asdict(item) | {"prompts": list(item.prompts), "negatives": list(item.negatives)} for item in found.passes],
        "texts": [asdict(item) for item in found.texts],
        "parts": [asdict(item) for item in found.parts],
        "controls": [asdict(item) for item in found.controls],
        "edits": [asdict(item) for item in found.edits],
        "attestations": [asdict(item) for item in found.attestations],
        "dialect": found.dialect,
        "structure": _pieces(found.prompts, found.dialect),
        "negative_structure": _pieces(found.negative_prompts, found.dialect),
        "rest": dict(found.rest),
        "warnings": list(found.warnings),
        "also_claimed": list(found.also_claimed),
    }


def _pieces(texts: tuple[str, ...], dialect: str | None) -> list[list[dict[str, Any]]]:
    """Each prompt in pieces, as its dialect weighs them; offsets are code points of the prompt."""
    return [
        [
            {
                "kind": piece.kind, "text": piece.text, "weight": piece.weight, "brackets": piece.brackets, "values": list(piece.values),
                "start": piece.start, "end": piece.end,
            }
            for piece in pieces
        ]
        for pieces in structures(texts, dialect)
    ]

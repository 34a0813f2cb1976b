"""Made-up graphs, canvases and infotexts for the readers' tests, and where shared material lies."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


def shared(variable: str, name: str) -> Path:
    """Shared material, read in place; the test is skipped, loudly, where it is not there."""
    where = Path(os.environ.get(variable, ROOT.parent / "shared" / name))
    if not where.is_dir():
        pytest.skip(f"SHARED MATERIAL ABSENT: {variable} ({where}) - this test checked nothing")
    return where


def node(cls: str, title: str | None = None, **inputs: Any) -> dict[str, Any]:
    """One node of an API graph; a tuple stands for a link."""
    made: dict[str, Any] = {"class_type": cls, "inputs": {k: list(v) if isinstance(v, tuple) else v for k, v in inputs.items()}}
    return made if title is None else made | {"_meta": {"title": title}}


def base(**changes: Any) -> dict[str, Any]:
    """A plain text-to-image graph; nodes of `changes` (by id, a leading n dropped) are added or replaced."""
    graph = {
        "4": node("CheckpointLoaderSimple", ckpt_name="paper.safetensors"),
        "5": node("EmptyLatentImage", width=512, height=768, batch_size=1),
        "6": node("CLIPTextEncode", text="a paper boat", clip=("4", 1)),
        "7": node("CLIPTextEncode", text="blurry", clip=("4", 1)),
        "3": node(
            "KSampler",
            seed=18446744073709551615,
            steps=20,
            cfg=7.0,
            sampler_name="euler",
            scheduler="karras",
            denoise=1.0,
            model=("4", 0),
            positive=("6", 0),
            negative=("7", 0),
            latent_image=("5", 0),
        ),
        "8": node("VAEDecode", samples=("3", 0), vae=("4", 2)),
        "9": node("SaveImage", filename_prefix="ComfyUI", images=("8", 0)),
    }
    return graph | {key.removeprefix("n"): value for key, value in changes.items()}


def texts(prompt: Any = None, workflow: Any = None, **more: str) -> tuple[tuple[str, str], ...]:
    """Texts as the PNG carrier names them; objects are written as JSON."""
    found = [
        (f"tEXt:{key}", value if isinstance(value, str) else json.dumps(value))
        for key, value in (("prompt", prompt), ("workflow", workflow))
        if value is not None
    ]
    return (*found, *((f"tEXt:{key}", value) for key, value in more.items()))


def infotext(settings: str, positive: str = "a paper boat", negative: str | None = "blurry") -> tuple[tuple[str, str], ...]:
    """An infotext under `parameters`."""
    head = positive if negative is None else f"{positive}\nNegative prompt: {negative}"
    return (("tEXt:parameters", f"{head}\n{settings}"),)


def sampler(**changes: Any) -> dict[str, Any]:
    """A KSampler over the nodes of `base`, with other numbers."""
    inputs: dict[str, Any] = {
        "seed": 5,
        "steps": 8,
        "cfg": 4.5,
        "sampler_name": "dpmpp_2m",
        "scheduler": "simple",
        "denoise": 0.5,
        "model": ("4", 0),
        "positive": ("6", 0),
        "negative": ("7", 0),
        "latent_image": ("5", 0),
    }
    return node("KSampler", **(inputs | changes))

"""What a file says of its making: one Reading, whatever the generator. Every number stays the tool's own text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Texts = tuple[tuple[str, str], ...]
"""What the carriers found, in file order: (`tEXt:parameters`, text). Names repeat where the file repeats them."""


@dataclass(frozen=True)
class Model:
    """A model file by the name the tool gave. kind: checkpoint, diffusion, vae, text_encoder, embedding, controlnet, upscaler, ..."""

    name: str
    kind: str
    claimed_hash: str | None = None


@dataclass(frozen=True)
class Lora:
    """A LoRA in the order applied. weight: on the model; weight_te: on the text encoder. claimed_hash as written, unchecked."""

    name: str
    weight: str | None = None
    weight_te: str | None = None
    claimed_hash: str | None = None


@dataclass(frozen=True)
class InputFile:
    """A file that went in. role: image, mask, control, video, audio. claimed_sha256: what the tool says it read."""

    name: str
    role: str
    claimed_sha256: str | None = None


@dataclass(frozen=True)
class Pass:
    """One sampling pass, base first. prompts, negatives: indices into the Reading's lists. role: base, refiner, hires, detailer."""

    role: str
    seed: str | None = None
    steps: str | None = None
    cfg: str | None = None
    sampler: str | None = None
    scheduler: str | None = None
    denoise: str | None = None
    size: str | None = None
    model: str | None = None
    prompts: tuple[int, ...] = ()
    negatives: tuple[int, ...] = ()
    node: str | None = None


@dataclass(frozen=True)
class Reading:
    """All that was understood, in pass order; what was not understood stays verbatim in `rest`.

    Lists hold each different value once, in the order of the passes. warnings: codes with details, e.g. `unresolved 12.text`,
    `disagreement prompt/workflow seed`. also_claimed: names of other readers that claimed the same file.
    """

    generator: str
    version: str | None = None
    prompts: tuple[str, ...] = ()
    negative_prompts: tuple[str, ...] = ()
    seeds: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    cfgs: tuple[str, ...] = ()
    samplers: tuple[str, ...] = ()
    schedulers: tuple[str, ...] = ()
    denoises: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    models: tuple[Model, ...] = ()
    loras: tuple[Lora, ...] = ()
    hashes: Mapping[str, str] = field(default_factory=dict)
    inputs: tuple[InputFile, ...] = ()
    passes: tuple[Pass, ...] = ()
    rest: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    also_claimed: tuple[str, ...] = ()


class Reader(Protocol):
    """A reader is a module with these three names, and no state."""

    NAME: str

    def claims(self, texts: Texts) -> bool:
        """Cheap, never raises: is this generator's data here?"""
        ...

    def read(self, texts: Texts, file_name: str) -> Reading:
        """Understand it. May raise Unreadable. `file_name`: the bare name, to choose among several savers; "" if unknown."""
        ...

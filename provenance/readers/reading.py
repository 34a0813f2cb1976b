"""What a file says of its making: one Reading, whatever the generator. Every number stays the tool's own text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Texts = tuple[tuple[str, str], ...]
"""What the carriers found, in file order: (`tEXt:parameters`, text). Names repeat where the file repeats them."""

TYPED = "TYPED"  # as a person entered it, so far as the file tells: it records no expansion
EXPANDED = "EXPANDED"  # made by the tool at run time out of a typed text: wildcards chosen, a language model's answer, a style filled in
UNKNOWABLE = "UNKNOWABLE"  # the file names the place where a text was made at run time, and does not hold it


@dataclass(frozen=True)
class Model:
    """A model file by the name the tool gave. kind: checkpoint, diffusion, vae, text_encoder, embedding, controlnet, ip_adapter,
    clip_vision, upscaler, detector, api, ..."""

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
class Written:
    """A text and how it came about. role: prompt, negative, template, negative_template, typed. origin: TYPED, EXPANDED or UNKNOWABLE
    (text None). where: a node or key of the file, as the tool names it."""

    role: str
    text: str | None
    origin: str
    where: str | None = None


@dataclass(frozen=True)
class Part:
    """A prompt for a part of the picture. role: character, region. place: where, as written (`B3`, `0.5,0.3`, `x 0 y 0 512x512`)."""

    role: str
    prompt: str | None = None
    negative: str | None = None
    place: str | None = None
    weight: str | None = None


@dataclass(frozen=True)
class Control:
    """What steered the picture besides words. kind: controlnet, ip_adapter, t2i_adapter, style, reference. image: its input, by name."""

    kind: str
    model: str | None = None
    weight: str | None = None
    start: str | None = None
    end: str | None = None
    preprocessor: str | None = None
    image: str | None = None


@dataclass(frozen=True)
class Edit:
    """A step of work in an editor, as the file tells it (xmpMM:History, an app's edit time). when: the editor's text."""

    action: str
    when: str | None = None
    tool: str | None = None
    changed: str | None = None
    instance: str | None = None


@dataclass(frozen=True)
class Attestation:
    """A third party's word inside the file, and whether it holds. result: valid, invalid, unchecked. detail: why, as a short code."""

    by: str
    what: str
    result: str
    detail: str | None = None


@dataclass(frozen=True)
class Reading:
    """All that was understood, in pass order; what was not understood stays verbatim in `rest`.

    generator: None where the file tells of edits or credentials but names no generator. Lists hold each different value once, in the
    order of the passes. dialect: how weights are written in the prompts (a1111, comfyui, novelai, invokeai, midjourney, plain).
    aigc: the label of GB 45438-2025 by its own field names. c2pa: what a C2PA manifest claims, and what was checked of it. warnings:
    codes with details, e.g. `unresolved 12.text`, `disagreement prompt/workflow seed`. also_claimed: other readers that claimed the file.
    """

    generator: str | None
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
    texts: tuple[Written, ...] = ()
    parts: tuple[Part, ...] = ()
    controls: tuple[Control, ...] = ()
    edits: tuple[Edit, ...] = ()
    dialect: str | None = None
    aigc: Mapping[str, str] | None = None
    c2pa: Mapping[str, Any] | None = None
    attestations: tuple[Attestation, ...] = ()
    rest: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    also_claimed: tuple[str, ...] = ()


def changed(reading: Reading, fields: Mapping[str, Any]) -> Reading:
    """The Reading with some fields changed, as `dataclasses.replace` makes it, but not by way of all the others.

    Args:
        fields: the new values by the names of fields.
    """
    made = object.__new__(Reading)
    made.__dict__.update(reading.__dict__)
    made.__dict__.update(fields)
    return made


@dataclass(frozen=True)
class About:
    """A reader's line of docs/readers.md. where: containers and keys. reads, leaves: what it lifts, what it does not and why.
    source: the program and version, or the standard, that the format was taken from. tried: `real files`, `own files` (written after
    the source, no real one was to be had) or `real and own files`."""

    where: str
    reads: str
    leaves: str
    source: str
    tried: str


class Reader(Protocol):
    """A reader of one generator is a module with these names, and no state."""

    NAME: str
    KEYS: frozenset[str]
    """Keys of carriers it may speak in, as `texts.key_of` gives them. It is asked only where the file has one of them."""
    ABOUT: About

    def claims(self, texts: Texts) -> bool:
        """Cheap, never raises: is this generator's data here?"""
        ...

    def read(self, texts: Texts, file_name: str) -> Reading:
        """Understand it. May raise Unreadable. `file_name`: the bare name, to choose among several savers; "" if unknown."""
        ...


class Labeller(Protocol):
    """A module that reads what stands beside a generator's data: a label, a credential, an editor's history. No state either."""

    NAME: str
    KEYS: frozenset[str]
    ABOUT: About

    def label(self, texts: Texts) -> Mapping[str, Any]:
        """Fields of a Reading that it fills (`aigc`, `c2pa`, `edits`, `attestations`, `warnings`, `rest`); empty where there is nothing."""
        ...

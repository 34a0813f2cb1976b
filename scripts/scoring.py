"""How a reader's answer is compared with what the sample corpus says is true. One set of rules for every reader, ours included.

The seven scored fields are prompt, negative, seed, steps, cfg, sampler and model. For each of them a file may state one value
(`prompt`), several (`prompts`, of a graph with several samplers), or nothing; a field that the index does not state is not counted.

- right: ANY value that the reader reports equals ANY value stated. A graph with four samplers may be answered with one of them.
- wrong: the reader reports values, and none of them is among those stated.
- missed: the reader reports nothing (or only blanks) where a value is stated.
- A stated blank (`"negative_prompt": ""`) is right where nothing or a blank is reported, and wrong where a text is.

Equality is lenient, in the same way for every reader:
- prompt, negative: runs of white space are one blank; nothing else is forgiven.
- seed, steps, cfg: equal as numbers, `7` is `7.0`; whole numbers of any size are compared exactly.
- sampler: letter case and white space are forgiven.
- model: folders and a model file's ending are forgiven, letter case is not.
A file counts as whole where every counted field of it is right. A false positive is a file without generation data of which a reader
names a generator or reports any of the seven fields.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from provenance.readers.jsontext import same_number

FIELDS = ("prompt", "negative", "seed", "steps", "cfg", "sampler", "model")
STATED = {
    "prompt": ("prompt", "prompts"),
    "negative": ("negative_prompt", "negative_prompts"),
    "seed": ("seed", "seeds"),
    "steps": ("steps",),
    "cfg": ("cfg", "cfgs"),
    "sampler": ("sampler", "sampler_names"),
    "model": ("model", "models"),
}
NAMES = {
    "prompt": "prompts", "negative": "negative_prompts", "seed": "seeds", "steps": "steps", "cfg": "cfgs", "sampler": "samplers",
    "model": "models",
}
"""A scored field's key in an answer, which is that of `prov read --json`."""
ENDINGS = (".safetensors", ".ckpt", ".gguf", ".sft", ".pth", ".pt", ".bin")
WITHOUT = ("negative control", "C2PA test file", "editor XMP")
"""Families of the index that hold no generation data: whatever is reported of them is false."""
PICTURES = ("png", "jpeg", "webp")
RIGHT, WRONG, MISSED = "right", "wrong", "missed"


@dataclass(frozen=True)
class Sample:
    """A file of the corpus. truth: what the index states of it. real: not made for the corpus."""

    path: str
    family: str
    container: str
    truth: Mapping[str, Any]
    real: bool

    @property
    def empty(self) -> bool:
        """Whether nothing may be reported of it."""
        return self.family.startswith(WITHOUT)


@dataclass
class Score:
    """Fields and files counted for one family or reader."""

    files: int = 0
    whole: int = 0
    counts: dict[str, int] = field(default_factory=lambda: {RIGHT: 0, WRONG: 0, MISSED: 0})

    @property
    def checked(self) -> int:
        return sum(self.counts.values())

    def add(self, verdicts: Mapping[str, str]) -> None:
        """Count one file's verdicts; a file of which nothing is stated does not count."""
        if verdicts:
            self.files += 1
            self.whole += all(verdict == RIGHT for verdict in verdicts.values())
            for verdict in verdicts.values():
                self.counts[verdict] += 1


def samples(corpus: Path) -> list[Sample]:
    """Every file of the corpus, in the order of its index. Raises OSError, ValueError where there is no index."""
    index = json.loads((corpus / "index.json").read_text(encoding="utf-8"))
    return [
        Sample(item["path"], item["generator"], item["container"], item["expected"], not item["generator"].startswith("SYNTHETIC"))
        for item in index["files"]
    ]


def judge(truth: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, str]:
    """The verdict on each field that the index states.

    Args:
        truth: the index's `expected`. answer: lists of texts under the keys of `prov read --json`.
    """
    verdicts = {}
    for name in FIELDS:
        wanted = list(stated(truth, name))
        if wanted:
            verdicts[name] = verdict(name, [text for text in answer.get(NAMES[name]) or () if str(text).strip()], wanted)
    return verdicts


def stated(truth: Mapping[str, Any], name: str) -> Iterator[str]:
    """Every value that the index states for a scored field, as text."""
    for key in STATED[name]:
        value = truth.get(key)
        yield from () if value is None else map(str, value) if isinstance(value, list) else (str(value),)


def verdict(name: str, got: Iterable[str], wanted: Iterable[str]) -> str:
    """right, wrong or missed; blanks count as nothing on either side."""
    reported, true = [text for text in got if text.strip()], [text for text in wanted if text.strip()]
    if not reported:
        return MISSED if true else RIGHT
    return RIGHT if any(same(name, one, other) for one in reported for other in true) else WRONG


def same(name: str, one: str, other: str) -> bool:
    """Whether two values of a field are the same by the rules above."""
    if name in ("seed", "steps", "cfg", "denoise", "weight"):
        return same_number(one, other)
    if name == "model":
        return stem(one) == stem(other)
    left, right = " ".join(one.split()), " ".join(other.split())
    return left == right if name in ("prompt", "negative") else left.casefold() == right.casefold()


def stem(name: str) -> str:
    """A model's name without folders and its file's ending."""
    bare = name.replace("\\", "/").rsplit("/", 1)[-1].strip()
    return next((bare[: -len(end)] for end in ENDINGS if bare.lower().endswith(end)), bare)


def reports(answer: Mapping[str, Any]) -> bool:
    """Whether an answer names a generator or any value of the seven fields."""
    return bool(answer.get("generator")) or any(str(text).strip() for name in FIELDS for text in answer.get(NAMES[name]) or ())


# What lies beyond the seven fields: a second table, of which only our reader is asked.


def judge_more(truth: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, str]:
    """Verdicts on LoRAs, hashes, labels and the rest. Every value stated must be there; one that differs is wrong, not missed.

    loras: each name stated, with its weight where one is stated. networks: hypernetworks and embeddings, by name. hashes: each hash stated
    (model, VAE, LoRA, embedding), whatever key it stands under. size, scheduler, denoise, version: any value equals any. aigc: the seven
    fields, verbatim. c2pa: claim generator, issuer, number of manifests and digital source types, as claimed. characters: each character
    prompt. creator tool: as in `rest`.
    """
    found: dict[str, str] = {}
    for name, key, attribute in (("size", "size", "sizes"), ("scheduler", "scheduler", "schedulers"), ("denoise", "denoise", "denoises")):
        if truth.get(key) is not None:
            found[name] = verdict(name, answer[attribute], [str(truth[key])])
    if truth.get("version"):
        found["version"] = verdict("version", [answer["version"] or ""], [str(truth["version"])])
    networks = [*answer["loras"], *answer["resources"]]
    if loras := [item for key in ("loras", "lycos") for item in truth.get(key) or ()]:
        found["loras"] = _all_of(_lora(item, answer["loras"]) for item in loras)
    if others := [item["name"] for key in ("hypernets", "embeddings") for item in truth.get(key) or ()]:
        found["networks"] = _all_of(RIGHT if stem(name) in {stem(item["name"]) for item in networks} else MISSED for name in others)
    if hashes := [str(value) for value in _hashes(truth)]:
        have = {str(value).lower() for value in (*answer["hashes"].values(), *(item.get("hash") for item in networks))}
        found["hashes"] = _all_of(RIGHT if value.lower() in have else WRONG if have - {"none"} else MISSED for value in hashes)
    if truth.get("aigc") is not None:
        found["aigc"] = MISSED if answer["aigc"] is None else RIGHT if dict(truth["aigc"]) == dict(answer["aigc"]) else WRONG
    if truth.get("c2pa"):
        found["c2pa"] = _credential(truth["c2pa"], answer["c2pa"])
    if truth.get("char_prompts"):
        parts = [part["prompt"] or "" for part in answer["parts"]]
        wanted = [item if isinstance(item, str) else str(item.get("prompt", item)) for item in truth["char_prompts"]]
        found["characters"] = _all_of(verdict("prompt", parts, [text]) for text in wanted)
    if truth.get("xmp_creator_tool"):
        found["creator tool"] = verdict("tool", [str(answer["rest"].get("creator_tool") or "")], [truth["xmp_creator_tool"]])
    return found


def _all_of(verdicts: Iterable[str]) -> str:
    """One verdict for several: wrong before missed before right."""
    every = set(verdicts)
    return next((kind for kind in (WRONG, MISSED) if kind in every), RIGHT)


def _lora(stated: Mapping[str, Any], answered: Iterable[Mapping[str, Any]]) -> str:
    named = [item for item in answered if stem(str(item["name"])) == stem(str(stated["name"]))]
    if not named:
        return MISSED
    weight = stated.get("weight")
    numbers = [str(item.get(key)) for item in named for key in ("weight", "weight_te")]  # of two numbers the index keeps one
    fits = weight is None or any(same_number(number, str(weight)) for number in numbers)
    return RIGHT if fits else WRONG


def _hashes(truth: Mapping[str, Any]) -> Iterator[Any]:
    yield from (truth[key] for key in ("model_hash",) if truth.get(key))
    for key in ("hashes", "lora_hashes"):
        yield from (truth.get(key) or {}).values()
    yield from (item["hash"] for key in ("loras", "embeddings") for item in truth.get(key) or () if item.get("hash"))


def _credential(stated: Mapping[str, Any], answered: Mapping[str, Any] | None) -> str:
    if not answered:
        return MISSED
    keys = [key for key in ("claim_generator", "issuer", "n_manifests", "digital_source_types") if stated.get(key) is not None]
    return RIGHT if all(_plain(answered.get(key)) == _plain(stated[key]) for key in keys) else WRONG


def _plain(value: Any) -> Any:
    return sorted(map(str, value)) if isinstance(value, list | tuple) else str(value)

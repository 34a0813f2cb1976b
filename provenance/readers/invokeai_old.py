"""InvokeAI 1 and 2: the command line in `Dream`, and `sd-metadata` (its RFC 266)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from provenance.errors import Unreadable
from provenance.readers.flat import chosen, each, from_passes, items, mapping, number, rest_of, said, size
from provenance.readers.jsontext import plain
from provenance.readers.reading import TYPED, InputFile, Model, Pass, Reading, Written

_IMAGE = frozenset({
    "prompt", "seed", "steps", "cfg_scale", "sampler", "sampler_name", "width", "height", "strength", "strength_steps", "orig_hash",
    "hires_fix", "init_img", "init_mask", "init_image_path", "mask_image_path",
})  # fmt: skip
_TOP = frozenset({"model_weights", "model_id", "model_hash", "app_version", "image", "images"})
_SWITCHES = re.compile(r"(?:^|\s)-s ?[0-9]{1,9}(?=\s|$)")  # `-s` (steps) is the first switch in every version that wrote them
_BLANKS = re.compile(" {2,}")
_VALUED = ("-s", "-S", "-W", "-H", "-C", "-A", "-m", "-f", "-I", "-M", "-G", "-U", "-V", "-t", "-n", "-g", "-b")


def read_metadata(values: Mapping[str, Any], dream: str | None) -> Reading:
    """`sd-metadata` as a Reading (metadata_dumps of ldm/invoke/args.py, and what the web server of 2.x adds).

    Args:
        values: the JSON object, numbers as text. dream: the text of `Dream` beside it; kept in `rest`.
    Raises:
        Unreadable: `reader.invokeai`, it names no image.
    """
    images = [mapping(one) for one in items(values.get("images")) or [values.get("image")]]
    if not any(images):
        raise Unreadable("reader.invokeai")
    written = [text for text, _ in _prompts(images[0].get("prompt"))]
    split = [split_brackets(text) for text in written]
    prompts, negatives = each(one[0] for one in split), each(one[1] for one in split)
    passes = tuple(one for image in images for one in _passes(image, prompts, negatives))
    name = chosen(values.get("model_weights")) or chosen(values.get("model_id"))
    claimed = said(values.get("model_hash"))
    origin = said(images[0].get("orig_hash"))
    rest = rest_of(values, _TOP) | {"image": rest_of(images[0], _IMAGE)}
    if any(weight not in (None, "1", "1.0") for _, weight in _prompts(images[0].get("prompt"))):
        rest["prompt"] = plain(images[0].get("prompt"))  # sub-prompts that were blended, with their weights
    reading = Reading(
        generator="InvokeAI",
        version=said(values.get("app_version")),
        prompts=prompts,
        negative_prompts=negatives,
        models=(Model(name, "checkpoint", claimed),) if name else (),
        hashes={key: value for key, value in (("model", claimed), ("init_image", origin)) if value},
        inputs=tuple(_inputs(images[0])),
        texts=tuple(Written("typed", text, TYPED, "sd-metadata image.prompt") for text in written),
        dialect="invokeai",
        rest=rest | ({"Dream": dream} if dream else {}),
    )
    return from_passes(reading, passes)


def _prompts(value: Any) -> Iterator[tuple[str, str | None]]:
    """A text, or a list of `{"prompt": ..., "weight": ...}` (or of texts)."""
    for one in items(value) or [value]:
        text = said(one) or said(mapping(one).get("prompt"))
        if text:
            yield text, number(mapping(one).get("weight"))


def _passes(image: Mapping[str, Any], prompts: tuple[str, ...], negatives: tuple[str, ...]) -> Iterator[Pass]:
    every, against = tuple(range(len(prompts))), tuple(range(len(negatives)))
    yield Pass(
        role="base",
        seed=number(image.get("seed")),
        steps=number(image.get("steps")),
        cfg=number(image.get("cfg_scale")),
        sampler=said(image.get("sampler")) or said(image.get("sampler_name")),
        denoise=number(image.get("strength")) or number(image.get("strength_steps")),
        size=size(image.get("width"), image.get("height")),
        prompts=every,
        negatives=against,
    )
    if image.get("hires_fix") is True:
        yield Pass(role="hires", prompts=every, negatives=against)


def _inputs(image: Mapping[str, Any]) -> Iterator[InputFile]:
    for key, role in (("init_img", "image"), ("init_image_path", "image"), ("init_mask", "mask"), ("mask_image_path", "mask")):
        if name := chosen(image.get(key)):
            yield InputFile(name, role)


def read_dream(text: str) -> Reading:
    """A command line of InvokeAI 1 (dream.py): `"prompt [negative]" -s 50 -S 42 -W 512 -H 512 -C 7.5 -A k_lms`, values also attached.

    Raises:
        Unreadable: `reader.invokeai`, it has no `-s` with a number.
    """
    found = None
    for found in _SWITCHES.finditer(text):  # noqa: B007 - the last one: a prompt may speak of switches too
        pass
    if found is None:
        raise Unreadable("reader.invokeai")
    written = text[: found.start()].strip()
    if len(written) > 1 and written[0] == written[-1] and written[0] in "\"'":
        written = written[1:-1]
    switches, flags = _switches(text[found.start() :])
    prompt, negative = split_brackets(written)
    prompts, negatives = each([prompt]), each([negative])
    one = Pass(
        role="base",
        seed=number(switches.get("-S")),
        steps=number(switches.get("-s")),
        cfg=number(switches.get("-C")),
        sampler=switches.get("-A") or switches.get("-m"),
        denoise=number(switches.get("-f")),
        size=size(switches.get("-W"), switches.get("-H")),
        prompts=(0,) if prompts else (),
        negatives=(0,) if negatives else (),
    )
    hires = (Pass(role="hires", prompts=one.prompts, negatives=one.negatives),) if "--hires_fix" in flags else ()
    reading = Reading(
        generator="InvokeAI",
        prompts=prompts,
        negative_prompts=negatives,
        inputs=tuple(InputFile(switches[key], role) for key, role in (("-I", "image"), ("-M", "mask")) if switches.get(key)),
        texts=(Written("typed", written, TYPED, "Dream"),) if written else (),
        dialect="invokeai",
        rest={"Dream": text},
    )
    return from_passes(reading, (one, *hires))


def _switches(text: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """Switches with a value (`-s 50`, `-s50`), and the words that are none of these."""
    found: dict[str, str] = {}
    flags: list[str] = []
    words = iter(text.split())
    for word in words:
        if word in _VALUED:
            found.setdefault(word, next(words, ""))
        elif word[:2] in _VALUED and not word.startswith("--"):
            found.setdefault(word[:2], word[2:])
        else:
            flags.append(word)
    return found, tuple(flags)


def split_brackets(prompt: str) -> tuple[str | None, str | None]:
    """Prompt and negative as InvokeAI 2 took them apart: `[words]` are the negative, joined by a blank (conditioning.py)."""
    kept: list[str] = []
    negative: list[str] = []
    at = 0
    while (start := prompt.find("[", at)) >= 0 and (end := prompt.find("]", start)) >= 0:
        kept.append(prompt[at:start])
        negative.append(prompt[start + 1 : end])
        at = end + 1
    if not kept:
        return prompt.strip() or None, None
    kept.append(prompt[at:])
    return _BLANKS.sub(" ", " ".join(kept)).strip() or None, " ".join(negative).strip() or None

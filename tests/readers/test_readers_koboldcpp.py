"""KoboldCpp's line, and lines that only look like it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.readers import attempt, read
from provenance.readers.reading import Lora, Model, Texts

TAIL = (
    " | Steps: 20 | CFGScale: 7.5 | Guidance: 3.5 | Seed: 42 | Size: 512x768 | Sampler: euler karras| Eta: 0.5 | Clip skip: 2 | "
    "Model: paper.gguf | VAE: ae.safetensors | Version: KoboldCpp"
)


def line(prompt: str = "a boat, <lora:ink:0.5>", negative: str = "blurry") -> Texts:
    return (("tEXt:parameters", f"Prompt: {prompt} | NegativePrompt: {negative}{TAIL}"),)


def test_the_fields() -> None:
    found = read(line())
    assert found is not None and (found.generator, found.version) == ("KoboldCpp", None)
    assert (found.prompts, found.negative_prompts) == (("a boat, <lora:ink:0.5>",), ("blurry",))
    assert (found.seeds, found.steps, found.cfgs) == (("42",), ("20",), ("7.5",))
    assert (found.samplers, found.sizes) == (("euler karras",), ("512x768",))
    assert found.models == (Model("paper.gguf", "checkpoint"), Model("ae.safetensors", "vae"))
    assert found.loras == (Lora("ink", "0.5", "0.5"),)
    assert found.rest == {"Guidance": "3.5", "Eta": "0.5", "Clip skip": "2"} and found.passes[0].seed == "42"


@pytest.mark.parametrize(
    "text",
    ["Prompt: a boat | Version: KoboldCpp", "a boat" + TAIL, f"Prompt: a boat{TAIL} or so", "Prompt: a | NegativePrompt: b | Steps: 20"],
)
def test_what_is_not_claimed(text: str) -> None:
    assert attempt((("tEXt:parameters", text),)) == (None, ())


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80), st.text(alphabet="ab |:,", max_size=40))
@settings(deadline=None, max_examples=100)
def test_any_words_come_back(prompt: str, negative: str) -> None:
    if " | NegativePrompt: " in f"{prompt} | " or " | Steps: " in prompt + negative:
        return
    found = read(line(prompt, negative))
    assert found is not None and found.prompts == (prompt,) and found.negative_prompts == (negative,) and found.seeds == ("42",)

"""JSON of Hugging Face Spaces, and JSON under the same keys that is not theirs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provenance.readers import diffusers, read
from provenance.readers.reading import Lora, Model, Texts

SPACE: dict[str, Any] = {
    "prompt": "a paper boat",
    "negative_prompt": "blurry",
    "resolution": "832 x 1216",
    "guidance_scale": 5.5,
    "num_inference_steps": 24,
    "seed": 2147483647,
    "sampler": "DPM++ 2M Karras",
    "Model": "Some XL v2",
    "Model hash": "AB12CD34",
    "use_upscaler": None,
}


def texts(key: str = "tEXt:parameters", **changes: Any) -> Texts:
    return ((key, json.dumps({name: value for name, value in (SPACE | changes).items() if value is not ...})),)


def test_the_fields_of_a_space() -> None:
    found = read(texts())
    assert found is not None and found.generator == "HF Space (diffusers)"
    assert (found.prompts, found.negative_prompts, found.seeds) == (("a paper boat",), ("blurry",), ("2147483647",))
    assert (found.steps, found.cfgs, found.samplers, found.sizes) == (("24",), ("5.5",), ("DPM++ 2M Karras",), ("832x1216",))
    assert found.models == (Model("Some XL v2", "checkpoint", "AB12CD34"),) and found.hashes == {"model": "AB12CD34"}
    assert found.rest == {"Model": "Some XL v2", "Model hash": "AB12CD34", "use_upscaler": None}


def test_upscaling_and_a_lora() -> None:
    upscaler = {"upscale_method": "nearest-exact", "upscaler_strength": 0.55, "upscale_by": 1.5, "new_resolution": "1248 x 1824"}
    found = read(texts("tEXt:metadata", use_lora={"selected_lora": "who/ink-xl", "multiplier": 0.8}, use_upscaler=upscaler))
    assert found is not None and found.loras == (Lora("who/ink-xl", "0.8", "0.8"),)
    assert [(item.role, item.size, item.denoise) for item in found.passes] == [("base", "832x1216", None), ("hires", "1248x1824", "0.55")]
    assert found.sizes == ("832x1216", "1248x1824") and found.denoises == ("0.55",)


def test_a_filled_in_style_is_no_typed_text() -> None:
    plain, styled = read(texts(sdxl_style="(None)", add_quality_tags=False)), read(texts(sdxl_style="Anime", add_quality_tags=True))
    assert plain is not None and {text.origin for text in plain.texts} == {"TYPED"}
    assert styled is not None and {text.origin for text in styled.texts} == {"EXPANDED"}


def test_other_spellings_of_the_arguments() -> None:
    found = read(texts(resolution=..., width=1024, height=768, sampler=..., scheduler="EulerDiscreteScheduler", Model=..., model="who/xl"))
    assert found is not None and found.sizes == ("1024x768",)
    assert (found.samplers, found.schedulers) == ((), ("EulerDiscreteScheduler",)) and found.models[0].name == "who/xl"


@pytest.mark.parametrize(
    "found",
    [
        texts(guidance_scale=...),
        texts(num_inference_steps=...),
        texts(prompt=...),
        texts(prompt=["a"]),
        texts(use_stable_diffusion_model="x.ckpt"),
        texts(software="RuinedFooocus"),
        texts("tEXt:Comment"),
        (("tEXt:parameters", '{"num_inference_steps" and "guidance_scale" and "prompt"'),),
        (("tEXt:parameters", 'a text about "num_inference_steps" and "guidance_scale"'),),
    ],
)
def test_what_is_not_claimed(found: Texts) -> None:
    assert not diffusers.claims(found)


def test_a_model_in_an_object_of_its_own() -> None:
    found = read(texts(**{"Model": {"Model": "Animagine XL 3.1", "Model hash": "e3c47aedb0"}, "Model hash": ...}))
    assert found is not None and found.models == (Model("Animagine XL 3.1", "checkpoint", "e3c47aedb0"),)
    assert found.passes[0].model == "Animagine XL 3.1"


def test_a_job_stamp_alone_claims_nothing() -> None:
    """`hf-job-id` is written by more than one site: it names no generator."""
    assert read((("tEXt:hf-job-id", "0b9f3c2e-1a2b-4c3d-9e8f-001122334455"),)) is None

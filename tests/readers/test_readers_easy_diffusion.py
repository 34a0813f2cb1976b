"""Easy Diffusion: PNG texts by setting, JSON, and the titles of its text files."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.readers import attempt
from provenance.readers.easy_diffusion import listed
from provenance.readers.reading import Control, Lora, Model, Reading, Texts

KEYS = {
    "prompt": "a paper boat", "negative_prompt": "blurry", "seed": "7", "use_stable_diffusion_model": "C:\\models\\paper-v1.safetensors",
    "clip_skip": "False", "use_vae_model": "None", "sampler_name": "euler_a", "width": "512", "height": "768",
    "num_inference_steps": "25", "guidance_scale": "7.5", "use_lora_model": "['l1', 'sub\\\\l2.safetensors']", "lora_alpha": "[0.5, 1.0]",
    "use_upscale": "None",
}  # fmt: skip
TXT = """Prompt: a paper boat,
with a flag: red
Negative Prompt: blurry
Seed: 7
Stable Diffusion model: paper-v1
Clip Skip: False
VAE model: mse
Sampler: euler_a
Width: 512
Height: 768
Steps: 25
Guidance Scale: 7.5
LoRA model: l1, l2
LoRA Strength: 0.5, 1.0
"""
OLD = (
    "a paper boat,\nwith a flag: red\n\nWidth: 512\nHeight: 768\nSeed: 7\nSteps: 25\nGuidance Scale: 7.5\nSampler: plms\n"
    "Negative Prompt: \n"
)


def keyed(**more: str) -> Texts:
    return tuple((f"tEXt:{key}", value) for key, value in (KEYS | more).items())


def certain(texts: Texts) -> Reading:
    found, failed = attempt(texts)
    assert found is not None and not failed
    return found


def test_one_text_for_each_setting() -> None:
    found = certain(keyed())
    assert (found.generator, found.prompts, found.negative_prompts) == ("Easy Diffusion", ("a paper boat",), ("blurry",))
    assert (found.seeds, found.steps, found.cfgs, found.samplers, found.sizes) == (("7",), ("25",), ("7.5",), ("euler_a",), ("512x768",))
    assert found.models == (Model("paper-v1", "checkpoint"),) and found.loras == (Lora("l1", "0.5"), Lora("l2", "1.0"))
    assert found.rest["use_stable_diffusion_model"] == "C:\\models\\paper-v1.safetensors" and found.rest["clip_skip"] == "False"


def test_titles_for_keys_where_both_formats_were_asked_for() -> None:
    titles = {"Prompt": "a", "Seed": "7", "Stable Diffusion model": "paper", "Steps": "25", "Guidance Scale": "7.5", "LoRA model": "l1, l2"}
    for texts in (tuple((f"tEXt:{key}", value) for key, value in titles.items()), (("exif:Exif.UserComment", json.dumps(titles)),)):
        found = certain(texts)
        assert found.prompts == ("a",) and found.steps == ("25",) and [one.name for one in found.loras] == ["l1", "l2"]


@pytest.mark.parametrize("name", ["exif:Exif.UserComment", "sidecar:json"])
def test_json(name: str) -> None:
    values = {
        "prompt": "a paper boat", "negative_prompt": "", "seed": 7,
        "use_stable_diffusion_model": "/home/u/models/stable-diffusion/sub/p.ckpt",
        "use_controlnet_model": "canny", "control_filter_to_apply": "canny", "sampler_name": "euler_a", "width": 512, "height": 512,
        "num_inference_steps": 25, "guidance_scale": 7.5, "use_lora_model": ["l1"], "lora_alpha": [0.5], "prompt_strength": 0.8,
        "use_upscale": "RealESRGAN_x4plus", "upscale_amount": 4, "use_embedding_models": ["/m/embeddings/e1.pt"], "use_vae_model": None,
    }  # fmt: skip
    found = certain(((name, json.dumps(values)),))
    assert found.negative_prompts == () and found.seeds == ("7",) and found.denoises == ("0.8",)
    assert found.models == (
        Model("sub/p", "checkpoint"), Model("canny", "controlnet"), Model("e1", "embedding"), Model("RealESRGAN_x4plus", "upscaler"),
    )  # fmt: skip
    assert found.loras == (Lora("l1", "0.5"),) and found.controls == (Control("controlnet", "canny", preprocessor="canny"),)
    assert found.rest["upscale_amount"] == "4"


def test_the_latent_upscaler_is_a_pass() -> None:
    found = certain(keyed(use_upscale="latent_upscaler", latent_upscaler_steps="10"))
    assert [(one.role, one.steps) for one in found.passes] == [("base", "25"), ("hires", "10")]
    assert "latent_upscaler" not in [one.name for one in found.models]


def test_a_text_file_beside_the_picture() -> None:
    found = certain((("sidecar:txt", TXT),))
    assert (found.prompts, found.negative_prompts) == (("a paper boat,\nwith a flag: red",), ("blurry",))
    assert (found.seeds, found.steps, found.cfgs, found.sizes) == (("7",), ("25",), ("7.5",), ("512x768",))
    assert found.models == (Model("paper-v1", "checkpoint"), Model("mse", "vae"))
    assert found.loras == (Lora("l1", "0.5"), Lora("l2", "1.0"))


def test_the_first_text_files_began_with_the_prompt() -> None:
    found = certain((("sidecar:txt", OLD.replace("\n", "\r\n")),))
    assert found.prompts == ("a paper boat,\nwith a flag: red",) and found.negative_prompts == () and found.samplers == ("plms",)


@pytest.mark.parametrize(
    "texts",
    [
        (("tEXt:prompt", "a boat"), ("tEXt:seed", "7")),
        (("sidecar:txt", "a boat, a cat"),),
        (("sidecar:txt", "Prompt: a boat\nSeed: 1\nSteps: 25\nGuidance Scale: 7.5"),),
        (("sidecar:json", '{"prompt": "a boat", "seed": 7}'),),
    ],
)
def test_what_is_not_surely_its_is_nobodys(texts: Texts) -> None:
    assert attempt(texts) == (None, ())


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("['a', \"b's\", 'c\\\\d']", ("a", "b's", "c\\d")), ("[0.5, 1]", ("0.5", "1")), ("a, b", ("a", "b")), ("a", ("a",)), ("None", ()),
        ("[]", ()), ("['']", ()), (["x", None], ("x",)), (None, ()), (7, ()),
    ],
)  # fmt: skip
def test_lists_of_every_kind(value: object, expected: tuple[str, ...]) -> None:
    assert listed(value) == expected


@given(st.lists(st.text(alphabet="ab'\"\\, []", min_size=1).filter(lambda text: text.strip().lower() not in ("", "none")), max_size=4))
@settings(deadline=None)
def test_a_list_as_python_prints_it_comes_back(names: list[str]) -> None:
    assert listed(str(names)) == tuple(names)

"""Fooocus-MRE: JSON that names its software, from 1.0 to 2.0.78."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provenance.readers import attempt
from provenance.readers.reading import Control, InputFile, Lora, Model, Reading, Written

BASE = {
    "prompt": "a paper boat", "negative_prompt": "blurry", "styles": ["sai-anime"], "real_prompt": ["anime artwork a paper boat", "vivid"],
    "real_negative_prompt": ["photo, blurry"], "seed": 123, "width": 1152, "height": 896, "sampler": "dpmpp_2m_sde_gpu",
    "scheduler": "karras", "performance": "Speed", "steps": 30, "switch": 20, "sharpness": 2.0, "cfg": 7.0,
    "base_model": "paper.safetensors", "refiner_model": "None", "l1": "x.safetensors", "w1": 0.5, "l2": "None", "w2": 0.5,
    "img2img": False, "software": "Fooocus 2.0.78 MRE",
}  # fmt: skip


def mre(name: str = "tEXt:Comment", **values: Any) -> Reading:
    found, failed = attempt(((name, json.dumps(BASE | values, ensure_ascii=False)),))
    assert found is not None and not failed
    return found


@pytest.mark.parametrize("name", ["tEXt:Comment", "COM", "exif:Exif.UserComment", "sidecar:json"])
def test_all_of_it(name: str) -> None:
    found = mre(name)
    assert (found.generator, found.version) == ("Fooocus-MRE", "Fooocus 2.0.78 MRE")
    assert (found.prompts, found.negative_prompts) == (("a paper boat",), ("blurry",))
    assert (found.seeds, found.steps, found.cfgs, found.sizes) == (("123",), ("30",), ("7.0",), ("1152x896",))
    assert (found.samplers, found.schedulers) == (("dpmpp_2m_sde_gpu",), ("karras",))
    assert found.models == (Model("paper.safetensors", "checkpoint"),) and found.loras == (Lora("x.safetensors", "0.5"),)
    assert found.texts == (
        Written("prompt", "a paper boat", "TYPED", "prompt"),
        Written("prompt", "anime artwork a paper boat, vivid", "EXPANDED", "real_prompt"),
        Written("negative", "blurry", "TYPED", "negative_prompt"),
        Written("negative", "photo, blurry", "EXPANDED", "real_negative_prompt"),
    )
    assert found.rest["styles"] == ["sai-anime"] and found.rest["switch"] == "20"


def test_the_first_versions() -> None:
    old = {key: value for key, value in BASE.items() if not key.startswith("real_") and key not in ("sampler", "base_model")}
    old |= {"style": "None", "p_txt": "cinematic a boat", "n_txt": "bad", "sampler_name": "euler", "base_model_name": "old.safetensors"}
    found, _ = attempt((("tEXt:Comment", json.dumps(old | {"software": "Fooocus 1.0.35 MRE"})),))
    assert found is not None and found.samplers == ("euler",) and found.models[0].name == "old.safetensors"
    assert [(one.text, one.where) for one in found.texts if one.origin == "EXPANDED"] == [("cinematic a boat", "p_txt"), ("bad", "n_txt")]


def test_refiner_lists_and_resolution_of_other_versions() -> None:
    found = mre(refiner_model="refine.safetensors", loras=[["y.safetensors", 0.25]], resolution=[640, 480])
    assert [(one.role, one.model) for one in found.passes] == [("base", "paper.safetensors"), ("refiner", "refine.safetensors")]
    assert found.loras == (Lora("x.safetensors", "0.5"), Lora("y.safetensors", "0.25")) and found.sizes == ("640x480",)


def test_images_and_control_loras() -> None:
    found = mre(
        img2img=True, denoise=0.7, input_image="in.png", revision_images=["r1.png", None], control_lora_canny=True, canny_strength=0.9,
        canny_start=0.0, canny_stop=0.4, canny_model="canny.safetensors", canny_input="in.png", control_lora_depth=False,
    )  # fmt: skip
    assert found.denoises == ("0.7",)
    assert found.controls == (Control("controlnet", "canny.safetensors", "0.9", "0.0", "0.4", "canny", "in.png"),)
    assert found.inputs == (InputFile("in.png", "image"), InputFile("r1.png", "image"), InputFile("in.png", "control"))


@pytest.mark.parametrize("text", ['{"software": "GIMP", "seed": 1}', '{"prompt": "x", "uc": "y", "seed": 1}', "Created with Fooocus"])
def test_other_comments_are_not_its(text: str) -> None:
    assert attempt((("tEXt:Comment", text),)) == (None, ())

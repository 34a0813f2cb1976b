"""Draw Things: JSON in EXIF and XMP, and the words beside it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provenance.readers import attempt, read
from provenance.readers.reading import Control, Lora, Model, Reading, Texts, Written

V2 = {
    "width": 1024, "height": 768, "seed": 9, "steps": 20, "guidanceScale": 4.5, "hiresFix": False, "hiresFixWidth": 512,
    "hiresFixHeight": 384, "hiresFixStrength": 0.7, "loras": [{"file": "fold.ckpt", "weight": 0.6, "mode": "all"}],
    "controls": [], "maskBlur": 2.5,
}  # fmt: skip
BASE = {
    "c": "a paper boat", "uc": "blurry", "model": "paper_v1_q8p.ckpt", "sampler": "DPM++ 2M Karras", "scale": 4.5, "seed": 3534040636,
    "seed_mode": "Scale Alike", "size": "1024x768", "steps": 20, "strength": 1, "v2": V2, "profile": {"duration": 51.06386787},
}  # fmt: skip
WORDS = (
    "{prompt}\n-blurry\nSteps: 20, Sampler: DPM++ 2M Karras, Guidance Scale: 4.5, Seed: 3534040636, Size: 1024x768, "
    "Model: paper_v1_q8p.ckpt, Strength: 1.0, Seed Mode: Scale Alike, CLIP Skip: 2"
)


def drawn(name: str = "exif:Exif.UserComment", **values: Any) -> Reading:
    v2 = V2 | values.pop("v2", {})
    found, failed = attempt(((name, json.dumps(BASE | values | {"v2": v2})),))
    assert found is not None and not failed
    return found


@pytest.mark.parametrize("name", ["exif:Exif.UserComment", "xmp:exif:UserComment"])
def test_all_of_it(name: str) -> None:
    found = drawn(name)
    assert (found.generator, found.prompts, found.negative_prompts) == ("Draw Things", ("a paper boat",), ("blurry",))
    assert (found.seeds, found.steps, found.cfgs) == (("3534040636",), ("20",), ("4.5",))
    assert (found.samplers, found.sizes, found.denoises) == (("DPM++ 2M Karras",), ("1024x768",), ("1",))
    assert found.models == (Model("paper_v1_q8p.ckpt", "checkpoint"),) and found.loras == (Lora("fold.ckpt", "0.6"),)
    assert found.rest == {"seed_mode": "Scale Alike", "profile": {"duration": "51.06386787"}, "v2": {"maskBlur": "2.5"}}
    assert found.warnings == ()


def test_refiner_upscaler_controls_and_the_high_resolution_fix() -> None:
    control = {"file": "canny.ckpt", "weight": 0.8, "guidanceStart": 0, "guidanceEnd": 0.5, "inputOverride": "scribble"}
    found = drawn(v2={"refinerModel": "refine.ckpt", "refinerStart": 0.8, "upscaler": "4x.ckpt", "controls": [control], "hiresFix": True})
    assert [(one.role, one.size, one.denoise, one.model) for one in found.passes] == [
        ("base", "512x384", "1", "paper_v1_q8p.ckpt"), ("refiner", None, None, "refine.ckpt"), ("hires", "1024x768", "0.7", None),
    ]  # fmt: skip
    assert found.controls == (Control("controlnet", "canny.ckpt", "0.8", "0", "0.5", "scribble"),)
    assert [one.kind for one in found.models] == ["checkpoint", "checkpoint", "upscaler", "controlnet"]
    assert found.rest["v2"]["refinerStart"] == "0.8"


def test_older_files_have_no_second_part() -> None:
    old = {key: value for key, value in BASE.items() if key != "v2"} | {"lora": [{"model": "fold.ckpt", "weight": 0.6}]}
    found = read((("exif:Exif.UserComment", json.dumps(old)),))
    assert found is not None and found.loras == (Lora("fold.ckpt", "0.6"),) and found.sizes == ("1024x768",)


def test_a_prompt_of_its_own_for_one_encoder() -> None:
    found = drawn(v2={"separateClipL": True, "clipLText": "paper", "separateT5": False, "t5Text": "unused"})
    assert Written("prompt", "paper", "TYPED", "v2.clipLText") in found.texts
    assert all(one.text != "unused" for one in found.texts)


def jpeg(prompt: str, **values: Any) -> Texts:
    """As the app writes a JPEG: UserComment is ASCII, with `?` for what it has not."""
    lossy = prompt.encode("ascii", "replace").decode()
    return (
        ("exif:IFD0.ImageDescription", WORDS.format(prompt=prompt)),
        ("exif:IFD0.Software", "Draw Things"),
        ("exif:Exif.UserComment", json.dumps(BASE | {"c": lossy} | values)),
    )


def test_words_that_ascii_lost_are_taken_from_the_description() -> None:
    found = read(jpeg("一只纸船, a sailor’s"))
    assert found is not None and found.prompts == ("一只纸船, a sailor’s", "????, a sailor?s") and found.passes[0].prompts == (0,)
    assert found.warnings == ("draw_things.ascii UserComment",)
    assert [(one.text, one.where) for one in found.texts if one.role == "prompt"] == [
        ("一只纸船, a sailor’s", "ImageDescription"), ("????, a sailor?s", "c"),
    ]  # fmt: skip


def test_another_description_does_not_replace_the_prompt() -> None:
    found = read(jpeg("a boat", c="a ship"))
    assert found is not None and found.prompts == ("a ship",) and found.warnings == ()


@pytest.mark.parametrize(
    "texts",
    [
        (("exif:IFD0.ImageDescription", WORDS.format(prompt="a boat")), ("exif:IFD0.Software", "Draw Things")),
        (("xmp:xmp:CreatorTool", "Draw Things"), ("xmp:dc:description", WORDS.format(prompt="a boat"))),
    ],
)
def test_the_words_alone(texts: Texts) -> None:
    found = read(texts)
    assert found is not None and (found.prompts, found.negative_prompts) == (("a boat",), ("blurry",))
    assert (found.seeds, found.steps, found.cfgs, found.sizes) == (("3534040636",), ("20",), ("4.5",), ("1024x768",))
    assert found.models == (Model("paper_v1_q8p.ckpt", "checkpoint"),) and found.rest["CLIP Skip"] == "2"


@pytest.mark.parametrize(
    "texts",
    [
        (("exif:IFD0.ImageDescription", WORDS.format(prompt="a boat")), ("exif:IFD0.Software", "another")),
        (("exif:IFD0.ImageDescription", "a holiday"), ("exif:IFD0.Software", "Draw Things")),
        (("exif:Exif.UserComment", '{"prompt": "a", "uc": "b", "seed": 1, "steps": 2}'),),
        (("exif:Exif.UserComment", "a boat"),),
    ],
)
def test_other_comments_are_not_its(texts: Texts) -> None:
    found, failed = attempt(texts)
    assert (found is None or found.generator != "Draw Things") and not failed

"""What extensions add to an infotext: units that steer, regions, wildcards, second passes, further networks."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reader_builders import infotext

from provenance.prompts.divided import composed, regional
from provenance.readers import read
from provenance.readers.reading import Control, InputFile, Lora, Model, Part, Pass, Reading
from provenance.readers.steering import kind_of, unit_pairs

TAIL = "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 42, Size: 512x768, Model hash: abc1234567, Model: paper_v1"
SDNEXT = "Steps: 20, Size: 512x768, Seed: 42, CFG scale: 7, App: SD.Next, Version: 5f04d47, Model: paper"


def got(more: str = "", tail: str = TAIL, **prompts: str | None) -> Reading:
    found = read(infotext(f"{tail}{', ' if more else ''}{more}", **prompts))  # type: ignore[arg-type]
    assert found is not None
    return found


def test_controlnet_units_of_three_generations() -> None:
    quoted = got(
        'ControlNet 0: "Module: canny, Model: control_v11p_sd15_canny [d14c016b], Weight: 0.8, Resize Mode: Crop and Resize, Guidance '
        'Start: 0, Guidance End: 0.7, Pixel Perfect: True", '
        'ControlNet 1: "Module: ip-adapter_clip_sd15, Model: ip-adapter_sd15 [6a3f6166], Weight: 1", '
        'ControlNet 2: "Module: reference_only, Model: None, Weight: 0.5"'
    )
    assert quoted.controls == (
        Control("controlnet", "control_v11p_sd15_canny", "0.8", "0", "0.7", "canny"),
        Control("ip_adapter", "ip-adapter_sd15", "1", preprocessor="ip-adapter_clip_sd15"),
        Control("reference", None, "0.5", preprocessor="reference_only"),
    )
    assert Model("control_v11p_sd15_canny", "controlnet", "d14c016b") in quoted.models
    assert Model("ip-adapter_sd15", "ip_adapter", "6a3f6166") in quoted.models
    lower = got(
        'ControlNet 0: "preprocessor: none, model: t2iadapter_sketch_sd15v2 [cb7391c3], weight: 1, starting/ending: (0, 0.9), resize mode: '
        'Crop and Resize, preprocessor params: (512, 100, 200)"'
    )
    assert lower.controls == (Control("t2i_adapter", "t2iadapter_sketch_sd15v2", "1", "0", "0.9"),)
    flat = got(
        "ControlNet Enabled: True, ControlNet Module: canny, ControlNet Model: control_sd15_canny(fef5e48e), ControlNet Weight: 1, "
        "ControlNet-1 Enabled: True, ControlNet-1 Module: depth, ControlNet-1 Model: control_depth [aabbccdd], ControlNet-1 Weight: 0.5, "
        "ControlNet-1 Guidance Start: 0.1, ControlNet-1 Guidance End: 1, ControlNet-2 Enabled: False, ControlNet-2 Model: x"
    )
    assert flat.controls == (
        Control("controlnet", "control_sd15_canny", "1", preprocessor="canny"),
        Control("controlnet", "control_depth", "0.5", "0.1", "1", "depth"),
    )
    assert Model("control_sd15_canny", "controlnet", "fef5e48e") in flat.models


def test_sdnext_control_and_adapters() -> None:
    found = got(
        'Control type: ControlNet, Control model: "Canny;Depth", Control conditioning: 1.0;0.5, Control start: 0.0;0.1, '
        'Control end: 1.0;0.9, Control process: Canny Edge;, IP Adapter: "Plus:0.7:0.0:1.0;Base:0.2"',
        tail=SDNEXT,
    )
    assert found.controls == (
        Control("controlnet", "Canny", "1.0", "0.0", "1.0", "Canny Edge"),
        Control("controlnet", "Depth", "0.5", "0.1", "0.9"),
        Control("ip_adapter", "Plus", "0.7", "0.0", "1.0"),
        Control("ip_adapter", "Base", "0.2"),
    )
    assert got("Control type: T2I-Adapter, Control model: Sketch", tail=SDNEXT).controls == (Control("t2i_adapter", "Sketch"),)


@pytest.mark.parametrize(
    ("model", "preprocessor", "kind"),
    [
        ("control_v11e_sd15_shuffle", "shuffle", "controlnet"),
        ("t2iadapter_style-fp16", "t2ia_style_clipvision", "t2i_adapter"),
        ("ip-adapter_instant_id_sdxl", "instant_id_face_embedding", "ip_adapter"),
        ("control_instant_id_sdxl", "instant_id_face_keypoints", "controlnet"),
        ("None", "revision_clipvision", "reference"),
        (None, "reference_adain+attn", "reference"),
        (None, None, "controlnet"),
    ],
)
def test_what_a_unit_is(model: str | None, preprocessor: str | None, kind: str) -> None:
    assert kind_of(model, preprocessor) == kind


def test_regional_prompter() -> None:
    found = got(
        'RP Active: True, RP Divide mode: Matrix, RP Matrix submode: Columns, RP Use Base: False, RP Use Common: False, RP Ratios: "1,2"',
        positive="all of it ADDCOMM a wide sea ADDBASE a boat ADDCOL a rock ADDROW sky BREAK sun",
    )
    assert [(part.place, part.prompt) for part in found.parts] == [
        ("common", "all of it"), ("base", "a wide sea"), ("Columns 1,2: 1", "a boat"), ("Columns 1,2: 2", "a rock"),
        ("Columns 1,2: 3", "sky"), ("Columns 1,2: 4", "sun"),
    ]
    assert {part.role for part in found.parts} == {"region"}
    implied = got("RP Active: True, RP Divide mode: Mask, RP Use Base: True, RP Use Common: True", positive="a BREAK b BREAK c BREAK d")
    assert [(part.place, part.prompt) for part in implied.parts] == [("common", "a"), ("base", "b"), ("Mask: 1", "c"), ("Mask: 2", "d")]
    assert got("RP Active: False", positive="a BREAK b").parts == ()
    assert got(positive="a ADDCOL b").parts == (), "without the extension these are words"


def test_forge_couple() -> None:
    basic = got(
        "forge_couple: True, forge_couple_mode: Basic, forge_couple_separator: , forge_couple_direction: Horizontal, "
        "forge_couple_background: First Line, forge_couple_background_weight: 0.5, Version: f2.0.1v1.10.1",
        positive="a wide sea\na boat\n\na rock",
    )
    assert basic.parts == (
        Part("region", "a wide sea", place="background", weight="0.5"),
        Part("region", "a boat", place="Horizontal: 1"),
        Part("region", "a rock", place="Horizontal: 2"),
    )
    advanced = got(
        'forge_couple: True, forge_couple_mode: Advanced, forge_couple_separator: SEP, forge_couple_mapping: "[[0.0, 0.5, 0.0, 1.0, 1.0], '
        '[0.5, 1.0, 0.0, 1.0, 0.8]]", Version: neo',
        positive="a boat SEP a rock",
    )
    assert advanced.parts == (
        Part("region", "a boat", place="x 0.0-0.5 y 0.0-1.0", weight="1.0"),
        Part("region", "a rock", place="x 0.5-1.0 y 0.0-1.0", weight="0.8"),
    )


def test_tiled_diffusion_and_latent_couple() -> None:
    regions = {
        "Region 1": {"enable": True, "x": 0.1, "y": 0.2, "w": 0.3, "h": 0.4, "prompt": "a boat", "neg_prompt": "bad", "seed": 1},
        "Region 2": {"enable": False, "x": 0, "y": 0, "w": 1, "h": 1, "prompt": "off", "neg_prompt": ""},
    }
    tiled = got("Tiled Diffusion: " + json.dumps({"Method": "MultiDiffusion", "Region control": regions}))
    assert tiled.parts == (Part("region", "a boat", "bad", "x 0.1 y 0.2 w 0.3 h 0.4"),)
    couple = got(
        'Latent Couple: "divisions=1:1,1:2,1:2 positions=0:0,0:0,0:1 weights=0.2,0.8,0.7 end at step=20"', positive="sea AND boat AND rock"
    )
    assert couple.parts == (
        Part("region", "sea", place="division 1:1 position 0:0", weight="0.2"),
        Part("region", "boat", place="division 1:2 position 0:0", weight="0.8"),
        Part("region", "rock", place="division 1:2 position 0:1", weight="0.7"),
    )


def test_and_divides_in_the_webui_only() -> None:
    words = "a cat :1.2 AND a dog AND SANDY hills: 3 of them"
    assert got(positive=words).parts == (
        Part("composed", "a cat", weight="1.2"), Part("composed", "a dog"), Part("composed", "SANDY hills: 3 of them"),
    )
    assert got(positive=words, tail=SDNEXT).parts == ()
    assert got("Version: ComfyUI", positive=words).parts == () and got("Version: ComfyUI").dialect == "comfyui"
    assert composed("a B c") == () and got().dialect == "a1111"


def test_templates_and_wildcards_are_typed_and_the_prompt_is_what_ran() -> None:
    dynamic = got(tail=TAIL + "\nTemplate: a {paper|tin} boat\nNegative Template: {blurry|dark}")
    assert [(text.role, text.text, text.origin, text.where) for text in dynamic.texts] == [
        ("template", "a {paper|tin} boat", "TYPED", "Template"),
        ("prompt", "a paper boat", "EXPANDED", None),
        ("negative_template", "{blurry|dark}", "TYPED", "Negative Template"),
        ("negative", "blurry", "EXPANDED", None),
    ]
    wildcard = got('Wildcard prompt: "a __matter__ boat, by night"')
    assert [(text.role, text.origin) for text in wildcard.texts] == [("template", "TYPED"), ("prompt", "EXPANDED"), ("negative", "TYPED")]
    assert wildcard.prompts == ("a paper boat",)


def test_a_template_of_the_same_words_expanded_nothing() -> None:
    found = read(infotext(f"Template: a paper boat\n{SDNEXT}", negative=""))
    assert found is not None and found.negative_prompts == ("",), "SD.Next parses the line back as the template, not as the negative"
    assert [(text.role, text.origin) for text in found.texts] == [("template", "TYPED"), ("prompt", "TYPED")]


def test_styles_that_sdnext_filled_in() -> None:
    found = got("Styles: ink; night", tail=SDNEXT)
    assert [(text.role, text.origin) for text in found.texts] == [("prompt", "EXPANDED"), ("negative", "EXPANDED")]
    assert found.rest["Styles"] == "ink; night"


def test_sdnext_passes() -> None:
    found = got(
        "Operations: txt2img; hires; detailer, HiRes mode: 1, Hires upscaler: Latent, Hires size: 1024x1536, Hires steps: 10, "
        "Hires strength: 0.4, Refiner: paper_refiner, Refiner steps: 5, Refiner prompt: fine lines, "
        'Detailer: "face-yolo8n, hand-yolo8n", Detailer steps: 12, '
        "Detailer strength: 0.3, Detailer prompt: a face, Detailer negative: bad face",
        tail=SDNEXT,
    )
    assert found.prompts == ("a paper boat", "fine lines", "a face") and found.negative_prompts == ("blurry", "bad face")
    assert found.passes[1:] == (
        Pass("refiner", steps="5", model="paper_refiner", prompts=(1,), negatives=(0,)),
        Pass("hires", steps="10", denoise="0.4", size="1024x1536", prompts=(0,), negatives=(0,)),
        Pass("detailer", steps="12", denoise="0.3", prompts=(2,), negatives=(1,)),
    )
    assert [model.name for model in found.models if model.kind == "detector"] == ["face-yolo8n", "hand-yolo8n"]
    upscaled = got("Operations: txt2img; upscale, HiRes mode: 1, Hires size: 1024x1536, Hires upscaler: ESRGAN-4x", tail=SDNEXT)
    assert upscaled.passes[1] == Pass("upscale", size="1024x1536"), "no second sampling ran"


def test_further_networks_and_an_image_that_went_in() -> None:
    found = got(
        "Hypernet: old_hn, AddNet Enabled: True, AddNet Module 1: LoRA, AddNet Model 1: ink(aabbccddeeff), AddNet Weight A 1: 0.8, "
        "AddNet Weight B 1: 0.6, Init image hash: 9e42a6be, Denoising strength: 0.5",
        positive="boat <lyco:loc:0.4> <hypernet:hn2:1>",
    )
    assert found.loras == (Lora("loc", "0.4", "0.4"), Lora("ink", "0.8", "0.6", "aabbccddeeff"))
    assert {model.name for model in found.models if model.kind == "hypernetwork"} == {"old_hn", "hn2"}
    assert found.inputs == (InputFile("9e42a6be", "image"),) and found.hashes["init_image"] == "9e42a6be"
    sdnext = got(
        'LoRA networks: "ink, night", Embeddings: badhand, TE: t5-fp8, UNet: paper-q4, Parser: xhinker',
        tail=SDNEXT,
        positive="x <lora:ink:1>",
    )
    assert sdnext.loras == (Lora("ink", "1", "1"), Lora("night"))
    assert {(model.name, model.kind) for model in sdnext.models} == {
        ("paper", "checkpoint"), ("badhand", "embedding"), ("t5-fp8", "text_encoder"), ("paper-q4", "diffusion"),
    }


def test_what_the_extras_tab_did_afterwards() -> None:
    line = "Postprocess upscale by: 4, Postprocess upscaler: R-ESRGAN 4x+, Postprocess upscaler 2: None"
    found = read((*infotext(TAIL), ("tEXt:postprocessing", line)))
    assert found is not None and Model("R-ESRGAN 4x+", "upscaler") in found.models
    assert found.rest["postprocessing"]["Postprocess upscale by"] == "4"
    assert read((("tEXt:postprocessing", line),)) is None, "a photograph that was only enlarged was not generated"


def test_pieces_and_pairs() -> None:
    assert regional("a ADDCOL b") == (("a", "ADDCOL"), ("b", None))
    assert list(unit_pairs("a: 1, b: (0, 1), c: x [y], z")) == [("a", "1"), ("b", "(0, 1)"), ("c", "x [y], z")]
    assert list(unit_pairs("no pairs")) == []


WORDS = st.sampled_from(["AND", "ADDCOL", "BREAK", "ADDBASE", "\n", " ", ":", "1.2", "a", ",", "(", "]", "RP Active: True", "<lora:"])
COUPLE = "forge_couple: True, forge_couple_mode: Advanced, forge_couple_mapping: [[1]]"
MORE = ("RP Active: True", COUPLE, "Tiled Diffusion: {}", "")


@given(st.lists(WORDS, max_size=60).map(" ".join), st.sampled_from(MORE))
@settings(deadline=None, max_examples=150)
def test_any_prompt_is_divided_without_harm(words: str, more: str) -> None:
    found = got(more, positive=f"x {words}")
    assert found.seeds == ("42",) and all(part.prompt is not None for part in found.parts)


@pytest.mark.parametrize("words", ["AND " * 100_000, "a:" * 100_000, "ADDCOL " * 100_000, "<hypernet:" * 50_000])
def test_long_texts_are_read_whole(words: str) -> None:
    found = got("RP Active: True", positive=words)
    assert found.prompts == (words.strip(),) and len(found.parts) <= 65

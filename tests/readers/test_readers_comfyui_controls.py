"""What steers a ComfyUI picture besides words, and prompts for a part of it."""

from __future__ import annotations

from typing import Any

from reader_builders import base, node, sampler, texts

from provenance.readers import read
from provenance.readers.reading import Control, Part, Reading


def got(graph: dict[str, Any]) -> Reading:
    found = read(texts(graph))
    assert found is not None and found.generator == "ComfyUI"
    return found


def test_a_controlnet_with_its_preprocessor_and_a_union_type() -> None:
    graph = base(
        n10=node("ControlNetLoader", control_net_name="union.safetensors"),
        n11=node("LoadImage", image="dancer.png"),
        n12=node("AIO_Preprocessor", preprocessor="DepthAnythingPreprocessor", resolution=512, image=("11", 0)),
        n13=node("SetUnionControlNetType", type="depth", control_net=("10", 0)),
        n14=node(
            "ControlNetApplyAdvanced",
            strength=0.5,
            start_percent=0,
            end_percent=1,
            positive=("6", 0),
            negative=("7", 0),
            control_net=("13", 0),
            image=("12", 0),
        ),
        n3=sampler(positive=("14", 0), negative=("14", 1)),
    )
    assert got(graph).controls == (Control("controlnet", "union.safetensors", "0.5", "0", "1", "DepthAnythingPreprocessor", "dancer.png"),)


def test_a_t2i_adapter_goes_by_the_name_of_its_file() -> None:
    graph = base(
        n10=node("ControlNetLoader", control_net_name="t2iadapter_depth.pth"),
        n11=node("LoadImage", image="d.png"),
        n12=node("ControlNetApply", strength=1, conditioning=("6", 0), control_net=("10", 0), image=("11", 0)),
        n3=sampler(positive=("12", 0)),
    )
    assert got(graph).controls == (Control("t2i_adapter", "t2iadapter_depth.pth", "1", image="d.png"),)


def test_ip_adapters_by_file_and_by_preset() -> None:
    graph = base(
        n10=node("LoadImage", image="face.png"),
        n11=node("IPAdapterModelLoader", ipadapter_file="plus-face.safetensors"),
        n12=node("IPAdapterAdvanced", weight=0.8, start_at=0.1, end_at=0.9, model=("4", 0), ipadapter=("11", 0), image=("10", 0)),
        n13=node("IPAdapterUnifiedLoader", preset="STANDARD (medium strength)", model=("12", 0)),
        n14=node("IPAdapter", weight=1, start_at=0, end_at=1, model=("13", 0), ipadapter=("13", 1), image=("10", 0)),
        n3=sampler(model=("14", 0)),
    )
    found = got(graph)
    assert found.controls == (
        Control("ip_adapter", "plus-face.safetensors", "0.8", "0.1", "0.9", image="face.png"),
        Control("ip_adapter", "STANDARD (medium strength)", "1", "0", "1", image="face.png"),
    )
    assert found.passes[0].model == "paper.safetensors"


def test_style_models_and_reference_pictures() -> None:
    graph = base(
        n10=node("LoadImage", image="style.png"),
        n11=node("CLIPVisionLoader", clip_name="sig.safetensors"),
        n12=node("CLIPVisionEncode", crop="center", clip_vision=("11", 0), image=("10", 0)),
        n13=node("StyleModelLoader", style_model_name="redux.safetensors"),
        n14=node(
            "StyleModelApply",
            strength=0.7,
            strength_type="multiply",
            conditioning=("6", 0),
            style_model=("13", 0),
            clip_vision_output=("12", 0),
        ),
        n15=node("LoadImage", image="scene.png"),
        n16=node("FluxKontextImageScale", image=("15", 0)),
        n17=node("VAEEncode", pixels=("16", 0), vae=("4", 2)),
        n18=node("ReferenceLatent", conditioning=("14", 0), latent=("17", 0)),
        n3=sampler(positive=("18", 0)),
    )
    found = got(graph)
    assert found.controls == (
        Control("style", "redux.safetensors", "0.7", image="style.png"),
        Control("reference", image="scene.png"),
    )
    assert found.prompts == ("a paper boat",)


def test_a_stack_of_controlnets_with_one_switched_off() -> None:
    graph = base(
        n10=node("LoadImage", image="edge.png"),
        n11=node("CannyEdgePreprocessor", image=("10", 0)),
        n12=node(
            "CR Multi-ControlNet Stack",
            switch_1="On",
            controlnet_1="canny.safetensors",
            controlnet_strength_1=0.6,
            start_percent_1=0,
            end_percent_1=0.5,
            image_1=("11", 0),
            switch_2="Off",
            controlnet_2="depth.safetensors",
            controlnet_strength_2=1,
        ),
        n13=node("CR Apply Multi-ControlNet", base_positive=("6", 0), base_negative=("7", 0), controlnet_stack=("12", 0), switch="On"),
        n3=sampler(positive=("13", 0), negative=("13", 1)),
    )
    assert got(graph).controls == (Control("controlnet", "canny.safetensors", "0.6", "0", "0.5", "CannyEdgePreprocessor", "edge.png"),)


def test_areas_boxes_and_masks_are_parts() -> None:
    graph = base(
        n10=node("CLIPTextEncode", text="a lighthouse", clip=("4", 1)),
        n11=node("ConditioningSetArea", width=256, height=512, x=64, y=0, strength=1.2, conditioning=("10", 0)),
        n12=node("CLIPTextEncode", text="a gull", clip=("4", 1)),
        n13=node("LoadImageMask", image="sky.png", channel="red"),
        n14=node("ConditioningSetMask", strength=0.9, set_cond_area="default", conditioning=("12", 0), mask=("13", 0)),
        n15=node("ConditioningCombine", conditioning_1=("6", 0), conditioning_2=("11", 0)),
        n16=node("ConditioningCombine", conditioning_1=("15", 0), conditioning_2=("14", 0)),
        n3=sampler(positive=("16", 0)),
    )
    found = got(graph)
    assert found.prompts == ("a paper boat", "a lighthouse", "a gull")
    assert found.parts == (
        Part("region", "a lighthouse", place="x 64 y 0 256x512", weight="1.2"),
        Part("region", "a gull", place="mask 13", weight="0.9"),
    )


def test_a_text_box_is_a_part_and_what_passes_through_it_is_not() -> None:
    graph = base(
        n10=node("GLIGENLoader", gligen_name="box.safetensors"),
        n11=node(
            "GLIGENTextBoxApply",
            text="a red sail",
            width=128,
            height=64,
            x=8,
            y=16,
            conditioning_to=("6", 0),
            clip=("4", 1),
            gligen_textbox_model=("10", 0),
        ),
        n3=sampler(positive=("11", 0)),
    )
    found = got(graph)
    assert set(found.prompts) == {"a paper boat", "a red sail"}
    assert found.parts == (Part("region", "a red sail", place="x 8 y 16 128x64"),)


def test_texts_that_reach_the_model_another_way() -> None:
    graph = base(
        n10=node("CLIPTextEncode", text="left cat", clip=("4", 1)),
        n11=node("LoadImageMask", image="left.png", channel="red"),
        n12=node("DenseDiffusionAddCondNode", model=("4", 0), conditioning=("10", 0), mask=("11", 0), strength=0.8),
        n13=node("DenseDiffusionApplyNode", model=("12", 0)),
        n3=sampler(model=("13", 0)),
    )
    found = got(graph)
    assert found.prompts == ("a paper boat", "left cat")
    assert found.parts == (Part("region", "left cat", place="mask 11", weight="0.8"),)


def test_an_inpainting_picture_and_its_mask_pass_both_ways() -> None:
    graph = base(
        n10=node("LoadImage", image="hole.png"),
        n11=node(
            "InpaintModelConditioning",
            positive=("6", 0),
            negative=("7", 0),
            vae=("4", 2),
            pixels=("10", 0),
            mask=("10", 1),
            noise_mask=True,
        ),
        n3=sampler(positive=("11", 0), negative=("11", 1), latent_image=("11", 2)),
    )
    found = got(graph)
    assert (found.prompts, found.negative_prompts, found.parts) == (("a paper boat",), ("blurry",), ())
    assert [(item.name, item.role) for item in found.inputs] == [("hole.png", "image")]

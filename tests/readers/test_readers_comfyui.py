"""ComfyUI graphs: made up here, each for one thing that real graphs do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from reader_builders import base, node, sampler, texts

from provenance.readers import read
from provenance.readers.reading import EXPANDED, TYPED, UNKNOWABLE, Control, InputFile, Model, Reading, Written


def got(graph: dict[str, Any], file_name: str = "", workflow: Any = None) -> Reading:
    found = read(texts(graph, workflow), file_name)
    assert found is not None and found.generator == "ComfyUI"
    return found


def test_the_plain_graph() -> None:
    found = got(base())
    assert (found.prompts, found.negative_prompts) == (("a paper boat",), ("blurry",))
    assert found.seeds == ("18446744073709551615",), "64-bit seeds survive"
    assert (found.cfgs, found.denoises, found.steps) == (("7.0",), ("1.0",), ("20",)), "numbers as the tool wrote them"
    assert (found.samplers, found.schedulers, found.sizes) == (("euler",), ("karras",), ("512x768",))
    assert found.models == (Model("paper.safetensors", "checkpoint"),)
    assert [(item.role, item.node, item.prompts, item.negatives) for item in found.passes] == [("base", "3", (0,), (0,))]
    assert found.warnings == ()


def test_nan_and_trailing_bytes() -> None:
    text = json.dumps(base(n8=node("VAEDecode", samples=("3", 0), vae=("4", 2)) | {"is_changed": [float("nan")]})) + "\0\0garbage"
    found = read(texts(text))
    assert found is not None and found.seeds


def test_dead_branches_drop_out() -> None:
    found = got(base(n66=node("CLIPTextEncode", text="never used", clip=("4", 1)), n44=node("LoraLoader", lora_name="dead.safetensors")))
    assert found.prompts == ("a paper boat",) and found.loras == ()


def test_ids_of_subgraphs() -> None:
    text = json.dumps(base()).replace('"3"', '"30:6"')
    found = read(texts(text))
    assert found is not None and found.passes[0].node == "30:6"


def test_the_saver_is_chosen_by_its_prefix() -> None:
    graph = base(
        n13=sampler(seed=99),
        n18=node("VAEDecode", samples=("13", 0), vae=("4", 2)),
        n19=node("SaveImage", filename_prefix="keeper/%date%/wide", images=("18", 0)),
        n20=node("PreviewImage", images=("8", 0)),
    )
    assert got(graph, "ComfyUI_00001_.png").seeds == ("18446744073709551615",)
    assert got(graph, "wide_00001_.png").seeds == ("99",)
    assert got(graph, "ComfyUI_temp_abcde_00001_.png").seeds == ("18446744073709551615",)
    both = got(graph, "renamed.png")
    assert both.seeds == ("18446744073709551615", "99") and both.warnings == ("ambiguous savers 9,19",)


def test_hires_pass_comes_after_the_base() -> None:
    graph = base(
        n10=node("LatentUpscale", upscale_method="bislerp", width=1024, height=1536, crop="disabled", samples=("3", 0)),
        n2=sampler(latent_image=("10", 0)),
        n8=node("VAEDecode", samples=("2", 0), vae=("4", 2)),
    )
    found = got(graph)
    assert [(item.role, item.seed, item.size) for item in found.passes] == [
        ("base", "18446744073709551615", "512x768"),
        ("hires", "5", "1024x1536"),
    ]
    assert found.denoises == ("1.0", "0.5")


def test_a_refiner_with_its_own_model() -> None:
    graph = base(
        n14=node("CheckpointLoaderSimple", ckpt_name="refiner.safetensors"),
        n2=node(
            "KSamplerAdvanced",
            add_noise="disable",
            noise_seed=0,
            steps=25,
            cfg=8,
            sampler_name="euler",
            scheduler="normal",
            start_at_step=20,
            end_at_step=10000,
            model=("14", 0),
            positive=("6", 0),
            negative=("7", 0),
            latent_image=("3", 0),
        ),
        n8=node("VAEDecode", samples=("2", 0), vae=("4", 2)),
    )
    found = got(graph)
    assert [(item.role, item.model) for item in found.passes] == [("base", "paper.safetensors"), ("refiner", "refiner.safetensors")]
    assert [model.name for model in found.models] == ["paper.safetensors", "refiner.safetensors"]


def test_sampler_custom_advanced() -> None:
    graph = {
        "1": node("UNETLoader", unet_name="flux.safetensors", weight_dtype="default"),
        "2": node("DualCLIPLoader", clip_name1="t5.safetensors", clip_name2="clip_l.safetensors", type="flux"),
        "3": node("CLIPTextEncodeFlux", clip_l="boat", t5xxl="a long text about a boat", guidance=3.5, clip=("2", 0)),
        "4": node("FluxGuidance", guidance=2.5, conditioning=("3", 0)),
        "5": node("BasicGuider", model=("1", 0), conditioning=("4", 0)),
        "6": node("RandomNoise", noise_seed=77),
        "7": node("KSamplerSelect", sampler_name="euler"),
        "8": node("BasicScheduler", scheduler="simple", steps=28, denoise=1, model=("1", 0)),
        "9": node("SplitSigmas", step=3, sigmas=("8", 0)),
        "10": node("EmptySD3LatentImage", width=1024, height=1024, batch_size=1),
        "11": node("SamplerCustomAdvanced", noise=("6", 0), guider=("5", 0), sampler=("7", 0), sigmas=("9", 1), latent_image=("10", 0)),
        "12": node("VAELoader", vae_name="ae.safetensors"),
        "13": node("VAEDecode", samples=("11", 0), vae=("12", 0)),
        "14": node("SaveImage", filename_prefix="x", images=("13", 0)),
    }
    found = got(graph)
    assert (found.prompts, found.negative_prompts) == (("boat", "a long text about a boat"), ())
    assert (found.seeds, found.steps, found.samplers, found.schedulers) == (("77",), ("28",), ("euler",), ("simple",))
    assert {model.name: model.kind for model in found.models} == {
        "flux.safetensors": "diffusion",
        "t5.safetensors": "text_encoder",
        "clip_l.safetensors": "text_encoder",
        "ae.safetensors": "vae",
    }
    assert found.rest["guidance"] == ["3.5", "2.5"]


def test_the_slot_decides_between_positive_and_negative() -> None:
    graph = base(
        n10=node("ControlNetLoader", control_net_name="pose.safetensors"),
        n11=node("LoadImage", image="pose.png"),
        n12=node(
            "ControlNetApplyAdvanced",
            strength=0.66,
            start_percent=0.0,
            end_percent=0.8,
            positive=("6", 0),
            negative=("7", 0),
            control_net=("10", 0),
            image=("11", 0),
        ),
        n3=sampler(positive=("12", 0), negative=("12", 1)),
    )
    found = got(graph)
    assert (found.prompts, found.negative_prompts) == (("a paper boat",), ("blurry",))
    assert Model("pose.safetensors", "controlnet") in found.models
    assert found.inputs == (InputFile("pose.png", "control"),)
    assert found.controls == (Control("controlnet", "pose.safetensors", "0.66", "0.0", "0.8", image="pose.png"),)


def test_combined_conditioning_and_zeroed_out_negative() -> None:
    graph = base(
        n10=node("CLIPTextEncode", text="at dusk", clip=("4", 1)),
        n11=node("ConditioningSetArea", width=64, conditioning=("10", 0)),
        n12=node("ConditioningCombine", conditioning_1=("6", 0), conditioning_2=("11", 0)),
        n13=node("ConditioningZeroOut", conditioning=("6", 0)),
        n3=sampler(positive=("12", 0), negative=("13", 0)),
    )
    found = got(graph)
    assert (found.prompts, found.negative_prompts) == (("a paper boat", "at dusk"), ())


def test_pipes_and_switches_and_reroutes() -> None:
    graph = base(
        n10=node("ToBasicPipe", model=("4", 0), clip=("4", 1), vae=("4", 2), positive=("6", 0), negative=("7", 0)),
        n11=node("CLIPTextEncode", text="not chosen", clip=("4", 1)),
        n12=node("ImpactSwitch", select=2, sel_mode=False, input1=("11", 0), input2=("6", 0)),
        n13=node("Reroute", **{"": ("12", 0)}),
        n14=node("ToBasicPipe", model=("4", 0), clip=("4", 1), vae=("4", 2), positive=("13", 0), negative=("7", 0)),
        n3=node(
            "ImpactKSamplerBasicPipe",
            seed=3,
            steps=4,
            cfg=2,
            sampler_name="lcm",
            scheduler="simple",
            denoise=1,
            basic_pipe=("14", 0),
            latent_image=("5", 0),
        ),
    )
    found = got(graph)
    assert (found.prompts, found.negative_prompts, found.seeds) == (("a paper boat",), ("blurry",), ("3",))
    assert found.passes[0].model == "paper.safetensors"


@pytest.mark.parametrize(("flag", "text"), [(True, "yes"), (False, "no")])
def test_a_true_false_switch(flag: bool, text: str) -> None:
    graph = base(
        n10=node("PrimitiveStringMultiline", value="yes"),
        n11=node("PrimitiveString", value="no"),
        n12=node("PrimitiveBoolean", value=flag),
        n13=node("ComfySwitchNode", switch=("12", 0), on_true=("10", 0), on_false=("11", 0)),
        n6=node("CLIPTextEncode", text=("13", 0), clip=("4", 1)),
    )
    assert got(graph).prompts == (text,)


def test_texts_put_together() -> None:
    graph = base(
        n10=node("PrimitiveStringMultiline", value="a boat"),
        n11=node("StringConcatenate", string_a=("10", 0), string_b="at sea", delimiter=", "),
        n6=node("CLIPTextEncode", text=("11", 0), clip=("4", 1)),
        n12=node("PrimitiveInt", value=123),
        n3=sampler(seed=("12", 0)),
    )
    found = got(graph)
    assert (found.prompts, found.seeds) == (("a boat, at sea",), ("123",))


def test_wildcards_keep_both_texts() -> None:
    graph = base(
        n6=node(
            "ImpactWildcardEncode",
            wildcard_text="a __colour__ boat",
            populated_text="a red boat",
            mode="populate",
            model=("4", 0),
            clip=("4", 1),
        )
    )
    found = got(graph)
    assert found.prompts == ("a red boat",)
    assert found.texts[:2] == (
        Written("template", "a __colour__ boat", TYPED, "6.wildcard_text"),
        Written("prompt", "a red boat", EXPANDED, "6.populated_text"),
    )


def test_what_only_the_run_knew_is_said() -> None:
    graph = base(n10=node("TextGenerateLLM", prompt="write me a boat", seed=4), n6=node("CLIPTextEncode", text=("10", 0), clip=("4", 1)))
    found = got(graph)
    assert found.prompts == () and "unresolved 6.text" in found.warnings
    assert found.texts[:2] == (
        Written("typed", "write me a boat", TYPED, "10.prompt"),
        Written("prompt", None, UNKNOWABLE, "6.text"),
    )
    assert found.rest == {}


@pytest.mark.parametrize(("cls", "extra"), [("ClownsharKSampler_Beta", {}), ("FaceDetailer", {"image": ("8", 0)}), ("Some Sampler 9", {})])
def test_samplers_nobody_knows(cls: str, extra: dict[str, Any]) -> None:
    made = sampler(**extra)
    graph = base(n30=made | {"class_type": cls}, n31=node("SaveImage", filename_prefix="z", images=("30", 0)))
    found = got(graph, "z_00001_.png")
    assert "5" in found.seeds and found.passes[-1].role == ("detailer" if "Detailer" in cls else "base")


@pytest.mark.parametrize(
    "found",
    [
        (("exif:IFD0.Model", "prompt:" + json.dumps(base())), ("exif:IFD0.Make", 'workflow:{"nodes":[],"links":[]}')),
        (("exif:IFD0.Make", "Prompt: " + json.dumps(base())), ("exif:IFD0.ImageDescription", 'Workflow: {"nodes":[],"links":[]}')),
        (("exif:IFD0.UserComment", json.dumps({"prompt": base(), "workflow": {"nodes": [], "links": []}})),),
        (("exif:IFD0.UserComment", json.dumps({"prompt": json.dumps(base()), "workflow": None})),),
        (("exif:Exif.UserComment", json.dumps(base() | {"extra": {"airs": []}, "extraMetadata": "{}"})),),
        (("comf:prompt", json.dumps(base())),),
    ],
)
def test_carriers(found: tuple[tuple[str, str], ...]) -> None:
    reading = read(found)
    assert reading is not None and reading.seeds == ("18446744073709551615",)

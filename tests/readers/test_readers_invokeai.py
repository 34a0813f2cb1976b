"""InvokeAI, four generations of it: what each wrote, read by one reader."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.errors import Unreadable
from provenance.readers import attempt, invokeai, read
from provenance.readers.invokeai_old import read_dream, split_brackets
from provenance.readers.reading import Control, InputFile, Lora, Model, Part, Reading

V3 = {
    "app_version": "3.0.2", "generation_mode": "txt2img", "positive_prompt": "a paper boat", "negative_prompt": "blurry", "width": 512,
    "height": 768, "seed": 18446744073709551615, "rand_device": "cpu", "cfg_scale": 7.50, "steps": 30, "scheduler": "dpmpp_2m_k",
    "clip_skip": 1, "model": {"model_name": "paper-v1", "base_model": "sd-1", "model_type": "main"},
    "vae": {"model_name": "mse", "base_model": "sd-1"},
    "loras": [{"lora": {"model_name": "fold", "base_model": "sd-1"}, "weight": 0.75}],
}  # fmt: skip
V6 = {
    "app_version": "6.10.0", "generation_mode": "sdxl_txt2img", "positive_prompt": "a boat", "negative_prompt": "bad", "width": 1024,
    "height": 1024, "seed": 7, "cfg_scale": 6, "steps": 24, "scheduler": "euler_a",
    "model": {"key": "k1", "hash": "blake3:aa", "name": "paperXL", "base": "sdxl", "type": "main"},
    "loras": [{"model": {"key": "k2", "hash": "blake3:bb", "name": "fold", "base": "sdxl", "type": "lora"}, "weight": 0.5}],
}  # fmt: skip


def texts(key: str = "invokeai_metadata", **values: Any) -> tuple[tuple[str, str], ...]:
    return ((f"iTXt:{key}", json.dumps(values)),)


def new(**values: Any) -> Reading:
    found, failed = attempt(texts(**values))
    assert found is not None and not failed
    return found


def test_version_3() -> None:
    found = new(**V3)
    assert (found.generator, found.version) == ("InvokeAI", "3.0.2")
    assert (found.prompts, found.negative_prompts, found.dialect) == (("a paper boat",), ("blurry",), "invokeai")
    assert (found.seeds, found.steps, found.cfgs) == (("18446744073709551615",), ("30",), ("7.5",))
    assert (found.samplers, found.sizes) == (("dpmpp_2m_k",), ("512x768",))
    assert found.models == (Model("paper-v1", "checkpoint"), Model("mse", "vae"))
    assert found.loras == (Lora("fold", "0.75"),)
    assert found.rest == {"generation_mode": "txt2img", "rand_device": "cpu", "clip_skip": "1"}


def test_version_6_names_models_with_their_hashes() -> None:
    found = new(**V6)
    assert found.models == (Model("paperXL", "checkpoint", "blake3:aa"),) and found.passes[0].model == "paperXL"
    assert found.loras == (Lora("fold", "0.5", None, "blake3:bb"),)
    assert found.hashes == {"model": "blake3:aa", "lora:fold": "blake3:bb"}


def test_a_model_may_be_null_or_a_bare_name() -> None:
    assert new(**V6 | {"model": None}).models == ()
    assert new(**V6 | {"model": "sd-1/main/paper"}).models == (Model("sd-1/main/paper", "checkpoint"),)


def test_style_prompts_are_prompts_of_their_own() -> None:
    found = new(**V6, positive_style_prompt="watercolour", negative_style_prompt="bad")
    assert (found.prompts, found.negative_prompts) == (("a boat", "watercolour"), ("bad",))
    assert [one.where for one in found.texts] == [
        "invokeai_metadata positive_prompt", "invokeai_metadata positive_style_prompt", "invokeai_metadata negative_prompt",
    ]  # fmt: skip


def test_refiner_and_high_resolution_fix_are_passes() -> None:
    found = new(
        **V6, refiner_model={"name": "refine", "hash": "blake3:cc"}, refiner_steps=20, refiner_cfg_scale=7.0, refiner_scheduler="euler",
        refiner_start=0.8, hrf_enabled=True, hrf_strength=0.45, hrf_method="ESRGAN",
    )  # fmt: skip
    assert [one.role for one in found.passes] == ["base", "refiner", "hires"]
    _, refiner, hires = found.passes
    assert (refiner.model, refiner.steps, refiner.cfg, refiner.sampler) == ("refine", "20", "7.0", "euler")
    assert hires.denoise == "0.45" and found.denoises == ("0.45",)
    assert found.passes[0].size == "1024x1024" and found.rest["hrf_method"] == "ESRGAN" and found.rest["refiner_start"] == "0.8"


def test_where_the_scale_is_written_the_size_is_the_finished_pictures() -> None:
    found = new(**V6, hrf_enabled=True, hrf_strength=0.45, hrf_scale=2)
    assert [one.size for one in found.passes] == [None, "1024x1024"]


def test_adapters_and_images_of_version_3_and_4() -> None:
    found = new(
        **V3,
        controlnets=[
            {"image": {"image_name": "edge.png"}, "control_model": {"model_name": "canny"}, "control_weight": 0.8, "begin_step_percent": 0,
             "end_step_percent": 0.5}
        ],
        ipAdapters=[{"image": {"image_name": "face.png"}, "ip_adapter_model": {"name": "plus"}, "weight": 1}],
        t2iAdapters=[{"image": {"image_name": "pose.png"}, "t2i_adapter_model": {"name": "pose"}, "weight": 0.3}],
        init_image="start.png", strength=0.6,
    )  # fmt: skip
    assert found.controls == (
        Control("controlnet", "canny", "0.8", "0", "0.5", None, "edge.png"),
        Control("ip_adapter", "plus", "1", None, None, None, "face.png"),
        Control("t2i_adapter", "pose", "0.3", None, None, None, "pose.png"),
    )
    assert found.inputs[0] == InputFile("start.png", "image") and InputFile("face.png", "control") in found.inputs
    assert found.denoises == ("0.6",)


def test_reference_images_canvas_and_regions_of_version_5_and_6() -> None:
    image = {"original": {"image": {"image_name": "ref.png", "width": 1, "height": 1}}}
    found = new(
        **V6,
        ref_images=[
            {"id": "r", "isEnabled": True, "config": {"type": "ip_adapter", "image": image, "model": {"name": "plus"}, "weight": 0.7,
             "beginEndStepPct": [0, 1]}},
            {"id": "off", "isEnabled": False, "config": {"type": "ip_adapter", "image": image, "model": {"name": "other"}}},
            {"id": "k", "isEnabled": True, "config": {"type": "flux_kontext_reference_image", "image": image}},
        ],
        canvas_v2_metadata={
            "rasterLayers": [{"isEnabled": True, "objects": [{"type": "image", "image": {"image_name": "sketch.png"}}, {"type": "brush"}]}],
            "controlLayers": [
                {"isEnabled": True, "controlAdapter": {"type": "controlnet", "model": {"name": "depth"}, "weight": 0.75,
                 "beginEndStepPct": [0, 0.75]}}
            ],
            "inpaintMasks": [],
            "regionalGuidance": [
                {"name": "left", "isEnabled": True, "positivePrompt": "a red boat", "negativePrompt": None},
                {"name": "off", "isEnabled": False, "positivePrompt": "nothing"},
            ],
        },
    )  # fmt: skip
    assert found.controls == (
        Control("ip_adapter", "plus", "0.7", "0", "1", None, "ref.png"),
        Control("reference", image="ref.png"),
        Control("controlnet", "depth", "0.75", "0", "0.75"),
    )
    assert found.parts == (Part("region", "a red boat", None, "left"),)
    assert found.inputs == (InputFile("sketch.png", "image"), InputFile("ref.png", "control"))


def test_regions_of_the_control_layers_tab() -> None:
    layers = [
        {"type": "regional_guidance_layer", "isEnabled": True, "positivePrompt": "sky", "negativePrompt": "birds"},
        {"type": "initial_image_layer", "isEnabled": True, "image": {"name": "first.png"}},
    ]
    found = new(**V6, control_layers={"layers": layers, "version": 1})
    assert found.parts == (Part("region", "sky", "birds"),) and found.inputs == (InputFile("first.png", "image"),)


def test_an_upscale() -> None:
    found = new(**V6, upscale_model={"name": "4x", "hash": "blake3:dd"}, upscale_initial_image={"image_name": "small.png"}, upscale_scale=2)
    assert found.models[-1] == Model("4x", "upscaler", "blake3:dd") and found.inputs == (InputFile("small.png", "image"),)
    assert found.hashes["upscaler:4x"] == "blake3:dd" and found.rest["upscale_scale"] == "2"


SD2 = {
    "model": "stable diffusion", "model_weights": "paper-1.5", "model_hash": "ab" * 32, "app_id": "invoke-ai/InvokeAI",
    "app_version": "2.2.4",
    "image": {
        "prompt": [{"prompt": "a boat [blurry, dark] at sea", "weight": 1.0}], "steps": 50, "cfg_scale": 7.5, "threshold": 0, "seed": 42,
        "width": 512, "height": 704, "sampler": "k_lms", "type": "img2img", "variations": [{"seed": 2, "weight": 0.1}],
        "orig_hash": "cd" * 32, "strength_steps": 0.75, "hires_fix": False,
    },
}  # fmt: skip


def test_version_2() -> None:
    found = read((("tEXt:Dream", '"a boat" -s 50 -S 42'), *texts("sd-metadata", **SD2)))
    assert found is not None and (found.generator, found.version) == ("InvokeAI", "2.2.4")
    assert (found.prompts, found.negative_prompts) == (("a boat at sea",), ("blurry, dark",))
    assert found.texts[0].text == "a boat [blurry, dark] at sea" and found.texts[0].role == "typed"
    assert (found.seeds, found.steps, found.cfgs, found.samplers) == (("42",), ("50",), ("7.5",), ("k_lms",))
    assert (found.denoises, found.sizes) == (("0.75",), ("512x704",))
    assert found.models == (Model("paper-1.5", "checkpoint", "ab" * 32),)
    assert found.hashes == {"model": "ab" * 32, "init_image": "cd" * 32}
    assert found.rest["Dream"] == '"a boat" -s 50 -S 42' and found.rest["image"]["variations"] == [{"seed": "2", "weight": "0.1"}]


def test_version_2_with_blended_prompts_and_a_plain_text() -> None:
    image = SD2["image"] | {"prompt": [{"prompt": "a boat", "weight": 0.7}, {"prompt": "a ship", "weight": 0.3}], "hires_fix": True}  # type: ignore[operator]
    found = read(texts("sd-metadata", **SD2 | {"image": image}))
    assert found is not None and found.prompts == ("a boat", "a ship") and found.passes[0].prompts == (0, 1)
    assert found.rest["prompt"][0]["weight"] == "0.7" and [one.role for one in found.passes] == ["base", "hires"]
    plain = read(texts("sd-metadata", **SD2 | {"image": SD2["image"] | {"prompt": "a boat"}}))  # type: ignore[operator]
    assert plain is not None and plain.prompts == ("a boat",)


def test_a_grid_lists_its_seeds() -> None:
    images = [SD2["image"] | {"seed": seed} for seed in (1, 2)]  # type: ignore[operator]
    found = read(texts("sd-metadata", **{key: value for key, value in SD2.items() if key != "image"} | {"images": images}))
    assert found is not None and found.seeds == ("1", "2") and len(found.passes) == 2


@pytest.mark.parametrize(
    "line",
    [
        '"a boat -s sign [dark]" -s 50 -S 42 -W 512 -H 704 -C 7.5 -A k_euler_a -f 0.6 -I in.png --hires_fix',
        "a boat -s sign [dark] -s50 -W512 -H704 -C7.5 -Ak_euler_a -S42 -f0.6 -Iin.png --hires_fix",
    ],
)
def test_version_1_is_a_command_line(line: str) -> None:
    found = read((("tEXt:Dream", line),))
    assert found is not None and found.prompts == ("a boat -s sign",) and found.negative_prompts == ("dark",)
    assert (found.seeds, found.steps, found.cfgs, found.samplers) == (("42",), ("50",), ("7.5",), ("k_euler_a",))
    assert (found.sizes, found.denoises, found.inputs) == (("512x704",), ("0.6",), (InputFile("in.png", "image"),))
    assert [one.role for one in found.passes] == ["base", "hires"]


def test_a_text_that_dreams_only_is_nobodys() -> None:
    assert attempt((("tEXt:Dream", "I had a dream"),)) == (None, ())
    with pytest.raises(Unreadable):
        read_dream("a boat -s sign")


@given(st.text(alphabet="ab[] "))
@settings(deadline=None)
def test_brackets_lose_no_word(prompt: str) -> None:
    positive, negative = split_brackets(prompt)
    kept = f"{positive or ''}{negative or ''}"
    assert [sum(text.count(letter) for text in (prompt,)) for letter in "ab"] == [kept.count(letter) for letter in "ab"]


def session() -> dict[str, Any]:
    """A session's graph: a node that gathers the metadata, two of whose values come over links."""
    return {
        "id": "g",
        "nodes": {
            "seed": {"id": "seed", "type": "integer", "value": 99},
            "words": {"id": "words", "type": "string", "value": "a boat"},
            "core": {"id": "core", "type": "core_metadata", "positive_prompt": None, "seed": None, "steps": 30, "scheduler": "euler",
                     "cfg_scale": 7.0, "model": {"name": "paper", "hash": "blake3:aa"}, "negative_prompt": "bad", "use_cache": True},
        },
        "edges": [
            {"source": {"node_id": "seed", "field": "value"}, "destination": {"node_id": "core", "field": "seed"}},
            {"source": {"node_id": "words", "field": "value"}, "destination": {"node_id": "core", "field": "positive_prompt"}},
        ],
    }  # fmt: skip


def test_a_graph_without_metadata() -> None:
    found = read(texts("invokeai_graph", **session()))
    assert found is not None and (found.prompts, found.negative_prompts) == (("a boat",), ("bad",))
    assert (found.seeds, found.steps, found.samplers, found.hashes) == (("99",), ("30",), ("euler",), {"model": "blake3:aa"})
    assert "use_cache" not in found.rest


def test_a_workflow_alone() -> None:
    def box(name: str, kind: str, **values: Any) -> dict[str, Any]:
        fields = {key: {"name": key, "value": value} for key, value in values.items()}
        return {"id": name, "type": "invocation", "data": {"id": name, "type": kind, "inputs": fields}}

    def edge(source: str, handle: str, target: str, into: str) -> dict[str, str]:
        return {"type": "default", "source": source, "sourceHandle": handle, "target": target, "targetHandle": into}

    workflow = {
        "name": "mine",
        "nodes": [
            box("m", "main_model_loader", model={"name": "paper", "hash": "blake3:aa"}),
            box("l", "lora_loader", lora={"name": "fold"}, weight=0.5),
            box("s", "string", value="a boat"),
            box("p", "compel", prompt=""),
            box("n", "compel", prompt="bad"),
            box("c", "collect"),
            box("z", "noise", seed=5, width=512, height=640),
            box("d", "denoise_latents", steps=20, cfg_scale=6.5, scheduler="euler"),
        ],
        "edges": [
            edge("s", "value", "p", "prompt"), edge("p", "conditioning", "c", "item"),
            edge("c", "collection", "d", "positive_conditioning"),
            edge("n", "conditioning", "d", "negative_conditioning"), edge("z", "noise", "d", "noise"),
        ],
    }  # fmt: skip
    found = read(texts("invokeai_workflow", **workflow))
    assert found is not None and (found.prompts, found.negative_prompts) == (("a boat",), ("bad",))
    assert (found.seeds, found.steps, found.cfgs, found.samplers) == (("5",), ("20",), ("6.5",), ("euler",))
    assert found.sizes == ("512x640",) and found.loras == (Lora("fold", "0.5"),)
    assert found.models == (Model("paper", "checkpoint", "blake3:aa"),)


def test_a_graph_that_leads_round_in_circles_ends() -> None:
    graph = session()
    graph["edges"] = [
        {"source": {"node_id": one, "field": "value"}, "destination": {"node_id": other, "field": "value"}}
        for one, other in (("seed", "words"), ("words", "seed"))
    ] + graph["edges"]
    found = read(texts("invokeai_graph", **graph))
    assert found is not None and found.seeds == () and found.steps == ("30",)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"nodes": 3}', "{}"])
def test_broken_data_is_told_and_nothing_is_made_up(text: str) -> None:
    found, failed = attempt((("tEXt:invokeai_graph", text),))
    assert found is None and failed == ("reader.failed InvokeAI",)


KEYS = st.sampled_from(["model", "name", "image", "objects", "config", "layers", "isEnabled", "weight"])
PLACES = st.sampled_from(sorted({*V6, "controlnets", "ref_images", "canvas_v2_metadata", "regions", "control_layers"}))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES, PLACES)
@settings(deadline=None, max_examples=200)
def test_values_of_any_shape_never_break_it(value: Any, key: str) -> None:
    found = invokeai.read(texts(**V6 | {key: value}))
    assert found.generator == "InvokeAI"

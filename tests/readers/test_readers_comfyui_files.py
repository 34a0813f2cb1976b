"""Files that a ComfyUI graph names: LoRAs in their order, embeddings, inputs; graphs without a sampler."""

from __future__ import annotations

from typing import Any

from reader_builders import base, node, sampler, texts

from provenance.readers import read
from provenance.readers.reading import InputFile, Lora, Model, Reading


def got(graph: dict[str, Any], file_name: str = "", workflow: Any = None) -> Reading:
    found = read(texts(graph, workflow), file_name)
    assert found is not None and found.generator == "ComfyUI"
    return found


def test_loras_in_the_order_applied_with_both_strengths() -> None:
    graph = base(
        n10=node("LoraLoader", lora_name="first.safetensors", strength_model=0.8, strength_clip=0.6, model=("4", 0), clip=("4", 1)),
        n11=node("LoraLoader", lora_name="off.safetensors", strength_model=0.0, strength_clip=0, model=("10", 0), clip=("10", 1)),
        n12=node("LoraLoaderModelOnly", lora_name="second.safetensors", strength_model=-1, model=("11", 0)),
        n13=node(
            "Power Lora Loader (rgthree)",
            PowerLoraLoaderHeaderWidget={"type": "x"},
            lora_1={"on": True, "lora": "p1", "strength": 0.5},
            lora_2={"on": False, "lora": "p2", "strength": 1},
            lora_3={"on": True, "lora": "p3", "strength": 1, "strengthTwo": 0.25},
            model=("12", 0),
            clip=("11", 1),
        ),
        n14=node(
            "CR LoRA Stack",
            switch_1="On",
            lora_name_1="s1",
            model_weight_1=0.7,
            clip_weight_1=0.9,
            switch_2="Off",
            lora_name_2="s2",
            model_weight_2=1,
            clip_weight_2=1,
            switch_3="On",
            lora_name_3="None",
            model_weight_3=1,
            clip_weight_3=1,
        ),
        n15=node("CR Apply LoRA Stack", model=("13", 0), clip=("13", 1), lora_stack=("14", 0)),
        n3=sampler(model=("15", 0)),
    )
    found = got(graph)
    assert found.loras == (
        Lora("first.safetensors", "0.8", "0.6"),
        Lora("second.safetensors", "-1", None),
        Lora("p1", "0.5", "0.5"),
        Lora("p3", "1", "0.25"),
        Lora("s1", "0.7", "0.9"),
    )
    assert [item["name"] for item in found.rest["loras_off"]] == ["off.safetensors", "p2", "s2"]


def test_embeddings_named_in_prompts() -> None:
    found = got(base(n7=node("CLIPTextEncode", text="bad, (embedding:easyneg:1.2)", clip=("4", 1))))
    assert Model("easyneg", "embedding") in found.models


def test_inputs_with_the_hash_comfyui_wrote() -> None:
    digest = "ab" * 32
    graph = base(
        n20=node("LoadImage", image="my sketch.png") | {"is_changed": [digest]},
        n21=node("VAEEncode", pixels=("20", 0), vae=("4", 2)),
        n22=node("LoadImageMask", image="left.png", channel="alpha") | {"is_changed": ["not a hash"]},
        n23=node("SetLatentNoiseMask", samples=("21", 0), mask=("22", 0)),
        n3=sampler(latent_image=("23", 0)),
    )
    assert got(graph).inputs == (InputFile("my sketch.png", "image", digest), InputFile("left.png", "mask"))


def test_a_remote_node_without_a_sampler() -> None:
    graph = {
        "1": node("LoadImage", image="me.png"),
        "2": node("FluxKontextProImageNode", prompt="make it blue", seed=12, aspect_ratio="1:1", input_image=("1", 0)),
        "3": node("SaveImage", filename_prefix="api", images=("2", 0)),
    }
    found = got(graph)
    assert (found.prompts, found.seeds) == (("make it blue",), ("12",))
    assert found.inputs == (InputFile("me.png", "image"),)
    assert found.rest["api_nodes"] == [{"node": "2", "class": "FluxKontextProImageNode", "aspect_ratio": "1:1"}]


def test_a_graph_that_only_loads_and_saves() -> None:
    graph = {"1": node("LoadImage", image="a.png"), "2": node("ImageInvert", image=("1", 0)), "3": node("SaveImage", images=("2", 0))}
    found = got(graph)
    assert (found.prompts, found.passes, found.inputs) == ((), (), (InputFile("a.png", "image"),))


def test_tags_that_a_wildcard_encoder_applies() -> None:
    encoder = node("ImpactWildcardEncode", populated_text="boat <lora:ink:0.5>", wildcard_text="__x__", model=("4", 0), clip=("4", 1))
    assert got(base(n6=encoder, n3=sampler(model=("6", 0), positive=("6", 2)))).loras == (Lora("ink", "0.5", "0.5"),)


def test_packs_with_loaders_and_pipes_of_their_own() -> None:
    efficient = {
        "1": node(
            "LoRA Stacker",
            input_mode="advanced",
            lora_count=1,
            lora_name_1="in",
            model_str_1=0.5,
            clip_str_1=0.25,
            lora_name_2="beyond the count",
            model_str_2=1,
            clip_str_2=1,
        ),
        "2": node(
            "Efficient Loader",
            ckpt_name="e.safetensors",
            vae_name="Baked VAE",
            clip_skip=-2,
            lora_name="None",
            positive="a boat",
            negative="fog",
            lora_stack=("1", 0),
        ),
        "3": node(
            "KSampler (Efficient)",
            seed=6,
            steps=7,
            cfg=8,
            sampler_name="euler",
            scheduler="normal",
            denoise=1,
            model=("2", 0),
            positive=("2", 1),
            negative=("2", 2),
            latent_image=("2", 3),
        ),
        "4": node("SaveImage", filename_prefix="x", images=("3", 5)),
    }
    found = got(efficient)
    assert (found.prompts, found.negative_prompts, found.loras) == (("a boat",), ("fog",), (Lora("in", "0.5", "0.25"),))
    easy = {
        "1": node("easy fullLoader", ckpt_name="z.safetensors", positive="a ship", negative="rain"),
        "2": node("easy preSampling", steps=9, cfg=3, sampler_name="lcm", scheduler="simple", denoise=1, seed=8, pipe=("1", 0)),
        "3": node("easy kSampler", image_output="Save", pipe=("2", 0)),
        "4": node("SaveImage", filename_prefix="x", images=("3", 1)),
    }
    found = got(easy)
    assert (found.prompts, found.negative_prompts, found.seeds, found.steps) == (("a ship",), ("rain",), ("8",), ("9",))
    assert found.models == (Model("z.safetensors", "checkpoint"),)


def test_a_video_sampler_with_embeds() -> None:
    graph = {
        "1": node("WanVideoModelLoader", model="wan.safetensors"),
        "2": node("LoadWanVideoT5TextEncoder", model_name="umt5.safetensors"),
        "3": node("WanVideoTextEncode", positive_prompt="waves", negative_prompt="static", t5=("2", 0)),
        "4": node(
            "WanVideoSampler", steps=6, cfg=1.5, seed=3, scheduler="unipc", model=("1", 0), text_embeds=("3", 0), image_embeds=("5", 0)
        ),
        "5": node("WanVideoEmptyEmbeds", width=832, height=480, num_frames=81),
        "6": node("WanVideoDecode", samples=("4", 0)),
        "7": node("VHS_VideoCombine", filename_prefix="wan", images=("6", 0)),
    }
    found = got(graph)
    assert (found.prompts, found.negative_prompts, found.seeds, found.sizes) == (("waves",), ("static",), ("3",), ("832x480",))
    assert {model.name: model.kind for model in found.models} == {"wan.safetensors": "diffusion", "umt5.safetensors": "text_encoder"}

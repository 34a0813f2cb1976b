"""Node packs in common use, by the class and input names they have; and savers by the places they write to."""

from __future__ import annotations

import json
from typing import Any

import pytest
from canvas_builders import box
from reader_builders import base, node, sampler, texts

from provenance.readers import read
from provenance.readers.reading import Lora, Model, Reading


def got(graph: dict[str, Any], file_name: str = "") -> Reading:
    found = read(texts(graph), file_name)
    assert found is not None and found.generator == "ComfyUI"
    return found


def test_rgthree_context_config_and_seed() -> None:
    graph = base(
        n10=node("Seed (rgthree)", seed=77),
        n11=node("KSampler Config (rgthree)", steps_total=30, refiner_step=24, cfg=6.5, sampler_name="dpmpp_2m", scheduler="karras"),
        n12=node(
            "Context Big (rgthree)",
            model=("4", 0),
            clip=("4", 1),
            vae=("4", 2),
            positive=("6", 0),
            negative=("7", 0),
            seed=("10", 0),
            steps=("11", 0),
            cfg=("11", 2),
            sampler=("11", 3),
            scheduler=("11", 4),
        ),
        n13=node("Context Switch Big (rgthree)", ctx_01=("12", 0)),
        n3=sampler(
            seed=("13", 8),
            steps=("13", 9),
            cfg=("13", 11),
            sampler_name=("13", 13),
            scheduler=("13", 14),
            model=("13", 1),
            positive=("13", 4),
            negative=("13", 5),
        ),
    )
    found = got(graph)
    assert (found.seeds, found.steps, found.cfgs) == (("77",), ("30",), ("6.5",))
    assert (found.samplers, found.schedulers) == (("dpmpp_2m",), ("karras",))
    assert (found.prompts, found.negative_prompts) == (("a paper boat",), ("blurry",))
    assert found.passes[0].model == "paper.safetensors" and found.warnings == ()


def test_rgthree_power_prompt_applies_the_tags_in_it() -> None:
    graph = base(
        n6=node("Power Prompt (rgthree)", prompt="a boat <lora:ink:0.5>", opt_model=("4", 0), opt_clip=("4", 1)), n3=sampler(model=("6", 1))
    )
    found = got(graph)
    assert found.prompts == ("a boat <lora:ink:0.5>",) and found.loras == (Lora("ink", "0.5", "0.5"),)
    assert found.passes[0].model == "paper.safetensors"


def test_a_seed_of_minus_one_was_drawn_by_the_run() -> None:
    found = got(base(n10=node("Seed Everywhere", seed=-1), n3=sampler(seed=("10", 0))))
    assert found.seeds == () and "unresolved 3.seed" in found.warnings


def test_a_pictures_name_is_no_width() -> None:
    graph = base(
        n10=node("LoadImage", image="512.png"),
        n11=node("GetImageSize+", image=("10", 0)),
        n5=node("EmptyLatentImage", width=("11", 0), height=("11", 1), batch_size=1),
    )
    found = got(graph)
    assert found.sizes == () and {"unresolved 5.width", "unresolved 5.height"} <= set(found.warnings)


def test_efficiency_loader_gives_both_ways_by_slot() -> None:
    graph = {
        "1": node(
            "Efficient Loader",
            ckpt_name="e.safetensors",
            vae_name="Baked VAE",
            clip_skip=-2,
            lora_name="ink",
            lora_model_strength=0.7,
            lora_clip_strength=0.4,
            positive="a boat",
            negative="fog",
            empty_latent_width=640,
            empty_latent_height=960,
            batch_size=1,
        ),
        "2": node(
            "KSampler (Efficient)",
            seed=1,
            steps=2,
            cfg=3,
            sampler_name="lcm",
            scheduler="simple",
            denoise=1,
            model=("1", 0),
            positive=("1", 1),
            negative=("1", 2),
            latent_image=("1", 3),
            optional_vae=("1", 4),
        ),
        "3": node("SaveImage", filename_prefix="x", images=("2", 5)),
    }
    found = got(graph)
    assert (found.prompts, found.negative_prompts, found.sizes) == (("a boat",), ("fog",), ("640x960",))
    assert found.loras == (Lora("ink", "0.7", "0.4"),) and found.rest["clip_skip"] == ["-2"]


def test_impact_base_upscale_and_face_by_pipe() -> None:
    graph = base(
        n20=node("UltralyticsDetectorProvider", model_name="bbox/face.pt"),
        n21=node("UpscaleModelLoader", model_name="4x.pth"),
        n22=node(
            "UltimateSDUpscale",
            upscale_by=2,
            seed=8,
            steps=9,
            cfg=5,
            sampler_name="euler",
            scheduler="normal",
            denoise=0.2,
            image=("8", 0),
            model=("4", 0),
            positive=("6", 0),
            negative=("7", 0),
            vae=("4", 2),
            upscale_model=("21", 0),
        ),
        n23=node(
            "ToDetailerPipe", model=("4", 0), clip=("4", 1), vae=("4", 2), positive=("6", 0), negative=("7", 0), bbox_detector=("20", 0)
        ),
        n24=node(
            "FaceDetailerPipe",
            guide_size=384,
            seed=10,
            steps=11,
            cfg=6,
            sampler_name="euler",
            scheduler="normal",
            denoise=0.5,
            image=("22", 0),
            detailer_pipe=("23", 0),
        ),
        n9=node("SaveImage", filename_prefix="ComfyUI", images=("24", 0)),
    )
    found = got(graph)
    assert [(item.role, item.seed, item.denoise) for item in found.passes] == [
        ("base", "18446744073709551615", "1.0"),
        ("hires", "8", "0.2"),
        ("detailer", "10", "0.5"),
    ]
    assert all(item.prompts == (0,) and item.negatives == (0,) for item in found.passes)
    assert {Model("bbox/face.pt", "detector"), Model("4x.pth", "upscaler")} <= set(found.models)


def test_easy_use_takes_the_picked_size_and_not_the_one_beside_it() -> None:
    graph = {
        "1": node(
            "easy a1111Loader",
            ckpt_name="z.safetensors",
            vae_name="Baked VAE",
            lora_name="None",
            resolution="768 x 1024",
            empty_latent_width=512,
            empty_latent_height=512,
            positive="a ship",
            negative="rain",
            batch_size=1,
        ),
        "2": node("easy preSampling", steps=9, cfg=3, sampler_name="lcm", scheduler="simple", denoise=1, seed=8, pipe=("1", 0)),
        "3": node("easy kSampler", image_output="Save", pipe=("2", 0)),
        "4": node("SaveImage", filename_prefix="x", images=("3", 1)),
    }
    found = got(graph)
    assert (found.prompts, found.sizes, found.loras) == (("a ship",), ("768x1024",), ())


def test_two_stages_of_noise() -> None:
    high = {"add_noise": "enable", "noise_seed": 5, "steps": 20, "cfg": 3.5, "sampler_name": "euler", "scheduler": "simple"}
    way = {"positive": ("30", 0), "negative": ("30", 1)}
    graph = base(
        n10=node("UNETLoader", unet_name="high.safetensors"),
        n11=node("UNETLoader", unet_name="low.safetensors"),
        n12=node("ModelSamplingSD3", shift=8, model=("10", 0)),
        n13=node("ModelSamplingSD3", shift=8, model=("11", 0)),
        n30=node("WanImageToVideo", width=640, height=480, length=81, batch_size=1, positive=("6", 0), negative=("7", 0), vae=("4", 2)),
        n40=node("KSamplerAdvanced", **high, start_at_step=0, end_at_step=10, model=("12", 0), latent_image=("30", 2), **way),
        n41=node(
            "KSamplerAdvanced",
            **high | {"add_noise": "disable"},
            start_at_step=10,
            end_at_step=99,
            model=("13", 0),
            latent_image=("40", 0),
            **way,
        ),
        n8=node("VAEDecode", samples=("41", 0), vae=("4", 2)),
    )
    found = got(graph)
    assert [(item.role, item.model) for item in found.passes] == [("base", "high.safetensors"), ("refiner", "low.safetensors")]
    assert found.sizes == ("640x480",)


def test_a_song_has_tags_and_lyrics() -> None:
    graph = base(
        n6=node("TextEncodeAceStepAudio", tags="slow waltz", lyrics="row, row", lyrics_strength=1, clip=("4", 1)),
        n9=node("SaveAudioMP3", filename_prefix="audio/x", audio=("8", 0)),
    )
    assert got(graph).prompts == ("slow waltz", "row, row")


@pytest.mark.parametrize(
    ("cls", "values", "prompt", "seed"),
    [
        ("IdeogramV3", ["a boat", "1:1", "Auto", "AUTO", 5, "randomize", 1, "QUALITY"], "a boat", ("5",)),
        ("KlingImage2VideoNode", ["a boat", "fog", "kling-v2-master", 0.8, "std", "16:9", "5"], "a boat", ()),
        ("LumaVideoNode", ["a boat", "ray-2", "16:9", "720p", "5s", False, 6, "randomize"], "a boat", ("6",)),
        ("MinimaxTextToVideoNode", ["a boat", "T2V-01", 7, "fixed"], "a boat", ("7",)),
        ("OpenAIGPTImage1", ["a boat", 8, "fixed", "low", "opaque", "1024x1024", 1], "a boat", ("8",)),
        ("RunwayTextToImageNode", ["a boat", "1024:1024"], "a boat", ()),
        ("StabilityStableImageUltraNode", ["a boat", "1:1", "cinematic", 9, "randomize", 0.5], "a boat", ("9",)),
        ("Veo3VideoGenerationNode", ["a boat", "16:9", "", 8, True, "ALLOW", 10, "fixed", "veo-3.0", False], "a boat", ("10",)),
        ("RecraftTextToImageNode", ["a boat", "1024x1024", 1, 11, "randomize"], "a boat", ("11",)),
    ],
)
def test_partner_nodes_on_a_canvas(cls: str, values: list[Any], prompt: str, seed: tuple[str, ...]) -> None:
    flow = {
        "nodes": [box(1, cls, values), box(2, "SaveImage", ["x"], (("images", "IMAGE", 1),))],
        "links": [[1, 1, 0, 2, 0, "IMAGE"]],
    }
    found = read(texts(workflow=flow))
    assert found is not None and (found.prompts, found.seeds) == ((prompt,), seed)


def test_values_that_do_not_fit_their_names_are_not_named() -> None:
    """Another version of a class lists its widgets in another order: a number in the wrong place would be a wrong fact."""
    flow = {
        "nodes": [
            box(1, "LumaImageNode", [12, "fixed", "a boat", "photon-1", "16:9"]),
            box(2, "SaveImage", ["x"], (("images", "IMAGE", 1),)),
        ],
        "links": [[1, 1, 0, 2, 0, "IMAGE"]],
    }
    found = read(texts(workflow=flow))
    assert found is not None and found.prompts == () and found.seeds == ()


BOTH = json.dumps({"prompt": base(), "workflow": {"nodes": [], "links": []}})


@pytest.mark.parametrize(
    "found",
    [
        (("mp4:prompt", json.dumps(base())),),
        (("mkv:PROMPT", json.dumps(base())), ("mkv:WORKFLOW", '{"nodes":[],"links":[]}')),
        (("mp4:comment", BOTH),),
        (("mkv:COMMENT", json.dumps({"prompt": json.dumps(base()), "workflow": {"nodes": [], "links": []}})),),
        (("mp4:prompt", json.dumps(json.dumps(base()))),),
        (("GIF:comment", BOTH),),
        (("svg:metadata", BOTH),),
        (("vorbis:prompt", json.dumps(base())),),
        (("TXXX:prompt", json.dumps(base())),),
        (("safetensors:prompt", json.dumps(base())),),
        (
            ("exif:IFD0.ImageDescription", "Workflow: " + json.dumps({"nodes": [], "links": []})),
            ("exif:IFD0.Make", "Prompt: " + json.dumps(base())),
        ),
        (
            ("exif:IFD0.Model", "prompt:" + json.dumps(base())),
            ("exif:IFD0.Make", 'note:"mine"'),
            ("exif:IFD0.ImageDescription", 'workflow:{"nodes":[],"links":[]}'),
        ),
        (("sidecar:json", json.dumps(base())),),
    ],
    ids=lambda found: "+".join(name for name, _ in found),
)
def test_places_that_savers_write_to(found: tuple[tuple[str, str], ...]) -> None:
    reading = read(found)
    assert reading is not None and reading.generator == "ComfyUI"
    assert (reading.prompts, reading.seeds) == (("a paper boat",), ("18446744073709551615",))


def test_a_canvas_promotes_values_by_proxy() -> None:
    inner = {
        "id": "f00d",
        "inputs": [{"id": "c", "name": "seed"}],
        "outputs": [{"id": "o", "name": "IMAGE"}],
        "nodes": [box(6, "LumaImageNode", ["a boat", "photon-1", "16:9", 1, "fixed"], (("seed", "INT", 5),))],
        "links": [
            {"id": 5, "origin_id": -10, "origin_slot": 0, "target_id": 6, "target_slot": 0},
            {"id": 6, "origin_id": 6, "origin_slot": 0, "target_id": -20, "target_slot": 0},
        ],
    }
    instance = box(30, "f00d", ["a boat", 4242], (("seed", "INT", None),), properties={"proxyWidgets": [["6", "prompt"], ["-1", "seed"]]})
    flow = {
        "nodes": [instance, box(2, "SaveImage", ["x"], (("images", "IMAGE", 1),))],
        "links": [[1, 30, 0, 2, 0, "IMAGE"]],
        "definitions": {"subgraphs": [inner]},
    }
    found = read(texts(workflow=flow))
    assert found is not None and found.seeds == ("4242",) and found.prompts == ("a boat",)

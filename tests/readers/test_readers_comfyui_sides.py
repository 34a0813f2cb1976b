"""Which text is the positive and which the negative one, where a node gives out both; and conditionings without words."""

from __future__ import annotations

from typing import Any

import pytest
from canvas_builders import box
from reader_builders import base, node, texts

from provenance.readers import read
from provenance.readers.reading import Reading


def got(graph: dict[str, Any]) -> Reading:
    found = read(texts(graph))
    assert found is not None
    return found


@pytest.mark.parametrize("slots", [(1, 2), (0, 1)])
def test_a_node_that_patches_the_model_too(slots: tuple[int, int]) -> None:
    """InstantID gives out model, positive, negative; ControlNets positive, negative."""
    inputs = {"positive": ("6", 0), "negative": ("7", 0)} | ({"model": ("4", 0)} if slots == (1, 2) else {})
    graph = base(n10=node("ApplySomething", **inputs))
    graph["3"]["inputs"] |= {"positive": ["10", slots[0]], "negative": ["10", slots[1]]}
    found = got(graph)
    assert (found.prompts, found.negative_prompts) == (("a paper boat",), ("blurry",))


def sampled(encoder: dict[str, Any]) -> Reading:
    flow = {
        "nodes": [
            encoder,
            box(3, "KSampler", [1, "fixed", 2, 3, "lcm", "simple", 1], (("model", "MODEL", 9), ("positive", "C", 1), ("negative", "C", 2))),
            box(4, "UNETLoader", ["m.safetensors", "default"]),
            box(5, "SaveLatent", ["x"], (("samples", "LATENT", 3),)),
        ],
        "links": [[1, 2, 0, 3, 1, "C"], [2, 2, 1, 3, 2, "C"], [3, 3, 0, 5, 0, "LATENT"], [9, 4, 0, 3, 0, "MODEL"]],
    }
    found = read(texts(workflow=flow))
    assert found is not None
    return found


def test_one_text_of_a_node_with_both_outputs_is_not_the_negative_one() -> None:
    both = [{"name": "positive", "type": "C"}, {"name": "negative", "type": "C"}]
    one = sampled(box(2, "TextEncodeNobodyKnows", None, widgets_values_named={"prompt": "a boat"}, outputs=both))
    assert (one.prompts, one.negative_prompts) == (("a boat",), ())
    two = sampled(box(2, "TextEncodeBooguEdit", ["a boat", "rain"], outputs=both))
    assert (two.prompts, two.negative_prompts) == (("a boat",), ("rain",))


@pytest.mark.parametrize(("slot", "expected"), [(1, (("a paper boat",), ("blurry",))), (0, (("a paper boat", "in ink"), ("blurry",)))])
def test_the_second_conditioning_of_a_guider_for_editing(slot: int, expected: tuple[tuple[str, ...], ...]) -> None:
    graph = base(
        n3=node("SamplerCustomAdvanced", guider=("20", 0), noise=("21", 0), latent_image=("5", 0)),
        n20=node("DualCFGGuider", model=("4", 0), cond1=("22", 0), cond2=("22", 1) if slot else ("23", 0), negative=("7", 0), cfg_conds=3),
        n21=node("RandomNoise", noise_seed=9),
        n22=node("InstructPixToPixConditioning", positive=("6", 0), negative=("7", 0), pixels=("5", 0)),
        n23=node("CLIPTextEncode", text="in ink", clip=("4", 1)),
    )
    found = got(graph)
    assert (found.prompts, found.negative_prompts) == expected


@pytest.mark.parametrize("cls", ["CLIPVisionLoader", "VAEEncodeTiled", "LoadSomeModel"])
def test_conditionings_that_begin_without_words_are_not_unresolved(cls: str) -> None:
    graph = base(n10=node("PictureConditioning", vae_conditioning=("11", 0)), n11=node(cls, pixels=("5", 0)))
    graph["3"]["inputs"] |= {"positive": ["10", 0], "negative": ["10", 1]}
    found = got(graph)
    assert found.prompts == () and found.warnings == ()


def test_a_songs_style_and_lyrics() -> None:
    graph = base(n6=node("MusicEncode", style="soul, slow", lyrics="la la", mode="melody", clip=("4", 1)))
    assert got(graph).prompts == ("soul, slow", "la la")


def test_only_the_size_of_an_earlier_passs_picture_makes_no_refiner() -> None:
    graph = base(
        n5=node("EmptyLatentImage", width=("12", 0), height=("12", 1)),
        n12=node("GetImageSize", image=("13", 0)),
        n13=node("VAEDecode", samples=("14", 0), vae=("4", 2)),
        n14=base()["3"] | {"inputs": base()["3"]["inputs"] | {"latent_image": ["15", 0]}},
        n15=node("EmptyLatentImage", width=64, height=64),
    )
    assert [item.role for item in got(graph).passes] == ["base", "base"]


def test_sigmas_by_hand_are_the_scheduler_and_an_upsampled_latent_is_hires() -> None:
    graph = base(
        n30=node("LTXVLatentUpsampler", samples=("3", 0)),
        n31=node("SamplerCustomAdvanced", guider=("32", 0), noise=("33", 0), sigmas=("34", 0), latent_image=("30", 0)),
        n32=node("CFGGuider", model=("4", 0), positive=("6", 0), negative=("7", 0), cfg=1),
        n33=node("RandomNoise", noise_seed=9),
        n34=node("ManualSigmas", sigmas="0.85, 0.42, 0.0"),
    )
    graph["8"]["inputs"]["samples"] = ["31", 0]
    second = got(graph).passes[1]
    assert (second.role, second.scheduler, second.steps, second.seed) == ("hires", "ManualSigmas", None, "9")

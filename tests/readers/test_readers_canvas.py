"""The canvas: read alone where nothing else was kept, and compared with what ran where both are there."""

from __future__ import annotations

from typing import Any

from canvas_builders import box, canvas
from reader_builders import base, node, texts

from provenance.readers import read
from provenance.readers.comfyui.jsonint import parse
from provenance.readers.comfyui.scopes import scopes
from provenance.readers.comfyui.workflow import to_graph
from provenance.readers.reading import EXPANDED, TYPED, Lora, Reading, Written


def alone(workflow: dict[str, Any], name: str = "") -> Reading:
    found = read(texts(workflow=workflow), name)
    assert found is not None and "workflow only" in found.warnings
    return found


def test_a_canvas_alone() -> None:
    found = alone(canvas())
    assert (found.prompts, found.negative_prompts, found.seeds) == (("a paper boat",), ("blurry",), ("11",))
    assert (found.steps, found.cfgs, found.samplers, found.schedulers) == (("20",), ("7",), ("euler",), ("karras",))
    assert found.models[0].name == "paper.safetensors" and found.loras == (), "the LoRA is bypassed"
    assert found.rest["canvas"]["bypassed"] == ["10"]


def test_what_the_person_wrote_on_it() -> None:
    found = alone(
        canvas(
            box(20, "Note", ["try less cfg\nnext time"]),
            box(21, "PreviewImage", None, mode=2),
            groups=[{"title": "First try"}],
            extra={"frontendVersion": "1.27.10"},
        )
    )
    assert found.rest["canvas"] == {
        "titles": [{"node": "6", "title": "the boat"}],
        "notes": [{"node": "20", "text": "try less cfg\nnext time"}],
        "groups": ["First try"],
        "bypassed": ["10"],
        "muted": ["21"],
        "frontend": "1.27.10",
    }


def test_older_canvases_lack_the_browsers_value_after_a_seed() -> None:
    flow = canvas()
    flow["nodes"][5]["widgets_values"] = [11, 20, 7, "euler", "karras", 1]
    assert alone(flow).steps == ("20",)
    flow["nodes"][5]["widgets_values"] = [11, True, 20, 7, "euler", "karras", 1]
    assert alone(flow).steps == ("20",)


def test_subgraphs_with_promoted_values() -> None:
    inner = {
        "id": "f00d",
        "name": "Painter",
        "inputs": [{"id": "a", "name": "positive"}, {"id": "b", "name": "model"}, {"id": "c", "name": "seed"}],
        "outputs": [{"id": "o", "name": "LATENT"}],
        "nodes": [
            box(
                6,
                "KSampler",
                [1, "fixed", 9, 3, "lcm", "simple", 1],
                (("model", "MODEL", 1), ("positive", "CONDITIONING", 2), ("latent_image", "LATENT", 3), ("seed", "INT", 5)),
            ),
            box(7, "EmptyLatentImage", [64, 64, 1]),
        ],
        "links": [
            {"id": 1, "origin_id": -10, "origin_slot": 1, "target_id": 6, "target_slot": 0},
            {"id": 2, "origin_id": -10, "origin_slot": 0, "target_id": 6, "target_slot": 1},
            {"id": 3, "origin_id": 7, "origin_slot": 0, "target_id": 6, "target_slot": 2},
            {"id": 4, "origin_id": 6, "origin_slot": 0, "target_id": -20, "target_slot": 0},
            {"id": 5, "origin_id": -10, "origin_slot": 2, "target_id": 6, "target_slot": 3},
        ],
    }
    instance = box(30, "f00d", [4242], (("positive", "CONDITIONING", 5), ("model", "MODEL", 4)))
    instance["inputs"].append({"name": "seed", "type": "INT", "link": None, "widget": {"name": "seed"}})
    flow = canvas(instance, definitions={"subgraphs": [inner]})
    flow["links"] = [
        [1, 4, 0, 10, 0, "MODEL"],
        [3, 4, 1, 6, 0, "CLIP"],
        [4, 4, 0, 30, 1, "MODEL"],
        [5, 6, 0, 30, 0, "CONDITIONING"],
        [8, 30, 0, 8, 0, "LATENT"],
        [9, 4, 2, 8, 1, "VAE"],
        [10, 8, 0, 9, 0, "IMAGE"],
    ]
    found = alone(flow)
    assert [(item.node, item.seed, item.steps, item.model) for item in found.passes] == [("30:6", "4242", "9", "paper.safetensors")]
    assert found.prompts == ("a paper boat",) and found.rest["canvas"]["subgraphs"] == ["Painter"]


def test_get_set_and_broadcasting_nodes() -> None:
    flow = canvas(
        box(40, "SetNode", ["the model"], (("MODEL", "MODEL", 41),)),
        box(41, "GetNode", ["the model"]),
        box(42, "Anything Everywhere", None, (("VAE", "*", 43),)),
    )
    flow["links"] += [[41, 4, 0, 40, 0, "MODEL"], [42, 41, 0, 3, 0, "MODEL"], [43, 4, 2, 42, 0, "VAE"]]
    flow["nodes"][5]["inputs"][0]["link"] = 42
    flow["nodes"][6]["inputs"][1]["link"] = None
    graph = to_graph(scopes(parse(texts(workflow=flow)[0][1])))
    assert graph["3"].inputs["model"] == ("4", 0) and graph["8"].inputs["vae"] == ("4", 2)


def test_canvas_and_prompt_that_agree() -> None:
    ran = base(
        n3=node(
            "KSampler",
            seed=11,
            steps=20,
            cfg=7.0,
            sampler_name="euler",
            scheduler="karras",
            denoise=1.0,
            model=("4", 0),
            positive=("6", 0),
            negative=("7", 0),
            latent_image=("5", 0),
        )
    )
    found = read(texts(ran, canvas()))
    assert found is not None and found.warnings == ()
    renumbered = canvas()
    for item in renumbered["nodes"]:
        item["id"] += 100
    again = read(texts(ran, renumbered))
    assert again is not None and again.warnings == ()


def test_canvas_and_prompt_that_disagree() -> None:
    found = read(texts(base(), canvas(seed=12, text="another boat")))
    assert found is not None and found.seeds == ("18446744073709551615",) and found.prompts == ("a paper boat",)
    assert set(found.warnings) == {"disagreement prompt/workflow seed 3", "disagreement prompt/workflow text 6"}


def test_choices_and_comments_are_typed_text_and_no_disagreement() -> None:
    ran = base(
        n3=node(
            "KSampler",
            seed=11,
            steps=20,
            cfg=7.0,
            sampler_name="euler",
            scheduler="karras",
            denoise=1.0,
            model=("4", 0),
            positive=("6", 0),
            negative=("7", 0),
            latent_image=("5", 0),
        )
    )
    found = read(texts(ran, canvas(text="a {paper|tin} boat /* or a ship */")))
    assert found is not None and found.warnings == ()
    assert found.texts == (
        Written("prompt", "a paper boat", EXPANDED, "6.text"),
        Written("negative", "blurry", TYPED, "7.text"),
        Written("template", "a {paper|tin} boat /* or a ship */", TYPED, "6.text"),
    )


def test_a_prompt_that_cannot_be_parsed_leaves_the_canvas() -> None:
    found = read(texts('{"3": {"class_type": "KSampler", ', canvas()))
    assert found is not None and found.seeds == ("11",)
    assert found.warnings[0].startswith("unreadable prompt") and "workflow only" in found.warnings


def test_a_lora_that_is_on() -> None:
    flow = canvas()
    flow["nodes"][1]["mode"] = 0
    assert alone(flow).loras == (Lora("ink.safetensors", "1", "1"),)

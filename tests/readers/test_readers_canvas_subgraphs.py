"""Subgraphs: what is set on the outside overrides what stands inside."""

from __future__ import annotations

from typing import Any

import pytest
from canvas_builders import box
from reader_builders import texts

from provenance.readers import attempt, read
from provenance.readers.reading import Pass

NAMES = ("picture", "text", "seed", "steps")


def widget(name: str, link: int) -> dict[str, Any]:
    return {"name": name, "type": "X", "widget": {"name": name}, "link": link}


def inner() -> dict[str, Any]:
    """Encoder and sampler whose text, seed and steps are set on the outside; the first input is a picture."""
    encode = box(6, "CLIPTextEncode", ["inside"], (("clip", "CLIP", 1),))
    encode["inputs"].append(widget("text", 3))
    sample = box(
        7,
        "KSampler",
        [1, "fixed", 2, 3, "euler", "karras", 1],
        (("model", "MODEL", 6), ("positive", "CONDITIONING", 7), ("latent_image", "LATENT", 8)),
    )
    sample["inputs"] += [widget("seed", 4), widget("steps", 5)]
    nodes = [box(4, "CheckpointLoaderSimple", ["in.safetensors"]), encode, sample, box(5, "VAEEncode", None, (("pixels", "IMAGE", 2),))]
    ends = [
        (1, 4, 1, 6, 0), (2, -10, 0, 5, 0), (3, -10, 1, 6, 1), (4, -10, 2, 7, 3), (5, -10, 3, 7, 4), (6, 4, 0, 7, 0), (7, 6, 0, 7, 1),
        (8, 5, 0, 7, 2), (9, 7, 0, -20, 0),
    ]  # fmt: skip
    keys = ("id", "origin_id", "origin_slot", "target_id", "target_slot")
    return {
        "id": "sub",
        "name": "Painter",
        "inputs": [{"name": name} for name in NAMES],
        "outputs": [{"name": "LATENT"}],
        "nodes": nodes,
        "links": [dict(zip(keys, end, strict=True)) for end in ends],
    }


def the_pass(**more: Any) -> tuple[Pass, tuple[str, ...]]:
    instance = box(30, "sub", None, (("picture", "IMAGE", 1),)) | more
    flow = {
        "nodes": [box(1, "LoadImage", ["me.png", "image"]), instance, box(9, "SaveLatent", ["out"], (("samples", "LATENT", 2),))],
        "links": [[1, 1, 0, 30, 0, "IMAGE"], [2, 30, 0, 9, 0, "LATENT"]],
        "definitions": {"subgraphs": [inner()]},
    }
    found = read(texts(workflow=flow))
    assert found is not None and len(found.passes) == 1 and [item.name for item in found.inputs] == ["me.png"]
    return found.passes[0], found.prompts


@pytest.mark.parametrize(
    "more",
    [
        {"widgets_values": ["outside", 44, 12]},
        {"widgets_values": ["?", 0, 0], "widgets_values_named": {"text": "outside", "seed": 44, "steps": 12}},
        {"widgets_values": [12, "outside", 44], "properties": {"proxyWidgets": [["-1", "steps"], ["-1", "text"], ["-1", "seed"]]}},
    ],
)
def test_values_set_on_the_outside(more: dict[str, Any]) -> None:
    made, prompts = the_pass(**more)
    assert (prompts, made.seed, made.steps, made.cfg, made.node) == (("outside",), "44", "12", "3", "30:7")


def test_without_values_on_the_outside_those_inside_hold() -> None:
    made, prompts = the_pass(properties={"proxyWidgets": [["6", "text"], ["7", "seed"]]})
    assert (prompts, made.seed, made.steps) == (("inside",), "1", "2")


def test_another_inputs_place_is_not_taken_for_a_missing_one() -> None:
    """The instance lists only some of its inputs: its second is not the subgraph's second."""
    plugs = [{"name": "picture", "type": "IMAGE", "link": 1}, {"name": "steps", "type": "INT", "link": None, "widget": {"name": "steps"}}]
    made, prompts = the_pass(inputs=plugs, widgets_values=["outside", 44, 12])
    assert (prompts, made.seed, made.steps) == (("outside",), "44", "12")


def test_a_thousand_places_of_one_large_subgraph_are_no_thousand_subgraphs() -> None:
    """Laid out anew at every place, this canvas would take minutes."""
    definition = inner()
    definition["links"] += [
        {"id": number, "origin_id": -10, "origin_slot": 0, "target_id": 5, "target_slot": 0} for number in range(100, 30_000)
    ]
    nodes = [box(number, "sub", ["outside", number, 12], (("picture", "IMAGE", None),)) for number in range(1_000)]
    found, failed = attempt(texts(workflow={"nodes": nodes, "links": [], "definitions": {"subgraphs": [definition]}}))
    assert failed == () and found is not None and len(found.rest["canvas"]["subgraphs"]) == 1


def test_thousands_of_plugs_that_lead_nowhere_are_looked_up_once() -> None:
    count = 8_000
    definition = {
        "id": "sub",
        "name": "x",
        "inputs": [{"name": f"i{number}"} for number in range(count)],
        "nodes": [box(1, "Wide", None, tuple((f"q{number}", "X", number) for number in range(count)))],
        "links": [[number, -10, number, 1, number, "X"] for number in range(count)],
    }
    nodes = [box(1, "sub", None, tuple((f"i{number}", "X", None) for number in range(count)))]
    found, failed = attempt(texts(workflow={"nodes": nodes, "links": [], "definitions": {"subgraphs": [definition]}}))
    assert failed == () and found is not None

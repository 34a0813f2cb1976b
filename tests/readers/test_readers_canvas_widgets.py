"""How a canvas's values get their names: by name, by the widgets among the inputs, by the class's known order, or not at all."""

from __future__ import annotations

from typing import Any

from canvas_builders import box
from reader_builders import texts

from provenance.readers import read
from provenance.readers.comfyui.widgets import named
from provenance.readers.reading import TYPED, Reading, Written

SAMPLING = {"seed": 7, "steps": 9, "cfg": 2, "sampler_name": "lcm", "scheduler": "simple", "denoise": 1}


def plug(name: str) -> dict[str, Any]:
    return {"name": name, "type": "X", "widget": {"name": name}, "link": None}


def alone(*nodes: dict[str, Any], links: list[list[Any]]) -> Reading:
    found = read(texts(workflow={"nodes": list(nodes), "links": links}))
    assert found is not None
    return found


def test_names_that_the_browser_wrote_beside_the_values_come_first() -> None:
    by_name = {"prompt": "a tin boat", "model": "M-2", "seed": 5, "control_after_generate": "fixed", "control_after_generate#1": "fixed"}
    values = list(by_name.values())
    assert named("NobodyKnows", values, [], by_name) == {"prompt": "a tin boat", "model": "M-2", "seed": 5}
    assert named("KSampler", [1, "fixed", 2, 3, "euler", "karras", 1], [], SAMPLING) == SAMPLING
    assert named("KSampler", [1, "fixed", 2, 3, "euler", "karras", 1], [], {})["seed"] == 1


def test_widgets_among_the_inputs_name_the_values_if_they_are_as_many() -> None:
    plugs = [plug("prompt"), plug("noise_seed_b"), plug("style"), {"name": "clip", "type": "CLIP", "link": 3}]
    expected = {"prompt": "a boat", "noise_seed_b": 4, "style": "ink"}
    assert named("NobodyKnows", ["a boat", 4, "randomize", "ink"], plugs) == expected
    assert named("NobodyKnows", ["a boat", 4, "ink", None, ""], plugs) == expected, "buttons have no value"
    assert named("NobodyKnows", ["an unlisted one", "a boat", 4, "ink"], plugs) == {}, "which of the four is meant?"
    assert named("NobodyKnows", ["a boat", 4], plugs) == {}


def test_a_known_order_comes_before_widgets_that_were_made_inputs() -> None:
    """Older browsers list widgets among the inputs in the order in which they were made inputs."""
    plugs = [plug("height"), plug("width"), plug("batch_size")]
    assert named("EmptyLatentImage", [512, 768, 1], plugs) == {"width": 512, "height": 768, "batch_size": 1}


def test_an_order_may_leave_values_without_a_name_or_end_early() -> None:
    found = named("Krea2ImageNode", ["a boat", "M", "1:1", "1K", "medium", "", 0.35, 99, "randomize"], [])
    assert found == {"prompt": "a boat", "model": "M", "aspect_ratio": "1:1", "resolution": "1K", "seed": 99}
    found = named("ByteDance2TextToVideoNode", ["M", "a boat", "720p", "1:1", 5, 77, "randomize", False, "fixed"], [])
    assert found == {"model": "M", "model.prompt": "a boat", "seed": 77}


def test_sentences_of_a_class_nobody_described_are_typed_and_no_prompt() -> None:
    found = alone(
        box(1, "NobodyKnowsVideoNode", ["fast mode", "a paper boat on a pond", 5, "twice"], outputs=[{"name": "VIDEO", "type": "VIDEO"}]),
        box(2, "SaveVideo", ["out", "mp4", "h264"], (("video", "VIDEO", 1),)),
        links=[[1, 1, 0, 2, 0, "VIDEO"]],
    )
    assert found.prompts == () and found.passes == ()
    assert found.texts == (Written("typed", "a paper boat on a pond", TYPED, "1.widgets_values.1"),)

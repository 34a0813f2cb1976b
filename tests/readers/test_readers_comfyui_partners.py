"""Nodes that make something on somebody's server, language models among them, and nodes that only look as if."""

from __future__ import annotations

from typing import Any

import pytest
from canvas_builders import box
from reader_builders import node, texts

from provenance.readers import attempt, read
from provenance.readers.reading import EXPANDED, TYPED, UNKNOWABLE, Model, Reading, Written


def got(graph: dict[str, Any]) -> Reading:
    found = read(texts(graph))
    assert found is not None
    return found


def made(cls: str, saver: str = "images", **inputs: Any) -> Reading:
    save = node("Save", filename_prefix="x", **{saver: ("2", 0)})
    return got({"1": node("LoadImage", image="me.png"), "2": node(cls, **inputs), "3": save})


def test_prompt_seed_and_model_whatever_the_class() -> None:
    found = made("NobodyKnowsImageNode", prompt="a boat", negative_prompt="rain", seed=12, model="M-2", aspect_ratio="1:1", hd=True)
    assert (found.prompts, found.negative_prompts, found.seeds, found.models) == (("a boat",), ("rain",), ("12",), (Model("M-2", "api"),))
    assert found.passes[0].role == "base" and found.passes[0].model == "M-2"
    assert found.rest["api_nodes"] == [
        {"node": "2", "class": "NobodyKnowsImageNode", "model": "M-2", "aspect_ratio": "1:1", "hd": "true"},
    ]


def test_settings_that_hang_on_the_choice_of_a_model() -> None:
    found = made("VideoNode", "video", **{"model": "M-3", "model.prompt": "a boat", "model.seed": 8, "model.negative_prompt": ""})
    assert (found.prompts, found.negative_prompts, found.seeds) == (("a boat",), (), ("8",))
    assert found.texts == (Written("prompt", "a boat", TYPED, "2.model.prompt"),)


def test_without_a_model_by_name_the_class_stands_for_it() -> None:
    found = made("FancyTextToVideoNode", "video", prompt="a boat", width=640, height=480)
    assert found.models == (Model("FancyTextToVideoNode", "api"),) and found.sizes == ("640x480",)


@pytest.mark.parametrize(("cls", "spoken"), [("TextToSpeechNode", ("hello there",)), ("DrawTextNode", ())])
def test_a_text_to_be_spoken_is_a_prompt_and_one_to_be_drawn_is_none(cls: str, spoken: tuple[str, ...]) -> None:
    assert made(cls, "audio", text="hello there", seed=3).prompts == spoken


def test_scenes_and_lines_by_number() -> None:
    found = made("KlingVideoNode", "video", prompt="", **{"boards.storyboard_1_prompt": "a boat", "boards.storyboard_2_prompt": "a ship"})
    assert found.prompts == ("a boat", "a ship")
    assert made("DialogueNode", "audio", **{"inputs.text1": "one two", "inputs.text2": "three"}).prompts == ("one two", "three")


@pytest.mark.parametrize(
    ("cls", "inputs"),
    [
        ("GroundingDinoSegment", {"dino_model": ("1", 0), "image": ("1", 0)}),
        ("SegmentAnythingUltra", {"image": ("1", 0)}),
        ("PromptedCrop", {"crop_model": ("1", 0)}),
    ],
)
def test_what_to_look_for_in_a_picture_is_no_prompt(cls: str, inputs: dict[str, Any]) -> None:
    found = made(cls, prompt="the hat", **inputs)
    assert found.prompts == () and found.passes == () and found.models == ()


def test_a_language_model_that_only_answers() -> None:
    found = got({"1": node("ClaudeNode", prompt="describe a boat", model="Big", seed=4), "2": node("PreviewAny", source=("1", 0))})
    assert found.prompts == () and found.passes == ()
    assert found.texts == (Written("typed", "describe a boat", TYPED, "1.prompt"),)


def test_its_answer_is_unknowable_and_what_was_typed_on_the_way_is_kept() -> None:
    graph = {
        "1": node("PrimitiveStringMultiline", value="a boat on a pond"),
        "2": node("StringReplace", string="You write prompts. Input: {x}", find="{x}", replace=("1", 0)),
        "4": node("TextGenerate", prompt=("2", 0), clip=("9", 0)),
        "5": node("RegexExtract", string=("4", 0), regex_pattern="^ a b c (.*)$"),
        "6": node("FancyImageNode", prompt=("5", 0), seed=1),
        "7": node("SaveImage", filename_prefix="x", images=("6", 0)),
    }
    found = got(graph)
    assert found.prompts == () and "unresolved 6.prompt" in found.warnings
    assert Written("prompt", None, UNKNOWABLE, "6.prompt") in found.texts
    typed = {item.text for item in found.texts if item.role == "typed" and item.origin == TYPED}
    assert {"a boat on a pond", "You write prompts. Input: {x}"} <= typed
    assert not any("^ a b c" in (item.text or "") for item in found.texts)


def test_string_replace_says_what_came_out() -> None:
    found = got(
        {
            "1": node("PrimitiveString", value="a boat"),
            "4": node("StringReplace", string="ink drawing of X", find="X", replace=("1", 0)),
            "2": node("FancyImageNode", prompt=("4", 0), seed=2),
            "3": node("SaveImage", filename_prefix="x", images=("2", 0)),
        }
    )
    assert found.prompts == ("ink drawing of a boat",)
    assert found.texts[-1] == Written("prompt", "ink drawing of a boat", EXPANDED, "4")


def test_a_replacement_that_would_fill_the_memory_is_not_made() -> None:
    found = got(
        {
            "4": node("StringReplace", string="a" * 100_000, find="a", replace="b" * 1_000),
            "2": node("FancyImageNode", prompt=("4", 0), seed=2),
            "3": node("SaveImage", filename_prefix="x", images=("2", 0)),
        }
    )
    assert found.prompts == () and "unresolved 2.prompt" in found.warnings


def test_a_partner_node_on_a_canvas() -> None:
    flow = {
        "nodes": [
            box(1, "KlingImageGenerationNode", ["a boat", "rain", "subject", 0.5, 0.45, "kling-v9", "16:9", 1]),
            box(2, "SaveImageAdvanced", ["x", "png"], (("images", "IMAGE", 1),)),
        ],
        "links": [[1, 1, 0, 2, 0, "IMAGE"]],
    }
    found = read(texts(workflow=flow))
    assert found is not None and (found.prompts, found.negative_prompts) == (("a boat",), ("rain",))
    assert found.models == (Model("kling-v9", "api"),) and found.passes[0].node == "1"


def test_language_models_that_ask_each_other_without_end() -> None:
    graph = {
        f"p{number}": node("ClaudeNode", prompt=(f"p{number * 7 % 2_000 + 1}", 0), text=(f"p{(number + 1) % 2_000}", 0))
        for number in range(2_000)
    }
    found, failed = attempt(texts(graph | {"s": node("PreviewAny", source=("p0", 0))}))
    assert failed == () and found is not None and found.prompts == ()

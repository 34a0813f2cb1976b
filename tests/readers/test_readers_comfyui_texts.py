"""Who made a ComfyUI prompt: a person, the tool out of a person's text, or the run alone."""

from __future__ import annotations

from typing import Any

import pytest
from canvas_builders import box, canvas
from reader_builders import base, node, texts

from provenance.readers import read
from provenance.readers.reading import EXPANDED, TYPED, UNKNOWABLE, Reading, Written


def got(graph: dict[str, Any], workflow: Any = None) -> Reading:
    found = read(texts(graph, workflow))
    assert found is not None and found.generator == "ComfyUI"
    return found


def encoded(*link: Any) -> dict[str, Any]:
    return node("CLIPTextEncode", text=link, clip=("4", 1))


def test_plain_texts_are_typed_where_they_stand() -> None:
    found = got(base(n10=node("PrimitiveStringMultiline", value="a tin boat"), n6=encoded("10", 0)))
    assert found.texts == (Written("prompt", "a tin boat", TYPED, "10.value"), Written("negative", "blurry", TYPED, "7.text"))
    assert found.dialect == "comfyui"


def test_a_whole_put_together_is_the_tools_and_its_pieces_are_typed() -> None:
    found = got(base(n10=node("Text Concatenate", delimiter=", ", text_a="a boat", text_b="at sea"), n6=encoded("10", 0)))
    assert found.prompts == ("a boat, at sea",)
    assert found.texts[:3] == (
        Written("typed", "a boat", TYPED, "10.text_a"),
        Written("typed", "at sea", TYPED, "10.text_b"),
        Written("prompt", "a boat, at sea", EXPANDED, "10"),
    )


def test_a_whole_with_a_hole_in_it_is_not_what_ran() -> None:
    found = got(
        base(
            n9a=node("Florence2Run", text_input="", task="caption"),
            n10=node("StringConcatenate", string_a="a boat", string_b=("9a", 2), delimiter=", "),
            n6=encoded("10", 0),
        )
    )
    assert found.prompts == () and "unresolved 6.text" in found.warnings
    assert Written("prompt", None, UNKNOWABLE, "6.text") in found.texts


@pytest.mark.parametrize(
    ("mode", "origin", "kept"), [("populate", EXPANDED, True), (True, EXPANDED, True), ("fixed", TYPED, False), (False, TYPED, False)]
)
def test_what_a_wildcard_node_used(mode: Any, origin: str, kept: bool) -> None:
    found = got(
        base(
            n10=node("ImpactWildcardProcessor", wildcard_text="a __hue__ boat", populated_text="a red boat", mode=mode), n6=encoded("10", 0)
        )
    )
    assert found.prompts == ("a red boat",)
    assert Written("prompt", "a red boat", origin, "10.populated_text") in found.texts
    assert (Written("template", "a __hue__ boat", TYPED, "10.wildcard_text") in found.texts) is kept


def test_wildcards_that_were_filled_in_and_not_written_down() -> None:
    found = got(base(n10=node("easy wildcards", text="a __hue__ boat", seed=4), n6=encoded("10", 0)))
    assert found.prompts == ("a __hue__ boat",), "the typed text stands for it"
    assert "unresolved 10.text" in found.warnings
    assert Written("template", "a __hue__ boat", TYPED, "10.text") in found.texts
    assert Written("prompt", None, UNKNOWABLE, "10.text") in found.texts


def test_a_style_filled_in_from_a_file_of_the_stylers_own() -> None:
    found = got(
        base(
            n10=node("SDXLPromptStyler", text_positive="a boat", text_negative="fog", style="sai-anime"),
            n6=encoded("10", 0),
            n7=encoded("10", 1),
        )
    )
    assert (found.prompts, found.negative_prompts) == (("a boat",), ("fog",))
    assert "styled 10" in found.warnings and Written("prompt", None, UNKNOWABLE, "10.styled") in found.texts


@pytest.mark.parametrize(
    "cls", ["OllamaGenerateAdvance", "DPRandomGenerator", "GeminiNode", "WD14Tagger|pysssss", "ArgosTranslateTextNode"]
)
def test_texts_of_models_and_of_chance(cls: str) -> None:
    found = got(base(n10=node(cls, prompt="describe a boat", text="describe a boat", seed=1), n6=encoded("10", 0)))
    assert found.prompts == () and Written("prompt", None, UNKNOWABLE, "6.text") in found.texts
    assert "describe a boat" in {item.text for item in found.texts if item.role == "typed"}


def test_a_list_of_texts_picked_by_index_is_no_guess() -> None:
    found = got(base(n6=node("CLIPTextEncode", text=["one", "two", "three"], clip=("4", 1))))
    assert found.prompts == () and [item.text for item in found.texts[:4]] == ["one", "two", "three", None]


def test_a_switch_whose_choice_the_file_does_not_hold() -> None:
    found = got(
        base(
            n10=node("PrimitiveString", value="one"),
            n11=node("PrimitiveString", value="two"),
            n12=node("RandomInt", min=1, max=2),
            n13=node("CR Text Input Switch", Input=("12", 0), text1=("10", 0), text2=("11", 0)),
            n6=encoded("13", 0),
        )
    )
    assert found.prompts == () and "unresolved 6.text" in found.warnings
    assert {item.text for item in found.texts if item.role == "typed"} == {"one", "two"}


def test_show_text_writes_into_the_canvas_while_the_prompt_runs() -> None:
    graph = base(
        n10=node("OllamaGenerateAdvance", prompt="a boat please"),
        n11=node("ShowText|pysssss", text=("10", 0), text_0="of the run before"),
        n6=encoded("11", 0),
    )
    beside = canvas(box(11, "ShowText|pysssss", [["a boat on a lake"]], (("text", "STRING", 90),)))
    found = got(graph, beside)
    assert found.prompts == ("a boat on a lake",)
    assert Written("prompt", "a boat on a lake", EXPANDED, "11.text_0") in found.texts
    alone = got(graph)
    assert alone.prompts == ("of the run before",) and "cached 11.text_0" in alone.warnings


def test_a_canvas_text_that_the_browser_expanded_is_the_template_of_what_ran() -> None:
    found = got(base(n7=node("CLIPTextEncode", text="fog", clip=("4", 1))), canvas(seed=18446744073709551615) | {"extra": {}})
    assert "disagreement prompt/workflow text 7" in found.warnings
    flow = canvas(seed=18446744073709551615)
    flow["nodes"][3]["widgets_values"] = ["{fog|rain}"]
    found = got(base(n7=node("CLIPTextEncode", text="fog", clip=("4", 1))), flow)
    assert found.warnings == ()
    assert found.texts == (
        Written("prompt", "a paper boat", TYPED, "6.text"),
        Written("negative", "fog", EXPANDED, "7.text"),
        Written("negative_template", "{fog|rain}", TYPED, "7.text"),
    )

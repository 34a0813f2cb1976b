"""What is answered early is what would have been answered: each short way beside the long one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.readers import JSON_ALONE, LABELS, READERS, attempt
from provenance.readers.comfyui import canvas
from provenance.readers.comfyui.graph import Node
from provenance.readers.comfyui.savers import _NEVER, _OUTPUT
from provenance.readers.comfyui.scopes import scopes
from provenance.readers.comfyui.widget_orders import ORDERS
from provenance.readers.jsontext import Num
from provenance.readers.texts import Keyed

MARKS = (
    '"sui_image_params" "software": "Fooocus" "seed" "RuinedFooocus" "Prompt" "Negative" "base_model_name" "num_inference_steps" '
    '"guidance_scale" "NovelAI" "uc" dreamina edittime "CapCut" "prompt"'
)
VALUE = st.sampled_from([
    0, 1, 7, 20, Num("7.0"), Num("7.5"), "7", "fixed", "randomize", "euler", "karras", "a cat", "{a|b}", "", None, True, [], "NaN",
])
CLASSES = ("KSampler", "KSamplerAdvanced", "CLIPTextEncode", "EmptyLatentImage", "LoraLoader")


@pytest.mark.parametrize("module", JSON_ALONE, ids=lambda module: module.NAME)
@pytest.mark.parametrize("text", [MARKS, f"[{MARKS}]", f'"{MARKS}"', f"parameters: {{{MARKS}}}", "", "\ufeff\0 \t\r\n"])
def test_who_speaks_in_json_alone_says_nothing_of_other_texts(module: Any, text: str) -> None:
    for key in module.KEYS:
        texts = Keyed(((f"tEXt:{key}", text),))
        assert not texts.braced
        assert not (module.claims(texts) if module in READERS else module.label(texts))
        assert not (module.claims(tuple(texts)) if module in READERS else module.label(tuple(texts)))


@pytest.mark.parametrize("before", ["", "\ufeff", "\0\0", " " * 100 + "\r\n\t"])
def test_blanks_before_a_brace_do_not_hide_it(before: str) -> None:
    text = before + json.dumps({"sui_image_params": {"prompt": "a cat", "seed": 5}})
    assert Keyed((("tEXt:parameters", text),)).braced == {"parameters"}
    reading, failed = attempt((("tEXt:parameters", text),))
    assert not failed and (reading is not None) is (len(before) < 64)  # behind more blanks than that no tool begins its JSON


def test_every_module_of_the_list_is_in_a_table() -> None:
    assert all(module in READERS or module in LABELS for module in JSON_ALONE)


@pytest.mark.parametrize("cls", sorted(_NEVER))
def test_a_class_that_never_saves_is_none_by_name_either(cls: str) -> None:
    assert _OUTPUT.search(cls.lower()) is None


@given(st.sampled_from(CLASSES), st.data())
@settings(deadline=None, max_examples=300)
def test_a_node_that_looks_the_same_differs_in_nothing(cls: str, data: st.DataObject) -> None:
    """The values of a node that ran against a canvas's, with and without the short way, also where lists are too long or too short."""
    order = ORDERS[cls]
    values = data.draw(st.lists(VALUE, min_size=max(0, len(order) - 1), max_size=len(order) + 1))
    held = {name: value for name, value in zip(order, values, strict=False) if name != "*"}
    ran = {name: data.draw(st.sampled_from([value, 7, "euler", ["4", 0]])) for name, value in held.items()}
    graph = {"3": Node("3", cls, ran)}
    beside = {"id": 3, "type": cls, "mode": 0, "widgets_values": values}
    if len(values) % 2:
        beside["inputs"] = [{"name": order[0], "link": 4}]
    places = scopes({"nodes": [beside], "links": []})
    short = canvas.disagreements(graph, places, ["3"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(canvas, "_same", lambda node, other: False)
        assert canvas.disagreements(graph, places, ["3"]) == short

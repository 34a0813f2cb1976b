"""Graphs compared by what they are: renumbered and moved canvases do not differ, and every real change is named once."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.evening import node, txt2img

from provenance.report.steps import graph, wiring
from provenance.report.steps.delta import Delta

Api = dict[str, Any]
LORAS = (("ink.safetensors", 0.5), ("light.safetensors", 0.3))


def parsed(api: Api, canvas: Any = None) -> graph.Graph:
    beside = graph.canvas(json.dumps(canvas).encode()) if canvas is not None else None
    found = graph.parse(json.dumps(api).encode(), beside)
    assert found is not None
    return found


def compared(old: Api, new: Api, canvases: tuple[Any, Any] = (None, None)) -> list[Delta]:
    return wiring.differences(parsed(old, canvases[0]), parsed(new, canvases[1]), tuple)


def said(changes: list[Delta]) -> set[tuple[str, str]]:
    return {(change.what, change.name) for change in changes}


def renumbered(api: Api, names: list[str]) -> Api:
    to = dict(zip(api, names, strict=True))
    fresh: Api = {}
    for key in sorted(api, key=to.__getitem__):
        one = copy.deepcopy(api[key])
        one["inputs"] = {
            name: [to[value[0]], value[1]] if isinstance(value, list) else value for name, value in reversed(one["inputs"].items())
        }
        fresh[to[key]] = one
    return fresh


@given(seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=60)
def test_new_ids_another_order_and_other_titles_are_no_change(seed: int) -> None:
    api = txt2img(prompt="fox", negative="blurry", loras=LORAS)
    names = [str(n) for n in random.Random(seed).sample(range(1, 60), len(api))]
    moved = renumbered(api, names)
    for one in moved.values():
        one["_meta"] = {"title": f"title {seed}"}
    assert compared(api, moved) == []
    assert parsed(api).shape == parsed(moved).shape


@given(seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=60)
def test_in_a_renumbered_graph_one_value_is_one_change(seed: int) -> None:
    api = txt2img(prompt="fox", negative="blurry", loras=LORAS)
    names = [str(n) for n in random.Random(seed).sample(range(1, 60), len(api))]
    other = renumbered(txt2img(prompt="wolf", negative="blurry", loras=LORAS), names)
    assert [(c.what, c.name, c.before, c.after) for c in compared(api, other)] == [("value", "text", "fox", "wolf")]


def test_a_node_that_comes_between_is_told_and_not_its_wires() -> None:
    plain, one, two = txt2img(), txt2img(loras=LORAS[:1]), txt2img(loras=LORAS)
    assert said(compared(plain, one)) == {("in", "LoraLoader")}
    assert said(compared(one, two)) == {("in", "LoraLoader")}
    assert said(compared(two, plain)) == {("out", "LoraLoader")}


def test_a_wire_between_nodes_that_stay_is_told() -> None:
    old = txt2img(prompt="fox", negative="blurry")
    new = copy.deepcopy(old)
    new["5"]["inputs"]["positive"], new["5"]["inputs"]["negative"] = ["3", 0], ["2", 0]
    assert {(c.what, c.name, c.of) for c in compared(old, new)} == {
        ("rewired", "positive", "KSampler"), ("rewired", "negative", "KSampler"),
    }  # fmt: skip


def test_a_value_that_becomes_a_wire_and_back() -> None:
    old = txt2img()
    new = copy.deepcopy(old) | {"9": node("PrimitiveInt", value=7)}
    new["5"]["inputs"]["steps"] = ["9", 0]
    assert said(compared(old, new)) == {("in", "PrimitiveInt")}, "the node says it"
    old |= {"9": node("PrimitiveInt", value=7)}
    assert said(compared(old, new)) == {("wired", "steps")}
    assert said(compared(new, old)) == {("unwired", "steps")}


@pytest.mark.parametrize(("mode", "word"), [(4, "bypassed"), (2, "muted")])
def test_what_was_switched_off_is_not_called_removed(mode: int, word: str) -> None:
    on, off = txt2img(loras=LORAS[:1]), txt2img()
    canvas = {"id": "c", "nodes": [{"id": 20, "type": "LoraLoader", "mode": mode}]}
    assert said(compared(on, off, (None, canvas))) == {(word, "LoraLoader")}
    assert said(compared(off, on, (canvas, None))) == {("back", "LoraLoader")}


def test_numbers_compare_as_numbers_and_machine_fields_do_not_count() -> None:
    old, new = txt2img(cfg=7.0), txt2img(cfg=7)
    new["5"]["inputs"]["control_after_generate"] = "randomize"
    assert compared(old, new) == []


def test_another_input_of_the_same_values_is_not_swallowed() -> None:
    old, new = txt2img(steps=20, start_at_step=20), txt2img(steps=30, start_at_step=30)
    changes = wiring.differences(parsed(old), parsed(new), lambda: [("20", "30")])
    assert [change.name for change in changes] == ["start_at_step"], "`steps` is told by the reading"


def test_masks_of_alpha_and_of_channels() -> None:
    api = txt2img() | {
        "30": node("LoadImage", image="a.png") | {"is_changed": ["a" * 64]},
        "31": node("LoadImageMask", image="m.png", channel="red") | {"is_changed": ["b" * 64]},
        "32": node("LoadImage", image="plain.png"),
        "33": node("SetLatentNoiseMask", samples=("4", 0), mask=("30", 1)),
        "34": node("VAEEncode", pixels=("32", 0), vae=("1", 2)),
    }
    assert [(m.name, m.channel, m.sha256[:1]) for m in graph.masks(parsed(api))] == [("a.png", "alpha", "a"), ("m.png", "red", "b")]


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"{", b"{}", b'{"1": 2}', b'{"1": {"class_type": 3}, "2": {}}', b"\xff\xfe", b'{"a":' * 40_000, b"x" * 5_000_000, None],
)
def test_what_is_no_graph_gives_none(raw: bytes | None) -> None:
    assert graph.parse(raw) is None
    assert graph.canvas(raw) is None


def test_odd_graphs_and_circles_end() -> None:
    circle = {str(n): node("Reroute", value=(str((n + 1) % 50), 0)) for n in range(50)}
    odd = {"1": {"class_type": "A", "inputs": {"x": ["1", 0], "y": ["nowhere", 0], "z": [1, 2, 3], "w": {"deep": [None]}}}}
    assert compared(circle, odd) and compared(odd, circle)
    assert compared(odd, copy.deepcopy(odd)) == []
    assert graph.parse(json.dumps({str(n): node("A") for n in range(graph.MAX_NODES + 1)}).encode()) is None


def test_a_labelled_text_is_only_what_its_label_says() -> None:
    text = b"prompt:" + json.dumps(txt2img()).encode()
    assert graph.parse(text) is not None and graph.canvas(text) is None
    assert graph.parse(b"workflow:" + json.dumps({"id": "c", "nodes": []}).encode()) is None
    rows = [{"name": "exif:IFD0.Make", "sha256": "w"}, {"name": "exif:IFD0.Model", "sha256": "p"}, {"name": "tEXt:prompt", "sha256": "t"}]
    assert graph.documents([*rows, {"name": "sidecar:x.prompt", "sha256": "s"}, {"name": 3}]) == (["t", "w", "p"], ["w", "p"])

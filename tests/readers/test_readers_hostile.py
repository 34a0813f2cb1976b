"""Hostile graphs and texts: bounded work, never an exception."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reader_builders import base, node, texts

from provenance.readers import attempt, read

LINKS = st.tuples(st.sampled_from([str(n) for n in range(12)]), st.integers(0, 3)).map(list)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2**65),
    st.floats(),
    st.text(max_size=8),
    LINKS,
    st.lists(st.text(max_size=3), max_size=3),
    st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=2),
)
CLASSES = st.sampled_from(
    [
        "KSampler",
        "SaveImage",
        "CLIPTextEncode",
        "LoraLoader",
        "ImpactSwitch",
        "StringConcatenate",
        "Reroute",
        "ToBasicPipe",
        "SamplerCustomAdvanced",
        "ConditioningCombine",
        "Power Lora Loader (rgthree)",
        "LoadImage",
        "KSampler Config (rgthree)",
    ]
)
KEYS = st.sampled_from(
    [
        "positive",
        "negative",
        "model",
        "clip",
        "text",
        "seed",
        "steps",
        "cfg",
        "images",
        "latent_image",
        "lora_name",
        "strength_model",
        "select",
        "input1",
        "input2",
        "string_a",
        "string_b",
        "conditioning_1",
        "basic_pipe",
        "guider",
        "sigmas",
        "noise",
        "image",
        "lora_1",
        "",
    ]
)
NODES = st.fixed_dictionaries(
    {"class_type": CLASSES, "inputs": st.one_of(st.dictionaries(KEYS, VALUES, max_size=8), st.none(), st.lists(VALUES, max_size=2))},
    optional={"is_changed": VALUES, "_meta": VALUES},
)
GRAPHS = st.dictionaries(st.sampled_from([str(n) for n in range(12)]), st.one_of(NODES, NODES, NODES, VALUES), max_size=12)
BOXES = st.fixed_dictionaries(
    {},
    optional={
        "id": VALUES,
        "type": st.one_of(CLASSES, st.sampled_from(["sub", "Note", "GetNode", "SetNode"])),
        "mode": st.sampled_from([0, 2, 4, None, "x"]),
        "inputs": st.one_of(VALUES, st.lists(st.dictionaries(st.sampled_from(["name", "type", "link", "widget"]), VALUES), max_size=3)),
        "outputs": VALUES,
        "widgets_values": st.one_of(VALUES, st.lists(VALUES, max_size=4)),
        "title": VALUES,
    },
)
CANVASES = st.fixed_dictionaries(
    {
        "nodes": st.lists(BOXES, max_size=6),
        "links": st.lists(st.one_of(VALUES, st.lists(st.integers(-20, 6), min_size=5, max_size=6)), max_size=6),
    },
    optional={
        "groups": VALUES,
        "extra": VALUES,
        "definitions": st.fixed_dictionaries(
            {
                "subgraphs": st.lists(
                    st.fixed_dictionaries(
                        {"id": st.just("sub"), "nodes": st.lists(BOXES, max_size=3), "links": st.lists(VALUES, max_size=2)}
                    ),
                    max_size=2,
                )
            }
        ),
    },
)


@given(graph=GRAPHS, canvas=st.one_of(st.none(), CANVASES), name=st.sampled_from(["", "ComfyUI_00001_.png"]))
@settings(deadline=None, max_examples=300)
def test_wild_graphs_are_read_or_left_but_never_break_a_reader(graph: dict[str, Any], canvas: Any, name: str) -> None:
    found = texts(graph, canvas)
    reading, failed = attempt(found, name)
    assert attempt(found, name) == (reading, failed)
    if any(isinstance(item, dict) and isinstance(item.get("class_type"), str) for item in graph.values()):
        assert failed == () and reading is not None


@given(canvas=CANVASES)
@settings(deadline=None, max_examples=200)
def test_wild_canvases(canvas: dict[str, Any]) -> None:
    reading, failed = attempt(texts(workflow=canvas))
    assert failed in ((), ("reader.failed ComfyUI",))
    if any("type" in item for item in canvas["nodes"]):
        assert failed == () and reading is not None


def test_cycles() -> None:
    graph = base(
        n6=node("ConditioningCombine", conditioning_1=("6", 0), conditioning_2=("7", 0)),
        n4=node("ModelPatch", model=("10", 0)),
        n10=node("ModelPatch", model=("4", 0)),
        n5=node("LatentUpscale", samples=("5", 0)),
        n11=node("PrimitiveInt", value=("11", 0)),
    )
    graph["3"]["inputs"]["seed"] = ["11", 0]
    found = read(texts(graph))
    assert found is not None and "unresolved 3.seed" in found.warnings


def test_a_subgraph_that_holds_itself() -> None:
    instance = {"id": 1, "type": "me", "inputs": [], "outputs": []}
    flow = {
        "nodes": [instance, instance | {"id": 2}],
        "links": [],
        "definitions": {"subgraphs": [{"id": "me", "nodes": [instance, instance | {"id": 2}], "links": []}]},
    }
    assert read(texts(workflow=flow)) is not None


def test_a_text_that_doubles_at_every_node() -> None:
    doubling = {
        f"{n}0": node("StringConcatenate", string_a=(f"{n + 1}0", 0), string_b=(f"{n + 1}0", 0), delimiter="") for n in range(1, 60)
    }
    graph = (
        base()
        | doubling
        | {"600": node("PrimitiveString", value="x" * 100_000), "6": node("CLIPTextEncode", text=("10", 0), clip=("4", 1))}
    )
    found = read(texts(graph))
    assert found is not None and sum(map(len, found.prompts)) < 8 * 1024 * 1024


@pytest.mark.parametrize(
    "text",
    [
        '{"class_type":' * 10_000,
        "[" * 100_000,
        '{"1":{"class_type":"A","inputs":{"x":' + "[" * 10_000,
        '{"nodes":[],"links":' + "[" * 10_000 + "]" * 10_000 + "}",
    ],
)
def test_json_ten_thousand_deep(text: str) -> None:
    for key in ("prompt", "workflow", "parameters"):
        assert attempt(((f"tEXt:{key}", text),))[0] is None


def chain(nodes: int) -> dict[str, Any]:
    """A conditioning that comes through so many nodes."""
    graph = base() | {
        str(n): {"class_type": "ConditioningSetArea", "inputs": {"conditioning": [str(n + 1), 0]}} for n in range(100, 100 + nodes)
    }
    graph["3"]["inputs"]["positive"] = ["100", 0]
    return graph


@pytest.mark.slow
def test_a_chain_of_forty_thousand_nodes_is_cut_and_that_is_said() -> None:
    found, failed = attempt(texts(chain(40_000)))
    assert found is not None and failed == () and "cut at 20000 nodes" in found.warnings


@pytest.mark.slow
def test_a_chain_of_a_hundred_thousand_nodes_is_no_text_for_readers_and_that_is_said() -> None:
    """Two million marks (`readers.texts.MARKS`): to parse and walk them takes most of the two seconds that a file may take."""
    assert attempt(texts(chain(100_000))) == (None, ("reader.text-long tEXt:prompt",))


def test_thousands_of_samplers_are_cut_and_that_is_said() -> None:
    graph = base() | {f"s{n}": base()["3"] for n in range(5_000)}
    graph["9"]["inputs"] |= {f"image{n}": [f"s{n}", 0] for n in range(5_000)}
    found, failed = attempt(texts(graph))
    assert found is not None and failed == () and len(found.passes) == 64 and "more than 64 passes" in found.warnings


@pytest.mark.parametrize(
    "piece",
    ['k: "', "k: [", "k: [[", 'k: ["', "k: {", 'k: {"a', "a, ", "a\n", "Steps: 1 ", "\nSteps: ", "Template:\n", ": ", '"', "<lora:"],
)
def test_infotexts_made_to_run_away(piece: str) -> None:
    text = f"boat\nNegative prompt: x\nSteps: 20, Seed: 7, {piece * 100_000}"
    found = read((("tEXt:parameters", text),))
    assert found is None or found.generator
    read((("tEXt:parameters", piece * 100_000 + "\nSteps: 20, Seed: 7"),))


def test_wrong_types_where_text_is_expected() -> None:
    graph = base(n6=node("CLIPTextEncode", text=[["a", "b"], 3], clip=("4", 1)), n7=node("CLIPTextEncode", text={"a": 1}, clip=None))
    graph["4"]["inputs"]["ckpt_name"] = ["nowhere", 0]
    graph["3"]["inputs"]["seed"] = {"x": [1]}
    found, failed = attempt((("tEXt:prompt", json.dumps(graph)),))
    assert found is not None and failed == () and "unresolved 4.ckpt_name" in found.warnings

"""Civitai's own generator in its three forms, and files that only borrow its keys."""

from __future__ import annotations

import json
from typing import Any

import pytest
from reader_builders import infotext
from site_builders import graph

from provenance.readers import read
from provenance.readers.reading import InputFile, Lora, Model, Reading, Texts

RESOURCES = (
    'Created Date: 2026-01-04T01:27:21.2717070Z, Civitai resources: [{"type":"checkpoint","modelVersionId":1,"modelName":"Paper ] XL",'
    '"modelVersionName":"v2"},{"type":"lora","weight":0.8,"modelVersionId":2,"modelName":"Ink"},'
    '{"type":"embed","modelVersionId":3,"modelName":"BadHand"}], Civitai metadata: {}'
)
AIRS = ["urn:air:other:upscaler:civitai:147759@164821", "urn:air:sdxl:checkpoint:civitai:827184@2514310"]
SAID: dict[str, Any] = {
    "prompt": "a boat",
    "negativePrompt": "blurry",
    "steps": 20,
    "cfgScale": 5,
    "sampler": "euler_ancestral",
    "seed": 963,
    "workflowId": "img2img-hires",
    "resources": [{"modelVersionId": 2514310, "strength": 1}],
}


def got(texts: Texts) -> Reading:
    found = read(texts)
    assert found is not None and found.generator == "Civitai"
    return found


def orchestrated(said: Any = None, key: str = "exif:Exif.UserComment", **sampler: Any) -> Texts:
    made = graph("a boat", "blurry", **sampler)
    made["4"]["inputs"]["ckpt_name"] = AIRS[1]
    extra = json.dumps(SAID) if said is None else said
    return ((key, json.dumps(made | {"extra": {"airs": AIRS}, "extraMetadata": extra})),)


def test_an_infotext_with_resources() -> None:
    found = got(infotext(f"Steps: 25, Sampler: Undefined, CFG scale: 3.5, Seed: 5, Size: 64x64, Clip skip: 2, {RESOURCES}"))
    assert (found.samplers, found.version) == (("Undefined",), None)
    assert Model("Paper ] XL", "checkpoint") in found.models and Model("BadHand", "embedding") in found.models
    assert found.loras == (Lora("Ink", "0.8", "0.8"),)
    assert found.rest["Created Date"] == "2026-01-04T01:27:21.2717070Z" and found.dialect == "a1111"


def test_values_of_an_api_model_are_as_written() -> None:
    metadata = {"workflow": "img2img:edit", "images": [{"url": "https://img.example/x.jpg?sig=1", "width": 600}], "seed": 1}
    found = got(
        infotext(
            "Steps: 0, Sampler: GPT-Image-2, CFG scale: 0, Seed: -1, Size: 64x64, Civitai resources: [], Civitai metadata: "
            + json.dumps(metadata),
            negative=None,
        )
    )
    assert (found.steps, found.cfgs, found.seeds, found.samplers) == (("0",), ("0",), ("-1",), ("GPT-Image-2",))
    assert found.inputs == (InputFile("https://img.example/x.jpg?sig=1", "image"),)
    assert found.rest["Civitai metadata"]["seed"] == "1"


@pytest.mark.parametrize("key", ["exif:Exif.UserComment", "tEXt:prompt"])
def test_the_graph_with_its_additions(key: str) -> None:
    found = got(orchestrated(key=key))
    assert (found.prompts, found.seeds, found.samplers, found.schedulers) == (("a boat",), ("963",), ("euler_ancestral",), ("karras",))
    assert [model.name for model in found.models] == [AIRS[1], AIRS[0]]
    assert found.rest["extraMetadata"]["workflowId"] == "img2img-hires" and found.rest["airs"] == AIRS
    assert found.warnings == () and "extra" not in found.rest


def test_what_the_site_says_otherwise_is_said() -> None:
    found = got(orchestrated(said=json.dumps(SAID | {"seed": 1, "prompt": "a ship"})))
    assert found.seeds == ("963",) and found.prompts == ("a boat",)
    assert set(found.warnings) >= {"disagreement extraMetadata/prompt seed", "disagreement extraMetadata/prompt prompt"}
    assert got(orchestrated(said="{broken")).seeds == ("963",)
    assert got(orchestrated(said={"prompt": "a boat"})).rest["extraMetadata"] == {"prompt": "a boat"}


def test_a_program_that_writes_the_same_keys_keeps_its_name() -> None:
    for version, name in (("Version: v1.10.1", "A1111"), ("Version: neo", "Forge Neo"), ("App: SD.Next", "SD.Next")):
        found = read(infotext(f"Steps: 25, Sampler: Euler, Seed: 5, {RESOURCES}, {version}"))
        assert found is not None and found.generator == name
    beside = read((*infotext(f"Steps: 20, Sampler: Euler, Seed: 963, {RESOURCES}"), ("tEXt:prompt", json.dumps(graph()))))
    assert beside is not None and beside.generator == "ComfyUI"

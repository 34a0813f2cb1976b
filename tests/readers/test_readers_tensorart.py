"""TensorArt: the request and what ran."""

from __future__ import annotations

from reader_builders import node
from site_builders import generation_data, graph

from provenance.readers import read
from provenance.readers.reading import Lora, Model, Reading, Texts


def got(data: str, prompt: dict[str, object] | None = None) -> Reading:
    import json

    texts: Texts = (("tEXt:generation_data", data), *((("tEXt:prompt", json.dumps(prompt)),) if prompt else ()))
    found = read(texts)
    assert found is not None and found.generator == "TensorArt"
    return found


def ran(**sampler: object) -> dict[str, object]:
    made = graph("a paper boat", "blurry", **sampler)
    return made | {"4": node("ECHOCheckpointLoaderSimple", ckpt_name="EMS-1401459-EMS.safetensors")}


def test_both_are_kept_and_the_seed_is_the_one_that_ran() -> None:
    found = got(generation_data(), ran(seed=3036459311))
    assert found.seeds == ("3036459311",) and found.rest["generation_data"]["seed"] == "-1"
    assert found.prompts == ("a paper boat",)
    assert found.negative_prompts == ("blurry, ", "blurry"), "as asked, then as it ran"
    assert found.passes[0].negatives == (1,)
    assert [(text.role, text.text, text.origin) for text in found.texts] == [
        ("prompt", "a paper boat", "TYPED"), ("negative", "blurry, ", "TYPED"), ("negative", "blurry", "EXPANDED"),
    ]
    assert [model.name for model in found.models] == ["Paper-XL", "EMS-1401459-EMS.safetensors"]
    assert found.models[0] == Model("Paper-XL", "checkpoint", "AB12")
    assert found.loras == (Lora("Ink", "0.8", "0.8", "CD34"),)
    assert found.hashes == {"model": "AB12", "lora:Ink": "CD34"}
    assert (found.cfgs, found.steps, found.samplers, found.schedulers) == (("5",), ("20",), ("euler_ancestral",), ("karras",))
    assert found.warnings == ()


def test_disagreements_are_said_and_both_values_stay() -> None:
    found = got(generation_data(steps=25, seed="7"), ran(seed=8))
    assert found.steps == ("25", "20")
    assert set(found.warnings) == {"disagreement generation_data/prompt steps", "disagreement generation_data/prompt seed"}


def test_the_request_alone() -> None:
    found = got(generation_data())
    assert (found.seeds, found.steps, found.sizes) == ((), ("20",), ("512x768",)), "-1 asks for any seed and is none"
    assert found.models == (Model("Paper-XL", "checkpoint", "AB12"),)
    assert got(generation_data(seed="42")).seeds == ("42",)


def test_a_graph_that_cannot_be_read_leaves_the_request() -> None:
    texts = (("tEXt:generation_data", generation_data()), ("tEXt:prompt", '{"3": {"class_type": "KSampler", "inputs": '))
    found = read(texts)
    assert found is not None and found.generator == "TensorArt" and found.prompts == ("a paper boat",)
    assert "tensorart.graph unreadable" in found.warnings


def test_other_data_under_the_key_is_not_claimed() -> None:
    assert read((("tEXt:generation_data", '{"a": 1}'),)) is None
    assert read((("tEXt:generation_data", 'about "baseModel"'),)) is None

"""krita-ai-diffusion: documents with a history, and pictures saved from it."""

from __future__ import annotations

import json

import pytest
from site_builders import krita_document, krita_job

from provenance.readers import attempt, read
from provenance.readers.reading import Control, Lora, Model, Part, Reading, Texts

SAVED = (
    "a boat <lora:ink.safetensors:0.7>\nNegative prompt: \nSteps: 20, Sampler: Default - DPM++ 2M, CFG scale: 7.0, Seed: 12, "
    "Size: 512x768, Model hash: unknown, Model: paper.safetensors"
)


def got(texts: Texts) -> Reading:
    found, failed = attempt(texts)
    assert found is not None and found.generator == "Krita AI Diffusion" and failed == ()
    return found


def test_generations_in_order_with_what_was_typed_what_ran_and_what_was_used() -> None:
    found = got(krita_document(krita_job(1), krita_job(2, used=True)))
    assert found.prompts == ("a boat, red 1, ink style", "a boat, red 2, ink style")
    assert found.negative_prompts == ("blurry",) and found.seeds == ("4294967294", "4294967293")
    assert [(item.node, item.prompts, item.negatives) for item in found.passes] == [("job-1", (0,), (0,)), ("job-2", (1,), (0,))]
    first = found.passes[0]
    assert (first.steps, first.cfg, first.denoise, first.size, first.model) == ("20", "7.0", "0.6", "512x768", "paper.safetensors")
    assert [(text.role, text.text, text.origin, text.where) for text in found.texts[:2]] == [
        ("template", "a boat, {red|blue} 1", "TYPED", "job-1"),
        ("prompt", "a boat, red 1, ink style", "EXPANDED", "job-1"),
    ]
    assert found.loras == (Lora("ink.safetensors", "0.7", "0.7"),) and found.models == (Model("paper.safetensors", "checkpoint"),)
    assert [(row["id"], row["in_use"], row["results"]) for row in found.rest["history"]] == [("job-1", [], "2"), ("job-2", ["1"], "2")]


def test_regions_and_control_layers() -> None:
    control = [
        {"mode": "Scribble", "strength": 0.8, "image": "Sketch", "start": 0.0, "end": 0.7},
        {"mode": "Style", "strength": 1.0, "image": "Reference", "start": 0.0, "end": 1.0},
        {"mode": "Skizze", "strength": 1.0, "image": "S", "start": 0.0, "end": 1.0},
    ]
    job = krita_job(1, control=control, regions=[{"prompt": "{a|b}", "prompt_eval": "a", "bounds": [0, 0, 10, 20]}])
    job["params"]["regions"] = [{"layer_id": "{x}", "prompt": "sky", "bounds": [5, 6, 30, 40], "is_background": True}]
    found = got(krita_document(job))
    assert found.parts == (Part("region", "sky", place="x 5 y 6 30x40"), Part("region", "a", place="x 0 y 0 10x20"))
    assert found.controls == (
        Control("controlnet", None, "0.8", "0.0", "0.7", "Scribble", "Sketch"),
        Control("style", None, "1.0", "0.0", "1.0", None, "Reference"),
        Control("control_layer", None, "1.0", "0.0", "1.0", "Skizze", "S"),
    )


def test_documents_of_older_versions() -> None:
    params = {"bounds": [0, 0, 64, 64], "prompt": "an old boat", "negative_prompt": "bad", "seed": 5, "strength": 1.0, "style": "x.json"}
    job = {"id": "a", "slot": 0, "offsets": [0], "params": params}
    found = got(krita_document(job, name="annotations/ai_diffusion/ui"))
    assert (found.prompts, found.negative_prompts, found.seeds, found.sizes) == (("an old boat",), ("bad",), ("5",), ("64x64",))
    assert [text.origin for text in found.texts] == ["TYPED", "TYPED"]


def test_a_prompt_that_never_ran_is_said_to_be_only_typed() -> None:
    regions = [{"layer_ids": "{x}", "positive": "sky", "control": []}]
    found = got(krita_document(root={"positive": "a boat", "negative": ""}, regions=regions))
    assert found.prompts == ("a boat",) and found.passes == () and found.warnings == ("krita.history none",)
    assert found.parts == (Part("region", "sky", place="{x}"),)


@pytest.mark.parametrize(
    "texts",
    [
        krita_document(),
        krita_document(name="annotations/other/ui.json", root={"positive": "a boat"}),
        (("kra:mimetype", "application/x-krita"), ("kra:maindoc.xml", "<DOC/>"), ("kra:a/annotations/ai_diffusion/ui.json", "{broken")),
        (("sidecar:json", json.dumps({"history": [{"params": {}}]})),),
    ],
)
def test_a_document_without_generations_is_nobodys(texts: Texts) -> None:
    assert attempt(texts) == (None, ())


def test_hostile_state_does_no_harm() -> None:
    odd = {"bounds": "x", "metadata": {"loras": [1, [], ["a"]], "control": {}}}
    for history in ([1, None, {"params": []}], [{"params": odd}], [[]] * 900):
        texts = krita_document(root={"positive": "a boat"}, history=history, regions={"a": 1})
        found = got(texts)
        assert found.generator == "Krita AI Diffusion"
    many = got(krita_document(*(krita_job(number) for number in range(501))))
    assert len(many.passes) == 500 and many.warnings == ("krita.history cut",)


def test_a_saved_picture() -> None:
    found = read((("iTXt:parameters", SAVED + ", Denoising strength: 0.6"), ("xmp:Iptc4xmpExt:DigitalSourceType", "http://x/y")))
    assert found is not None and found.generator == "Krita AI Diffusion"
    assert found.hashes == {} and found.models == (Model("paper.safetensors", "checkpoint"),), "`unknown` is no hash"
    assert found.denoises == ("0.6",) and found.loras[0].name == "ink.safetensors"
    assert found.rest["digital_source_type"] == "http://x/y"


@pytest.mark.parametrize("texts", [(("tEXt:parameters", SAVED),), (("iTXt:parameters", SAVED + ", Version: v1.10.1"),)])
def test_an_infotext_that_is_not_exactly_its_own_is_not_claimed(texts: Texts) -> None:
    found = read(texts)
    assert found is not None and found.generator == "A1111"

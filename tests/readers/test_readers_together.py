"""One file with a graph and an infotext; the record that is shown."""

from __future__ import annotations

import json

from reader_builders import base, infotext, node, texts

from provenance.readers import attempt, read
from provenance.readers.show import as_record

AGREES = (
    "Steps: 20, Sampler: Euler Karras, CFG scale: 7, Seed: 18446744073709551615, Size: 512x768, Model: paper, Model hash: abc1234567, "
    "Version: ComfyUI"
)


def test_the_graph_wins_and_the_infotext_stays_beside_it() -> None:
    found = read((*infotext(AGREES), *texts(base())))
    assert found is not None and found.generator == "ComfyUI" and found.also_claimed == ("A1111",)
    assert found.warnings == () and found.samplers == ("euler",)
    assert found.hashes == {"model": "abc1234567"}
    assert found.rest["parameters"]["text"].startswith("a paper boat\nNegative prompt: blurry\nSteps: 20")
    assert found.rest["parameters"]["fields"]["seeds"] == ["18446744073709551615"]


def test_placeholders_of_a_saver_are_flagged_and_never_believed() -> None:
    found = read(
        (
            *infotext("Steps: 20, Sampler: euler, CFG scale: 7, Seed: 0, Size: 512x512, Model: other.ckpt", "unknown", "unknown"),
            *texts(base()),
        )
    )
    assert found is not None and found.seeds == ("18446744073709551615",) and found.prompts == ("a paper boat",)
    assert found.warnings == tuple(f"disagreement parameters/prompt {name}" for name in ("prompt", "negative", "seed", "model"))


def test_what_the_graph_cannot_say_is_filled_and_marked() -> None:
    graph = base(n10=node("OllamaGenerate", prompt="a boat please"), n6=node("CLIPTextEncode", text=("10", 0), clip=("4", 1)))
    found = read((*texts(graph), *infotext(AGREES, positive="a boat as the model wrote it")))
    assert found is not None and found.prompts == ("a boat as the model wrote it",)
    assert found.warnings == ("unresolved 6.text", "from parameters prompt")
    assert ("prompt", "a boat as the model wrote it", "EXPANDED", "parameters") in [
        (text.role, text.text, text.origin, text.where) for text in found.texts
    ], "the saver wrote down what the graph leaves open"


def test_the_record_of_a_file() -> None:
    graph = base(n20=node("LoadImage", image="a.png") | {"is_changed": ["cd" * 32]}, n21=node("VAEEncode", pixels=("20", 0), vae=("4", 2)))
    graph["3"]["inputs"]["latent_image"] = ["21", 0]
    record = as_record(read(texts(graph)), "png", "x.png")
    assert record["generator"] == "ComfyUI" and record["container"] == "png" and record["file"] == "x.png"
    assert record["models"] == ["paper.safetensors"] and record["seeds"] == ["18446744073709551615"]
    assert record["inputs"] == [{"name": "a.png", "role": "image", "sha256": "cd" * 32}]
    assert record["passes"][0]["role"] == "base" and record["passes"][0]["prompts"] == [0]
    assert json.loads(json.dumps(record)) == record


def test_the_record_of_nothing_has_the_same_keys() -> None:
    empty = as_record(None, "unknown", "x.bin")
    assert empty["generator"] is None and empty["prompts"] == [] and empty["hashes"] == {}
    assert list(empty) == list(as_record(read(texts(base())), "png", "y.png"))


def test_attempt_without_anything() -> None:
    assert attempt(()) == (None, ())

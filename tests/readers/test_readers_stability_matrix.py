"""Stability Matrix: four texts that say the same thing four ways, and files that have only some of them."""

from __future__ import annotations

import pytest
from site_builders import FIELDS, INFOTEXT, PROJECT, graph, stability_matrix

from provenance.readers import read
from provenance.readers.reading import Lora, Model, Reading, Texts


def got(texts: Texts) -> Reading:
    found = read(texts)
    assert found is not None and found.generator == "Stability Matrix"
    return found


def test_all_four_together() -> None:
    found = got(stability_matrix())
    assert found.prompts == ("a paper boat, #note\r\n<lora:ink:0.7>", "a paper boat, \r\n"), "as typed, then as it ran"
    assert found.negative_prompts == ("blurry\r\n",)
    assert [(text.text, text.origin) for text in found.texts if text.role == "prompt"] == [
        ("a paper boat, #note\r\n<lora:ink:0.7>", "TYPED"),
        ("a paper boat, \r\n", "EXPANDED"),
    ]
    assert found.passes[0].prompts == (1,) and found.passes[0].seed == "963"
    assert found.samplers == ("euler_ancestral", "Euler Ancestral Karras"), "both spellings"
    assert found.sizes == ("512x768", "768x1152")
    assert found.models[0] == Model("paper.safetensors", "checkpoint", "A5F5")
    assert found.warnings == (), "comments and networks are no disagreement"
    assert found.rest["smproj"] == {
        "Version": "2", "ProjectType": "TextToImage", "modules_enabled": ["UpscalerModule"], "ClipSkip": "2",
    }
    assert found.rest["parameters-json"] == {"Fps": "12"}
    assert found.version is None, "the project's format has a version, the program does not tell its own"


def test_a_real_disagreement_is_said() -> None:
    found = got(stability_matrix(prompt=graph("a ship"), parameters=INFOTEXT, smproj=PROJECT))
    assert "disagreement parameters/prompt prompt" in found.warnings
    seeds = got(stability_matrix(prompt=graph(seed=1), parameters=INFOTEXT, smproj=PROJECT))
    assert seeds.seeds == ("1",) and "disagreement parameters/prompt seed" in seeds.warnings


def test_without_a_graph_the_infotext_or_the_json_speaks() -> None:
    for texts in (stability_matrix(parameters=INFOTEXT, smproj=PROJECT), stability_matrix(parameters_json=FIELDS)):
        found = got(texts)
        assert (found.seeds, found.steps, found.cfgs, found.samplers) == (("963",), ("20",), ("5",), ("Euler Ancestral Karras",))
        assert found.models == (Model("paper.safetensors", "checkpoint", "A5F5"),) and found.sizes == ("768x1152",)
        assert found.loras == (Lora("ink", "0.7", "0.7"),)
        assert {text.origin for text in found.texts} == {"TYPED"}


def test_the_project_alone() -> None:
    found = got(stability_matrix(smproj=PROJECT))
    assert (found.prompts, found.seeds) == (("a typed boat",), ("963",))
    assert (found.samplers, found.schedulers) == (("euler_ancestral",), ("karras",))


def test_a_broken_part_leaves_the_others() -> None:
    assert got(stability_matrix(parameters=INFOTEXT, smproj='{"ProjectType": "Text')).seeds == ("963",)


OTHERS = [stability_matrix(parameters=INFOTEXT), (("tEXt:smproj", "{}"),), (("tEXt:parameters-json", '{"a": 1}'),)]


@pytest.mark.parametrize("texts", OTHERS)
def test_what_is_not_claimed(texts: Texts) -> None:
    found = read(texts)
    assert found is None or found.generator != "Stability Matrix"

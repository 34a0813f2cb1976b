"""RuinedFooocus: one JSON, four ways to write LoRAs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provenance.readers import attempt, read
from provenance.readers.reading import Lora, Model, Reading

BASE = {
    "Prompt": "a paper boat", "Negative": "blurry", "steps": 30, "cfg": 8, "width": 896, "height": 1152, "seed": 1769710893,
    "sampler_name": "dpmpp_2m_sde_gpu", "scheduler": "karras", "base_model_name": "sub/paper.safetensors", "base_model_hash": "19743de3",
    "start_step": 0, "denoise": None, "clip_skip": 1, "software": "RuinedFooocus",
}  # fmt: skip


def ruined(key: str = "tEXt:parameters", **values: Any) -> Reading:
    found, failed = attempt(((key, json.dumps(BASE | values)),))
    assert found is not None and not failed
    return found


@pytest.mark.parametrize("key", ["tEXt:parameters", "mp4:metadata"])
def test_all_of_it(key: str) -> None:
    found = ruined(key)
    assert (found.generator, found.prompts, found.negative_prompts) == ("RuinedFooocus", ("a paper boat",), ("blurry",))
    assert (found.seeds, found.steps, found.cfgs, found.sizes) == (("1769710893",), ("30",), ("8",), ("896x1152",))
    assert (found.samplers, found.schedulers) == (("dpmpp_2m_sde_gpu",), ("karras",))
    assert found.models == (Model("sub/paper.safetensors", "checkpoint", "19743de3"),) and found.hashes == {"model": "19743de3"}
    assert found.rest == {"start_step": "0", "clip_skip": "1", "software": "RuinedFooocus"}
    assert [one.origin for one in found.texts] == ["EXPANDED", "EXPANDED"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ([["AA", "0.5 - sub/x.safetensors"], ["", "1.0 - y - z.safetensors"]],
         (Lora("sub/x.safetensors", "0.5", None, "AA"), Lora("y - z.safetensors", "1.0"))),
        ("<x.safetensors:0.5>,<None:1>,<y.safetensors:-1>", (Lora("x.safetensors", "0.5"), Lora("y.safetensors", "-1"))),
        ("Loras:<x.safetensors:0.5>", (Lora("x.safetensors", "0.5"),)),
        ([{"name": "x.safetensors", "weight": 0.5, "hash": None}], (Lora("x.safetensors", "0.5"),)),
        ([], ()),
        ("Loras:", ()),
        ([["None", "None"], 3, None], ()),
    ],
)  # fmt: skip
def test_loras(written: Any, expected: tuple[Lora, ...]) -> None:
    assert ruined(loras=written).loras == expected


def test_a_refiner() -> None:
    found = ruined(refiner_model_name="refine.safetensors", switch=20)
    assert [(one.role, one.model) for one in found.passes] == [("base", "sub/paper.safetensors"), ("refiner", "refine.safetensors")]
    assert found.rest["switch"] == "20"


def test_older_files_do_not_name_the_program() -> None:
    old = {key: value for key, value in BASE.items() if key not in ("software", "clip_skip")}
    found = read((("tEXt:parameters", json.dumps(old)),))
    assert found is not None and found.generator == "RuinedFooocus"


def test_its_way_out_when_something_failed() -> None:
    found = read((("mp4:metadata", '{"prompt": "a boat", "software": "RuinedFooocus"}'),))
    assert found is not None and found.prompts == ("a boat",) and found.seeds == ()


def test_other_json_is_not_its() -> None:
    assert attempt((("tEXt:parameters", '{"Prompt": "x", "steps": 3}'),)) == (None, ())

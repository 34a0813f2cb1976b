"""SwarmUI: parameters, wildcards, sections of a prompt, hashes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.prompts.swarm import MAX_SECTIONS, sections
from provenance.readers import attempt, read
from provenance.readers.flat import MAX_JSON
from provenance.readers.reading import Control, Lora, Model, Part, Reading, Written

PARAMS = {
    "prompt": "a paper boat", "negativeprompt": "blurry", "model": "Paper/paperXL", "seed": 18446744073709551615, "steps": 20,
    "cfgscale": 7.0, "aspectratio": "1:1", "width": 1024, "height": 768, "sampler": "euler_ancestral", "scheduler": "karras",
    "automaticvae": True, "swarm_version": "0.9.7.4",
}  # fmt: skip


def document(extra: dict[str, Any] | None = None, models: list[dict[str, str]] | None = None, **params: Any) -> str:
    whole: dict[str, Any] = {"sui_image_params": PARAMS | params, "sui_extra_data": {"date": "2026-01-03"} | (extra or {})}
    return json.dumps(whole | ({"sui_models": models} if models else {}), indent=2)


def swarm(extra: dict[str, Any] | None = None, models: list[dict[str, str]] | None = None, **params: Any) -> Reading:
    found, failed = attempt((("tEXt:parameters", document(extra, models, **params)),))
    assert found is not None and not failed
    return found


@pytest.mark.parametrize(
    "name", ["tEXt:parameters", "exif:Exif.UserComment", "exif:IFD0.Model", "sidecar:swarm", "sidecar:json", "mp4:comment"]
)
def test_wherever_it_stands(name: str) -> None:
    found = read(((name, document()),))
    assert found is not None and (found.generator, found.version) == ("SwarmUI", "0.9.7.4")
    assert (found.prompts, found.negative_prompts) == (("a paper boat",), ("blurry",))
    assert found.models == (Model("Paper/paperXL", "checkpoint"),)
    assert (found.seeds, found.steps, found.cfgs) == (("18446744073709551615",), ("20",), ("7.0",))
    assert (found.samplers, found.schedulers, found.sizes) == (("euler_ancestral",), ("karras",), ("1024x768",))
    assert found.rest == {"aspectratio": "1:1", "automaticvae": True, "sui_extra_data": {"date": "2026-01-03"}}
    assert found.texts[0] == Written("prompt", "a paper boat", "TYPED", "prompt")


def test_values_may_be_texts() -> None:
    found = swarm(seed="5", steps="20", cfgscale="1.0", width="512", height="512")
    assert (found.seeds, found.steps, found.cfgs, found.sizes) == (("5",), ("20",), ("1.0",), ("512x512",))


def test_nothing_is_guaranteed() -> None:
    found = read((("tEXt:parameters", '{"sui_image_params": {"images": 1}}'),))
    assert found is not None and found.prompts == found.seeds == found.models == found.sizes == ()


@pytest.mark.parametrize("where", ["extra", "params"])
def test_wildcards_are_told_from_what_was_typed(where: str) -> None:
    typed = {"original_prompt": "a <wildcard:things> boat"}
    found = swarm(extra=typed) if where == "extra" else swarm(**typed)
    assert found.prompts == ("a paper boat",)
    assert found.texts[:2] == (
        Written("template", "a <wildcard:things> boat", "TYPED", "original_prompt"),
        Written("prompt", "a paper boat", "EXPANDED", "prompt"),
    )


@pytest.mark.parametrize(
    ("loras", "weights"), [(["a", "b/c"], ["0.7", "1"]), ("a,b/c", "0.7,1"), (["a", "b/c"], [0.7, 1])]
)
def test_loras_in_lists_of_every_kind(loras: Any, weights: Any) -> None:
    hashes = [{"name": "b/c.safetensors", "param": "loras", "hash": "0xbb"}]
    found = swarm(models=hashes, loras=loras, loraweights=weights, loratencweights=["0.5"])
    assert found.loras == (Lora("a", "0.7", "0.5"), Lora("b/c", "1", None, "0xbb"))
    assert found.hashes == {"lora:b/c": "0xbb"}


def test_one_lora_with_a_bare_number() -> None:
    assert swarm(loras="a", loraweights=1.0).loras == (Lora("a", "1.0"),)


def test_lora_tags_of_a_prompt_that_was_not_taken_apart() -> None:
    """The first number is the model's, the second the text encoder's: the other way round than the webui."""
    found = swarm(prompt="a boat <lora:x> <lora:y:0.8> <lora:z:0.8:0.5>")
    assert found.loras == (Lora("x"), Lora("y", "0.8"), Lora("z", "0.8", "0.5"))


def test_a_refiner_that_enlarges_is_a_hires_pass() -> None:
    found = swarm(
        refinercontrolpercentage=0.3, refinermethod="PostApply", refinerupscale=1.5, refinerupscalemethod="model-x4plus.pth",
        refinersteps=40, refinercfgscale=5.5,
    )  # fmt: skip
    hires = found.passes[1]
    assert (hires.role, hires.denoise, hires.steps, hires.cfg, hires.prompts) == ("hires", "0.3", "40", "5.5", (0,))
    assert found.models[-1] == Model("x4plus.pth", "upscaler") and found.rest["refinerupscale"] == "1.5"


def test_a_refiner_of_its_own() -> None:
    hashes = [{"name": "refine.safetensors", "param": "refinermodel", "hash": "0xcc"}]
    found = swarm(models=hashes, refinermodel="refine", refinercontrolpercentage=0.2, refinermethod="StepSwap", refinerupscale=1.0)
    assert [(one.role, one.denoise, one.model) for one in found.passes] == [("base", None, "Paper/paperXL"), ("refiner", None, "refine")]
    assert found.hashes == {"checkpoint:refine": "0xcc"}
    assert found.rest["refinercontrolpercentage"] == "0.2"


def test_hashes_of_models() -> None:
    found = swarm(models=[{"name": "Paper/paperXL.safetensors", "param": "model", "hash": "0xaa"}], vae="None")
    assert found.models == (Model("Paper/paperXL", "checkpoint", "0xaa"),) and found.hashes == {"model": "0xaa"}
    assert found.rest["sui_models"][0]["name"] == "Paper/paperXL.safetensors"


def test_regions_are_parts_and_segments_are_passes() -> None:
    prompt = (
        "two boats <region:0,0,0.5,1,0.8> a red boat <region:background> the sea <region:end> <segment:face,0.6,0.5> a detailed face"
        "<segment:yolo-face.pt-1//cid=6> <object:0.5,0,0.5,1,0.5,0.7> a gull"
    )
    found = swarm(prompt=prompt)
    assert found.prompts == (prompt, "a detailed face", "a gull")
    assert found.parts == (
        Part("region", "a red boat", None, "0,0,0.5,1", "0.8"),
        Part("region", "the sea", None, "background"),
        Part("region", "a gull", None, "0.5,0,0.5,1", "0.5"),
    )
    assert [(one.role, one.denoise, one.prompts, one.node) for one in found.passes[1:]] == [
        ("detailer", "0.6", (1,), "<segment:face,0.6,0.5>"),
        ("detailer", None, (0,), "<segment:yolo-face.pt-1//cid=6>"),
        ("detailer", "0.7", (2,), "<object:0.5,0,0.5,1,0.5,0.7>"),
    ]


def test_words_for_the_refiner_alone() -> None:
    found = swarm(prompt="a boat <refiner> fine paper", refinercontrolpercentage=0.2)
    assert found.prompts == ("a boat <refiner> fine paper", "fine paper") and found.passes[1].prompts == (1,)


def test_controlnets_and_ip_adapter() -> None:
    found = swarm(
        controlnetmodel="canny", controlnetstrength=0.6, controlnetstart=0.0, controlnetend=1.0,
        controlnetpreprocessor="CannyEdgePreprocessor",
        controlnettwomodel="depth", controlnettwostrength=1, useipadapter="faceid", ipadapterweight=0.5,
    )  # fmt: skip
    assert found.controls == (
        Control("controlnet", "canny", "0.6", "0.0", "1.0", "CannyEdgePreprocessor"),
        Control("controlnet", "depth", "1"),
        Control("ip_adapter", "faceid", "0.5"),
    )


def test_creativity_is_the_denoise_unless_it_is_nought() -> None:
    assert swarm(initimagecreativity=0.4).denoises == ("0.4",)
    assert swarm(initimagecreativity=0.0).denoises == () and swarm(initimagecreativity=0.0).rest["initimagecreativity"] == "0.0"


def test_older_names() -> None:
    found = read((("exif:IFD0.Model", '{"sui_image_params": {"prompt": "a", "comfyuisampler": "euler", "comfyuischeduler": "simple"}}'),))
    assert found is not None and (found.samplers, found.schedulers) == (("euler",), ("simple",))


def test_a_relative_that_says_who_it_is() -> None:
    whole = json.loads(document()) | {"mooshie_extra": {"software": "MooshieUI"}}
    found = read((("tEXt:parameters", json.dumps(whole)),))
    assert found is not None and found.generator == "MooshieUI"


@pytest.mark.parametrize("text", ['{"sui_image_params": ', '["sui_image_params"]', '"sui_image_params"'])
def test_broken_data(text: str) -> None:
    found, failed = attempt((("tEXt:parameters", text),))
    assert found is None and failed in ((), ("reader.failed SwarmUI",))


@given(st.lists(st.sampled_from(["<", ">", "segment", "region", ":", "a", "//cid=", ",", "0.5", "end", " "]), max_size=40).map("".join))
@settings(deadline=None)
def test_sections_keep_every_word(prompt: str) -> None:
    found = sections(prompt)
    assert found[0].kind == "" and sum(one.words.count("a") + one.tag.count("a") for one in found) >= 0
    assert all(one.words in prompt and one.tag in prompt for one in found)


def test_sections_are_bounded_and_no_word_is_lost() -> None:
    assert len(sections("<segment:" * 100_000)) == 1
    many = sections("sea " + "<segment:a> b " * (MAX_SECTIONS + 50))
    assert len(many) == MAX_SECTIONS + 1 and many[-1].words.count("b") == 51


def test_stages_are_told_apart() -> None:
    found = sections("sea <refiner//cid=2> fine <videoswap> late <video> moving <lora:x:1> still")
    assert [(one.kind, one.words) for one in found] == [
        ("", "sea"), ("refiner", "fine"), ("videoswap", "late"), ("video", "moving <lora:x:1> still"),
    ]  # fmt: skip


def test_json_too_long_to_be_settings_is_told() -> None:
    text = document().rstrip("}\n ") + " " * MAX_JSON + "}}"
    assert attempt((("tEXt:parameters", text),)) == (None, ("reader.failed SwarmUI",))

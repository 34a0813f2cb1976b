"""NovelAI's comment in every place it stands in, and hidden texts that say something else than the open ones."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provenance import readers
from provenance.readers import hidden, novelai
from provenance.readers.reading import Control, Model, Part, Reading, Texts

V4: dict[str, Any] = {
    "prompt": "2girls, {{masterpiece}}, 1.3::flowers::", "steps": 28, "height": 1216, "width": 832, "scale": 5.0, "uncond_scale": 0.0,
    "cfg_rescale": 0.2, "seed": 987654321, "n_samples": 1, "noise_schedule": "karras", "reference_strength_multiple": [0.6, 0.35],
    "reference_information_extracted_multiple": [1.0, 0.7], "director_reference_strengths": None,
    "v4_prompt": {
        "caption": {
            "base_caption": "2girls, {{masterpiece}}, 1.3::flowers::",
            "char_captions": [
                {"char_caption": "girl, red hair", "centers": [{"x": 0.3, "y": 0.5}]},
                {"char_caption": "girl, [black hair]", "centers": [{"x": 0.7, "y": 0.5}]},
            ],
        },
        "use_coords": True, "use_order": True,
    },
    "v4_negative_prompt": {
        "caption": {"base_caption": "lowres", "char_captions": [{"char_caption": "hat", "centers": []}, {"char_caption": ""}]},
        "use_coords": False,
    },
    "sampler": "k_euler_ancestral", "controlnet_strength": 1.0, "controlnet_model": None, "sm": False, "version": 1, "uc": "lowres",
    "request_type": "PromptGenerateRequest", "signed_hash": "AAAA",
}  # fmt: skip


def chunks(comment: Any, place: str = "tEXt", **beside: str) -> Texts:
    rows = {"Title": "NovelAI generated image", "Description": "d", "Software": "NovelAI", "Source": "NovelAI Diffusion V4.5 4BDE2A90"}
    text = comment if isinstance(comment, str) else json.dumps(comment)
    return tuple((f"{place}:{key}", value) for key, value in {**rows, **beside, "Comment": text}.items())


def read(texts: Texts) -> Reading:
    found = readers.read(texts, "a.png")
    assert found is not None
    return found


def test_a_picture_with_two_characters() -> None:
    found = read(chunks(V4))
    assert found.generator == "NovelAI"
    assert found.prompts == ("2girls, {{masterpiece}}, 1.3::flowers::",)
    assert found.negative_prompts == ("lowres",)
    assert (found.seeds, found.steps, found.cfgs, found.samplers) == (("987654321",), ("28",), ("5.0",), ("k_euler_ancestral",))
    assert (found.schedulers, found.sizes, found.denoises) == (("karras",), ("832x1216",), ())
    assert found.models == (Model("NovelAI Diffusion V4.5 4BDE2A90", "api"),)
    assert found.parts == (
        Part("character", "girl, red hair", "hat", "0.3,0.5"),
        Part("character", "girl, [black hair]", None, "0.7,0.5"),
    )
    assert found.controls == (Control("style", weight="0.6"), Control("style", weight="0.35"))
    assert found.dialect == "novelai"
    assert found.rest["cfg_rescale"] == "0.2"
    assert found.rest["reference_information_extracted_multiple"] == ["1.0", "0.7"]
    assert found.rest["v4_prompt"]["use_order"] is True
    assert found.warnings == ()


def test_places_of_characters_count_only_where_the_site_used_them() -> None:
    comment = json.loads(json.dumps(V4))
    comment["v4_prompt"]["use_coords"] = False
    found = read(chunks(comment))
    assert [part.place for part in found.parts] == [None, None]
    assert found.rest["v4_prompt"]["centers"] == [[{"x": "0.3", "y": "0.5"}], [{"x": "0.7", "y": "0.5"}]]


def test_the_exif_of_a_webp_holds_json_in_json() -> None:
    user_comment = json.dumps({"Comment": json.dumps(V4), "Software": "NovelAI", "Source": "NovelAI Diffusion V4.5 C02D4F98", "Title": "t"})
    found = read((
        ("exif:IFD0.Software", "NovelAI Diffusion V4.5 C02D4F98"), ("exif:IFD0.ImageDescription", "\0\0\0\0d"),
        ("exif:Exif.UserComment", user_comment),
    ))  # fmt: skip
    assert found.prompts == (V4["prompt"],)
    assert found.models[0].name == "NovelAI Diffusion V4.5 C02D4F98"
    assert len(found.parts) == 2


def test_a_hidden_copy_alone_is_enough() -> None:
    found = read(chunks(V4, "stealth"))
    assert (found.generator, found.seeds) == ("NovelAI", ("987654321",))


def test_a_comment_alone_names_no_model() -> None:
    found = read((("tEXt:Comment", json.dumps(V4)),))
    assert (found.generator, found.models) == ("NovelAI", ())


def test_v1_has_its_prompt_in_the_description_and_a_strength_that_means_nothing() -> None:
    comment = {"steps": 28, "sampler": "k_euler_ancestral", "seed": 1, "strength": 0.69, "noise": 0.667, "scale": 11.0, "uc": "lowres"}
    found = read(chunks(comment, Source="Stable Diffusion 1D44365E", Description="1girl, {smile}"))
    assert found.prompts == ("1girl, {smile}",)
    assert found.models[0].name == "Stable Diffusion 1D44365E"
    assert found.denoises == ()
    assert found.rest["strength"] == "0.69"


@pytest.mark.parametrize("kind", ["Img2ImgRequest", "NativeInfillingRequest"])
def test_strength_counts_where_a_picture_went_in(kind: str) -> None:
    assert read(chunks({**V4, "request_type": kind, "strength": 0.7, "noise": 0.1})).denoises == ("0.7",)


def test_references() -> None:
    comment = {**V4, "director_reference_strengths": [1.0], "reference_strength_multiple": [], "controlnet_model": "hed"}
    found = read(chunks(comment))
    assert found.controls == (Control("reference", weight="1.0"), Control("controlnet", model="hed", weight="1.0"))


def test_two_prompts_in_one_comment_that_differ_are_told() -> None:
    found = read(chunks({**V4, "prompt": "another", "uc": "bad"}))
    assert found.prompts == (V4["v4_prompt"]["caption"]["base_caption"],)
    assert set(found.warnings) == {"disagreement prompt/v4_prompt prompt", "disagreement uc/v4_negative_prompt negative"}
    assert (found.rest["prompt"], found.rest["uc"]) == ("another", "bad")


@pytest.mark.parametrize(
    "texts",
    [
        (("tEXt:Comment", "Created with GIMP"),),
        (("tEXt:Comment", '{"prompt": "fooocus", "seed": 1, "sampler": "x", "scale": 1}'),),
        (("exif:Exif.UserComment", '{"c":"a","uc":"b","scale":7.5,"seed":1,"sampler":"Euler a","v2":{"n_samples":1}}'),),
        (("tEXt:Software", "NovelAI"), ("tEXt:Comment", "a picture")),
        (("tEXt:parameters", '{"uc": "x", "seed": 1, "request_type": "y"}'),),
        (("tEXt:Software", "NovelAI"),),
    ],
)
def test_other_comments_are_left_to_others(texts: Texts) -> None:
    assert not novelai.claims(texts)


@pytest.mark.parametrize("bad", ['{"uc": "x", "seed": 1, "n_samples": 1', "[" * 5000, '{"seed": 1, "uc": ' + "[" * 5000 + '"n_samples"'])
def test_broken_comments_are_unreadable_and_no_more(bad: str) -> None:
    found, failed = readers.attempt(chunks(bad))
    assert found is None or found.generator is None
    assert set(failed) <= {"reader.failed NovelAI"}


@pytest.mark.parametrize(
    "value", [None, 7, "x", [], [1, None, "x"], {"caption": 3}, {"caption": {"char_captions": [1, None, {"centers": 4}]}}]
)
def test_values_of_another_kind_than_usual_do_no_harm(value: Any) -> None:
    for key in V4:
        comment = {**V4, key: value}
        found = readers.read(chunks(comment))
        assert found is not None
        assert found.generator == "NovelAI"


# --- hidden beside open ----------------------------------------------------------------------------------------------------------

INFOTEXT = "a cat\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 42, Size: 512x512"


def test_an_altered_chunk_is_told_and_both_texts_are_kept() -> None:
    altered = INFOTEXT.replace("42", "43")
    found = read((("tEXt:parameters", altered), ("stealth:parameters", INFOTEXT)))
    assert found.seeds == ("43",)
    assert found.warnings == ("disagreement stealth/tEXt parameters",)
    assert found.rest["hidden"] == {"parameters": INFOTEXT}


def test_equal_copies_are_not_worth_a_word() -> None:
    found = read((("tEXt:parameters", INFOTEXT + "\n"), ("stealth:parameters", INFOTEXT)))
    assert found.warnings == ()
    assert "hidden" not in found.rest
    assert hidden.label((("stealth:parameters", INFOTEXT),)) == {}

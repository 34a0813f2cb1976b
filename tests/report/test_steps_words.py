"""Readings side by side: what changed as structure, and as sentences in both languages."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from provenance import words
from provenance.report.steps import compare, say
from provenance.report.steps.compare import Made
from provenance.report.steps.delta import TOPICS, Area, Delta
from provenance.report.steps.materials import Mask

BASE: dict[str, Any] = {
    "generator": "A1111", "dialect": "a1111", "prompts": ("a fox, snow",), "negative_prompts": ("blurry",), "seeds": ("1",),
    "steps": ("20",), "passes": ({"role": "base", "seed": "1", "steps": "20", "cfg": "7", "prompts": (0,)},),
}  # fmt: skip


def said(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, ...]]:
    found = compare.differences(Made(BASE | old), Made(BASE | new))
    return [(c.topic, c.what, c.name, c.before, c.after) for c in found]


def passes(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"passes": rows}


def test_words_added_moved_and_weighed_each_at_its_place() -> None:
    found = compare.differences(Made(BASE), Made(BASE | {"prompts": ("snow, (a fox:1.2), at night",)}))
    assert [(c.what, c.name, c.before, c.after, c.place) for c in found] == [
        ("added", "at night", "", "", 3), ("reweighted", "a fox", "", "1.2", 2), ("moved", "a fox", "1", "2", 2),
    ]  # fmt: skip
    assert say.lines(found, "en") == [
        "prompt: added “at night” at place 3; “a fox” re-weighted from none to 1.2; moved “a fox” from place 1 to place 2"
    ]
    assert say.lines(found, "zh")[0].startswith("提示词：第 3 处增加“at night”；")


def test_the_same_number_written_otherwise_is_no_change() -> None:
    one = passes({"role": "base", "seed": "1", "cfg": "7", "steps": "20"})
    other = passes({"role": "base", "seed": "1", "cfg": "7.0", "steps": "20"})
    assert said(one, other) == []
    assert say.lines((), "en") == [words.say("steps.same", "en")]


def test_seed_alone_is_a_reroll_and_with_anything_else_it_is_none() -> None:
    seed = passes({"role": "base", "seed": "2", "steps": "20", "cfg": "7"})
    assert compare.reroll(compare.differences(Made(BASE), Made(BASE | seed)))
    assert compare.reroll(compare.differences(Made(BASE), Made(BASE | seed | {"rest": {"Batch pos": "1"}}))), "written anew each time"
    assert not compare.reroll(compare.differences(Made(BASE), Made(BASE | seed | {"rest": {"Clip skip": "2"}})))
    assert not compare.reroll(compare.differences(Made(BASE), Made(BASE | seed | {"prompts": ("a fox",)})))
    assert not compare.reroll(())


def test_another_expansion_of_the_same_template_is_the_tools_choice() -> None:
    def expanded(template: str, prompt: str) -> dict[str, Any]:
        rows = ({"role": "template", "text": template, "origin": "TYPED"}, {"role": "prompt", "text": prompt, "origin": "EXPANDED"})
        return {"prompts": (prompt,), "texts": rows}

    red, blue = expanded("a {red|blue} fox", "a red fox"), expanded("a {red|blue} fox", "a blue fox")
    found = compare.differences(Made(BASE | red), Made(BASE | blue))
    assert {(c.topic, c.by) for c in found} == {("prompt", "tool")}
    changed = compare.differences(Made(BASE | red), Made(BASE | expanded("a {red|green} fox, snow", "a green fox, snow")))
    assert {(c.topic, c.by) for c in changed} == {("prompt", ""), ("template", "")}
    made = compare.differences(
        Made(BASE), Made(BASE | {"prompts": ("an owl",), "texts": ({"role": "prompt", "text": "an owl", "origin": "EXPANDED"},)})
    )
    assert {(c.topic, c.by) for c in made} == {("prompt", "made")}


def test_a_text_made_at_run_time_is_said_to_be_unknown() -> None:
    rows = {"texts": ({"role": "prompt", "text": None, "origin": "UNKNOWABLE", "where": "7.text"},)}
    assert ("prompt", "unknowable", "7.text", "", "") in said(rows, rows)


def test_loras_in_out_weights_apart_and_order() -> None:
    old = {"loras": ({"name": "a", "weight": "0.5", "weight_te": "0.5"}, {"name": "b", "weight": "1"}, {"name": "c", "weight": "1"})}
    new = {"loras": ({"name": "c", "weight": "1.0"}, {"name": "a", "weight": "0.5", "weight_te": "0.2"}, {"name": "d", "weight": "0.3"})}
    found = said(old, new)
    assert [(what, name) for _, what, name, _, _ in found] == [
        ("out", "b"), ("in", "d"), ("weight_te", "a"), ("moved", "c"), ("moved", "a"),
    ]  # fmt: skip
    tagged = {"prompts": ("a fox, snow, <lora:a:0.9>",), "loras": ({"name": "a", "weight": "0.9"},)}
    assert [topic for topic, *_ in said({}, tagged)] == ["lora"], "the tag in the prompt is not told a second time"


def test_models_are_replaced_and_a_hash_that_differs_is_told() -> None:
    old = {"models": ({"name": "dream", "kind": "checkpoint", "claimed_hash": "aa"}, {"name": "x", "kind": "vae"})}
    new = {"models": ({"name": "dream", "kind": "checkpoint", "claimed_hash": "bb"}, {"name": "y", "kind": "vae"})}
    assert said(old, new) == [("model", "rehashed", "dream", "aa", "bb"), ("model", "replaced", "y", "x", "y")]


def test_inputs_by_name_and_bytes() -> None:
    def image(name: str, sha: str | None) -> dict[str, Any]:
        return {"inputs": ({"name": name, "role": "image", "sha256": sha},)}

    assert said(image("a", "1"), image("a", "2")) == [("input", "other_bytes", "a", "1", "2")]
    assert said(image("a", "1"), image("b", "1")) == [("input", "other_name", "b", "a", "b")]
    assert said(image("a", "1"), image("b", "2")) == [("input", "replaced", "b", "a", "b")]
    assert said({}, image("a", "1")) == [("input", "in", "a", "", "")]
    assert said(image("a", None), image("a", "2")) == [], "bytes that one of the files does not tell are not compared"


def test_a_mask_with_and_without_known_bytes() -> None:
    new = Made(BASE | {"inputs": ({"name": "m.png", "role": "mask", "sha256": "1"},)})
    (known,) = compare.differences(Made(BASE), new, lambda mask: Area(25, 200) if mask == Mask("m.png", "1") else None)
    assert known.as_json()["area"] == {"pixels": 25, "of": 200, "percent": 12}
    assert say.lines((known,), "en") == ["mask added: “m.png”, its file covers 25 of 200 pixels (12 %)"]
    (unknown,) = compare.differences(Made(BASE), new)
    assert unknown.as_json()["area"] is None and "area unknown" in say.lines((unknown,), "en")[0]


def test_passes_come_and_go_and_change_each_for_itself() -> None:
    base = {"role": "base", "seed": "1", "steps": "20"}
    hires = {"role": "hires", "steps": "10", "denoise": "0.5", "size": "1024x1024"}
    assert said(passes(base), passes(base, hires)) == [("pass", "added", "hires", "", "steps 10, denoise 0.5, size 1024x1024")]
    assert said(passes(base, hires), passes(base)) == [("pass", "removed", "hires", "steps 10, denoise 0.5, size 1024x1024", "")]
    found = compare.differences(Made(BASE | passes(base, hires)), Made(BASE | passes(base, hires | {"denoise": "0.4"})))
    assert [(c.name, c.of, c.before, c.after) for c in found] == [("denoise", "hires", "0.5", "0.4")]
    assert say.lines(found, "en") == ["denoise (hires) 0.5 → 0.4"]


def test_a_control_and_a_region_change_by_setting() -> None:
    def steered(weight: str, prompt: str) -> dict[str, Any]:
        region = {"role": "region", "place": "B1", "prompt": prompt}
        return {"controls": ({"kind": "controlnet", "model": "pose", "weight": weight},), "parts": (region,)}

    old, new = steered("1", "a"), steered("0.6", "b")
    assert said(old, new) == [("control", "changed", "weight", "1", "0.6"), ("part", "changed", "prompt", "a", "b")]
    assert said({}, new)[0] == ("control", "in", "controlnet", "", "model pose  weight 0.6")


VALUES = st.recursive(
    st.none() | st.text(max_size=6) | st.integers(-3, 3), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["name", "role", "text", "weight", "kind", "sha256", "enc", "b64"]), inner, max_size=4), max_leaves=8,
)  # fmt: skip
READINGS = st.dictionaries(
    st.sampled_from(["prompts", "negative_prompts", "seeds", "passes", "models", "loras", "inputs", "texts", "parts", "controls", "rest",
                     "generator", "dialect", "steps"]), VALUES, max_size=8,
)  # fmt: skip


@given(one=READINGS, other=READINGS)
@settings(deadline=None, max_examples=150)
def test_whatever_stands_in_a_ledger_is_compared_and_said(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert [c for c in compare.differences(Made(one), Made(one)) if c.what != "unknowable"] == []
    found = compare.differences(Made(one), Made(other))
    for lang in words.LANGUAGES:
        assert all(line and "steps." not in line for line in say.lines(found, lang))
    assert [TOPICS.index(c.topic) for c in found] == sorted(TOPICS.index(c.topic) for c in found)
    for change in found:
        change.as_json()


def test_hostile_words_move_nothing_on_a_terminal() -> None:
    (line,) = say.lines((Delta("prompt", "added", "a\x1b[31m\u202eb", place=1),), "en")
    assert "\x1b" not in line and "\u202e" not in line

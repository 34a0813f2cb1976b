"""Damaged, deep and ill-typed texts of the sites and plug-ins: a reader answers or says Unreadable, and its Reading can be written down."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reader_builders import infotext
from site_builders import generation_data, graph, krita_document, krita_job, stability_matrix

from provenance import canon
from provenance.carriers import open_container
from provenance.errors import Unreadable
from provenance.readers import a1111, attempt, civitai, diffusers, krita_ai, midjourney, tensorart
from provenance.readers import stability_matrix as sm
from provenance.readers.reading import Texts
from provenance.readers.show import as_record

LORA = {"selected_lora": "x", "multiplier": 1}
SPACE = {"prompt": "a", "guidance_scale": 5.5, "num_inference_steps": 24, "use_lora": LORA, "use_upscaler": {}}
SAID = json.dumps({"seed": 1, "images": [{"url": "https://x"}]})
ADDED = graph() | {"extra": {"airs": ["urn:air:sdxl:checkpoint:civitai:8@2"]}, "extraMetadata": SAID}
UNITS = (
    'Steps: 20, Sampler: Euler a, Seed: 42, ControlNet 0: "Module: canny, Model: c [d14c016b], starting/ending: (0, 1)", RP Active: True, '
    'Hashes: {"model": "aa"}, Civitai resources: [{"type": "lora", "weight": 0.7, "modelName": "L"}], Tiled Diffusion: '
    '{"Region control": {"R": {"enable": true, "prompt": "p", "x": 0}}}, forge_couple_mapping: "[[0.0, 0.5, 0.0, 1.0, 1.0]]"'
)
FILES: tuple[tuple[ModuleType, Texts], ...] = (
    (midjourney, (("tEXt:Description", "https://x a --sref 1::2 --no b --v 6 Job ID: 0b9f3c2e-1a2b-4c3d-9e8f-001122334455"),)),
    (diffusers, (("tEXt:parameters", json.dumps(SPACE)),)),
    (tensorart, (("tEXt:generation_data", generation_data()), ("tEXt:prompt", json.dumps(graph())))),
    (sm, stability_matrix()),
    (civitai, (("exif:Exif.UserComment", json.dumps(ADDED)),)),
    (civitai, (("exif:Exif.UserComment", infotext(UNITS)[0][1]),)),
    (krita_ai, krita_document(krita_job(1, used=True), krita_job(2, regions=[{"prompt": "x", "bounds": [1, 2, 3, 4]}]))),
    (a1111, infotext(UNITS, positive="a ADDCOMM b BREAK c <lora:x:1>")),
)


def _written(texts: Texts) -> None:
    reading, _ = attempt(texts, "x.png")
    if reading is not None:
        canon.encode(canon.clean(as_record(reading, "png", "x.png")))


@pytest.mark.parametrize(("module", "texts"), FILES, ids=[f"{module.NAME} {len(texts)}" for module, texts in FILES])
def test_whole_files_are_claimed_and_can_be_written_down(module: ModuleType, texts: Texts) -> None:
    reading, failed = attempt(texts)
    assert module.claims(texts) and reading is not None and failed == ()
    assert attempt(texts) == (reading, failed)
    _written(texts)


@given(st.sampled_from(FILES), st.data())
@settings(deadline=None, max_examples=200)
def test_damage_is_read_or_refused(file: tuple[ModuleType, Texts], data: st.DataObject) -> None:
    module, texts = file
    place = data.draw(st.integers(0, len(texts) - 1))
    name, text = texts[place]
    start = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 40))
    patch = data.draw(st.sampled_from(["", "null", "[]", "{}", '"', "1e999", "true", ", ", ":", "\0", "\ud800", "[[", "-1", "x: y"]))
    broken = (*texts[:place], (name, text[:start] + patch + text[start + length :]), *texts[place + 1 :])
    if module.claims(broken):
        with contextlib.suppress(Unreadable):
            module.read(broken, "x.png")
    _written(broken)


ODD: tuple[Any, ...] = (None, True, [], {}, 1, 1.5, "x", [[]], [None], {"a": None}, [{"url": 1}], "https://x")


def _swapped(value: Any, odd: Any, at: list[int]) -> Any:
    """A copy of a JSON value in which the node counted down to is another value."""
    at[0] -= 1
    if at[0] == 0:
        return odd
    if isinstance(value, dict):
        return {key: _swapped(item, odd, at) for key, item in value.items()}
    return [_swapped(item, odd, at) for item in value] if isinstance(value, list) else value


@given(st.sampled_from([file for file in FILES if file[1][-1][1].lstrip().startswith("{")]), st.integers(1, 80), st.sampled_from(ODD))
@settings(deadline=None, max_examples=200)
def test_values_of_other_types_are_read_or_refused(file: tuple[ModuleType, Texts], number: int, odd: Any) -> None:
    module, texts = file
    odd_texts = tuple(
        (name, json.dumps(_swapped(json.loads(text.rstrip("\0")), odd, [number])) if text.startswith("{") else text) for name, text in texts
    )
    if module.claims(odd_texts):
        with contextlib.suppress(Unreadable):
            module.read(odd_texts, "x.png")
    _written(odd_texts)


@pytest.mark.parametrize("depth", [500, 100_000])
def test_deep_json_is_refused_or_flattened(depth: int) -> None:
    deep = "[" * depth + "]" * depth
    for texts in (
        (("tEXt:parameters", f'{{"prompt": "a", "guidance_scale": 1, "num_inference_steps": 2, "more": {deep}}}'),),
        (("tEXt:generation_data", f'{{"baseModel": {deep}, "prompt": "a"}}'),),
        (("tEXt:parameters-json", f'{{"PositivePrompt": "a", "more": {deep}}}'), ("tEXt:smproj", f'{{"ProjectType": {deep}}}')),
        (("kra:a/annotations/ai_diffusion/ui.json", f'{{"root": {{"positive": "a"}}, "regions": [{{"a": {deep}}}]}}'),),
        infotext(f"Steps: 20, Sampler: Euler, Seed: 1, Civitai resources: {deep}"),
    ):
        _written(texts)


def test_a_krita_document_from_its_bytes() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in krita_document(krita_job(1, used=True)):
            archive.writestr(name.removeprefix("kra:"), text)
    found = open_container(packed.getvalue(), size=len(packed.getvalue()))
    reading, failed = attempt(tuple((item.name, item.text) for item in found.carriers if item.text is not None), "my v1.2.kra")
    assert reading is not None and failed == () and reading.generator == "Krita AI Diffusion"
    assert reading.rest["history"][0]["in_use"] == ["1"]
